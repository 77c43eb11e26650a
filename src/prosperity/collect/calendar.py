"""The release calendar: which periods a source reports on, and where each stands today.

A period is *found*, *never published* or *lost online* (with the source of that knowledge), *not out yet*
(expected by a date) or *overdue*. Only the last is a fault.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection as Container
from dataclasses import dataclass
from typing import Literal

from prosperity.catalogue.model import Source
from prosperity.notation.model import Period, last_day

State = Literal["found", "never_published", "lost_online", "not_out_yet", "overdue", "not_in_sample"]


@dataclass(frozen=True)
class Expectation:
    """One cell of the calendar: a period (by its last month) and its state."""

    source: str
    period: str
    expected_by: dt.date
    state: State
    sentence: str


def expectations(
    source: Source, year: int, *, found: Container[Period], today: dt.date, sample: bool = False
) -> list[Expectation]:
    """The calendar of one year as of ``today``; one entry per period the catalogue expects.

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
            sentence = f"{source.id}, {code}: {calendar.expected_days} days expected, {late} overdue (expected by {expected})"
        entries.append(Expectation(source.id, code, expected, state, sentence))
    return entries


def partitions_due(source: Source, today: dt.date) -> list[int]:
    """The reported years whose next release is expected around ``today``: this year's, in its first months last year's."""
    years = set()
    for year in (today.year - 1, today.year):
        for month in source.calendar.months:
            end = last_day(year, month)
            # From the end of the period (or the day it is usually out, if that comes before) until well after it
            # should be out: late releases count.
            first = end + dt.timedelta(days=min(0, source.calendar.earliest_days or 0))
            if first < today <= end + dt.timedelta(days=source.calendar.latest_days + 31):
                years.add(year)
    return sorted(years) or [today.year]


def release_window(source: Source, today: dt.date) -> str | None:
    """In words, the release that is due around ``today``; None where none is.

    A release is due from ten days before its usual day (or from its earliest, if that comes before the period's
    end) until a month after the latest.
    """
    for year in partitions_due(source, today):
        for month in source.calendar.months:
            end = last_day(year, month)
            early = min(0, source.calendar.earliest_days or 0)
            first = end + dt.timedelta(
                days=min(early or source.calendar.expected_days, source.calendar.expected_days - 10)
            )
            last = end + dt.timedelta(days=source.calendar.latest_days + 31)
            if first <= today <= last:
                expected = end + dt.timedelta(days=source.calendar.expected_days)
                return f"{year}-{month:02d} expected by {expected}"
    return None
