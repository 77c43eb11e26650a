"""The HTTP client against real servers: politeness, conditional requests, retries only where they heal."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
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


def test_two_clients_take_turns_at_a_host(tmp_path: Path, httpserver: HTTPServer) -> None:
    """As two processes would: one request at a time, the pause counted from the other's end."""
    moments: list[tuple[float, float]] = []

    def slow(_: Request) -> Response:
        begun = time.monotonic()
        time.sleep(0.05)
        moments.append((begun, time.monotonic()))
        return Response("ok")

    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/p").respond_with_handler(slow)

    def ask(number: int) -> None:
        client = Client(
            archive=Archive(tmp_path / f"archive{number}"), state=tmp_path / "http", user_agent="Prosperity-test",
            hosts=(HOST,), pause=0.1, overrides={HOST: httpserver.url_for("").rstrip("/")},
        )  # fmt: skip
        with client:
            for _ in range(3):
                client.get(f"{BASE}/p")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ask, range(2)))
    assert len(moments) == 6
    assert min(after[0] - before[1] for before, after in pairwise(sorted(moments))) >= 0.095


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = tmp_path / "server.pem"
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *form)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with HTTPServer(ssl_context=context) as server:
        client = Client(
            archive=Archive(tmp_path / "archive"), state=tmp_path / "http", user_agent="Prosperity-test",
            hosts=(HOST,), pause=0.0, overrides={HOST: server.url_for("").rstrip("/")},
        )  # fmt: skip
        with client, pytest.raises(FetchError, match="TLS certificate not accepted") as fault:
            client.get(f"{BASE}/x")
        assert not fault.value.retryable
        assert server.log == []
