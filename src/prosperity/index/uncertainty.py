"""How much the index owes to the choices made: Monte Carlo over them, Sobol shares, one indicator dropped.

All draws of one call are computed together, as products of matrices. Sources: Saisana, Saltelli and
Tarantola (2005); Saltelli et al. (2010) for the first-order estimator, Jansen (1999) for the total one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from prosperity.index.composite import composite_index
from prosperity.index.frames import Change, Floats, Panel, changes_of, panel, symmetric
from prosperity.index.labels import chosen, in_time
from prosperity.index.model import IndexInputError
from prosperity.index.trend import Trend

Scale = Literal["mean_absolute", "standard_deviation", "median_absolute"]
SCALES: tuple[Scale, ...] = ("mean_absolute", "standard_deviation", "median_absolute")
TRENDS: tuple[Trend, ...] = ("none", "mean_growth", "log_linear")
CHOICES = ("weights", "normalisation", "trend", "dropped")
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Uncertainty:
    """``bands``: periods × quantiles (columns 5, 50, 95 percent) and ``baseline``; ``draws``: periods × draws,
    in no order that means anything.

    ``never_dropped``: indicators that are the only one of some period, and therefore in every draw.
    """

    bands: pd.DataFrame
    draws: Floats
    never_dropped: tuple[str, ...]


class ChoiceModel:
    """The index as a function of the choices: rows of uniform numbers in, paths of the index out.

    Of ``indicators + 3`` numbers in [0, 1) the first ones move the weights (by ±``spread``), the others
    choose normalisation, trend step and the indicator dropped (or none), each option being as likely as any
    other of its kind. Columns are ordered by name, so that the order given does not matter.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        *,
        weights: Mapping[str, float] | None = None,
        changes: Mapping[str, Change] | None = None,
        base: Any = None,
        spread: float = 0.25,
        scales: Sequence[Scale] = SCALES,
        trends: Sequence[Trend] | None = None,
        drop: bool = True,
    ) -> None:
        if not 0 <= spread < 1:
            raise IndexInputError(f"weights are moved by a share from 0 to below 1, not {spread}")
        part = _by_name(panel(frame, weights, changes))
        change = changes_of(part.values, part.changes)
        known = ~np.isnan(change)
        rows = np.flatnonzero(known.any(axis=1))
        gaps = np.flatnonzero(~known[rows[0] :].any(axis=1))
        end = rows[0] + gaps[0] if len(gaps) else len(change)
        self.index = part.index[rows[0] - 1 : end]
        self.rows = frame.index
        self.weights, self.spread = part.weights, spread
        self.columns = tuple(str(name) for name in part.columns)
        change, known = change[rows[0] : end], known[rows[0] : end]
        self._base = None if base is None else chosen(self.index, base)
        if self._base is not None and not self._base.any():
            raise IndexInputError(f"base period {base!r} holds no period with a value")
        self._present = None if known.all() else known.astype(float)
        self._scaled = [_standardised(change, scale) for scale in scales]
        self.trends = tuple(trends) if trends is not None else _defined(part.changes)
        levels = np.array([kind == "symmetric" for kind in part.changes])
        self._goals: dict[str, Floats] = {}
        for name in self.trends:
            if name != "none":
                self._goals[name] = _goals(_rates(np.where(levels, part.values, np.nan), name))
        alone = known & (known.sum(axis=1) == 1)[:, None]
        self.droppable = [n for n in range(len(self.columns)) if not alone[:, n].any()] if drop else []
        self.inputs = len(self.columns) + 3
        time = np.arange(len(self.index), dtype=float)
        time -= time.mean()
        # The slope of a running sum of changes: each change counts for all periods from its own on.
        self._slope = (time / (time @ time))[::-1].cumsum()[::-1][1:]

    def unmoved(self) -> Floats:
        """Uniform numbers that mean: given weights, first normalisation and trend step, nothing dropped."""
        return np.array([*([0.5] * len(self.columns)), 0.0, 0.0, 0.0])

    def paths(self, uniform: Floats) -> Floats:
        """Index values, periods × draws; ``uniform``: draws × ``inputs`` numbers in [0, 1)."""
        found, order = self.grouped_paths(uniform)
        result = np.empty_like(found)
        result[:, order] = found
        return result

    def grouped_paths(self, uniform: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
        """As ``paths``, draws of like choices together, and which draw each column is."""
        count = len(self.columns)
        scale = (uniform[:, count] * len(self._scaled)).astype(int)
        trend = (uniform[:, count + 1] * len(self.trends)).astype(int)
        # Draws of one normalisation and trend step lie together, so that each is one product of matrices.
        kind = scale * len(self.trends) + trend
        order = np.argsort(kind, kind="stable")
        weights = uniform[order, :count]
        weights *= 2 * self.spread
        weights += 1 - self.spread
        weights *= self.weights
        options = np.array([-1, *self.droppable])
        dropped = options[(uniform[order, count + 2] * len(options)).astype(int)]
        gone = np.flatnonzero(dropped >= 0)
        weights[gone, dropped[gone]] = 0.0
        if self._present is None:
            weights /= weights.sum(axis=1, keepdims=True)
        combined = np.zeros((len(self.index), len(uniform)))
        ends = np.searchsorted(kind[order], np.arange(len(self._scaled) * len(self.trends) + 1))
        for number, (start, end) in enumerate(pairwise(ends.tolist())):
            if start == end:
                continue
            part = self._scaled[number // len(self.trends)] @ weights[start:end].T
            if self._present is not None:
                part /= self._present @ weights[start:end].T
            name = self.trends[number % len(self.trends)]
            if name != "none":
                part += self._trend_term(name, part, dropped[start:end])
            combined[1:, start:end] = part
        return self._chained(combined), order

    def _trend_term(self, trend: Trend, combined: Floats, dropped: Any) -> Floats:
        # The last entry, which −1 means, is "nothing dropped".
        goal: Floats = self._goals[trend][dropped]
        if trend == "mean_growth":
            mean: Floats = combined.mean(axis=0)
            return np.asarray(goal - mean)
        ratio = 200 + combined
        ratio /= 200 - combined
        np.log(ratio, out=ratio)
        slope: Floats = self._slope @ ratio
        return np.asarray(goal - 100 * np.expm1(slope))

    def _chained(self, combined: Floats) -> Floats:
        """Levels in place of symmetric changes; one row at a time, which stays in the processor's cache."""
        if not (combined.min() > -200 and combined.max() < 200):
            raise IndexInputError("a draw has a change of 200 % or more, which cannot be chained")
        before = combined[0]
        before[:] = 100.0
        fall = np.empty_like(before)
        for row in combined[1:]:
            np.subtract(200.0, row, out=fall)
            row += 200.0
            row /= fall
            row *= before
            before = row
        if self._base is not None:
            combined *= 100.0 / combined[self._base].mean(axis=0)
        return combined


def monte_carlo(
    frame: pd.DataFrame,
    *,
    draws: int = 1000,
    seed: int = 0,
    quantiles: Sequence[float] = QUANTILES,
    **choices: Any,
) -> Uncertainty:
    """Bands of ``composite_index`` over the choices: weights, normalisation, trend step, dropped indicator.

    ``choices`` are those of ``ChoiceModel``: ``weights``, ``changes``, ``base`` as in ``composite_index``;
    ``spread`` (0.25: weights move by up to 25 %, evenly distributed); ``scales`` (divisors of the changes:
    mean absolute, standard deviation, 1.4826 × median absolute deviation, each times a common factor that
    keeps the mean absolute standardised change at 1); ``trends`` (default those defined: cycle means need
    dated cycles and are not among them); ``drop`` (each indicator or none, evenly). The same ``seed`` gives
    the same result to the last digit, in any order of rows and columns.
    """
    if draws < 1:
        raise IndexInputError(f"at least one draw, not {draws}")
    model = ChoiceModel(frame, **choices)
    uniform = np.empty((draws + 1, model.inputs))
    np.random.default_rng(seed).random(out=uniform[:draws])
    uniform[draws] = model.unmoved()
    paths, order = model.grouped_paths(uniform)
    whole = int(np.flatnonzero(order == draws)[0])
    baseline = paths[:, whole].copy()
    paths[:, whole] = paths[:, draws]
    paths = paths[:, :draws]
    ordered = np.sort(paths, axis=1)
    values = np.column_stack([*(quantile_of_sorted(ordered, q) for q in quantiles), baseline])
    table = pd.DataFrame(values, model.index, [*(f"{100 * q:g}" for q in quantiles), "baseline"])
    never = tuple(name for n, name in enumerate(model.columns) if n not in model.droppable)
    return Uncertainty(_as_given(table, model.rows), paths, never)


def sobol_shares(frame: pd.DataFrame, *, draws: int = 1024, seed: int = 0, **choices: Any) -> pd.DataFrame:
    """Share of each choice in the variance of the index: rows periods, columns (choice, first | total).

    ``first``: the share that would go if the choice were known; ``total``: what would be left if all others
    were known. Both are estimates from ``draws`` × 6 paths and may lie slightly outside 0..1; NaN in periods
    without variance. ``choices`` as in ``monte_carlo``.
    """
    model = ChoiceModel(frame, **choices)
    count = len(model.columns)
    groups = [slice(0, count), *(slice(count + n, count + n + 1) for n in range(3))]
    first, total = sobol_indices(lambda uniform: model.paths(uniform).T, model.inputs, groups, draws, seed)
    columns = pd.MultiIndex.from_product([CHOICES, ("first", "total")])
    values = np.stack([first, total], axis=1).reshape(2 * len(groups), -1).T
    return _as_given(pd.DataFrame(values, model.index, columns), model.rows)


def sobol_indices(
    function: Callable[[Floats], Floats], inputs: int, groups: Sequence[slice], draws: int, seed: int = 0
) -> tuple[Floats, Floats]:
    """First-order and total Sobol indices of ``function`` for groups of its uniform inputs; groups × outputs.

    ``function``: draws × inputs to draws × outputs. First order: mean of f(B) (f(AB_i) − f(A)) (Saltelli et
    al. 2010); total: mean of (f(A) − f(AB_i))² / 2 (Jansen 1999); both over the variance of f(A) and f(B).
    """
    if draws < 2:
        raise IndexInputError(f"at least two draws, not {draws}")
    sample = np.random.default_rng(seed).random((2, draws, inputs))
    one, two = function(sample[0]), function(sample[1])
    both = np.concatenate([one, two])
    centre = both.mean(axis=0)
    variance = both.var(axis=0)
    variance = np.where(variance <= (1e-12 * np.abs(both).max()) ** 2, np.nan, variance)
    first, total = [], []
    for group in groups:
        mixed = sample[0].copy()
        mixed[:, group] = sample[1][:, group]
        found = function(mixed)
        # Centred: the same expectation, far less noise where the mean is large.
        first.append(((two - centre) * (found - one)).mean(axis=0) / variance)
        total.append(((one - found) ** 2).mean(axis=0) / 2 / variance)
    return np.array(first), np.array(total)


def drop_one(
    frame: pd.DataFrame,
    *,
    weights: Mapping[str, float] | None = None,
    trend: Trend = "none",
    base: Any = None,
    changes: Mapping[str, Change] | None = None,
) -> pd.DataFrame:
    """The index without each indicator in turn; rows indicators in the order of the frame.

    ``last``: its last value without the indicator, ``difference``: that less the index with all,
    ``largest``: greatest absolute difference in any period, ``correlation``: of the period changes with
    those of the whole index. Raises IndexInputError for fewer than two indicators.
    """
    whole = composite_index(frame, weights=weights, trend=trend, base=base, changes=changes)
    if frame.shape[1] < 2:
        raise IndexInputError("nothing can be dropped from an index of one indicator")
    whole = whole[_in_order(frame)]
    rows = {}
    for name in frame.columns:
        rest = frame.drop(columns=[name])
        found = composite_index(
            rest,
            weights=None if weights is None else {k: w for k, w in weights.items() if k != name},
            trend=trend,
            base=base,
            changes=None if changes is None else {k: c for k, c in changes.items() if k != name},
        )[_in_order(frame)]
        apart = (found - whole).dropna()
        known = found.dropna()
        rows[name] = {
            "last": float(known.iloc[-1]),
            "difference": float(apart.iloc[-1]) if len(apart) else np.nan,
            "largest": float(apart.abs().max()) if len(apart) else np.nan,
            "correlation": float(found.diff().corr(whole.diff())),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("indicator")


def _by_name(part: Panel) -> Panel:
    """Columns in the order of their names, so that the order given does not decide on draws."""
    names = [str(name) for name in part.columns]
    order = sorted(range(len(names)), key=names.__getitem__)
    if order == list(range(len(names))):
        return part
    return Panel(
        part.index,
        part.columns[order],
        np.ascontiguousarray(part.values[:, order]),
        part.weights[order],
        tuple(part.changes[number] for number in order),
    )


def _as_given(table: pd.DataFrame, rows: pd.Index[Any]) -> pd.DataFrame:
    return table if table.index.equals(rows) else table.reindex(rows)


def _in_order(frame: pd.DataFrame) -> Any:
    return frame.index[in_time(frame.index)]


def _standardised(change: Floats, scale: Scale) -> Floats:
    size = np.nansum(np.abs(change), axis=0) / (~np.isnan(change)).sum(axis=0)
    if scale == "mean_absolute":
        divisor = size
    elif scale == "standard_deviation":
        divisor = np.nanstd(change, axis=0, ddof=1)
    elif scale == "median_absolute":
        divisor = 1.4826 * _median(np.abs(change - _median(change)))
    else:
        raise IndexInputError(f"unknown normalisation of changes {scale!r}")
    # Where a divisor is not defined (even growth), the mean absolute change takes its place.
    divisor = np.where(divisor <= 1e-9 * size, size, divisor)
    scaled = change / np.where(divisor == 0, 1.0, divisor)
    unit = size / np.where(divisor == 0, 1.0, divisor)
    common = unit[unit > 0].mean() if (unit > 0).any() else 1.0
    return np.nan_to_num(scaled / common)


def _rates(values: Floats, trend: Trend) -> Floats:
    """Rates of the columns as in ``trend.py``, all at once; NaN for a column of NaN."""
    known = ~np.isnan(values)
    if trend == "mean_growth":
        change = symmetric(values[:-1], values[1:])
        count = (~np.isnan(change)).sum(axis=0)
        return np.asarray(np.nansum(change, axis=0) / np.where(count == 0, np.nan, count))
    if trend != "log_linear":
        raise IndexInputError(f"trend step {trend!r} cannot be drawn: mean_growth, log_linear or none")
    count = known.sum(axis=0)
    time = np.where(known, np.arange(len(values))[:, None], 0.0)
    time = np.where(known, time - time.sum(axis=0) / np.where(count == 0, 1, count), 0.0)
    square = (time * time).sum(axis=0)
    slope = (time * np.log(np.where(known, values, 1.0))).sum(axis=0) / np.where(square == 0, np.nan, square)
    return np.asarray(100 * np.expm1(slope))


def _goals(rates: Floats) -> Floats:
    """The mean rate of the level series without each in turn, and of all of them."""
    level = ~np.isnan(rates)
    total, count = np.nansum(rates), int(level.sum())
    if count == 0:
        raise IndexInputError("no series is a level: no trend step")
    left = np.where(level, count - 1, count)
    without = (total - np.nan_to_num(rates)) / np.where(left == 0, 1, left)
    return np.append(np.where(left == 0, total / count, without), total / count)


def _median(values: Floats) -> Floats:
    """Median of the columns over the values present; the sort puts missing ones last."""
    ordered = np.sort(values, axis=0)
    count = (~np.isnan(values)).sum(axis=0)
    columns = np.arange(values.shape[1])
    return np.asarray((ordered[(count - 1) // 2, columns] + ordered[count // 2, columns]) / 2)


def _defined(kinds: Sequence[Change]) -> tuple[Trend, ...]:
    """A rate of growth needs a level series."""
    return TRENDS if "symmetric" in kinds else ("none",)


def quantile_of_sorted(ordered: Floats, q: float) -> Floats:
    """Linear interpolation between the values of sorted rows."""
    if not 0 <= q <= 1:
        raise IndexInputError(f"a quantile lies between 0 and 1, not {q}")
    place = q * (ordered.shape[1] - 1)
    below = int(place)
    above = min(below + 1, ordered.shape[1] - 1)
    step = ordered[:, above] - ordered[:, below]
    return np.asarray(ordered[:, below] + (place - below) * step)
