"""Targets of alerts against real servers: what arrives, what is refused, and that no secret is ever said."""

from __future__ import annotations

import datetime as dt
import email
import hashlib
import hmac
import json
import ssl
from collections.abc import Callable, Iterator
from email.message import Message as Mail
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipelines.servers import free_port
from prosperity.alerts.model import AlertError, Message
from prosperity.alerts.targets import File, targets_from
from prosperity.settings import SettingsError

NOW = dt.datetime(2021, 11, 5, 0, 30, tzinfo=dt.UTC)
MESSAGE = Message(
    "digest-2021-11-05", "digest", NOW, "Prosperity 2021-11-05: 1 failed", "景气指数\nline\n", {"n": 1}
)


class Mailbox:
    """A handler that keeps what it was given, and logs in one user."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], Mail]] = []
        self.refusal = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refusal:
            return self.refusal
        self.received.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"robot", b"very secret")
    return AuthResult(success=good, handled=False)


Serve = Callable[..., tuple[Mailbox, int]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts mail servers on free ports of 127.0.0.1; stopped afterwards."""
    started: list[Controller] = []

    def start(**options: Any) -> tuple[Mailbox, int]:
        box = Mailbox()
        controller = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
        controller.start()
        started.append(controller)
        return box, controller.port

    yield start
    for controller in started:
        controller.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return context, path


def mail_settings(address: str, **more: str) -> dict[str, str]:
    return {
        "PROSPERITY_ALERT_SMTP": address,
        "PROSPERITY_ALERT_FROM": "prosperity@institute.example",
        "PROSPERITY_ALERT_TO": "a@institute.example, b@institute.example",
        **more,
    }


# ---------------------------------------------------------------------------------------------- webhook


def test_webhook_receives_signed_json_once_per_id(httpserver: HTTPServer) -> None:
    requests: list[Request] = []

    def answer(request: Request) -> Response:
        requests.append(request)
        return Response(status=204)

    httpserver.expect_request("/hooks/T0PSECRET", method="POST").respond_with_handler(answer)
    [target] = targets_from(
        {
            "PROSPERITY_ALERT_WEBHOOK": httpserver.url_for("/hooks/T0PSECRET"),
            "PROSPERITY_ALERT_WEBHOOK_SECRET": "shared",
        }
    )
    target.send(MESSAGE)
    [request] = requests
    body = request.get_data()
    assert (
        request.headers["X-Prosperity-Signature"]
        == "sha256=" + hmac.new(b"shared", body, hashlib.sha256).hexdigest()
    )
    assert request.headers["Idempotency-Key"] == "digest-2021-11-05"
    content = json.loads(body)
    assert (
        content["text"] == "景气指数\nline\n"
        and content["kind"] == "digest"
        and content["content"] == {"n": 1}
    )


@pytest.mark.parametrize("status", [302, 400, 500])
def test_webhook_that_does_not_accept_is_a_fault_without_the_secret(
    httpserver: HTTPServer, status: int
) -> None:
    httpserver.expect_request("/hooks/T0PSECRET").respond_with_data(
        "T0PSECRET", status=status, headers={"Location": httpserver.url_for("/other")}
    )
    [target] = targets_from({"PROSPERITY_ALERT_WEBHOOK": httpserver.url_for("/hooks/T0PSECRET?token=x")})
    with pytest.raises(AlertError) as caught:
        target.send(MESSAGE)
    assert str(caught.value) == f"webhook http://localhost:{httpserver.port}: HTTP status {status}"
    assert [request.path for request, _ in httpserver.log] == ["/hooks/T0PSECRET"], "no redirect is followed"
    assert "T0PSECRET" not in f"{target!r} {target.place}"


def test_webhook_that_is_down(httpserver: HTTPServer) -> None:
    [target] = targets_from({"PROSPERITY_ALERT_WEBHOOK": "http://127.0.0.1:9/hooks/T0PSECRET"})
    with pytest.raises(AlertError) as caught:
        target.send(MESSAGE)
    assert str(caught.value) == "webhook http://127.0.0.1:9: ConnectionError"
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


# ------------------------------------------------------------------------------------------------- mail


def check_mail(box: Mailbox) -> None:
    [(recipients, mail)] = box.received
    assert recipients == ["a@institute.example", "b@institute.example"]
    assert mail["Subject"] == "Prosperity 2021-11-05: 1 failed"
    assert mail["From"] == "prosperity@institute.example"
    body = mail.get_body()  # type: ignore[attr-defined]
    assert body.get_content().replace("\r\n", "\n") == "景气指数\nline\n"


