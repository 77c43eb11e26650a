"""Plain HTML lists: rows with a link and a date, over several pages; documents linked directly or by a detail page.

Options in the source's YAML (``discovery.options``):

- ``rows``: XPath of the rows (default: every ``li`` and ``tr`` with a link);
- ``next_pages``: file name of the following pages with ``{n}``, e.g. ``index_{n}.htm``; absent: one page only;
- ``first_number``: number of the second page (default 1);
- ``page_count``: pattern whose first group is the number of pages; absent: until a page answers 404;
- ``marker``: text (ASCII) that every true list page contains, so that a challenge page is never taken for an
  empty list: a page without it is asked for again;
- ``date``: pattern of the date in a row (default ``YYYY-MM-DD``);
- ``document``: XPath of the link to the document on the detail page; absent: the list links to the document;
- ``attachment``: the same for a link that only some pages have; a page without it is itself the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from lxml import etree, html

from prosperity.catalogue.model import Discovery
from prosperity.collect.discover import DiscoveryError, Fetch, Item
from prosperity.collect.http import FetchError
from prosperity.collect.text import date_of, decoded

_MOST_PAGES = 200


def items(fetch: Fetch, discovery: Discovery, base: str) -> Iterator[Item]:
    """Every row of every list page. :raises DiscoveryError: where a page is no list."""
    first = urljoin(base, discovery.list_address)
    text = _page(fetch, discovery, first)
    yield from _rows(discovery, text, first)
    template = discovery.options.get("next_pages")
    if not template:
        return
    number = int(str(discovery.options.get("first_number", 1)))
    last = number + _count(discovery, text, first) - 2
    for page_number in range(number, last + 1):
        address = urljoin(first, str(template).format(n=page_number))
        try:
            text = _page(fetch, discovery, address)
        except FetchError as fault:
            if fault.status == 404:
                return
            raise
        yield from _rows(discovery, text, address)


def resolve(fetch: Fetch, discovery: Discovery, item: Item) -> Item:
    """The address of the document itself: read from the detail page, where there is one."""
    attachment = discovery.options.get("attachment")
    path = discovery.options.get("document", attachment)
    if not path:
        return item
    page = fetch.get(item.address)
    tree = _tree(decoded(page.body, page.headers), page.address)
    links = {urljoin(page.address, str(link)) for link in tree.xpath(f"{path}/@href")}
    if not links and attachment:
        return item
    if len(links) != 1:
        raise DiscoveryError(
            page.address, f"the detail page of {item.title!r} has {len(links)} document links, not one"
        )
    return item.moved_to(links.pop())


def _page(fetch: Fetch, discovery: Discovery, address: str) -> str:
    marker = str(discovery.options.get("marker", ""))

    def no_list(body: bytes) -> str | None:
        """Marks are plain ASCII, so that the page's encoding need not be known yet."""
        if marker.encode() in body:
            return None
        return f"not a list page: {marker!r} does not occur in its {len(body)} bytes"

    page = fetch.get(address, doubt=no_list)
    return decoded(page.body, page.headers)


def _count(discovery: Discovery, text: str, address: str) -> int:
    pattern = discovery.options.get("page_count")
    if not pattern:
        return _MOST_PAGES
    found = re.search(str(pattern), text)
    if not found:
        raise DiscoveryError(address, f"the list does not say how many pages it has ({pattern!r} not found)")
    return int(found.group(1))


def _tree(text: str, address: str) -> etree._Element:
    try:
        tree: etree._Element = html.document_fromstring(text)
    except (etree.ParserError, ValueError) as fault:
        raise DiscoveryError(address, f"not readable as HTML: {fault}") from fault
    return tree


def _rows(discovery: Discovery, text: str, address: str) -> Iterator[Item]:
    tree = _tree(text, address)
    date = re.compile(str(discovery.options.get("date", r"(\d{4})-(\d{2})-(\d{2})")))
    path = str(discovery.options.get("rows", "//li[.//a[@href]] | //tr[.//a[@href]]"))
    for row in tree.xpath(path):
        link = row.xpath(".//a[@href]")[0]
        title = " ".join((link.get("title") or "".join(link.itertext())).split())
        found = date.search(" ".join("".join(row.itertext()).split()))
        issued = date_of(found.groups()) if found else None
        yield Item(
            title=title,
            address=urljoin(address, link.get("href")),
            issued=issued,
            basis="list_date" if issued else None,
        )
