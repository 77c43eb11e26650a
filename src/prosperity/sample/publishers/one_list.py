"""A site of which one list page and the documents on it are stood in for, because hardly more of it is known.

What belongs here: the list, an article's page, and answering. What does not: any publisher's addresses or sentences.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from prosperity.sample.model import (
    Document,
    Item,
    RealItem,
    Request,
    Response,
    footer,
    issued_document,
    path_of,
)


@dataclass(frozen=True)
class OneList:
    host: str
    folder: str  #: of the list, which is its ``index.html``
    heading: str
    items: tuple[Item, ...]  #: newest first
    documents: Mapping[str, Document]

    def respond(self, request: Request, until: dt.date | None) -> Response:
        if request.path in (self.folder, f"{self.folder}index.html"):
            return Response(self._page([item for item in self.items if item.listed(until)]).encode())
        return issued_document(self.documents, request.path, until)

    def _page(self, items: Sequence[Item]) -> str:
        rows = "\n".join(
            f'<li><a href="{item.path}" title="{escape(item.title)}">{escape(item.title)}</a>'
            f"<span>{item.issued:%Y-%m-%d}</span></li>"
            for item in items
        )
        return (
            f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{escape(self.heading)}</title>\n'
            f"</head>\n<body>\n<ul>\n{rows}\n</ul>\n</body>\n</html>\n"
        )


def one_list(
    host: str,
    folder: str,
    heading: str,
    reports: Iterable[RealItem],
    built: Callable[[RealItem], Iterable[Document]],
) -> OneList:
    """The site with its reports; ``built`` makes the documents of one of them."""
    newest = sorted(reports, key=lambda report: report.day, reverse=True)
    items = tuple(
        Item(report.title, path_of(report.landing or report.address), report.day, report.estimated)
        for report in newest
    )
    documents = {document.path: document for report in newest for document in built(report)}
    return OneList(host, folder, heading, items, documents)


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
