"""A site of which one list page and the documents on it are stood in for, because hardly more of it is known.

What belongs here: the look of the list and of an article. What does not: any publisher's addresses or sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from html import escape

from prosperity.sample.lists import ListPage, ListSite, PagedList, by_path, newest_first
from prosperity.sample.model import Document, Item, RealItem, footer, path_of


def one_list(
    host: str,
    folder: str,
    heading: str,
    reports: Iterable[RealItem],
    built: Callable[[RealItem], Iterable[Document]],
) -> ListSite:
    """The site with its reports; ``built`` makes the documents of one of them."""
    known = list(reports)
    items = newest_first(
        Item(report.title, path_of(report.landing or report.address), report.day, report.estimated)
        for report in known
    )
    documents = by_path(document for report in known for document in built(report))
    return ListSite(host, (PagedList(folder, items, partial(_page, heading)),), documents)


def _page(heading: str, page: ListPage) -> str:
    rows = "\n".join(
        f'<li><a href="{item.path}" title="{escape(item.title)}">{escape(item.title)}</a>'
        f"<span>{item.issued:%Y-%m-%d}</span></li>"
        for item in page.items
    )
    return (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{escape(heading)}</title>\n'
        f"</head>\n<body>\n<ul>\n{rows}\n</ul>\n</body>\n</html>\n"
    )


def article(report: RealItem, paragraphs: Iterable[str]) -> Document:
    """The page of a report: title, date and paragraphs of HTML."""
    path, title = path_of(report.landing or report.address), escape(report.title)
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="PubDate" content="{report.day:%Y-%m-%d}">\n</head>\n<body>\n<h1>{title}</h1>\n'
        f'<div class="article">{body}</div>\n{footer(report.estimated)}\n</body>\n</html>\n'
    )
    return Document(path, page.encode(), report.day, report.estimated)
