"""CNNIC (www.cnnic.net.cn): list, detail page, PDF.

The PDF's address stands only on the detail page, and neither the detail page's folder (2022/0401:
everything up to 2021 was re-hung there) nor the PDF's is the date of issue, which only the list tells.
"""

from __future__ import annotations

import datetime as dt
import re
from html import escape

from prosperity.sample.figures import PACKAGE
from prosperity.sample.lists import ListPage, ListSite, PagedList, by_path
from prosperity.sample.model import Document, Item, RealItem, footer, path_of, real_items

HOST = "www.cnnic.net.cn"
FOLDER = "/6/86/88/"
PAGE_SIZE = 8
PDF = "application/pdf"


def publisher() -> ListSite:
    reports = sorted(real_items("cnnic_report", "release"), key=lambda report: report.day, reverse=True)
    items = tuple(
        Item(report.title, path_of(report.landing), report.day, report.estimated) for report in reports
    )
    documents = by_path(document for report in reports for document in (_detail(report), _pdf(report)))
    return ListSite(HOST, (PagedList(FOLDER, items, _list, PAGE_SIZE, "index{n}.html"),), documents)


def edition(title: str) -> int:
    """Number of a report: 第49次… → 49."""
    found = re.search(r"第(\d+)次", title)
    if not found:
        raise ValueError(f"no report number in {title!r}")
    return int(found.group(1))


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


def _list(page: ListPage) -> str:
    rows = "\n".join(
        f'<li><a href="{item.path}" target="_blank" title="{escape(item.title)}">{escape(item.title)}</a>'
        f"<span>{item.issued:%Y-%m-%d}</span></li>"
        for item in page.items
    )
    links = " ".join(
        f'<a href="{FOLDER}index{number if number > 1 else ""}.html">{number}</a>'
        for number in range(1, page.pages + 1)
    )
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>互联网发展研究</title>\n</head>\n'
        "<body>\n"
        f'<div class="list"><ul class="list_con">\n{rows}\n</ul></div>\n<div class="page">{links}</div>\n'
        "</body>\n</html>\n"
    )
