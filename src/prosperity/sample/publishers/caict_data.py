"""CAICT's list of data (/kxyj/qwfb/qwsj/): items are PDFs themselves, and a firewall stands before all of them.

Two kinds of items are rebuilt as slide decks: listed Internet companies and Internet financing, one a quarter; the
reports on licences, domains and prices say what is known of them (``caict_reports``). Notes on the index stand in the
list only. The firewall answers the first
requests for some addresses with 412 or with a tiny page of status 200, always the same way, and lets those through
that ask again.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter

from prosperity.sample.figures import PACKAGE
from prosperity.sample.model import CHALLENGE_PAGE, Document, Item, RealItem, Response, path_of, real_items
from prosperity.sample.publishers import caict_reports
from prosperity.sample.wording import pick

FOLDER = "/kxyj/qwfb/qwsj/"
DECKS = ("caict_listed", "caict_invest")
SOURCES = (*DECKS, *caict_reports.DATA_SOURCES)
PRECONDITION_FAILED, OK = 412, 200
#: Statuses of the first answers for an address; then the page itself.
REFUSALS = ((), (), (PRECONDITION_FAILED,), (OK,), (OK, PRECONDITION_FAILED), ())
#: The same for the many small reports, lest waiting for them be most of what collecting costs.
SELDOM = (*((),) * 9, (PRECONDITION_FAILED,))


class Firewall:
    """Counts the requests for each address; a start of the stand-in forgets them."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()
        self._reports = frozenset(
            path_of(item.address)
            for source in caict_reports.DATA_SOURCES
            for item in real_items(source, "release")
        )
        self._lock = threading.Lock()

    def refusal(self, path: str) -> Response | None:
        """What is answered in place of the page, None once the firewall lets the client through."""
        name = path.rsplit("/", 1)[1]
        planned: tuple[int, ...] = (PRECONDITION_FAILED, OK)
        if name not in ("", "index.htm"):
            planned = pick(SELDOM if path in self._reports else REFUSALS, "firewall", name)
        with self._lock:
            number = self._asked[path]
            self._asked[path] += 1
        return Response(CHALLENGE_PAGE, status=planned[number]) if number < len(planned) else None


def items() -> list[Item]:
    found = [item for source in SOURCES for kind in ("release", "other") for item in real_items(source, kind)]
    return [Item(item.title, path_of(item.address), item.day, item.estimated) for item in found]


def documents() -> list[Document]:
    decks = [_deck(source, item) for source in DECKS for item in real_items(source, "release")]
    reports = [
        caict_reports.document(source, item)
        for source in caict_reports.DATA_SOURCES
        for item in real_items(source, "release")
    ]
    return decks + reports


def _deck(source: str, item: RealItem) -> Document:
    body = (PACKAGE / "pdf" / f"{source}_{item.period}.pdf").read_bytes()
    modified = dt.datetime.combine(item.day, dt.time(2, 0), dt.UTC)
    return Document(path_of(item.address), body, item.day, media_type="application/pdf", modified=modified)
