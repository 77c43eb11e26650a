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


#: Challenge pages are smaller than any document (measured: under 4 KB).
CHALLENGE_BYTES = 4096


class NotTheDocument(Exception):
    """A body that is not the document it should be; the message says why."""


def media_type(body: bytes) -> str:
    """The media type by content, never by name or header.

    :raises NotTheDocument: for an empty body or bytes of no known kind.
    """
    if not body.strip():
        raise NotTheDocument("empty body")
    head = body[:1024]
    if b"%PDF-" in head and not _HTML.search(head[: head.index(b"%PDF-")]):
        return "application/pdf"
    if _unmarked(body)[:1] in (b"{", b"["):  # before HTML: a string of an answer may hold a piece of it
        return "application/json"
    if _HTML.search(body[:4096]):
        return "text/html"
    raise NotTheDocument(f"neither PDF nor HTML nor JSON: it begins with {body[:16]!r}")


def _unmarked(body: bytes) -> bytes:
    """The body without byte order mark and leading blanks."""
    return body.removeprefix(b"\xef\xbb\xbf").lstrip()


def challenge(body: bytes, accepted: Sequence[str]) -> str | None:
    """Why ``body`` is a firewall's answer in place of a file; None where it may be the document.

    A tiny web page where only files are expected comes and goes; asking again heals it.
    """
    if "text/html" in accepted or len(body) >= CHALLENGE_BYTES or not _HTML.search(body):
        return None
    return f"content is a web page of {len(body)} bytes, expected {' or '.join(accepted)}: a challenge page"


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
    if found == "application/pdf" and b"%%EOF" not in body[-2048:]:
        raise NotTheDocument(f"PDF is cut off: no %%EOF at the end of its {len(body)} bytes")
    if found == "application/json" and _unmarked(body).rstrip()[-1:] not in (b"}", b"]"):
        raise NotTheDocument(f"JSON is cut off: no closing bracket at the end of its {len(body)} bytes")
    if found == "text/html" and content:
        try:
            body_text = html.document_fromstring(decoded(body, headers)).xpath(f"string({content})")
        except (etree.ParserError, ValueError) as fault:
            raise NotTheDocument(f"not readable as HTML: {fault}") from fault
        if not str(body_text).strip():
            raise NotTheDocument(
                f"no article in the page ({content} is absent or empty): challenge page, moved page or new layout"
            )
    return found
