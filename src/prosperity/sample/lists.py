"""Lists of releases as stand-ins serve them: in pages, newest first, as of a day; and sites that are nothing else.

What belongs here: which page is asked for and which items stand on it. What does not: how a page looks (each
publisher's ``render``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from prosperity.sample.model import Document, Item, Request, Response, issued_document, not_found


@dataclass(frozen=True)
class ListPage:
    """What stands on one page of a list; pages are counted from 0."""

    items: Sequence[Item]
    number: int
    pages: int


Render = Callable[[ListPage], str]  #: the page as HTML


@dataclass(frozen=True)
class PagedList:
    """One list. ``further`` names the pages behind the first, ``{n}`` being their number; the second one is ``second``
    (publishers count from 1 or from 2). ``{n}`` may stand in a query: ``?{n}``. Without ``further`` there is one page.
    """

    folder: str
    items: tuple[Item, ...]
    render: Render
    size: int = 20
    further: str = ""
    second: int = 2
    first: tuple[str, ...] = ("index.html",)  #: names of the first page beside the folder's own

    def respond(self, target: str, until: dt.date | None) -> Response | None:
        """The page asked for, 404 for one behind the last, None where the address is none of this list's."""
        number = self._number(target)
        if number is None:
            return None
        listed = [item for item in self.items if item.listed(until)]
        pages = max(1, -(-len(listed) // self.size)) if self.further else 1
        if number >= pages:
            return not_found()
        shown = listed[number * self.size : (number + 1) * self.size] if self.further else listed
        return Response(self.render(ListPage(shown, number, pages)).encode())

    def _number(self, target: str) -> int | None:
        """0 for the first page, 1 for the second one; None for what is no page of the list."""
        parts = urlsplit(target)
        asks = "?" in self.further and parts.query
        path = f"{parts.path}?{parts.query}" if asks else parts.path
        if path in (self.folder, self.folder.rstrip("/"), *(self.folder + name for name in self.first)):
            return 0
        before, asked, after = self.further.partition("{n}")
        if not asked or not path.startswith(self.folder):
            return None
        found = re.fullmatch(
            rf"{re.escape(before)}([1-9]\d*){re.escape(after)}", path.removeprefix(self.folder)
        )
        number = int(found.group(1)) - self.second + 1 if found else 0
        return number if number > 0 else None


@dataclass(frozen=True)
class ListSite:
    """A publisher's site of lists and documents only."""

    host: str
    lists: tuple[PagedList, ...]
    documents: Mapping[str, Document]

    def respond(self, request: Request, until: dt.date | None) -> Response:
        answers = (listed.respond(request.target, until) for listed in self.lists)
        found = next((answer for answer in answers if answer is not None), None)
        return found or issued_document(self.documents, request.path, until)


def newest_first(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: (item.issued, item.path), reverse=True))


def by_path(documents: Iterable[Document]) -> dict[str, Document]:
    return {document.path: document for document in documents}
