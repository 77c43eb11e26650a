"""The warm process that forks one child per document (started by ``sandbox``, never by hand).

Own server instead of multiprocessing's: that one is shared with whoever else uses it in the process,
imports the
caller's main module into every child, and answers with pickles.

Protocol: over the control socket the client sends the wall limit (8 bytes) with three descriptors: a
socket for job
and reply, a file with the document, a pipe for the end. The child reads the job from its socket (length,
JSON),
answers there (length, JSON) and exits; the server then writes one line of JSON to the pipe. When the control
socket closes or the client is gone, everything ends: the server is single-threaded and keeps nothing.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import logging
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass

WALL = struct.Struct("!d")
LENGTH = struct.Struct("!Q")
READY = b"ready\n"
POLL_SECONDS = 1.0


@dataclass
class Child:
    pid: int
    status: int  #: descriptor of the pipe for the end
    deadline: float
    timed_out: bool = False


@dataclass(frozen=True)
class End:
    """How a child ended."""

    code: int = 0
    signal: int = 0
    resident: int = 0  #: greatest resident size in bytes
    cpu: float = 0.0  #: seconds
    timed_out: bool = False


PRELOADED = (
    "pdfplumber.page",
    "pypdfium2.raw",
    "prosperity.extract.health",
    "prosperity.extract.paragraphs",
    "prosperity.extract.worker",
    "prosperity.extract.html",
)


def preload() -> None:
    """Import what children need, before the first fork."""
    for name in PRELOADED:
        # An error here must not stop the reading of other kinds of documents; the child will name it.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # a page makes many small objects and hardly a cycle


def serve(control: socket.socket) -> None:
    """Answer until the client is gone."""
    parent = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    os.set_blocking(wake_read, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: dict[int, Child] = {}
    control.sendall(READY)
    try:
        while os.getppid() == parent:
            poll = select.poll()
            poll.register(control, select.POLLIN)
            poll.register(wake_read, select.POLLIN)
            for child in children.values():
                poll.register(child.status, 0)  # an error is reported when the client has closed its end
            events = dict(poll.poll(_pause(children) * 1000))
            if wake_read in events:
                with contextlib.suppress(BlockingIOError):
                    os.read(wake_read, 4096)
            _reap(children)
            _stop_late_ones(children, events)
            if control.fileno() in events and not _accept(control, children, (wake_read, wake_write)):
                break
    finally:
        for child in children.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
        for child in children.values():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child.pid, 0)


def _pause(children: dict[int, Child]) -> float:
    now = time.monotonic()
    return max(0.0, min([POLL_SECONDS, *(child.deadline - now for child in children.values())]))


def _reap(children: dict[int, Child]) -> None:
    for pid, child in list(children.items()):
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if not done:
            continue
        end = End(
            code=os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 0,
            signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            resident=usage.ru_maxrss * 1024,
            cpu=usage.ru_utime + usage.ru_stime,
            timed_out=child.timed_out,
        )
        with contextlib.suppress(OSError):
            os.write(child.status, json.dumps(end.__dict__).encode() + b"\n")
        os.close(child.status)
        del children[pid]


def _stop_late_ones(children: dict[int, Child], events: dict[int, int]) -> None:
    now = time.monotonic()
    for child in children.values():
        client_is_gone = events.get(child.status, 0) & (select.POLLERR | select.POLLHUP)
        if now >= child.deadline and not child.timed_out:
            child.timed_out = True
            os.kill(child.pid, signal.SIGKILL)
        elif client_is_gone:
            os.kill(child.pid, signal.SIGKILL)


def _accept(control: socket.socket, children: dict[int, Child], own: tuple[int, ...]) -> bool:
    """Start a child for the next document; False when the client has closed the control socket."""
    message, descriptors, _, _ = socket.recv_fds(control, WALL.size, 3)
    if len(message) < WALL.size or len(descriptors) != 3:
        return False
    job, data, status = descriptors
    server = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            for descriptor in (*own, status, control.fileno(), *(c.status for c in children.values())):
                os.close(descriptor)
            _child(job, data, server)
        finally:
            os._exit(1)
    os.close(job)
    os.close(data)
    (wall,) = WALL.unpack(message)
    children[pid] = Child(pid, status, time.monotonic() + wall)
    return True


# ------------------------------------------------------------------------------------------------ the child


def _child(job_descriptor: int, data_descriptor: int, server: int) -> None:
    from prosperity.extract.codec import decode, encode
    from prosperity.extract.worker import Job, Reply, answer

    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    _die_with(server)
    with socket.socket(fileno=job_descriptor) as connection:
        job = decode(Job, receive(connection))
        _limit(job.limits.memory_bytes, job.limits.cpu_seconds, job.limits.file_bytes, job.limits.open_files)
        with os.fdopen(data_descriptor, "rb") as file:
            file.seek(0)
            data = file.read()
        reply = answer(data, job)
        try:
            packed = encode(reply)
        except MemoryError:
            packed = encode(Reply(status="memory", message="document: the result does not fit into memory"))
        connection.sendall(LENGTH.pack(len(packed)) + packed)
    os._exit(0)


def _die_with(server: int) -> None:
    """Have the kernel end this child when the server ends (Linux)."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != server:
        os._exit(1)


def _limit(memory: int, cpu: int, file_size: int, files: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def receive(connection: socket.socket) -> bytes:
    """One message: length, then so many bytes."""
    (length,) = LENGTH.unpack(_exactly(connection, LENGTH.size))
    return _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(min(length - len(parts), 1 << 20))
        if not part:
            raise EOFError(f"connection closed after {len(parts)} of {length} bytes")
        parts += part
    return bytes(parts)


if __name__ == "__main__":
    preload()
    serve(socket.socket(fileno=int(sys.argv[1])))
