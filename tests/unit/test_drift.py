"""Layout drift: stand-in documents whose table was changed in one way each, and the report expected of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from prosperity import catalogue
from prosperity.clean.cleaner import clean
from prosperity.clean.fingerprint import core
from prosperity.collect.model import Document, Release
from prosperity.extract import Limits, Request
from prosperity.extract.request import AnswerShape
from prosperity.extract.worker import HTML, JSON, PDF, Job, extract_here
from prosperity.notation.periods import parse_period
from prosperity.settings import Settings
from prosperity.workflow.drift import of_source
from prosperity.workflow.drift_pictures import keep_picture
from prosperity.workflow.stages import Extracted
from prosperity.workflow.workspace import Workspace

from .made_pdfs import Sheet, made

BOOK = catalogue.load()
HEAD = ["指标", "绝对量（元）", "比上年同期名义增长（%）", "比上年同期实际增长（%）"]
ROWS = [["全国居民人均可支配收入", "30000", "8.0", "6.0"], ["城镇居民人均可支配收入", "40000", "7.5", "5.5"]]


def page(
    head: Sequence[str] = HEAD,
    rows: Sequence[Sequence[str]] = ROWS,
    caption: str = "居民收支主要数据",
    around: str = "div",
) -> bytes:
    """A stand-in release: one table under its caption in the element that holds the article."""
    lines = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in [head, *rows])
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>居民收入</title></head><body>"
        f"<{around}><div class='TRS_Editor'><p>居民收入情况。</p><p>{caption}</p>"
        f"<table>{lines}</table><p>附注。</p></div></{around}></body></html>"
    ).encode()


def read(source: str, data: bytes, media_type: str, period: str, title: str, request: Request) -> Extracted:
    digest = hashlib.sha256(data).hexdigest()
    release = Release(
        source=source,
        title=title,
        address=f"https://example.test/{period}",
        period=parse_period(period),
        issued=dt.date(2019, 12, 1),
        issued_basis="stated",
    )
    document = Document(
        digest, media_type, len(data), release.address, dt.datetime(2019, 12, 1, tzinfo=dt.UTC)
    )
    return Extracted(release, document, extract_here(data, Job(media_type, digest, request, Limits())))


def income(data: bytes, period: str) -> Extracted:
    request = Request(statements=False, content='//div[contains(@class, "TRS_Editor")]')
    return read("nbs_income", data, HTML[0], period, f"{period}居民收入和消费支出情况", request)


def report(before: bytes, after: bytes) -> list[str]:
    """What is said of the second document, whose predecessor is the first one."""
    found = of_source(
        BOOK.sources["nbs_income"], [income(before, "2019年1-6月"), income(after, "2019年1-9月")]
    )
    return sorted({change.sentence for drift in found for change in drift.changes})


def without(column: int) -> bytes:
    return page(HEAD[:column] + HEAD[column + 1 :], [row[:column] + row[column + 1 :] for row in ROWS])


def test_a_document_of_the_same_layout_gives_no_report() -> None:
    assert report(page(), page(rows=[[ROWS[0][0], "45000", "9.1", "7.7"], ROWS[1]])) == []


def test_a_column_that_moved() -> None:
    wide = [[*HEAD[:3], "中位数", "占比", HEAD[3]], *([*row[:3], "1", "2", row[3]] for row in ROWS)]
    moved = [[row[0], *row[2:5], row[1], row[5]] for row in wide]
    assert report(page(wide[0], wide[1:]), page(moved[0], moved[1:])) == [
        "moved: column '绝对量(元)' from place 2 to place 5 in table '居民收支主要数据'"
    ]


def test_an_article_that_moved() -> None:
    assert report(page(), page(around="section")) == [
        "moved: article from /html/body/div/div to /html/body/section/div",
        "moved: table from /html/body/div/div/table to /html/body/section/div/table in table '居民收支主要数据'",
    ]


def test_a_column_that_was_renamed() -> None:
    renamed = page([HEAD[0], "数额（元）", *HEAD[2:]])
    assert report(page(), renamed) == [
        "renamed: column '绝对量(元)' is now '数额(元)' in table '居民收支主要数据'"
    ]


def test_a_table_that_was_renamed() -> None:
    assert report(page(), page(caption="居民收支主要指标")) == [
        "renamed: table '居民收支主要数据' is now '居民收支主要指标'"
    ]


def test_a_row_that_was_renamed() -> None:
    rows = [["全体居民每人可支配收入", *ROWS[0][1:]], ROWS[1]]
    assert (
        "renamed: row '全国居民人均可支配收入' is now '全体居民每人可支配收入' in table '居民收支主要数据'"
        in report(page(), page(rows=rows))
    )


def test_a_new_column() -> None:
    wider = page([*HEAD, "占比（%）"], [[*row, "50.0"] for row in ROWS])
    assert report(page(), wider) == ["new column: '占比(%)' in table '居民收支主要数据'"]


def test_a_column_that_is_gone() -> None:
    assert report(page(), without(1)) == ["gone: column '绝对量(元)' in table '居民收支主要数据'"]


def test_a_table_that_is_gone() -> None:
    data = page().replace(b"<table>", b"<!--").replace(b"</table>", b"-->")
    assert report(page(), data) == ["gone: table '居民收支主要数据'"]


def test_a_document_that_only_half_matches_is_no_measure_for_the_next() -> None:
    """The third is compared with the first: the second one lost a column."""
    documents = [
        income(page(), "2019年1-3月"),
        income(without(1), "2019年1-6月"),
        income(page(), "2019年1-9月"),
    ]
    found = of_source(BOOK.sources["nbs_income"], documents)
    assert [drift.new.release.period.code for drift in found if drift.new.release.period] == ["2019-06"]


def test_nothing_is_loaded_from_a_table_that_lost_a_column_and_the_header_is_named() -> None:
    half = income(without(1), "2019年1-9月")
    assert half.extraction is not None
    cleaned = clean(BOOK.sources["nbs_income"], half.release, half.document, half.extraction, BOOK)
    whole = income(page(), "2019年1-9月")
    assert whole.extraction is not None
    good = clean(BOOK.sources["nbs_income"], whole.release, whole.document, whole.extraction, BOOK)
    assert "nbs_disp_income_cum_yoy" in {o.series for o in good.observations}
    assert "nbs_disp_income_cum_yoy" not in {o.series for o in cleaned.observations}
    (reason,) = [r.reason for r in cleaned.rejections if "nothing loaded" in r.reason]
    assert "table '居民收支主要数据' has no level header '绝对量'" in reason
    assert "headers found: 指标; 比上年同期名义增长(%); 比上年同期实际增长(%)" in reason


def test_the_era_of_the_catalogue_is_no_drift() -> None:
    """The same two documents, but the catalogue says that another layout is valid from July on."""
    source = BOOK.sources["nbs_income"]
    (era, *rest) = source.eras
    earlier = era.model_copy(update={"id": "old", "last": "2019-06"})
    later = era.model_copy(update={"id": "new", "first": "2019-07"})
    known = source.model_copy(update={"eras": (earlier, later, *rest)})
    documents = [income(page(), "2019年1-6月"), income(page(HEAD, ROWS, around="section"), "2019年1-9月")]
    assert of_source(source, documents)
    assert of_source(known, documents) == []


# ------------------------------------------------------------------------------------------------ JSON, PDF


def answer(key: str) -> bytes:
    cells = [{"label": "国内生产总值_当季值", key: "1"}]
    columns = [{"name": "2019年第一季度", "cells": cells}]
    return json.dumps({"data": {"columns": columns}}, ensure_ascii=False).encode()


def test_keys_of_an_answer_that_were_renamed() -> None:
    """The path to the table is the catalogue's; the key beside the value has another name."""
    source = BOOK.sources["nbs_data"]
    shape = AnswerShape("/data/columns", "name", "cells", "label", "label", stub="指标")
    documents = [
        read(
            "nbs_data",
            answer(key),
            JSON,
            period,
            "国内生产总值(现价)",
            Request(answer=shape, title="国内生产总值(现价)"),
        )
        for key, period in (("value", "2019年"), ("amount", "2020年"))
    ]
    sentences = [change.sentence for drift in of_source(source, documents) for change in drift.changes]
    assert "renamed: key '/data/columns/*/cells/*/value' is now '/data/columns/*/cells/*/amount'" in sentences


