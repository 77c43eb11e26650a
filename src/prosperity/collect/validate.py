"""Nothing foolish is archived as a document: what the bytes are, and whether they are whole.

Checks before a body becomes a document: not empty, magic bytes against the media types the source names,
complete (``%%EOF`` for PDF, the closing bracket for JSON), not a challenge or error page in place of the article.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lxml import etree, html

from prosperity.collect.text import decoded

_HTML = re.compile(rb"<\s*(!doctype\s+html|html|head|body|div|meta|script|table|p)\b", re.IGNORECASE)

_LINEARIZED = re.compile(rb"/Linearized\b[^>]{0,300}?/L\s+(\d+)")
_STARTXREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF(?!.*startxref)", re.DOTALL)
_XREF = re.compile(rb"\s*(xref|\d+\s+\d+\s+obj)\b")

#: Challenge pages are smaller than any document (measured: under 4 KB).
CHALLENGE_BYTES = 4096


class NotTheDocument(Exception):
    """A body that is not the document it should be; the message says why.

    ``heals``: it may come whole at once when it is asked for again (cut off, empty).
    """

    def __init__(self, reason: str, *, heals: bool = False) -> None:
        super().__init__(reason)
        self.heals = heals


def media_type(body: bytes) -> str:
    """The media type by content, never by name or header.

    :raises NotTheDocument: for an empty body or bytes of no known kind.
    """
    if not body.strip():
        raise NotTheDocument("empty body", heals=True)
    head = body[:1024]
    if b"%PDF-" in head and not _HTML.search(head[: head.index(b"%PDF-")]):
        return "application/pdf"
    if _unmarked(body)[:1] in (b"{", b"["):  # before HTML: a string of an answer may hold a piece of it
        return "application/json"
    if _HTML.search(body[:4096]):
        return "text/html"
    raise NotTheDocument(f"neither PDF nor HTML nor JSON: it begins with {body[:16]!r}")


def challenge(body: bytes, accepted: Sequence[str]) -> str | None:
    """Why ``body`` is a firewall's answer in place of a file; None where it may be the document.

    A tiny web page where only files are expected comes and goes; asking again heals it.
    """
    if "text/html" in accepted or len(body) >= CHALLENGE_BYTES or not _HTML.search(body):
        return None
    return f"content is a web page of {len(body)} bytes, expected {' or '.join(accepted)}: a challenge page"


def _unmarked(body: bytes) -> bytes:
    """The body without byte order mark and leading blanks."""
    return body.removeprefix(b"\xef\xbb\xbf").lstrip()


def require_document(
    body: bytes, headers: Mapping[str, str], *, accepted: Sequence[str], content: str | None
) -> str:
    """The media type of ``body``, if it is a whole document of an accepted type.

    :param content: XPath that must be present in an HTML document and hold text.
    :raises NotTheDocument: with the reason.
    """
    found = media_type(body)
    if found not in accepted:
        raise NotTheDocument(f"content is {found}, expected {' or '.join(accepted)}")
    if found == "application/pdf":
        _require_whole_pdf(body)
    if found == "application/json" and _unmarked(body).rstrip()[-1:] not in (b"}", b"]"):
        raise NotTheDocument(
            f"JSON is cut off: no closing bracket at the end of its {len(body)} bytes", heals=True
        )
    if found == "text/html":
        _require_article(decoded(body, headers), content)
    return found


def _require_whole_pdf(body: bytes) -> None:
    """Ends with its end mark, is as long as it says, and has its index where it says (ISO 32000-1 §7.5)."""
    tail = body[-2048:]
    if b"%%EOF" not in tail:
        raise NotTheDocument(f"PDF is cut off: no %%EOF at the end of its {len(body)} bytes", heals=True)
    start = body.index(b"%PDF-")
    stated = _LINEARIZED.search(body[start : start + 2048])
    if stated and int(stated[1]) > len(body):
        raise NotTheDocument(
            f"PDF is cut off: it states {int(stated[1])} bytes, {len(body)} are there", heals=True
        )
    index = _STARTXREF.search(tail)
    if index and not any(
        _XREF.match(body, place) for place in (int(index[1]), int(index[1]) + start) if place < len(body)
    ):
        raise NotTheDocument(f"PDF is damaged: no index of its objects at byte {int(index[1])}", heals=True)


def _require_article(text: str, content: str | None) -> None:
    try:
        tree = html.document_fromstring(text)
        article = tree.xpath(f"string({content})") if content else tree.text_content()
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as fault:
        raise NotTheDocument(f"not readable as HTML: {fault}") from fault
    if str(article).strip():
        return
    if content is None:
        raise NotTheDocument("a page without any text")
    raise NotTheDocument(
        f"no article in the page ({content} is absent or empty): challenge page, moved page or new layout"
    )
