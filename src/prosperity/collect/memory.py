"""What was last accepted under an address: validators for the next request, and where its bytes are.

What belongs here: remembering and forgetting. What does not: judging bodies (``validate``), requests (``http``).
Only an accepted answer is remembered, so that a challenge page can never come back by "not modified".
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prosperity.collect.store import write_atomically


@dataclass(frozen=True)
class Remembered:
    """An accepted answer."""

    name: str  #: address asked for, before redirects; of a POST with what was asked
    final: str
    sha256: str
    headers: Mapping[str, str]  #: by lower-case name
    fetched_at: dt.datetime  #: when these bytes were transferred
    document: bool  #: in the archive; False: a page that only leads to documents, in the transport cache
    content: str | None = None  #: hash of what counts of the answer to a POST

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that make a request conditional on it (RFC 9110 §13.1)."""
        validators = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
        return {name: self.headers[key] for name, key in validators.items() if self.headers.get(key)}

    def contradicts(self, headers: Mapping[str, str]) -> bool:
        """Whether a "not modified" answer names another version than the one remembered: a validator that lies."""
        return any(
            headers.get(name) and self.headers.get(name) and _weak(headers[name]) != _weak(self.headers[name])
            for name in ("etag", "last-modified")
        )


class Memory:
    """One small file per address, shared by all processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> Path:
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()}.json"

    def recall(self, name: str) -> Remembered | None:
        """None where nothing is remembered, or what is cannot be read."""
        try:
            content = json.loads(self.path(name).read_bytes())
            moment = dt.datetime.fromisoformat(content.pop("fetched_at"))
            return Remembered(**content, fetched_at=moment)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def keep(self, answer: Remembered) -> None:
        content = answer.__dict__ | {
            "headers": dict(answer.headers),
            "fetched_at": answer.fetched_at.isoformat(),
        }
        write_atomically(self.path(answer.name), json.dumps(content, ensure_ascii=False).encode())

    def forget(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)


def _weak(validator: str) -> str:
    return validator.strip().removeprefix("W/")
