"""The Chinese composite index (合成指数) with exact contributions.

Formula (China's Ministry of Science / National Bureau of Statistics practice, after the Conference Board):
symmetric changes, each divided by its mean absolute size, averaged with weights, scaled to the size of the
reference group's changes, chained from 100, moved to a common trend, rebased. Usable on any DataFrame of
indicators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from prosperity.index.frames import Change, Floats, Panel, changes_of, exact_sum, panel
from prosperity.index.labels import in_time
from prosperity.index.levels import chain, in_points, rebase, unbroken
from prosperity.index.model import IndexInputError
from prosperity.index.trend import Trend, group_rate, series_rates

REFERENCE = "coincident"  #: the group whose changes set the scale and whose series set the trend
TREND = "trend"  #: the column of the trend term among the contributions

Weights = Mapping[str, float]


@dataclass(frozen=True)
class Composite:
    """Every intermediate value of one group, rows in order of time (formula numbers of ``decompose``)."""

    change: pd.DataFrame  #: C_ij, first row NaN
    mean_change: pd.Series[float]  #: A_ij
    standardised: pd.DataFrame  #: S_ij
    combined: pd.Series[float]  #: R_j
    scale: float  #: F_j
    scaled: pd.Series[float]  #: V_j, before the trend step
    trend_term: float  #: G − r'_j, 0 without a trend step
    level: pd.Series[float]  #: I_j or I'_j, first value 100
    index: pd.Series[float]  #: CI_j, rebased
    contributions: pd.DataFrame  #: points by indicator, and ``trend`` where there is a trend step


def composite_index(
    frame: pd.DataFrame,
    *,
    weights: Weights | None = None,
    trend: Trend = "none",
    base: Any = None,
    changes: Mapping[str, Change] | None = None,
) -> pd.Series[float]:
    """Composite index of one group alone (F = 1), with the index and length of ``frame``.

    ``frame``: rows periods (any index type), columns indicators; NaN is missing. ``weights``: by column,
    default equal. ``base``: label, year, span or list of labels whose mean becomes 100 (see
    ``labels.chosen``); default: the first value is 100. ``changes``: ``difference`` for columns that are rates or may be zero or less (default:
    symmetric).

    The order of rows and columns does not matter (see ``frames.in_time``). A period counts the indicators
    with a value in it and in the one before. Rows before the first computable change are NaN but for the
    one it starts from (100); the first later row without any change ends the chain, it and all later rows
    are NaN. A constant indicator takes part with S = 0. Raises IndexInputError (see ``frames.panel``).
    """
    result = decompose(
        {"": frame}, weights=_only(weights), trend=trend, base=base, changes=changes, reference=""
    )
    return result[""].index.reindex(frame.index)


def composite_indices(
    groups: Mapping[str, pd.DataFrame],
    *,
    weights: Mapping[str, Weights] | None = None,
    trend: Trend = "none",
    base: Any = None,
    changes: Mapping[str, Change] | None = None,
    reference: str = REFERENCE,
) -> pd.DataFrame:
    """Composite indices of several groups, one column each, scaled to the changes of ``reference``.

    ``weights`` by group, then by column; a group that is not named has equal weights. The rows are the
    periods of the frames: in the order of the first one where all have the same, else in order of time. For
    the rest see ``composite_index``.
    """
    result = decompose(groups, weights=weights, trend=trend, base=base, changes=changes, reference=reference)
    rows = rows_of([frame.index for frame in groups.values()])
    return pd.DataFrame(
        {name: composite.index.reindex(rows) for name, composite in result.items()}, index=rows
    )


def contributions(
    frame: pd.DataFrame,
    *,
    weights: Weights | None = None,
    trend: Trend = "none",
    base: Any = None,
    changes: Mapping[str, Change] | None = None,
) -> pd.DataFrame:
    """Exact contributions, in index points, to the change of ``composite_index`` with the same arguments.

    Rows as ``frame``, columns its indicators and, with a trend step, ``trend``. The sum of a row is the
    change of the index against the period before, without residual. NaN: no change (in the first row all).
    """
    result = decompose(
        {"": frame}, weights=_only(weights), trend=trend, base=base, changes=changes, reference=""
    )
    return result[""].contributions.reindex(frame.index)


def decompose(
    groups: Mapping[str, pd.DataFrame],
    *,
    weights: Mapping[str, Weights] | None = None,
    trend: Trend = "none",
    base: Any = None,
    changes: Mapping[str, Change] | None = None,
    reference: str = REFERENCE,
) -> dict[str, Composite]:
    """All steps for all groups. With Y a series, n its number of changes, w its weight:

    1. C(t) = 200 (Y(t) − Y(t−1)) / (Y(t) + Y(t−1)), or Y(t) − Y(t−1) where ``changes`` says ``difference``
    2. A = Σ|C| / n over the available changes; S = C / A (0 for a series that never changes)
    3. R(t) = Σ w S / Σ w over the indicators that have a change at t
    4. F = Σ|R| / Σ|R of the reference| over the periods in which both exist; V = R / F
    5. I(first) = 100; I(t) = I(t−1) (200 + V(t)) / (200 − V(t))
    6. trend step: V'(t) = V(t) + (G − r'), then 5 again (``trend.py``)
    7. CI = 100 I / mean of I over the base period

    contribution of i: (CI(t) + CI(t−1)) / 200 · w S(t) / (F Σw); of the trend: the same with G − r'.
    """
    if reference not in groups:
        raise IndexInputError(f"the reference group {reference!r} is not among the groups {sorted(groups)}")
    for name in weights or {}:
        if name not in groups:
            raise IndexInputError(f"weights for {name!r}, which is not a group")
    panels = {
        name: panel(frame, (weights or {}).get(name), _of(frame, groups, changes))
        for name, frame in groups.items()
    }
    standardised = {name: _standardise(part) for name, part in panels.items()}
    combined = {name: _combine(panels[name], shares) for name, (_, _, shares) in standardised.items()}
    rates = series_rates(panels[reference], trend)
    result: dict[str, Composite] = {}
    for name, part in panels.items():
        scale = 1.0 if name == reference else _scale(name, combined[name], combined[reference])
        scaled = combined[name] / scale
        level = chain(scaled)
        if rates is not None and TREND in part.columns:
            raise IndexInputError(
                f"an indicator may not be called {TREND!r}: that is the row of the trend term"
            )
        term = 0.0 if rates is None else rates - group_rate(level, trend)
        if rates is not None:
            level = chain(scaled + term)
        index = rebase(level, base)
        change, mean_change, shares = standardised[name]
        points = _points(part, shares, index, scale, None if rates is None else term)
        result[name] = Composite(
            pd.DataFrame(change, part.index, part.columns),
            pd.Series(mean_change, part.columns),
            pd.DataFrame(shares, part.index, part.columns),
            combined[name],
            scale,
            scaled,
            term,
            level,
            index,
            points,
        )
    return result


def rows_of(indexes: list[pd.Index[Any]]) -> pd.Index[Any]:
    """The periods of several frames: in the order of the first where all have the same, else of time."""
    rows = indexes[0]
    for other in indexes[1:]:
        rows = rows.append(other.difference(rows, sort=False))
    return rows if len(rows) == len(indexes[0]) else rows[in_time(rows)]


def _only(weights: Weights | None) -> dict[str, Weights] | None:
    return None if weights is None else {"": weights}


def _of(
    frame: pd.DataFrame, groups: Mapping[str, pd.DataFrame], changes: Mapping[str, Change] | None
) -> dict[str, Change]:
    """The part of ``changes`` that belongs to this frame; a name that is in no group is an error."""
    for name in changes or {}:
        if not any(name in other.columns for other in groups.values()):
            raise IndexInputError(f"change for {name!r}, which is not an indicator of any group")
    return {name: kind for name, kind in (changes or {}).items() if name in frame.columns}


def _standardise(part: Panel) -> tuple[Floats, Floats, Floats]:
    change = changes_of(part.values, part.changes)
    mean_change = np.array(
        [exact_sum(np.abs(column)) / np.count_nonzero(~np.isnan(column)) for column in change.T]
    )
    # A series that never changes has C = 0 throughout: any divisor leaves its S at 0.
    return change, mean_change, change / np.where(mean_change == 0, 1.0, mean_change)


def _combine(part: Panel, shares: Floats) -> pd.Series[float]:
    """R(t), kept only from the first computable period to the first that is not: no bridging of gaps."""
    combined = np.full(len(part.index), np.nan)
    for row, values in enumerate(shares):
        present = ~np.isnan(values)
        if present.any():
            combined[row] = exact_sum(part.weights * values) / exact_sum(part.weights[present])
    return pd.Series(unbroken(combined), part.index)


def _scale(name: str, combined: pd.Series[float], reference: pd.Series[float]) -> float:
    both = combined.index.intersection(reference.index)
    own, other = combined.reindex(both).to_numpy(), reference.reindex(both).to_numpy()
    common = ~np.isnan(own) & ~np.isnan(other)
    if not common.any():
        raise IndexInputError(f"group {name!r} shares no period with the reference group: no common scale")
    size, unit = exact_sum(np.abs(own[common])), exact_sum(np.abs(other[common]))
    if size == 0 or unit == 0:
        raise IndexInputError(f"group {name!r} or the reference group never changes: no common scale")
    return size / unit


def _points(
    part: Panel, shares: Floats, index: pd.Series[float], scale: float, term: float | None
) -> pd.DataFrame:
    parts = np.full_like(shares, np.nan)
    for row, values in enumerate(shares):
        present = ~np.isnan(values)
        if present.any():
            parts[row] = part.weights * values / (scale * exact_sum(part.weights[present]))
    frame = pd.DataFrame(in_points(parts, index), part.index, part.columns)
    if term is None:
        return frame
    return frame.assign(**{TREND: in_points(np.full((len(shares), 1), term), index)[:, 0]})
