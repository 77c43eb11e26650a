"""Lists of releases, walked once: all years and all sources with the same list share what was found.

What belongs here: remembering a walk for a short time, and noticing that a list has lost its items. What does not:
how a list is read (the protocol modules).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from prosperity.catalogue.model import Discovery
from prosperity.collect.archive import ArchiveError
from prosperity.collect.discover import DiscoveryError, Fetch, Item, protocol
from prosperity.collect.http import FetchError
from prosperity.collect.store import write_atomically

#: A list that has less than this part of what it had is worth a look.
_LOST = 2 / 3
_FEW = 6


@dataclass(frozen=True)
class Walk:
    """What one walk through a list found. With a ``fault``, the items of the pages before it."""

    items: tuple[Item, ...]
    warning: str | None = None
    fault: FetchError | DiscoveryError | ArchiveError | None = None


@dataclass
class Lists:
    """Walks of the last minutes, in this process. A walk that failed, or that gave handles, is not remembered.

    ``folder``: where the number of items of the last walk is kept, to notice a list that has lost many.
    """

    folder: Path | None = None
    seconds: float = 600
    clock: Callable[[], float] = time.monotonic
    _walks: dict[str, tuple[float, Walk]] = field(default_factory=dict)

    def walk(self, fetch: Fetch, discovery: Discovery, base: str) -> Walk:
        """Every item of the list, asked for at most once in ``seconds``."""
        key = _key(discovery, base)
        moment, known = self._walks.get(key, (0.0, None))
        if known is not None and self.clock() - moment < self.seconds:
            return known
        found = self._fresh(fetch, discovery, base, key)
        # Handles are good for the visit in which they were given (ids that change, a session begun by a page).
        if found.fault is None and not any(item.handle for item in found.items):
            self._walks[key] = self.clock(), found
        return found

    def forget(self) -> None:
        """The next walk asks the publishers again."""
        self._walks.clear()

    def _fresh(self, fetch: Fetch, discovery: Discovery, base: str, key: str) -> Walk:
        items: list[Item] = []
        try:
            for item in protocol(discovery.protocol).items(fetch, discovery, base):
                items.append(item)
        except (FetchError, DiscoveryError, ArchiveError) as fault:
            return Walk(tuple(items), fault=fault)
        return Walk(tuple(items), self._shrunk(key, len(items)))

    def _shrunk(self, key: str, count: int) -> str | None:
        if self.folder is None:
            return None
        note = self.folder / f"{key}.json"
        try:
            before = int(json.loads(note.read_bytes())["items"])
        except (OSError, ValueError, KeyError, TypeError):
            before = 0
        if count != before:
            write_atomically(note, json.dumps({"items": count}).encode())
        if before >= _FEW and count < before * _LOST:
            return f"the list has {count} items, the last time it had {before}"
        return None


def _key(discovery: Discovery, base: str) -> str:
    """The same for the same list, whichever source asks."""
    parts = [discovery.protocol, base, discovery.list_address, discovery.options]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
