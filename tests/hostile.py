"""A publisher that misbehaves: a raw socket server on 127.0.0.1, since well-behaved libraries will not lie.

Every address has a behaviour: a function that gets the request and the connection and does what it likes. The log
holds every request with its time, so that pauses and numbers are read from the server's side.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import TracebackType


@dataclass(frozen=True)
class Asked:
    """One request as the server got it."""

    time: float
    path: str
    headers: Mapping[str, str]  #: by lower-case name
    number: int  #: how often this path was asked for, from 1


@dataclass
class Wire:
    """The connection, and whether the server is still wanted."""

    connection: socket.socket
    ended: threading.Event

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self.connection.sendall(part)

    def wait(self, seconds: float) -> bool:
        """False once the server is ending."""
        return not self.ended.wait(seconds)


Behaviour = Callable[[Asked, Wire], None]


def head(status: str = "200 OK", **headers: object) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def answer(body: bytes, status: str = "200 OK", **headers: object) -> Behaviour:
    """A plain answer with its length."""
    return lambda _asked, wire: wire.send(head(status, Content_Length=len(body), **headers), body)


def validated(body: bytes, media: str = "text/html") -> Behaviour:
    """An honest page: ETag, 304, parts by Range."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'

    def behave(asked: Asked, wire: Wire) -> None:
        if asked.headers.get("if-none-match") == tag:
            wire.send(head("304 Not Modified", ETag=tag, Content_Length=0))
        else:
            wire.send(head(Content_Length=len(body), ETag=tag, Content_Type=media), body)

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The first for the first request, and so on; the last for all after it."""
    return lambda asked, wire: behaviours[min(asked.number, len(behaviours)) - 1](asked, wire)


def redirect(target: str) -> Behaviour:
    return answer(b"", "302 Found", Location=target)


def reset_after(body: bytes, sent: int, **headers: object) -> Behaviour:
    """The whole length is announced, a part is sent, then the connection is reset."""

    def behave(_asked: Asked, wire: Wire) -> None:
        wire.send(head(Content_Length=len(body), **headers), body[:sent])
        wire.wait(0.05)
        wire.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return behave


def endless(_asked: Asked, wire: Wire, **headers: object) -> None:
    """A body without end; with a Location, that of a redirect."""
    wire.send(head("302 Found" if headers else "200 OK", **headers))
    while wire.wait(0):
        wire.send(b"x" * 65536)


def one_byte_at_a_time(seconds: float, *, in_headers: bool = False) -> Behaviour:
    """A byte now and then, for ever: each comes before a time-out of the socket."""

    def behave(_asked: Asked, wire: Wire) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\n" if in_headers else head())
        while wire.wait(seconds):
            wire.send(b"x")

    return behave


def bomb(_asked: Asked, wire: Wire) -> None:
    """One GiB of zeros in about one MiB of gzip: the same compressed piece a thousand times (RFC 1951, full flush)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    assert len(piece) <= 1200
    wire.send(head(Content_Encoding="gzip"), b"\x1f\x8b\x08\0\0\0\0\0\0\xff")
    for _ in range(1024):
        wire.send(piece)


@dataclass
class HostileServer:
    """A server with a behaviour per path; anything else is answered 404."""

    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)

    def __enter__(self) -> HostileServer:
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.base = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._listener.close()

    def asked(self, path: str) -> list[Asked]:
        return [entry for entry in self.log if entry.path == path]

    def gaps(self) -> list[float]:
        """Seconds between the beginnings of one request and the next."""
        moments = sorted(entry.time for entry in self.log)
        return [after - before for before, after in pairwise(moments)]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # A client that hangs up is what most behaviours are meant to provoke.
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            lines = _request_lines(connection)
            path = lines[0].split(" ")[1]
            headers = dict(_pair(line) for line in lines[1:])
            with self._lock:
                entry = Asked(time.monotonic(), path, headers, len(self.asked(path)) + 1)
                self.log.append(entry)
            behave = self.behaviours.get(path, answer(b"404", "404 Not Found"))
            behave(entry, Wire(connection, self._ended))


def _request_lines(connection: socket.socket) -> list[str]:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("no request")
        data += piece
    return data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.lower(), value.strip()


def list_page(items: Iterable[tuple[str, str, str]]) -> bytes:
    """A plain list of (title, address, date)."""
    rows = "".join(f'<li><a href="{link}">{title}</a><span>{date}</span></li>' for title, link, date in items)
    return f'<html><meta charset="utf-8"><body><ul class="list">{rows}</ul></body></html>'.encode()
