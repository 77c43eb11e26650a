"""Where alerts go: a webhook (HTTP POST of JSON), a mailbox (SMTP), a file (a line of JSON each).

What belongs here: delivering one message to one target. What does not: trying again (``service``). Addresses and
secrets come from the environment only; they are in no message, no error and no representation.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import requests

from prosperity.alerts.model import AlertError, Message
from prosperity.settings import SettingsError

SECONDS = 15
#: How much of the end of a file is searched for a message that may be there already.
TAIL = 1024 * 1024

WEBHOOK, WEBHOOK_SECRET = "PROSPERITY_ALERT_WEBHOOK", "PROSPERITY_ALERT_WEBHOOK_SECRET"
SMTP, SMTP_PASSWORD = "PROSPERITY_ALERT_SMTP", "PROSPERITY_ALERT_SMTP_PASSWORD"
SENDER, RECIPIENTS = "PROSPERITY_ALERT_FROM", "PROSPERITY_ALERT_TO"
FILE = "PROSPERITY_ALERT_FILE"


class Target(Protocol):
    """One place that messages go to."""

    @property
    def name(self) -> str:
        """What the outbox calls it: stays the same when its address changes."""

    @property
    def place(self) -> str:
        """Where it is, for people: without path, query, user or password of an address."""

    def send(self, message: Message) -> None:
        """:raises AlertError: where it was not accepted."""


@dataclass(frozen=True)
class Webhook:
    """POST of ``Message.public()``; any 2xx is success, a redirect is not followed.

    ``Idempotency-Key`` is the message's id: a receiver can drop one that comes again after its answer was lost. With
    a secret, ``X-Prosperity-Signature: sha256=…`` is the HMAC of the body.
    """

    address: str = field(repr=False)
    secret: str = field(default="", repr=False)
    name: str = "webhook"

    @property
    def place(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")

    def send(self, message: Message) -> None:
        body = json.dumps(message.public(), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": message.id}
        if self.secret:
            digest = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Prosperity-Signature"] = f"sha256={digest}"
        try:
            answer = requests.post(
                self.address, data=body, headers=headers, timeout=SECONDS, allow_redirects=False, stream=True
            )
        except requests.RequestException as fault:
            # Not its words: they repeat the address, whose path is the secret of many services.
            raise AlertError(f"webhook {self.place}: {type(fault).__name__}") from None
        answer.close()
        if not 200 <= answer.status_code < 300:
            raise AlertError(f"webhook {self.place}: HTTP status {answer.status_code}")


@dataclass(frozen=True)
class Mail:
    """One mail to all recipients. ``scheme``: ``smtps`` (TLS from the first byte), ``smtp+starttls`` (TLS or nothing) or
    ``smtp`` (plain: only without a password or to this machine)."""

    scheme: str
    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)
    name: str = "mail"

    @property
    def place(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def send(self, message: Message) -> None:
        mail = EmailMessage()
        mail["Subject"] = " ".join(message.subject.split())
        mail["From"], mail["To"] = self.sender, ", ".join(self.recipients)
        mail["Date"] = format_datetime(message.created)
        # The same message has the same id: mailboxes know one that came twice.
        mail["Message-ID"] = f"<{message.id}.{_digest(message)}@{self.sender.rpartition('@')[2]}>"
        mail.set_content(message.text)
        try:
            with self._session() as session:
                if self.user:
                    session.login(self.user, self.password)
                session.send_message(mail, self.sender, list(self.recipients))
        except smtplib.SMTPAuthenticationError as fault:
            raise AlertError(f"mail {self.place}: login refused ({fault.smtp_code})") from None
        except (OSError, smtplib.SMTPException) as fault:
            raise AlertError(f"mail {self.place}: {type(fault).__name__}: {fault}") from None

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        if self.scheme == "smtps":
            with smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context) as session:
                yield session
            return
        with smtplib.SMTP(self.host, self.port, timeout=SECONDS) as session:
            if self.scheme == "smtp+starttls":
                session.starttls(context=context)
            yield session


@dataclass(frozen=True)
class File:
    """One line of JSON for each message; a message that is there already is not written again."""

    path: Path
    name: str = "file"

    @property
    def place(self) -> str:
        return str(self.path)

    def send(self, message: Message) -> None:
        line = json.dumps(message.public(), ensure_ascii=False).encode() + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as stream:
                stream.seek(max(0, stream.seek(0, os.SEEK_END) - TAIL))
                end = stream.read()
                if line in end:
                    return
                # A line that a full disk or a kill cut off stays a line of its own.
                stream.write(line if not end or end.endswith(b"\n") else b"\n" + line)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as fault:
            raise AlertError(f"file {self.path}: {fault.strerror or fault}") from fault


def _digest(message: Message) -> str:
    return hashlib.sha256(f"{message.id}\x1f{message.created.isoformat()}".encode()).hexdigest()[:12]


# ----------------------------------------------------------------------------------------- environment


def targets_from(environment: Mapping[str, str]) -> list[Target]:
    """The targets that the environment names; none is fine.

    :raises SettingsError: for one that cannot be understood; names the variable and never its value.
    """
    found: list[Target] = []
    if environment.get(WEBHOOK):
        found.append(_webhook(environment))
    if environment.get(SMTP):
        found.append(_mail(environment))
    if environment.get(FILE):
        found.append(File(Path(environment[FILE])))
    return found


def _webhook(environment: Mapping[str, str]) -> Webhook:
    parts = _split(WEBHOOK, environment[WEBHOOK])
    if parts.scheme not in ("http", "https"):
        raise SettingsError(f"{WEBHOOK}: write an address that begins with https:// or http://")
    return Webhook(environment[WEBHOOK], environment.get(WEBHOOK_SECRET, ""))


def _mail(environment: Mapping[str, str]) -> Mail:
    parts = _split(SMTP, environment[SMTP])
    ports = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
    if parts.scheme not in ports:
        raise SettingsError(f"{SMTP}: write smtps://HOST, smtp+starttls://HOST or smtp://HOST")
    if parts.password:
        raise SettingsError(f"{SMTP}: the password belongs into {SMTP_PASSWORD}")
    sender = environment.get(SENDER, "")
    recipients = tuple(entry.strip() for entry in environment.get(RECIPIENTS, "").split(",") if entry.strip())
    for variable, addresses in ((SENDER, (sender,)), (RECIPIENTS, recipients or ("",))):
        if not all("@" in address and not set(address) & set("\r\n") for address in addresses):
            raise SettingsError(f"{variable}: {SMTP} is set, so mail addresses are needed here")
    password = environment.get(SMTP_PASSWORD, "")
    host = parts.hostname or ""
    if parts.scheme == "smtp" and password and host not in ("localhost", "127.0.0.1", "::1"):
        raise SettingsError(f"{SMTP}: a password is not sent in the clear; use smtps:// or smtp+starttls://")
    return Mail(
        parts.scheme,
        host,
        parts.port or ports[parts.scheme],
        sender,
        recipients,
        unquote(parts.username or ""),
        password,
    )


def _split(variable: str, address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        known = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        known = False
    if not known:
        raise SettingsError(f"{variable}: not an address with a host")
    return parts