def test_plain_mail(serve: Serve) -> None:
    box, port = serve()
    [target] = targets_from(mail_settings(f"smtp://127.0.0.1:{port}"))
    target.send(MESSAGE)
    check_mail(box)
    target.send(MESSAGE)
    first, second = (mail["Message-ID"] for _, mail in box.received)
    assert first == second, "a message that is sent again is recognised"


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_mail_over_tls_with_login(
    serve: Serve, certificate: tuple[ssl.SSLContext, Path], scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, authority = certificate
    tls = (
        {"ssl_context": context} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
    )
    # aiosmtpd takes TLS from the first byte for no TLS at all when it decides about logins.
    needs_tls = scheme != "smtps"
    box, port = serve(**tls, authenticator=authenticate, auth_require_tls=needs_tls, auth_required=True)
    address = f"{scheme}://robot@127.0.0.1:{port}"
    [target] = targets_from(mail_settings(address, PROSPERITY_ALERT_SMTP_PASSWORD="very secret"))
    with pytest.raises(AlertError, match="SSLCertVerificationError"):
        target.send(MESSAGE)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    target.send(MESSAGE)
    check_mail(box)
    [stranger] = targets_from(mail_settings(address, PROSPERITY_ALERT_SMTP_PASSWORD="wrong guess"))
    with pytest.raises(AlertError, match="login refused") as caught:
        stranger.send(MESSAGE)
    assert "wrong guess" not in f"{caught.value} {stranger!r}"


def test_starttls_is_not_given_up(serve: Serve) -> None:
    box, port = serve()
    [target] = targets_from(mail_settings(f"smtp+starttls://127.0.0.1:{port}"))
    with pytest.raises(AlertError, match="STARTTLS"):
        target.send(MESSAGE)
    assert box.received == []


def test_mail_that_is_refused(serve: Serve) -> None:
    box, port = serve()
    box.refusal = "452 the disk is full"
    [target] = targets_from(mail_settings(f"smtp://127.0.0.1:{port}"))
    with pytest.raises(AlertError, match="the disk is full"):
        target.send(MESSAGE)


# ------------------------------------------------------------------------------------------------- file


def test_file_gets_each_message_once_and_survives_a_cut_line(tmp_path: Path) -> None:
    target = File(tmp_path / "alerts" / "log.jsonl")
    target.send(MESSAGE)
    target.send(MESSAGE)
    with target.path.open("ab") as stream:
        stream.write(b'{"id": "cut o')
    other = Message("digest-2021-11-06", "digest", NOW, "s", "t", {})
    target.send(other)
    lines = target.path.read_bytes().splitlines()
    assert [json.loads(lines[number])["id"] for number in (0, 2)] == [
        "digest-2021-11-05",
        "digest-2021-11-06",
    ]
    assert len(lines) == 3


def test_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder is needed", encoding="utf-8")
    with pytest.raises(AlertError, match="taken"):
        File(tmp_path / "taken" / "log.jsonl").send(MESSAGE)


# ------------------------------------------------------------------------------------------ environment


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PROSPERITY_ALERT_WEBHOOK": "hooks.example/T0PSECRET"}, "PROSPERITY_ALERT_WEBHOOK"),
        ({"PROSPERITY_ALERT_WEBHOOK": "ftp://hooks.example/T0PSECRET"}, "https://"),
        ({"PROSPERITY_ALERT_WEBHOOK": "https://hooks.example:T0PSECRET/"}, "PROSPERITY_ALERT_WEBHOOK"),
        ({"PROSPERITY_ALERT_SMTP": "mail.example"}, "PROSPERITY_ALERT_SMTP"),
        (mail_settings("smtps://u:T0PSECRET@mail.example"), "PROSPERITY_ALERT_SMTP_PASSWORD"),
        (mail_settings("smtp://u@mail.example", PROSPERITY_ALERT_SMTP_PASSWORD="T0PSECRET"), "in the clear"),
        (mail_settings("smtps://mail.example", PROSPERITY_ALERT_TO=""), "PROSPERITY_ALERT_TO"),
        (
            mail_settings("smtps://mail.example", PROSPERITY_ALERT_FROM="a@b\r\nBcc: c@d"),
            "PROSPERITY_ALERT_FROM",
        ),
    ],
)
def test_settings_that_cannot_be_understood(environment: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        targets_from(environment)
    assert words in str(caught.value) and "T0PSECRET" not in str(caught.value)


def test_no_target_is_fine() -> None:
    assert targets_from({}) == []
