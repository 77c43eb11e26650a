"""The content-addressed archive: bytes by their sha256, written atomically, verified on every read.

What belongs here: keeping bytes. What does not: where they came from (``http`` keeps validators, the
warehouse keeps releases and documents). No name from a publisher ever becomes part of a path.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

INCOMING = ".incoming-"  #: how names of files begin that are not complete yet
LEFT_BEHIND_SECONDS = 24 * 3600  #: no writer takes so long: it was killed

_SHA256 = re.compile(r"[0-9a-f]{64}")


class ArchiveError(Exception):
    """Bytes that are missing or no longer what was archived; names the document and what is wrong."""


def write_atomically(path: Path, data: bytes) -> None:
    """Temporary name in the same folder, fsync, rename, fsync of the folder: all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=INCOMING)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Archive:
    """Documents under ``root/objects/ab/<sha256>``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._swept = False

    def path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ArchiveError(f"not a sha256: {sha256[:80]!r}")
        return self.root / "objects" / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Keep ``data``; give its sha256. Writing the same content again is free of effect."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256)
        if not path.exists():
            self._sweep()
            write_atomically(path, data)
        return sha256

    def _sweep(self) -> None:
        """Before the first writing: take away what writers that were killed left behind."""
        if self._swept:
            return
        self._swept = True
        oldest = time.time() - LEFT_BEHIND_SECONDS
        for path in (self.root / "objects").glob(f"??/{INCOMING}*"):
            # Another process may sweep at the same time.
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def get(self, sha256: str) -> bytes:
        """The bytes. :raises ArchiveError: where they are missing or damaged."""
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise ArchiveError(f"document {sha256} is not in the archive {self.root}") from None
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise ArchiveError(f"document {sha256} is damaged: its bytes now hash to {found} ({path})")
        return data

    def __iter__(self) -> Iterator[str]:
        for path in sorted((self.root / "objects").glob("??/*")):
            if _SHA256.fullmatch(path.name):
                yield path.name

    def verify(self) -> list[str]:
        """Read everything; one line per damaged document."""
        problems = []
        for sha256 in self:
            try:
                self.get(sha256)
            except ArchiveError as fault:
                problems.append(str(fault))
        return problems
