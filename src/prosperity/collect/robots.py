"""robots.txt of publishers, asked for once a day (RFC 9309).

What belongs here: keeping and reading them. What does not: asking (``http``).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from protego import Protego

from prosperity.collect.store import write_atomically

_SECONDS_KEPT = 86_400


class Robots:
    """The rules of each origin; ``note`` names the file that keeps an origin's, ``ask`` gets its text ("": none)."""

    def __init__(self, note: Callable[[str], Path], ask: Callable[[str], str]) -> None:
        self._note, self._ask = note, ask
        self._rules: dict[str, Protego] = {}

    def allow(self, address: str, origin: str, user_agent: str) -> bool:
        if origin not in self._rules:
            self._rules[origin] = self._load(origin)
        return bool(self._rules[origin].can_fetch(address, user_agent))

    def _load(self, origin: str) -> Protego:
        note = self._note(f"robots {origin}")
        if note.exists() and time.time() - note.stat().st_mtime < _SECONDS_KEPT:
            return Protego.parse(note.read_text(encoding="utf-8"))
        text = self._ask(origin)
        write_atomically(note, text.encode())
        return Protego.parse(text)
