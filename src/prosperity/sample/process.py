"""The sample publishers as a background process: started when they are down, stopped only if ours.

``publishers.json`` in the state folder says pid and addresses. A pid alone proves nothing (numbers are used
again): the running process holds the lock ``running.lock``, which the system frees when it dies, however it
dies.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from prosperity.sample.server import SamplePublishers

_FILE = "publishers.json"
_ASKING, _RUNNING = "publishers.lock", "running.lock"
_START_SECONDS = 20.0
_STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Running:
    """Stand-ins that answer: ``hosts`` maps the real host to its local address; ``started``: by this call."""

    hosts: Mapping[str, str]
    started: bool
    pid: int


class SampleError(RuntimeError):
    """The sample publishers did not come up."""


def ensure_running(state_dir: Path) -> Running:
    """Start the stand-ins in the background unless they run already.

    :raises SampleError: if they do not come up; the message names the log.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(str(state_dir / _ASKING)):
        state = _alive(state_dir)
        if state:
            return Running(state["hosts"], False, state["pid"])
        if not _freed(state_dir):
            raise SampleError(f"a process holds {state_dir / _RUNNING} but gives no addresses in {_FILE}")
        (state_dir / _FILE).unlink(missing_ok=True)
        with (state_dir / "publishers.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "prosperity.sample", "--state", str(state_dir)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            state = _alive(state_dir)
            if state:
                _reap_later(child)
                return Running(state["hosts"], True, state["pid"])
            if child.poll() is not None:
                break
            time.sleep(0.05)
        if child.poll() is None:
            child.terminate()
        raise SampleError(f"the sample publishers did not come up; see {state_dir / 'publishers.log'}")


def stop(state_dir: Path) -> bool:
    """Stop the stand-ins of this state folder. False if none of ours was running."""
    if not state_dir.is_dir():
        return False
    with FileLock(str(state_dir / _ASKING)):
        state = _alive(state_dir)
        if not state:
            return False
        os.kill(state["pid"], signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline:
            if not _held(state_dir):
                return True
            time.sleep(0.05)
    raise SampleError(f"process {state['pid']} did not end within {_STOP_SECONDS:.0f} s of SIGTERM")


def run(state_dir: Path, until: dt.date | None = None) -> int:
    """Run in this process until SIGTERM or SIGINT; ``publishers.json`` is there exactly while all answer.

    Returns 1 at once if stand-ins already run for this folder.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    ended = threading.Event()
    # Set explicitly: a parent may have left both ignored.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    running = FileLock(str(state_dir / _RUNNING))
    try:
        running.acquire(timeout=2.0)  # somebody may be probing it for a moment
    except Timeout:
        sys.stderr.write(f"sample publishers are running for {state_dir} already\n")
        return 1
    with running, SamplePublishers(state_dir, until) as publishers:
        _write_atomically(state_dir / _FILE, {"pid": os.getpid(), "hosts": publishers.hosts})
        while not ended.wait(1.0):
            if not state_dir.is_dir():  # the folder was removed: nobody can find or stop us any more
                return 0
        (state_dir / _FILE).unlink(missing_ok=True)
    running.release()
    return 0


def _held(state_dir: Path) -> bool:
    """Whether a process holds the running lock. Ask only while holding the asking lock."""
    try:
        with FileLock(str(state_dir / _RUNNING)).acquire(blocking=False):
            return False
    except Timeout:
        return True


def _freed(state_dir: Path) -> bool:
    """Wait until nobody holds the running lock: a process that was killed does so for a moment yet."""
    deadline = time.monotonic() + _STOP_SECONDS
    while _held(state_dir):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _alive(state_dir: Path) -> dict[str, Any] | None:
    """What ``publishers.json`` says, if the process that wrote it lives."""
    if not _held(state_dir):
        return None
    try:
        state = json.loads((state_dir / _FILE).read_text(encoding="utf-8"))
        hosts = dict(state["hosts"])
        # A process that was killed still holds its lock for a moment, when nobody answers any more.
        return (
            {"pid": int(state["pid"]), "hosts": hosts} if _answers(next(iter(hosts.values()), "")) else None
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None  # starting up, or written by somebody else


def _answers(address: str) -> bool:
    """Whether somebody answers at ``http://host:port``. For a dying process the system still takes connections."""
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=2) as connection:
            connection.sendall(b"HEAD /robots.txt HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return bool(connection.recv(1))
    except OSError:
        return False


def _write_atomically(path: Path, content: object) -> None:
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
    draft.replace(path)


def _reap_later(child: subprocess.Popen[bytes]) -> None:
    """Wait for the child in the background, so that it leaves no zombie when it is stopped."""
    threading.Thread(target=child.wait, name="sample-publishers", daemon=True).start()
