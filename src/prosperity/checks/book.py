"""The figures to compare, by series and period, as known at one time or another."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from prosperity.checks.model import CheckFigure, Vintage

_PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2]|Q[1-4]|S[12]))?")


class Book:
    """All vintages, in order of publication. :raises ValueError: for a period that is no TIME_PERIOD."""

    def __init__(self, vintages: Iterable[Vintage]) -> None:
        self._rows: dict[str, dict[str, list[Vintage]]] = defaultdict(lambda: defaultdict(list))
        for row in vintages:
            if not _PERIOD.fullmatch(row.period):
                raise ValueError(
                    f"{row.series}: {row.period!r} is not a period: 2016, 2016-S1, 2016-Q1, 2016-06"
                )
            self._rows[row.series][row.period].append(row)
        for periods in self._rows.values():
            for rows in periods.values():
                rows.sort(key=lambda row: row.known_from)

    def periods(self, series: str) -> list[str]:
        return sorted(self._rows[series]) if series in self._rows else []

    def first(self, series: str, period: str) -> Vintage | None:
        """The first release that gave a value."""
        return next((row for row in self._of(series, period) if row.value is not None), None)

    def known(self, series: str, period: str, day: dt.date | None = None) -> Vintage | None:
        """What was known at the end of ``day`` (None: now); nothing where the figure was withdrawn by then."""
        rows = [row for row in self._of(series, period) if day is None or row.known_from <= day]
        return rows[-1] if rows and rows[-1].value is not None else None

    def values(self, series: str) -> dict[str, tuple[Vintage, Decimal]]:
        """All periods with a value as known now, in order."""
        found = {period: self.known(series, period) for period in self.periods(series)}
        return {
            period: (row, row.value)
            for period, row in found.items()
            if row is not None and row.value is not None
        }

    def _of(self, series: str, period: str) -> list[Vintage]:
        return self._rows[series].get(period, []) if series in self._rows else []


def figure(role: str, row: Vintage) -> CheckFigure:
    """:raises ValueError: for a withdrawal, which is nothing to compare."""
    if row.value is None:
        raise ValueError(f"{row.series} {row.period}: withdrawn on {row.known_from}")
    return CheckFigure(role, row.series, row.period, row.value, row.known_from, row.evidence)


def year_before(period: str) -> str:
    """2019-06 → 2018-06."""
    return f"{int(period[:4]) - 1:04d}{period[4:]}"


def plain(value: Decimal) -> str:
    """All digits, no exponent."""
    return format(value, "f")


def rounded(value: Decimal) -> Decimal:
    """To six places, so that results are equal on every database."""
    return round(value, 6)
