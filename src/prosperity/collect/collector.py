"""Collecting one source for one reported year: find its releases, fetch their documents, say what is missing.

A fault of one release never stops the others: it becomes a ``Failure`` with cause and place. A release that
is not out yet is no fault; the collection says by when it is expected.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from lxml import etree, html

from prosperity.catalogue.model import Discovery, Source
from prosperity.collect.archive import ArchiveError
from prosperity.collect.calendar import Expectation, State, expectations
from prosperity.collect.discover import DiscoveryError, Item, protocol, retrieve
from prosperity.collect.http import Client, Fetched, FetchError
from prosperity.collect.inbox import brought_documents
from prosperity.collect.model import Collection, Document, Failure, IssuedBasis, Release
from prosperity.collect.reported import reported_period
from prosperity.collect.text import date_in, date_of, decoded
from prosperity.collect.validate import NotTheDocument, challenge, require_document
from prosperity.notation.model import Period, PeriodError


def collect(
    source: Source,
    year: int,
    *,
    client: Client,
    today: dt.date,
    inbox: Path | None = None,
    sample: bool = False,
) -> Collection:
    """Find and fetch what ``source`` published about ``year``.

    Gives a ``Collection`` whose failures name cause and place; it raises only for faults of our own.
    """
    gatherer = _Gatherer(source, year, client)
    for discovery in source.discovery:
        gatherer.gather(discovery)
    if inbox is not None:
        for release, document in brought_documents(source, year, inbox, client.archive, gatherer.failures):
            gatherer.keep(release, document)
    found = {release.period for release in gatherer.releases if release.period}
    calendar = expectations(source, year, found=found, today=today, sample=sample)
    return Collection(
        source=source.id,
        year=year,
        releases=tuple(gatherer.releases),
        documents=gatherer.documents,
        failures=tuple(gatherer.failures),
        requests=client.sent,
        transferred=client.transferred,
        not_modified=client.not_modified,
        expected=_lines(calendar, "not_out_yet"),
        not_in_sample=_lines(calendar, "not_in_sample"),
        overdue=_lines(calendar, "overdue"),
    )


def _lines(calendar: list[Expectation], state: State) -> tuple[str, ...]:
    return tuple(entry.sentence for entry in calendar if entry.state == state)


class _Gatherer:
    """What one collection has found so far."""

    def __init__(self, source: Source, year: int, client: Client) -> None:
        self.source, self.year, self.client = source, year, client
        self.releases: list[Release] = []
        self.documents: dict[str, Document] = {}
        self.failures: list[Failure] = []

    def keep(self, release: Release, document: Document) -> None:
        self.releases.append(release)
        self.documents[release.key] = document

    def gather(self, discovery: Discovery) -> None:
        try:
            items = list(protocol(discovery.protocol).items(self.client, discovery, self.source.base))
        except (FetchError, DiscoveryError) as fault:
            self._fail(
                "list of releases", fault.address, fault.cause, retryable=getattr(fault, "retryable", True)
            )
            return
        for item in items:
            try:
                self._take(discovery, item)
            except (ValueError, ArchiveError) as fault:
                # Whatever one page holds, the other releases are still taken.
                self._fail(item.title, item.address, f"{type(fault).__name__}: {fault}")

    def _take(self, discovery: Discovery, item: Item) -> None:
        if any(re.search(pattern, item.title) for pattern in discovery.ignore):
            return
        if not re.search(discovery.title, item.title):
            if item.issued is None or item.issued.year in (self.year, self.year + 1):
                self._fail(
                    item.title,
                    item.address,
                    "title in the list matches neither title nor ignore of the catalogue",
                )
            return
        try:
            period = reported_period(discovery, item)
        except PeriodError as fault:
            self._fail(item.title, item.address, f"no reported period: {fault}")
            return
        if period.year == self.year:
            self._fetch(discovery, item, period)

    def _fetch(self, discovery: Discovery, item: Item, period: Period) -> None:
        code = period.code
        try:
            item = protocol(discovery.protocol).resolve(self.client, discovery, item)
            referer = self.source.base + discovery.list_address
            answer = retrieve(
                self.client, discovery, item, referer, lambda body: challenge(body, self.source.media_types)
            )
            media_type = require_document(
                answer.body, answer.headers, accepted=self.source.media_types, content=discovery.content
            )
        except (FetchError, DiscoveryError) as fault:
            retryable = getattr(fault, "retryable", False)
            self._fail(item.title, fault.address, fault.cause, retryable=retryable, period=code)
            return
        except NotTheDocument as fault:
            self._fail(item.title, item.address, str(fault), retryable=True, period=code)
            return
        self.keep(
            self._release(discovery, item, period, answer, media_type), self._document(answer, media_type)
        )

    def _release(
        self, discovery: Discovery, item: Item, period: Period, answer: Fetched, media_type: str
    ) -> Release:
        dates = _Dates(discovery, item, answer, media_type)
        issued, basis = dates.issued
        return Release(
            source=self.source.id,
            title=item.title,
            address=item.address,
            period=period,
            issued=issued,
            issued_basis=basis,
            landing=item.landing,
            stated_date=dates.stated,
            page_date=dates.page,
            edition=item.edition,
            language=discovery.language,
        )

    def _document(self, answer: Fetched, media_type: str) -> Document:
        return Document(
            sha256=answer.sha256,
            media_type=media_type,
            size=len(answer.body),
            address=answer.address,
            fetched_at=answer.fetched_at,
            headers=answer.headers,
            sample="x-sample" in answer.headers,
        )

    def _fail(
        self, what: str, where: str, reason: str, *, retryable: bool = False, period: str | None = None
    ) -> None:
        failure = Failure(
            source=self.source.id, stage="collect", what=what, where=where, reason=reason,
            period=period or str(self.year), retryable=retryable,
        )  # fmt: skip
        self.failures.append(failure)


class _Dates:
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
