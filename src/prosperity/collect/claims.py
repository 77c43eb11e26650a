"""Several releases that claim one period: the date of issue says which of them is another period's.

Titles are not trusted (sources.md §6, trap 19): ``（2023.3）`` stood on two reports, the second on April. What the
calendar proposes here is held against the text when the figures are read; where they disagree, nothing is loaded.

What belongs here: periods from titles and dates of issue. What does not: the text (``clean``).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prosperity.catalogue.model import Discovery, Source
from prosperity.collect.calendar import Month, periods_by_calendar
from prosperity.collect.discover import Item
from prosperity.collect.reported import reported_period
from prosperity.notation.model import Period, PeriodError, months


@dataclass(frozen=True)
class Claims:
    """The period of each item (by address), or why it has none; and what was contested."""

    periods: dict[str, Period]
    unreadable: dict[str, str]
    contested: dict[str, str]  #: by address: in one sentence, who claims what and how it was settled


def settle(source: Source, discovery: Discovery, items: Iterable[Item]) -> Claims:
    """Read the period of every item; where titles contradict each other, go by the dates of issue."""
    found = Claims({}, {}, {})
    same: dict[tuple[str, Period], list[Item]] = defaultdict(list)
    listed: dict[str, Item] = {}
    for item in items:
        listed.setdefault(item.address, item)
        try:
            period = reported_period(discovery, item)
        except PeriodError as fault:
            found.unreadable[item.address] = str(fault)
            continue
        if item.address not in found.periods:
            same[item.title, period].append(item)
        found.periods[item.address] = period
    for (title, period), rivals in same.items():
        if len(rivals) > 1:
            _resolve(source, discovery, title, period, rivals, found, listed)
    return found


def _resolve(
    source: Source,
    discovery: Discovery,
    title: str,
    period: Period,
    rivals: list[Item],
    found: Claims,
    listed: Mapping[str, Item],
) -> None:
    dates = " and ".join(sorted(str(item.issued or "no date") for item in rivals))
    lead = f"{len(rivals)} releases are called {title!r} ({_code(period)}), issued {dates}"
    for item in rivals:
        moved = _moved(source, item, found, listed) if discovery.period == "title" else None
        if not moved:
            found.contested[item.address] = f"{lead}: both are kept"
            continue
        for other, month in moved:
            found.periods[other.address] = of_kind(found.periods[other.address], *month)
            by_date = f"by its date of issue that of {other.issued} is taken for {month[0]}-{month[1]:02d}"
            why = lead if other is item else f"{other.title!r} names the month of one of those ({lead})"
            found.contested[other.address] = f"{why}: {by_date}"


def _moved(
    source: Source, item: Item, found: Claims, listed: Mapping[str, Item]
) -> list[tuple[Item, Month]] | None:
    """The items that must take other months so that each has one of its own, with these months; None: it cannot be.

    Where the month that the date of issue gives has a release already whose own date gives another month, its title
    is as wrong as the first one's (（2023.3）, （2023.3）, （2023.4） in April, May and June), and so on.
    """
    moved: list[tuple[Item, Month]] = []
    while True:
        proposed = _other_month(source, found.periods[item.address], item.issued)
        if proposed is None or proposed in (month for _, month in moved):
            return None
        moved.append((item, proposed))
        holders = [address for address, period in found.periods.items() if _month(period) == proposed]
        if not holders:
            return moved
        if len(holders) > 1:
            return None
        item = listed[holders[0]]


def _other_month(source: Source, period: Period, issued: dt.date | None) -> Month | None:
    """The one other month that the calendar expects on that day; None where the title's is as likely."""
    if issued is None:
        return None
    expected = periods_by_calendar(source, issued)
    if len(expected) != 1 or expected[0] == _month(period):
        return None
    return expected[0]


def of_kind(period: Period, year: int, month: int) -> Period:
    """A period of the same kind that ends in another month."""
    if period.kind == "cumulative":
        return months(year, 1, month, "cumulative")
    return months(year, month - period.months + 1, month, period.kind)


def _month(period: Period) -> Month:
    return period.end.year, period.end.month


def _code(period: Period) -> str:
    return f"{period.end.year}-{period.end.month:02d}"
