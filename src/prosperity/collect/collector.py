"""Collecting one source for one reported year: find its releases, fetch their documents, say what is missing.

A fault of one release never stops the others: it becomes a ``Failure`` with cause and place. A release that
is not out yet is no fault; the collection says by when it is expected.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection as Members
from collections.abc import Mapping, Sequence
from pathlib import Path

from prosperity.catalogue.model import Discovery, Source
from prosperity.collect.archive import ArchiveError
from prosperity.collect.calendar import Expectation, State, expectations, overdue_months
from prosperity.collect.claims import Claims, settle
from prosperity.collect.compare import gone, size_warning, taken
from prosperity.collect.dates import Dates
from prosperity.collect.discover import DiscoveryError, Item, protocol, retrieve
from prosperity.collect.discover.lists import Lists
from prosperity.collect.http import Client, Fetched, FetchError, Refused
from prosperity.collect.inbox import brought_documents
from prosperity.collect.model import Collection, Document, Failure, Held, Release
from prosperity.collect.text import text_and_encoding
from prosperity.collect.validate import challenge, media_type, require_document
from prosperity.notation.model import Period

#: More lines of a list than this that nothing fits are summed up in one failure.
_MOST_STRANGERS = 20
#: More releases of one year in one list are no statistics but a list gone wrong.
_MOST_RELEASES = 200


def collect(
    source: Source,
    year: int,
    *,
    client: Client,
    today: dt.date,
    inbox: Path | None = None,
    sample: bool = False,
    held: Sequence[Held] = (),
    lists: Lists | None = None,
    only: Members[str] | None = None,
) -> Collection:
    """Find and fetch what ``source`` published about ``year``.

    :param held: every release of the source that is held, of all years, to say what is new.
    :param lists: walks through lists that other years and sources may share.
    :param only: addresses of the list's items that are fetched; None: all.
    Gives a ``Collection`` whose failures name cause and place; it raises only for faults of our own.
    """
    gatherer = _Gatherer(source, year, client, held, only)
    for discovery in source.discovery:
        gatherer.gather(discovery, lists or Lists())
    if inbox is not None:
        for release, document in brought_documents(source, year, inbox, client.archive, gatherer.failures):
            gatherer.keep(release, document)
    found = {release.period for release in gatherer.releases if release.period}
    found |= {release.period for release, _ in held if release.period}
    failed = set(gatherer.failed_months)
    if gatherer.list_failed:
        failed |= overdue_months(source, year, today)
    calendar = expectations(source, year, found=found, today=today, sample=sample, failed=failed)
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
        failed=_lines(calendar, "failed"),
        taken=tuple(taken(entry, gatherer.documents[entry.key], held) for entry in gatherer.releases),
        warnings=tuple(gatherer.warnings),
        gone=tuple(gatherer.gone()),
        list_failed=gatherer.list_failed,
        failed_months=tuple(sorted(month for of, month in failed if of == year)),
        to_retry=tuple(gatherer.to_retry),
    )


def _lines(calendar: list[Expectation], state: State) -> tuple[str, ...]:
    return tuple(entry.sentence for entry in calendar if entry.state == state)


class _Gatherer:
    """What one collection has found so far."""

    def __init__(
        self, source: Source, year: int, client: Client, held: Sequence[Held], only: Members[str] | None
    ) -> None:
        self.source, self.year, self.client, self.held, self.only = source, year, client, held, only
        self.releases: list[Release] = []
        self.documents: dict[str, Document] = {}
        self.failures: list[Failure] = []
        self.warnings: list[str] = []
        self.failed_months: set[tuple[int, int]] = set()
        self.to_retry: dict[str, None] = {}
        self.list_failed = False
        self._listed: set[str] = set()

    def keep(self, release: Release, document: Document) -> None:
        """Add a release with its document, and describe it in the archive."""
        self.client.archive.describe(release, document)
        self.releases.append(release)
        self.documents[release.key] = document
        if warning := size_warning(release, document, self.held):
            self.warnings.append(warning)

    def gone(self) -> list[str]:
        """What is held and listed no more; nothing where a list could not be read to its end."""
        if self.list_failed:
            return []
        return gone(self.held, self.year, self._listed, set(self.documents))

    def gather(self, discovery: Discovery, lists: Lists) -> None:
        walk = lists.walk(self.client, discovery, self.source.base)
        self._listed |= {item.address for item in walk.items}
        if walk.warning:
            self.warnings.append(f"{walk.warning} ({self.source.base}{discovery.list_address})")
        if walk.fault:
            self.list_failed = True
            where = getattr(walk.fault, "address", self.source.base + discovery.list_address)
            cause = getattr(walk.fault, "cause", str(walk.fault))
            self._fail("list of releases", where, cause, retryable=getattr(walk.fault, "retryable", True))
        self._take_all(discovery, self._wanted(discovery, walk.items))

    def _wanted(self, discovery: Discovery, items: Sequence[Item]) -> list[Item]:
        """The lines of the list that are releases of this source; strangers are named."""
        found = []
        strangers = []
        for item in items:
            if any(re.search(pattern, item.title) for pattern in discovery.ignore):
                continue
            if re.search(discovery.title, item.title):
                found.append(item)
            elif item.issued is None or item.issued.year in (self.year, self.year + 1):
                strangers.append(item)
        reason = "title in the list matches neither title nor ignore of the catalogue"
        for item in strangers[:_MOST_STRANGERS]:
            self._fail(item.title, item.address, reason)
        if len(strangers) > _MOST_STRANGERS:
            rest = f"{len(strangers) - _MOST_STRANGERS} more lines of the list"
            self._fail(rest, self.source.base + discovery.list_address, reason)
        return found

    def _take_all(self, discovery: Discovery, items: Sequence[Item]) -> None:
        claims = settle(self.source, discovery, items)
        self._unreadable(claims, items)
        mine = {
            item.address: item
            for item in items
            if (period := claims.periods.get(item.address)) is not None and period.year == self.year
        }
        if len(mine) > _MOST_RELEASES:
            reason = (
                f"{len(mine)} releases of {self.year} in one list, more than {_MOST_RELEASES}: not fetched"
            )
            self._fail("list of releases", self.source.base + discovery.list_address, reason)
            return
        for address, item in mine.items():
            if address in claims.contested:
                self.warnings.append(claims.contested[address])
            if self.only is not None and address not in self.only:
                continue
            try:
                self._fetch(discovery, item, claims.periods[address])
            except (ValueError, ArchiveError) as fault:
                # Whatever one page holds, the other releases are still taken.
                self._fail_item(item, claims.periods[address], f"{type(fault).__name__}: {fault}")

    def _unreadable(self, claims: Claims, items: Sequence[Item]) -> None:
        for item in items:
            if item.address in claims.unreadable:
                self.to_retry[item.address] = None
                self._fail(item.title, item.address, f"no reported period: {claims.unreadable[item.address]}")

    def _fetch(self, discovery: Discovery, item: Item, period: Period) -> None:
        def accept(body: bytes, headers: Mapping[str, str]) -> None:
            require_document(body, headers, accepted=self.source.media_types, content=discovery.content)

        try:
            resolved = protocol(discovery.protocol).resolve(self.client, discovery, item)
            answer = retrieve(
                self.client,
                discovery,
                resolved,
                self.source.base + discovery.list_address,
                doubt=lambda body: challenge(body, self.source.media_types),
                accept=accept,
            )
        except (FetchError, DiscoveryError) as fault:
            # What was refused today may be mended tomorrow, though not by asking again at once.
            retryable = isinstance(fault, Refused) or getattr(fault, "retryable", False)
            at = "" if fault.address == item.address else f" (at {fault.address})"
            self._fail_item(item, period, fault.cause + at, retryable=retryable)
            return
        self.keep(self._release(discovery, resolved, period, answer), self._document(answer))

    def _release(self, discovery: Discovery, item: Item, period: Period, answer: Fetched) -> Release:
        dates = Dates(discovery, item, answer, media_type(answer.body))
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

    def _document(self, answer: Fetched) -> Document:
        kind = media_type(answer.body)
        text = kind == "text/html"
        return Document(
            sha256=answer.sha256,
            media_type=kind,
            size=len(answer.body),
            address=answer.address,
            fetched_at=answer.fetched_at,
            headers=answer.headers,
            encoding=text_and_encoding(answer.body, answer.headers)[1] if text else None,
            sample="x-sample" in answer.headers,
        )

    def _fail_item(self, item: Item, period: Period, reason: str, *, retryable: bool = False) -> None:
        self.failed_months.add((period.end.year, period.end.month))
        self.to_retry[item.address] = None
        self._fail(item.title, item.address, reason, retryable=retryable, period=period.code)

    def _fail(
        self, what: str, where: str, reason: str, *, retryable: bool = False, period: str | None = None
    ) -> None:
        failure = Failure(
            source=self.source.id, stage="collect", what=what, where=where, reason=reason,
            period=period or str(self.year), retryable=retryable,
        )  # fmt: skip
        self.failures.append(failure)
