"""Seasonal adjustment of a quarterly series: whether it shows season, by what it is adjusted, and saying so.

A quarterly flow needs no Chinese New Year regressor: New Year always falls in the first quarter. Monthly
series need one and are therefore refused by the automatic choice and by STL.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from prosperity.index.frames import Floats
from prosperity.index.model import IndexInputError
from prosperity.index.x13 import X13Error, X13Output, run_x13, specification

Method = Literal["auto", "x13", "stl", "none"]

MINIMUM_YEARS = 3  #: X-11 filters are not defined below
SIGNIFICANCE = 0.05
OUTPUTS = {"f3.q": "q", "arimamdl": "model", "aicc": "aicc", "samode": "mode"}


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


def seasonally_adjust(series: pd.Series[Any], *, method: Method = "auto") -> SeasonalResult:
    """Adjust a quarterly series for season.

    ``series``: index of quarters (2019-Q1 or 2019Q1, or a PeriodIndex / DatetimeIndex), in any order.
    ``auto``: adjusts only a series without gaps, of at least three full years, that shows season:
    Kruskal–Wallis test of the changes of its logarithms (of its values, if not all are positive) by
    quarter, at 5 %; by X-13ARIMA-SEATS (automatic model and outliers, X-11), or where that is missing or
    refuses the series by robust STL on logarithms. ``x13`` (also monthly) and ``stl`` force a method.
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
    if period == 12 and method != "x13":
        raise IndexInputError(
            "a monthly series needs a Chinese New Year regressor: only method 'x13' takes it"
        )
    if method != "auto":
        if problem:
            raise IndexInputError(f"cannot be adjusted for season: {problem}")
        adjust = _by_x13 if method == "x13" else _by_stl
        return _result(series, order, *adjust(values, start, period))
    if problem:
        return _unadjusted(series, {}, f"not adjusted for season: {problem}")
    statistic, probability = season_test(values, start)
    test = {"kruskal_wallis": statistic, "p_value": probability}
    if probability > SIGNIFICANCE:
        return _unadjusted(
            series,
            test,
            f"not adjusted for season: none shown (Kruskal–Wallis {statistic:.2f}, p = {probability:.3f})",
        )
    shown = f"season shown (Kruskal–Wallis {statistic:.2f}, p = {probability:.2g})"
    try:
        adjusted, factor, by, diagnostics, note = _by_x13(values, start, period)
    except X13Error as error:
        adjusted, factor, by, diagnostics, note = _by_stl(values, start, period)
        note = f"{note}, because: {error}"
    return _result(series, order, adjusted, factor, by, {**test, **diagnostics}, f"{note}; {shown}")


def season_test(values: Floats, start: int, period: int = 4) -> tuple[float, float]:
    """Kruskal–Wallis statistic and p-value (χ², period − 1 = 3 degrees) of the changes by quarter.

    ``values``: without gaps; ``start``: ordinal of the first quarter. Differencing takes the trend out. A
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
    tail = math.erfc(math.sqrt(statistic / 2)) + math.sqrt(2 * statistic / math.pi) * math.exp(-statistic / 2)
    return statistic, tail


# ------------------------------------------------------------------------------------------ methods

_Adjusted = tuple[Floats, Floats, Literal["x13", "stl"], dict[str, float | str], str]


def _by_x13(values: Floats, start: int, period: int) -> _Adjusted:
    transform = "auto" if (values > 0).all() else "none"
    text = specification(values.tolist(), period, (start // period, start % period + 1), transform=transform)
    output = run_x13(text)
    adjusted = np.array(output.tables["d11"])
    factor = np.array(output.tables["d10"])
    if len(adjusted) != len(values):
        raise X13Error(f"X-13ARIMA-SEATS returned {len(adjusted)} values for {len(values)}")
    diagnostics = _diagnostics(output)
    note = (
        f"adjusted for season by X-13ARIMA-SEATS build {output.diagnostics.get('build', '?')} "
        f"(X-11, {diagnostics['mode']}, model {diagnostics.get('model', '?')}, "
        f"Q = {diagnostics.get('q', '?')})"
    )
    return adjusted, factor, "x13", diagnostics, note


def _diagnostics(output: X13Output) -> dict[str, float | str]:
    result: dict[str, float | str] = {}
    for key, name in OUTPUTS.items():
        text = output.diagnostics.get(key)
        if text is not None:
            result[name] = float(text) if name in ("q", "aicc") else text
    additive = str(result.get("mode", "")).startswith("additive")
    result["mode"] = "additive" if additive else "multiplicative"
    return result


def _by_stl(values: Floats, _start: int, period: int) -> _Adjusted:
    from statsmodels.tsa.seasonal import STL  # heavy, and needed in the fallback only

    if not (values > 0).all():
        raise IndexInputError("STL on logarithms needs values above zero")
    fitted = STL(np.log(values), period=period, robust=True).fit()
    factor = np.exp(np.asarray(fitted.seasonal, dtype=float))
    note = f"adjusted for season by robust STL (period {period}) on logarithms"
    return values / factor, factor, "stl", {"mode": "multiplicative"}, note


# ------------------------------------------------------------------------------------------- helpers


def _values(series: pd.Series[Any]) -> Floats:
    try:
        return series.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise IndexInputError(f"a value of the series is not a number: {error}") from error


def _ordinals(index: pd.Index[Any]) -> tuple[Any, int]:
    """Ordinals of the periods (quarters, or months), and how many make a year."""
    periods = index
    try:
        if isinstance(index, pd.DatetimeIndex):
            monthly = len(index) > 1 and (index.sort_values()[1:] - index.sort_values()[:-1]).min().days < 45
            periods = index.to_period("M" if monthly else "Q")
        elif not isinstance(index, pd.PeriodIndex):
            periods = _parse(index)
    except ValueError as error:
        raise IndexInputError(f"the index of the series is not one of quarters: {error}") from error
    if isinstance(periods, pd.PeriodIndex) and periods.freqstr.startswith("Q"):
        ordinals, period = np.asarray(4 * periods.year + periods.quarter - 1), 4
    elif isinstance(periods, pd.PeriodIndex) and periods.freqstr.startswith("M"):
        ordinals, period = np.asarray(12 * periods.year + periods.month - 1), 12
    else:
        raise IndexInputError("the index of the series is not one of quarters")
    if len(np.unique(ordinals)) < len(ordinals):
        raise IndexInputError("a period of the series occurs more than once")
    return ordinals, period


def _parse(index: pd.Index[Any]) -> pd.PeriodIndex:
    if not len(index):
        return pd.PeriodIndex([], freq="Q")
    labels: Sequence[str] = [str(label) for label in index]
    quarterly = all("Q" in label for label in labels)
    return pd.PeriodIndex([label.replace("-Q", "Q") for label in labels], freq="Q" if quarterly else "M")


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


def _result(
    series: pd.Series[Any],
    order: Any,
    adjusted: Floats,
    factor: Floats,
    method: Literal["x13", "stl"],
    diagnostics: Mapping[str, float | str],
    note: str,
) -> SeasonalResult:
    index = series.index[order]
    return SeasonalResult(
        pd.Series(adjusted, index).reindex(series.index),
        pd.Series(factor, index).reindex(series.index),
        method,
        diagnostics,
        note,
    )
