"""What is asked over HTTP, what comes of it, and how it can fail; limits of a request.

What belongs here: types. What does not: asking (``http``), keeping (``keeping``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prosperity.collect.transfer import Partial

#: Why a body is not what was asked for (a firewall's challenge page with status 200); None where it may be.
Doubt = Callable[[bytes], str | None]
#: Judges a document by its bytes and headers. Raises NotTheDocument.
Accept = Callable[[bytes, Mapping[str, str]], object]


class FetchError(Exception):
    """A document that could not be had: cause and address, and whether trying again later can help."""

    def __init__(self, address: str, cause: str, *, retryable: bool, status: int | None = None) -> None:
        super().__init__(f"{cause} ({address})")
        self.address, self.cause, self.retryable, self.status = address, cause, retryable, status
        self.retry_after = 0.0  #: seconds that the server asks to wait


@dataclass(frozen=True)
class Fetched:
    """A body, from the network or, when the server said "not modified", from the archive."""

    address: str  #: the publisher's address after redirects
    body: bytes
    sha256: str
    headers: Mapping[str, str]
    fetched_at: dt.datetime  #: when these bytes were transferred
    not_modified: bool


class Refused(FetchError):
    """A body that is not the document asked for; it was put aside."""


@dataclass
class Asked:
    """What is asked for, and what has arrived of it so far."""

    name: str  #: how it is remembered
    headers: Mapping[str, str]
    body: bytes | None = None
    content: Callable[[bytes], str] | None = None  #: what of the answer to a POST counts
    doubt: Doubt | None = None
    accept: Accept | None = None
    partial: Partial | None = None

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def document(self) -> bool:
        return self.accept is not None or self.body is not None


@dataclass
class Limits:
    """Bounds of one request and of all tries for one address together."""

    connect_seconds: float = 10
    read_seconds: float = 30  #: longest silence of the server
    body_seconds: float = 300  #: longest exchange: answer and whole body
    body_bytes: int = 100 * 1024 * 1024  #: after decompression
    tries: int = 5
    retry_pause: float = 2.0  #: before the second try; doubled for each further one
    budget_seconds: float = 900
