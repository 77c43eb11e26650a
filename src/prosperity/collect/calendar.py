"""The release calendar: which periods a source reports on, and where each stands today.

A period is *found*, *never published* or *lost online* (with the source of that knowledge), *not out yet*
(expected by a date), *overdue*, or *failed*: it is there and could not be had. Only the last two are faults.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection as Container
from dataclasses import dataclass
from typing import Literal

from prosperity.catalogue.model import Source
from prosperity.notation.model import Period, last_day

State = Literal[
    "found", "never_published", "lost_online", "not_out_yet", "overdue", "failed", "not_in_sample"
]
#: Year and month in which a period ends.
Month = tuple[int, int]


@dataclass(frozen=True)
class Expectation:
    """One cell of the calendar: a period (by its last month) and its state."""

    source: str
    period: str
    expected_by: dt.date
    state: State
    sentence: str


def expectations(
    source: Source,
    year: int,
    *,
    found: Container[Period],
    today: dt.date,
    sample: bool = False,
    failed: Container[Month] = (),
) -> list[Expectation]:
    """The calendar of one year as of ``today``; one entry per period the catalogue expects.

    ``failed``: last months of the periods whose release is listed and could not be had.
    ``sample``: the publishers are stand-ins, which hold only releases of which a published figure is known; what
    they lack is nobody's delay.
    """
    calendar = source.calendar
    ends = {(period.end.year, period.end.month) for period in found}
    gaps = {gap.period: gap for gap in source.gaps}
    entries = []
    for month in calendar.months:
        code = f"{year}-{month:02d}"
        if (calendar.reported_from and code < calendar.reported_from) or (
            calendar.reported_until and code > calendar.reported_until
        ):
            reason = f"{source.id}, {code}: never published (reported {calendar.reported_from or '…'} to {calendar.reported_until or 'now'})"
            entries.append(Expectation(source.id, code, last_day(year, month), "never_published", reason))
            continue
        end = last_day(year, month)
        expected = end + dt.timedelta(days=calendar.expected_days)
        latest = end + dt.timedelta(days=calendar.latest_days)
        state: State
        if (year, month) in ends:
            state, sentence = "found", f"{source.id}, {code}: found"
        elif gap := gaps.get(code):
            state, sentence = gap.state, f"{source.id}, {code}: {gap.state.replace('_', ' ')} ({gap.reason})"
        elif (year, month) in failed:
            state, sentence = "failed", f"{source.id}, {code}: could not be had"
        elif today <= latest:
            state, sentence = "not_out_yet", f"{source.id}, {code}: not out yet, expected by {expected}"
        elif sample:
            state = "not_in_sample"
            sentence = (
                f"{source.id}, {code}: not among the sample documents (no published figure of it is at hand)"
            )
        else:
            late = (today - expected).days
            state = "overdue"
            spoken = _spoken(calendar.frequency, year, month)
            sentence = f"{source.id}, {spoken}: expected by {calendar.expected_days} days after the period ({expected}), not found, {late} days overdue"
        entries.append(Expectation(source.id, code, expected, state, sentence))
    return entries


def overdue_months(source: Source, year: int, today: dt.date) -> set[Month]:
    """Periods of ``year`` that should be out by ``today``, even if late."""
    latest = dt.timedelta(days=source.calendar.latest_days)
    return {(year, month) for month in source.calendar.months if last_day(year, month) + latest < today}


def _spoken(frequency: str, year: int, month: int) -> str:
    """The period as TIME_PERIOD of its frequency: 2023-Q2, 2023-S1, 2023, 2023-06."""
    if frequency == "A":
        return str(year)
    return {"Q": f"{year}-Q{-(-month // 3)}", "S": f"{year}-S{-(-month // 6)}"}.get(
        frequency, f"{year}-{month:02d}"
    )


def periods_by_calendar(source: Source, issued: dt.date) -> list[Month]:
    """The periods, by their last month, whose release the calendar expects on the day ``issued``."""
    calendar = source.calendar
    found = []
    for year in (issued.year - 1, issued.year, issued.year + 1):
        for month in calendar.months:
            end = last_day(year, month)
            first = end + dt.timedelta(days=1 if calendar.earliest_days is None else calendar.earliest_days)
            if first <= issued <= end + dt.timedelta(days=calendar.latest_days):
                found.append((year, month))
    return found


def partitions_due(source: Source, today: dt.date, years: Container[int] | None = None) -> list[int]:
    """The reported years whose next release is expected around ``today``: this year's, in its first months last year's.

    ``years``: those that the instance can have at all; where none of them is due, the latest, but only while the source
    still reports. Empty for a source that has ended. A source that publishes without a calendar may report on either at
    any time.
    """
    found = set() if source.calendar.months else {today.year - 1, today.year}
    for year in (today.year - 1, today.year):
        for month in source.calendar.months:
            end = last_day(year, month)
            # From the end of the period (or the day it is usually out, if that comes before) until well after it
            # should be out: late releases count.
            first = end + dt.timedelta(days=min(0, source.calendar.earliest_days or 0))
            if first < today <= end + dt.timedelta(days=source.calendar.latest_days + 31):
                found.add(year)
    due = sorted(found) or [today.year]
    due = [year for year in due if source.first_year <= year <= (source.last_year or year)]
    return due if years is None else [year for year in due if year in years]


def revisits(source: Source, today: dt.date, years: Container[int]) -> list[int]:
    """The years that are asked for again on ``today`` though nothing is due: each once in ``revisit_days``, on days of
    their own, so that no day asks for all."""
    cycle = source.calendar.revisit_days
    return sorted(year for year in years if (today.toordinal() - year) % cycle == 0) if cycle else []


def next_release(source: Source, today: dt.date) -> tuple[str, dt.date] | None:
    """The period (as TIME_PERIOD) that is expected next, and by when; None where the source reports no more."""
    calendar = source.calendar
    for year in range(today.year - 1, today.year + 3):
        for month in calendar.months:
            code = f"{year}-{month:02d}"
            expected = last_day(year, month) + dt.timedelta(days=calendar.expected_days)
            ended = calendar.reported_until is not None and code > calendar.reported_until
            if expected >= today and not ended:
                return _spoken(calendar.frequency, year, month), expected
    return None


def opening_days(source: Source) -> int:
    """Days from the end of a period to the first on which its release is looked for: ten before its usual day, or the
    earliest there can be where reports come out before their period ends."""
    usual = source.calendar.expected_days - 10
    return min(usual, min(0, source.calendar.earliest_days or 0) or usual)


def release_window(source: Source, today: dt.date) -> str | None:
    """In words, the release that is due around ``today``; None where none is.

    A release is due from ten days before its usual day (or from its earliest, if that comes before the period's
    end) until a month after the latest.
    """
    for year in partitions_due(source, today):
        for month in source.calendar.months:
            end = last_day(year, month)
            first = end + dt.timedelta(days=opening_days(source))
            last = end + dt.timedelta(days=source.calendar.latest_days + 31)
            if first <= today <= last:
                expected = end + dt.timedelta(days=source.calendar.expected_days)
                return f"{year}-{month:02d} expected by {expected}"
    return None
