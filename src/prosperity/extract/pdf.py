"""Opening PDFs and reading the characters and edges of their pages with pdfplumber, the reader of record.

What belongs here: the gate before any parser sees the bytes, one page at a time in bounded memory, and the
translation of every parser's exception into an ``ExtractionError``. What does not: tables, prose, processes.
"""

from __future__ import annotations

import itertools
import logging
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from prosperity.extract.edges import drawn_edges, shapes_of
from prosperity.extract.fonts import fonts_speak
from prosperity.extract.glyphs import PageGlyphs, glyphs_of, lay_out
from prosperity.extract.model import BBox, ExtractionError
from prosperity.extract.pdfium import shapes_on, simple_page
from prosperity.extract.pdfium_text import Unlike, characters_on, glyphs_from
from prosperity.extract.request import DEFAULT, MEGABYTE, Limits
from prosperity.extract.shapes import NO_SHAPES, Shapes, chart_shapes

HEADER = b"%PDF-"
HEADER_WINDOW = MEGABYTE  # junk before the header: leftovers of HTTP or mail, never longer than this
TAIL_WINDOW = 4096
PAGES_TO_COMPARE = 8  #: documents with fewer pages are not compared: it would cost more than it saves


class PageSkipped(Exception):
    """A page that exceeds a limit: skipped with a warning, or an error if nothing else was to be read."""


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
        self._pdfium: Any = None
        self._quick = quick
        self._compared = False
        try:
            self._pdf = pdfplumber.open(self._stream)
            self._pages = _pages_of(self._pdf.doc, limits.pages)
        except Exception as error:
            raise typed(error, "document") from error

    def __len__(self) -> int:
        return len(self._pages)

    def page(self, number: int) -> PageContent:
        """The page with this number (from 1).

        Raises ExtractionError ``corrupt`` or ``memory`` naming the page; PageSkipped beyond a limit of the
        page.
        """
        if not 1 <= number <= len(self._pages):
            raise ExtractionError("corrupt", f"page {number}: the document has {len(self._pages)} pages")
        try:
            return self._read(number)
        except (PageSkipped, ExtractionError):
            raise
        except Exception as error:
            raise typed(error, f"page {number}") from error

    def _read(self, number: int) -> PageContent:
        _check_streams(self._pages[number - 1], number, self._limits.inflated_bytes)
        if self._quick and not self._compared and len(self) >= PAGES_TO_COMPARE:
            self._compare()
        if self._quick:
            try:
                return self._read_quickly(number)
            except Unlike:
                pass
        return self._read_slowly(number)

    def _compare(self) -> None:
        """Read a page from the middle both ways; what was recognised must be the same."""
        self._compared = True
        number = len(self) // 2 + 1
        try:
            quick = self._read_quickly(number)
            slow = self._read_slowly(number)
        except (Unlike, PageSkipped):
            return  # nothing to compare: each page is judged on its own
        self._quick = lay_out(quick.glyphs.all).text == lay_out(slow.glyphs.all).text

    def _read_quickly(self, number: int) -> PageContent:
        """With pdfium. Raises Unlike where the readers may differ."""
        import pypdfium2

        if not fonts_speak(self._pages[number - 1], self._fonts):
            raise Unlike("fonts without a mapping")
        try:
            if self._pdfium is None:
                self._pdfium = pypdfium2.PdfDocument(self._body)
            page = self._pdfium[number - 1]
        except pypdfium2.PdfiumError as error:
            self._quick = False
            raise Unlike(str(error)) from error
        try:
            width, height = simple_page(page)
            text_page = page.get_textpage()
            try:
                characters = characters_on(text_page, text_page.get_text_range())
            finally:
                text_page.close()
            glyphs = glyphs_from(characters, width, height)
            shapes = shapes_on(page, height)
            edges, strokes = drawn_edges(shapes)
        finally:
            page.close()
        return PageContent(
            number, (0.0, 0.0, width, height), PageGlyphs(glyphs), edges, 0, strokes, chart_shapes(shapes)
        )

    def _read_slowly(self, number: int) -> PageContent:
        """With pdfplumber, the reader of record."""
        from pdfplumber.page import Page

        page = Page(self._pdf, self._pages[number - 1], page_number=number, initial_doctop=0)
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

    def close(self) -> None:
        """Not pdfplumber's own close: that one builds all pages once more in order to close them."""
        self._stream.close()
        if self._pdfium is not None:
            self._pdfium.close()


def _pages_of(document: Any, limit: int) -> list[Any]:
    from pdfminer.pdfpage import PDFPage

    pages = list(itertools.islice(PDFPage.create_pages(document), limit + 1))
    if len(pages) > limit:
        raise ExtractionError("too-many-pages", f"document: more than {limit} pages")
    if not pages:
        raise ExtractionError("corrupt", "document: no page can be found")
    return pages


def _check_streams(page: Any, number: int, limit: int) -> None:
    """Refuse content streams that are damaged or inflate beyond the limit.

    pdfminer silently goes on with what could be inflated, which would give a table with rows missing.
    """
    from pdfminer.pdftypes import resolve1

    total = 0
    for reference in page.contents or ():
        stream = resolve1(reference)
        if not hasattr(stream, "get_filters") or stream.rawdata is None:
            continue
        for size in _inflated(stream, number):
            total += size
            if total > limit:
                raise PageSkipped(f"content inflates beyond {limit // MEGABYTE} MB")


def _inflated(stream: Any, number: int) -> Iterator[int]:
    """Sizes of the pieces that a Flate stream inflates to."""
    raw = stream.rawdata
    if stream.decipher:
        raw = stream.decipher(stream.objid, stream.genno, raw, stream.attrs)
    for name, _ in stream.get_filters():
        text = getattr(name, "name", str(name))
        if text in ("ASCII85Decode", "A85", "ASCIIHexDecode", "AHx"):
            raw = _decoder(text)(raw)
            continue
        if text in ("FlateDecode", "Fl"):
            yield from _pieces(raw, number)
        return


def _decoder(name: str) -> Callable[[bytes], bytes]:
    from pdfminer.ascii85 import ascii85decode, asciihexdecode

    decoder: Callable[[bytes], bytes] = ascii85decode if name in ("ASCII85Decode", "A85") else asciihexdecode
    return decoder


def _pieces(raw: bytes, number: int) -> Iterator[int]:
    inflater = zlib.decompressobj()
    rest = raw
    try:
        while rest and not inflater.eof:
            piece = inflater.decompress(rest, MEGABYTE)
            rest = inflater.unconsumed_tail
            yield len(piece)
    except zlib.error as error:
        # A wrong check sum at the very end loses nothing: some writers leave it out.
        if "incorrect data check" not in str(error):
            raise ExtractionError(
                "corrupt", f"page {number}: the content stream cannot be inflated ({error})"
            ) from error
