"""Bytes of a web page to text, for finding links and dates (extraction has its own, stricter reader)."""

from __future__ import annotations

import codecs
import datetime as dt
import re
from collections.abc import Mapping, Sequence

_DATE = re.compile(r"(\d{4})[-年/.](\d{1,2})[-月/.](\d{1,2})")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: Labels that servers send without looking: they can "read" any bytes.
_UNINFORMED = frozenset({"iso8859-1", "cp1252", "ascii", "latin-1"})


def decoded(body: bytes, headers: Mapping[str, str]) -> str:
    """The text; see ``text_and_encoding``."""
    return text_and_encoding(body, headers)[0]


def text_and_encoding(body: bytes, headers: Mapping[str, str]) -> tuple[str, str]:
    """The text and the encoding that it really has, whatever is declared.

    Valid UTF-8 beyond ASCII is UTF-8, since no page in another encoding is so by chance; then what page or header
    declare, if the bytes bear it out; then GB18030. A gb2312 or gbk label is read as gb18030, of which they are
    parts: publishers put characters of the larger set under the smaller label. Single broken characters in UTF-8
    are replaced; gb18030 might accept such bytes and give nonsense.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode("utf-8-sig" if name == "utf-8" else name, "replace"), name
    declared = [_codec(found) for found in (_label(headers), _CHARSET.search(body[:4096])) if found]
    names = [name for name in declared if name]
    for name in dict.fromkeys(["utf-8", *names, "gb18030"]):
        try:
            return body.decode(name), name
        except UnicodeDecodeError:
            if name == "utf-8" and _is_damaged_utf8(body):
                return body.decode(name, "replace"), name
    return body.decode("gb18030", "replace"), "gb18030"


def _label(headers: Mapping[str, str]) -> re.Match[bytes] | None:
    return _CHARSET.search(headers.get("content-type", "").encode())


def _codec(label: re.Match[bytes]) -> str | None:
    try:
        name = codecs.lookup(label.group(1).decode("ascii")).name
    except LookupError:
        return None
    if name in _UNINFORMED:
        return None
    return "gb18030" if name in ("gb2312", "gbk") else name


def _is_damaged_utf8(body: bytes) -> bool:
    text = body.decode("utf-8", "replace")
    wide = sum(character > "\x7f" for character in text)
    return wide >= 20 and text.count("\ufffd") * 50 <= wide


def date_in(text: str | None) -> dt.date | None:
    """The first full date in ``text``; None without one, or where what is printed is no day (2020-02-31)."""
    found = _DATE.search(text or "")
    return date_of(found.groups()) if found else None


def date_of(parts: Sequence[str]) -> dt.date | None:
    """Year, month and day as printed; None where there is no such day: a wrong date is never mended."""
    try:
        year, month, day = (int(part) for part in parts[:3])
        return dt.date(year, month, day)
    except ValueError:
        return None
