"""HTML pages: encodings, blocks, tables, and evidence that is read back from the same bytes."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosperity.extract.html import HtmlContent, NodeMissing, decode, read_html, text_at
from prosperity.extract.html_nodes import element_at, parse, paths_of
from prosperity.extract.model import ExtractionError
from prosperity.notation.model import cumulative, month, whole_year


def page(body: str, head: str = "") -> bytes:
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>".encode()
    )


def check_evidence(data: bytes, content: HtmlContent) -> None:
    """The promise of ``HtmlContent``, for all that was read."""
    for statement in content.statements:
        start, end = statement.span
        assert statement.node is not None
        assert (
            text_at(data, statement.node, (statement.offset + start, statement.offset + end))
            == statement.text[start:end]
        )
    for table in content.tables:
        for cell in table.cells:
            assert cell.node is not None
            assert text_at(data, cell.node) == cell.raw
    for block in content.blocks:
        assert block.node is not None
        assert text_at(data, block.node)[block.offset :].startswith(block.text)


# ------------------------------------------------------------------------------------------- encodings

SENTENCE = "2019年1—8月，镕业企业完成收入7522亿元。"


@pytest.mark.parametrize(
    ("data", "declared", "encoding"),
    [
        (SENTENCE.encode("utf-8"), None, "utf-8"),
        (SENTENCE.encode("utf-8-sig"), None, "utf-8"),
        (SENTENCE.encode("utf-16"), None, "utf-16"),
        (SENTENCE.encode("gb18030"), None, "gb18030"),
        (SENTENCE.encode("gb18030"), "gb2312", "gb18030"),
        (SENTENCE.encode("gb18030"), "GBK", "gb18030"),
        (SENTENCE.encode("gb18030"), "utf-8", "gb18030"),  # a wrong declaration
        (SENTENCE.encode("utf-8"), "gb2312", "utf-8"),
        (SENTENCE.encode("utf-8"), "ISO-8859-1", "utf-8"),  # what requests assumes without a charset
        (SENTENCE.encode("utf-8"), "no-such-charset", "utf-8"),
        ("截至6月，網民規模達7.51億".encode("big5"), "big5", "big5hkscs"),
    ],
)
def test_encodings(data: bytes, declared: str | None, encoding: str) -> None:
    text, found = decode(data, declared)
    assert found == encoding
    assert "7522亿元" in text or "7.51億" in text
    assert "�" not in text


def test_charset_of_the_page_itself() -> None:
    data = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>收入—7亿元'.encode("gbk")
    assert decode(data) == (data.decode("gbk"), "gb18030")


def test_page_cut_in_the_middle_of_a_character_is_still_read() -> None:
    data = page("<p>收入7522亿元。" + "字" * 400)[: -len(b"</p></body></html>") - 1]
    assert read_html(data).statements[0].value == 7522


# ---------------------------------------------------------------------------------------------- blocks


def test_blocks_and_statements_with_node_paths() -> None:
    data = page(
        "<h1>2019年1—8月运行情况</h1><div><p>收入<span>75</span><span>22</span>亿元，同比增长<b>20</b>.9%。</p>"
        "<p>二</p></div><script>var x = '利润1亿元';</script><style>p{}</style><!-- 利润2亿元 -->"
    )
    content = read_html(data)
    assert [(block.text, block.node) for block in content.blocks] == [
        ("2019年1—8月运行情况", "/html/body/h1"),
        ("收入7522亿元，同比增长20.9%。", "/html/body/div/p[1]"),
        ("二", "/html/body/div/p[2]"),
    ]
    assert content.blocks[0].heading
    (statement,) = content.statements
    assert (statement.value, statement.rate) == (Decimal(7522), Decimal("20.9"))
    assert statement.period == cumulative(2019, 8)  # from the title
    assert statement.node == "/html/body/div/p[1]"
    check_evidence(data, content)


def test_raised_footnote_marks_do_not_flow_into_figures() -> None:
    data = page(
        "<p>企业<sup>1</sup>完成收入7522亿元。</p><p>净增<sup>[2]</sup>2406万户。</p>"
        "<p>净增<span style='vertical-align: super'>3</span>2500万户。</p>"
    )
    content = read_html(data)
    assert [statement.value for statement in content.statements] == [7522, 2406, 2500]
    assert content.statements[0].subject == "企业"
    check_evidence(data, content)


def test_text_beside_blocks_in_one_element() -> None:
    data = page("<div>收入100亿元。<p>利润10亿元。</p>研发<b>5</b>亿元。<br>税收3亿元。</div>")
    content = read_html(data)
    assert [statement.value for statement in content.statements] == [100, 10, 5, 3]
    assert [block.node for block in content.blocks] == [
        "/html/body/div",
        "/html/body/div/p",
        "/html/body/div",
    ]
    check_evidence(data, content)


def test_headings_and_legends_make_no_statements() -> None:
    data = page(
        "<h2>收入突破7千亿元</h2><p>一、收入增长20%</p><p>图1 收入达7522亿元</p><p>收入达7522亿元。</p>"
    )
    assert len(read_html(data).statements) == 1


@pytest.mark.parametrize("content", ["div#con_con, .ccontent", "//div[@id='con_con']", ".main #con_con"])
def test_only_the_article_is_read(content: str) -> None:
    data = page("<p>导航收入1亿元。</p><div class='main'><div id='con_con'><p>收入7522亿元。</p></div></div>")
    assert [statement.value for statement in read_html(data, content=content).statements] == [7522]


def test_missing_article_is_a_change_of_layout() -> None:
    with pytest.raises(ExtractionError, match="another layout") as caught:
        read_html(page("<p>a</p>"), content="#con_con")
    assert caught.value.status == "layout"


def test_title_and_meta() -> None:
    head = "<title>甲 - 国家统计局</title><meta name='PubDate' content='2016/07/15 10:00'>"
    content = read_html(page("<p>x</p>", head))
    assert content.title == "甲 - 国家统计局"
    assert content.meta == {"PubDate": "2016/07/15 10:00"}
    named = read_html(page("<h1>x</h1>", head + "<meta name='ArticleTitle' content='乙'>"))
    assert named.title == "乙"


def test_year_from_date_of_issue() -> None:
    content = read_html(page("<p>11月份，零售总额39514亿元。</p>"), issued=dt.date(2020, 12, 15))
    assert content.statements[0].period == month(2020, 11)


# ---------------------------------------------------------------------------------------------- tables

TWO_HEADERS = """
<p>2016年6月份社会消费品零售总额主要数据</p><p>（单位：亿元）</p>
<table>
<tr><td rowspan="2">指标</td><td colspan="2">6月</td><td colspan="2">1-6月</td></tr>
<tr><td>绝对量</td><td>同比增长<br>（%）</td><td>绝对量</td><td>同比增长（%）</td></tr>
<tr><td>社会消费品零售总额</td><td>26857</td><td>10.6</td><td>156138</td><td>10.3</td></tr>
<tr><td>其中：实物商品网上零售额<sup>1</sup></td><td>-</td><td>－</td><td><span>18</span>143</td><td>26.6</td></tr>
</table>
<p>注：1.此表速度均为未扣除价格因素的名义增速。</p><p>2.部分数据因四舍五入。</p><p>完。</p>
"""


def test_table_with_two_header_rows() -> None:
    data = page(TWO_HEADERS)
    content = read_html(data)
    (table,) = content.tables
    assert table.caption == "2016年6月份社会消费品零售总额主要数据"
    assert table.unit == "亿元"
    assert table.header_rows == 2
    assert table.rows == [
        ["指标", "6月", None, "1-6月", None],
        [None, "绝对量", "同比增长(%)", "绝对量", "同比增长(%)"],
        ["社会消费品零售总额", "26857", "10.6", "156138", "10.3"],
        ["其中:实物商品网上零售额", "-", "-", "18143", "26.6"],
    ]
    assert [note[:4] for note in table.notes] == ["注：1.", "2.部分"]
    assert table.cells[0].rowspan == 2
    assert (table.cells[1].colspan, table.cells[2].col) == (2, 3)
    assert table.cells[-2].node == "/html/body/table/tr[4]/td[4]"
    check_evidence(data, content)


def test_full_width_rows_are_unit_and_notes() -> None:
    data = page(
        "<table><caption>表1 指数</caption><tr><td colspan='3'>单位：%</td></tr><tr><td>月</td><td>生产</td><td>订单</td></tr>"
        "<tr><td>1月</td><td>50.1</td><td>49.9</td></tr><tr><td colspan='3'>注：经季节调整。</td></tr></table>"
    )
    content = read_html(data)
    (table,) = content.tables
    assert (table.caption, table.unit, table.notes, table.header_rows) == (
        "表1 指数",
        "%",
        ("注：经季节调整。",),
        1,
    )
    assert table.rows[0] == ["月", "生产", "订单"]
    check_evidence(data, content)


def test_years_in_a_header_are_no_figures() -> None:
    data = page(
        "<table><tr><td>指标</td><td>2018</td><td>2019</td></tr><tr><td>收入</td><td>9562</td><td>12061</td></tr></table>"
    )
    assert read_html(data).tables[0].header_rows == 1


def test_layout_tables_are_read_as_text() -> None:
    data = page("<table><tr><td>菜单</td><td><p>收入7522亿元。</p></td></tr></table>")
    content = read_html(data)
    assert content.tables == ()
    assert content.statements[0].value == 7522
    check_evidence(data, content)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("nbs_cpi_2026_05.html", {("居民消费价格", 2): "1.2", ("其中:食品", 1): "-0.4"}),
        ("nbs_pmi_2026_06.html", {("2025年6月", 1): "49.7", ("2025年7月", 4): "47.7"}),
        ("spb_2025_postal.html", {("1、快递业务", 2): "14939.3", ("2、邮政普遍服务业务", 4): "-10.9"}),
    ],
)
def test_official_tables(shared: Path, name: str, cells: dict[tuple[str, int], str]) -> None:
    data = (shared / "pdf" / "html" / name).read_bytes()
    content = read_html(data)
    rows = {row[0]: row for row in reversed(content.tables[0].rows)}  # the first of a name
    assert {place: rows[place[0]][place[1]] for place in cells} == cells
    check_evidence(data, content)
    root, _ = parse(data)
    paths = paths_of(root)
    assert all(root.getroottree().getpath(element) == path for element, path in paths.items())


@pytest.mark.shared
def test_official_prose(shared: Path) -> None:
    content = read_html((shared / "pdf" / "html" / "spb_2025_postal.html").read_bytes())
    first = content.statements[0]
    assert (first.measure, first.value, first.unit, first.rate, first.period) == (
        "邮政行业寄递业务量",
        Decimal("2165.1"),
        "件",
        Decimal("11.8"),
        whole_year(2025),
    )
    assert (content.tables[1].caption, content.tables[0].header_rows) == (
        "分省快递业务收入和快递业务量情况表",
        2,
    )


# ------------------------------------------------------------------------------------ evidence, hostility


@pytest.mark.parametrize(
    "node", ["/html/body/p[3]", "/html/body/table", "p", "", "/html/body/p[0]", "//p", "/html/body/p[x]"]
)
def test_node_that_is_gone(node: str) -> None:
    with pytest.raises(KeyError) as caught:
        text_at(page("<p>a</p><p>b</p>"), node)
    assert isinstance(caught.value, NodeMissing)
    assert caught.value.status == "no-such-place"


def test_span_beyond_the_text() -> None:
    with pytest.raises(NodeMissing, match="characters 0–9 of 1"):
        text_at(page("<p>a</p>"), "/html/body/p", (0, 9))


def test_node_paths_are_resolved_without_xpath() -> None:
    root, _ = parse(page("<p>a</p><o:p><b>x</b></o:p>"))
    for element, path in paths_of(root).items():
        assert element_at(root, path) is element


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"<div>" * 5000 + b"x", "too-complex"),
        (b"<p>a</p>" * 400_001, "too-complex"),
        (b"PK\x03\x04" + bytes(range(128, 256)) * 40 + bytes(4000), "encoding"),
        (b" " * (32 * 1024 * 1024 + 1), "too-large"),
        (
            b"<table><tr><th>a</th><th>b</th></tr>"
            + b"<tr><td colspan=99999 rowspan=99999>1</td><td>2</td></tr>" * 300
            + b"</table>",
            "too-complex",
        ),
        ((b"<div>t" * 200) + b"text<p>a</p>" * 2000, "too-complex"),
    ],
)
def test_hostile_pages_end_in_a_typed_error(data: bytes, status: str) -> None:
    began = time.process_time()
    with pytest.raises(ExtractionError) as caught:
        read_html(data)
    assert caught.value.status == status
    assert time.process_time() - began < 20


PARTS = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div>", "</div>", "<table>", "<tr>", "<td>", "<td rowspan=2>", "<th colspan=2>", "</table>", "<sup>", "</sup>", "<br>", "<b>", "收入", "7522", "亿元", "。", "，同比增长5%", "<", "&amp;", "&#x200b;", "<o:p>"]
    )
    | st.text(max_size=3),
    max_size=40,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(PARTS)
def test_evidence_holds_on_any_page(body: str) -> None:
    data = body.encode("utf-8", errors="ignore")
    try:
        content = read_html(data)
    except ExtractionError as error:
        assert error.status
        return
    check_evidence(data, content)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_end_in_content_or_a_typed_error(data: bytes) -> None:
    try:
        check_evidence(data, read_html(data))
    except ExtractionError as error:
        assert error.status
