"""HTTP for the stand-in publishers: one port each on 127.0.0.1, validators, ranges, a request log and faults.

What belongs here: everything that is the same for all publishers. What does not: any publisher's protocol
(``publishers``), the life of a background process (``process``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from prosperity.sample.model import CHALLENGE_PAGE, Publisher, Request, Response
from prosperity.sample.publishers import all_publishers
from prosperity.sample.ranges import in_range

ADDRESS = "127.0.0.1"
MOST_POSTED = 1024 * 1024  #: bytes of a request's body


@dataclass
class Fault:
    """What goes wrong with requests whose path (with query) holds ``path``; ``times`` limits how often."""

    path: str = ""
    status: int | None = None
    body: bytes | None = None
    truncate: int | None = None  #: announce the whole length, send so many bytes, hang up
    reset: bool = False  #: reset the connection without any answer
    delay: float = 0.0  #: seconds before the answer
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int | None = None


Faults = list[Fault] | Callable[[Request], Fault | None]


def challenge(path: str = "", *, status: int = 412, times: int | None = None) -> Fault:
    """The firewall's answer of www.caict.ac.cn: 412, or with ``status=200`` a tiny page that is no list."""
    return Fault(path, status=status, body=CHALLENGE_PAGE, times=times)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing to report; anything else keeps its trace."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class SamplePublishers:
    """All stand-ins, as a context manager. ``hosts`` maps the real host to the local base address.

    :param state_dir: where ``requests.jsonl`` is written and ``until`` (one ISO date) is re-read on every
        request.
    :param until: items issued after that day are not out yet; may be set while running. None: everything is
        out.
    :param ports: fixed ports by real host; any free port otherwise.
    """

    def __init__(
        self,
        state_dir: Path | None = None,
        until: dt.date | None = None,
        ports: Mapping[str, int] | None = None,
    ) -> None:
        self.state_dir = state_dir
        self.hosts: dict[str, str] = {}
        self.log: list[dict[str, Any]] = []
        self.faults: MutableMapping[str, Faults] = {}
        self._until = until
        self._ports = dict(ports or {})
        self._publishers = all_publishers()
        self._servers: list[_Server] = []
        self._lock = threading.Lock()
        if state_dir is not None:
            state_dir.mkdir(parents=True, exist_ok=True)
            if until is not None:
                self.until = until

    @property
    def until(self) -> dt.date | None:
        """The day up to which releases are out. A file ``until`` in the state folder, if present, decides."""
        if self.state_dir is not None:
            try:
                text = (self.state_dir / "until").read_text(encoding="utf-8").strip()
                self._until = dt.date.fromisoformat(text) if text else None
            except FileNotFoundError:
                self._until = None
            except (
                ValueError
            ):  # caught while being written, or nonsense: the last day that was readable holds
                pass
        return self._until

    @until.setter
    def until(self, day: dt.date | None) -> None:
        self._until = day
        if self.state_dir is not None:
            (self.state_dir / "until").write_text(day.isoformat() if day else "", encoding="utf-8")

    def __enter__(self) -> SamplePublishers:
        unknown = set(self._ports) - {publisher.host for publisher in self._publishers}
        if unknown:
            raise ValueError(f"no stand-in for {', '.join(sorted(unknown))}")
        for publisher in self._publishers:
            server = _Server(
                (ADDRESS, self._ports.get(publisher.host, 0)),
                _handler(self, publisher),
                bind_and_activate=True,
            )
            server.daemon_threads = True
            threading.Thread(
                target=server.serve_forever, args=(0.05,), name=publisher.host, daemon=True
            ).start()
            self._servers.append(server)
            self.hosts[publisher.host] = f"http://{ADDRESS}:{server.server_address[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._servers.clear()

    def publisher(self, host: str) -> Publisher:
        """The stand-in of a host, for tests that look at its documents."""
        return next(publisher for publisher in self._publishers if publisher.host == host)

    def fault_for(self, host: str, request: Request) -> Fault | None:
        faults = self.faults.get(host)
        if callable(faults):
            return faults(request)
        with self._lock:
            for fault in faults or ():
                if fault.path in request.target and fault.times != 0:
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None

    def record(self, host: str, request: Request, status: int, sent: int) -> None:
        """Add one line to the log: what was asked, what was answered, how many bytes of body went out."""
        validators = {
            name: request.headers[name]
            for name in ("if-none-match", "if-modified-since", "range")
            if name in request.headers
        }
        entry = {
            "time": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
            "host": host,
            "method": request.method,
            "path": request.target,
            "status": status,
            "bytes": sent,
            "validators": validators,
        }
        with self._lock:
            self.log.append(entry)
            if self.state_dir is not None:
                with (self.state_dir / "requests.jsonl").open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _handler(publishers: SamplePublishers, publisher: Publisher) -> type[BaseHTTPRequestHandler]:
    """A handler class bound to one publisher."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "nginx"
        sys_version = ""
        timeout = 30
        disable_nagle_algorithm = (
            True  # headers and body are two writes: the second would wait for an acknowledgement
        )

        def do_GET(self) -> None:
            self._answer()

        def do_HEAD(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            length = _content_length(self)
            if length is not None and getattr(publisher, "accepts_post", False):
                self._answer(self.rfile.read(length))
                return
            self.close_connection = True  # the body is not read
            self._send(_request(self), Response(b"405 Method Not Allowed", "text/plain", 405))

        def log_message(self, format: str, *args: Any) -> None:
            """Requests are recorded by ``SamplePublishers.record`` instead."""

        def _answer(self, body: bytes = b"") -> None:
            request = _request(self, body)
            fault = publishers.fault_for(publisher.host, request)
            if fault and fault.delay:
                time.sleep(fault.delay)
            if fault and fault.reset:
                publishers.record(publisher.host, request, 0, 0)
                _reset(self)
                return
            response = publisher.respond(request, publishers.until)
            self._send(request, _faulty(response, fault), fault.truncate if fault else None)

        def _send(self, request: Request, response: Response, truncate: int | None = None) -> None:
            response, headers = _with_validators(request, response)
            body = response.body
            if truncate is not None:
                body = body[:truncate]
                self.close_connection = True
                headers["Connection"] = "close"
            sent = 0 if request.method == "HEAD" else len(body)
            publishers.record(publisher.host, request, response.status, sent)
            self._write(request, response.status, headers, body)

        def _write(self, request: Request, status: int, headers: Mapping[str, str], body: bytes) -> None:
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if request.method != "HEAD":
                    self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    return Handler


def _request(handler: BaseHTTPRequestHandler, body: bytes = b"") -> Request:
    headers = {name.lower(): value for name, value in handler.headers.items()}
    return Request(handler.command, handler.path, headers, body)


def _content_length(handler: BaseHTTPRequestHandler) -> int | None:
    """Length of a body that is worth reading; None where it is not announced or too long."""
    length = handler.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() and int(length) <= MOST_POSTED else None


def _faulty(response: Response, fault: Fault | None) -> Response:
    if fault is None or (fault.status is None and fault.body is None and not fault.headers):
        return response
    return Response(
        response.body if fault.body is None else fault.body,
        response.media_type,
        fault.status or response.status,
        {**response.headers, **fault.headers},
        response.modified,
        ranges=response.ranges and fault.body is None,
    )


def _with_validators(request: Request, response: Response) -> tuple[Response, dict[str, str]]:
    """Apply If-None-Match, If-Modified-Since and Range; give the answer and all its headers."""
    headers = {"Content-Type": response.media_type, **response.headers}
    if response.status == 200 and request.method != "POST":
        tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
        headers["ETag"] = tag
        if response.modified:
            headers["Last-Modified"] = format_datetime(response.modified, usegmt=True)
        if _unchanged(request, response, tag):
            headers.pop("Content-Type")
            headers["Content-Length"] = "0"
            return Response(b"", status=304), headers
        if response.ranges:
            headers["Accept-Ranges"] = "bytes"
            response = in_range(request.headers, response, tag, headers)
    headers["Content-Length"] = str(len(response.body))
    return response, headers


def _unchanged(request: Request, response: Response, tag: str) -> bool:
    sent = request.headers.get("if-none-match")
    if sent is not None:  # takes precedence over the date
        return sent.strip() == "*" or tag in [part.strip().removeprefix("W/") for part in sent.split(",")]
    since = request.headers.get("if-modified-since")
    if since is None or response.modified is None:
        return False
    try:
        return response.modified <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _reset(handler: BaseHTTPRequestHandler) -> None:
    """Close so that the peer sees a reset and not an orderly end."""
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    # The handler flushes its (empty) buffer after us: that must not fail on the closed socket.
    handler.wfile = _Nowhere()  # type: ignore[assignment]


class _Nowhere:
    closed = True

    def write(self, data: bytes) -> int:
        return len(data)

    def flush(self) -> None: ...

    def close(self) -> None: ...
