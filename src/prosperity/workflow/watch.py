"""When to look at a source, and whether something new is there: what schedules, sensors and overdue checks ask.

What belongs here: the release calendar against what is held, and a look at the top of a publisher's list. What does
not: fetching documents (``stages``), the calendar's rules (``collect.calendar``).
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from prosperity.catalogue.model import Discovery, Source
from prosperity.collect.archive import ArchiveError
from prosperity.collect.calendar import (
    Expectation,
    expectations,
    next_release,
    opening_days,
    partitions_due,
    release_window,
    revisits,
)
from prosperity.collect.claims import settle
from prosperity.collect.discover import DiscoveryError, Item, protocol
from prosperity.collect.http import Client, FetchError
from prosperity.collect.model import Release
from prosperity.notation.model import Period, last_day
from prosperity.workflow import runs
from prosperity.workflow.stages import years_of
from prosperity.workflow.workspace import Workspace

#: So many known releases in a row, and the rest of the list is taken to be known too: lists begin with the newest.
KNOWN_IN_A_ROW = 10
#: A look must end before the caller gives up on it (a Dagster sensor has sixty seconds).
LOOK_SECONDS = 40.0
_MOST_ITEMS = 400

Reason = Literal["due", "weekly", "revisit", "nothing"]


@dataclass(frozen=True)
class Visit:
    """The years of a source to ask for on a day, and why; with ``nothing``, why not."""

    years: tuple[int, ...]
    reason: Reason
    words: str


def visit(space: Workspace, source_id: str, day: dt.date | None = None, *, weekly: bool) -> Visit:
    """What to ask a source for on ``day`` (default: the instance's today).

    The years of a release that is due and not held yet; on the weekly look the years around that anyway, for late and
    changed ones; and the years whose turn it is to be asked again.
    """
    source, today = space.source(source_id), day or space.settings.today
    held = years_of(space, source_id, source.first_year, space.settings.last_year)
    again = revisits(source, today, held)
    awaited = awaiting(space, source, today)
    if awaited:
        years = {int(entry.period[:4]) for entry in awaited} | set(again)
        return Visit(tuple(sorted(years.intersection(held))), "due", _awaited_words(awaited))
    around = partitions_due(source, today, held)
    if weekly and around:
        return Visit(tuple(sorted({*around, *again})), "weekly", "weekly look for late and changed releases")
    if again:
        return Visit(
            tuple(again), "revisit", f"every year is asked again in {source.calendar.revisit_days} days"
        )
    return Visit((), "nothing", _quiet(source, today, around))


def _quiet(source: Source, today: dt.date, around: list[int]) -> str:
    coming = next_release(source, today)
    if coming is None:
        return f"{source.id} reports no more since {source.calendar.reported_until}: nothing is expected"
    period, expected = coming
    look = f"; the next weekly look is on {today + dt.timedelta(days=7 - today.weekday())}" if around else ""
    return f"{today}: no release of {source.id} is due. Next: {period}, expected by {expected}{look}"


def _awaited_words(awaited: list[Expectation]) -> str:
    return ", ".join(f"{entry.period} expected by {entry.expected_by}" for entry in awaited)


def awaiting(space: Workspace, source: Source, today: dt.date) -> list[Expectation]:
    """Periods whose release may come out on ``today`` or should have by now, within a month, and is not held."""
    if release_window(source, today) is None:
        return []
    found = []
    first = dt.timedelta(days=opening_days(source))
    last = dt.timedelta(days=source.calendar.latest_days + 31)
    for entry in _cells(space, source, (today.year - 1, today.year), today):
        end = last_day(int(entry.period[:4]), int(entry.period[5:7]))
        if entry.state in ("not_out_yet", "overdue", "failed") and end + first <= today <= end + last:
            found.append(entry)
    return found


def _cells(space: Workspace, source: Source, years: Collection[int], today: dt.date) -> Iterator[Expectation]:
    found: set[Period] = {
        release.period for release, _ in space.warehouse.documents(source.id) if release.period is not None
    }
    for year in years:
        last = runs.latest(space, source.id, year) or {}
        yield from expectations(
            source,
            year,
            found=found,
            today=today,
            sample=not space.settings.live,
            failed={(year, month) for month in last.get("failed_months", ())},
        )


# ----------------------------------------------------------------------------------- a look at the list


@dataclass(frozen=True)
class Look:
    """What a look at the list found: addresses that are not known, by the year they report on; faults in words."""

    new: dict[int, tuple[str, ...]]
    items: int
    requests: int
    faults: tuple[str, ...] = ()


def look(
    space: Workspace,
    source_id: str,
    known: Collection[str] = (),
    *,
    seconds: float = LOOK_SECONDS,
) -> Look:
    """Read each list of a source from its top until only known releases come, and say what is new.

    Known are the releases that are held, and the addresses in ``known`` (asked for before). Nothing is fetched but
    pages of the list, with the client's own pauses. What is read is not judged: a fault ends the look at that list.
    """
    source = space.source(source_id)
    held = {address for release in space.warehouse.releases(source_id) for address in _addresses(release)}
    held |= set(known)
    years = years_of(space, source_id, source.first_year, space.settings.last_year)
    found: dict[int, dict[str, None]] = {}
    faults: list[str] = []
    count = 0
    deadline = time.monotonic() + seconds
    with space.client(source) as client:
        for discovery in source.discovery:
            items: list[Item] = []
            try:
                for item in _top(client, discovery, source, held, deadline):
                    items.append(item)
            except (FetchError, DiscoveryError, ArchiveError) as fault:
                faults.append(f"{source.base}{discovery.list_address}: {fault}")
            count += len(items)
            periods = settle(source, discovery, items).periods
            for item in items:
                period = periods.get(item.address)
                if item.address not in held and period is not None and period.year in years:
                    found.setdefault(period.year, {})[item.address] = None
        sent = client.sent
    return Look({year: tuple(new) for year, new in sorted(found.items())}, count, sent, tuple(faults))


def _addresses(release: Release) -> tuple[str, ...]:
    """The document's, and that of the page in the list that leads to it."""
    return (release.address, release.landing) if release.landing else (release.address,)


def _top(
    client: Client, discovery: Discovery, source: Source, held: Collection[str], deadline: float
) -> Iterator[Item]:
    """Releases of the source from the top of a list, until ``KNOWN_IN_A_ROW`` known ones follow each other."""
    in_a_row = 0
    for number, item in enumerate(protocol(discovery.protocol).items(client, discovery, source.base)):
        if number >= _MOST_ITEMS or time.monotonic() > deadline:
            return
        if not re.search(discovery.title, item.title) or any(
            re.search(pattern, item.title) for pattern in discovery.ignore
        ):
            continue
        in_a_row = in_a_row + 1 if item.address in held else 0
        yield item
        if in_a_row >= KNOWN_IN_A_ROW:
            return
