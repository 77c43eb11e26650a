"""Checks on a frame of indicators, and its rows in order of time.

What belongs here: what every function on a DataFrame does first. What does not: formulas of an index.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from prosperity.index.labels import in_time
from prosperity.index.model import IndexInputError

Change = Literal["symmetric", "difference"]
Floats = npt.NDArray[np.float64]

MINIMUM_ROWS = 3  #: two changes; with one alone every standardised change would be ±1


@dataclass(frozen=True)
class Panel:
    """A checked frame in order of time: ``values`` is rows × columns, a missing value is NaN."""

    index: pd.Index[Any]
    columns: pd.Index[Any]
    values: Floats
    weights: Floats
    changes: tuple[Change, ...]


def panel(
    frame: pd.DataFrame,
    weights: Mapping[str, float] | None = None,
    changes: Mapping[str, Change] | None = None,
    *,
    changing: bool = True,
) -> Panel:
    """Check a frame (rows periods, columns indicators) and put its rows in order of time.

    Raises IndexInputError for: no column, fewer than three rows, periods or columns that occur twice,
    values that are not numbers or infinite, a column with fewer than two changes, a level of zero or less
    in a column that is not marked ``difference``, weights or changes that do not name exactly / only the
    columns. Without ``changing`` nothing is differenced: one row is enough, and a column may have no change.
    """
    if frame.shape[1] == 0:
        raise IndexInputError("the frame has no indicator")
    fewest = MINIMUM_ROWS if changing else 1
    if frame.shape[0] < fewest:
        raise IndexInputError(f"an index needs at least {fewest} periods, the frame has {frame.shape[0]}")
    _no_repetition(frame.index, "period")
    _no_repetition(frame.columns, "indicator")
    order = in_time(frame.index)
    # One layout in memory, whatever the frame's: sums over it then round alike.
    values = np.ascontiguousarray(_numbers(frame)[order])
    index = frame.index[order]
    kinds = _changes(frame.columns, changes)
    missing = np.isnan(values)
    with np.errstate(invalid="ignore"):
        low = (values <= 0) & np.array([kind == "symmetric" for kind in kinds])
    few = np.count_nonzero(~missing[1:] & ~missing[:-1], axis=0) < MINIMUM_ROWS - 1
    doubtful = np.isinf(values).any(axis=0) | low.any(axis=0) | (few & changing)
    for number in np.flatnonzero(doubtful).tolist():
        _refuse(frame.columns[number], values[:, number], index, low[:, number])
    return Panel(index, frame.columns, values, _weights(frame.columns, weights), kinds)


def check_series(series: pd.Series[Any]) -> Floats:
    """The values of a series as numbers; IndexInputError for a repeated period, infinity or text."""
    _no_repetition(series.index, "period")
    try:
        values: Floats = series.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise IndexInputError(f"a value of the series is not a number: {error}") from error
    if np.isinf(values).any():
        raise IndexInputError(f"{series.index[np.isinf(values)][0]}: the value is infinite")
    return values


def symmetric(before: Floats, after: Floats) -> Floats:
    """``200 (after − before) / (after + before)``, in percent; NaN where one is missing."""
    return 200.0 * (after - before) / (after + before)


def changes_of(values: Floats, kinds: tuple[Change, ...]) -> Floats:
    """Change of every column against the row before; the first row is NaN."""
    result = np.full_like(values, np.nan)
    for kind in set(kinds):
        of = np.array([other == kind for other in kinds])
        before, after = values[:-1, of], values[1:, of]
        result[1:, of] = symmetric(before, after) if kind == "symmetric" else after - before
    return result


def exact_sum(values: Floats) -> float:
    """Sum over the values present, rounded once: the same to the last digit in any order."""
    return math.fsum(values[~np.isnan(values)].tolist())


# ------------------------------------------------------------------------------------------- checks


def _no_repetition(index: pd.Index[Any], what: str) -> None:
    repeated = index[index.duplicated()]
    if len(repeated):
        raise IndexInputError(f"{what} {repeated[0]!r} occurs more than once")
    if index.isna().any():
        raise IndexInputError(f"a {what} has no name")


def _numbers(frame: pd.DataFrame) -> Floats:
    try:
        return frame.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise IndexInputError(f"a value of the frame is not a number: {error}") from error


def _refuse(name: Hashable, column: Floats, index: pd.Index[Any], low: npt.NDArray[np.bool_]) -> None:
    infinite = np.isinf(column)
    if infinite.any():
        raise IndexInputError(f"{name}, {index[infinite][0]}: the value is infinite")
    if low.any():
        raise IndexInputError(
            f"{name}, {index[low][0]}: the symmetric change needs levels above zero, not {column[low][0]}; "
            "a rate or balance is to be marked change='difference'"
        )
    raise IndexInputError(
        f"{name}: fewer than two changes between neighbouring periods, nothing to standardise by"
    )


def _weights(columns: pd.Index[Any], weights: Mapping[str, float] | None) -> Floats:
    if weights is None:
        return np.ones(len(columns))
    _same_names(columns, weights, "weight")
    values = np.array([float(weights[name]) for name in columns])
    wrong = ~(np.isfinite(values) & (values > 0))
    if wrong.any():
        raise IndexInputError(
            f"{columns[wrong][0]}: a weight must be a number above zero, not {values[wrong][0]}"
        )
    return values


def _same_names(columns: pd.Index[Any], named: Mapping[str, Any], what: str) -> None:
    for name in columns:
        if name not in named:
            raise IndexInputError(f"no {what} for indicator {name!r}")
    for name in named:
        if name not in columns:
            raise IndexInputError(f"{what} for {name!r}, which is not an indicator of the frame")


def _changes(columns: pd.Index[Any], changes: Mapping[str, Change] | None) -> tuple[Change, ...]:
    for name, kind in (changes or {}).items():
        if name not in columns:
            raise IndexInputError(f"change for {name!r}, which is not an indicator of the frame")
        if kind not in ("symmetric", "difference"):
            raise IndexInputError(f"{name}: change must be 'symmetric' or 'difference', not {kind!r}")
    return tuple((changes or {}).get(name, "symmetric") for name in columns)
