"""pdfminer's pages, found without reading those that nobody asked for, and whether their contents are sound.

pdfminer lists all pages in order to find one. Here the counts of the page tree lead to it; where they are not plainly
right, pdfminer's way is gone.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from prosperity.extract.model import ExtractionError
from prosperity.extract.request import MEGABYTE

MAXIMUM_DEPTH = 20  #: of the page tree


def listed_pages(document: Any, limit: int) -> list[Any]:
    """All pages (pdfminer's PDFPage) of a PDFDocument.

    :raises ExtractionError: ``too-many-pages`` or, if there is none, ``corrupt``.
    """
    from pdfminer.pdfpage import PDFPage

    pages = list(itertools.islice(PDFPage.create_pages(document), limit + 1))
    if len(pages) > limit:
        raise ExtractionError("too-many-pages", f"document: more than {limit} pages")
    if not pages:
        raise ExtractionError("corrupt", "document: no page can be found")
    return pages


def page_at(document: Any, number: int, count: int) -> Any:
    """The page with this number (from 1) of ``count``; None if the page tree does not plainly lead to it."""
    from pdfminer.pdfpage import PDFPage

    reference, index = document.catalog.get("Pages"), number - 1
    inherited: dict[str, Any] = {}
    total = count
    for _ in range(MAXIMUM_DEPTH):
        node = _dictionary(reference)
        if not node or getattr(reference, "objid", None) is None:
            return None
        own = {**inherited, **node}
        if _size(node) != total:
            return None
        kids = _kids(node)
        if kids is None:
            return PDFPage(document, reference.objid, own, None) if index == 0 else None
        inherited = {key: own[key] for key in PDFPage.INHERITABLE_ATTRS if key in own}
        if total == len(kids):
            reference, index, total = kids[index], 0, 1
            continue
        for kid in kids:
            total = _size(_dictionary(kid))
            if index < total:
                reference = kid
                break
            index -= total
        else:
            return None
    return None


def _dictionary(reference: Any) -> dict[str, Any]:
    from pdfminer.pdftypes import resolve1

    found = resolve1(reference)
    return found if isinstance(found, dict) else {}


def _kids(node: dict[str, Any]) -> list[Any] | None:
    from pdfminer.pdftypes import resolve1

    kids = resolve1(node.get("Kids"))
    return kids if isinstance(kids, list) and _type(node) == "Pages" else None


def _type(node: dict[str, Any]) -> str:
    return str(getattr(node.get("Type"), "name", ""))


def _size(node: dict[str, Any]) -> int:
    """How many pages a node holds; 0 if it does not say so or is neither a page nor a node."""
    from pdfminer.pdftypes import resolve1

    if _type(node) == "Page":
        return 1
    count = resolve1(node.get("Count")) if _type(node) == "Pages" else 0
    return count if isinstance(count, int) and count > 0 else 0


# ------------------------------------------------------------------------------------------------ contents


class PageSkipped(Exception):
    """A page that exceeds a limit: skipped with a warning, or an error if nothing else was to be read."""


def check_streams(page: Any, number: int, limit: int) -> None:
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
