"""Tables and prose of PDFs: made ones, of which every text is known, and real ones with published truth."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from prosperity.extract import Request, Table, extract_tables
from prosperity.extract.sandbox import read, shut_down

from .made_pdfs import Sheet, made

COLUMNS = (120, 250, 360, 470)
HEADER = ("地区", "业务收入", "同比增长(%)", "占比(%)")
BODY = (
    ("东部地区", "9,817", "22.3", "90.7"),
    ("中部地区", "427.5", "52.6", "3.9"),
    ("西部地区", "463.2", "-7.1", "4.3"),
    ("东北地区", "114.9", "—", "1.1"),
)


@pytest.fixture(autouse=True, scope="module")
def _server() -> Iterator[None]:
    yield
    shut_down()


def three_line(sheet: Sheet, top: float = 100, number: str = "1-2") -> None:
    sheet.centred(297, top, f"表{number} 2019年分地区互联网业务收入", 11)
    sheet.text(450, top + 18, "单位：亿元", 9)
    top += 26
    sheet.rule(70, 520, top, 1.2)
    sheet.row(COLUMNS, top + 14, HEADER)
    sheet.rule(70, 520, top + 20)
    for index, row in enumerate(BODY):
        sheet.row(COLUMNS, top + 36 + 18 * index, row)
    bottom = top + 20 + 18 * len(BODY) + 6
    sheet.rule(70, 520, bottom, 1.2)
    sheet.text(70, bottom + 14, "注：东北地区数据为初步数，未包括尚未报送的企业。", 9)
    sheet.text(70, bottom + 27, "数据来源：工业和信息化部", 9)
    sheet.text(70, bottom + 62, "以下是正文，说明2019年全国互联网业务收入的总体情况。")


def test_three_line_table_with_caption_unit_and_notes() -> None:
    (table,) = extract_tables(made(three_line))
    assert table.rows == [list(HEADER), *([text.replace("—", "-") for text in row] for row in BODY)]
    assert table.caption == "表1-2 2019年分地区互联网业务收入"
    assert table.unit == "亿元"
    assert table.notes == (
        "注:东北地区数据为初步数,未包括尚未报送的企业。",
        "数据来源:工业和信息化部",
    )
    assert (table.page, table.header_rows) == (1, 1)


def test_cells_lie_where_they_were_drawn() -> None:
    (table,) = extract_tables(made(three_line))
    (cell,) = [cell for cell in table.cells if cell.text == "427.5"]
    assert cell.page == 1 and cell.bbox is not None
    x0, top, x1, bottom = cell.bbox
    baseline = 100 + 26 + 36 + 18  # as drawn: second row of the body, centred on its column
    assert x0 < COLUMNS[1] < x1 and top < baseline < bottom
    assert not any(x0 < x < x1 for x in COLUMNS if x != COLUMNS[1])


def test_two_three_line_tables_with_equal_rules_are_two() -> None:
    def draw(sheet: Sheet) -> None:
        three_line(sheet, 100, "1")
        three_line(sheet, 420, "2")

    tables = extract_tables(made(draw))
    assert [table.caption[:2] for table in tables] == ["表1", "表2"]
    assert [len(table.rows) for table in tables] == [5, 5]


@pytest.mark.parametrize("mark", ["1", "①", "[1]"])
def test_raised_footnote_marks_leave_the_text_and_stay_in_raw(mark: str) -> None:
    def draw(sheet: Sheet) -> None:
        sheet.rule(70, 520, 100)
        sheet.row(COLUMNS, 114, HEADER)
        sheet.rule(70, 520, 120)
        for index, row in enumerate(BODY):
            sheet.row(COLUMNS, 136 + 18 * index, row)
        behind = sheet.text(275, 208, "213.5")
        sheet.text(behind, 204, mark, 6)
        sheet.rule(70, 520, 216)

    (table,) = extract_tables(made(draw))
    (cell,) = [cell for cell in table.cells if "213.5" in cell.text]
    assert cell.text == "213.5"
    assert cell.raw == f"213.5{mark}"


def test_raised_figure_of_a_square_metre_is_no_footnote() -> None:
    def draw(sheet: Sheet) -> None:
        sheet.grid((70, 200, 330), 100, [("项目", ""), ("数据中心", "12")])
        behind = sheet.text(250, 114, "面积km")
        sheet.text(behind, 110, "2", 6)

    (table,) = extract_tables(made(draw))
    assert table.rows[0] == ["项目", "面积km2"]


def test_ruled_table_keeps_spans_and_tells_covered_from_empty() -> None:
    def draw(sheet: Sheet) -> None:
        for x in (70, 470):
            sheet.line(x, 100, x, 180)
        sheet.line(170, 100, 170, 180)
        sheet.line(320, 120, 320, 180)
        for y in (100, 140, 160, 180):
            sheet.rule(70, 470, y)
        sheet.rule(170, 470, 120)
        sheet.centred(120, 124, "指标")
        sheet.centred(320, 114, "2019年")
        sheet.row((245, 395), 134, ("绝对数", "增长"))
        sheet.row((120, 245), 154, ("用户", "8.54"))
        sheet.row((120, 245, 395), 174, ("收入", "12061", "21.4"))

    (table,) = extract_tables(made(draw))
    assert table.rows == [
        ["指标", "2019年", None],
        [None, "绝对数", "增长"],
        ["用户", "8.54", ""],
        ["收入", "12061", "21.4"],
    ]
    spans = {cell.text: (cell.rowspan, cell.colspan) for cell in table.cells if cell.row < 2}
    assert spans == {"指标": (2, 1), "2019年": (1, 2), "绝对数": (1, 1), "增长": (1, 1)}
    assert table.header_rows == 2


def test_short_rules_in_the_header_of_a_three_line_table_make_spans() -> None:
    def draw(sheet: Sheet) -> None:
        columns = (120, 220, 300, 390, 470)
        sheet.rule(70, 520, 100, 1.2)
        sheet.centred(120, 122, "行业")
        sheet.row((260, 430), 113, ("2018年", "2019年"))
        sheet.rule(190, 330, 118, 0.4)
        sheet.rule(360, 510, 118, 0.4)
        sheet.row(columns[1:], 130, ("收入", "增长", "收入", "增长"))
        sheet.rule(70, 520, 136)
        sheet.row(columns, 152, ("信息服务", "4594", "20.7", "7879", "22.7"))
        sheet.row(columns, 170, ("互联网接入", "164", "0.6", "354", "41.9"))
        sheet.row(columns, 188, ("安全服务", "88", "5.5", "97", "10.2"))
        sheet.rule(70, 520, 196, 1.2)

    (table,) = extract_tables(made(draw))
    assert table.rows == [
        ["行业", "2018年", None, "2019年", None],
        [None, "收入", "增长", "收入", "增长"],
        ["信息服务", "4594", "20.7", "7879", "22.7"],
        ["互联网接入", "164", "0.6", "354", "41.9"],
        ["安全服务", "88", "5.5", "97", "10.2"],
    ]
    assert table.header_rows == 2


def test_open_sides_do_not_cost_the_outer_columns() -> None:
    def draw(sheet: Sheet) -> None:
        for x in (180, 300, 420):
            sheet.line(x, 100, x, 180)
        for y in (100, 120, 140, 160, 180):
            sheet.rule(70, 520, y)
        rows = [HEADER, *BODY[:3]]
        for index, row in enumerate(rows):
            sheet.row((125, 240, 360, 470), 114 + 20 * index, row)

    (table,) = extract_tables(made(draw))
    assert table.rows == [list(row) for row in (HEADER, *BODY[:3])]


def test_thin_rule_under_every_row_with_wrapped_label() -> None:
    def draw(sheet: Sheet) -> None:
        for y in (100, 120, 150, 170, 190):
            sheet.rule(70, 520, y, 0.3)
        sheet.row(COLUMNS, 114, HEADER)
        sheet.row((120,), 132, ("互联网接入及",))
        sheet.row(COLUMNS, 145, ("相关服务", "354", "41.9", "2.9"))
        sheet.row(COLUMNS, 164, ("信息服务", "7879", "22.7", "65.3"))
        sheet.row(COLUMNS, 184, ("其他", "97", "10.2", "0.8"))

    (table,) = extract_tables(made(draw))
    assert table.rows == [
        list(HEADER),
        ["互联网接入及相关服务", "354", "41.9", "2.9"],
        ["信息服务", "7879", "22.7", "65.3"],
        ["其他", "97", "10.2", "0.8"],
    ]


def test_rows_without_inner_rules_are_split() -> None:
    def draw(sheet: Sheet) -> None:
        for x in (70, 200, 330):
            sheet.line(x, 100, x, 184)
        for y in (100, 120, 184):
            sheet.rule(70, 330, y)
        sheet.row((135, 265), 114, ("年份", "用户（亿）"))
        for index, row in enumerate((("2017", "7.72"), ("2018", "8.29"), ("2019", "9.04"))):
            sheet.row((135, 265), 136 + 20 * index, row)

    (table,) = extract_tables(made(draw))
    assert table.rows == [["年份", "用户(亿)"], ["2017", "7.72"], ["2018", "8.29"], ["2019", "9.04"]]


# ------------------------------------------------------------------------------------- over pages


def over_two_pages(sheet: Sheet, ruled: bool, continued: bool = False) -> None:
    xs = (70, 185, 305, 415, 520)
    rows = [(f"地区{number}", f"{number * 1.5:.1f}", f"{number}.2", f"{number}.7") for number in range(1, 41)]
    for page, part in enumerate((rows[:25], rows[25:])):
        sheet.text(240, 40, "互联网发展报告", 9)
        top = 100.0
        if page == 0:
            sheet.text(70, 70, "下表给出各地区的收入情况。")
            sheet.centred(297, 96, "表 3 各地区收入", 11)
        elif continued:
            sheet.centred(297, 96, "续表 3", 11)
        if ruled:
            sheet.grid(xs, top, [HEADER, *part], 26)
        else:
            sheet.rule(70, 520, top)
            sheet.row(COLUMNS, top + 16, HEADER)
            sheet.rule(70, 520, top + 26)
            for index, row in enumerate(part):
                sheet.row(COLUMNS, top + 42 + 26 * index, row)
            sheet.rule(70, 520, top + 26 * (len(part) + 1) + 4)
        if page == 1:
            sheet.text(70, top + 26 * (len(part) + 1) + 20, "注：数据截至2019年末。", 9)
        sheet.centred(297, 815, f"- {page + 1} -", 9)
        sheet.page()


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize("continued", [True, False])
def test_table_over_a_page_break_is_one_with_one_header(ruled: bool, continued: bool) -> None:
    (table,) = extract_tables(made(lambda sheet: over_two_pages(sheet, ruled, continued)))
    rows = [list(HEADER)] + [
        [f"地区{number}", f"{number * 1.5:.1f}", f"{number}.2", f"{number}.7"] for number in range(1, 41)
    ]
    assert table.rows == rows
    assert table.caption == "表 3 各地区收入"
    assert table.notes == ("注:数据截至2019年末。",)
    assert table.page == 1
    assert {cell.page for cell in table.cells if cell.row == 26} == {2}


def test_text_between_keeps_tables_of_two_pages_apart() -> None:
    def draw(sheet: Sheet) -> None:
        for page in (1, 2):
            sheet.grid((70, 185, 305, 415, 520), 100, [HEADER, *BODY])
            sheet.text(70, 230, f"这是第{page}页表格之后的正文。")
            sheet.page()

    assert [table.page for table in extract_tables(made(draw))] == [1, 2]


def test_wanted_captions_read_only_their_pages_and_what_continues_them() -> None:
    def draw(sheet: Sheet) -> None:
        for number in (1, 2):
            three_line(sheet, 100, f"2-{number}")
            sheet.page()
        over_two_pages(sheet, ruled=True)
        three_line(sheet, 100, "4-1")

    document = made(draw)
    assert [table.caption[:4] for table in extract_tables(document, [r"表2-2"])] == ["表2-2"]
    (long,) = extract_tables(document, [r"^表3各地区"])  # written as without blanks
    assert len(long.rows) == 41
    assert extract_tables(document, ["表9"]) == []
    assert len(extract_tables(document)) == 4


# ---------------------------------------------------------------------------- what is no table, no text


def test_watermark_and_fake_bold_leave_no_trace() -> None:
    def draw(sheet: Sheet) -> None:
        sheet.grid((70, 185, 305, 415, 520), 100, [HEADER, *BODY])
        sheet.centred(127.5 + 0.3, 134, "东部地区")  # once more, a third of a point to the right
        sheet.canvas.translate(150, 500)
        sheet.canvas.rotate(45)
        sheet.canvas.setFont(sheet.font, 40)
        sheet.canvas.drawString(0, 0, "内部资料请勿外传内部资料")

    (table,) = extract_tables(made(draw))
    assert table.rows[1] == list(BODY[0])


def test_backgrounds_of_paragraphs_are_no_tables() -> None:
    def draw(sheet: Sheet) -> None:
        for index in range(8):
            sheet.canvas.setFillGray(0.9)
            sheet.canvas.rect(70, 700 - 20 * index, 450, 20, stroke=1, fill=1)
            sheet.canvas.setFillGray(0)
            sheet.text(72, 842 - 706 + 20 * index, "这是一段有底色的文字，不是表格，也没有数据可读。")

    assert extract_tables(made(draw)) == []


# ------------------------------------------------------------------------------------- prose


def prose(sheet: Sheet) -> None:
    """Two pages: lines broken within figures, a raised footnote mark, a sentence over the page break."""
    sheet.text(240, 40, "互联网发展报告", 9)
    sheet.centred(297, 90, "2019年互联网运行情况", 16)
    sheet.justified(98, 520, 130, "2019年，我国规模以上互联网企业共完成业务收入总计1206")
    sheet.justified(70, 520, 152, "1亿元，同比增长21.4%。其中，信息服务收入规模达到7879亿元，同比")
    sheet.justified(70, 520, 174, "增长22.7%，增速比上年提高。截至2019年末，全国移动电话用户总数")
    behind = sheet.text(70, 196, "达到16.01", 14)
    sheet.text(sheet.text(behind, 190, "1", 8), 196, "亿户。", 14)
    three_line(sheet, 300)
    sheet.justified(98, 520, 780, "2019年，全行业全年累计共完成研发费用535亿元，同比增长")
    sheet.centred(297, 815, "1", 9)
    sheet.page()
    sheet.text(240, 40, "互联网发展报告", 9)
    sheet.text(70, 90, "23.1%。利润总额为1024亿元。", 14)
    sheet.centred(297, 815, "2", 9)
    sheet.page()


def test_figures_in_prose_with_page_and_place() -> None:
    found = read(made(prose), Request(captions=()), issued=dt.date(2020, 1, 31)).statements
    read_as = {(s.value, s.unit, s.rate, s.page) for s in found if s.value is not None or s.rate is not None}
    assert (Decimal("12061"), "元", Decimal("21.4"), 1) in read_as
    assert (Decimal("7879"), "元", Decimal("22.7"), 1) in read_as
    assert (Decimal("16.01"), "户", None, 1) in read_as  # not 16.011: the raised 1 is a footnote mark
    assert (Decimal("535"), "元", None, 1) in read_as  # its rate stands on the next page
    assert (None, "", Decimal("23.1"), 2) in read_as
    assert (Decimal("1024"), "元", None, 2) in read_as
    assert not any(s.value in (Decimal("9817"), Decimal("427.5")) for s in found)  # those stand in the table


def test_blocks_leave_out_tables_heads_and_page_numbers() -> None:
    blocks = read(made(prose), Request(captions=())).blocks
    assert [(block.page, block.heading, block.text[:12]) for block in blocks] == [
        (1, True, "2019年互联网运行情况"),
        (1, False, "2019年，我国规模以上"),
        (1, False, "以下是正文，说明2019"),
        (1, False, "2019年，全行业全年累"),
    ]
    assert blocks[1].text.startswith(
        "2019年，我国规模以上互联网企业共完成业务收入总计12061亿元，同比增长21.4%。"
    )
    assert blocks[-1].text.endswith("同比增长23.1%。利润总额为1024亿元。")


# ------------------------------------------------------------------------------------- real documents


def truth(path: Path) -> list[set[tuple[int, int, int, int, str]]]:
    """Cells (row, col, rowspan, colspan, text without blanks) of the published truth, by table."""
    tables = json.loads(path.read_text("utf-8"))["tables"]
    return [{(r, c, rs, cs, squeezed(text)) for r, c, rs, cs, text in t["cells"]} for t in tables]


def squeezed(text: str) -> str:
    import unicodedata

    return "".join(unicodedata.normalize("NFKC", text).split())


def cells_of(table: Table, page: int | None = None) -> set[tuple[int, int, int, int, str]]:
    chosen = [cell for cell in table.cells if page in (None, cell.page)]
    first = min(cell.row for cell in chosen)
    return {(c.row - first, c.col, c.rowspan, c.colspan, squeezed(c.text)) for c in chosen}


@pytest.mark.shared
def test_real_tables_with_merged_headers_equal_the_truth(shared: Path) -> None:
    folder = shared / "pdf" / "zh"
    tables = extract_tables(folder / "anhui_landuse_p173.pdf")
    expected = truth(folder / "anhui_landuse_p173.gt.json")
    assert [cells_of(table) for table in tables] == expected
    assert [table.caption for table in tables] == [
        "表7.5 停车区用地指标基准值(公顷/处)",
        "表7.6停车区用地指标调整系数",
        "表7.7 监控通信设施用地指标(公顷/处)",
    ]
    assert tables[0].notes == ("注:表中路段交通量应采用停车区所在路段的预测第20年交通量。",)


@pytest.mark.shared
def test_real_tables_over_page_breaks_are_joined_as_the_truth_says(shared: Path) -> None:
    folder = shared / "pdf" / "zh"
    tables = extract_tables(folder / "huaian_gov_2024.pdf")
    expected = truth(folder / "huaian_gov_2024.gt.json")
    joined = json.loads((folder / "huaian_gov_2024.gt.json").read_text("utf-8"))["logical_tables"]
    assert [sorted({cell.page for cell in table.cells}) for table in tables] == [[3, 4], [4, 5], [5]]
    assert len(joined) == len(tables)
    for table, numbers in zip(tables, joined, strict=True):
        texts = [text for number in numbers for *_, text in sorted(expected[number])]
        pages = sorted({cell.page for cell in table.cells})
        assert [text for page in pages for *_, text in sorted(cells_of(table, page))] == texts
    assert cells_of(tables[1], 5) == expected[3]
    assert cells_of(tables[2]) == expected[4]


@pytest.mark.shared
def test_score(shared: Path, tmp_path: Path) -> None:
    """The competition's measure, by the competition's scorer (plain pdfplumber: 0.891)."""
    command = [sys.executable, str(shared / "pdf" / "score_tables.py"), "run", "--name", "test"]
    command += ["--extractor", "prosperity.extract.tables:for_scoring", "--data", str(shared / "pdf" / "zh")]
    subprocess.run([*command, "--python", sys.executable], check=True, env={"SCORE_RESULTS": str(tmp_path)})
    summary = (tmp_path / "summary.csv").read_text("utf-8").splitlines()
    row = dict(zip(summary[0].split(","), summary[1].split(","), strict=True))
    assert float(row["F1_doc"]) >= 0.97
    assert row["errors"] == "0"
