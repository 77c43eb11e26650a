"""The OECD's composite leading indicator: cycles by a double Hodrick–Prescott filter, averaged.

Source: Gyomai and Guidetti, *OECD System of Composite Leading Indicators* (2012). The series come in
adjusted for season. Values near the ends are revised as new ones come in; that is the filter's nature.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from prosperity.index.frames import Change, Floats, exact_sum, panel
from prosperity.index.labels import calendar
from prosperity.index.model import IndexInputError

LONG_YEARS, SHORT_YEARS = 10, 1  #: cycles between one and ten years are kept
OUTLIER = 5.0  #: median absolute deviations of the second difference
FORECAST_YEARS = 1
MINIMUM_YEARS = 5


@dataclass(frozen=True)
class OecdIndicator:
    """Rows as the frame. ``cycles``: normalised components (mean 100, mean absolute deviation 1).

    ``index``: their weighted mean over those present; ``amplitude_adjusted``: with the reference's cycle's
    spread; ``trend_restored``: that times the reference's trend. ``replaced``: outliers by component.
    """

    cycles: pd.DataFrame
    index: pd.Series[float]
    amplitude_adjusted: pd.Series[float]
    trend_restored: pd.Series[float]
    replaced: Mapping[str, tuple[Any, ...]]


def oecd_indicator(
    frame: pd.DataFrame, reference: pd.Series[Any], *, weights: Mapping[str, float] | None = None
) -> OecdIndicator:
    """The indicator from components adjusted for season; ``reference``: the series whose cycle is led.

    Each component: outliers replaced (a single value off both neighbours), logarithms where all values are
    positive, extended by a forecast of one year (mean change of the last two years), filtered twice: the
    first takes out what is slower than ten years, the second what is faster than one; normalised
    ``z = (c − mean c) / mean|c − mean c| + 100``. ``index``: weighted mean of the z present.

    Amplitude: ``100 + (index − 100) · mean|d| / mean|index − 100|``, d the reference's cycle in percent of
    its trend; trend restored: ``amplitude_adjusted / 100 × trend``.

    Months or quarters by the index (any other labels: quarters). Raises IndexInputError for fewer than
    five years, a gap inside a component, and a reference that is not positive.
    """
    known = calendar(frame.index)
    per_year = known.per_year if known is not None else 4
    kinds: dict[str, Change] = dict.fromkeys(frame.columns, "difference")
    part = panel(frame, weights, kinds)
    target = panel(reference.to_frame("reference"))
    normalised = np.full_like(part.values, np.nan)
    replaced: dict[str, tuple[Any, ...]] = {}
    for number, name in enumerate(part.columns):
        cycle, outliers = _component(str(name), part.values[:, number], per_year)
        normalised[:, number] = _normalised(str(name), cycle)
        replaced[str(name)] = tuple(part.index[place] for place in outliers)
    index = np.full(len(part.index), np.nan)
    for row, values in enumerate(normalised):
        present = ~np.isnan(values)
        if present.any():
            index[row] = exact_sum((part.weights * values)[present]) / exact_sum(part.weights[present])
    logs = np.log(target.values[:, 0])
    start, end = _run("reference", logs, per_year)
    trend = np.full(len(logs), np.nan)
    deviation = np.full(len(logs), np.nan)
    slow, band = double_filter(logs[start:end], per_year)
    trend[start:end], deviation[start:end] = np.exp(slow), 100 * band
    series = pd.Series(index, part.index)
    size = _mean_size(deviation) / _mean_size(index - 100)
    adjusted = 100 + (series - 100) * size
    restored = adjusted / 100 * pd.Series(trend, target.index).reindex(part.index)
    rows = frame.index
    return OecdIndicator(
        pd.DataFrame(normalised, part.index, part.columns).reindex(rows),
        series.reindex(rows),
        adjusted.reindex(rows),
        restored.reindex(rows),
        replaced,
    )


def smoothing_parameter(periods: float) -> float:
    """``λ(T) = [2 sin(π/T)]⁻⁴``: the filter's gain is one half for cycles of T periods."""
    return (2 * math.sin(math.pi / periods)) ** -4


