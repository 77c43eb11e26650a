"""How publishers list their releases: one module per protocol, named in a source's YAML.

A protocol module has ``items(fetch, discovery, base)``, which gives every item in the publisher's list, and
``resolve(fetch, discovery, item)``, which finds the document's own address where the list leads to a detail
page first. Where a document is not had by a plain GET, the module has ``retrieve(fetch, discovery, item)`` too. It
knows how the site talks and nothing of series, periods or years.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, cast

from prosperity.catalogue.model import Discovery
from prosperity.collect.http import Accept, Doubt, Fetched
from prosperity.collect.model import IssuedBasis


class DiscoveryError(Exception):
    """A list or detail page that is not what the protocol promises; names the page and what is missing."""

    def __init__(self, address: str, cause: str) -> None:
        super().__init__(f"{cause} ({address})")
        self.address, self.cause = address, cause


@dataclass(frozen=True)
class Item:
    """One line of a publisher's list."""

    title: str
    address: str
    issued: dt.date | None
    basis: IssuedBasis | None
    landing: str | None = None
    edition: str | None = None
    #: What ``retrieve`` needs to ask for it: good for this run only, never stored.
    handle: Mapping[str, str] | None = None

    def moved_to(self, address: str) -> Item:
        return replace(self, address=address, landing=self.landing or self.address)


class Fetch(Protocol):
    """What a protocol may use of the HTTP client."""

    def get(
        self,
        address: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        doubt: Doubt | None = None,
        accept: Accept | None = None,
    ) -> Fetched: ...

    def post(
        self,
        address: str,
        body: bytes,
        *,
        content: Callable[[bytes], str],
        headers: Mapping[str, str] | None = None,
    ) -> Fetched: ...


class ListingProtocol(Protocol):
    def items(self, fetch: Fetch, discovery: Discovery, base: str) -> Iterator[Item]: ...

    def resolve(self, fetch: Fetch, discovery: Discovery, item: Item) -> Item: ...


def protocol(name: str) -> ListingProtocol:
    """The protocol module of that name. :raises ValueError: where there is none."""
    if not name.isidentifier():
        raise ValueError(f"{name!r} is not the name of a protocol module")
    try:
        module = importlib.import_module(f"prosperity.collect.discover.{name}")
    except ModuleNotFoundError as fault:
        raise ValueError(f"no protocol module {name!r} in prosperity.collect.discover") from fault
    return cast(ListingProtocol, module)


def retrieve(
    fetch: Fetch,
    discovery: Discovery,
    item: Item,
    referer: str,
    *,
    doubt: Doubt | None = None,
    accept: Accept | None = None,
) -> Fetched:
    """The document itself, archived: as its protocol asks for it, else by a plain GET judged by ``doubt`` and ``accept``.

    :raises DiscoveryError: see there. :raises FetchError: see ``http``.
    """
    own = getattr(protocol(discovery.protocol), "retrieve", None)
    if own is not None:
        return cast(Fetched, own(fetch, discovery, item))
    return fetch.get(item.address, headers={"Referer": referer}, doubt=doubt, accept=accept)
