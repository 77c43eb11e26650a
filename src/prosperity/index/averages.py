"""Quarterly mean of a monthly rate, for series that are rates themselves (index.md §1: mean for rates).

Such an indicator enters the composite by its plain difference: a change of points, not of per cent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from prosperity.index.model import IndicatorPoint, Point
from prosperity.index.quarters import end_month_of, quarter_code
from prosperity.index.readings import Reading, merged, number, readings, status_of

FEBRUARY = 1  #: ordinal of the month within its year


def mean_of_quarter(series: str, points: Sequence[Point], interpolate: int = 0) -> list[IndicatorPoint]:
    """Mean of the months of each quarter, in the unit of the rate (percent).

    Where a year has no January figure, February's is that of January and February together, as the
    publisher surveys them, and counts for both months. A quarter of which not all months are known has status
    E, one without any is missing; a gap of at most ``interpolate`` quarters is filled linearly (status I).
    Raises IndexInputError for a value that is not finite or a period that occurs twice.
    """
    months = readings(series, points)
    found = {}
    for quarter in sorted({month // 3 for month in months}):
        point = _mean(quarter, months)
        if point is not None:
            found[quarter] = point
    for before, after in pairwise(sorted(found)):
        if 0 < after - before - 1 <= interpolate:
            for quarter in range(before + 1, after):
                found[quarter] = _between(quarter, before, found[before], after, found[after])
    return [found[quarter] for quarter in sorted(found)]


def _mean(quarter: int, months: Mapping[int, Reading]) -> IndicatorPoint | None:
    last = end_month_of(quarter)
    present = {month: months[month] for month in range(last - 2, last + 1) if month in months}
    shares = {month: 2 if _two_months(month, months) else 1 for month in present}
    if not present:
        return None
    total = sum(shares.values())
    value = sum(shares[month] * reading.value for month, reading in present.items()) / total
    listed = ", ".join(
        f"{'2 × ' if shares[month] == 2 else ''}{number(reading.value)} ({reading.period})"
        for month, reading in present.items()
    )
    missing = f"; only {total} of its 3 months known" if total < 3 else ""
    step = f"{quarter_code(quarter)}: {number(value)}, the mean of {listed}{missing}."
    status = status_of(*(reading.status for reading in present.values()), *(["E"] if missing else []))
    return IndicatorPoint(
        quarter_code(quarter), value, status, merged(reading.input for reading in present.values()), (step,)
    )


def _two_months(month: int, months: Mapping[int, Reading]) -> bool:
    return month % 12 == FEBRUARY and month - 1 not in months


def _between(
    quarter: int, before: int, first: IndicatorPoint, after: int, second: IndicatorPoint
) -> IndicatorPoint:
    share = (quarter - before) / (after - before)
    value = (1 - share) * first.value + share * second.value
    step = (
        f"{quarter_code(quarter)}: no month known; interpolated linearly between "
        f"{first.quarter} ({number(first.value)}) and {second.quarter} ({number(second.value)}), is {number(value)}."
    )
    steps = tuple(dict.fromkeys((*first.steps, *second.steps, step)))
    return IndicatorPoint(quarter_code(quarter), value, "I", merged((*first.inputs, *second.inputs)), steps)
