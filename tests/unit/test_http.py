"""The HTTP client against real servers: politeness, conditional requests, retries only where they heal."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from prosperity.collect.archive import Archive
from prosperity.collect.http import Client, FetchError, Limits

HOST = "publisher.example"
BASE = f"https://{HOST}"


@pytest.fixture
def client(tmp_path: Path, httpserver: HTTPServer) -> Iterator[Client]:
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    made = Client(
        archive=Archive(tmp_path / "archive"),
        state=tmp_path / "http",
        user_agent="Prosperity-test",
        hosts=(HOST,),
        pause=0.0,
        overrides={HOST: httpserver.url_for("").rstrip("/")},
        limits=Limits(connect_seconds=2, read_seconds=1, body_seconds=3, retry_pause=0.01, budget_seconds=5),
    )
    with made:
        yield made


def anything(body: bytes, headers: Mapping[str, str]) -> None:
    """Every body is taken for the document."""


def requests_for(httpserver: HTTPServer, path: str) -> list[Request]:
    return [request for request, _ in httpserver.log if request.path == path]


def test_body_is_transferred_once(client: Client, httpserver: HTTPServer) -> None:
    def answer(request: Request) -> Response:
        if request.headers.get("If-None-Match") == '"v1"':
            return Response(status=304)
        return Response(b"<html>10125</html>", headers={"ETag": '"v1"'})

    httpserver.expect_request("/a").respond_with_handler(answer)
    first, second = client.get(f"{BASE}/a"), client.get(f"{BASE}/a")
    assert (first.not_modified, second.not_modified) == (False, True)
    assert first.body == second.body == b"<html>10125</html>"
    assert first.fetched_at == second.fetched_at
    assert (client.transferred - 0, client.not_modified) == (1, 1)


def test_damaged_copy_is_transferred_again(client: Client, httpserver: HTTPServer) -> None:
    def answer(request: Request) -> Response:
        if "If-None-Match" in request.headers:
            return Response(status=304)
        return Response(b"good", headers={"ETag": '"v1"'})

    httpserver.expect_request("/a").respond_with_handler(answer)
    sha256 = client.get(f"{BASE}/a", accept=anything).sha256
    Path(client.archive.store.place(client.archive.name(sha256))).write_bytes(b"evil")
    again = client.get(f"{BASE}/a", accept=anything)
    assert again.body == b"good"
    assert not again.not_modified


def test_412_challenge_heals(client: Client, httpserver: HTTPServer) -> None:
    for _ in range(2):
        httpserver.expect_oneshot_request("/list").respond_with_data("challenge", status=412)
    httpserver.expect_request("/list").respond_with_data("real list")
    assert client.get(f"{BASE}/list").body == b"real list"
    assert len(requests_for(httpserver, "/list")) == 3


@pytest.mark.parametrize(("status", "tries"), [(404, 1), (403, 1), (503, 5)])
def test_only_what_can_heal_is_tried_again(
    client: Client, httpserver: HTTPServer, status: int, tries: int
) -> None:
    httpserver.expect_request("/x").respond_with_data("no", status=status)
    with pytest.raises(FetchError, match=f"HTTP status {status}") as fault:
        client.get(f"{BASE}/x")
    assert len(requests_for(httpserver, "/x")) == tries
    assert fault.value.retryable == (status == 503)


def test_retry_after_is_waited_for(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/x").respond_with_data(
        "slow down", status=429, headers={"Retry-After": "1"}
    )
    httpserver.expect_request("/x").respond_with_data("ok")
    started = time.monotonic()
    client.get(f"{BASE}/x")
    assert time.monotonic() - started >= 1.0


def test_unreachable_publisher_is_named(client: Client) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    client.overrides = {HOST: f"http://127.0.0.1:{port}"}
    with pytest.raises(FetchError, match="ConnectionError") as fault:
        client.get(f"{BASE}/x")
    assert fault.value.retryable
    assert BASE in str(fault.value)


def test_endless_body_is_cut(client: Client, httpserver: HTTPServer) -> None:
    client.limits.body_bytes = 200_000

    def endless(_: Request) -> Response:
        return Response(b"x" * 10_000 for _ in range(10_000))

    httpserver.expect_request("/endless").respond_with_handler(endless)
    with pytest.raises(FetchError, match="body larger than 200000 bytes"):
        client.get(f"{BASE}/endless")


def test_redirect_to_a_foreign_host_is_refused(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/away").respond_with_data(
        "", status=302, headers={"Location": "http://169.254.169.254/latest"}
    )
    with pytest.raises(FetchError, match=r"169\.254\.169\.254"):
        client.get(f"{BASE}/away")


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://other.example/x", "ftp://publisher.example/x"]
)
def test_only_named_hosts_and_http(client: Client, address: str) -> None:
    with pytest.raises(FetchError, match=r"not allowed|not one the source names"):
        client.get(address)


def test_robots_are_honoured(tmp_path: Path, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /private*")
    client = Client(
        archive=Archive(tmp_path / "a"), state=tmp_path / "s", user_agent="Prosperity-test", hosts=(HOST,), pause=0,
        overrides={HOST: httpserver.url_for("").rstrip("/")},
    )  # fmt: skip
    with client, pytest.raises(FetchError, match=r"robots\.txt"):
        client.get(f"{BASE}/private/list")
    assert requests_for(httpserver, "/private/list") == []


def test_pause_between_requests(client: Client, httpserver: HTTPServer) -> None:
    client.pause = 0.3
    stamps: list[float] = []

    def answer(_: Request) -> Response:
        stamps.append(time.monotonic())
        return Response("ok")

    httpserver.expect_request("/p").respond_with_handler(answer)
    for _ in range(3):
        client.get(f"{BASE}/p")
    gaps = [after - before for before, after in pairwise(stamps)]
    assert min(gaps) >= 0.28
