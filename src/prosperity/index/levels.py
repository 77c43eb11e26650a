"""From changes to a level, its base, and the exact shares in points: common to all composite indices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from prosperity.index.frames import Floats, exact_sum
from prosperity.index.labels import chosen
from prosperity.index.model import IndexInputError


def chain(changes: pd.Series[float]) -> pd.Series[float]:
    """``I(first) = 100``, ``I(t) = I(t−1) (200 + V(t)) / (200 − V(t))``, V symmetric changes in percent.

    The row before the first change is 100; the first later row without a change ends the chain. Raises
    IndexInputError for a change of 200 % or more.
    """
    level = np.full(len(changes), np.nan)
    values = changes.to_numpy()
    start = int(np.flatnonzero(~np.isnan(values))[0])
    level[start - 1] = 100.0
    for row in range(start, len(values)):
        change = values[row]
        if np.isnan(change):
            break
        if abs(change) >= 200:
            raise IndexInputError(
                f"{changes.index[row]}: a change of {change} % cannot be chained (limit 200)"
            )
        level[row] = level[row - 1] * (200 + change) / (200 - change)
    return pd.Series(level, changes.index)


def rebase(level: pd.Series[float], base: Any) -> pd.Series[float]:
    """The level times 100 / its mean over ``base`` (see ``labels.chosen``); None leaves it."""
    if base is None:
        return level
    values: Floats = np.asarray(level.to_numpy(), np.float64)[chosen(level.index, base)]
    if not len(values) or np.isnan(values).any():
        raise IndexInputError(
            f"base period {base!r} is not in the index, is empty, or holds a period without a value"
        )
    mean = exact_sum(values) / len(values)
    return pd.Series(100.0 * np.asarray(level.to_numpy(), np.float64) / mean, level.index)


def unbroken(rows: Floats) -> Floats:
    """Values from the first one to the last before the first gap; all later ones NaN: no gap is bridged."""
    result = rows.copy()
    known = np.flatnonzero(~np.isnan(rows))
    if len(known):
        gaps = np.flatnonzero(np.isnan(rows[known[0] :]))
        if len(gaps):
            result[known[0] + gaps[0] :] = np.nan
    return result


def in_points(shares: Floats, index: pd.Series[float]) -> Floats:
    """Shares of the symmetric change (percent; rows × parts) in index points.

    ``ΔI(t) = (I(t) + I(t−1)) / 200 · V(t)`` without residual, hence each part's points are its share times
    the same height. NaN in rows without a change of the index.
    """
    values = index.to_numpy()
    points = np.full_like(shares, np.nan)
    height = (values[1:] + values[:-1]) / 200
    points[1:] = height[:, None] * shares[1:]
    return points
