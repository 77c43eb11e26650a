"""Two readers of one page: pdfium-fed pages must give what pdfplumber, the reader of record, gives."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from prosperity.extract import pdf
from prosperity.extract.glyphs import Glyph, PageGlyphs, lay_out, without_copies
from prosperity.extract.page_tree import listed_pages, page_at
from prosperity.extract.pdf import PageContent, PdfFile
from prosperity.extract.pdfium_text import Unlike
from prosperity.extract.tables import read_page

from .made_pdfs import Sheet, by_hand, made

SAMPLES = sorted(Path(str(files("prosperity.sample") / "pdf")).glob("*.pdf"))
PAGES = 2  #: of each document: the comparison costs a page of pdfminer each


def compared(path: Path, pages: int) -> int:
    """Compares the first pages; returns how many pdfium served."""
    quick = PdfFile(path.read_bytes())
    served = 0
    for number in range(1, min(pages, len(quick)) + 1):
        try:
            fast = quick._read_quickly(number)
        except Unlike:
            continue
        slow = quick._read_slowly(number)
        assert lay_out(fast.glyphs.all).text == lay_out(slow.glyphs.all).text, (path.name, number)
        tables = [[part.fragment.texts for part in read_page(page).parts] for page in (fast, slow)]
        assert tables[0] == tables[1], (path.name, number)
        served += 1
    quick.close()
    return served


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_documents_of_the_catalogue_read_alike(path: Path) -> None:
    assert compared(path, PAGES) > 0


@pytest.mark.shared
def test_real_chinese_documents_read_alike(shared: Path) -> None:
    for path in sorted((shared / "pdf" / "zh").glob("*.pdf")):
        assert compared(path, 8) > 0


def test_turned_page_and_moved_origin_are_left_to_pdfplumber() -> None:
    def page(more: bytes) -> bytes:
        return by_hand(
            [
                b"<</Type/Catalog/Pages 2 0 R>>",
                b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                b"<</Type/Page/Parent 2 0 R/Contents 4 0 R" + more + b">>",
                b"<</Length 0>>\nstream\n\nendstream",
            ]
        )

    for more in (
        b"/MediaBox[0 0 500 700]/Rotate 90",
        b"/MediaBox[10 10 500 700]",
        b"/MediaBox[0 0 500 700]/CropBox[9 9 90 90]",
    ):
        with pytest.raises(Unlike):
            PdfFile(page(more))._read_quickly(1)


def test_a_difference_in_a_longer_document_ends_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(sheet: Sheet) -> None:
        for number in range(9):
            sheet.text(70, 100, f"第{number}页的文字")
            sheet.page()

    data = made(draw)
    read = PdfFile._read_slowly
    slowly: list[int] = []

    def recorded(self: PdfFile, number: int) -> PageContent:
        slowly.append(number)
        return read(self, number)

    monkeypatch.setattr(PdfFile, "_read_slowly", recorded)
    alike = PdfFile(data)
    assert alike.page(1).glyphs.layout.text == "第0页的文字"
    assert slowly == []

    glyphs = pdf.recorded_glyphs
    monkeypatch.setattr(pdf, "recorded_glyphs", lambda *places: glyphs(*places)[1:])
    different = PdfFile(data)
    assert different.page(1).glyphs.layout.text == "第0页的文字"
    different.page(2)
    assert slowly == [1, 2]  # every page by pdfplumber


def test_characters_compared_are_those_of_pdfplumber() -> None:
    document = PdfFile(SAMPLES[0].read_bytes())
    content = document._read_slowly(1)
    compared = pdf.recorded_glyphs(document._pdf, document._page(1), content.bbox[3])
    assert len(compared) > 100
    assert PageGlyphs(compared).all == content.glyphs.all


def nested(count: bytes) -> bytes:
    """Pages 4, 5 and 7 in a tree with two levels; ``count``: how many the inner node says it has."""
    page = b"<</Type/Page/Parent 2 0 R>>"
    return by_hand(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[4 0 R 3 0 R 7 0 R]/Count 4/MediaBox[0 0 300 400]>>",
            b"<</Type/Pages/Parent 2 0 R/Kids[5 0 R 6 0 R]/Rotate 90/Count " + count + b">>",
            page, page, page, page,
        ]
    )  # fmt: skip


def test_page_is_found_by_the_counts_of_the_tree() -> None:
    document = PdfFile(nested(b"2"))._pdf.doc
    found = [page_at(document, number, 4) for number in (1, 2, 3, 4)]
    assert [page.pageid for page in found] == [4, 5, 6, 7]
    assert [page.rotate for page in found] == [0, 90, 90, 0]
    assert [tuple(page.mediabox) for page in found] == [(0, 0, 300, 400)] * 4
    assert [page.pageid for page in listed_pages(document, 10)] == [4, 5, 6, 7]


def test_tree_with_wrong_counts_is_left_to_pdfminer() -> None:
    document = PdfFile(nested(b"7"))._pdf.doc
    assert page_at(document, 4, 4) is None
    assert page_at(document, 1, 3) is None  # the readers count differently
    assert [page.pageid for page in listed_pages(document, 10)] == [4, 5, 6, 7]


def test_second_copies_are_left_out_wherever_they_are_drawn() -> None:
    def at(x: float, bottom: float, text: str = "a") -> Glyph:
        return Glyph(text, x, bottom - 10, x + 5, bottom, 10.0)

    line = [at(10.0 * number, 100.0) for number in range(5)]
    bold = [at(10.0 * number + 0.4, 100.0) for number in range(5)]  # the line again, shifted
    shadow = [at(10.0 * number, 100.7) for number in range(5)]  # and lower
    doubled = [at(200.0, 50.0), at(200.3, 50.0)]  # each character twice in a row
    others = [at(0.4, 101.2), at(1.2, 100.0), at(0.0, 100.0, "b")]  # too far off, or another character
    assert without_copies([*line, *bold, *shadow, *doubled, *others]) == [*line, doubled[0], *others]
