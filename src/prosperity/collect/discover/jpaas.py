"""The jpaas publishing system (MIIT): a JavaScript shell whose list comes from an interface in JSON.

Protocol (sources.md §3): the column page carries a ``queryData`` attribute with the parameters of the list,
in single quotes; ``GET /api-gateway/jpaas-publish-server/front/page/build/unit`` answers
``{"success": true, "data": {"html": "<li>…"}}`` with ``count`` items in all. Paging works only with
``paramJson={"pageNo":N,"pageSize":24}`` in compact JSON. Without Referer and X-Requested-With it answers 403.
List dates are ``MM-DD``: the year is that of the folder in the article's address; an item whose address has
no such folder has no date. Some addresses have their prefix joined twice.
"""

from __future__ import annotations

import ast
import datetime as dt
import html as html_module
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from lxml import etree, html

from prosperity.catalogue.model import Discovery
from prosperity.collect.discover import DiscoveryError, Fetch, Item
from prosperity.collect.text import date_of, decoded

_UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_PAGE_SIZE = 24
_MOST_PAGES = 200
_QUERY = re.compile(r'queryData\s*=\s*"([^"]+)"')
_DOUBLED = re.compile(r"^https?://[^/]+(?=https?://)")
_YEAR = re.compile(r"/art/(\d{4})/")
_FULL_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_SHORT_DATE = re.compile(r"(?<![\d-])(\d{2})-(\d{2})(?!\d)")


def items(fetch: Fetch, discovery: Discovery, base: str) -> Iterator[Item]:
    """Every item of the column. :raises DiscoveryError: where page or interface are not what they should be."""
    column = urljoin(base, discovery.list_address)
    page = fetch.get(column, headers={"Referer": base})
    query = _query_data(decoded(page.body, page.headers), column)
    seen = 0
    for number in range(1, _MOST_PAGES + 1):
        answer = _unit(fetch, base, column, query, number)
        rows = list(_rows(answer["html"], column))
        yield from rows
        seen += len(rows)
        if seen >= answer["count"]:
            return
        if not rows:
            raise DiscoveryError(column, f"the list announces {answer['count']} items and gives {seen}")


def resolve(fetch: Fetch, discovery: Discovery, item: Item) -> Item:  # noqa: ARG001  (the protocol's signature)
    """The list links to the article itself."""
    return item


def _query_data(text: str, column: str) -> dict[str, str]:
    found = _QUERY.search(text)
    if not found:
        raise DiscoveryError(
            column, "the column page carries no queryData: layout changed or a challenge page"
        )
    try:
        query = ast.literal_eval(html_module.unescape(found.group(1)))
    except (SyntaxError, ValueError) as fault:
        raise DiscoveryError(column, f"queryData cannot be read: {found.group(1)[:120]!r}") from fault
    return {str(name): str(value) for name, value in query.items()}


def _unit(fetch: Fetch, base: str, column: str, query: Mapping[str, str], number: int) -> dict[str, Any]:
    parameters = {"parseType": "buildstatic", **query}
    parameters["paramJson"] = json.dumps({"pageNo": number, "pageSize": _PAGE_SIZE}, separators=(",", ":"))
    answer = fetch.get(
        urljoin(base, _UNIT),
        params=parameters,
        headers={"Referer": column, "X-Requested-With": "XMLHttpRequest"},
    )
    try:
        content = json.loads(answer.body)
        data = content["data"]
        # Without a count the list would end after its first page, and nobody would know.
        return {
            "html": str.strip(data["html"]),
            "count": int(data["count"] if "count" in data else content["count"]),
        }
    except (ValueError, KeyError, TypeError) as fault:
        raise DiscoveryError(
            answer.address, f"page {number} of the list is not the JSON expected: {fault!r}"
        ) from fault


def _rows(fragment: str, column: str) -> Iterator[Item]:
    if not fragment.strip():
        return
    tree: etree._Element = html.fragment_fromstring(fragment, create_parent="div")
    for row in tree.xpath(".//li[.//a[@href]]"):
        link = row.xpath(".//a[@href]")[0]
        title = " ".join((link.get("title") or "".join(link.itertext())).split())
        address = urljoin(column, _DOUBLED.sub("", link.get("href").strip()))
        rest = " ".join("".join(row.itertext()).split()).replace(title, " ")
        issued = _issued(rest, address)
        yield Item(title, address, issued, "list_date" if issued else None)


def _issued(text: str, address: str) -> dt.date | None:
    """The date in the row; the year of ``MM-DD`` is the folder's, the year of publication."""
    if full := _FULL_DATE.search(text):
        return date_of(full.groups())
    short, folder = _SHORT_DATE.search(text), _YEAR.search(address)
    return date_of((folder.group(1), *short.groups())) if short and folder else None
