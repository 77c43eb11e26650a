"""Extraction in a child process with limits: whatever a document does, the caller gets a result or a typed
error.

Statuses of ExtractionError: ``empty``, ``not-a-pdf``, ``unsupported``, ``truncated``, ``corrupt``,
``encrypted``,
``needs-ocr``, ``too-many-pages``, ``too-complex``, ``memory``, ``cpu``, ``wall``, ``crashed``.

One warm server (``forkserver``) per process, started on first use, ended with the process; any number of
threads.
A forked process starts its own. A child costs a few milliseconds, since everything is imported already.
"""

from __future__ import annotations

import atexit
import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from prosperity.extract.codec import decode, encode
from prosperity.extract.forkserver import LENGTH, READY, WALL, End
from prosperity.extract.model import Extraction, ExtractionError
from prosperity.extract.ocr_pages import WANTED
from prosperity.extract.request import DEFAULT, Limits, Request, for_recognition
from prosperity.extract.worker import HTML, JSON, PDF, Job, Reply

__all__ = ["DEFAULT", "Limits", "Request", "extract", "media_type_of", "read", "shut_down"]

START_SECONDS = 60.0
GRACE_SECONDS = 10.0  #: beyond the wall limit, until the server itself is taken for hung
#: Abort, trap, illegal instruction, segmentation fault: how native code ends when an allocation fails.
_ALLOCATION_SIGNALS = (signal.SIGABRT, signal.SIGTRAP, signal.SIGILL, signal.SIGSEGV)


def extract(
    data: bytes,
    *,
    media_type: str,
    sha256: str,
    request: Request,
    limits: Limits = DEFAULT,
    issued: dt.date | None = None,
    declared_encoding: str | None = None,
) -> Extraction:
    """Tables and statements of one document, read in a child process.

    ``issued`` completes periods without a year; ``declared_encoding`` is what the server said of an HTML
    page.

    :raises ExtractionError: with a status from the list at the head of this module, naming limit or cause
    and place.
    :raises ValueError: if a pattern in ``request.captions`` is not a regular expression.
    """
    for pattern in request.captions or ():
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"caption {pattern!r} is not a regular expression: {error}") from error
    job = Job(media_type, sha256, request, limits, issued, declared_encoding)
    try:
        return _answered(job, data)
    except ExtractionError as error:
        if error.status != WANTED:
            raise
    return _answered(replace(job, limits=for_recognition(limits), recognise=True), data)


def _answered(job: Job, data: bytes) -> Extraction:
    """The extraction that one child gives."""
    limits = job.limits
    packed, end = _server().run(encode(job), data, limits.wall_seconds)
    if packed is None:
        raise _cause_of(end, limits)
    try:
        reply = decode(Reply, packed)
    except ValueError as error:
        raise ExtractionError("crashed", f"the child's reply cannot be read: {error}") from error
    if reply.extraction is None:
        raise ExtractionError(reply.status, reply.message)
    return reply.extraction


def read(
    document: str | Path | bytes,
    request: Request,
    *,
    limits: Limits = DEFAULT,
    issued: dt.date | None = None,
) -> Extraction:
    """``extract`` for a path or bytes whose media type is not known."""
    data = document if isinstance(document, bytes) else Path(document).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return extract(
        data, media_type=media_type_of(data), sha256=digest, request=request, limits=limits, issued=issued
    )


def media_type_of(data: bytes) -> str:
    """JSON or HTML if it looks like it, otherwise PDF (and then the gate says what is wrong)."""
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"{", b"[")):
        return JSON
    if b"%pdf-" not in head and (
        head.startswith((b"<!doctype html", b"<html", b"<?xml")) or b"<html" in head
    ):
        return HTML[0]
    return PDF


def _cause_of(end: End | None, limits: Limits) -> ExtractionError:
    """Why a child ended without a reply."""
    if end is None:
        return ExtractionError("crashed", "document: the extraction server ended while it was being read")
    if end.timed_out:
        return ExtractionError("wall", f"document: not done after {limits.wall_seconds:g} s")
    if end.signal == signal.SIGXCPU or (end.signal == signal.SIGKILL and end.cpu >= limits.cpu_seconds):
        return ExtractionError("cpu", f"document: more than {limits.cpu_seconds} s of processor time needed")
    megabytes = limits.memory_bytes // 1024**2
    if end.signal in _ALLOCATION_SIGNALS and end.resident > limits.memory_bytes // 2:
        return ExtractionError("memory", f"document: more than {megabytes} MB of memory needed")
    how = f"signal {signal.Signals(end.signal).name}" if end.signal else f"exit status {end.code}"
    return ExtractionError(
        "crashed", f"document: the child ended with {how}, {end.resident // 1024**2} MB in use"
    )


# ------------------------------------------------------------------------------------------------ the server


