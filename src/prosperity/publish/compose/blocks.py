"""Tables, charts and lists of sources of one section."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prosperity.catalogue.model import Bilingual, Series
from prosperity.catalogue.outline import OutlineChart, OutlineSection
from prosperity.publish.compose.facts import end_of_year
from prosperity.publish.compose.numbers import plain_name
from prosperity.publish.compose.sentences import Writer
from prosperity.publish.content import (
    ChartLine,
    DataTable,
    FigureChart,
    FigureReference,
    Origins,
    SourceList,
    SourceUse,
    TableRow,
    Years,
)


def origins(writer: Writer, figures: Iterable[FigureReference]) -> Origins:
    """Where these figures come from; calculated ones count with the figures they rest on."""
    facts = writer.ledger.facts
    flat = list(figures)
    names = dict.fromkeys(facts.series[found.series].source for found in flat if found.series in facts.series)
    days = [found.known_from for found in flat if found.known_from and not found.undated]
    return Origins(
        sources=tuple(names),
        as_of=writer.ledger.as_of,
        latest=max(days, default=None),
        computed=any(found.calculation or found.quarter for found in flat),
        undated=any(found.undated for found in flat),
    )


def year_table(writer: Writer, section: OutlineSection) -> tuple[DataTable | None, tuple[Bilingual, ...]]:
    """Levels by year, published growth under them; and the names of series without a figure in these years."""
    years = list(writer.years)
    if len(years) == 1:
        years = [years[0] - 1, years[0]]
    rows: list[TableRow] = []
    missing: list[Bilingual] = []
    for name in dict.fromkeys((*section.headline, *section.table)):
        series = writer.ledger.facts.series[name]
        levels = [writer.of_year(series, year) for year in years]
        rates = [_rate(writer, series, found, year) for found, year in zip(levels, years, strict=True)]
        if not any(levels):
            missing.append(plain_name(series))
        else:
            rows.append(TableRow(plain_name(series), _unit(levels), tuple(levels), series.id))
        if any(rates):
            own = next(rate.series for rate in rates if rate)
            head = Bilingual(zh="同比增速(公布)" if any(levels) else f"{plain_name(series).zh}同比增速(公布)",
                             en="growth on year, published" if any(levels) else f"{plain_name(series).en}, growth on year, published")  # fmt: skip
            rows.append(TableRow(head, Bilingual(zh="%", en="%"), tuple(rates), own))
    if not rows:
        return None, tuple(missing)
    figures = [cell for row in rows for cell in row.cells if cell]
    title = Bilingual(zh="各年末或全年数", en="By year: whole year, or end of the year")
    columns = tuple(Bilingual(zh=f"{year}年", en=str(year)) for year in years)
    return DataTable(f"{section.id}-years", title, columns, tuple(rows), origins(writer, figures)), tuple(
        missing
    )


def _rate(writer: Writer, series: Series, level: FigureReference | None, year: int) -> FigureReference | None:
    period = level.period if level and level.evidence else end_of_year(series, year)
    return writer.rate(series, period)


def _unit(cells: Sequence[FigureReference | None]) -> Bilingual:
    return next(cell.unit for cell in cells if cell)


def chart(writer: Writer, section: str, number: int, outline: OutlineChart) -> FigureChart | None:
    """A chart of the outline; None with fewer than two figures in any line."""
    span = Years(writer.years.first - 1, writer.years.last)
    lines = []
    for name in outline.series:
        series = writer.ledger.facts.series[name]
        if outline.points == "year":
            found = [writer.of_year(series, year) for year in span]
        else:
            found = [writer.ledger.figure(name, period) for period in writer.ledger.periods(name, span)]
        points = tuple(point for point in found if point)
        if len(points) > 1:
            lines.append(ChartLine(plain_name(series), name, points))
    if not lines:
        return None
    figures = [point for line in lines for point in line.points]
    return FigureChart(
        id=f"{section}-chart-{number}",
        title=outline.title,
        mark="bars" if outline.points == "year" else "lines",
        unit=figures[0].unit,
        lines=tuple(lines),
        origins=origins(writer, figures),
    )


def source_list(writer: Writer, figures: Iterable[FigureReference]) -> SourceList | None:
    """The sources of a section's figures, in the catalogue's order."""
    facts = writer.ledger.facts
    used: dict[str, dict[str, None]] = {}
    for found in figures:
        series = facts.series.get(found.series)
        if series:
            used.setdefault(series.source, {})[series.id] = None
    listed = [
        SourceUse(name, source.publisher, source.title, tuple(used[name]))
        for name, source in facts.sources.items()
        if name in used
    ]
    return SourceList(tuple(listed)) if listed else None
