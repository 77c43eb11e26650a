"""Observations of one series, checked and by month: what every transformation starts from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prosperity.index.model import IndexInputError, Input, Point
from prosperity.index.quarters import last_month, runs_from_january


@dataclass(frozen=True)
class Reading:
    """One checked observation; ``status`` is A, I or E (every other SDMX status is an observed value)."""

    period: str
    value: float
    status: str
    input: Input


def readings(series: str, points: Sequence[Point], *, year_to_date: bool = False) -> dict[int, Reading]:
    """Observations by the ordinal of their last month, sorted; status M (missing) is passed over.

    Raises IndexInputError for a value that is not finite, for two figures of which the last month is the same
    (2019-06 and 2019-S1), and, with ``year_to_date``, for a period that does not start in January.
    """
    result: dict[int, Reading] = {}
    for point in sorted(points, key=lambda point: (last_month(point.period_code), point.period_code)):
        if point.status == "M":
            continue
        code, value = point.period_code, float(point.value)
        month = last_month(code)
        if not math.isfinite(value):
            raise IndexInputError(f"{series} {code}: the value {point.value} is not finite")
        if month in result:
            raise IndexInputError(
                f"{series}: {result[month].period} and {code} are two figures for one period"
            )
        if year_to_date and not runs_from_january(code):
            raise IndexInputError(f"{series} {code}: not a year-to-date period, it does not start in January")
        status = point.status if point.status in ("I", "E") else "A"
        result[month] = Reading(code, value, status, Input(series, code, point.evidence, value))
    return result


def status_of(*statuses: str) -> str:
    """Status of a value computed from others: observed only if all are."""
    return "A" if all(status == "A" for status in statuses) else "E"


def merged(inputs: Iterable[Input]) -> tuple[Input, ...]:
    """Inputs without repetition, by series and period."""
    return tuple(sorted(set(inputs)))


def number(value: float) -> str:
    """A number for a sentence: up to seven significant digits, thousands separated."""
    digits = max(0, 6 - math.floor(math.log10(abs(value)))) if value else 0
    text = f"{value:,.{min(digits, 10)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
