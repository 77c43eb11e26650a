"""Polite HTTP: one request at a time per host, pauses, conditional requests, retries only where they heal.

The collector always works with the publisher's own addresses. Where the instance runs on the sample
publishers, ``overrides`` maps a host to another base address at the last moment, so that everything above
and everything recorded is the same in both modes.

Rules (sources.md §3): at least the catalogue's pause between two requests to a host, counted across
processes by a lock file; robots.txt honoured (absent means allowed); TLS always verified; only hosts the
source names, also after redirects; bodies bounded while streaming; a body is transferred only once as long
as the server supports validators (RFC 9110 §13). What is asked by POST has none: there the answer is compared
with the last one, and kept only if it says something else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit, urlunsplit

import requests
from protego import Protego

from prosperity.collect.archive import Archive, ArchiveError, write_atomically
from prosperity.collect.turns import Turn

#: Statuses that time can heal: time-outs, rate limits, the firewall's 412 challenge, server faults.
RETRYABLE = frozenset({408, 412, 425, 429, 500, 502, 503, 504})
KEPT_HEADERS = (
    "content-type",
    "etag",
    "last-modified",
    "content-length",
    "date",
    "x-sample",
    "x-sample-issued",
)


class FetchError(Exception):
    """A document that could not be had: cause and address, and whether trying again later can help."""

    def __init__(self, address: str, cause: str, *, retryable: bool, status: int | None = None) -> None:
        super().__init__(f"{cause} ({address})")
        self.address, self.cause, self.retryable, self.status = address, cause, retryable, status


#: Why a body is not what was asked for (a firewall's challenge page with status 200); None where it may be.
Doubt = Callable[[bytes], str | None]


@dataclass(frozen=True)
class Fetched:
    """A body, from the network or, when the server said "not modified", from the archive."""

    address: str  #: the publisher's address after redirects
    body: bytes
    sha256: str
    headers: Mapping[str, str]
    fetched_at: dt.datetime  #: when these bytes were transferred
    not_modified: bool


@dataclass(frozen=True)
class _Asked:
    """What is asked for: ``name`` is how it is remembered, ``content`` what of the answer to a POST counts."""

    name: str
    headers: Mapping[str, str]
    body: bytes | None = None
    content: Callable[[bytes], str] | None = None
    doubt: Doubt | None = None

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


@dataclass
class Limits:
    """Bounds of one request and of all tries for one address together."""

    connect_seconds: float = 10
    read_seconds: float = 30  #: longest silence of the server
    body_seconds: float = 300  #: longest transfer of a whole body
    body_bytes: int = 100 * 1024 * 1024
    tries: int = 5
    retry_pause: float = 2.0  #: before the second try; doubled for each further one
    budget_seconds: float = 900


@dataclass
class Client:
    """HTTP for one source's hosts. ``state`` holds validators and host locks, shared by all processes."""

    archive: Archive
    state: Path
    user_agent: str
    hosts: tuple[str, ...]
    pause: float
    headers: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)  #: the instance's clock
    sent: int = 0  #: requests
    transferred: int = 0  #: bodies that say something new
    not_modified: int = 0  #: 304, and answers to POST that say what the archived one says

    def __post_init__(self) -> None:
        self._sessions: dict[str, requests.Session] = {}
        self._robots: dict[str, Protego] = {}

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------ public

    def get(
        self,
        address: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        doubt: Doubt | None = None,
    ) -> Fetched:
        """Fetch ``address`` (with ``params``), at most once if it has not changed since the last time.

        :param doubt: a body for which it gives a reason is neither kept nor remembered, and asked for again.
        :raises FetchError: after all tries, or at once for what cannot heal.
        """
        if params:
            address = f"{address}{'&' if '?' in address else '?'}{urlencode(params)}"
        self._require_allowed_host(address)
        self._require_robots_allow(address)
        return self._with_retries(address, _Asked(address, headers or {}, doubt=doubt))

    def post(
        self,
        address: str,
        body: bytes,
        *,
        content: Callable[[bytes], str],
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Ask an interface by POST, as politely as ``get``; what is asked must be free of effect.

        ``address`` names what is asked for in its fragment, which is not sent. ``content`` gives what of an answer
        counts: one that says what the last one said is that one again (``not_modified``), however its bytes
        differ. It may raise whatever tells that the answer is none; nothing is kept then.

        :raises FetchError: as ``get``.
        """
        self._require_allowed_host(address)
        self._require_robots_allow(address)
        asked = _Asked(f"POST {address}", headers or {}, body, content)
        found = self._with_retries(urldefrag(address).url, asked)
        return replace(found, address=address)

    # ------------------------------------------------------------------------------------------ tries

    def _with_retries(self, address: str, asked: _Asked) -> Fetched:
        started = time.monotonic()
        wait = self.limits.retry_pause
        for attempt in range(1, self.limits.tries + 1):
            try:
                return self._follow(address, asked)
            except FetchError as fault:
                waited = time.monotonic() - started
                last_try = attempt == self.limits.tries or waited + wait > self.limits.budget_seconds
                if not fault.retryable or last_try:
                    note = f"; gave up after {attempt} tries in {waited:.0f} s" if fault.retryable else ""
                    raise FetchError(
                        address, fault.cause + note, retryable=fault.retryable, status=fault.status
                    ) from fault
                pause = max(wait, getattr(fault, "retry_after", 0.0))
                time.sleep(min(pause, self.limits.budget_seconds) * random.uniform(1.0, 1.25))
                wait *= 2
        raise AssertionError("unreachable: the loop returns or raises")

    def _follow(self, address: str, asked: _Asked) -> Fetched:
        """One try, with at most five redirects, each checked before it is followed."""
        current = address
        for _ in range(6):
            response = self._request(current, asked)
            if isinstance(response, Fetched):
                return response
            current = urljoin(current, response)
            self._require_allowed_host(current)
        raise FetchError(address, "more than five redirects", retryable=False)

    def _request(self, address: str, asked: _Asked) -> Fetched | str:
        """One request on the wire: the body, or the target of a redirect."""
        memory = self._remember(asked.name)
        if memory and memory["sha256"] not in self.archive:
            memory = None
        sent = {"User-Agent": self.user_agent, "Accept-Encoding": "gzip, deflate", **self.headers}
        sent |= asked.headers
        if memory and asked.body is None:
            sent |= _conditions(memory)
        try:
            with (
                self._turn(address),
                self._session(address).request(
                    asked.method,
                    self._on_the_wire(address),
                    data=asked.body,
                    headers=sent,
                    stream=True,
                    allow_redirects=False,
                    timeout=(self.limits.connect_seconds, self.limits.read_seconds),
                ) as response,
            ):
                self.sent += 1
                if response.status_code == 304 and memory:
                    return self._from_archive(address, memory)
                # Only 307 and 308 keep method and body (RFC 9110 §15.4).
                if response.is_redirect and (asked.body is None or response.status_code in (307, 308)):
                    return str(response.headers["location"])
                if response.status_code != 200:
                    raise self._refusal(address, response)
                body = self._read(address, response)
                if asked.doubt and (reason := asked.doubt(body)):
                    raise FetchError(address, reason, retryable=True)
                kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        except requests.exceptions.SSLError as fault:
            raise FetchError(address, f"TLS certificate not accepted: {fault}", retryable=False) from fault
        except requests.exceptions.RequestException as fault:
            cause = f"{type(fault).__name__}: {_short(fault)}"
            raise FetchError(address, cause, retryable=True) from fault
        content = hashlib.sha256(asked.content(body).encode()).hexdigest() if asked.content else None
        if memory and content is not None and content == memory.get("content"):
            return self._from_archive(address, memory)
        return self._keep(address, asked.name, body, kept, content)

    def _keep(
        self, address: str, name: str, body: bytes, headers: Mapping[str, str], content: str | None
    ) -> Fetched:
        """Archive the body and remember its validators, or the hash of what of it counts."""
        self.transferred += 1
        sha256 = self.archive.put(body)
        now = self.now()
        lower = {header.lower(): value for header, value in headers.items()}
        record: dict[str, Any] = {
            "address": name,
            "final": address,
            "sha256": sha256,
            "headers": lower,
            "fetched_at": now.isoformat(),
        }
        if content is not None:
            record["content"] = content
        write_atomically(self._memory_path(name), json.dumps(record, ensure_ascii=False).encode())
        return Fetched(address, body, sha256, lower, now, not_modified=False)

    def _read(self, address: str, response: requests.Response) -> bytes:
        """The body, bounded in size and time while it streams; shorter than announced is a fault that heals."""
        parts: list[bytes] = []
        size = 0
        deadline = time.monotonic() + self.limits.body_seconds
        for part in response.iter_content(64 * 1024):
            parts.append(part)
            size += len(part)
            if size > self.limits.body_bytes:
                raise FetchError(address, f"body larger than {self.limits.body_bytes} bytes", retryable=False)
            if time.monotonic() > deadline:
                raise FetchError(
                    address, f"body not complete after {self.limits.body_seconds:.0f} s", retryable=True
                )
        return b"".join(parts)

    def _refusal(self, address: str, response: requests.Response) -> FetchError:
        status = response.status_code
        fault = FetchError(address, f"HTTP status {status}", retryable=status in RETRYABLE, status=status)
        fault.retry_after = _retry_after(response.headers.get("retry-after"))  # type: ignore[attr-defined]
        return fault

    def _from_archive(self, address: str, memory: Mapping[str, Any]) -> Fetched:
        self.not_modified += 1
        try:
            body = self.archive.get(memory["sha256"])
        except ArchiveError as fault:
            # The copy is damaged: forget the validators so that the next try transfers it again.
            self._memory_path(memory["address"]).unlink(missing_ok=True)
            self.archive.path(memory["sha256"]).unlink(missing_ok=True)
            raise FetchError(address, str(fault), retryable=True) from fault
        fetched_at = dt.datetime.fromisoformat(memory["fetched_at"])
        return Fetched(
            memory["final"], body, memory["sha256"], memory["headers"], fetched_at, not_modified=True
        )

    # ------------------------------------------------------------------------------------ politeness

    def _turn(self, address: str) -> Turn:
        return Turn(self.state / "hosts", urlsplit(address).hostname or "", self.pause)

    def _session(self, address: str) -> requests.Session:
        host = urlsplit(address).netloc
        if host not in self._sessions:
            session = requests.Session()
            session.mount("https://", requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=1))
            session.mount("http://", requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=1))
            self._sessions[host] = session
        return self._sessions[host]

    def _on_the_wire(self, address: str) -> str:
        parts = urlsplit(address)
        base = self.overrides.get(parts.hostname or "")
        if base is None:
            return address
        target = urlsplit(base)
        return urlunsplit((target.scheme, target.netloc, parts.path, parts.query, ""))

    def _require_allowed_host(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https"):
            raise FetchError(address, f"scheme {parts.scheme!r} is not allowed", retryable=False)
        if parts.hostname not in self.hosts:
            raise FetchError(
                address,
                f"host {parts.hostname!r} is not one the source names: {', '.join(self.hosts)}",
                retryable=False,
            )

    def _require_robots_allow(self, address: str) -> None:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._load_robots(origin)
        if not self._robots[origin].can_fetch(address, self.user_agent):
            raise FetchError(address, "robots.txt does not allow it", retryable=False)

    def _load_robots(self, origin: str) -> Protego:
        """robots.txt, asked for once a day; 4xx means there is none (RFC 9309 §2.3.1.3)."""
        note = self._memory_path(f"robots {origin}")
        if note.exists() and time.time() - note.stat().st_mtime < 86_400:
            return Protego.parse(note.read_text(encoding="utf-8"))
        try:
            address = f"{origin}/robots.txt"
            text = self._with_retries(address, _Asked(address, {})).body.decode("utf-8", "replace")
        except FetchError as fault:
            if fault.status is None or not 400 <= fault.status < 500:
                raise
            text = ""
        write_atomically(note, text.encode())
        return Protego.parse(text)

    # --------------------------------------------------------------------------------------- memory

    def _memory_path(self, address: str) -> Path:
        return self.state / "validators" / f"{hashlib.sha256(address.encode()).hexdigest()}.json"

    def _remember(self, address: str) -> dict[str, Any] | None:
        try:
            record: dict[str, Any] = json.loads(self._memory_path(address).read_bytes())
        except (OSError, ValueError):
            return None
        return record


def _conditions(memory: Mapping[str, Any]) -> dict[str, str]:
    """Headers that make a request conditional on what is remembered (RFC 9110 §13.1)."""
    validators = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
    return {name: memory["headers"][key] for name, key in validators.items() if memory["headers"].get(key)}


def _retry_after(value: str | None) -> float:
    """Seconds named by a Retry-After header (a number or a date), at most ten minutes; 0 without one."""
    if not value:
        return 0.0
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - dt.datetime.now(dt.UTC)).total_seconds()
        except (TypeError, ValueError):
            return 0.0
    return min(max(seconds, 0.0), 600.0)


def _short(fault: BaseException) -> str:
    text = " ".join(str(fault).split())
    return text if len(text) <= 200 else f"{text[:200]}…"
