"""The dates of one release, from its page, its address and the list; the encoding of its page.

What belongs here: reading dates where the catalogue says they stand. What does not: which of several releases of one
period is meant (``claims``).
"""

from __future__ import annotations

import datetime as dt
import re

from lxml import etree, html

from prosperity.catalogue.model import Discovery
from prosperity.collect.discover import Item
from prosperity.collect.http import Fetched
from prosperity.collect.model import IssuedBasis
from prosperity.collect.text import date_in, date_of, decoded


class Dates:
    """The dates of one release, kept apart: what the text states, what page or address say, what the list says."""

    def __init__(self, discovery: Discovery, item: Item, answer: Fetched, media_type: str) -> None:
        self._item = item
        self._sample_estimate = answer.headers.get("x-sample-issued") == "estimated"
        tree = None
        if media_type == "text/html":
            tree = html.document_fromstring(decoded(answer.body, answer.headers))
        stated = _text_at(tree, discovery.stated_date)
        # An empty "Published in" must not be filled with whatever text comes next.
        self.stated = stated if stated and re.fullmatch(discovery.stated_pattern, stated) else None
        self.page = date_in(_text_at(tree, discovery.page_date))
        if self.page is None and discovery.address_date:
            self.page = _date_in_address(discovery.address_date, answer.address)
        self._page_basis: IssuedBasis = "stated" if discovery.page_date else "address"

    @property
    def issued(self) -> tuple[dt.date | None, IssuedBasis | None]:
        """The date of issue and what vouches for it: the page's own date, else the list's; never a guess."""
        if self._sample_estimate:
            return self._item.issued or self.page, "estimated"
        if self.page and self._page_basis == "stated":
            return self.page, "stated"
        if self._item.issued:
            return self._item.issued, self._item.basis
        return (self.page, "address") if self.page else (None, None)


def _text_at(tree: etree._Element | None, path: str | None) -> str | None:
    if tree is None or path is None:
        return None
    found = tree.xpath(path)
    first = found[0] if isinstance(found, list) and found else found
    text = str(first.text_content() if hasattr(first, "text_content") else first) if first is not None else ""
    return " ".join(text.split()) or None if found != [] else None


def _date_in_address(pattern: str, address: str) -> dt.date | None:
    found = re.search(pattern, address)
    return date_of(found.groups()) if found else None
