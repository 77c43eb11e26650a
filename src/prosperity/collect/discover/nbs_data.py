"""The NBS data site's interface of 2026: trees of indicator sets, indicators of a set, figures by POST.

Protocol (sources.md §3), below ``/dg/website/publicrelease/web/external``; a client loads the page first and sends
it as Referer:

- ``GET new/queryIndexTreeAsync?pid=&code=`` (code 1 month, 2 quarter, 3 year) gives the root, with ``pid`` the
  children of a node: ``{"success": true, "data": [{"_id", "name", "isLeaf"}]}``;
- ``GET new/queryDtByCid?cid=&rootId=`` gives the last period of a set, ``{"data": {"dt_all": "202312MM"}}``, ``{}`` where none is out;
- ``GET new/queryIndicatorsByCid?cid=&dt=&name=`` gives ``{"data": {"list": [{"_id", "i_showname"}]}}``;
- ``POST stream/esData`` gives one entry per period with one value per indicator; periods not yet published come as
  empty strings. ``dts`` must be a list; a ``daCatalogId`` that is not empty makes the site ignore ``das``.

Ids are not stable: nodes and indicators are found by the path of their names, compared without blanks (names carry
them at the end), and no id is ever stored. One release is one indicator set in one year; a set that is cut into
ranges of years (``…(2016-2020)``, ``…(2021-)``) is one set. Its address names path and year in the fragment, so that
it stays the same; the answer as transferred is the document, and another answer with the same names and figures
under other ids is the same document. The interface gives no date of issue.

Options in the source's YAML (``discovery.options``):

- ``period``: month, quarter or year;
- ``path``: names of the nodes below the root down to the set, joined by ``>``;
- ``indicators``: pattern of the indicators to ask for (default: all of the set);
- ``first_year``: the earliest year asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from prosperity.catalogue.model import Discovery
from prosperity.collect.discover import DiscoveryError, Fetch, Item
from prosperity.collect.http import Fetched
from prosperity.notation.normalise import normalise

_INTERFACE = "/dg/website/publicrelease/web/external/"
_NATION = {"text": "全国", "value": "000000000000"}
_TREES = {"month": "1", "quarter": "2", "year": "3"}
_SPANS = {"month": "{0}01MM-{0}12MM", "quarter": "{0}01SS-{0}04SS", "year": "{0}YY"}
_RANGE = re.compile(r"^(?P<name>.+?)\((?P<first>\d{4})?[-—~](?P<last>\d{4})?\)$")
_MOST_DEPTH = 12


@dataclass(frozen=True)
class _Interface:
    """GET requests to the interface, each answer checked to be one."""

    fetch: Fetch
    base: str
    page: str

    def data(self, name: str, /, **parameters: str) -> Any:
        answer = self.fetch.get(
            urljoin(self.base, _INTERFACE + name), params=parameters, headers={"Referer": self.page}
        )
        return _data(answer.body, answer.address)

    def rows(self, found: Any, name: str) -> list[dict[str, Any]]:
        if not isinstance(found, list) or not all(isinstance(row, dict) and "_id" in row for row in found):
            raise DiscoveryError(urljoin(self.base, _INTERFACE + name), "the answer holds no list of entries")
        return found


def items(fetch: Fetch, discovery: Discovery, base: str) -> Iterator[Item]:
    """One item for every year of the set, from its first (or ``first_year``) to that of its last period.

    :raises DiscoveryError: where an answer is not the JSON expected, or no node has the name asked for.
    """
    page = urljoin(base, discovery.list_address)
    fetch.get(page, headers={"Referer": base})
    interface = _Interface(fetch, base, page)
    names = _path(discovery)
    root, parts = _set(interface, _TREES[_period(discovery)], names)
    listed: set[int] = set()
    for node, first, last in parts:
        final = last if last is not None else _last_year(interface, node["_id"], root)
        if final is None:
            continue
        begin = max(first or 0, int(str(discovery.options.get("first_year", 1900))))
        for year in range(begin, final + 1):
            if year in listed:
                continue  # ranges that overlap: the newer one counts
            listed.add(year)
            handle = {"cid": node["_id"], "rootId": root, "year": str(year)}
            address = urljoin(base, f"{_INTERFACE}stream/esData#{'/'.join(names)}/{year}")
            yield Item(f"{names[-1]} {year}年", address, None, None, handle=handle)


def resolve(fetch: Fetch, discovery: Discovery, item: Item) -> Item:  # noqa: ARG001  (the protocol's signature)
    """The item names the document itself."""
    return item


def retrieve(fetch: Fetch, discovery: Discovery, item: Item) -> Fetched:
    """The figures of one set in one year. :raises DiscoveryError: where the answer is not that."""
    handle = item.handle or {}
    base = urljoin(item.address, "/")
    page = urljoin(base, discovery.list_address)
    interface = _Interface(fetch, base, page)
    span = _SPANS[_period(discovery)].format(handle["year"])
    asked = {
        "cid": handle["cid"],
        "indicatorIds": _indicators(interface, discovery, handle["cid"], item.address),
        "daCatalogId": "",
        "das": [_NATION],
        "showType": "1",
        "rootId": handle["rootId"],
        "dts": [span],
    }

    def content(body: bytes) -> str:
        return _content(_data(body, item.address), handle["year"], item.address)

    return fetch.post(
        item.address,
        json.dumps(asked, ensure_ascii=False).encode(),
        content=content,
        headers={"Referer": page, "Content-Type": "application/json;charset=UTF-8"},
    )


# ------------------------------------------------------------------------------------------------ options


def _period(discovery: Discovery) -> str:
    period = str(discovery.options.get("period", ""))
    if period not in _TREES:
        raise DiscoveryError(
            discovery.list_address, f"option period is {period!r}, not one of {', '.join(_TREES)}"
        )
    return period


def _path(discovery: Discovery) -> list[str]:
    names = [_plain(name) for name in str(discovery.options.get("path", "")).split(">")]
    if not all(names) or len(names) > _MOST_DEPTH:
        raise DiscoveryError(discovery.list_address, f"option path names no set: {'>'.join(names)!r}")
    return names


def _plain(name: object) -> str:
    """A name without any blanks, full-width signs made plain."""
    return "".join(normalise(str(name)).split())


# ------------------------------------------------------------------------------------------------- trees


def _set(
    interface: _Interface, code: str, names: list[str]
) -> tuple[str, list[tuple[dict[str, Any], int | None, int | None]]]:
    """Id of the root, and the nodes that make up the set with their first and last year, newest first."""
    tree = "new/queryIndexTreeAsync"
    roots = interface.rows(interface.data(tree, pid="", code=code), tree)
    if len(roots) != 1:
        raise DiscoveryError(urljoin(interface.base, _INTERFACE + tree), f"{len(roots)} roots, not one")
    parent = roots[0]
    for name in names[:-1]:
        children = interface.rows(interface.data(tree, pid=parent["_id"], code=code), tree)
        parent = _the_only([node for node in children if _plain(node.get("name")) == name], name, children)
    children = interface.rows(interface.data(tree, pid=parent["_id"], code=code), tree)
    whole = [node for node in children if _plain(node.get("name")) == names[-1]]
    if whole:
        return roots[0]["_id"], [(_the_only(whole, names[-1], children), None, None)]
    parts = [part for node in children if (part := _part(node, names[-1])) is not None]
    if not parts:
        _the_only([], names[-1], children)
    return roots[0]["_id"], sorted(parts, key=lambda part: part[1] or 0, reverse=True)


def _part(node: dict[str, Any], name: str) -> tuple[dict[str, Any], int | None, int | None] | None:
    found = _RANGE.match(_plain(node.get("name")))
    if found is None or found["name"] != name:
        return None
    return node, *(int(year) if year else None for year in (found["first"], found["last"]))  # type: ignore[return-value]


def _the_only(found: list[dict[str, Any]], name: str, beside: list[dict[str, Any]]) -> dict[str, Any]:
    if len(found) != 1:
        names = "; ".join(_plain(node.get("name")) for node in beside[:40]) or "none"
        raise DiscoveryError(
            _INTERFACE + "new/queryIndexTreeAsync", f"{len(found)} nodes {name!r}; there are: {names}"
        )
    return found[0]


def _last_year(interface: _Interface, cid: str, root: str) -> int | None:
    """The year of the set's last period; None where nothing of it is out yet."""
    data = interface.data("new/queryDtByCid", cid=cid, rootId=root)
    if data in (None, {}):
        return None
    found = re.match(r"\d{4}", str(data.get("dt_all", "")) if isinstance(data, dict) else "")
    if found is None:
        raise DiscoveryError(_INTERFACE + "new/queryDtByCid", f"the last period is not given: {data!r:.120}")
    return int(found.group())


