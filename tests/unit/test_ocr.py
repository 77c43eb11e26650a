"""Text recognition: scans of our own sample pages give the published figures, each with method and confidence.

The figures are CNNIC's (47th report, February 2021) and the PBoC's (second quarter of 2021), as published.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest

from prosperity import catalogue
from prosperity.clean.cleaner import clean
from prosperity.clean.confidence import LEAST, SURE
from prosperity.clean.model import Cleaned
from prosperity.collect.model import Document, Release
from prosperity.extract import Extraction, ExtractionError, Limits, Request, ocr_pages, sandbox
from prosperity.extract.model import Cell, Table
from prosperity.extract.ocr import available
from prosperity.extract.ocr_page import with_dashes
from prosperity.extract.ocr_sums import doubted
from prosperity.extract.worker import PDF, Job, extract_here
from prosperity.notation.model import month

from .scans import SAMPLES, Sheet, scanned
from .test_sandbox import font_without_unicode

needs_extra = pytest.mark.skipif(not available(), reason="the extra prosperity[ocr] is not installed")
USERS = "表2 网民规模与互联网普及率"
SCAN = (Sheet("cnnic_47.pdf", 8, share=0.3), Sheet("pboc_2021-Q2.pdf", 1, askew=0.8, share=0.33))


@pytest.fixture(scope="module")
def extraction() -> Extraction:
    """Both pages read once, in the sandbox's child, which cannot open a connection."""
    return sandbox.read(scanned(SCAN), Request(), issued=dt.date(2021, 9, 1))


@needs_extra
def test_a_scanned_table_has_the_published_figures(extraction: Extraction) -> None:
    (table,) = extraction.tables
    assert table.method == "ocr"
    assert table.page == 1
    assert table.caption.replace(" ", "") == USERS.replace(" ", "")
    found = {row[0].split("(")[0]: row[1:] for row in table.rows[2:] if row[0]}
    assert found["网民规模"] == ["9.89", "9.04"]
    assert found["互联网普及率"] == ["70.4", "64.5"]
    assert found["手机网民规模"] == ["9.86", "8.97"]
    assert found["农村网民规模"] == ["3.09", ""]
    assert table.rows[1] == [None, "2020年12月", "2020年3月"]
    assert all(cell.confidence is None or 0 <= cell.confidence <= 1 for cell in table.cells)
    assert all(cell.confidence is not None for cell in table.cells if cell.text)
    assert not any(cell.doubt for cell in table.cells)


@needs_extra
def test_a_page_fed_askew_has_the_published_sentences(extraction: Extraction) -> None:
    found = {
        (s.value, s.multiplier, s.unit, s.rate) for s in extraction.statements if s.value and s.page == 2
    }
    assert {
        (Decimal("370.11"), Decimal(10**8), "笔", Decimal("22.79")),
        (Decimal("117.13"), Decimal(10**12), "元", Decimal("10.32")),
        (Decimal("87.32"), Decimal(10**12), "元", Decimal("24.37")),
    } <= found
    assert all(s.method == "ocr" and s.confidence is not None for s in extraction.statements)


@needs_extra
def test_a_footnote_mark_glued_to_a_figure_takes_away_its_confidence(extraction: Extraction) -> None:
    """Printed is 网络支付业务¹³2608.30亿笔; what recognition makes of it must not be loaded."""
    found = {s.value: s.confidence for s in extraction.statements if s.page == 2 and s.confidence}
    assert found[Decimal("132608.30")] < LEAST
    assert found[Decimal("87.32")] >= SURE


@needs_extra
def test_the_place_of_a_figure_is_where_it_stands_on_the_scan(extraction: Extraction) -> None:
    """In the document with characters the figure 370.11 stands at the same place, turned with the page."""
    (statement,) = [s for s in extraction.statements if s.value == Decimal("370.11")]
    original = sandbox.read(SAMPLES / SCAN[1].document, Request(captions=()))
    (true,) = [s for s in original.statements if s.value == Decimal("370.11")]
    assert statement.bbox and true.bbox
    middle = [(one + other) / 2 for one, other in (statement.bbox[::2], statement.bbox[1::2])]
    expected = [(one + other) / 2 for one, other in (true.bbox[::2], true.bbox[1::2])]
    # 0.8 degrees at 150 points from the middle of the page are 2 points.
    assert middle[0] == pytest.approx(expected[0], abs=8)
    assert middle[1] == pytest.approx(expected[1], abs=5)


