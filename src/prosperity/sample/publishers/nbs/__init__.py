"""NBS (www.stats.gov.cn): one list of latest releases that four sources share.

Income, retail sales, industry and national accounts each have a module; here they become one list by date of
issue, with releases of another subject in between. What belongs here: the list and answering requests. What does
not: the pages themselves (``pages`` and the subjects).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from prosperity.sample.model import Document, Item, Request, Response, issued_document, not_found
from prosperity.sample.publishers.nbs import accounts, income, industry, retail, revisions
from prosperity.sample.publishers.nbs.pages import FOLDER, list_page

HOST = "www.stats.gov.cn"
PAGE_SIZE = 20


@dataclass(frozen=True)
class Nbs:
    items: tuple[Item, ...]
    documents: Mapping[str, Document]
    host: str = HOST

    def respond(self, request: Request, until: dt.date | None) -> Response:
        number = _page_number(request.path)
        if number is None:
            return issued_document(self.documents, request.path, until)
        listed = [item for item in self.items if item.listed(until)]
        pages = max(1, -(-len(listed) // PAGE_SIZE))
        if number >= pages:
            return not_found()
        return Response(
            list_page(listed[number * PAGE_SIZE : (number + 1) * PAGE_SIZE], number, pages).encode()
        )


def publisher() -> Nbs:
    subjects = (income, retail, industry, accounts, revisions)
    built = [release for subject in subjects for release in subject.releases()]
    items = sorted((item for item, _ in built), key=lambda item: (item.issued, item.path), reverse=True)
    return Nbs(tuple(items), {document.path: document for _, document in built})


def _page_number(path: str) -> int | None:
    """0 for the first list page, N for index_N.html, None for anything else."""
    if path in (FOLDER, FOLDER.rstrip("/"), f"{FOLDER}index.html"):
        return 0
    found = re.fullmatch(rf"{FOLDER}index_([1-9]\d*)\.html", path)
    return int(found.group(1)) if found else None
