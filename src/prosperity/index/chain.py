"""A level on a comparable basis, chained from published year-on-year rates.

Where published levels and growth rates contradict each other (the base is restated every year), only the
rates are comparable. ``Z(t) = Z(t−4) (1 + g(t)/100)``, g the published year-to-date rate at the quarter's
end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from prosperity.index.model import IndexInputError, IndicatorPoint, Input, Point
from prosperity.index.quarters import end_month_of, month_code, quarter_code
from prosperity.index.readings import Reading, merged, number, readings

SEED_RATES = 4  #: how many rates set the relative heights of the quarters before the first one


@dataclass(frozen=True)
class _Rate:
    """The rate of one quarter: published for its last month, or interpolated between months of its year."""

    value: float
    interpolated: bool
    inputs: tuple[Input, ...]
    text: str


def chain(
    rate_series: str, points: Sequence[Point], interpolate: int = 0, rate_months: int = 0
) -> list[IndicatorPoint]:
    """Quarterly comparable-basis level from year-on-year rates in percent.

    The four quarters before the first rate are seeds, taken to have grown evenly at the mean ḡ of the first
    four available rates: ``Z(t0−4+k) = (1+ḡ)^(k/4)``; they only set relative heights and are not returned.
    Fewer than four rates give an empty list.

    ``rate_months``: a missing quarter-end rate is interpolated linearly between the nearest published rates
    of the same year within so many months on both sides (status I). ``interpolate``: a level missing for at
    most so many quarters between two known ones is filled log-linearly (status I); levels chained on an
    interpolated one have status E. Raises IndexInputError for a rate of −100 % or less.
    """
    published = readings(rate_series, points, year_to_date=True)
    for reading in published.values():
        if reading.value <= -100:
            raise IndexInputError(
                f"{rate_series} {reading.period}: a level cannot fall by {-reading.value} %"
            )
    rates = _quarterly_rates(published, rate_months)
    if len(rates) < SEED_RATES:
        return []
    first, last = min(rates), max(rates)
    levels = _seeds(rates)
    _raise(levels, rates, range(first, last + 1))
    # One gap at a time: the level filled in may be the base on which a rate of a later gap is chained.
    while _fill_first_gap(levels, rates, interpolate):
        _raise(levels, rates, range(first, last + 1))
    return [levels[quarter] for quarter in sorted(levels) if quarter >= first]


# ------------------------------------------------------------------------------------------- rates


def _quarterly_rates(published: Mapping[int, Reading], months: int) -> dict[int, _Rate]:
    rates: dict[int, _Rate] = {}
    years = sorted({month // 12 for month in published})
    for quarter in (quarter for year in years for quarter in range(4 * year, 4 * year + 4)):
        month = end_month_of(quarter)
        if month in published:
            rates[quarter] = _published(published[month])
        else:
            before = _nearest(published, range(month - 1, month - months - 1, -1), month // 12)
            after = _nearest(published, range(month + 1, month + months + 1), month // 12)
            if before is not None and after is not None:
                rates[quarter] = _interpolated(month, before, published[before], after, published[after])
    return rates


def _nearest(published: Mapping[int, Reading], candidates: range, year: int) -> int | None:
    return next((month for month in candidates if month in published and month // 12 == year), None)


def _published(reading: Reading) -> _Rate:
    text = f"the published year-on-year rate of {reading.period}, {number(reading.value)} %"
    return _Rate(reading.value, reading.status == "I", (reading.input,), text)


def _interpolated(month: int, before: int, first: Reading, after: int, second: Reading) -> _Rate:
    share = (month - before) / (after - before)
    value = (1 - share) * first.value + share * second.value
    text = (
        f"a year-on-year rate of {number(value)} %, interpolated for {month_code(month)} between "
        f"{number(first.value)} % ({first.period}) and {number(second.value)} % ({second.period})"
    )
    return _Rate(value, True, merged((first.input, second.input)), text)


# ------------------------------------------------------------------------------------------ levels


def _seeds(rates: Mapping[int, _Rate]) -> dict[int, IndicatorPoint]:
    quarters = sorted(rates)[:SEED_RATES]
    growth = math.fsum(rates[quarter].value for quarter in quarters) / SEED_RATES
    if growth <= -100:
        raise IndexInputError(f"mean of the first four rates is {growth} %: no level can be chained")
    inputs = merged(item for quarter in quarters for item in rates[quarter].inputs)
    start = quarters[0] - 4
    listed = ", ".join(f"{quarter_code(quarter)} {number(rates[quarter].value)} %" for quarter in quarters)
    step = (
        f"{quarter_code(start)} to {quarter_code(start + 3)}, before the first rate, are taken to have grown "
        f"evenly from 1 at {number(growth)} % a year, the mean of the first four rates ({listed}); this only "
        f"sets their relative heights."
    )
    return {
        start + k: IndicatorPoint(
            quarter_code(start + k), (1 + growth / 100) ** (k / 4), "A", inputs, (step,)
        )
        for k in range(4)
    }


def _chained(quarter: int, rate: _Rate, base: IndicatorPoint) -> IndicatorPoint:
    value = base.value * (1 + rate.value / 100)
    own = "A" if base.status == "A" else "E"
    step = (
        f"{quarter_code(quarter)}: level of {base.quarter}, {number(base.value)}, raised by {rate.text}, "
        f"is {number(value)}."
    )
    return IndicatorPoint(
        quarter_code(quarter),
        value,
        "I" if rate.interpolated else own,
        merged((*base.inputs, *rate.inputs)),
        (*base.steps, step),
    )


def _raise(levels: dict[int, IndicatorPoint], rates: Mapping[int, _Rate], quarters: range) -> None:
    for quarter in quarters:
        if quarter not in levels and quarter in rates and quarter - 4 in levels:
            levels[quarter] = _chained(quarter, rates[quarter], levels[quarter - 4])


def _fill_first_gap(levels: dict[int, IndicatorPoint], rates: Mapping[int, _Rate], interpolate: int) -> bool:
    """Fill the earliest gap of at most ``interpolate`` quarters; whether there was one."""
    for before, after in pairwise(sorted(levels)):
        if 0 < after - before - 1 <= interpolate:
            first, second = levels[before], levels[after]
            for quarter in range(before + 1, after):
                cause = (
                    "no level four quarters before to chain on" if quarter in rates else "no rate to chain"
                )
                share = (quarter - before) / (after - before)
                levels[quarter] = _between(quarter, share, first, second, cause)
            return True
    return False


def _between(
    quarter: int, share: float, first: IndicatorPoint, second: IndicatorPoint, cause: str
) -> IndicatorPoint:
    value = math.exp((1 - share) * math.log(first.value) + share * math.log(second.value))
    step = (
        f"{quarter_code(quarter)}: {cause}; the level is interpolated log-linearly between {first.quarter} "
        f"({number(first.value)}) and {second.quarter} ({number(second.value)}), is {number(value)}."
    )
    steps = tuple(dict.fromkeys((*first.steps, *second.steps, step)))
    return IndicatorPoint(quarter_code(quarter), value, "I", merged((*first.inputs, *second.inputs)), steps)
