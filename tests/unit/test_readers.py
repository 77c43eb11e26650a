"""Two readers of one page: pdfium-fed pages must give what pdfplumber, the reader of record, gives."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from prosperity.extract.glyphs import lay_out
from prosperity.extract.pdf import PdfFile
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

    document = PdfFile(made(draw))
    read = PdfFile._read_slowly
    calls: list[int] = []

    def different(self: PdfFile, number: int) -> object:
        calls.append(number)
        content = read(self, number)
        object.__setattr__(content, "glyphs", type(content.glyphs)(content.glyphs.all[1:]))
        return content

    monkeypatch.setattr(PdfFile, "_read_slowly", different)
    document.page(1)
    document.page(2)
    assert calls == [5, 1, 2]  # compared once, then every page by pdfplumber
