"""From the warehouse to the content of industry reports: gather the facts, have them composed.

What belongs here: gathering, and which reports there are by default. What does not: choosing and wording
(``prosperity.publish.compose``), pages.
"""

from __future__ import annotations

import re

from prosperity.catalogue.model import Bilingual
from prosperity.catalogue.outline import load_outline
from prosperity.index.model import IndexResult
from prosperity.publish.compose.facts import Facts
from prosperity.publish.compose.report import compose
from prosperity.publish.content import ContentError, Report, Years
from prosperity.publish.rendered import Place, Printable
from prosperity.publish.words import SAMPLE
from prosperity.workflow.indexing import index_result
from prosperity.workflow.workspace import Workspace

#: The five-year-plan period of the publication that the report models, and its edition.
PLAN = (2021, Years(2016, 2020))


def industry_report(
    space: Workspace, edition: int, years: Years, result: IndexResult | None = None
) -> Report:
    """The content of one report, from which pages, PDF and workbook are made.

    :raises ContentError: for years or an edition that no report can have.
    """
    return compose(facts(space, result), load_outline(space.catalogue), edition, years)


def industry_reports(
    space: Workspace,
    edition: int | None = None,
    years: Years | None = None,
    result: IndexResult | None = None,
) -> list[Report]:
    """The report asked for; by default two: on the last year, and on the five-year-plan period.

    An edition alone reports on the year before it; years alone are those of the edition after them.
    """
    material = facts(space, result)
    outline = load_outline(space.catalogue)
    if edition or years:
        span = years or Years((edition or 0) - 1, (edition or 0) - 1)
        wanted = [(edition or min(span.last + 1, space.settings.today.year), span)]
    else:
        last = space.settings.last_year
        wanted = [(min(last + 1, space.settings.today.year), Years(last, last)), PLAN]
    return [compose(material, outline, number, span) for number, span in wanted]


def facts(space: Workspace, result: IndexResult | None = None) -> Facts:
    """All that a report can say, from the warehouse; ``result``: the index of today where it is known already."""
    return Facts(
        series=space.catalogue.series,
        sources=space.catalogue.sources,
        changes=space.warehouse.changes(list(space.catalogue.series)),
        result=result or index_result(space),
        spec=space.catalogue.index_of(space.settings.today)[0],
        today=space.settings.today,
        restated=space.catalogue.checks.rates.restated,
        notice=None if space.settings.live else SAMPLE,
    )


def printable(space: Workspace, report: Report) -> Printable:
    """A report with the places of its figures, for renderers that show more than links."""
    sources = space.catalogue.sources
    wanted = report.evidence()
    names = sorted({figure.series for figure in report.figures() if figure.evidence})
    places = {
        found.evidence.id: Place(
            source=sources[found.source].title if found.source in sources else _unnamed(found.source),
            title=found.title or "",
            address=found.address or "",
            where=found.evidence.place,
            issued=found.issued,
        )
        for found in space.warehouse.traced(names, vintages=True)
        if found.evidence.id in wanted
    }
    titles = {name: source.title for name, source in sources.items()}
    return Printable(report, space.catalogue.series, titles, places)


def _unnamed(source: str | None) -> Bilingual:
    return Bilingual(zh=source or "", en=source or "")


def years_of(written: str) -> Years:
    """``2016-2020`` or ``2020``. :raises ContentError: for anything else."""
    found = re.fullmatch(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?", written.strip())
    if found is None:
        raise ContentError(f"{written!r} are no years: write 2016-2020, or 2020")
    return Years(int(found[1]), int(found[2] or found[1]))