def hodrick_prescott(values: Floats, parameter: float) -> Floats:
    """Trend τ that minimises ``Σ (y − τ)² + λ Σ (Δ²τ)²``; the system is solved in banded form."""
    from scipy.linalg import solveh_banded  # type: ignore[import-untyped]

    count = len(values)
    second = np.zeros((3, count))
    # Bands of I + λ D'D, D the second difference: products of (1, −2, 1) with itself, cut at the ends.
    for start in range(count - 2):
        for one, a in enumerate((1.0, -2.0, 1.0)):
            for other, b in enumerate((1.0, -2.0, 1.0)):
                if other >= one:
                    second[2 - (other - one), start + other] += parameter * a * b
    second[2] += 1.0
    return np.asarray(solveh_banded(second, values), dtype=np.float64)


def double_filter(values: Floats, per_year: int) -> tuple[Floats, Floats]:
    """Trend (slower than ten years) and cycle (one to ten years) of values without gaps.

    The values are extended at the end by a forecast of one year, which is cut off again.
    """
    reach = min(2 * per_year, len(values) - 1)
    step = (values[-1] - values[-1 - reach]) / reach
    extended = np.concatenate([values, values[-1] + step * np.arange(1, FORECAST_YEARS * per_year + 1)])
    trend = hodrick_prescott(extended, smoothing_parameter(LONG_YEARS * per_year))
    cycle = hodrick_prescott(extended - trend, smoothing_parameter(SHORT_YEARS * per_year))
    return trend[: len(values)], cycle[: len(values)]


def _component(name: str, column: Floats, per_year: int) -> tuple[Floats, list[int]]:
    start, end = _run(name, column, per_year)
    values = column[start:end].copy()
    outliers = _outliers(values)
    for place in outliers:
        values[place] = (values[place - 1] + values[place + 1]) / 2
    if (values > 0).all():
        values = np.log(values)
    cycle = np.full(len(column), np.nan)
    cycle[start:end] = double_filter(values, per_year)[1]
    return cycle, [start + place for place in outliers]


def _run(name: str, column: Floats, per_year: int) -> tuple[int, int]:
    known = np.flatnonzero(~np.isnan(column))
    start, end = int(known[0]), int(known[-1]) + 1
    if len(known) < end - start:
        raise IndexInputError(f"{name}: a filter cannot pass a missing period")
    if end - start < MINIMUM_YEARS * per_year:
        raise IndexInputError(f"{name}: {end - start} periods, fewer than {MINIMUM_YEARS} years")
    return start, end


def _outliers(values: Floats) -> list[int]:
    """Places of single values far off the mean of both neighbours, measured by the median deviation."""
    off = np.zeros(len(values))
    off[1:-1] = values[1:-1] - (values[:-2] + values[2:]) / 2
    size = 1.4826 * float(np.median(np.abs(off[1:-1])))
    if size == 0:
        return []
    found: list[int] = []
    for place in np.argsort(-np.abs(off), kind="stable").tolist():
        if abs(off[place]) <= OUTLIER * size:
            break
        # The neighbours of an outlier are off only because of it.
        if not any(abs(place - other) <= 1 for other in found):
            found.append(place)
    return sorted(found)


def _normalised(name: str, cycle: Floats) -> Floats:
    known = cycle[~np.isnan(cycle)]
    mean = exact_sum(known) / len(known)
    size = exact_sum(np.abs(known - mean)) / len(known)
    if size <= 1e-12 * max(1.0, float(np.abs(known).max())):
        raise IndexInputError(f"{name}: it has no cycle to normalise")
    return (cycle - mean) / size + 100


def _mean_size(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return exact_sum(np.abs(known)) / len(known)
