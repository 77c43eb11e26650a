"""What is kept of an answer: documents in the archive once they are judged, pages in a cache, validators in memory.

What belongs here: judging and keeping bodies, and giving back the copy that still holds. What does not: asking
(``http``), what a document is (``validate``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from prosperity.collect.archive import Archive, ArchiveError
from prosperity.collect.fetched import Asked, Fetched, FetchError, Refused
from prosperity.collect.memory import Memory, Remembered
from prosperity.collect.validate import NotTheDocument

KEPT_HEADERS = (
    "content-type",
    "etag",
    "last-modified",
    "content-length",
    "date",
    "x-sample",
    "x-sample-issued",
)


@dataclass
class Keeper:
    """Archive, cache of pages and memory of one client. ``state``: a local folder shared by all processes."""

    archive: Archive
    state: Path
    now: Callable[[], dt.datetime]

    def __post_init__(self) -> None:
        self.memory = Memory(self.state / "validators")
        self._pages = Archive(self.state / "pages")

    def recall(self, asked: Asked) -> Remembered | None:
        """What is remembered, as long as its bytes are there."""
        memory = self.memory.recall(asked.name)
        if memory is None:
            return None
        return memory if memory.sha256 in self._place(memory.document) else None

    def take(
        self, address: str, asked: Asked, before: Remembered | None, body: bytes, headers: Mapping[str, str]
    ) -> Fetched:
        """The answer, judged and kept; or the copy from ``before``, where it says the same.

        :raises FetchError: where the body is not what was asked for; of a document it is then put aside.
        """
        kept = {name: value for name, value in lower(headers).items() if name in KEPT_HEADERS}
        self._judge(address, asked, body, kept)
        content = hashlib.sha256(asked.content(body).encode()).hexdigest() if asked.content else None
        if before and content is not None and content == before.content:
            return self.copy(address, asked, before)
        sha256 = self._place(asked.document).put(body)
        if before and not before.document and before.sha256 != sha256:
            self._pages.remove(before.sha256)
        now = self.now()
        self.memory.keep(Remembered(asked.name, address, sha256, kept, now, asked.document, content))
        return Fetched(address, body, sha256, kept, now, not_modified=False)

    def unchanged(
        self, address: str, asked: Asked, memory: Remembered, headers: Mapping[str, str]
    ) -> Fetched:
        """The copy that the server says still holds. :raises FetchError: where it does not; then it is forgotten."""
        if memory.contradicts(lower(headers)):
            self.memory.forget(asked.name)
            raise FetchError(address, '"not modified", but names another version', retryable=True)
        return self.copy(address, asked, memory)

    def copy(self, address: str, asked: Asked, memory: Remembered) -> Fetched:
        """The bytes remembered, read and judged again. :raises FetchError: as ``unchanged``."""
        try:
            body = self._place(memory.document).get(memory.sha256)
        except ArchiveError as fault:
            # The copy is damaged: forget the validators so that the next try transfers it again.
            self.memory.forget(asked.name)
            self._place(memory.document).remove(memory.sha256)
            raise FetchError(address, str(fault), retryable=True) from fault
        try:
            self._judge(address, asked, body, memory.headers)
        except FetchError as fault:
            # Judged by other rules than when it was kept: what the server has now may be right.
            self.memory.forget(asked.name)
            raise FetchError(address, fault.cause, retryable=True) from fault
        if asked.document and not memory.document:
            self.archive.put(body)
            self.memory.keep(replace(memory, document=True))
        return Fetched(
            memory.final, body, memory.sha256, memory.headers, memory.fetched_at, not_modified=True
        )

    def _place(self, document: bool) -> Archive:
        return self.archive if document else self._pages

    def _judge(self, address: str, asked: Asked, body: bytes, headers: Mapping[str, str]) -> None:
        reason, heals = (asked.doubt(body) if asked.doubt else None), True
        if reason is None and asked.accept:
            try:
                asked.accept(body, headers)
            except NotTheDocument as fault:
                reason, heals = str(fault), fault.heals
        if reason is None:
            return
        if not asked.document:
            raise FetchError(address, reason, retryable=heals)
        self.archive.refuse(body, address, reason, self.now())
        raise Refused(address, reason, retryable=heals)


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers by lower-case name."""
    return {name.lower(): value for name, value in headers.items()}
