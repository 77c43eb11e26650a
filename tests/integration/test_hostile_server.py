"""A hostile publisher: after each misbehaviour what was good is archived, what was bad is named, other sources are done."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import re
import socket
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from urllib3.util import connection

from prosperity.catalogue.model import Source
from prosperity.collect.archive import Archive
from prosperity.collect.collector import collect
from prosperity.collect.discover.lists import Lists
from prosperity.collect.http import Client, FetchError, Limits
from prosperity.collect.model import Collection
from tests.hostile import (
    Asked,
    Behaviour,
    HostileServer,
    Wire,
    answer,
    bomb,
    endless,
    head,
    in_turn,
    list_page,
    one_byte_at_a_time,
    redirect,
    reset_after,
    validated,
)

HOST = "publisher.example"
PAUSE = 0.02
ITEMS = [
    ("2020年一季度运行情况", "a/first.html", "2020-04-20"),
    ("2020年上半年运行情况", "a/second.html", "2020-07-20"),
    ("2020年前三季度运行情况", "a/third.html", "2020-10-20"),
]


def article(text: str) -> bytes:
    return f'<html><meta charset="utf-8"><body><div id="text">{text}</div></body></html>'.encode()


FIRST, SECOND, THIRD = article("收入100亿元"), article("收入210亿元"), article("收入330亿元")
CHALLENGE = b"<html><head><script>document.cookie='c=1';location.reload()</script></head><body></body></html>"
MOVED = b"<html><body><h1>Page moved</h1><p>The page you want is somewhere else now.</p></body></html>"


def source(identity: str = "hostile", **changes: Any) -> Source:
    material: dict[str, Any] = {
        "id": identity,
        "publisher": {"zh": "某部", "en": "Some ministry"},
        "title": {"zh": "运行情况", "en": "Operation"},
        "theme": "industry",
        "licence": "none",
        "cadence": "quarterly",
        "first_year": 2020,
        "base": f"https://{HOST}",
        "hosts": [HOST],
        "media_types": ["text/html"],
        "discovery": [
            {
                "protocol": "html_list",
                "list_address": "/list.html",
                "title": "运行情况",
                "content": '//div[@id="text"]',
                "options": {"marker": 'class="list"'},
            }
        ],
        "calendar": {"frequency": "Q", "months": [3, 6, 9], "expected_days": 20, "latest_days": 30},
        "eras": [{"id": "all"}],
    }
    return Source.model_validate(material | changes)


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as made:
        made.behaviours = {
            "/list.html": validated(list_page(ITEMS)),
            "/a/first.html": validated(FIRST),
            "/a/second.html": validated(SECOND),
            "/a/third.html": validated(THIRD),
        }
        yield made


def client(folder: Path, server: HostileServer, **limits: Any) -> Client:
    bounds = {
        "connect_seconds": 1,
        "read_seconds": 0.5,
        "body_seconds": 1,
        "body_bytes": 1_000_000,
        "retry_pause": 0.01,
        "budget_seconds": 20,
    }
    return Client(
        archive=Archive(folder / "archive"),
        state=folder / "http",
        user_agent="Prosperity-test (contact: test@example.org)",
        hosts=(HOST,),
        pause=PAUSE,
        overrides={HOST: server.base},
        limits=Limits(**(bounds | limits)),
    )


def gathered(folder: Path, server: HostileServer, entry: Source | None = None, **limits: Any) -> Collection:
    with client(folder, server, **limits) as asking:
        return collect(entry or source(), 2020, client=asking, today=dt.date(2021, 1, 31))


def objects(folder: Path) -> set[str]:
    return set(Archive(folder / "archive"))


def hashes(*bodies: bytes) -> set[str]:
    return {hashlib.sha256(body).hexdigest() for body in bodies}


def require_only_the_second_failed(
    folder: Path, server: HostileServer, found: Collection, cause: str
) -> None:
    """The rule of the house: the good is archived, the bad is named, others are done, and politely."""
    assert objects(folder) == hashes(FIRST, THIRD)
    [failure] = found.failures
    assert re.search(cause, failure.reason), failure.reason
    assert failure.where.startswith(f"https://{HOST}/") and failure.period == "2020-S1"
    assert found.failed == ("hostile, 2020-06: could not be had",)
    assert not Archive(folder / "archive").verify()
    assert min(server.gaps()) >= PAUSE * 0.95
    with HostileServer({"/list.html": answer(list_page(ITEMS[:1])), "/a/first.html": answer(FIRST)}) as other:
        assert len(gathered(folder / "other", other, source("neighbour")).documents) == 1


def cut_pdf() -> bytes:
    return b"%PDF-1.4\n1 0 obj<<>>endobj\n" + b"0" * 500


BAD: list[tuple[str, Behaviour, str, int]] = [
    ("challenge page with 200", answer(CHALLENGE), "no article in the page", 1),
    ("page moved with 200", answer(MOVED), "no article in the page", 1),
    ("503 for ever", answer(b"", "503 Service Unavailable"), "HTTP status 503; gave up after 3 tries", 3),
    ("429 that asks for too long", answer(b"", "429 Too Many Requests", Retry_After=600), "status 429", 1),
    ("403", answer(b"no", "403 Forbidden"), "HTTP status 403", 1),
    ("reset in mid-body", reset_after(SECOND, 40), "reset|aborted|IncompleteRead", 3),
    ("shorter than announced", lambda _, wire: wire.send(head(Content_Length=9000), SECOND), "IncompleteRead", 3),
    ("announced too long", lambda _, wire: wire.send(head(Content_Length=99_999_999_999), b"x"), "larger than 1000000 bytes", 1),
    ("endless", endless, "larger than 1000000 bytes", 1),
    ("one byte at a time", one_byte_at_a_time(0.1), "not complete after 1 s", 3),
    ("one byte of headers at a time", one_byte_at_a_time(0.1, in_headers=True), "not complete after 1 s", 3),
    ("silence", lambda _, wire: wire.wait(3) and None, "timed out", 3),
    ("gzip bomb", bomb, "larger than 1000000 bytes", 1),
    ("redirect loop", redirect("/a/second.html"), "more than 5 redirects", 6),
    ("redirect with an endless body", lambda asked, wire: endless(asked, wire, Location="/gone"), "status 404", 2),
    ("redirect to another host", redirect("https://other.example/x"), "other.example.*not one the source names", 1),
    ("redirect to this machine", redirect("http://127.0.0.1:22/"), "127.0.0.1.*not one the source names", 1),
    ("redirect to a cloud's own address", redirect("http://169.254.169.254/latest"), "169.254.169.254.*not one", 1),
    ("redirect to a file", redirect("file:///etc/passwd"), "scheme 'file' is not allowed", 1),
    ("redirect to nonsense", redirect("http://[::1/"), "no address", 1),
    ("redirect with a port", redirect(f"http://{HOST}:22/"), "with a port", 1),
    ("PDF for HTML", answer(cut_pdf() + b"%%EOF"), "content is application/pdf, expected text/html", 1),
    ("empty 200", answer(b""), "empty body", 3),
    ("304 to no condition", answer(b"", "304 Not Modified"), "nothing is known of it", 3),
    ("206 to no range", answer(b"rest", "206 Partial Content", Content_Range="bytes 5-8/9"), "not asked for", 3),
    ("binary rubbish", answer(bytes(range(256)) * 10), "neither PDF nor HTML nor JSON", 1),
    ("broken gzip", answer(b"\x1f\x8b\x08 no gzip", Content_Encoding="gzip"), "gzip|decod", 3),
    ("no HTTP at all", lambda _, wire: wire.send(b"SSH-2.0-OpenSSH_9.6\r\n"), "BadStatusLine|Connection", 3),
]  # fmt: skip


@pytest.mark.parametrize(
    ("behaviour", "cause", "tries"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_one_bad_release_is_named_and_the_rest_is_had(
    tmp_path: Path, server: HostileServer, behaviour: Behaviour, cause: str, tries: int
) -> None:
    server.behaviours["/a/second.html"] = behaviour
    tracemalloc.start()
    try:
        started = time.monotonic()
        found = gathered(tmp_path, server, tries=3)
        elapsed, (_, peak) = time.monotonic() - started, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    require_only_the_second_failed(tmp_path, server, found, cause)
    assert len(server.asked("/a/second.html")) + len(server.asked("/gone")) == tries
    # robots.txt, the list, two good releases, and the bad one.
    assert len(server.log) == found.requests == 4 + tries
    assert elapsed < 15, "bounded by the limits, whatever the server does"
    assert peak < 20_000_000, "a body of at most 1 MB is held, whatever the server sends"


def test_412_twice_then_200(tmp_path: Path, server: HostileServer) -> None:
    refused = answer(CHALLENGE, "412 Precondition Failed")
    server.behaviours["/list.html"] = in_turn(refused, refused, validated(list_page(ITEMS)))
    found = gathered(tmp_path, server)
    assert not found.failures and objects(tmp_path) == hashes(FIRST, SECOND, THIRD)
    assert len(server.asked("/list.html")) == 3


def test_retry_after_is_honoured(tmp_path: Path, server: HostileServer) -> None:
    slow = answer(b"", "429 Too Many Requests", Retry_After=1)
    server.behaviours["/a/second.html"] = in_turn(slow, validated(SECOND))
    assert not gathered(tmp_path, server).failures
    first, second = server.asked("/a/second.html")
    assert second.time - first.time >= 1.0


def test_403_without_the_headers_that_the_catalogue_names(tmp_path: Path, server: HostileServer) -> None:
    def guarded(asked: Asked, wire: Wire) -> None:
        good = (
            "Prosperity" in asked.headers["user-agent"]
            and asked.headers.get("referer") == f"https://{HOST}/list.html"
        )
        (validated(SECOND) if good else answer(b"no", "403 Forbidden"))(asked, wire)

    server.behaviours["/a/second.html"] = guarded
    assert not gathered(tmp_path, server).failures
    assert "test@example.org" in server.log[0].headers["user-agent"]


@pytest.mark.parametrize("status", ["200 OK", "412 Precondition Failed"])
def test_challenge_page_is_never_an_empty_list(tmp_path: Path, server: HostileServer, status: str) -> None:
    server.behaviours["/list.html"] = answer(CHALLENGE, status, ETag='"c"')
    found = gathered(tmp_path, server, tries=5)
    [failure] = found.failures
    assert failure.what == "list of releases" and failure.retryable
    assert len(server.asked("/list.html")) == 5
    assert not found.releases and objects(tmp_path) == set()


def test_challenge_page_with_an_etag_does_not_come_back_by_304(tmp_path: Path, server: HostileServer) -> None:
    def lying(asked: Asked, wire: Wire) -> None:
        """The same tag for the challenge and the page behind it."""
        if "if-none-match" in asked.headers:
            wire.send(head("304 Not Modified", ETag='"t"'))
        else:
            wire.send(head(ETag='"t"', Content_Length=len(CHALLENGE)), CHALLENGE)

    server.behaviours["/a/second.html"] = lying
    found = gathered(tmp_path, server)
    require_only_the_second_failed(tmp_path, server, found, "no article in the page")
    [refused] = Archive(tmp_path / "archive").refused()
    assert (refused["address"], refused["sha256"]) == (
        f"https://{HOST}/a/second.html", hashlib.sha256(CHALLENGE).hexdigest(),
    )  # fmt: skip
    assert (tmp_path / "archive" / "refused" / refused["sha256"]).read_bytes() == CHALLENGE

    server.behaviours["/a/second.html"] = validated(SECOND)
    assert not gathered(tmp_path, server).failures
    assert "if-none-match" not in server.asked("/a/second.html")[-1].headers
    assert objects(tmp_path) == hashes(FIRST, SECOND, THIRD)


def test_a_304_that_names_another_version_is_not_believed(tmp_path: Path, server: HostileServer) -> None:
    gathered(tmp_path, server)
    changed = article("收入211亿元(修订)")

    def lying(asked: Asked, wire: Wire) -> None:
        if "if-none-match" in asked.headers:
            wire.send(head("304 Not Modified", ETag='"other"'))
        else:
            answer(changed, ETag='"other"')(asked, wire)

    server.behaviours["/a/second.html"] = lying
    assert not gathered(tmp_path, server).failures
    assert objects(tmp_path) == hashes(FIRST, SECOND, THIRD, changed), "both versions are kept"


def test_an_etag_that_is_new_every_time_makes_no_new_document(tmp_path: Path, server: HostileServer) -> None:
    server.behaviours["/a/second.html"] = lambda asked, wire: answer(SECOND, ETag=f'"{asked.number}"')(
        asked, wire
    )
    for _ in range(2):
        assert not gathered(tmp_path, server).failures
    assert objects(tmp_path) == hashes(FIRST, SECOND, THIRD)


def test_second_collection_transfers_nothing(tmp_path: Path, server: HostileServer) -> None:
    first = gathered(tmp_path, server)
    assert (first.requests, first.transferred, first.not_modified) == (5, 4, 0)
    asked = len(server.log)
    second = gathered(tmp_path, server)
    # robots.txt is asked for once a day.
    assert (second.requests, second.transferred, second.not_modified) == (4, 0, 4)
    assert all("if-none-match" in entry.headers for entry in server.log[asked:])
    assert {entry.state for entry in second.taken} == {"new"}, "nothing was held: there is no warehouse here"


# --------------------------------------------------------------------------------------- large files


def pdf(size: int, mark: bytes = b"") -> bytes:
    """A small but sound PDF with a comment of so many bytes."""
    body = b"%PDF-1.4\n%" + mark + b"0123456789" * (size // 10) + b"\n1 0 obj<</Type/Catalog>>endobj\n"
    index = b"xref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Size 2>>\nstartxref\n%d\n%%%%EOF\n" % len(
        body
    )
    return body + index


def ranged(body: bytes, cut_at: int, *, tag: str = '"v1"', later: bytes | None = None) -> Behaviour:
    """The first transfer is cut; a part may be asked for. ``later``: what the file has become, under the same tag."""

    def behave(asked: Asked, wire: Wire) -> None:
        now = body if asked.number == 1 or later is None else later
        if asked.number == 1:
            wire.send(head(Content_Length=len(now), ETag=tag, Accept_Ranges="bytes"), now[:cut_at])
            return
        start = int(asked.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        if start and asked.headers.get("if-range") == tag:
            part = head("206 Partial Content", Content_Length=len(now) - start, ETag=tag,
                        Content_Range=f"bytes {start}-{len(now) - 1}/{len(now)}")  # fmt: skip
            wire.send(part, now[start:])
        else:
            wire.send(head(Content_Length=len(now), ETag=tag), now)

    return behave


def pdf_source() -> Source:
    discovery = {
        "protocol": "html_list", "list_address": "/list.html", "title": "运行情况", "options": {"marker": "list"},
    }  # fmt: skip
    return source(media_types=["application/pdf"], discovery=[discovery])


@pytest.fixture
def pdf_server(server: HostileServer) -> HostileServer:
    server.behaviours["/list.html"] = answer(list_page(ITEMS[1:2]))
    return server


def test_a_cut_transfer_is_taken_up_where_it_ended(tmp_path: Path, pdf_server: HostileServer) -> None:
    whole = pdf(300_000)
    pdf_server.behaviours["/a/second.html"] = ranged(whole, 200_000)
    found = gathered(tmp_path, pdf_server, pdf_source())
    assert not found.failures and objects(tmp_path) == hashes(whole)
    _, again = pdf_server.asked("/a/second.html")
    assert (again.headers["range"], again.headers["if-range"]) == ("bytes=198976-", '"v1"')
    assert again.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("between", "kept"), [("503 Service Unavailable", True), ("416 Range Not Satisfiable", False)]
)
def test_what_came_survives_a_pause_of_the_server(
    tmp_path: Path, pdf_server: HostileServer, between: str, kept: bool
) -> None:
    whole = pdf(300_000)
    honest = ranged(whole, 200_000)
    refused = answer(b"", between)
    pdf_server.behaviours["/a/second.html"] = in_turn(honest, refused, honest)
    found = gathered(tmp_path, pdf_server, pdf_source())
    assert not found.failures and objects(tmp_path) == hashes(whole)
    assert ("range" in pdf_server.asked("/a/second.html")[2].headers) is kept


def test_parts_are_joined_only_under_a_strong_validator(tmp_path: Path, pdf_server: HostileServer) -> None:
    whole = pdf(300_000)
    pdf_server.behaviours["/a/second.html"] = ranged(whole, 200_000, tag='W/"v1"')
    assert not gathered(tmp_path, pdf_server, pdf_source()).failures
    assert "range" not in pdf_server.asked("/a/second.html")[1].headers
    assert objects(tmp_path) == hashes(whole)


def test_a_file_that_changed_under_the_same_etag_is_not_joined_to_a_document(
    tmp_path: Path, pdf_server: HostileServer
) -> None:
    """The tag lies, the bytes do not: the rest does not begin with what had come, and the whole new file is taken."""
    later = pdf(350_000, b"longer")
    pdf_server.behaviours["/a/second.html"] = ranged(pdf(300_000), 200_000, later=later)
    found = gathered(tmp_path, pdf_server, pdf_source())
    assert not found.failures and objects(tmp_path) == hashes(later)
    assert ["range" in asked.headers for asked in pdf_server.asked("/a/second.html")] == [False, True, False]


def test_a_pdf_that_is_cut_without_a_length_is_asked_for_again(
    tmp_path: Path, pdf_server: HostileServer
) -> None:
    whole = pdf(3_000)
    pdf_server.behaviours["/a/second.html"] = in_turn(
        lambda _, wire: wire.send(head(), whole[:2_000]), answer(whole)
    )
    found = gathered(tmp_path, pdf_server, pdf_source())
    assert not found.failures and objects(tmp_path) == hashes(whole)
    [refused] = Archive(tmp_path / "archive").refused()
    assert refused["reason"].startswith("PDF is cut off") and refused["size"] == 2_000


def test_html_in_place_of_a_pdf(tmp_path: Path, pdf_server: HostileServer) -> None:
    big = b"<html><body>" + b"<p>Not found</p>" * 1000 + b"</body></html>"
    pdf_server.behaviours["/a/second.html"] = answer(big, Content_Type="application/pdf")
    [failure] = gathered(tmp_path, pdf_server, pdf_source()).failures
    assert failure.reason.startswith("content is text/html, expected application/pdf")
    assert len(pdf_server.asked("/a/second.html")) == 1, (
        "a page stays a page: it is not asked for again at once"
    )
    pdf_server.behaviours["/a/second.html"] = in_turn(answer(CHALLENGE), answer(CHALLENGE), answer(pdf(100)))
    pdf_server.log.clear()
    assert not gathered(tmp_path, pdf_server, pdf_source()).failures, "a challenge comes and goes"


# ------------------------------------------------------------------------------------------ encodings


@pytest.mark.parametrize(
    ("encoding", "declared", "meta"),
    [
        ("gb18030", None, None),
        ("gb18030", "text/html; charset=utf-8", None),
        ("gb18030", "text/html; charset=ISO-8859-1", None),
        ("gb18030", None, "gb2312"),
        ("utf-8", "text/html; charset=gb2312", None),
        ("utf-8", None, "gbk"),
        ("big5", "text/html; charset=big5", None),
    ],
)
def test_the_encoding_is_found_and_recorded(
    tmp_path: Path, server: HostileServer, encoding: str, declared: str | None, meta: str | None
) -> None:
    tag = f'<meta charset="{meta}">' if meta else ""
    text = f'<html>{tag}<body><div id="text">上半年,收入210億元,鎔</div></body></html>'
    body = text.encode(encoding)
    server.behaviours["/a/second.html"] = answer(body, **({"Content_Type": declared} if declared else {}))
    found = gathered(tmp_path, server)
    [document] = [kept for kept in found.documents.values() if kept.size == len(body)]
    assert not found.failures
    assert document.encoding == encoding
    manifest = next(
        m for m in Archive(tmp_path / "archive").manifests(2020) if m["sha256"] == document.sha256
    )
    assert manifest["encoding"] == encoding
    assert manifest["release"]["title"] == "2020年上半年运行情况"


# ---------------------------------------------------------------------------------------------- lists


def test_ten_thousand_links(tmp_path: Path, server: HostileServer) -> None:
    strange = [(f"无关消息{number}", f"x/{number}.html", "2020-05-05") for number in range(10_000)]
    server.behaviours["/list.html"] = answer(list_page([*strange, *ITEMS]))
    started = time.monotonic()
    found = gathered(tmp_path, server, body_bytes=5_000_000)
    assert objects(tmp_path) == hashes(FIRST, SECOND, THIRD)
    assert len(found.failures) == 21
    assert found.failures[-1].what == "9980 more lines of the list"
    assert len(server.log) == 5
    assert time.monotonic() - started < 15

    many = [(f"2020年上半年运行情况({number})", f"x/{number}.html", "2020-05-05") for number in range(10_000)]
    server.behaviours["/list.html"] = answer(list_page(many))
    server.log.clear()
    found = gathered(tmp_path / "many", server, body_bytes=5_000_000)
    assert "10000 releases of 2020 in one list" in found.failures[0].reason
    assert len(server.log) == 2


def test_a_list_that_lost_half_of_its_items(tmp_path: Path, server: HostileServer) -> None:
    server.behaviours["/list.html"] = in_turn(
        answer(list_page([*ITEMS, *((f"2019年{n}月份运行情况", f"b/{n}.html", "2019-12-01") for n in range(2, 9))])),
        answer(list_page(ITEMS[:2])),
    )  # fmt: skip
    with client(tmp_path, server) as asking:
        lists = Lists(tmp_path / "lists", seconds=0)
        first = collect(source(), 2020, client=asking, today=dt.date(2021, 1, 31), lists=lists)
        held = [(release, first.documents[release.key]) for release in first.releases]
        second = collect(source(), 2020, client=asking, today=dt.date(2021, 1, 31), lists=lists, held=held)
    assert second.warnings == (f"the list has 2 items, the last time it had 10 (https://{HOST}/list.html)",)
    assert [line.split(":")[0] for line in second.gone] == ["2020年前三季度运行情况"]
    assert not second.overdue, "what is held is found, wherever the publisher has put it"
    assert {entry.state for entry in second.taken} == {"unchanged"}
    assert objects(tmp_path) == hashes(FIRST, SECOND, THIRD)


def test_a_list_that_breaks_off_gives_the_pages_before(tmp_path: Path, server: HostileServer) -> None:
    paged = source(
        discovery=[
            source().discovery[0].model_dump()
            | {"options": {"marker": 'class="list"', "next_pages": "list_{n}.html"}}
        ]
    )
    server.behaviours["/list.html"] = answer(list_page(ITEMS[:2]))
    server.behaviours["/list_1.html"] = answer(b"", "500 Internal Server Error")
    found = gathered(tmp_path, server, paged, tries=2)
    assert objects(tmp_path) == hashes(FIRST, SECOND)
    [failure] = found.failures
    assert failure.what == "list of releases" and "list_1.html" in failure.where


def test_a_list_is_walked_once_for_all_years_and_sources(tmp_path: Path, server: HostileServer) -> None:
    moment = [0.0]
    lists = Lists(tmp_path / "lists", seconds=600, clock=lambda: moment[0])
    server.behaviours["/list.html"] = in_turn(answer(b"", "404 Not Found"), answer(list_page(ITEMS)))

    def one(identity: str, year: int) -> Collection:
        with client(tmp_path, server) as asking:
            return collect(source(identity), year, client=asking, today=dt.date(2021, 1, 31), lists=lists)

    assert one("hostile", 2020).failures, "the first walk failed"
    made = [one(identity, year) for identity in ("hostile", "twin") for year in (2019, 2020)]
    assert not any(found.failures for found in made)
    assert len(server.asked("/list.html")) == 2, "a failure is not remembered, a success is"
    assert sum(found.requests for found in made) == 7
    assert made[0].requests == 1 and made[2].requests == 0
    moment[0] = 601.0
    one("hostile", 2019)
    assert len(server.asked("/list.html")) == 3


# ----------------------------------------------------------------------------------- live: addresses


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch, server: HostileServer) -> list[str]:
    """Names resolve as given here; the one public address leads to the hostile server. Gives what was connected to."""
    names = {
        HOST: "93.184.215.14",
        "inner.example": "10.0.0.5",
        "rebound.example": "127.0.0.1",
        "cloud.example": "169.254.169.254",
        "mapped.example": "::ffff:127.0.0.1",
    }
    connected: list[str] = []

    def resolve(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (names.get(host, host), port))]

    true_connection = connection.create_connection

    def reach(address: tuple[str, int], *arguments: Any, **options: Any) -> socket.socket:
        connected.append(address[0])
        assert address == ("93.184.215.14", 80), "nothing else may be connected to"
        return true_connection(("127.0.0.1", server.port), *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(connection, "create_connection", reach)
    return connected


def live_client(folder: Path, *hosts: str) -> Client:
    return Client(
        archive=Archive(folder / "archive"), state=folder / "http", user_agent="Prosperity-test",
        hosts=(HOST, *hosts), pause=0.0, limits=Limits(connect_seconds=1, read_seconds=1, tries=1),
    )  # fmt: skip


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "169.254.169.254",
        "10.1.2.3",
        "inner.example",
        "rebound.example",
        "cloud.example",
        "mapped.example",
        "0.0.0.0",
    ],
)
def test_live_no_private_address_is_connected_to_even_if_the_source_names_it(
    tmp_path: Path, server: HostileServer, internet: list[str], host: str
) -> None:
    """By redirect and directly; the name is looked at when it is connected to, not before."""
    server.behaviours["/away"] = redirect(f"http://{host}/latest/meta-data")
    with live_client(tmp_path, host) as asking:
        for address in (f"http://{HOST}/away", f"http://{host}/"):
            with pytest.raises(FetchError, match="no public address") as fault:
                asking.get(address)
            assert not fault.value.retryable
    assert set(internet) == {"93.184.215.14"}


def test_live_a_public_address_is_asked(tmp_path: Path, server: HostileServer, internet: list[str]) -> None:
    with live_client(tmp_path) as asking:
        assert asking.get(f"http://{HOST}/a/first.html").body == FIRST
    assert server.asked("/a/first.html")[0].headers["host"] == HOST


def test_a_sample_instance_asks_no_real_publisher(
    tmp_path: Path, server: HostileServer, internet: list[str]
) -> None:
    """A host without a stand-in is refused before any name is resolved."""
    with client(tmp_path, server) as asking:
        asking.hosts = (HOST, "real.example")
        with pytest.raises(FetchError, match="no stand-in"):
            asking.get("https://real.example/x")
    assert internet == []


def test_compressed_pages_are_read(tmp_path: Path, server: HostileServer) -> None:
    server.behaviours["/a/second.html"] = answer(gzip.compress(SECOND), Content_Encoding="gzip")
    assert not gathered(tmp_path, server).failures
    assert objects(tmp_path) == hashes(FIRST, SECOND, THIRD)
