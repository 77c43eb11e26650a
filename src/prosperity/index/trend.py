"""The trend step: all indices of a system are moved to the mean trend of the reference group's series.

``V'(t) = V(t) + (G − r')``: G is the mean rate of the reference group's series, r' the rate of the group's
index before the step; both by the same choice:

- ``mean_growth``: mean of the symmetric changes, in percent a period.
- ``log_linear``: 100 [exp(b) − 1], b the least-squares slope of ln Y on time.
- ``cycle_means``: 100 [(mean of the last cycle / mean of the first cycle)^(1/m) − 1], m the periods between
  the centres of the two (NBS practice); cycles run between turning points of one kind (``cycles.py``).

Series of differences (rates, balances) have no rate of growth and take no part in G.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import pandas as pd

from prosperity.index.cycles import date_turns, rule_for
from prosperity.index.frames import Floats, Panel, exact_sum, symmetric
from prosperity.index.model import IndexInputError

Trend = Literal["none", "mean_growth", "log_linear", "cycle_means"]


def series_rates(part: Panel, trend: Trend) -> float | None:
    """G: mean rate over the level series of the reference group, percent a period; None: no trend step."""
    if trend == "none":
        return None
    if trend not in ("mean_growth", "log_linear", "cycle_means"):
        raise IndexInputError(f"unknown trend step {trend!r}")
    rates = [
        _rate(str(name), part.values[:, number], part.index, trend)
        for number, (name, kind) in enumerate(zip(part.columns, part.changes, strict=True))
        if kind == "symmetric"
    ]
    if not rates:
        raise IndexInputError("no series of the reference group is a level: no common trend")
    return math.fsum(rates) / len(rates)


def group_rate(level: pd.Series[float], trend: Trend) -> float:
    """r': rate of a group's index before the trend step, percent a period."""
    return _rate("the index", np.asarray(level.to_numpy(), dtype=np.float64), level.index, trend)


def _rate(name: str, values: Floats, index: pd.Index[Any], trend: Trend) -> float:
    if trend == "mean_growth":
        changes: Floats = symmetric(values[:-1], values[1:])
        return exact_sum(changes) / int(np.count_nonzero(~np.isnan(changes)))
    if trend == "log_linear":
        return _log_linear(values)
    return _cycle_means(name, values, index)


def _log_linear(values: Floats) -> float:
    time = np.flatnonzero(~np.isnan(values)).astype(float)
    logs = np.log(values[~np.isnan(values)])
    time -= exact_sum(time) / len(time)
    return 100 * math.expm1(exact_sum(time * logs) / exact_sum(time * time))


def _cycle_means(name: str, values: Floats, index: pd.Index[Any]) -> float:
    present = np.flatnonzero(~np.isnan(values))
    first, last = int(present[0]), int(present[-1])
    if len(present) < last - first + 1:
        raise IndexInputError(f"{name}: cycles cannot be dated across missing periods")
    turns = date_turns(values[first : last + 1], rule_for(index))
    if len(turns) < 4:
        raise IndexInputError(
            f"{name}: the trend by cycle means needs two full cycles (four turning points; they may "
            f"overlap), found {len(turns)} turning points"
        )
    mean_first, centre_first = _cycle(values, first + turns[0].position, first + turns[2].position)
    mean_last, centre_last = _cycle(values, first + turns[-3].position, first + turns[-1].position)
    ratio: float = (mean_last / mean_first) ** (1 / (centre_last - centre_first))
    return 100 * (ratio - 1)


def _cycle(values: Floats, start: int, end: int) -> tuple[float, float]:
    """Mean of one cycle and its centre: from one turning point to just before the next of its kind."""
    return exact_sum(values[start:end]) / (end - start), (start + end - 1) / 2
