"""What the labels of a time index say: order, frequency, and which rows a base period or a span means.

What belongs here: reading labels. What does not: values.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from prosperity.index.model import IndexInputError

Mask = npt.NDArray[np.bool_]

_LABEL = re.compile(r"(\d{4})(?:-?([QSHM])(\d{1,2})|-(\d{1,2})(-\d{2})?|(\d{2}))?")
_PER_YEAR = {"Q": 4, "S": 2, "H": 2, "M": 12}


@dataclass(frozen=True)
class Calendar:
    """``ordinals``: year × ``per_year`` + number of the period in the year, from 0, in the given order."""

    ordinals: npt.NDArray[np.int64]
    per_year: int


def calendar(index: pd.Index[Any]) -> Calendar | None:
    """Months, quarters, half-years or years of an index; None where its labels do not say.

    Read are PeriodIndex, DatetimeIndex and dates written 2019-03-31 (the smallest distance decides whether
    they are months, quarters or years) and labels of one kind: 2019-Q1, 2019Q1, 2019-01, 2019M01, 201901,
    2019-S1, 2019. Whole numbers are positions, not years.
    """
    if isinstance(index, pd.PeriodIndex):
        years = np.asarray(index.year, np.int64)
        if index.freqstr.startswith("M"):
            return Calendar(12 * years + np.asarray(index.month, np.int64) - 1, 12)
        if index.freqstr.startswith("Q"):
            return Calendar(4 * years + np.asarray(index.quarter, np.int64) - 1, 4)
        return Calendar(years, 1) if index.freqstr.startswith(("Y", "A")) else None
    if isinstance(index, pd.DatetimeIndex):
        years = np.asarray(index.year, np.int64)
        return _dates(12 * years + np.asarray(index.month, np.int64) - 1)
    if not len(index) or not all(isinstance(label, str) for label in index):
        return None
    spans = [_written(label) for label in index]
    known = [span for span in spans if span is not None]
    if len(known) < len(spans):
        return None
    lengths = {length for _, length, _ in known}
    dated = {is_date for _, _, is_date in known}
    if len(lengths) > 1 or len(dated) > 1:
        return None
    months = np.array([first for first, _, _ in known], dtype=np.int64)
    if dated == {True}:
        return _dates(months)
    length = lengths.pop()
    return Calendar(months // length, 12 // length)


def in_time(index: pd.Index[Any]) -> npt.NDArray[np.intp]:
    """Positions that put an index in order of time.

    Numbers, dates, periods and labels that ``calendar`` reads are sorted; any other labels are taken to
    stand in order of time already. Raises IndexInputError where one period is written in two ways.
    """
    if index.dtype != object and not pd.api.types.is_string_dtype(index.dtype):
        return np.argsort(index, kind="stable")
    found = calendar(index)
    if found is None:
        # Dates of one month are no months, but still sort as they are written.
        dates = all(isinstance(label, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", label) for label in index)
        return np.argsort(np.asarray(index), kind="stable") if dates else np.arange(len(index))
    if len(np.unique(found.ordinals)) < len(index):
        raise IndexInputError("a period occurs more than once, written in two ways")
    return np.argsort(found.ordinals, kind="stable")


def chosen(index: pd.Index[Any], base: Any) -> Mask:
    """Rows of an index in order of time that a base or a span means.

    ``base``: a label of the index; a longer period (the year 1987 or "1987" of a monthly index, "2016-Q1");
    a list of such; a slice or a pair (first, last), both inclusive. Raises IndexInputError where it is not
    in the index.
    """
    if isinstance(base, slice):
        if base.step is not None:
            raise IndexInputError(f"base period {base!r} is not in the index: a span has no step")
        return _between(index, base.start, base.stop)
    if isinstance(base, tuple) and len(base) == 2:
        return _between(index, base[0], base[1])
    if isinstance(base, (list, pd.Index, np.ndarray)):
        rows = np.zeros(len(index), dtype=bool)
        for label in base:
            rows |= _one(index, label)
        return rows
    return _one(index, base)


def place(label: Any, per_year: int) -> int:
    """Ordinal of the period of so many a year in which a label's period lies; as ``Calendar.ordinals``.

    Raises IndexInputError for a label that is none, or longer than such a period.
    """
    length = 12 // per_year
    first, last = _months(label, length)
    if first // length != last // length:
        raise IndexInputError(f"{label!r} is longer than the periods of the index")
    return first // length


# ------------------------------------------------------------------------------------------ reading


def _written(label: str) -> tuple[int, int, bool] | None:
    """First month, months, and whether it is a date with a day."""
    match = _LABEL.fullmatch(label)
    if match is None:
        return None
    year, letter, number, month, day, short = match.groups()
    per_year = _PER_YEAR[letter] if letter else 12 if month or short else 1
    which = int(number or month or short or 1)
    if not 1 <= which <= per_year:
        return None
    length = 12 // per_year
    return 12 * int(year) + (which - 1) * length, length, day is not None


def _dates(months: npt.NDArray[np.int64]) -> Calendar | None:
    ordered = sorted(set(months.tolist()))
    if len(ordered) < len(months):
        return None
    steps = [after - before for before, after in pairwise(ordered)]
    smallest = min(steps, default=1)
    length = smallest if smallest in (3, 6, 12) and not any(step % smallest for step in steps) else 1
    return Calendar(months // length, 12 // length)


def _one(index: pd.Index[Any], label: Any) -> Mask:
    if isinstance(label, Hashable) and not _is_partial(index, label):
        exact: Mask = np.asarray(index == label, dtype=bool)
        if exact.any():
            return exact
    starts, ends = _spans(index, label)
    first, last = _months(label, int(ends[0] - starts[0]) + 1)
    rows: Mask = (starts >= first) & (ends <= last)
    return rows


def _is_partial(index: pd.Index[Any], label: Any) -> bool:
    # "1987" is "in" an index of dates or periods that holds any day of that year.
    return isinstance(label, str) and isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex))


def _between(index: pd.Index[Any], start: Any, stop: Any) -> Mask:
    if calendar(index) is None:
        try:
            place = index.slice_indexer(start, stop)
        except (KeyError, TypeError, ValueError) as error:
            raise IndexInputError(
                f"base period {start!r} to {stop!r} is not in the index: {error}"
            ) from error
        rows = np.zeros(len(index), dtype=bool)
        rows[place] = True
        return rows
    starts, ends = _spans(index, start)
    length = int(ends[0] - starts[0]) + 1
    first = starts.min() if start is None else _months(start, length)[0]
    last = ends.max() if stop is None else _months(stop, length)[1]
    return np.asarray((starts >= first) & (ends <= last))


def _spans(index: pd.Index[Any], label: Any) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    found = calendar(index)
    if found is None:
        raise IndexInputError(f"base period {label!r} is not in the index")
    length = 12 // found.per_year
    return found.ordinals * length, found.ordinals * length + length - 1


def _months(label: Any, length: int) -> tuple[int, int]:
    """First and last month of a period in any notation; a day stands for the ``length`` months around it."""
    if isinstance(label, pd.Period):
        return _month_of(label.start_time), _month_of(label.end_time)
    if isinstance(label, dt.date):
        first = _month_of(label) // length * length
        return first, first + length - 1
    text = str(label) if isinstance(label, (str, int, np.integer)) else ""
    span = _written(text)
    if span is None:
        raise IndexInputError(f"{label!r} is not a period of the index")
    if span[2]:
        return _months(dt.date.fromisoformat(text), length)
    return span[0], span[0] + span[1] - 1


def _month_of(day: Any) -> int:
    return 12 * int(day.year) + int(day.month) - 1