class _Server:
    """Client side of one fork server. Thread-safe: every document has its own socket."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def run(self, job: bytes, data: bytes, wall: float) -> tuple[bytes | None, End | None]:
        """Reply of the child (None if it gave none) and how it ended; a server that has died is replaced
        once."""
        for attempt in (1, 2):
            ours, theirs = socket.socketpair()
            status_read, status_write = os.pipe()
            try:
                with _file_with(data) as file:
                    sent = self._send([theirs.fileno(), file, status_write], wall)
                theirs.close()
                os.close(status_write)
                status_write = -1
                if not sent:
                    continue
                packed, end, hung = _converse(ours, status_read, job, wall + GRACE_SECONDS)
            finally:
                ours.close()
                theirs.close()
                os.close(status_read)
                if status_write >= 0:
                    os.close(status_write)
            if hung:
                self.stop()
                return None, End(timed_out=True)
            if packed is not None or end is not None or attempt == 2:
                return packed, end
            self.stop()
        return None, None

    def _send(self, descriptors: list[int], wall: float) -> bool:
        with self._lock:
            control = self._started()
            try:
                socket.send_fds(control, [WALL.pack(wall)], descriptors)
            except OSError:
                self._stop()
                return False
            return True

    def _started(self) -> socket.socket:
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self._stop()
        ours, theirs = socket.socketpair()
        with tempfile.TemporaryFile() as complaints:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "prosperity.extract.forkserver", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                env=_environment(),
                cwd="/",
                start_new_session=True,  # an interrupt from the keyboard is the client's business
            )
            theirs.close()
            ours.settimeout(START_SECONDS)
            try:
                ready = ours.recv(len(READY))
            except OSError:
                ready = b""
            if ready != READY:
                self._process.kill()
                self._process.wait()
                ours.close()
                complaints.seek(0)
                said = complaints.read()[-500:].decode("utf-8", "replace").strip()
                raise ExtractionError("crashed", f"the extraction server did not start: {said}")
        ours.settimeout(GRACE_SECONDS)
        self._control = ours
        return ours

    def stop(self) -> None:
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()  # the server kills its children and leaves
            self._control = None
        if self._process is not None and os.getpid() == self.owner:
            try:
                self._process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None


def _environment() -> dict[str, str]:
    """The few variables that the server needs: no secrets near hostile documents."""
    root = str(Path(__file__).resolve().parents[2])
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH") if name in os.environ
    }
    search = [root, *(entry for entry in sys.path if entry and Path(entry).is_dir())]
    return {**kept, "PYTHONPATH": os.pathsep.join(dict.fromkeys(search)), "PYTHONDONTWRITEBYTECODE": "1"}


@contextlib.contextmanager
def _file_with(data: bytes) -> Iterator[int]:
    """Descriptor of a file without a name that holds the data."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("document", os.MFD_CLOEXEC)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            yield file.fileno()
        return
    with tempfile.TemporaryFile() as temporary:
        temporary.write(data)
        temporary.flush()
        yield temporary.fileno()


def _converse(
    connection: socket.socket, status: int, job: bytes, seconds: float
) -> tuple[bytes | None, End | None, bool]:
    """Send the job; collect the reply and the line about the child's end. The last value: the server is hung.

    Lengths and lines decide, not the closing of descriptors, of which a process forked meanwhile may hold
    copies.
    """
    with contextlib.suppress(OSError):
        connection.sendall(LENGTH.pack(len(job)) + job)
    connection.setblocking(False)
    reply, line = bytearray(), bytearray()
    open_ends = {connection.fileno(), status}
    deadline = time.monotonic() + seconds
    while open_ends and not line.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0:
            return None, None, True
        poll = select.poll()
        for descriptor in open_ends:
            poll.register(descriptor, select.POLLIN)
        for descriptor, _ in poll.poll(min(left, 5.0) * 1000):
            part = _received(connection) if descriptor == connection.fileno() else os.read(status, 4096)
            (reply if descriptor == connection.fileno() else line).extend(part)
            if not part:
                open_ends.discard(descriptor)
    while part := _received(connection):  # what the child sent before it ended
        reply.extend(part)
    end = End(**json.loads(line)) if line.endswith(b"\n") else None
    return _complete(bytes(reply)), end, False


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1 << 20)
    except (BlockingIOError, ConnectionResetError):
        return b""


def _complete(reply: bytes) -> bytes | None:
    if len(reply) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(reply[: LENGTH.size])
    body = reply[LENGTH.size :]
    return body if len(body) == length else None


_current: _Server | None = None
_guard = threading.Lock()


def _server() -> _Server:
    global _current
    with _guard:
        if _current is None or _current.owner != os.getpid():
            _current = _Server()
        return _current


def shut_down() -> None:
    """End the server and any children. Called at exit; the next document starts a new one."""
    global _current
    with _guard:
        server, _current = _current, None
    if server is not None and server.owner == os.getpid():
        server.stop()


atexit.register(shut_down)
