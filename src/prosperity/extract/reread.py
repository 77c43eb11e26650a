"""Reading again, from archived bytes, exactly what evidence points to.

``Reader`` uses the very functions that made the raw texts, so for every cell
``reader.text_at(page=cell.page, bbox=cell.bbox) == cell.raw``, and for every statement ``s``
``reader.page_text(s.page)[s.offset + s.span[0] : s.offset + s.span[1]]`` is its figure as archived.
It works in the calling process: give it only documents that have passed the sandbox.
"""

from __future__ import annotations

from collections import OrderedDict
from types import TracebackType
from typing import Any

from prosperity.extract.glyphs import Layout, PageGlyphs
from prosperity.extract.json_document import as_text, at_pointer, parse_json
from prosperity.extract.model import BBox, ExtractionError, Span

PDF = "application/pdf"
PAGES_KEPT = 8


class Reader:
    """Opens a document once for any number of places; a context manager.

    ``declared`` is the encoding that the server stated, for HTML.
    """

    def __init__(self, data: bytes, media_type: str, declared: str | None = None) -> None:
        self._data = data
        self._media_type = media_type.split(";")[0].strip().lower()
        self._declared = declared
        self._pdf: Any = None
        self._value: Any = None
        self._pages: OrderedDict[int, PageGlyphs] = OrderedDict()
        self._layouts: OrderedDict[int, Layout] = OrderedDict()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._pdf is not None:
            self._pdf.close()
            self._pdf = None

    def text_at(
        self,
        *,
        page: int | None = None,
        bbox: BBox | None = None,
        node: str | None = None,
        span: Span | None = None,
        pointer: str | None = None,
    ) -> str:
        """The text at one place.

        PDF: ``page`` with ``span`` in the text of the page, or with ``bbox`` (the characters whose centre
        lies in
        it); HTML: ``node`` and optionally ``span`` in its text; JSON: ``pointer`` (RFC 6901).

        :raises ExtractionError: ``no-such-place``, or the document cannot be read.
        """
        if pointer is not None:
            return as_text(at_pointer(self._json(), pointer))
        if node is not None:
            from prosperity.extract import html

            return str(html.text_at(self._data, node, span, self._declared))
        if page is None:
            raise ExtractionError("no-such-place", "a page, a node path or a pointer is needed")
        if span is not None:
            text = self.page_text(page)
            if not 0 <= span[0] <= span[1] <= len(text):
                raise ExtractionError(
                    "no-such-place", f"page {page}: characters {span[0]}-{span[1]} of {len(text)}"
                )
            return text[span[0] : span[1]]
        if bbox is None:
            return self.page_text(page)
        return self._glyphs(page).text_in(bbox)

    def _json(self) -> Any:
        if self._value is None:
            self._value = parse_json(self._data)
        return self._value

    def page_text(self, page: int) -> str:
        """All characters of the page in reading order, one line feed between lines (rule: ``glyphs``)."""
        return self.page_layout(page).text

    def page_layout(self, page: int) -> Layout:
        from prosperity.extract.paragraphs import page_layout

        if page not in self._layouts:
            self._layouts[page] = page_layout(self._glyphs(page))
            _shorten(self._layouts)
        return self._layouts[page]

    def _glyphs(self, page: int) -> PageGlyphs:
        from prosperity.extract.pdf import PageSkipped, PdfFile

        if self._media_type != PDF:
            raise ExtractionError("no-such-place", f"{self._media_type} has no pages")
        if self._pdf is None:
            self._pdf = PdfFile(self._data)
        if page not in self._pages:
            try:
                self._pages[page] = self._pdf.page(page).glyphs
            except PageSkipped as reason:
                raise ExtractionError("too-complex", f"page {page}: {reason}") from reason
            _shorten(self._pages)
        return self._pages[page]


def _shorten(kept: OrderedDict[int, Any]) -> None:
    while len(kept) > PAGES_KEPT:
        kept.popitem(last=False)


def text_at(
    data: bytes,
    media_type: str,
    *,
    page: int | None = None,
    bbox: BBox | None = None,
    node: str | None = None,
    span: Span | None = None,
    pointer: str | None = None,
    declared: str | None = None,
) -> str:
    """``Reader.text_at`` for a single place."""
    with Reader(data, media_type, declared) as reader:
        return reader.text_at(page=page, bbox=bbox, node=node, span=span, pointer=pointer)
