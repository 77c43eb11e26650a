"""CNNIC (www.cnnic.net.cn): list, detail page, PDF.

The PDF's address stands only on the detail page, and neither the detail page's folder (2022/0401:
everything up to 2021 was re-hung there) nor the PDF's is the date of issue, which only the list tells.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from prosperity.sample.figures import PACKAGE
from prosperity.sample.model import (
    Document,
    Item,
    RealItem,
    Request,
    Response,
    footer,
    issued_document,
    not_found,
    path_of,
    real_items,
)

HOST = "www.cnnic.net.cn"
FOLDER = "/6/86/88/"
PAGE_SIZE = 8
PDF = "application/pdf"


@dataclass(frozen=True)
class Cnnic:
    items: tuple[Item, ...]
    documents: Mapping[str, Document]
    host: str = HOST

    def respond(self, request: Request, until: dt.date | None) -> Response:
        number = _page_number(request.path)
        if number is None:
            return issued_document(self.documents, request.path, until)
        listed = [item for item in self.items if item.listed(until)]
        pages = max(1, -(-len(listed) // PAGE_SIZE))
        if number > pages:
            return not_found()
        return Response(_list(listed[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], pages).encode())


def publisher() -> Cnnic:
    reports = sorted(real_items("cnnic_report", "release"), key=lambda report: report.day, reverse=True)
    items = tuple(
        Item(report.title, path_of(report.landing), report.day, report.estimated) for report in reports
    )
    documents = {}
    for report in reports:
        for document in (_detail(report), _pdf(report)):
            documents[document.path] = document
    return Cnnic(items, documents)


def edition(title: str) -> int:
    """Number of a report: 第49次… → 49."""
    found = re.search(r"第(\d+)次", title)
    if not found:
        raise ValueError(f"no report number in {title!r}")
    return int(found.group(1))


def _page_number(path: str) -> int | None:
    """1 for index.html, N for indexN.html, None for anything else."""
    if path in (FOLDER, FOLDER.rstrip("/"), f"{FOLDER}index.html"):
        return 1
    found = re.fullmatch(rf"{FOLDER}index([2-9]|[1-9]\d+)\.html", path)
    return int(found.group(1)) if found else None


def _pdf(report: RealItem) -> Document:
    body = (PACKAGE / "pdf" / f"cnnic_{edition(report.title)}.pdf").read_bytes()
    uploaded = re.search(r"upload date in the address: (\d{4})-(\d\d)-(\d\d)", report.note)
    modified = None
    if uploaded:
        year, month, day = (int(part) for part in uploaded.groups())
        modified = dt.datetime(year, month, day, 9, 0, tzinfo=dt.UTC)
    return Document(
        path_of(report.address), body, report.day, report.estimated, media_type=PDF, modified=modified
    )


def _detail(report: RealItem) -> Document:
    """The page between list and PDF; it names no date."""
    title = escape(report.title)
    body = (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}--互联网发展研究</title>\n</head>\n<body>\n"
        f'<div class="text_con"><h1>{title}</h1>\n<div class="text">\n'
        f'<p><a href="{path_of(report.address)}" target="_blank">{title}.pdf</a></p>\n</div></div>\n'
        f"{footer(report.estimated)}\n</body>\n</html>\n"
    )
    return Document(path_of(report.landing), body.encode(), report.day, report.estimated)


def _list(items: list[Item], pages: int) -> str:
    rows = "\n".join(
        f'<li><a href="{item.path}" target="_blank" title="{escape(item.title)}">{escape(item.title)}</a>'
        f"<span>{item.issued:%Y-%m-%d}</span></li>"
        for item in items
    )
    links = " ".join(
        f'<a href="{FOLDER}index{number if number > 1 else ""}.html">{number}</a>'
        for number in range(1, pages + 1)
    )
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>互联网发展研究</title>\n</head>\n'
        "<body>\n"
        f'<div class="list"><ul class="list_con">\n{rows}\n</ul></div>\n<div class="page">{links}</div>\n'
        "</body>\n</html>\n"
    )
