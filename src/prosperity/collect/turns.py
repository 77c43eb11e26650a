"""Turns at a publisher's host: one request at a time and a pause in between, across processes.

What belongs here: the lock and the clock of one host. What does not: requests (``http``).
"""

from __future__ import annotations

import hashlib
import random
import time
from pathlib import Path

from filelock import FileLock, Timeout

from prosperity.collect.fetched import FetchError


class Turn:
    """A process's turn at a host: waits for the others, then for the pause since the last request.

    :raises FetchError: where the turn does not come within ten minutes.
    """

    def __init__(self, folder: Path, host: str, pause: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(host.encode()).hexdigest()[:16]
        self._lock = FileLock(folder / f"{name}.lock", timeout=600)
        self._stamp = folder / f"{name}.last"
        self._host, self._pause = host, pause

    def __enter__(self) -> None:
        try:
            self._lock.acquire()
        except Timeout:
            cause = "other processes ask this host all the time"
            raise FetchError(self._host, cause, retryable=True) from None
        try:
            elapsed = time.time() - self._stamp.stat().st_mtime
        except FileNotFoundError:
            elapsed = self._pause
        if 0 <= elapsed < self._pause:
            time.sleep((self._pause - elapsed) * random.uniform(1.0, 1.2))

    def __exit__(self, *_: object) -> None:
        self._stamp.touch()
        self._lock.release()
