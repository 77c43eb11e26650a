"""Evidence is read again from the bytes: every raw text, every figure, at exactly its place."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from prosperity.extract import Extraction, ExtractionError, Request
from prosperity.extract.reread import Reader, text_at
from prosperity.extract.sandbox import read, shut_down

from .made_pdfs import made
from .test_pdf import over_two_pages, prose, three_line

PDF = "application/pdf"
ISSUED = dt.date(2020, 1, 31)


@pytest.fixture(autouse=True, scope="module")
def _server() -> Iterator[None]:
    yield
    shut_down()


def all_is_found_again(data: bytes, extraction: Extraction) -> tuple[int, int]:
    """Read every cell and every figure again; returns how many of each."""
    cells = figures = 0
    with Reader(data, PDF) as reader:
        for table in extraction.tables:
            for cell in table.cells:
                assert reader.text_at(page=cell.page, bbox=cell.bbox) == cell.raw
                cells += 1
        for statement in extraction.statements:
            assert statement.page is not None and statement.bbox is not None
            for span in (statement.span, statement.rate_span):
                if span is None:
                    continue
                place = (statement.offset + span[0], statement.offset + span[1])
                assert reader.text_at(page=statement.page, span=place) == statement.text[slice(*span)]
                figures += 1
            box = reader.text_at(page=statement.page, bbox=statement.bbox)
            assert statement.text[slice(*statement.span)].split("\n")[0] in box
    return cells, figures


def test_everything_in_a_made_document_is_found_again() -> None:
    data = made(prose)
    extraction = read(data, Request(), issued=ISSUED)
    cells, figures = all_is_found_again(data, extraction)
    assert cells == 20
    assert figures >= 8


def test_figure_broken_by_the_end_of_a_line_keeps_the_break() -> None:
    data = made(prose)
    (statement,) = [s for s in read(data, Request(), issued=ISSUED).statements if s.value == 12061]
    assert statement.text[slice(*statement.span)] == "1206\n1亿元"
    assert statement.rate_span and statement.text[slice(*statement.rate_span)] == "21.4%"


def test_cells_behind_a_page_break_are_found_on_their_page() -> None:
    data = made(lambda sheet: over_two_pages(sheet, ruled=False))
    extraction = read(data, Request(statements=False))
    assert all_is_found_again(data, extraction)[0] == 41 * 4
    (cell,) = [cell for cell in extraction.tables[0].cells if cell.text == "地区40"]
    assert text_at(data, PDF, page=2, bbox=cell.bbox) == "地区40"


def test_text_of_a_page_is_what_was_drawn_line_by_line() -> None:
    with Reader(made(three_line), PDF) as reader:
        lines = reader.page_text(1).split("\n")
    assert lines[0] == "表1-2 2019年分地区互联网业务收入"
    assert lines[2] == "地区 业务收入 同比增长(%) 占比(%)"
    assert lines[3] == "东部地区 9,817 22.3 90.7"
    assert lines[-1] == "以下是正文，说明2019年全国互联网业务收入的总体情况。"


def test_places_that_do_not_exist_are_named() -> None:
    data = made(three_line)
    with Reader(data, PDF) as reader:
        with pytest.raises(ExtractionError, match="page 2"):
            reader.page_text(2)
        with pytest.raises(ExtractionError, match="characters 5-99999"):
            reader.text_at(page=1, span=(5, 99999))
        with pytest.raises(ExtractionError, match="a page, a node path or a pointer"):
            reader.text_at()
    with pytest.raises(ExtractionError, match="no pages"):
        text_at(b"<html></html>", "text/html", page=1)


def test_pointer_gives_numbers_as_they_are_written() -> None:
    data = json.dumps({"rows": [{"a/b": "x"}, 1]}).replace("1]", "12.50]").encode()
    assert text_at(data, "application/json", pointer="/rows/1") == "12.50"
    assert text_at(data, "application/json", pointer="/rows/0/a~1b") == "x"
    with pytest.raises(ExtractionError, match="/rows/7"):
        text_at(data, "application/json", pointer="/rows/7")


@pytest.mark.shared
def test_everything_in_real_documents_is_found_again(shared: Path) -> None:
    for name, cells in (("anhui_landuse_p173", 111), ("huaian_gov_2024", 281)):
        data = (shared / "pdf" / "zh" / f"{name}.pdf").read_bytes()
        extraction = read(data, Request(), issued=dt.date(2025, 1, 20))
        assert all_is_found_again(data, extraction)[0] == cells
