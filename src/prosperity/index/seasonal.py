"""Seasonal adjustment: whether a series shows season, by what it is adjusted, and saying so.

A quarterly flow needs no Chinese New Year regressor: New Year always falls in the first quarter. Monthly
series do (``monthly.py``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from prosperity.index import monthly
from prosperity.index.frames import Floats
from prosperity.index.labels import calendar
from prosperity.index.model import IndexInputError
from prosperity.index.monthly import WINDOWS
from prosperity.index.new_year import Window
from prosperity.index.x13 import Adjusted, X13Error, kept_diagnostics, run_x13, specification

Method = Literal["auto", "x13", "stl", "none"]

MINIMUM_YEARS = 3  #: X-11 filters are not defined below
SIGNIFICANCE = 0.05


@dataclass(frozen=True)
class SeasonalResult:
    """``adjusted`` and ``seasonal`` have the index of the series that came in.

    ``seasonal`` is a factor (adjusted = series / seasonal), or where ``diagnostics["mode"]`` is additive a
    term (adjusted = series − seasonal); 1 or 0 with method none. ``note`` says in words what was done and
    why.
    """

    adjusted: pd.Series[float]
    seasonal: pd.Series[float]
    method: Literal["x13", "stl", "none"]
    diagnostics: Mapping[str, float | str]
    note: str


def seasonally_adjust(
    series: pd.Series[Any], *, method: Method = "auto", new_year: Sequence[Window] = WINDOWS
) -> SeasonalResult:
    """Adjust a quarterly or monthly series for season.

    ``series``: index of quarters or months (2019-Q1, 2019Q1, 2019-01, a PeriodIndex or DatetimeIndex), in
    any order.
    ``auto``: adjusts only a series without gaps, of at least three full years, that shows season:
    Kruskal–Wallis test of the changes of its logarithms (of its values, if not all are positive) by
    quarter, at 5 %; by X-13ARIMA-SEATS (automatic model and outliers, X-11), or where that is missing or
    refuses the series by robust STL on logarithms. ``x13`` and ``stl`` force a method.
    ``new_year`` (months only): windows in days around Chinese New Year, of which the AICc chooses (see
    ``monthly.py``); none: no such effect. Diagnostics, as far as the method has them: ``q``, ``m7`` (below 1:
    the season can be identified), ``aicc``, ``model``, ``mode``, ``residual_seasonality_p`` (QS test of the
    adjusted series; small: season is left), ``new_year``.
    Raises IndexInputError for a series that cannot be adjusted as demanded, X13Error where X-13 is forced
    and fails.
    """
    ordinals, period = _ordinals(series.index)
    order = np.argsort(ordinals, kind="stable")
    values = _values(series)[order]
    start = int(ordinals[order[0]]) if len(order) else 0
    if method not in ("auto", "x13", "stl", "none"):
        raise IndexInputError(f"unknown method of seasonal adjustment {method!r}")
    if method == "none":
        return _unadjusted(series, {}, "not adjusted for season, as specified")
    problem = _problem(ordinals[order], values, period)
    if method != "auto":
        if problem:
            raise IndexInputError(f"cannot be adjusted for season: {problem}")
        adjust = _by_x13 if method == "x13" else _by_stl
        return _result(series, order, adjust(values, start, period, new_year))
    if problem:
        return _unadjusted(series, {}, f"not adjusted for season: {problem}")
    statistic, probability = season_test(values, start, period)
    test = {"kruskal_wallis": statistic, "p_value": probability}
    if probability > SIGNIFICANCE:
        return _unadjusted(
            series,
            test,
            f"not adjusted for season: none shown (Kruskal–Wallis {statistic:.2f}, p = {probability:.3f})",
        )
    shown = f"season shown (Kruskal–Wallis {statistic:.2f}, p = {probability:.2g})"
    try:
        found = _by_x13(values, start, period, new_year)
    except X13Error as error:
        found = _by_stl(values, start, period, new_year)
        found = replace(found, note=f"{found.note}, because: {error}")
    found = replace(found, diagnostics={**test, **found.diagnostics}, note=f"{found.note}; {shown}")
    return _result(series, order, found)


def season_test(values: Floats, start: int, period: int = 4) -> tuple[float, float]:
    """Kruskal–Wallis statistic and p-value (χ², period − 1 degrees) of the changes by quarter or month.

    ``values``: without gaps; ``start``: ordinal of the first period. Differencing takes the trend out. A
    series of which all changes are equal gives (0, 1).
    """
    levels = np.log(values) if (values > 0).all() else values
    # Rounded, so that a series that grows evenly has tied changes and not the order of its rounding errors.
    changes = np.round(np.diff(levels), 12)
    ranks = pd.Series(changes).rank().to_numpy()
    seasons = (start + 1 + np.arange(len(changes))) % period
    count = len(changes)
    _, ties = np.unique(changes, return_counts=True)
    correction = 1 - float((ties**3 - ties).sum()) / (count**3 - count)
    if correction <= 0:
        return 0.0, 1.0
    groups = [ranks[seasons == season] for season in range(period)]
    squares = math.fsum(float(group.sum()) ** 2 / len(group) for group in groups if len(group))
    statistic = max(0.0, (12 / (count * (count + 1)) * squares - 3 * (count + 1)) / correction)
    return statistic, _chi_squared_tail(statistic, period - 1)


def _chi_squared_tail(value: float, degrees: int) -> float:
    """Probability of more than ``value`` for an odd number of degrees of freedom."""
    half = value / 2
    tail = math.erfc(math.sqrt(half))
    for number in range(1, degrees, 2):
        tail += half ** (number / 2) * math.exp(-half) / math.gamma(number / 2 + 1)
    return tail


# ------------------------------------------------------------------------------------------ methods


def _by_x13(values: Floats, start: int, period: int, new_year: Sequence[Window]) -> Adjusted:
    if period == 12:
        return monthly.by_x13(values, start, new_year)
    transform = "auto" if (values > 0).all() else "none"
    text = specification(values.tolist(), period, (start // period, start % period + 1), transform=transform)
    output = run_x13(text)
    adjusted = np.array(output.tables["d11"])
    if len(adjusted) != len(values):
        raise X13Error(f"X-13ARIMA-SEATS returned {len(adjusted)} values for {len(values)}")
    diagnostics = kept_diagnostics(output)
    note = (
        f"adjusted for season by X-13ARIMA-SEATS build {output.diagnostics.get('build', '?')} "
        f"(X-11, {diagnostics['mode']}, model {diagnostics.get('model', '?')}, "
        f"Q = {diagnostics.get('q', '?')})"
    )
    return Adjusted(adjusted, np.array(output.tables["d10"]), "x13", diagnostics, note)


def _by_stl(values: Floats, start: int, period: int, new_year: Sequence[Window]) -> Adjusted:
    if not (values > 0).all():
        raise IndexInputError("STL on logarithms needs values above zero")
    if period == 12:
        return monthly.by_regression_and_stl(values, start, new_year)
    from statsmodels.tsa.seasonal import STL  # heavy, and needed in the fallback only

    fitted = STL(np.log(values), period=period, robust=True).fit()
    factor = np.exp(np.asarray(fitted.seasonal, dtype=float))
    note = f"adjusted for season by robust STL (period {period}) on logarithms"
    return Adjusted(values / factor, factor, "stl", {"mode": "multiplicative"}, note)


# ------------------------------------------------------------------------------------------- helpers


def _values(series: pd.Series[Any]) -> Floats:
    try:
        return series.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise IndexInputError(f"a value of the series is not a number: {error}") from error


def _ordinals(index: pd.Index[Any]) -> tuple[Any, int]:
    """Ordinals of the periods (quarters, or months), and how many make a year."""
    if not len(index):
        return np.array([], dtype=np.int64), 4
    found = calendar(index)
    if found is None or found.per_year not in (4, 12):
        raise IndexInputError("the index of the series is not one of quarters or months without repetition")
    if len(np.unique(found.ordinals)) < len(index):
        raise IndexInputError("a period of the series occurs more than once")
    return found.ordinals, found.per_year


def _problem(ordinals: Any, values: Floats, period: int) -> str:
    if np.isinf(values).any():
        raise IndexInputError("a value of the series is infinite")
    if len(values) < MINIMUM_YEARS * period:
        return f"{len(values)} values, fewer than {MINIMUM_YEARS} full years"
    if np.isnan(values).any() or (np.diff(ordinals) != 1).any():
        return "the series has gaps"
    return ""


def _unadjusted(series: pd.Series[Any], diagnostics: Mapping[str, float | str], note: str) -> SeasonalResult:
    values = pd.Series(_values(series), series.index)
    return SeasonalResult(values, pd.Series(1.0, series.index), "none", diagnostics, note)


def _result(series: pd.Series[Any], order: Any, found: Adjusted) -> SeasonalResult:
    index = series.index[order]
    return SeasonalResult(
        pd.Series(found.values, index).reindex(series.index),
        pd.Series(found.factor, index).reindex(series.index),
        found.method,
        found.diagnostics,
        found.note,
    )