@needs_extra
def test_what_was_recognised_is_said(extraction: Extraction) -> None:
    said = [warning for warning in extraction.warnings if "was read by text recognition" in warning]
    assert [warning.split(" was")[0] for warning in said] == ["page 1", "page 2"]


@needs_extra
def test_recognised_figures_reach_the_warehouse_types_with_method_and_confidence(
    extraction: Extraction,
) -> None:
    cleaned = loaded(extraction)
    found = {(o.series, o.period): o for o in cleaned.observations}
    users = found["cnnic_netizens", "2020-12"]
    assert users.value == Decimal("9.89")
    assert users.evidence.method == "ocr"
    assert users.evidence.confidence is not None
    assert users.evidence.confidence >= 0.95
    assert users.status == "A"


def loaded(extraction: Extraction) -> Cleaned:
    book = catalogue.load()
    issued = dt.date(2021, 2, 3)
    release = Release(
        source="cnnic_report",
        title="第47次《中国互联网络发展状况统计报告》",
        address="https://example.test/47.pdf",
        period=month(2020, 12),
        issued=issued,
        issued_basis="stated",
    )
    document = Document(
        sha256=extraction.document, media_type=PDF, size=1, address=release.address,
        fetched_at=dt.datetime(2021, 2, 4, tzinfo=dt.UTC),
    )  # fmt: skip
    return clean(book.sources["cnnic_report"], release, document, extraction, book)


def users_table(confidence: float, doubt: str = "") -> Extraction:
    """The table of the 47th report as recognition would give it; the first figure is as sure as told."""
    texts = [
        ["指标", "2020年12月", "2020年3月"],
        ["网民规模(亿人)", "9.89", "9.04"],
        ["互联网普及率(%)", "70.4", "64.5"],
        ["手机网民规模(亿人)", "9.86", "8.97"],
    ]
    cells = tuple(
        Cell(
            row, column, text, text, page=1, bbox=(column * 90.0, row * 20.0, column * 90.0 + 80, row * 20.0 + 15),
            confidence=confidence if (row, column) == (1, 1) else 0.999,
            doubt=doubt if (row, column) == (1, 1) else "",
        )
        for row, line in enumerate(texts)
        for column, text in enumerate(line)
    )  # fmt: skip
    table = Table(cells, page=1, bbox=(0, 0, 270, 80), caption=USERS, method="ocr")
    return Extraction("ab" * 32, PDF, "test", tables=(table,))


@pytest.mark.parametrize(("confidence", "status"), [(0.97, "A"), (0.90, "U")])
def test_a_figure_that_is_less_sure_is_marked(confidence: float, status: str) -> None:
    cleaned = loaded(users_table(confidence))
    (found,) = [o for o in cleaned.observations if (o.series, o.period) == ("cnnic_netizens", "2020-12")]
    assert (found.status, found.evidence.confidence) == (status, confidence)


@pytest.mark.parametrize(
    ("extraction", "reason"),
    [
        (users_table(0.42), "confidence 0.42, at least 0.80 is needed"),
        (users_table(0.99, "the parts add up to 1, 合计 says 2"), "cannot be believed"),
    ],
    ids=["not sure", "does not add up"],
)
def test_a_figure_that_cannot_be_believed_is_rejected_not_loaded(extraction: Extraction, reason: str) -> None:
    cleaned = loaded(extraction)
    assert not [o for o in cleaned.observations if (o.series, o.period) == ("cnnic_netizens", "2020-12")]
    assert any(reason in rejection.reason and "9.89" in rejection.reason for rejection in cleaned.rejections)


# ------------------------------------------------------------------------------------------------ check digits


def recognised(*rows: str) -> Table:
    cells = [
        Cell(row, column, text, text, page=3, confidence=0.999)
        for row, line in enumerate(rows)
        for column, text in enumerate(line.split())
    ]
    return Table(tuple(cells), page=3, caption="表1", method="ocr")


def places(table: Table) -> set[tuple[int, int]]:
    return {(cell.row, cell.col) for cell in table.cells if cell.doubt}


SUMS = ("项目 金额 占比", "甲 120.5 60.3", "乙 59.5 29.8", "丙 20.0 10.0", "合计 200.0 100.0")
SHARES = ("应用 用户规模 使用率", "甲 981 99.2", "乙 927 93.7", "丙 873 88.3", "丁 617 62.4")
RATES = (
    "应用 规模(2021年) 规模(2020年) 增长率",
    "甲 110 100 10.0",
    "乙 150 120 25.0",
    "丙 80 100 -20.0",
    "丁 63 60 5.0",
)


