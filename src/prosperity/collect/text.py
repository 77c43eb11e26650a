"""Bytes of a web page to text, for finding links and dates (extraction has its own, stricter reader)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

_DATE = re.compile(r"(\d{4})[-年/.](\d{1,2})[-月/.](\d{1,2})")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)


def decoded(body: bytes, headers: Mapping[str, str]) -> str:
    """The text, by the charset the page or the header declares, else UTF-8, else GB18030.

    A gb2312 or gbk label is read as gb18030, of which they are parts: publishers put characters of the
    larger set under the smaller label.
    """
    declared = _CHARSET.search(headers.get("content-type", "").encode()) or _CHARSET.search(body[:4096])
    names = [declared.group(1).decode("ascii").lower()] if declared else []
    for name in [*names, "utf-8", "gb18030"]:
        try:
            return body.decode("gb18030" if name in ("gb2312", "gbk") else name)
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode("gb18030", "replace")


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
