"""The transfer of one body: bounded in size while it streams, taken up again where it was cut.

What belongs here: bytes on the wire. What does not: tries, pauses and redirects (``http``), the limit in time
(``connect``), what the bytes are (``validate``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import requests
import urllib3

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_PIECE = 64 * 1024
#: So many bytes are asked for once more when a transfer is continued: a validator may lie, the bytes do not.
OVERLAP = 1024
#: A Last-Modified younger than this against Date may stand for two versions (RFC 9110 §8.8.2.2).
_SETTLED_SECONDS = 60


class TransferError(Exception):
    """A body that did not arrive whole, or is not wanted whole; ``retryable``: whether another try can help."""

    def __init__(self, cause: str, *, retryable: bool) -> None:
        super().__init__(cause)
        self.cause, self.retryable = cause, retryable


@dataclass
class Partial:
    """What arrived of a body, and the validator that vouches that a later rest belongs to it (RFC 9110 §14.2)."""

    body: bytearray
    validator: str  #: "" where the parts of two transfers must not be joined

    @property
    def resumable(self) -> bool:
        return bool(self.validator and self.body)

    @property
    def resume_at(self) -> int:
        return max(0, len(self.body) - OVERLAP)

    def headers(self) -> dict[str, str]:
        """What asks for the rest, as it is and not compressed anew."""
        return {
            "Range": f"bytes={self.resume_at}-",
            "If-Range": self.validator,
            "Accept-Encoding": "identity",
        }


class Interrupted(TransferError):
    """A transfer that was cut; ``partial`` holds what can be continued, if anything."""

    def __init__(self, cause: str, partial: Partial) -> None:
        super().__init__(cause, retryable=True)
        self.partial = partial if partial.resumable else None


def receive(response: requests.Response, *, most_bytes: int, before: Partial | None) -> bytes:
    """The whole body of a 200 or 206 answer.

    ``before``: what an earlier try had received; a 206 answer continues it, a 200 answer starts anew. ``most_bytes``
    counts after decompression, which is done piece by piece: neither a bomb nor an endless body fills memory.
    :raises Interrupted: with what arrived, where the transfer was cut but may be continued.
    :raises TransferError: where the body is too large, or no continuation of what was there.
    """
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most_bytes:
        raise TransferError(
            f"body larger than {most_bytes} bytes ({int(announced)} announced)", retryable=False
        )
    partial, known = _continued(response, before) if response.status_code == 206 else (_begun(response), b"")
    begin = len(partial.body)
    try:
        while piece := response.raw.read1(_PIECE, decode_content=True):
            partial.body += piece
            if len(partial.body) > most_bytes:
                raise TransferError(f"body larger than {most_bytes} bytes", retryable=False)
    except (urllib3.exceptions.HTTPError, OSError) as fault:
        _require_same(partial, begin, known)
        raise Interrupted(f"{type(fault).__name__}: {fault}", partial) from fault
    _require_same(partial, begin, known)
    total = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
    if total and total.group(3) != "*" and len(partial.body) < int(total.group(3)):
        raise Interrupted(f"{len(partial.body)} of {total.group(3)} bytes", partial)
    return bytes(partial.body)


def _require_same(partial: Partial, begin: int, known: bytes) -> None:
    """The rest begins with what had come already. :raises TransferError: where it does not."""
    again = bytes(partial.body[begin : begin + len(known)])
    if again != known[: len(again)]:
        raise TransferError("the rest of the body is of another version (its bytes)", retryable=True)


def strong_validator(headers: Mapping[str, str]) -> str:
    """A validator good enough to join two parts of a body: a strong ETag, else a settled Last-Modified; else ""."""
    tag = headers.get("etag", "")
    if tag:
        return "" if tag.startswith("W/") else tag
    modified = headers.get("last-modified", "")
    try:
        age = parsedate_to_datetime(headers.get("date", "")) - parsedate_to_datetime(modified)
    except (TypeError, ValueError):
        return ""
    return modified if age.total_seconds() >= _SETTLED_SECONDS else ""


def _begun(response: requests.Response) -> Partial:
    headers = response.headers
    joinable = not headers.get("content-encoding") and headers.get("accept-ranges", "").lower() != "none"
    return Partial(bytearray(), strong_validator(headers) if joinable else "")


def _continued(response: requests.Response, before: Partial | None) -> tuple[Partial, bytes]:
    """What is continued, cut back to where the rest begins, and what was cut off."""
    found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
    if before is None or found is None or int(found.group(1)) != before.resume_at:
        raise TransferError("a part of the body that was not asked for (Content-Range)", retryable=True)
    tag = response.headers.get("etag")
    if tag and before.validator.startswith('"') and tag != before.validator:
        raise TransferError("the rest of the body is of another version (ETag)", retryable=True)
    begin = before.resume_at
    return Partial(before.body[:begin], before.validator), bytes(before.body[begin:])
