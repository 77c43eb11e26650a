"""What is shown of one year beside its counts: a chart of the source's series, and one figure in its document.

What belongs here: choosing and gathering. What does not: drawing (``publish``), who shows it (the orchestration).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from prosperity.catalogue.model import Source
from prosperity.clean.model import Cleaned, Observation
from prosperity.collect.archive import ArchiveError
from prosperity.publish.evidence_picture import drawn
from prosperity.publish.model import Picture, Region
from prosperity.publish.pdf_pictures import pdf_pictures
from prosperity.publish.picture_store import PictureStore
from prosperity.publish.series_chart import series_chart
from prosperity.workflow.indexing import index_series, published_series
from prosperity.workflow.stages import Extracted
from prosperity.workflow.surroundings import surroundings
from prosperity.workflow.workspace import Workspace

#: Series in one chart: more lines cannot be told apart.
_SERIES = 4


@dataclass(frozen=True)
class Shown:
    """One figure of a year: in words, as a picture of its place, and where its evidence page is.

    ``address``: '' for a figure that the report has no page of; ``command`` writes one for any figure.
    """

    words: str
    picture: Picture
    address: str
    command: str


def chart_of_source(space: Workspace, source: Source, names: Collection[str]) -> str:
    """Markdown with a chart of the source's main series as known now, of all years; '' where there is none.

    ``names``: the series just loaded. Main are those that the index rests on, then those of the catalogue's order.
    """
    chosen = _main(space, names)[:_SERIES]
    found: dict[str, list[tuple[str, float]]] = {name: [] for name in chosen}
    for row in space.warehouse.as_of(chosen, space.settings.today) if chosen else ():
        if row.value is not None:
            found[row.series].append((row.period, float(row.value)))
    called = {space.catalogue.series[name].name.en: sorted(points) for name, points in found.items()}
    return series_chart(called, f"{source.title.en}: each series over its own range")


def _main(space: Workspace, names: Collection[str]) -> list[str]:
    used = set(index_series(space.catalogue.index))
    order = {name: number for number, name in enumerate(space.catalogue.series)}
    levels = [name for name in names if not space.catalogue.series[name].rate_of]
    return sorted(levels, key=lambda name: (name not in used, order[name]))


def figure_to_show(
    space: Workspace, extracted: Sequence[Extracted], cleaned: Sequence[Cleaned]
) -> Shown | None:
    """The latest figure of the main series of a year, where it stands; None where the year gave none."""
    found = [one for document in cleaned for one in document.observations]
    main = _main(space, {one.series for one in found}) or sorted({one.series for one in found})
    if not main:
        return None
    one = max((one for one in found if one.series == main[0]), key=lambda one: (one.period, one.known_from))
    read = next(entry for entry in extracted if entry.document.sha256 == one.evidence.document)
    series = space.catalogue.series[one.series]
    words = f"{series.name.en}, {one.period}: {one.evidence.raw} ({one.evidence.place})"
    shown = {*index_series(space.catalogue.index), *published_series(space.catalogue)}
    return Shown(
        words,
        _picture(space, read, one),
        evidence_address(space, one.evidence.id) if one.series in shown else "",
        f"prosperity evidence {one.series} {one.period}",
    )


def evidence_address(space: Workspace, evidence_id: str) -> str:
    """Where the evidence page of a figure is: under the report's address if it has one, else its file."""
    base = space.settings.report_address.rstrip("/")
    name = f"evidence/{evidence_id}.html"
    return f"{base}/{name}" if base else str(space.settings.report / name)


def _picture(space: Workspace, read: Extracted, one: Observation) -> Picture:
    """Rendered once: kept under the id of the evidence, which holds document and place."""
    place = one.evidence
    store = PictureStore(space.settings.cache / "figures")
    known = store.get(place.id, with_page=False)
    if known is not None:
        return known
    try:
        data = space.archive.get(place.document)
    except ArchiveError as fault:
        return Picture(fault=str(fault))
    if place.page is not None and place.bbox is not None:
        made = pdf_pictures(data, [Region(place.page, place.bbox)])[0]
    else:
        around = surroundings(read.extraction, place, data if place.pointer is not None else None)
        made = drawn(read.release.title, around) if around else Picture(fault="the place is not found again")
    store.put(place.id, Picture(made.image, made.size, fault=made.fault))
    return made


def found_before(space: Workspace, source_id: str, year: int) -> set[str]:
    """The series of which the documents on the year before gave a figure that stands."""
    return {
        reading.series
        for release, document in space.warehouse.documents(source_id, year - 1)
        for reading in space.warehouse.readings(release.key, document.sha256)
    }
