"""CNNIC in English (www.cnnic.com.cn): a list whose items are the English editions themselves, months later.

The folder is the publisher's; the names of its files are not known for most editions and carry ``sample``. Nor are the
dates of issue: they are the Chinese edition's and the usual lag (the editions of the 50th, 54th and 55th report lie in
folders two to four months after the Chinese ones), and are marked as estimated.
"""

from __future__ import annotations

import datetime as dt
from html import escape

from prosperity.sample.figures import PACKAGE
from prosperity.sample.lists import ListPage, ListSite, PagedList, by_path, newest_first
from prosperity.sample.model import Document, Item, RealItem, real_items
from prosperity.sample.publishers.cnnic import edition
from prosperity.sample.wording import pick

HOST = "www.cnnic.com.cn"
FOLDER = "/IDR/ReportDownloads/"
PAGE_SIZE = 5
#: Editions that are rebuilt.
NUMBERS = (44, 45, 47, 50, 51, 53)
LAG = dt.timedelta(days=100)


def publisher() -> ListSite:
    documents = [_pdf(report) for report in reports()]
    items = newest_first(
        Item(title_of(edition(report.title)), document.path, document.issued, True)
        for report, document in zip(reports(), documents, strict=True)
    )
    paged = PagedList(FOLDER, items, _list, PAGE_SIZE, "index_{n}.html", 1)
    return ListSite(HOST, (paged,), by_path(documents))


def reports() -> list[RealItem]:
    """The Chinese editions of which there is an English one here."""
    return [report for report in real_items("cnnic_report", "release") if edition(report.title) in NUMBERS]


def title_of(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    forms = (
        f"The {number}{ending} Statistical Report on China's Internet Development",
        f"The {number}{ending} Statistical Report on Internet Development in China",
    )
    return pick(forms, "english", number)


def _pdf(report: RealItem) -> Document:
    number, issued = edition(report.title), report.day + LAG
    body = (PACKAGE / "pdf" / f"cnnic_english_{number}.pdf").read_bytes()
    path = f"{FOLDER}{issued:%Y%m}/P0sample{number}.pdf"
    return Document(path, body, issued, True, "application/pdf")


def _list(page: ListPage) -> str:
    rows = "\n".join(
        f'<li><a href="./{item.path.removeprefix(FOLDER)}" target="_blank" title="{escape(item.title)}">'
        f"{escape(item.title)}</a><span>{item.issued:%Y-%m-%d}</span></li>"
        for item in page.items
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Statistical Reports</title>\n</head>\n'
        f'<body>\n<div class="content"><ul>\n{rows}\n</ul></div>\n'
        f'<script>createPageHTML({page.pages}, {page.number}, "index", "html");</script>\n</body>\n</html>\n'
    )
