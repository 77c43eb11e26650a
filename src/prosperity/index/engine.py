"""A whole index run: indicators, coverage rule, composite, contributions, reasons.

Deterministic: the result depends on the specification and the points, not on their order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from prosperity.catalogue.model import Coverage, IndexSpec
from prosperity.catalogue.versions import SeriesVersion
from prosperity.index.composite import REFERENCE, TREND, Composite, decompose
from prosperity.index.frames import MINIMUM_ROWS, Change
from prosperity.index.indicators import (
    QuarterlyIndicator,
    Seasons,
    data_hash,
    frame_of,
    group_indicators,
    known_points,
)
from prosperity.index.model import (
    Contribution,
    IndexInputError,
    IndexPoint,
    IndexResult,
    IndicatorPoint,
    Point,
)
from prosperity.index.quarters import quarter_code, quarter_ordinal
from prosperity.index.readings import merged

_TOLERANCE = 1e-12  #: so that three weights of 0.2 make 60 %


@dataclass(frozen=True)
class _Quarter:
    """How much of a group is observed in one quarter; ``reason`` is empty where it is enough."""

    present: tuple[str, ...]
    weight_share: float
    reason: str


@dataclass(frozen=True)
class _Group:
    """A group before its index is computed: ``frame`` holds the computable quarters only."""

    name: str
    indicators: Mapping[str, QuarterlyIndicator]
    quarters: Mapping[int, _Quarter]
    frame: pd.DataFrame
    stopped: str  #: why the chain ended before the last quarter; empty if it did not
    unusable: Mapping[str, str]  #: series without the two changes that standardising needs


def compute(
    spec: IndexSpec,
    points: Mapping[str, Sequence[Point]],
    *,
    internet: Mapping[str, bool],
    as_of: dt.date | None = None,
    versions: Mapping[str, Sequence[SeriesVersion]] = MappingProxyType({}),
    seasons: Seasons | None = None,
) -> IndexResult:
    """Compute all groups of a specification, each from its first quarter (``spec.first_of``, = 100).

    ``points``: observations by series, at most one per period; ``internet``: by series, whether it measures
    the Internet industry itself (every indicator must be named); ``as_of``: only what was known on that
    day; ``versions``: by series, the breaks that no level is differenced or interpolated across;
    ``seasons``: adjust by these factors instead of estimating them (for telling revisions apart).

    Coverage: a quarter counts the indicators that have a change in it (a value in it and in the quarter
    before; in the first quarter: a value). A quarter that fails the rule ends the chain: it and every later
    quarter of the group have value None with the reason. So the values are the run of computable quarters
    from the first quarter on; gaps are never bridged. Indicators are standardised by their mean absolute
    change over that run; one with fewer than two changes in it is left out. The scale of a group against
    the coincident one is taken over the quarters both have; a system without it has F = 1 for every group.

    Raises IndexInputError for figures from which no indicator can be built, naming series and period.
    """
    for indicator in spec.indicators:
        if indicator.series not in internet:
            raise IndexInputError(f"not said whether {indicator.series} measures the Internet industry")
    used = known_points(points, spec, as_of)
    groups = [_prepare(spec, name, used, internet, versions, seasons) for name in spec.groups]
    composites = _composites(spec, groups)
    return IndexResult(
        spec_version=spec.version,
        spec_hash=spec.spec_hash,
        as_of=as_of,
        data_hash=data_hash(used),
        points=tuple(point for group in groups for point in _index_points(group, composites.get(group.name))),
        indicators={
            group.name: {series: item.points for series, item in group.indicators.items()} for group in groups
        },
        notes={
            group.name: {series: item.note for series, item in group.indicators.items()} for group in groups
        },
    )


# ------------------------------------------------------------------------------------------ coverage


def _prepare(
    spec: IndexSpec,
    name: str,
    points: Mapping[str, Sequence[Point]],
    internet: Mapping[str, bool],
    versions: Mapping[str, Sequence[SeriesVersion]],
    seasons: Seasons | None,
) -> _Group:
    indicators = group_indicators(spec, name, points, versions, seasons)
    first = quarter_ordinal(spec.first_of(name))
    frame = frame_of(indicators)
    frame = frame.reindex(range(first, max([first, *frame.index]) + 1))
    unusable: dict[str, str] = {}
    while True:
        quarters = _coverage(
            frame.drop(columns=list(unusable)), indicators, spec.coverage, internet, unusable
        )
        failed = [quarter for quarter, found in quarters.items() if found.reason]
        last = failed[0] - 1 if failed else int(frame.index[-1])
        span = frame.loc[first:last].drop(columns=list(unusable))
        thin = {series: _too_few(span[series]) for series in span if _too_few(span[series])}
        # Leaving one out may end the run earlier, and so leave another with too few changes.
        if not thin or len(span) < MINIMUM_ROWS:
            break
        unusable.update({str(series): reason for series, reason in thin.items()})
    stopped = f"the chain ended at {quarter_code(failed[0])} ({quarters[failed[0]].reason})" if failed else ""
    if not stopped and len(span) < MINIMUM_ROWS:
        stopped = f"only {len(span)} of the {MINIMUM_ROWS} quarters that an index needs are computable"
    return _Group(name, indicators, quarters, span, stopped, unusable)


def _too_few(column: pd.Series[float]) -> str:
    changes = int(column.diff().notna().sum())
    return f"{changes} changes within the computable quarters, standardising needs 2" if changes < 2 else ""


def _coverage(
    frame: pd.DataFrame,
    indicators: Mapping[str, QuarterlyIndicator],
    rule: Coverage,
    internet: Mapping[str, bool],
    unusable: Mapping[str, str],
) -> dict[int, _Quarter]:
    total = sum(item.indicator.weight for item in indicators.values())
    known = frame.notna().to_numpy(dtype=bool)
    present = known.copy()
    present[1:] &= known[:-1]
    columns = [str(series) for series in frame.columns]
    result: dict[int, _Quarter] = {}
    for quarter, marks in zip(frame.index, present.tolist(), strict=True):
        names = tuple(name for name, there in zip(columns, marks, strict=True) if there)
        share = sum(indicators[name].indicator.weight for name in names) / total if total else 0.0
        online = sum(internet[name] for name in names)
        counted = "have a value" if quarter == frame.index[0] else "have a change"
        reason = _shortfall(names, share, online, counted, indicators, rule, unusable)
        result[int(quarter)] = _Quarter(names, share, reason)
    return result


def _shortfall(
    present: Sequence[str],
    share: float,
    online: int,
    counted: str,
    indicators: Mapping[str, QuarterlyIndicator],
    rule: Coverage,
    unusable: Mapping[str, str],
) -> str:
    """Why a quarter cannot be computed, empty if it can."""
    if (
        len(present) >= rule.indicators
        and share >= rule.weight_share - _TOLERANCE
        and online >= rule.internet
    ):
        return ""
    missing = [
        f"{name} ({unusable[name]})" if name in unusable else name
        for name in indicators
        if name not in present
    ]
    return (
        f"{len(present)} of {len(indicators)} indicators ({100 * share:.0f} % of weight, {online} of the "
        f"Internet industry) {counted}: need {rule.indicators}, {100 * rule.weight_share:.0f} % and "
        f"{rule.internet}; missing: {', '.join(missing) or 'none'}"
    )


# ----------------------------------------------------------------------------------------- composite


def _composites(spec: IndexSpec, groups: Sequence[_Group]) -> dict[str, Composite]:
    ready = {group.name: group for group in groups if len(group.frame) >= MINIMUM_ROWS}
    weights = {
        name: {str(series): group.indicators[str(series)].indicator.weight for series in group.frame}
        for name, group in ready.items()
    }
    together = REFERENCE in ready
    result: dict[str, Composite] = {}
    for names in [list(ready)] if together else [[name] for name in ready]:
        result |= decompose(
            {name: ready[name].frame for name in names},
            weights={name: weights[name] for name in names},
            trend=spec.trend,
            changes=_changes([ready[name] for name in names]),
            reference=REFERENCE if together else names[0],
        )
    return result


def _changes(groups: Sequence[_Group]) -> dict[str, Change]:
    changes: dict[str, Change] = {}
    for group in groups:
        for series in group.frame:
            change = group.indicators[str(series)].indicator.transform.change
            if changes.setdefault(str(series), change) != change:
                raise IndexInputError(f"{series}: one change in one group, another in another")
    return changes


# ------------------------------------------------------------------------------------------- results


def _index_points(group: _Group, composite: Composite | None) -> list[IndexPoint]:
    by_quarter = {
        series: {quarter_ordinal(point.quarter): point for point in item.points}
        for series, item in group.indicators.items()
    }
    if composite is None:
        tables = _Tables({}, {}, {})
    else:
        tables = _Tables(
            {int(quarter): float(value) for quarter, value in composite.index.items()},  # type: ignore[call-overload]
            composite.contributions.to_dict("index"),
            composite.standardised.to_dict("index"),
        )
    return [_index_point(group, composite, tables, quarter, by_quarter) for quarter in group.quarters]


@dataclass(frozen=True)
class _Tables:
    """A composite as plain numbers by quarter: looking them up one by one in frames is slow."""

    index: Mapping[int, float]
    contributions: Mapping[Any, Mapping[Any, float]]
    standardised: Mapping[Any, Mapping[Any, float]]


def _index_point(
    group: _Group,
    composite: Composite | None,
    tables: _Tables,
    quarter: int,
    by_quarter: Mapping[str, Mapping[int, IndicatorPoint]],
) -> IndexPoint:
    found = group.quarters[quarter]
    value = tables.index.get(quarter)
    before = tables.index.get(quarter - 1)
    listed: tuple[Contribution, ...] = ()
    change: float | None = None
    if composite is not None and value is not None and before is not None:
        change = value - before
        listed = _contributions(group, composite, tables, quarter, by_quarter)
    return IndexPoint(
        group=group.name,
        period=quarter_code(quarter),
        value=value,
        change=change,
        indicators=len(found.present),
        indicators_total=len(group.indicators),
        weight_share=found.weight_share,
        reason="" if value is not None else found.reason or group.stopped,
        contributions=listed,
    )


def _quarter_of_step(step: str) -> str:
    return step[: len("2019-Q1")]


def _contributions(
    group: _Group,
    composite: Composite,
    tables: _Tables,
    quarter: int,
    by_quarter: Mapping[str, Mapping[int, IndicatorPoint]],
) -> tuple[Contribution, ...]:
    row = {str(name): float(points) for name, points in tables.contributions[quarter].items()}
    shares = tables.standardised[quarter]
    result: list[Contribution] = []
    for series in group.quarters[quarter].present:
        indicator = group.indicators[series].indicator
        before, now = by_quarter[series][quarter - 1], by_quarter[series][quarter]
        result.append(
            Contribution(
                series=series,
                layer=indicator.layer,
                weight=indicator.weight,
                standardised_change=float(shares[series]),
                points=row[series],
                status=now.status if now.status != "A" or before.status == "A" else "E",
                inputs=merged((*before.inputs, *now.inputs)),
                # A chain is told from its beginning, though it reaches both quarters by different years.
                steps=tuple(sorted(dict.fromkeys((*before.steps, *now.steps)), key=_quarter_of_step)),
            )
        )
    if TREND in row:
        result.append(Contribution(TREND, TREND, 0.0, composite.trend_term, row[TREND], "E", ()))
    return tuple(result)