def survey(columns: Sequence[str]) -> bytes:
    """A page like CNNIC's with the table of users; stand-in figures."""
    rows = [["网民规模(亿人)", "9.0", "9.5"], ["互联网普及率(%)", "70.0", "71.0"]]

    def draw(sheet: Sheet) -> None:
        sheet.text(70, 90, "表1 网民规模与互联网普及率")
        grid = [("指标", *columns), *(tuple((row + ["1"] * 9)[: len(columns) + 1]) for row in rows)]
        sheet.grid(tuple(70 + 110 * n for n in range(len(columns) + 2)), 100, grid)

    return made(draw)


def test_a_picture_shows_both_pages_side_by_side(tmp_path: Path) -> None:
    space = Workspace(Settings(home=tmp_path), hosts={})
    documents = []
    for data, period in (
        (survey(("2018年12月", "2019年6月")), "2019年6月"),
        (survey(("2019年6月", "2019年12月", "城乡差距")), "2019年12月"),
    ):
        request = Request(captions=("网民规模",), statements=False)
        documents.append(read("cnnic_report", data, PDF, period, f"{period}报告", request))
        space.archive.put(data)
    (drift,) = of_source(BOOK.sources["cnnic_report"], documents)
    assert [change.sentence for change in drift.changes] == [
        "new column: '城乡差距' in table '表1 网民规模与互联网普及率'"
    ]
    picture = Image.open(BytesIO(keep_picture(space, drift).read_bytes())).convert("L")
    middle = picture.width // 2
    sides = [
        picture.crop((28, 90, middle - 20, picture.height)),
        picture.crop((middle + 20, 90, picture.width - 28, picture.height)),
    ]
    # Ink on both sides, and not the same on both: the right one has a column more.
    inks = [sum(side.histogram()[:128]) for side in sides]
    assert min(inks) > 2000
    assert inks[1] > 1.1 * inks[0]


def test_a_picture_of_a_web_page_is_drawn_from_its_text(tmp_path: Path) -> None:
    space = Workspace(Settings(home=tmp_path), hosts={})
    (drift,) = of_source(
        BOOK.sources["nbs_income"], [income(page(), "2019年1-6月"), income(without(1), "2019年1-9月")]
    )
    path = keep_picture(space, drift)
    assert path.parent == tmp_path / "data" / "drift"
    assert path.name.startswith("nbs_income-2019-09-")
    with Image.open(path) as image:
        assert image.width > 1700


@pytest.mark.parametrize(
    ("header", "bare"),
    [
        ("2020年12月 用户规模(亿)", "用户规模"),
        ("1-9月 绝对量(亿元)", "绝对量"),
        ("绝对额(亿元) 前三季度", "绝对额"),
        ("比上年同期增长(%) 全年", "比上年同期增长"),
        ("2023Q4", ""),
    ],
)
def test_what_changes_with_every_document_is_no_part_of_a_header(header: str, bare: str) -> None:
    assert core(header) == bare
