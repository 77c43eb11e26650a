"""The chapter of the prosperity index: the three indices in the report's years.

Its values are those of today's run, whatever the edition: the index is chained anew with every release. What was known
on a past day stands on the pages of vintages.
"""

from __future__ import annotations

from prosperity.catalogue.model import Bilingual
from prosperity.index.model import IndexPoint
from prosperity.publish.compose.sentences import Writer
from prosperity.publish.content import (
    Block,
    ChartLine,
    DataTable,
    FigureChart,
    FigureReference,
    Origins,
    Paragraph,
    TableRow,
    text,
)
from prosperity.publish.words import GROUPS, signed

_INDEX = Bilingual(zh="指数", en="index")
_POINTS = Bilingual(zh="点", en="points")


def index_blocks(writer: Writer) -> list[Block]:
    """Sentences, chart and table; a sentence alone where no quarter of the years has a value."""
    facts = writer.ledger.facts
    found = {str(group): _of_years(writer, group) for group in facts.spec.groups}
    shown = {group: points for group, points in found.items() if points}
    note = Paragraph(
        text(
            "指数按{today}为止的全部数据计算,每次有新数据都重新链接。编报当时的指数见历史时点页。",
            "The index is computed from all that is known on {today}, and chained anew with every release. What it was "
            "when this edition was prepared stands on the page of vintages.",
            today=str(facts.today),
        ),
        "note",
    )
    if not shown:
        return [
            Paragraph(
                text("报告期内没有可计算的季度。", "No quarter of the period could be computed.", today=""),
                "note",
            )
        ]
    origins = Origins(
        sources=tuple(
            dict.fromkeys(facts.series[indicator.series].source for indicator in facts.spec.indicators)
        ),
        as_of=facts.today,
        latest=None,
        computed=True,
    )
    lines = tuple(
        ChartLine(GROUPS[group], group, tuple(_value(point) for point in points))
        for group, points in shown.items()
        if len(points) > 1
    )
    title = Bilingual(zh="先行、一致与滞后指数", en="Leading, coincident and lagging index")
    blocks: list[Block] = [_summary(writer, group, points) for group, points in shown.items()]
    if lines:
        blocks.append(FigureChart("prosperity-chart", title, "lines", _INDEX, lines, origins))
    return [*blocks, _table(shown, origins), note]


def _of_years(writer: Writer, group: str) -> list[IndexPoint]:
    return [
        point
        for point in writer.ledger.facts.result.points
        if point.group == group
        and point.value is not None
        and writer.years.first <= int(point.period[:4]) <= writer.years.last
    ]


def _summary(writer: Writer, group: str, points: list[IndexPoint]) -> Paragraph:
    last = points[-1]
    before = next((p for p in points if p.period == f"{int(last.period[:4]) - 1}{last.period[4:]}"), None)
    zh, en = "{quarter},{name}为{value}", "{quarter}: the {lower} stood at {value}"
    parts: dict[str, FigureReference | Bilingual | str | int] = {
        "quarter": last.period,
        "name": GROUPS[group],
        "lower": GROUPS[group].en.lower(),
        "value": _value(last),
    }
    if last.change is not None:
        zh += ",较上季{change}"
        en += ", {change} on the quarter before"
        parts["change"] = _change(last)
    if before:
        found = writer.calculator.index_change(group, GROUPS[group], _value(last), _value(before))
        up = float(found.value) >= 0
        zh += ",较上年同期" + ("上升" if up else "下降") + "{year}"
        en += ", " + ("up" if up else "down") + " {year} on the year"
        parts["year"] = found
    if last.contributions:
        largest = max(last.contributions, key=lambda part: abs(part.points))
        series = writer.ledger.facts.series.get(largest.series)
        if series:
            zh += ";变动最大的一项是{what}({part})"
            en += "; the largest contribution is that of {what} ({part})"
            parts |= {"what": series.name, "part": _part(last, largest.series, largest.points)}
    return Paragraph(text(zh + "。", en + ".", **parts))


def _table(shown: dict[str, list[IndexPoint]], origins: Origins) -> DataTable:
    quarters = sorted({point.period for points in shown.values() for point in points})
    by_quarter = {group: {point.period: point for point in points} for group, points in shown.items()}
    columns: list[Bilingual] = []
    for group in shown:
        name = GROUPS[group]
        columns += [name, Bilingual(zh=f"{name.zh}变动(点)", en=f"{name.en}, change in points")]
    rows = []
    for quarter in quarters:
        cells: list[FigureReference | None] = []
        for group in shown:
            point = by_quarter[group].get(quarter)
            cells += [
                _value(point) if point else None,
                _change(point) if point and point.change is not None else None,
            ]
        rows.append(TableRow(Bilingual(zh=quarter, en=quarter), _INDEX, tuple(cells)))
    title = Bilingual(zh="逐季指数与变动", en="The indices by quarter, and their change")
    return DataTable("prosperity-quarters", title, tuple(columns), tuple(rows), origins)


def _value(point: IndexPoint) -> FigureReference:
    assert point.value is not None
    number = f"{point.value:.2f}"
    return FigureReference(
        point.group, point.period, point.value, _INDEX, number, Bilingual(zh=number, en=number),
        quarter=(point.group, point.period), status="E" if _estimated(point) else "A",
    )  # fmt: skip


def _change(point: IndexPoint) -> FigureReference:
    return _part(point, point.group, point.change or 0.0)


def _part(point: IndexPoint, series: str, value: float) -> FigureReference:
    number = signed(value)
    return FigureReference(
        series, point.period, value, _POINTS, number,
        Bilingual(zh=f"{number}点", en=f"{number} points"), quarter=(point.group, point.period),
    )  # fmt: skip


def _estimated(point: IndexPoint) -> bool:
    return any(part.status != "A" for part in point.contributions)
