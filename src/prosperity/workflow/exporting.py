"""From the warehouse to exported files: gather what is asked for, have it written.

What belongs here: gathering. What does not: what the files look like (``prosperity.publish.export``).
"""

from __future__ import annotations

from pathlib import Path

import prosperity
from prosperity.publish.export import tables
from prosperity.publish.export.model import Bundle, Exported, ExportError, Format, Selection
from prosperity.publish.export.write import write
from prosperity.workflow.dictionary import dictionary
from prosperity.workflow.indexing import compute_index
from prosperity.workflow.workspace import Workspace


def export(space: Workspace, form: Format, folder: Path, selection: Selection = Selection()) -> Exported:  # noqa: B008  (frozen)
    """Write what was known on a day (or is known now) to ``folder``.

    Without a choice of series, index points and contributions are exported besides: computed as of the same day,
    or of the instance's today, and kept as a run. :raises ExportError: where nothing is known or a series does not
    exist.
    """
    return write(gather(space, selection), form, folder)


def gather(space: Workspace, selection: Selection) -> Bundle:
    """The content of an export. :raises ExportError: as ``export``."""
    series, sources = space.catalogue.series, space.catalogue.sources
    unknown = sorted(set(selection.series) - set(series))
    if unknown:
        raise ExportError(f"no series {', '.join(unknown)} in the catalogue; see prosperity series")
    # Series that a former catalogue had may still be in the warehouse: nothing is known of them any more.
    names = selection.series or tuple(series)
    found = space.warehouse.traced(names, selection.as_of, selection.vintages)
    if not found:
        day = f" by {selection.as_of}" if selection.as_of else ""
        raise ExportError(f"nothing to export: the warehouse knows no observation of {', '.join(selection.series) or 'any series'}{day}")  # fmt: skip
    made = [tables.observations(found, series, sources, selection.vintages)]
    run = None
    if not selection.series:
        run = space.warehouse.run(compute_index(space, selection.as_of).run)
        spec, _ = space.catalogue.index_of(selection.as_of or space.settings.today)
        made += [
            tables.index_values(run, spec, series, sources),
            tables.contributions(run, series, sources),
        ]
    used = {tables.source_of(row, series, sources).id for row in found}
    used |= {series[i.series].source for i in space.catalogue.index.indicators} if run else set()
    return Bundle(
        selection=selection,
        tables=tuple(made),
        series=series,
        sources={name: source for name, source in sources.items() if name in used},
        dictionary=dictionary(space.catalogue),
        code_version=prosperity.__version__,
        notice=space.settings.notice,
        run=run.id if run else None,
    )