@pytest.mark.parametrize("rows", [SUMS, SHARES, RATES], ids=["sums", "shares", "rates"])
def test_figures_that_fit_each_other_are_not_doubted(rows: tuple[str, ...]) -> None:
    table, said = doubted(recognised(*rows))
    assert (places(table), said) == (set(), [])


def swapped(rows: tuple[str, ...], old: str, new: str) -> Table:
    assert sum(row.split().count(old) for row in rows) == 1
    return recognised(*(" ".join(new if word == old else word for word in row.split()) for row in rows))


@pytest.mark.parametrize(
    ("table", "doubtful"),
    [
        # A lost decimal point: any figure of the column may be the wrong one. Its share no longer fits either.
        (swapped(SUMS, "59.5", "595"), {(1, 1), (2, 1), (3, 1), (4, 1), (2, 2)}),
        (swapped(SUMS, "29.8", "39.8"), {(1, 2), (2, 2), (3, 2), (4, 2), (2, 1)}),
        (swapped(SHARES, "873", "878"), {(3, 1), (3, 2)}),
        (swapped(RATES, "25.0", "26.0"), {(2, 1), (2, 2), (2, 3)}),
        (swapped(SHARES, "617", "6l7"), {(4, 1)}),
    ],
    ids=["total", "total of shares", "share", "rate", "letter among digits"],
)
def test_a_misread_figure_is_found_by_arithmetic_and_named(
    table: Table, doubtful: set[tuple[int, int]]
) -> None:
    marked, said = doubted(table)
    assert places(marked) == doubtful
    row, column = min(doubtful)
    assert any(line.startswith(f"page 3, table '表1', row {row + 1}, column {column + 1}: ") for line in said)


@pytest.mark.parametrize(
    "rows",
    [
        ("项目 金额", "甲 10", "其中:乙 5", "丙 7", "合计 17"),  # parts of parts
        ("项目 金额", "甲 10", "乙 -", "合计 17"),  # a part is not printed
        ("项目 同比增长", "甲 10", "乙 5", "合计 7"),  # rates do not add up
    ],
)
def test_a_total_that_need_not_be_the_sum_is_not_held_against_it(rows: tuple[str, ...]) -> None:
    table, _ = doubted(recognised(*rows))
    assert places(table) == set()


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("1一11月", "1—11月"),
        ("2019一2020年", "2019—2020年"),
        ("一", "—"),
        ("第一季度", "第一季度"),
        ("2021年一季度", "2021年一季度"),
        ("一12.5", "一12.5"),  # may be a minus or a dash: left as it is
    ],
)
def test_a_dash_read_as_the_character_for_one_is_mended_only_between_figures(read: str, meant: str) -> None:
    assert with_dashes(read) == meant


# ------------------------------------------------------------------------------------------------ without it


def here(data: bytes, request: Request) -> Extraction:
    return extract_here(data, Job(PDF, "ab" * 32, request, Limits()))


def test_a_scan_is_refused_by_page_where_the_extra_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr_pages, "available", lambda: False)
    with pytest.raises(ExtractionError, match=r"page 1 has no text layer .*prosperity\[ocr\]") as caught:
        here(scanned(SCAN[:1]), Request())
    assert caught.value.status == "needs-ocr"


def test_a_scan_is_refused_where_recognition_is_not_asked_for() -> None:
    with pytest.raises(ExtractionError, match=r"page 1 has no text layer .*not asked for"):
        here(scanned(SCAN[:1]), Request(ocr=False))


def test_one_page_without_meaning_is_left_out_and_named(tmp_path: Path) -> None:
    """The other page of the document is read; what the characters of the bad one seem to say is not used."""
    document = pypdfium2.PdfDocument(SAMPLES / "pboc_2021-Q2.pdf")
    document.import_pages(pypdfium2.PdfDocument(font_without_unicode()))
    document.save(tmp_path / "mixed.pdf")
    found = here((tmp_path / "mixed.pdf").read_bytes(), Request(ocr=False))
    assert {s.page for s in found.statements} == {1}
    assert any(w.startswith("page 2 skipped: ") and "no Unicode mapping" in w for w in found.warnings)


def test_recognition_cannot_reach_the_network() -> None:
    code = (
        "import socket\n"
        "from prosperity.extract.ocr import refuse_network\n"
        "refuse_network()\n"
        "socket.create_connection(('127.0.0.1', 9))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "PermissionError: socket.getaddrinfo: text recognition works offline" in ended.stderr
