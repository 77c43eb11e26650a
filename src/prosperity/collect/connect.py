"""Connections to publishers: only to public addresses, and cut when their time is over.

A source names its hosts, and only those are asked. A name can still resolve to an address inside our own network
(a mistake, or DNS rebinding); so the address that is really connected to is looked at, not one resolved before.
Stand-ins on this machine are reached by addresses that the instance itself gives, without that check.

A time-out of a socket limits silence only: a server that sends a byte now and then, be it of its headers, would never
end. So the whole exchange has a deadline, at which the connection is shut down from outside.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import requests
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError
from urllib3.util import connection


class ForbiddenAddress(Exception):
    """A host whose address is not a public one: never connected to."""


class Line(requests.adapters.HTTPAdapter):
    """One connection to one host at a time.

    ``public_only``: raises ForbiddenAddress, when it is used, for a host at any other address.
    """

    def __init__(self, *, public_only: bool) -> None:
        self._public_only = public_only
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self)

    def connected(self, found: socket.socket) -> None:
        self._sockets.add(found)

    def open(self, connecting: HTTPConnection) -> socket.socket | None:
        """A socket at a public address; None where any address will do."""
        if not self._public_only:
            return None
        port = connecting.port or connecting.default_port or 80
        try:
            found = public_addresses(connecting.host, port)
        except socket.gaierror as fault:
            raise NameResolutionError(connecting.host, connecting, fault) from fault
        # The very addresses that were looked at: resolving the name again might give others.
        for number, address in enumerate(found):
            try:
                return connection.create_connection(
                    (address, port), connecting.timeout, socket_options=connecting.socket_options
                )
            except OSError:
                if number == len(found) - 1:
                    raise
        raise OSError(f"{connecting.host} has no address")

    @contextlib.contextmanager
    def deadline(self, seconds: float) -> Iterator[threading.Event]:
        """Inside the block, what is not over after ``seconds`` is cut; the event says that it was."""
        passed = threading.Event()

        def cut() -> None:
            passed.set()
            for found in list(self._sockets):
                with contextlib.suppress(OSError):
                    # Not SSLSocket's own, which would take the session from under its reader.
                    socket.socket.shutdown(found, socket.SHUT_RDWR)

        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield passed
        finally:
            timer.cancel()


class Session(requests.Session):
    """A session that leaves redirects to its caller, and uses no proxies or passwords of the environment."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.trust_env = False
        self.mount("https://", line)
        self.mount("http://", line)

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """None: else the whole body of a redirect would be read, without any limit, to prepare the next request."""
        return None


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses of ``host``, all of them public.

    :raises ForbiddenAddress: where one is private, loopback, link-local or otherwise not global (RFC 6890).
    """
    found = list(
        dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    )
    for text in found:
        address = ipaddress.ip_address(text.partition("%")[0])
        inner = getattr(address, "ipv4_mapped", None) or address
        if not inner.is_global or inner.is_multicast:
            raise ForbiddenAddress(f"{host} is at {text}, which is no public address")
    return found


def _pools(line: Line) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pools with connections that belong to ``line``."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return line.open(self) or super()._new_conn()

        def connect(self) -> None:
            super().connect()
            line.connected(self.sock)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return line.open(self) or super()._new_conn()

        def connect(self) -> None:
            super().connect()
            line.connected(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