def _indicators(interface: _Interface, discovery: Discovery, cid: str, address: str) -> list[str]:
    data = interface.data("new/queryIndicatorsByCid", cid=cid, dt="", name="")
    rows = interface.rows(data.get("list") if isinstance(data, dict) else None, "new/queryIndicatorsByCid")
    wanted = str(discovery.options.get("indicators", ""))
    found = [str(row["_id"]) for row in rows if re.search(wanted, _plain(row.get("i_showname")))]
    if not found:
        names = "; ".join(_plain(row.get("i_showname")) for row in rows[:40]) or "none"
        raise DiscoveryError(address, f"no indicator like {wanted!r}; there are: {names}")
    return found


# ----------------------------------------------------------------------------------------------- answers


def _data(body: bytes, address: str) -> Any:
    """What an answer holds. :raises DiscoveryError: where it is not JSON or reports no success."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise DiscoveryError(address, f"the answer is not JSON: {body[:80]!r}") from fault
    if not isinstance(answer, dict) or answer.get("success") is not True or "data" not in answer:
        said = answer.get("message") if isinstance(answer, dict) else None
        raise DiscoveryError(address, f"the interface reports no success: {said or body[:80]!r}")
    return answer["data"]


def _content(data: Any, year: str, address: str) -> str:
    """Periods, indicator names, units and values in a fixed order: what counts of an answer.

    :raises DiscoveryError: where it is empty or speaks of another year.
    """
    try:
        figures = sorted(
            [
                _plain(period.get("code", "")),
                _plain(period["name"]),
                _plain(cell["i_showname"]),
                _plain(cell.get("du_name", "")),
                _plain(cell["value"]),
            ]
            for period in data
            for cell in period["values"]
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise DiscoveryError(address, f"the figures are not laid out as expected: {fault!r}") from fault
    if not figures:
        raise DiscoveryError(address, "the answer holds no figures: ids or period not known to the site")
    strangers = sorted({name for _, name, *_ in figures if not name.startswith(year)})
    if strangers:
        raise DiscoveryError(address, f"asked for {year}, the answer speaks of {', '.join(strangers)[:200]}")
    return json.dumps(figures, ensure_ascii=False)
