"""What a stand-in publisher is made of: requests, responses, documents, items of a list.

What belongs here: value types and the notice that every rebuilt document carries. What does not: HTTP
(``server``), any publisher's protocol (``publishers``), any figure (``figures``).
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from prosperity.sample.figures import DATA

NOTICE_ZH = "样例文件:依据公开发布数据重建,非发布机构原件"
NOTICE_EN = "Sample: rebuilt from published figures, not the publisher's own file"
ESTIMATED_ZH = "发布日期为估计值(报告期末加该机构的通常时滞)"
ESTIMATED_EN = "date of issue estimated: end of the period plus the publisher's usual lag"


@dataclass(frozen=True)
class Request:
    """A request as a publisher sees it; header names in lower case."""

    method: str
    target: str  #: path with query, as sent
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """First value of every parameter."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


@dataclass(frozen=True)
class Response:
    """A whole answer, before validators, ranges and faults are applied."""

    body: bytes
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    modified: dt.datetime | None = None  #: becomes Last-Modified; most publishers send none
    ranges: bool = False  #: whether parts may be asked for


#: What a firewall answers in place of the page, with status 412 or, as the whole trap, 200.
CHALLENGE_PAGE = (
    b"<html><head><script>document.cookie='c=1';location.reload()</script></head><body></body></html>"
)


def not_found() -> Response:
    return Response(b"<html><body><h1>404 Not Found</h1></body></html>", status=404)


@dataclass(frozen=True)
class Item:
    """One entry of a publisher's list."""

    title: str
    path: str  #: path on the publisher's host
    issued: dt.date
    estimated: bool = False
    href: str = ""  #: link as the list prints it, where that is not the path

    def listed(self, until: dt.date | None) -> bool:
        return until is None or self.issued <= until


@dataclass(frozen=True)
class Document:
    """One rebuilt document: answered only once it is issued."""

    path: str
    body: bytes
    issued: dt.date
    estimated: bool = False
    media_type: str = "text/html; charset=utf-8"
    modified: dt.datetime | None = None
    trap: str = ""  #: what is deliberately odd about it

    def response(self) -> Response:
        headers = {"X-Sample": "rebuilt"}
        if self.estimated:
            headers["X-Sample-Issued"] = "estimated"
        if self.trap:
            headers["X-Sample-Trap"] = self.trap
        pdf = self.media_type == "application/pdf"
        return Response(self.body, self.media_type, headers=headers, modified=self.modified, ranges=pdf)


class Publisher(Protocol):
    """A publisher's site: one module in ``publishers`` each, found by its ``publisher()`` function.

    A site that takes POST says so by ``accepts_post = True``; without it such requests are answered 405.
    """

    @property
    def host(self) -> str:
        """The real host that is stood in for."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """Every document by path, issued or not."""

    def respond(self, request: Request, until: dt.date | None) -> Response:
        """The answer as of the day ``until`` (None: everything is out)."""


def issued_document(documents: Mapping[str, Document], path: str, until: dt.date | None) -> Response:
    document = documents.get(path)
    if document is None or (until is not None and document.issued > until):
        return not_found()
    return document.response()


@dataclass(frozen=True)
class RealItem:
    """A list item that really existed (``data/items.csv``); ``basis`` says how its date of issue is known."""

    source: str
    kind: str  #: release, english, other
    title: str
    period: str
    address: str
    landing: str
    issued: str
    stated: str  #: date that the document itself names, as far as it is known: not the same
    basis: str
    note: str

    @property
    def day(self) -> dt.date:
        return dt.date.fromisoformat(self.issued)

    @property
    def estimated(self) -> bool:
        return self.basis == "estimated"


@cache
def real_items(source: str, kind: str) -> tuple[RealItem, ...]:
    with (DATA / "items.csv").open(encoding="utf-8", newline="") as stream:
        found = (RealItem(**record) for record in csv.DictReader(stream))
        return tuple(item for item in found if (item.source, item.kind) == (source, kind))


def path_of(address: str) -> str:
    return urlsplit(address).path


def footer(estimated: bool = False, extra: str = "") -> str:
    """The notice as HTML, to stand at the foot of every rebuilt document."""
    lines = [NOTICE_ZH, NOTICE_EN]
    if estimated:
        lines += [ESTIMATED_ZH, ESTIMATED_EN]
    if extra:
        lines.append(extra)
    return '<div class="sample-notice">' + "".join(f"<p>{line}</p>" for line in lines) + "</div>"
