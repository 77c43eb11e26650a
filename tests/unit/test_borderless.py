"""Tables without rules: what is drawn must be read; text, lists, contents and charts must be refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from prosperity.extract import extract_tables

from .made_pdfs import Sheet, made

COLUMNS = (150.0, 270.0, 370.0, 470.0)
HEADER = ("行业", "收入", "增速", "占比")
BODY = [
    ("信息服务", "7879", "22.7", "65.3"),
    ("互联网接入", "354", "41.9", "2.9"),
    ("生活服务", "1935", "-0.4", "16.0"),
    ("网络销售", "1248", "24.1", "10.3"),
]
PROSE = "以下文字说明表中数据的来源和口径，与表格本身无关，因此不应当被读作表格。"


def framed(
    sheet: Sheet, rows: Sequence[Sequence[str]], columns: Sequence[float] = COLUMNS, top: float = 140
) -> None:
    """Rows between two paragraphs."""
    sheet.text(70, top - 60, PROSE, 11)
    sheet.text(70, top - 42, PROSE, 11)
    for number, row in enumerate(rows):
        sheet.row(columns, top + 17 * number, row)
    for line in range(3):
        sheet.text(70, top + 17 * len(rows) + 24 + 18 * line, PROSE, 11)


def test_table_of_figures_between_paragraphs() -> None:
    (table,) = extract_tables(made(lambda sheet: framed(sheet, [HEADER, *BODY])))
    assert table.rows == [list(HEADER), *(list(row) for row in BODY)]
    assert table.header_rows == 1


def test_empty_cells_stay_empty() -> None:
    body = [
        ("信息服务", "", "22.7", "65.3"),
        ("互联网接入", "354", "", "2.9"),
        ("生活服务", "1935", "1.4", ""),
    ]
    (table,) = extract_tables(made(lambda sheet: framed(sheet, [HEADER, *body])))
    assert table.rows == [list(HEADER), *(list(row) for row in body)]


def test_heading_over_two_columns_is_a_span() -> None:
    def draw(sheet: Sheet) -> None:
        columns = (120, 220, 300, 400, 480)
        sheet.row((260, 440), 120, ("2018年", "2019年"))
        sheet.row(columns, 137, ("行业", "收入", "增速", "收入", "增速"))
        sheet.row(columns, 154, ("信息服务", "4594", "20.7", "7879", "22.7"))
        sheet.row(columns, 171, ("网络接入", "164", "0.6", "354", "41.9"))
        sheet.row(columns, 188, ("安全服务", "88", "5.5", "97", "10.2"))

    (table,) = extract_tables(made(draw))
    assert table.rows[0] == ["行业", "2018年", None, "2019年", None]
    assert table.rows[1:3] == [
        [None, "收入", "增速", "收入", "增速"],
        ["信息服务", "4594", "20.7", "7879", "22.7"],
    ]


def test_label_on_two_lines_is_one_cell() -> None:
    def draw(sheet: Sheet) -> None:
        lines = [
            (120, ("Industry", "Revenue", "Growth")),
            (140, ("Information", "7879", "22.7")),
            (160, ("Access to the Internet", "", "")),
            (172, ("and related services", "354", "41.9")),
            (192, ("Security", "97", "10.2")),
        ]
        for y, (label, *figures) in lines:
            sheet.text(80, y, label)
            sheet.row((300, 420), y, figures)

    (table,) = extract_tables(made(draw))
    assert [row[0] for row in table.rows] == [
        "Industry",
        "Information",
        "Access to the Internet and related services",
        "Security",
    ]
    assert table.rows[2][1:] == ["354", "41.9"]


def test_two_columns_of_years_close_together_are_not_one_number() -> None:
    rows = [
        ("地区", "2005", "2006", "2007"),
        ("东部", "1234", "5678", "9012"),
        ("西部", "3456", "7890", "1234"),
    ]
    columns = (150.0, 240.0, 266.0, 292.0)  # 4 to 5 points of white space
    (table,) = extract_tables(made(lambda sheet: framed(sheet, rows, columns)))
    assert table.rows == [list(row) for row in rows]


def test_blank_for_the_thousands_is_no_column() -> None:
    rows = [
        ("Region", "Users", "Growth"),
        ("East", "12 345 678", "1.5"),
        ("West", "3 456 789", "2.5"),
        ("North", "901 234", "3.5"),
    ]
    (table,) = extract_tables(made(lambda sheet: framed(sheet, rows, (150.0, 300.0, 420.0))))
    assert table.rows == [list(row) for row in rows]


def test_padding_rectangles_within_cells_make_no_columns() -> None:
    def draw(sheet: Sheet) -> None:
        sheet.grid((70, 185, 305, 415), 100, [row[:3] for row in (HEADER, *BODY)], 24)
        for row in range(5):
            for left, right in ((70, 185), (185, 305), (305, 415)):
                sheet.canvas.rect(
                    left + 5, 842 - 100 - 24 * row - 19, right - left - 10, 14, stroke=1, fill=0
                )

    (table,) = extract_tables(made(draw))
    assert table.rows == [list(row[:3]) for row in (HEADER, *BODY)]


def test_rows_under_a_ruled_header_lie_in_its_columns() -> None:
    """Verticals in the header only; below it a frame and rules between the rows."""

    def draw(sheet: Sheet) -> None:
        xs = (70, 185, 305, 415, 520)
        for x in xs:
            sheet.line(x, 100, x, 120)
        for x in (70, 520):
            sheet.line(x, 120, x, 200)
        for y in (100, 120, 140, 160, 180, 200):
            sheet.rule(70, 520, y)
        for number, row in enumerate((HEADER, *BODY)):
            sheet.row((127, 245, 360, 467), 114 + 20 * number, row)

    (table,) = extract_tables(made(draw))
    assert table.rows == [list(HEADER), *(list(row) for row in BODY)]


# ------------------------------------------------------------------------------------- what is no table


def two_columns(sheet: Sheet) -> None:
    for line in range(25):
        sheet.text(60, 90 + 16 * line, "左栏的正文从这里开始一直写到栏的右边为止")
        sheet.text(310, 90 + 16 * line, "右栏的正文同样如此其中也有数字二〇一九年")


def numbered_list(sheet: Sheet) -> None:
    for line in range(14):
        sheet.text(70, 90 + 18 * line, f"{line + 1}.")
        sheet.text(100, 90 + 18 * line, f"第{line + 1}项任务是提高服务质量")


def contents(sheet: Sheet) -> None:
    for line in range(14):
        sheet.text(70, 90 + 18 * line, f"第{line + 1}章 行业发展情况" + "." * 90)
        sheet.text(520, 90 + 18 * line, str(3 + 7 * line))


def line_chart(sheet: Sheet) -> None:
    for tick in range(6):
        sheet.text(70, 304 - 40 * tick, f"{tick * 20}", 8)
        sheet.rule(95, 500, 300 - 40 * tick, 0.2)
    for month in range(12):
        sheet.text(100 + 33 * month, 320, f"{month + 1}月", 8)
        sheet.line(105 + 33 * month, 200 + 7 * (month % 5), 138 + 33 * month, 200 + 7 * ((month + 1) % 5))
    sheet.text(200, 340, "系列一", 8)
    sheet.text(300, 340, "系列二", 8)


def letter(sheet: Sheet) -> None:
    sheet.text(70, 90, "某某部门办公室")
    sheet.text(420, 90, "2019年3月12日")
    sheet.text(70, 108, "某某市某某路一号")
    sheet.text(420, 108, "第 15 号")
    for line in range(20):
        sheet.text(70, 150 + 17 * line, PROSE)


@pytest.mark.parametrize("draw", [two_columns, numbered_list, contents, line_chart, letter])
def test_what_looks_like_columns_but_is_no_table_is_refused(draw: object) -> None:
    assert callable(draw)
    assert extract_tables(made(draw)) == []
