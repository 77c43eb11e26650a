"""Names to bytes under one location: a local folder, or any place that fsspec can reach (``s3://bucket/folder``).

What belongs here: reading and writing whole objects, all of one or nothing. What does not: what they are
(``archive``). Credentials come from the environment of the store's own library and are never handled here.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

INCOMING = ".incoming-"  #: how names of files begin that are not complete yet
LEFT_BEHIND_SECONDS = 24 * 3600  #: no writer takes so long: it was killed


class StoreError(Exception):
    """A store that cannot be reached or refuses; names the place and the cause."""


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


class Store:
    """Objects below ``location``. Nothing is opened before the first call.

    An object store puts an object whole or not at all; on a local disk that takes ``write_atomically``.
    """

    def __init__(self, location: str | Path) -> None:
        self.location = str(location).rstrip("/")
        self._opened: tuple[Any, str] | None = None
        self._swept = False

    def place(self, name: str) -> str:
        """Where an object is, for messages and for people."""
        return f"{self.location}/{name}"

    def read(self, name: str) -> bytes:
        """:raises FileNotFoundError: where there is no such object. :raises StoreError: see there."""
        files, root = self._files()
        with self._typed(name):
            return bytes(files.cat_file(f"{root}/{name}"))

    def write(self, name: str, data: bytes) -> None:
        """Put the whole object, in place of one that is there. :raises StoreError: see there."""
        files, root = self._files()
        try:
            with self._typed(name):
                if isinstance(files, LocalFileSystem):
                    self._sweep(Path(root))
                    write_atomically(Path(root) / name, data)
                else:
                    files.pipe_file(f"{root}/{name}", data)
        except FileNotFoundError as fault:
            raise StoreError(f"{self.place(name)}: {fault}") from fault

    def _sweep(self, root: Path) -> None:
        """Before the first writing: take away what writers that were killed left behind."""
        if self._swept:
            return
        self._swept = True
        oldest = time.time() - LEFT_BEHIND_SECONDS
        for path in root.rglob(f"{INCOMING}*"):
            # Another process may sweep at the same time.
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def __contains__(self, name: str) -> bool:
        files, root = self._files()
        with self._typed(name):
            return bool(files.isfile(f"{root}/{name}"))

    def remove(self, name: str) -> None:
        """Free of effect where there is no such object. :raises StoreError: see there."""
        files, root = self._files()
        with self._typed(name), contextlib.suppress(FileNotFoundError):
            files.rm_file(f"{root}/{name}")

    def names(self, folder: str) -> Iterator[str]:
        """All objects below ``folder``, sorted; none where there is no such folder."""
        files, root = self._files()
        with self._typed(folder):
            found = files.find(f"{root}/{folder}")
        for path in sorted(found):
            name = path.removeprefix(f"{root}/")
            if not name.rpartition("/")[2].startswith(INCOMING):
                yield name

    def _files(self) -> tuple[Any, str]:
        """The file system and the location's path in it."""
        if self._opened is None:
            # Listings change under our feet: other processes write to the same place.
            options = {"use_listings_cache": False} if "://" in self.location else {}
            try:
                files, root = fsspec.core.url_to_fs(self.location, **options)
            except (ValueError, ImportError) as fault:
                raise StoreError(f"{self.location} is no place that can be written to: {fault}") from None
            self._opened = files, str(root).rstrip("/")
        return self._opened

    @contextlib.contextmanager
    def _typed(self, name: str) -> Iterator[None]:
        """Any fault of a store's library as a StoreError; only "not found" keeps its type."""
        try:
            yield
        except (FileNotFoundError, StoreError):
            raise
        except Exception as fault:
            raise StoreError(f"{self.place(name)}: {type(fault).__name__}: {fault}") from fault
