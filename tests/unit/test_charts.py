"""Charts of slides: labels are taken only where the drawing proves them; what is drawn here is what must be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from prosperity.extract import Request, Table
from prosperity.extract.charts import PageCharts, charts_on
from prosperity.extract.pdf import PdfFile
from prosperity.extract.reread import text_at
from prosperity.extract.sandbox import read, shut_down

from .made_pdfs import HEIGHT, Sheet, made

QUARTERS = ("2018Q2", "2018Q3", "2018Q4", "2019Q1", "2019Q2")
#: Labels of the chart in the second-quarter deck of 2019 (CAICT).
VALUES = ("9.92", "9.06", "8.00", "10.19", "9.75")
RATES = ("2.7", "-8.7", "-11.7", "27.4", "-4.3")
BLUE, ORANGE = (0.2, 0.4, 0.7), (0.9, 0.5, 0.2)
BASE = 400.0  #: where the bars stand, from the top


@pytest.fixture(autouse=True, scope="module")
def _server() -> Iterator[None]:
    yield
    shut_down()


@dataclass(frozen=True)
class Drawn:
    """A chart as it is to be drawn; ``heights`` and ``levels`` are points above the foot of the bars."""

    title: str = "总市值(万亿元)"
    categories: Sequence[str] = QUARTERS
    labels: Sequence[str] = VALUES
    heights: Sequence[float] = tuple(12 * float(value) for value in VALUES)
    rates: Sequence[str] = tuple(f"{rate}%" for rate in RATES)
    levels: Sequence[float] = tuple(190 + 1.2 * float(rate) for rate in RATES)
    left: float = 120
    pitch: float = 80
    width: float = 36
    legend: bool = True
    shift: float = 0  #: of the values, to the right
    ticks: Sequence[tuple[str, float]] = ()  #: on the left: label, points above the foot
    stray: str = ""
    run: str = ""  #: all values as one text over the highest bar

    def on(self, sheet: Sheet) -> None:
        canvas = sheet.canvas
        for height in (0, 40, 80, 120, 160, 200, 240):  # lines of the grid: no rules of a table
            sheet.line(
                self.left - 40,
                BASE - height,
                self.left + self.pitch * len(self.categories) - 40,
                BASE - height,
                0.3,
            )
        for number, category in enumerate(self.categories):
            sheet.centred(self.left + number * self.pitch, BASE + 14, category, 9)
        for number, height in enumerate(self.heights):
            canvas.setFillColorRGB(*BLUE)
            canvas.rect(
                self.left + number * self.pitch - self.width / 2,
                HEIGHT - BASE,
                self.width,
                height,
                stroke=0,
                fill=1,
            )
        canvas.setFillGray(0)
        for number, (label, height) in enumerate(zip(self.labels, self.heights, strict=False)):
            sheet.centred(self.left + number * self.pitch + self.shift, BASE - height - 4, label, 9)
        if self.levels:
            canvas.setStrokeColorRGB(*ORANGE)
            path = canvas.beginPath()
            path.moveTo(self.left, HEIGHT - BASE + self.levels[0])
            for number, level in enumerate(self.levels):
                path.lineTo(self.left + number * self.pitch, HEIGHT - BASE + level)
            canvas.drawPath(path, stroke=1, fill=0)
            canvas.setStrokeGray(0)
        for number, (rate, level) in enumerate(zip(self.rates, self.levels, strict=False)):
            sheet.centred(self.left + number * self.pitch, BASE - level - 5, rate, 9)
        for tick, height in self.ticks:
            sheet.text(self.left - 80, BASE - height + 3, tick, 8)
        if self.legend:
            canvas.setFillColorRGB(*BLUE)
            canvas.rect(self.left, HEIGHT - BASE - 40, 7, 7, stroke=0, fill=1)
            canvas.setFillGray(0)
            sheet.text(self.left + 11, BASE + 40, "总市值", 9)
            if self.levels:
                canvas.setStrokeColorRGB(*ORANGE)
                canvas.line(self.left + 80, HEIGHT - BASE - 37, self.left + 98, HEIGHT - BASE - 37)
                canvas.setStrokeGray(0)
                sheet.text(self.left + 102, BASE + 40, "环比", 9)
        sheet.centred(self.left + (len(self.categories) - 1) * self.pitch / 2, BASE - 260, self.title, 11)
        if self.run:
            sheet.centred(self.left + 2 * self.pitch, BASE - max(self.heights) - 4, self.run, 9)
        if self.stray:
            sheet.text(self.left + 40 - 8, BASE - 20, self.stray, 9)


BARS = Drawn(rates=(), levels=(), legend=False)


def charts(*drawn: Drawn) -> PageCharts:
    def draw(sheet: Sheet) -> None:
        for one in drawn:
            one.on(sheet)

    return charts_on(PdfFile(made(draw)).page(1))


def only(found: PageCharts) -> Table:
    [table] = found.tables
    assert found.refused == ()
    return table


def reason(found: PageCharts) -> str:
    assert found.tables == ()
    [refusal] = found.refused
    return refusal


def test_bars_and_line_over_their_categories() -> None:
    table = only(charts(Drawn()))
    assert table.rows == [
        ["", *QUARTERS],
        ["总市值", *VALUES],
        ["环比", "2.7%", "-8.7%", "-11.7%", "27.4%", "-4.3%"],
    ]
    assert (table.caption, table.method, table.header_rows) == ("总市值(万亿元)", "pdf-chart", 1)


def test_bars_alone_are_named_by_the_title() -> None:
    assert only(charts(BARS)).rows == [["", *QUARTERS], ["总市值(万亿元)", *VALUES]]


def test_missing_bar_leaves_its_place_empty() -> None:
    table = only(
        charts(replace(BARS, heights=(119.04, 0, 96.0), labels=("9.92", "", "8.00"), categories=QUARTERS[:3]))
    )
    assert table.rows[1][1:] == ["9.92", "", "8.00"]


def test_two_charts_on_one_line_stay_apart() -> None:
    left = replace(
        BARS,
        title="甲",
        categories=QUARTERS[:3],
        labels=VALUES[:3],
        heights=BARS.heights[:3],
        pitch=60,
        left=90,
    )
    right = replace(
        BARS,
        title="乙",
        categories=("2019Q1", "2019Q2"),
        labels=("5", "10"),
        heights=(50, 100),
        left=430,
        pitch=60,
    )
    found = charts(left, right)
    assert {table.caption: table.rows[1][1:] for table in found.tables} == {
        "甲": list(VALUES[:3]),
        "乙": ["5", "10"],
    }


def test_every_label_is_read_again_at_its_place() -> None:
    data = made(Drawn().on)
    [table] = read(data, Request()).tables
    assert table.method == "pdf-chart"
    placed = [cell for cell in table.cells if cell.text]
    assert len(placed) == 5 + 2 * 6
    for cell in placed:
        assert text_at(data, "application/pdf", page=cell.page, bbox=cell.bbox) == cell.raw == cell.text


def test_drawing_is_neither_table_nor_running_text() -> None:
    """The lines of the grid make no table; its numbers make no statements."""

    def draw(sheet: Sheet) -> None:
        sheet.text(60, 80, "2019年二季度，我国上市互联网企业总市值为9.75万亿元。", 12)
        Drawn().on(sheet)

    found = read(made(draw), Request())
    assert [table.method for table in found.tables] == ["pdf-chart"]
    assert [str(statement.value) for statement in found.statements] == ["9.75"]


# ------------------------------------------------------------------------------------------------ refusals


def test_labels_run_together_are_refused() -> None:
    """9.929.068.00 in one run over narrow bars: where one ends is a guess."""
    tight = replace(BARS, labels=(), pitch=19, width=13, left=200, categories=("一", "二", "三", "四", "五"))
    refusal = reason(charts(replace(tight, run="".join(VALUES))))
    assert "has no value of its own above it (there stands '9.929.068.0010.199.75')" in refusal


def test_swapped_labels_are_refused() -> None:
    """8.00 and 9.06 exchanged: each stands over a bar, and neither fits."""
    assert "not in proportion" in reason(
        charts(replace(BARS, labels=("9.92", "8.00", "9.06", "10.19", "9.75")))
    )


def test_bars_cut_off_at_the_foot_are_refused() -> None:
    assert "not in proportion" in reason(charts(replace(BARS, heights=tuple(h - 60 for h in BARS.heights))))


def test_bars_cut_off_at_the_foot_are_read_by_their_axis() -> None:
    """The axis begins at 5 (60 points are cut off): its ticks say what the heights mean."""
    cut = replace(
        BARS,
        heights=tuple(h - 60 for h in BARS.heights),
        ticks=tuple((f"{value}.00", 12.0 * (value - 5)) for value in (5, 7, 9, 11)),
    )
    assert only(charts(cut)).rows[1][1:] == list(VALUES)


def test_values_beside_their_bars_are_refused() -> None:
    assert "has no value of its own above it" in reason(charts(replace(BARS, shift=12)))


def test_number_of_nothing_is_refused() -> None:
    assert "the number 13.2 belongs to no bar" in reason(charts(replace(BARS, stray="13.2")))


def test_single_bar_without_an_axis_is_refused_and_with_one_is_read() -> None:
    one = replace(BARS, categories=("2022Q4",), labels=("10800",), heights=(108,))
    ticks = tuple((str(value), value / 100) for value in (0, 5000, 10000, 15000))
    assert charts(one).tables == ()
    assert only(charts(replace(one, ticks=ticks))).rows == [["", "2022Q4"], ["总市值(万亿元)", "10800"]]
    wrong = replace(one, ticks=ticks, labels=("12800",))
    assert "do not fit the ticks" in reason(charts(wrong))


def test_sign_that_is_only_an_arrow_is_refused() -> None:
    """8.7% printed for a fall of 8.7%: the point does not lie where +8.7 would; the bars stand."""
    found = charts(replace(Drawn(), rates=("2.7%", "8.7%", "-11.7%", "27.4%", "-4.3%")))
    [table] = found.tables
    assert [row[0] for row in table.rows] == ["", "总市值"]
    assert "does not lie at the height of its value" in found.refused[0]


def test_line_of_two_points_without_an_axis_is_refused() -> None:
    found = charts(
        replace(
            Drawn(), categories=QUARTERS[:2], labels=VALUES[:2], heights=Drawn().heights[:2],
            rates=("2.7%", "-8.7%"), levels=Drawn().levels[:2],
        )
    )  # fmt: skip
    assert [row[0] for row in found.tables[0].rows] == ["", "总市值"]
    assert "too few points without an axis" in found.refused[0]


def test_line_with_a_value_missing_is_refused() -> None:
    found = charts(replace(Drawn(), rates=("2.7%", "", "-11.7%", "27.4%", "-4.3%")))
    assert [row[0] for row in found.tables[0].rows] == ["", "总市值"]
    assert "the line has 0 values over 2018Q3" in found.refused[0]


def test_series_without_a_name_are_refused() -> None:
    """With a line over them the title may name either."""
    assert "no legend names" in reason(charts(replace(Drawn(), legend=False)))


def test_shaded_cells_stay_a_table() -> None:
    """Cells of one row shaded and with text in them are no bars, whatever stands above and below."""

    def draw(sheet: Sheet) -> None:
        sheet.centred(297, 90, "表1 分地区业务收入", 11)
        sheet.canvas.setFillColorRGB(*BLUE)
        for x, height in ((160, 20), (360, 40)):
            sheet.canvas.rect(x, HEIGHT - 160, 100, height, stroke=0, fill=1)
        sheet.canvas.setFillGray(0)
        sheet.grid(
            (80, 160, 260, 360, 460),
            100,
            (("地区", "5", "10", "5"), ("东部", "收入", "利润", "研发"), ("西部", "1", "2", "3")),
        )

    found = read(made(draw), Request())
    assert [table.method for table in found.tables] == [""]
    assert found.tables[0].rows[0] == ["地区", "5", "10", "5"]
