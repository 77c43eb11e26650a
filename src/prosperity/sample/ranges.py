"""Byte ranges of a response (RFC 9110 §14), as far as downloads that resume need them: one range."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import replace

from prosperity.sample.model import Response

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def in_range(
    request: Mapping[str, str], response: Response, tag: str, headers: MutableMapping[str, str]
) -> Response:
    """The part asked for (206), 416 where it lies outside, or the whole where nothing valid is asked for.

    :param request: request headers in lower case; ``if-range`` other than ``tag`` means the whole.
    """
    found = _RANGE.fullmatch(request.get("range", "").strip())
    if not found or not any(found.groups()) or request.get("if-range", tag) != tag:
        return response
    size = len(response.body)
    first, last = _bounds(found.group(1), found.group(2), size)
    if first >= size or last < first:
        headers["Content-Range"] = f"bytes */{size}"
        return replace(response, body=b"", status=416)
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return replace(response, body=response.body[first : last + 1], status=206)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last so many bytes
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
