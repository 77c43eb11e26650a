"""The Conference Board's composite index, on the same frames as the Chinese one.

Changes are weighted by the inverse of their standard deviation, so that no component dominates by being
restless; the sum is the index's symmetric change. Source: The Conference Board, *Business Cycle Indicators
Handbook* (2001) and "Calculating the Composite Indexes".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from prosperity.index.composite import REFERENCE, TREND, rows_of
from prosperity.index.frames import Change, Floats, Panel, changes_of, exact_sum, panel, symmetric
from prosperity.index.labels import Mask, chosen
from prosperity.index.levels import chain, in_points, rebase, unbroken
from prosperity.index.model import IndexInputError

Entry = Literal["symmetric", "difference", "level", "z_score"]
Target = float | pd.Series | None

#: A series whose changes differ by less than this share of their size grows evenly but for rounding.
EVEN = 1e-9


@dataclass(frozen=True)
class ConferenceBoard:
    """Every intermediate value of one group, rows in order of time (letters of ``conference_board``)."""

    change: pd.DataFrame  #: x
    volatility: pd.Series[float]  #: v
    factors: pd.Series[float]  #: r, before a missing component is made up for
    weighted: pd.DataFrame  #: c
    growth: pd.Series[float]  #: g, before the trend step
    trend_term: float  #: what is added to every g; 0 without a trend step
    level: pd.Series[float]  #: first value 100
    index: pd.Series[float]  #: rebased
    contributions: pd.DataFrame  #: points by indicator, and ``trend`` where there is a trend step


def conference_board_index(
    frame: pd.DataFrame,
    *,
    changes: Mapping[str, Entry] | None = None,
    factors: Mapping[str, float] | None = None,
    span: Any = None,
    target: Target = None,
    base: Any = None,
) -> pd.Series[float]:
    """The Conference Board's index of one group alone, with the index and length of ``frame``.

    ``frame``: rows periods (any index type), columns components; NaN is missing. ``changes``: how a
    component enters: ``symmetric`` percent change (default), ``difference`` (rates), ``level`` (a spread),
    ``z_score`` (a diffusion index). ``factors``: published standardisation factors, used as they are;
    default: estimated from ``span``. ``span``: periods whose changes set the factors (see
    ``labels.chosen``; default all). ``target``: mean growth in percent a period that the index is to have,
    or a level series whose mean symmetric change it is to have; default no trend step. ``base``: label,
    year, span or list of labels whose mean becomes 100; default: the first value is 100.

    A missing component is made up for by the others in proportion to their factors (ragged edges, late
    starts). Rows as in ``composite_index``. Raises IndexInputError for the input ``frames.panel`` refuses
    and for a component whose changes do not vary.
    """
    found = conference_board(
        {"": frame},
        changes=changes,
        factors=None if factors is None else {"": factors},
        span=span,
        target=target,
        base=base,
        reference=None,
    )
    return found[""].index.reindex(frame.index)


def conference_board_indices(
    groups: Mapping[str, pd.DataFrame],
    *,
    changes: Mapping[str, Entry] | None = None,
    factors: Mapping[str, Mapping[str, float]] | None = None,
    span: Any = None,
    target: Target = None,
    base: Any = None,
    reference: str | None = REFERENCE,
) -> pd.DataFrame:
    """Indices of several groups, one column each, all with the mean growth of ``reference``.

    With ``target`` all groups, the reference too, get that growth; with ``reference=None`` and no target
    there is no trend step. ``factors`` by group, then by column. For the rest see
    ``conference_board_index``.
    """
    found = conference_board(
        groups, changes=changes, factors=factors, span=span, target=target, base=base, reference=reference
    )
    rows = rows_of([frame.index for frame in groups.values()])
    return pd.DataFrame({name: result.index.reindex(rows) for name, result in found.items()}, index=rows)


def conference_board(
    groups: Mapping[str, pd.DataFrame],
    *,
    changes: Mapping[str, Entry] | None = None,
    factors: Mapping[str, Mapping[str, float]] | None = None,
    span: Any = None,
    target: Target = None,
    base: Any = None,
    reference: str | None = REFERENCE,
) -> dict[str, ConferenceBoard]:
    """All steps for all groups:

    1. x(t) = 200 (Y(t) − Y(t−1)) / (Y(t) + Y(t−1)), or Y(t) − Y(t−1), Y(t), or (Y(t) − mean) / std
    2. v = standard deviation of x (divisor n − 1); r = (1/v) / Σ (1/v)
    3. c(t) = r x(t), with r / Σ r over the components present where one is missing; g(t) = Σ c(t)
    4. trend: g'(t) = g(t) + m − mean(g), m the mean g of the reference group or ``target``
    5. I(first) = 100; I(t) = I(t−1) (200 + g') / (200 − g'); 100 at the mean of the base period

    contribution of a component in points: (I(t) + I(t−1)) / 200 · c(t); of the trend: the same with
    m − mean(g).
    """
    if target is None and reference is not None and reference not in groups:
        raise IndexInputError(f"the reference group {reference!r} is not among the groups {sorted(groups)}")
    _named(groups, changes, factors)
    panels = {name: _panel(frame, changes) for name, frame in groups.items()}
    parts = {
        name: _weighted(part, _entries(part, changes), (factors or {}).get(name), span)
        for name, part in panels.items()
    }
    goal = _goal(target, parts[reference].growth if target is None and reference is not None else None)
    result: dict[str, ConferenceBoard] = {}
    for name, part in panels.items():
        found = parts[name]
        untouched = goal is None or (target is None and name == reference)
        term = 0.0 if goal is None or untouched else goal - _mean(found.growth)
        growth = pd.Series(found.growth, part.index)
        level = chain(growth + term)
        index = rebase(level, base)
        points = pd.DataFrame(in_points(found.weighted, index), part.index, part.columns)
        if goal is not None:
            if TREND in part.columns:
                raise IndexInputError(f"an indicator may not be called {TREND!r}: the trend's row is")
            points[TREND] = in_points(np.full((len(part.index), 1), term), index)[:, 0]
        result[name] = ConferenceBoard(
            pd.DataFrame(found.change, part.index, part.columns),
            pd.Series(found.volatility, part.columns),
            pd.Series(found.factors, part.columns),
            pd.DataFrame(found.weighted, part.index, part.columns),
            growth,
            term,
            level,
            index,
            points,
        )
    return result


# ------------------------------------------------------------------------------------------- steps


@dataclass(frozen=True)
class _Weighted:
    change: Floats
    volatility: Floats
    factors: Floats
    weighted: Floats
    growth: Floats


def _weighted(
    part: Panel, entries: tuple[Entry, ...], given: Mapping[str, float] | None, span: Any
) -> _Weighted:
    change = _entered(part.values, entries)
    rows = np.ones(len(part.index), dtype=bool) if span is None else chosen(part.index, span)
    volatility = np.array([_deviation(column[rows]) for column in change.T])
    factors = _factors(part, change, volatility, rows) if given is None else _given(part, given)
    total = exact_sum(factors)
    weighted = np.full_like(change, np.nan)
    growth = np.full(len(part.index), np.nan)
    for row, values in enumerate(change):
        present = ~np.isnan(values)
        if present.any():
            weighted[row] = factors * (total / exact_sum(factors[present])) * values
            growth[row] = exact_sum(weighted[row])
    return _Weighted(change, volatility, factors, weighted, unbroken(growth))


def _entered(values: Floats, entries: tuple[Entry, ...]) -> Floats:
    kinds: tuple[Change, ...] = tuple("symmetric" if e == "symmetric" else "difference" for e in entries)
    change = changes_of(values, kinds)
    for number, entry in enumerate(entries):
        column = values[:, number]
        # The first row only starts the chain: a level there would be a change from nothing.
        if entry == "level":
            change[1:, number] = column[1:]
        elif entry == "z_score":
            change[1:, number] = ((column - _mean(column)) / (_deviation(column) or 1.0))[1:]
    return change


def _deviation(values: Floats) -> float:
    """Standard deviation with divisor n − 1 over the values present; NaN for fewer than two."""
    known = values[~np.isnan(values)]
    if len(known) < 2:
        return float("nan")
    return float(np.sqrt(exact_sum((known - _mean(known)) ** 2) / (len(known) - 1)))


def _mean(values: Floats) -> float:
    return exact_sum(values) / int(np.count_nonzero(~np.isnan(values)))


def _factors(part: Panel, change: Floats, volatility: Floats, rows: Mask) -> Floats:
    for number, name in enumerate(part.columns):
        size = np.abs(change[rows, number])
        largest = float(np.nanmax(size)) if (~np.isnan(size)).any() else 0.0
        if np.isnan(volatility[number]):
            raise IndexInputError(f"{name}: fewer than two changes in the span that sets the factors")
        if volatility[number] <= EVEN * largest:
            raise IndexInputError(
                f"{name}: its changes do not vary in the span that sets the factors, so its standardisation "
                "factor 1/std is not defined; leave it out or give factors"
            )
    inverse = 1 / volatility
    return inverse / exact_sum(inverse)


def _given(part: Panel, given: Mapping[str, float]) -> Floats:
    for name in part.columns:
        if name not in given:
            raise IndexInputError(f"no factor for component {name!r}")
    values = np.array([float(given[name]) for name in part.columns])
    wrong = ~(np.isfinite(values) & (values > 0))
    if wrong.any():
        raise IndexInputError(
            f"{part.columns[wrong][0]}: a factor must be a number above zero, not {values[wrong][0]}"
        )
    return values


def _goal(target: Target, reference: Floats | None) -> float | None:
    if isinstance(target, pd.Series):
        part = panel(target.to_frame("target"))
        return _mean(symmetric(part.values[:-1, 0], part.values[1:, 0]))
    if target is not None:
        if not np.isfinite(target):
            raise IndexInputError(f"the target growth must be a number, not {target}")
        return float(target)
    return None if reference is None else _mean(reference)


# ------------------------------------------------------------------------------------------- checks


def _named(
    groups: Mapping[str, pd.DataFrame],
    changes: Mapping[str, Entry] | None,
    factors: Mapping[str, Mapping[str, float]] | None,
) -> None:
    for name, entry in (changes or {}).items():
        if not any(name in frame.columns for frame in groups.values()):
            raise IndexInputError(f"change for {name!r}, which is not an indicator of any group")
        if entry not in ("symmetric", "difference", "level", "z_score"):
            raise IndexInputError(
                f"{name}: change must be 'symmetric', 'difference', 'level' or 'z_score', not {entry!r}"
            )
    for name, given in (factors or {}).items():
        if name not in groups:
            raise IndexInputError(f"factors for {name!r}, which is not a group")
        for column in given:
            if column not in groups[name].columns:
                raise IndexInputError(f"factor for {column!r}, which is not a component of the frame")


def _entries(part: Panel, changes: Mapping[str, Entry] | None) -> tuple[Entry, ...]:
    return tuple((changes or {}).get(name, "symmetric") for name in part.columns)


def _panel(frame: pd.DataFrame, changes: Mapping[str, Entry] | None) -> Panel:
    """The frame checked as any other; only a symmetric change needs levels above zero."""
    others: dict[str, Change] = {
        name: "difference"
        for name, entry in (changes or {}).items()
        if entry != "symmetric" and name in frame.columns
    }
    return panel(frame, changes=others)
