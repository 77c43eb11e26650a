"""From observations to a quarterly indicator: year-to-date flows, stocks at quarter ends.

Rates are chained in ``chain.py``. Every value names the observations it rests on and explains its steps;
nothing is ever extrapolated. Pure functions: no catalogue file, no database.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from prosperity.catalogue.model import Transform
from prosperity.catalogue.versions import SeriesVersion, break_between
from prosperity.index.averages import mean_of_quarter
from prosperity.index.chain import chain
from prosperity.index.model import IndexInputError, IndicatorPoint, Input, Point
from prosperity.index.quarters import end_month_of, last_month, month_code, quarter_code, quarter_ordinal
from prosperity.index.readings import Reading, merged, number, readings, status_of


def indicator_points(
    series: str,
    transform: Transform,
    points: Mapping[str, Sequence[Point]],
    versions: Sequence[SeriesVersion] = (),
) -> list[IndicatorPoint]:
    """The quarterly indicator of ``series`` in order of quarters, before any seasonal adjustment.

    ``points`` holds the observations by series; of method chain only those of ``rate_series`` are used.
    ``versions`` are those of ``series``: levels on two sides of a break are neither differenced nor
    interpolated between; published rates are on a comparable basis and are chained across it.
    A series without observations gives an empty list. Raises IndexInputError for a value that is not finite,
    a period that occurs twice, or a method that does not fit the figures.
    """
    name = transform.rate_series or series
    used = _from(transform.first, points.get(name, ()))
    if transform.method == "chain":
        return chain(name, used, transform.interpolate, transform.interpolate_rate_months)
    if transform.method == "mean":
        return mean_of_quarter(series, used, transform.interpolate)
    if transform.method == "last":
        return last_of_quarter(series, used, transform.interpolate, versions)
    if transform.interpolate:
        raise IndexInputError(f"{series}: a decumulated flow is split (split_gap), not interpolated")
    return decumulate(series, used, split_gap=transform.split_gap, versions=versions)


def _from(first: str | None, points: Sequence[Point]) -> Sequence[Point]:
    """The points of ``first`` (2017-Q1) and later quarters; all where no first quarter is given."""
    if first is None:
        return points
    return [point for point in points if last_month(point.period_code) // 3 >= quarter_ordinal(first)]


# ------------------------------------------------------------------------------------------ stocks


def last_of_quarter(
    series: str, points: Sequence[Point], interpolate: int = 0, versions: Sequence[SeriesVersion] = ()
) -> list[IndicatorPoint]:
    """Stock at the end of each quarter.

    Where the quarter's last month is not known, the stock is interpolated log-linearly (status I) between the
    nearest known months on both sides, if no more than ``interpolate`` quarter ends can lie between them:
    at most 3 × (``interpolate`` + 1) months apart. A wider gap stays a gap, and so does one in which a version
    of the series begins whose levels do not compare with those before. 0: nothing is interpolated.
    """
    known = readings(series, points)
    result = {
        month // 3: _observed_stock(month // 3, reading)
        for month, reading in known.items()
        if month == end_month_of(month // 3)
    }
    for before, after in pairwise(sorted(known)):
        joined = break_between(versions, known[before].period, known[after].period) is None
        if interpolate and joined and after - before <= 3 * (interpolate + 1):
            for month in range(before + 1, after):
                if month == end_month_of(month // 3):
                    result[month // 3] = _between(month, before, known[before], after, known[after])
    return [result[quarter] for quarter in sorted(result)]


def _observed_stock(quarter: int, reading: Reading) -> IndicatorPoint:
    step = f"{quarter_code(quarter)}: {number(reading.value)} at the end of {reading.period}, as published."
    return IndicatorPoint(quarter_code(quarter), reading.value, reading.status, (reading.input,), (step,))


def _between(month: int, before: int, first: Reading, after: int, second: Reading) -> IndicatorPoint:
    quarter = quarter_code(month // 3)
    if first.value <= 0 or second.value <= 0:
        raise IndexInputError(
            f"{first.input.series}: log-linear interpolation of {quarter} needs positive "
            f"values, not {number(first.value)} ({first.period}) and {number(second.value)} ({second.period})"
        )
    share = (month - before) / (after - before)
    value = math.exp((1 - share) * math.log(first.value) + share * math.log(second.value))
    step = (
        f"{quarter}: no figure for {month_code(month)}; interpolated log-linearly, "
        f"{month - before} of {after - before} months from {number(first.value)} "
        f"({first.period}) to {number(second.value)} ({second.period}), is {number(value)}."
    )
    return IndicatorPoint(quarter, value, "I", merged((first.input, second.input)), (step,))


# ------------------------------------------------------------------------------------------ flows


@dataclass(frozen=True)
class _Span:
    """What was added between two year-to-date figures of one year, over ``quarters`` (one or more)."""

    quarters: tuple[int, ...]
    value: float
    status: str
    inputs: tuple[Input, ...]
    text: str


def decumulate(
    series: str,
    points: Sequence[Point],
    *,
    split_gap: bool = False,
    versions: Sequence[SeriesVersion] = (),
) -> list[IndicatorPoint]:
    """Year-to-date flow at quarter ends to quarterly flow.

    Two year-to-date figures are never differenced across a break of ``versions``: what lies between them
    stays missing, because it would be the change of the sample and not a flow.

    The first quarter is the figure for March. Where one quarter end inside a year is missing, the difference
    spans two quarters: both stay missing, unless ``split_gap``: then it is split in the proportions of
    the same quarters of the nearest earlier year that has both observed and positive (status I for both).
    """
    ends: dict[int, Reading] = {}
    for month, reading in readings(series, points, year_to_date=True).items():
        if month % 3 == 2:
            ends[month // 3] = reading
    years = sorted({quarter // 4 for quarter in ends})
    spans = [span for year in years for span in _spans(year, ends, versions)]
    flows = {span.quarters[0]: _single(span) for span in spans if len(span.quarters) == 1}
    observed = {quarter: point for quarter, point in flows.items() if point.status == "A"}
    for span in spans:
        if split_gap and len(span.quarters) == 2:
            flows.update(_split(span, observed))
    return [flows[quarter] for quarter in sorted(flows)]


def _spans(year: int, ends: Mapping[int, Reading], versions: Sequence[SeriesVersion]) -> list[_Span]:
    """The differences between successive year-to-date figures of one year, the first one from zero; none
    across a break."""
    spans: list[_Span] = []
    previous: Reading | None = None
    start = 4 * year
    for quarter in range(4 * year, 4 * year + 4):
        reading = ends.get(quarter)
        if reading is None:
            continue
        if previous is not None and break_between(versions, previous.period, reading.period):
            previous, start = reading, quarter + 1
            continue
        if previous is None:
            value, status = reading.value, reading.status
            inputs: tuple[Input, ...] = (reading.input,)
            text = f"{number(value)}, the year to date at {reading.period}"
        else:
            value = reading.value - previous.value
            inputs = merged((previous.input, reading.input))
            status = status_of(previous.status, reading.status)
            text = (
                f"{number(value)}, the year to date {number(reading.value)} at {reading.period} "
                f"less {number(previous.value)} at {previous.period}"
            )
        spans.append(_Span(tuple(range(start, quarter + 1)), value, status, inputs, text))
        previous, start = reading, quarter + 1
    return spans


def _single(span: _Span) -> IndicatorPoint:
    quarter = quarter_code(span.quarters[0])
    return IndicatorPoint(quarter, span.value, span.status, span.inputs, (f"{quarter}: {span.text}.",))


def _split(span: _Span, observed: Mapping[int, IndicatorPoint]) -> dict[int, IndicatorPoint]:
    first, second = span.quarters
    for like in range(first - 4, min(observed, default=first) - 1, -4):
        one, two = observed.get(like), observed.get(like + second - first)
        if one is not None and two is not None and one.value > 0 and two.value > 0:
            return _split_like(span, one, two)
    return {}


def _split_like(span: _Span, one: IndicatorPoint, two: IndicatorPoint) -> dict[int, IndicatorPoint]:
    first, second = span.quarters
    share = one.value / (one.value + two.value)
    inputs = merged((*one.inputs, *two.inputs, *span.inputs))
    together = (
        f"{quarter_code(first)} and {quarter_code(second)} together: {span.text}; no figure for "
        f"{month_code(end_month_of(first))}."
    )
    parts: dict[int, IndicatorPoint] = {}
    for quarter, part, like in ((first, share, one), (second, 1 - share, two)):
        value = span.value * part
        step = (
            f"{quarter_code(quarter)}: split as {one.quarter} : {two.quarter} ({number(one.value)} : "
            f"{number(two.value)}, the nearest earlier year with both), {100 * part:.2f} % like "
            f"{like.quarter}, is {number(value)}."
        )
        parts[quarter] = IndicatorPoint(quarter_code(quarter), value, "I", inputs, (together, step))
    return parts
