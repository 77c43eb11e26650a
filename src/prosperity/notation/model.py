"""The values that Chinese statistical notation stands for: a quantity, a change, a period.

What belongs here: immutable value types without any knowledge of publishers or series.
What does not: parsing (``quantities``, ``changes``, ``periods``).
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Comparison = Literal["yoy", "qoq", "mom", "since"]
PeriodKind = Literal["cumulative", "month", "quarter", "half", "year", "stock"]


class QuantityError(ValueError):
    """A text that does not hold exactly one readable quantity."""


class ChangeError(ValueError):
    """A text that does not hold exactly one readable rate of change."""


class PeriodError(ValueError):
    """A text that names no period, or one without a year that cannot be inferred."""


@dataclass(frozen=True)
class Quantity:
    """A number as printed, with its multiplier, base unit and qualifier.

    ``value × multiplier`` is in base units: ``8万余个`` is 8 × 10000 个, qualifier 余.
    ``multiplier`` is the factor itself (10000 for 万), not the SDMX UNIT_MULT code.
    """

    value: Decimal
    multiplier: Decimal
    unit: str
    qualifier: str = ""

    @property
    def in_base_units(self) -> Decimal:
        return self.value * self.multiplier


@dataclass(frozen=True)
class Change:
    """A published rate of change: signed, in percent; ``difference`` is the change of that rate in points."""

    rate: Decimal | None
    difference: Decimal | None = None
    comparison: Comparison = "yoy"
    two_year_mean: Decimal | None = None


@dataclass(frozen=True, order=True)
class Period:
    """A span of days with the sense in which figures refer to it; both ends are inclusive."""

    start: dt.date
    end: dt.date
    kind: PeriodKind

    @property
    def months(self) -> int:
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    @property
    def year(self) -> int:
        """The year that the figure reports on: the year of the last day."""
        return self.end.year

    @property
    def code(self) -> str:
        """SDMX TIME_PERIOD: 2019-06, 2019-Q2, 2020-S1, 2020.

        A cumulative figure carries the code of its last month: that it runs from January is a property of
        the series (SDMX TIME_TRANSFORMATION), not of the period.
        """
        if self.kind == "quarter":
            return f"{self.end.year}-Q{(self.end.month + 2) // 3}"
        if self.kind == "half":
            return f"{self.end.year}-S{1 if self.end.month <= 6 else 2}"
        if self.kind == "year":
            return f"{self.end.year}"
        return f"{self.end.year}-{self.end.month:02d}"


def last_day(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def months(year: int, first: int, last: int, kind: PeriodKind) -> Period:
    """The period from the first day of month ``first`` to the last day of month ``last`` of one year."""
    return Period(dt.date(year, first, 1), last_day(year, last), kind)


def shifted(period: Period, steps: int) -> Period:
    """The period so many of its own lengths later (negative: earlier), of the same kind: 2021-Q1, −1 is 2020-Q4."""
    first = period.start.year * 12 + period.start.month - 1 + steps * period.months
    last = first + period.months - 1
    return Period(dt.date(first // 12, first % 12 + 1, 1), last_day(last // 12, last % 12 + 1), period.kind)


def month(year: int, number: int) -> Period:
    return months(year, number, number, "month")


def stock(year: int, number: int) -> Period:
    return months(year, number, number, "stock")


def cumulative(year: int, last: int) -> Period:
    return months(year, 1, last, "cumulative")


def quarter(year: int, number: int) -> Period:
    return months(year, 3 * number - 2, 3 * number, "quarter")


def half(year: int, number: int) -> Period:
    return months(year, 6 * number - 5, 6 * number, "half")


def whole_year(year: int) -> Period:
    return months(year, 1, 12, "year")
