"""Polite HTTP: one request at a time per host, pauses, conditional requests, retries only where they heal.

The collector always works with the publisher's own addresses. Where the instance runs on the sample
publishers, ``overrides`` maps a host to another base address at the last moment, so that everything above
and everything recorded is the same in both modes; a host without a stand-in is then not asked at all.

Rules (sources.md §3): at least the catalogue's pause between two requests to a host, counted across
processes by a lock file; robots.txt honoured (absent means allowed); TLS always verified; only hosts the
source names, also after redirects, and only at public addresses; a limit in time for the whole exchange and in
size for the body, counted after decompression; a cut transfer is taken up where it ended; a body is transferred
only once as long as the server supports validators (RFC 9110 §13). What is asked by POST has none: there the answer
is compared with the last one, and kept only if it says something else.

A body is judged before it is kept or remembered: a document goes into the archive only when it is one, what came in
its place is put aside with the reason; a page that only leads to documents lies in a cache of its own.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit, urlunsplit

import requests

from prosperity.collect.archive import Archive
from prosperity.collect.connect import ForbiddenAddress, Line, Session
from prosperity.collect.fetched import Accept, Asked, Doubt, Fetched, FetchError, Limits, Refused
from prosperity.collect.keeping import Keeper
from prosperity.collect.robots import Robots
from prosperity.collect.transfer import Interrupted, TransferError, receive
from prosperity.collect.turns import Turn

__all__ = ["Accept", "Client", "Doubt", "FetchError", "Fetched", "Limits", "Refused"]

#: Statuses that time can heal: time-outs, rate limits, the firewall's 412 challenge, server faults.
RETRYABLE = frozenset({408, 412, 425, 429, 500, 502, 503, 504})
_MOST_REDIRECTS = 5


@dataclass
class Client:
    """HTTP for one source's hosts.

    ``state``: a local folder for validators, pages and host locks, shared by all processes.
    """

    archive: Archive
    state: Path
    user_agent: str
    hosts: tuple[str, ...]
    pause: float
    headers: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)  #: the instance's clock
    turns: Path | None = None  #: folder of the host locks, where it is not below ``state``
    sent: int = 0  #: requests, also those that got no answer
    transferred: int = 0  #: bodies that say something new
    not_modified: int = 0  #: 304, and answers to POST that say what the archived one says

    def __post_init__(self) -> None:
        self._lines: dict[str, tuple[Session, Line]] = {}
        self._keeper = Keeper(self.archive, self.state, self.now)
        self._robots = Robots(self._keeper.memory.path, self._robots_text)

    def close(self) -> None:
        for session, _ in self._lines.values():
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
        accept: Accept | None = None,
    ) -> Fetched:
        """Fetch ``address`` (with ``params``), at most once if it has not changed since the last time.

        :param doubt: a body for which it gives a reason is neither kept nor remembered, and asked for again.
        :param accept: judges a document, which then goes into the archive. Without it the body is a page that leads
            to documents, kept for conditional requests only.
        :raises Refused: where what came is not the document.
        :raises FetchError: after all tries, or at once for what cannot heal.
        """
        if params:
            address = f"{address}{'&' if '?' in address else '?'}{urlencode(params)}"
        self._require_allowed_host(address)
        self._require_robots_allow(address)
        return self._with_retries(address, Asked(address, headers or {}, doubt=doubt, accept=accept))

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
        asked = Asked(f"POST {address}", headers or {}, body, content)
        found = self._with_retries(urldefrag(address).url, asked)
        return replace(found, address=address)

    # ------------------------------------------------------------------------------------------ tries

    def _with_retries(self, address: str, asked: Asked) -> Fetched:
        started = time.monotonic()
        wait = self.limits.retry_pause
        for attempt in range(1, self.limits.tries + 1):
            try:
                return self._follow(address, asked)
            except FetchError as fault:
                waited = time.monotonic() - started
                pause = max(wait, fault.retry_after) * random.uniform(1.0, 1.25)
                last_try = attempt == self.limits.tries or waited + pause > self.limits.budget_seconds
                if not fault.retryable or last_try:
                    note = f"; gave up after {attempt} tries" if fault.retryable else ""
                    raise type(fault)(
                        address, fault.cause + note, retryable=fault.retryable, status=fault.status
                    ) from fault
                time.sleep(pause)
                wait *= 2
        raise AssertionError("unreachable: the loop returns or raises")

    def _follow(self, address: str, asked: Asked) -> Fetched:
        """One try, with a few redirects, each checked before it is followed."""
        current = address
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._request(current, asked)
            if isinstance(response, Fetched):
                return response
            current = _joined(current, response)
            self._require_allowed_host(current)
        raise FetchError(address, f"more than {_MOST_REDIRECTS} redirects", retryable=False)

    def _request(self, address: str, asked: Asked) -> Fetched | str:
        """One request on the wire: the body, or the target of a redirect."""
        memory = self._keeper.recall(asked)
        conditions = memory.conditions if memory and asked.body is None and not asked.partial else {}
        sent = {"User-Agent": self.user_agent, "Accept-Encoding": "gzip, deflate", **self.headers}
        sent |= asked.headers
        sent |= asked.partial.headers() if asked.partial else conditions
        target = self._on_the_wire(address)
        session, line = self._line(target, public_only=target == address)
        self.sent += 1
        with self._turn(address), line.deadline(self.limits.body_seconds) as passed:
            fault: FetchError | None = None
            try:
                answer = self._exchange(address, asked, session, target, sent)
            except FetchError as cut:
                fault = cut
            # A body that ends with its connection looks whole when it is cut.
            if passed.is_set():
                cause = f"not complete after {self.limits.body_seconds:g} s"
                raise FetchError(address, cause, retryable=True) from fault
        if fault is not None:
            raise fault
        if isinstance(answer, str):
            return answer
        body, headers = answer
        if body is None and memory and conditions:
            found = self._keeper.unchanged(address, asked, memory, headers)
        elif body is None:
            raise FetchError(
                address, '"not modified", but nothing is known of it', retryable=True, status=304
            )
        else:
            found = self._keeper.take(address, asked, memory, body, headers)
        self.transferred += not found.not_modified
        self.not_modified += found.not_modified
        return found

    def _exchange(
        self, address: str, asked: Asked, session: Session, target: str, sent: Mapping[str, str]
    ) -> tuple[bytes | None, Mapping[str, str]] | str:
        """Body (None: not modified) and headers of an answer, or the target of a redirect."""
        try:
            with session.request(
                asked.method,
                target,
                data=asked.body,
                headers=sent,
                stream=True,
                allow_redirects=False,
                timeout=(self.limits.connect_seconds, self.limits.read_seconds),
            ) as response:
                # Only 307 and 308 keep method and body (RFC 9110 §15.4).
                if response.is_redirect and (asked.body is None or response.status_code in (307, 308)):
                    return str(response.headers["location"])
                if response.status_code == 304:
                    return None, response.headers
                return self._body(address, asked, response), response.headers
        except ForbiddenAddress as fault:
            raise FetchError(address, str(fault), retryable=False) from fault
        except requests.exceptions.SSLError as fault:
            raise FetchError(address, f"TLS certificate not accepted: {fault}", retryable=False) from fault
        except requests.exceptions.InvalidURL as fault:
            raise FetchError(address, f"not to be asked: {_short(fault)}", retryable=False) from fault
        except requests.exceptions.RequestException as fault:
            cause = f"{type(fault).__name__}: {_short(fault)}"
            raise FetchError(address, cause, retryable=True) from fault

    def _body(self, address: str, asked: Asked, response: requests.Response) -> bytes:
        """The whole body. :raises FetchError: for a refusal, or where it does not arrive whole."""
        before, status = asked.partial, response.status_code
        if status in (
            200,
            206,
            416,
        ):  # what came before is used up, or of no use; a 503 in between takes nothing
            asked.partial = None
        if status not in (200, 206):
            heals = status in RETRYABLE or (status == 416 and before is not None)
            fault = FetchError(address, f"HTTP status {status}", retryable=heals, status=status)
            fault.retry_after = _retry_after(response.headers.get("retry-after"))
            raise fault
        try:
            return receive(response, most_bytes=self.limits.body_bytes, before=before)
        except Interrupted as fault:
            asked.partial = fault.partial
            raise FetchError(address, _short(fault), retryable=True) from fault
        except TransferError as fault:
            raise FetchError(address, fault.cause, retryable=fault.retryable) from fault

    # ------------------------------------------------------------------------------------ politeness

    def _turn(self, address: str) -> Turn:
        return Turn(self.turns or self.state / "hosts", urlsplit(address).hostname or "", self.pause)

    def _line(self, target: str, *, public_only: bool) -> tuple[Session, Line]:
        """The session of a host, with its one connection."""
        host = urlsplit(target).netloc
        if host not in self._lines:
            line = Line(public_only=public_only)
            self._lines[host] = Session(line), line
        return self._lines[host]

    def _on_the_wire(self, address: str) -> str:
        parts = urlsplit(address)
        base = self.overrides.get(parts.hostname or "")
        if base is None and self.overrides:
            raise FetchError(address, f"{parts.hostname} has no stand-in here", retryable=False)
        if base is None:
            return address
        target = urlsplit(base)
        return urlunsplit((target.scheme, target.netloc, parts.path, parts.query, ""))

    def _require_allowed_host(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            host, port, user = parts.hostname, parts.port, parts.username
        except ValueError as fault:
            raise FetchError(address, f"no address: {fault}", retryable=False) from None
        if parts.scheme not in ("http", "https"):
            raise FetchError(address, f"scheme {parts.scheme!r} is not allowed", retryable=False)
        if host not in self.hosts:
            raise FetchError(
                address,
                f"host {host!r} is not one the source names: {', '.join(self.hosts)}",
                retryable=False,
            )
        if port not in (None, 80, 443) or user:
            raise FetchError(address, "addresses with a port or a user's name are not asked", retryable=False)

    def _require_robots_allow(self, address: str) -> None:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        if not self._robots.allow(address, origin, self.user_agent):
            raise FetchError(address, "robots.txt does not allow it", retryable=False)

    def _robots_text(self, origin: str) -> str:
        """Its text; empty where there is none, which 4xx says (RFC 9309 §2.3.1.3)."""
        address = f"{origin}/robots.txt"
        try:
            return self._with_retries(address, Asked(address, {})).body.decode("utf-8", "replace")
        except FetchError as fault:
            if fault.status is None or not 400 <= fault.status < 500:
                raise
            return ""


def _joined(current: str, location: str) -> str:
    try:
        return urljoin(current, location)
    except ValueError as fault:
        raise FetchError(current, f"redirect to no address: {fault}", retryable=False) from None


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
