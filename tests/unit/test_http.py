"""The HTTP client against real servers: politeness, conditional requests, retries only where they heal."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from protego import Protego
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
    sha256 = client.get(f"{BASE}/a").sha256
    client.archive.path(sha256).write_bytes(b"evil")
    again = client.get(f"{BASE}/a")
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


def no_list(body: bytes) -> str | None:
    return None if b"kxyj_text" in body else f"not a list page: {len(body)} bytes"


def test_doubtful_body_is_asked_for_again_and_never_kept(client: Client, httpserver: HTTPServer) -> None:
    """A challenge page with status 200, twice: neither archived nor remembered with its validators."""
    challenge = b"<html><script>location.reload()</script></html>"
    for _ in range(2):
        httpserver.expect_oneshot_request("/list").respond_with_data(challenge, headers={"ETag": '"c"'})
    httpserver.expect_request("/list").respond_with_data("<a class=kxyj_text>")
    assert client.get(f"{BASE}/list", doubt=no_list).body == b"<a class=kxyj_text>"
    asked = requests_for(httpserver, "/list")
    assert len(asked) == 3 and not any("If-None-Match" in request.headers for request in asked)
    assert hashlib.sha256(challenge).hexdigest() not in client.archive


def test_body_that_stays_doubtful_ends_after_five_tries(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/list").respond_with_data("<html></html>")
    with pytest.raises(FetchError, match="not a list page: 13 bytes; gave up after 5 tries") as fault:
        client.get(f"{BASE}/list", doubt=no_list)
    assert fault.value.retryable
    assert len(requests_for(httpserver, "/list")) == 5


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


def test_body_shorter_than_announced_is_no_document(client: Client, httpserver: HTTPServer) -> None:
    """A raw socket, since a well-behaved server library will not lie about the length."""

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n%PDF-1.4 part"
                )

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        client._robots[BASE] = Protego.parse("")
        client.overrides = {HOST: f"http://127.0.0.1:{listener.getsockname()[1]}"}
        with pytest.raises(FetchError, match=r"IncompleteRead|ChunkedEncodingError|Connection broken"):
            client.get(f"{BASE}/cut.pdf")
    assert list(client.archive) == []


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


# ------------------------------------------------------------------------------------------------ POST


def words(body: bytes) -> str:
    """What counts of these answers: everything behind the id."""
    return body.decode().partition("|")[2]


def test_posted_answer_that_says_the_same_is_the_same_document(
    client: Client, httpserver: HTTPServer
) -> None:
    for body in ("id1|7.4", "id2|7.4", "id3|7.5"):
        httpserver.expect_oneshot_request("/api", method="POST").respond_with_data(body)
    first, second, third = (
        client.post(f"{BASE}/api#retail/2023", b'{"cid": "x"}', content=words) for _ in range(3)
    )
    assert (first.body, second.body, third.body) == (b"id1|7.4", b"id1|7.4", b"id3|7.5")
    assert second.sha256 == first.sha256 != third.sha256
    assert (second.not_modified, third.not_modified) == (True, False)
    assert second.fetched_at == first.fetched_at
    assert len(list(client.archive)) == 2
    assert (client.transferred, client.not_modified) == (2, 1)
    assert first.address == f"{BASE}/api#retail/2023"


def test_what_is_posted_arrives_and_the_fragment_does_not(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api").respond_with_data("1|a")
    client.post(f"{BASE}/api#retail/2023", '{"das": "全国"}'.encode(), content=words)
    [sent] = requests_for(httpserver, "/api")
    assert (sent.method, sent.data.decode()) == ("POST", '{"das": "全国"}')
    assert sent.url.endswith("/api")
    assert "If-None-Match" not in sent.headers


def test_fragments_name_different_documents(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api").respond_with_data("1|a")
    one = client.post(f"{BASE}/api#2022", b"{}", content=words)
    other = client.post(f"{BASE}/api#2023", b"{}", content=words)
    assert not one.not_modified and not other.not_modified


def test_answer_that_is_none_is_not_kept(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/api").respond_with_data("no success")
    httpserver.expect_request("/api").respond_with_data("1|a")

    def content(body: bytes) -> str:
        if b"|" not in body:
            raise ValueError("no answer")
        return words(body)

    with pytest.raises(ValueError, match="no answer"):
        client.post(f"{BASE}/api", b"{}", content=content)
    assert not list(client.archive)
    assert client.post(f"{BASE}/api", b"{}", content=content).body == b"1|a"


@pytest.mark.parametrize(("status", "asked"), [(307, 2), (308, 2), (302, 1), (303, 1)])
def test_only_redirects_that_keep_the_body_are_followed(
    client: Client, httpserver: HTTPServer, status: int, asked: int
) -> None:
    httpserver.expect_request("/api").respond_with_data("", status=status, headers={"Location": "/moved"})
    httpserver.expect_request("/moved", method="POST", data="{}").respond_with_data("1|a")
    if asked == 2:
        assert client.post(f"{BASE}/api", b"{}", content=words).body == b"1|a"
    else:
        with pytest.raises(FetchError, match=f"HTTP status {status}"):
            client.post(f"{BASE}/api", b"{}", content=words)
    assert len(requests_for(httpserver, "/moved")) == asked - 1


def test_post_is_tried_again_where_that_heals(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/api").respond_with_data("busy", status=503)
    httpserver.expect_request("/api").respond_with_data("1|a")
    assert client.post(f"{BASE}/api", b"{}", content=words).body == b"1|a"


def test_post_goes_to_named_hosts_only(client: Client) -> None:
    with pytest.raises(FetchError, match="not one the source names"):
        client.post("https://elsewhere.example/api", b"{}", content=words)


def test_damaged_answer_is_replaced(client: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api").respond_with_data("1|a")
    sha256 = client.post(f"{BASE}/api", b"{}", content=words).sha256
    client.archive.path(sha256).write_bytes(b"evil")
    assert client.post(f"{BASE}/api", b"{}", content=words).body == b"1|a"
    assert client.archive.verify() == []
