"""Bytes of a web page to text, for finding links and dates (extraction has its own, stricter reader)."""

from __future__ import annotations

import re
from collections.abc import Mapping

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
