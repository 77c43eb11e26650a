"""Checks on a frame of indicators, and its rows in order of time.

What belongs here: what every function on a DataFrame does first. What does not: formulas of an index.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from prosperity.index.model import IndexInputError

Change = Literal["symmetric", "difference"]
Floats = npt.NDArray[np.float64]

MINIMUM_ROWS = 3  #: two changes; with one alone every standardised change would be ±1

_LABEL = re.compile(r"(\d{4})(?:-?([QSHM])(\d{1,2})|-(\d{1,2})|(\d{2}))?")


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
) -> Panel:
    """Check a frame (rows periods, columns indicators) and put its rows in order of time.

    Raises IndexInputError for: no column, fewer than three rows, periods or columns that occur twice,
    values that are not numbers or infinite, a column with fewer than two changes, a level of zero or less
    in a column that is not marked ``difference``, weights or changes that do not name exactly / only the
    columns.
    """
    if frame.shape[1] == 0:
        raise IndexInputError("the frame has no indicator")
    if frame.shape[0] < MINIMUM_ROWS:
        raise IndexInputError(
            f"an index needs at least {MINIMUM_ROWS} periods, the frame has {frame.shape[0]}"
        )
    _no_repetition(frame.index, "period")
    _no_repetition(frame.columns, "indicator")
    order = in_time(frame.index)
    values = _numbers(frame)[order]
    kinds = _changes(frame.columns, changes)
    for number, (name, kind) in enumerate(zip(frame.columns, kinds, strict=True)):
        _check_column(name, kind, values[:, number], frame.index[order])
    return Panel(frame.index[order], frame.columns, values, _weights(frame.columns, weights), kinds)


def in_time(index: pd.Index[Any]) -> npt.NDArray[np.intp]:
    """Positions that put an index in order of time.

    Numbers, dates, periods and labels of one kind (2019-Q1, 2019Q1, 2019-01, 2019-S1, 2019) are sorted; any
    other labels are taken to stand in order of time already.
    """
    if index.dtype != object and not pd.api.types.is_string_dtype(index.dtype):
        return np.argsort(index, kind="stable")
    found = [_LABEL.fullmatch(label) if isinstance(label, str) else None for label in index]
    keys = [
        (
            match.group(2) or "",
            int(match.group(1)),
            int(match.group(3) or match.group(4) or match.group(5) or 0),
        )
        for match in found
        if match is not None
    ]
    kinds = {(key[0], key[2] == 0) for key in keys}
    if len(keys) < len(index) or len(kinds) > 1:
        return np.arange(len(index))
    if len(set(keys)) < len(keys):
        raise IndexInputError("a period occurs more than once, written in two ways")
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.intp)


def symmetric(before: Floats, after: Floats) -> Floats:
    """``200 (after − before) / (after + before)``, in percent; NaN where one is missing."""
    return 200.0 * (after - before) / (after + before)


def changes_of(values: Floats, kinds: tuple[Change, ...]) -> Floats:
    """Change of every column against the row before; the first row is NaN."""
    result = np.full_like(values, np.nan)
    for number, kind in enumerate(kinds):
        before, after = values[:-1, number], values[1:, number]
        result[1:, number] = symmetric(before, after) if kind == "symmetric" else after - before
    return result


def exact_sum(values: Floats) -> float:
    """Sum over the values present, rounded once: the same to the last digit in any order."""
    return math.fsum(value for value in values.tolist() if not math.isnan(value))


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


def _check_column(name: Hashable, kind: Change, column: Floats, index: pd.Index[Any]) -> None:
    infinite = np.isinf(column)
    if infinite.any():
        raise IndexInputError(f"{name}, {index[infinite][0]}: the value is infinite")
    if np.count_nonzero(~np.isnan(np.diff(column))) < MINIMUM_ROWS - 1:
        raise IndexInputError(
            f"{name}: fewer than two changes between neighbouring periods, nothing to standardise by"
        )
    with np.errstate(invalid="ignore"):
        low = column <= 0
    if kind == "symmetric" and low.any():
        raise IndexInputError(
            f"{name}, {index[low][0]}: the symmetric change needs levels above zero, not {column[low][0]}; "
            "a rate or balance is to be marked change='difference'"
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
