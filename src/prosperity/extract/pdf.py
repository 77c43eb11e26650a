"""Opening PDFs and reading the characters and edges of their pages with pdfplumber, the reader of record.

What belongs here: the gate before any parser sees the bytes, one page at a time in bounded memory, and the
translation of every parser's exception into an ``ExtractionError``. What does not: tables, prose, processes.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from prosperity.extract.edges import drawn_edges, shapes_of
from prosperity.extract.fonts import fonts_speak
from prosperity.extract.glyphs import (
    LIGATURES,
    Glyph,
    PageGlyphs,
    glyphs_of,
    is_tilted,
    lay_out,
    without_copies,
)
from prosperity.extract.model import BBox, ExtractionError
from prosperity.extract.page_tree import PageSkipped as PageSkipped
from prosperity.extract.page_tree import check_streams, listed_pages, page_at
from prosperity.extract.pdfium import Drawn, drawn_on
from prosperity.extract.pdfium_text import Unlike, glyphs_from
from prosperity.extract.request import DEFAULT, MEGABYTE, Limits
from prosperity.extract.shapes import NO_SHAPES, Shapes, chart_shapes

HEADER = b"%PDF-"
HEADER_WINDOW = MEGABYTE  # junk before the header: leftovers of HTTP or mail, never longer than this
TAIL_WINDOW = 4096
PAGES_TO_COMPARE = 8  #: documents with fewer pages are not compared: it would cost more than it saves


@dataclass(frozen=True)
class PageContent:
    """What one page shows: characters, edges of rules and rectangles (pdfplumber's), whether it has
    pictures."""

    number: int
    bbox: BBox
    glyphs: PageGlyphs
    edges: list[dict[str, Any]]
    unmapped: int = 0  #: characters without Unicode, "(cid:123)"
    strokes: list[BBox] = field(default_factory=list)  #: lines and curves that are not horizontal or vertical
    shapes: Shapes = NO_SHAPES  #: what charts are drawn with


def gate(data: bytes) -> bytes:
    """The bytes from ``%PDF-`` on. Raises ExtractionError ``empty``, ``not-a-pdf`` or ``truncated``.

    A file without an end mark was cut off in transit: it must be fetched again, because readers that mend it
    give partial tables. A linearized file tells its own length.
    """
    if not data:
        raise ExtractionError("empty", "the document has no bytes")
    start = data.find(HEADER, 0, HEADER_WINDOW)
    if start < 0:
        raise ExtractionError("not-a-pdf", f"no %PDF- header; the document starts with {data[:24]!r}")
    body = data[start:]
    stated = re.search(rb"/Linearized\b[^>]{0,300}?/L\s+(\d+)", body[:2048])
    if stated and int(stated[1]) > len(data):
        raise ExtractionError(
            "truncated", f"the file states a length of {stated[1].decode()} bytes, {len(data)} are there"
        )
    tail = body[-TAIL_WINDOW:].rstrip(b"\0 \r\n\t")
    if b"%%EOF" not in tail and b"startxref" not in tail:
        raise ExtractionError("truncated", f"no end mark (%%EOF) in the last bytes of {len(data)}")
    return body


def typed(error: BaseException, place: str) -> ExtractionError:
    """Any parser's exception as an ExtractionError with cause and place."""
    if isinstance(error, ExtractionError):
        return error
    cause = error
    while (
        type(cause).__name__ == "PdfminerException"
        and cause.args
        and isinstance(cause.args[0], BaseException)
    ):
        cause = cause.args[0]
    kinds = {kind.__name__ for kind in type(cause).__mro__}
    if isinstance(cause, MemoryError):
        return ExtractionError("memory", f"{place}: out of memory")
    if "PDFPasswordIncorrect" in kinds:
        return ExtractionError("encrypted", f"{place}: a password is needed to open the document")
    if "PDFEncryptionError" in kinds:
        return ExtractionError("encrypted", f"{place}: unknown encryption ({cause})")
    detail = " ".join(str(cause).split())[:200]
    return ExtractionError("corrupt", f"{place}: {type(cause).__name__}: {detail}")


class PdfFile:
    """An open PDF. ``page(number)`` reads one page and lets go of the parser's objects at once.

    ``quick``: pages on which pdfium and pdfminer are known to agree are read with pdfium; the same bytes are always
    read the same way. In a longer document one page is read both ways, and a difference ends the quick way.

    Raises ExtractionError ``empty``, ``not-a-pdf``, ``truncated``, ``encrypted``, ``corrupt``,
    ``too-many-pages`` on opening.
    """

    def __init__(self, data: bytes, limits: Limits = DEFAULT, quick: bool = True) -> None:
        import pdfplumber

        logging.getLogger("pdfminer").setLevel(logging.WARNING)  # at DEBUG it takes three times as long
        self._limits = limits
        self._body = gate(data)
        self._stream = BytesIO(self._body)
        self._fonts: dict[int, bool] = {}
        self._pages: list[Any] = []  #: all of them, once one could not be found without the others
        self._found: tuple[int, Any] = (0, None)  #: the page asked for last
        self._pdfium: Any = _pdfium_document(self._body) if quick else None
        self._quick = self._pdfium is not None
        self._compared = False
        try:
            self._pdf = pdfplumber.open(self._stream)
            self._count = len(self._pdfium) if self._pdfium is not None else len(self._listed())
        except Exception as error:
            raise typed(error, "document") from error
        if self._count > limits.pages:
            raise ExtractionError("too-many-pages", f"document: {self._count} pages, limit {limits.pages}")

    def __len__(self) -> int:
        return self._count

    def page(self, number: int, drawn: Drawn | None = None) -> PageContent:
        """The page with this number (from 1). ``drawn``: what pdfium has already given of it.

        Raises ExtractionError ``corrupt`` or ``memory`` naming the page; PageSkipped beyond a limit of the
        page.
        """
        if not 1 <= number <= len(self):
            raise ExtractionError("corrupt", f"page {number}: the document has {len(self)} pages")
        try:
            return self._read(number, drawn)
        except (PageSkipped, ExtractionError):
            raise
        except Exception as error:
            raise typed(error, f"page {number}") from error

    def _read(self, number: int, drawn: Drawn | None) -> PageContent:
        check_streams(self._page(number), number, self._limits.inflated_bytes)
        if self._quick and not self._compared and len(self) >= PAGES_TO_COMPARE:
            self._compare()
        if self._quick:
            try:
                return self._read_quickly(number, drawn)
            except Unlike:
                pass
        return self._read_slowly(number)

    def _listed(self) -> list[Any]:
        if not self._pages:
            self._pages = listed_pages(self._pdf.doc, self._limits.pages)
        return self._pages

    def _page(self, number: int) -> Any:
        """pdfminer's page."""
        if self._found[0] != number and not self._pages:
            self._found = number, page_at(self._pdf.doc, number, self._count)
        if self._found[0] == number and self._found[1] is not None:
            return self._found[1]
        pages = self._listed()
        if len(pages) < number:
            raise ExtractionError("corrupt", f"page {number}: only {len(pages)} pages can be found")
        return pages[number - 1]

    def _compare(self) -> None:
        """Read the characters of a page from the middle both ways: they must be the same."""
        self._compared = True
        number = len(self) // 2 + 1
        try:
            quick = self._read_quickly(number)
            slow = recorded_glyphs(self._pdf, self._page(number), quick.bbox[3])
        except (Unlike, PageSkipped):
            return  # nothing to compare: each page is judged on its own
        self._quick = quick.glyphs.layout.text == lay_out(slow).text

    def _read_quickly(self, number: int, drawn: Drawn | None = None) -> PageContent:
        """With pdfium. Raises Unlike where the readers may differ."""
        if not fonts_speak(self._page(number), self._fonts):
            raise Unlike("fonts without a mapping")
        width, height, characters, shapes = drawn or self._drawn(number)
        edges, strokes = drawn_edges(shapes)
        glyphs = PageGlyphs(glyphs_from(characters, width, height))
        return PageContent(number, (0.0, 0.0, width, height), glyphs, edges, 0, strokes, chart_shapes(shapes))

    def _drawn(self, number: int) -> Drawn:
        import pypdfium2

        try:
            page = self._pdfium[number - 1]
        except pypdfium2.PdfiumError as error:
            self._quick = False
            raise Unlike(str(error)) from error
        try:
            text_page = page.get_textpage()
            try:
                return drawn_on(page, text_page, text_page.get_text_range())
            finally:
                text_page.close()
        finally:
            page.close()

    def _read_slowly(self, number: int) -> PageContent:
        """With pdfplumber, the reader of record."""
        from pdfplumber.page import Page

        page = Page(self._pdf, self._page(number), page_number=number, initial_doctop=0)
        try:
            characters = page.chars
            if len(characters) > self._limits.characters_per_page:
                raise PageSkipped(f"{len(characters)} characters, limit {self._limits.characters_per_page}")
            shapes = shapes_of(page.lines, page.rects, page.curves)
            drawn = sum(len(shape.points) for shape in shapes)
            if drawn > self._limits.segments_per_page:
                raise PageSkipped(f"{drawn} path segments, limit {self._limits.segments_per_page}")
            edges, strokes = drawn_edges(shapes)
            unmapped = sum(character["text"].startswith("(cid:") for character in characters)
            x0, top, x1, bottom = page.bbox
            glyphs = [
                glyph
                for glyph in glyphs_of(characters)
                if x0 <= glyph.centre[0] <= x1 and top <= glyph.centre[1] <= bottom
            ]
            box = (float(x0), float(top), float(x1), float(bottom))
            return PageContent(
                number, box, PageGlyphs(glyphs), edges, unmapped, strokes, chart_shapes(shapes)
            )
        finally:
            page.close()

    def raw_page(self, number: int) -> Any:
        """pdfminer's page, for what stands beside its content."""
        return self._page(number)

    def close(self) -> None:
        """Not pdfplumber's own close: that one builds all pages once more in order to close them."""
        self._stream.close()
        if self._pdfium is not None:
            self._pdfium.close()


def _pdfium_document(body: bytes) -> Any:
    """None if pdfium cannot open the document or finds no page."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError:
        return None
    if len(document):
        return document
    document.close()
    return None


def recorded_glyphs(document: Any, page: Any, height: float) -> list[Glyph]:
    """The characters of an unrotated page as pdfminer gives them to pdfplumber, which passes them on unchanged.

    ``document``: pdfplumber's; ``page``: pdfminer's. Half the time of pdfplumber's page.
    """
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LTChar, LTContainer
    from pdfminer.pdfinterp import PDFPageInterpreter

    device = PDFPageAggregator(document.rsrcmgr, laparams=None)
    PDFPageInterpreter(document.rsrcmgr, device).process_page(page)

    def within(container: Any) -> Iterator[Any]:
        for item in container:
            if isinstance(item, LTChar):
                yield item
            elif isinstance(item, LTContainer):
                yield from within(item)

    return without_copies(
        [
            Glyph(
                LIGATURES.get(item.get_text(), item.get_text()),
                item.x0, height - item.y1, item.x1, height - item.y0, item.size,
            )
            for item in within(device.get_result())
            if not is_tilted(*item.matrix[:2])
        ]
    )  # fmt: skip
