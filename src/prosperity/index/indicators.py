"""The indicators of a group: transformed, adjusted for season, and put side by side by quarter."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import pandas as pd

from prosperity.catalogue.model import IndexSpec, Indicator
from prosperity.catalogue.versions import SeriesVersion
from prosperity.index.model import IndexInputError, IndicatorPoint, Point
from prosperity.index.quarters import quarter_ordinal
from prosperity.index.readings import number
from prosperity.index.seasonal import SeasonalResult, seasonally_adjust
from prosperity.index.transform import indicator_points

#: A series of which more is interpolated shows the season of the interpolation, not its own.
INTERPOLATED_SHARE = 0.25


@dataclass(frozen=True)
class QuarterlyIndicator:
    """One indicator of a group, points in order of quarters; ``note`` tells of its seasonal adjustment."""

    indicator: Indicator
    points: tuple[IndicatorPoint, ...]
    note: str


def quarterly_indicator(
    indicator: Indicator, points: Mapping[str, Sequence[Point]], versions: Sequence[SeriesVersion] = ()
) -> QuarterlyIndicator:
    """Transform and, where the catalogue says ``auto``, adjust for season.

    A chained level carries no season by construction; a series of which more than a quarter is interpolated
    is not adjusted either. Raises IndexInputError naming the series.
    """
    transform = indicator.transform
    found = indicator_points(indicator.series, transform, points, versions)
    if not found:
        return QuarterlyIndicator(indicator, (), "no value: no usable observation")
    if transform.seasonal == "none":
        return QuarterlyIndicator(indicator, tuple(found), "not adjusted for season, as specified")
    if transform.method == "chain":
        note = "not adjusted for season: a level chained from year-on-year rates has none by construction"
        return QuarterlyIndicator(indicator, tuple(found), note)
    imputed = sum(point.status == "I" for point in found)
    if imputed > INTERPOLATED_SHARE * len(found):
        note = f"not adjusted for season: {imputed} of {len(found)} values are interpolated"
        return QuarterlyIndicator(indicator, tuple(found), note)
    series = pd.Series({point.quarter: point.value for point in found}, dtype=float)
    try:
        result = seasonally_adjust(series)
    except IndexInputError as error:
        raise IndexInputError(f"{indicator.series}: {error}") from error
    if result.method == "none":
        return QuarterlyIndicator(indicator, tuple(found), result.note)
    adjusted = tuple(_adjusted(point, result, len(found)) for point in found)
    return QuarterlyIndicator(indicator, adjusted, result.note)


def _adjusted(point: IndicatorPoint, result: SeasonalResult, count: int) -> IndicatorPoint:
    value, seasonal = float(result.adjusted[point.quarter]), float(result.seasonal[point.quarter])
    sign = (
        "less the seasonal"
        if result.diagnostics.get("mode") == "additive"
        else "divided by the seasonal factor"
    )
    step = (
        f"{point.quarter}: {number(point.value)} {sign} {number(seasonal)} is {number(value)} "
        f"({result.method.upper()}; estimated from all {count} quarters)."
    )
    return replace(point, value=value, steps=(*point.steps, step))


def group_indicators(
    spec: IndexSpec,
    group: str,
    points: Mapping[str, Sequence[Point]],
    versions: Mapping[str, Sequence[SeriesVersion]] = MappingProxyType({}),
) -> dict[str, QuarterlyIndicator]:
    """The indicators of one group by series, sorted; a series may stand in a group only once."""
    result: dict[str, QuarterlyIndicator] = {}
    for indicator in sorted(spec.indicators, key=lambda indicator: indicator.series):
        if indicator.group != group:
            continue
        if indicator.series in result:
            raise IndexInputError(f"group {group}: {indicator.series} stands in it twice")
        result[indicator.series] = quarterly_indicator(indicator, points, versions.get(indicator.series, ()))
    return result


def known_points(
    points: Mapping[str, Sequence[Point]], spec: IndexSpec, as_of: dt.date | None
) -> dict[str, list[Point]]:
    """The points that the specification uses and that were known on the day ``as_of`` (None: all)."""
    used = {indicator.transform.rate_series or indicator.series for indicator in spec.indicators}
    return {
        series: [point for point in points.get(series, ()) if as_of is None or point.known_from <= as_of]
        for series in sorted(used)
    }


def data_hash(points: Mapping[str, Sequence[Point]]) -> str:
    """SHA-256 over all points: series, period, value, status, evidence, day; independent of their order."""
    lines = sorted(
        "\x1f".join(
            (
                series,
                point.period_code,
                float(point.value).hex(),
                point.status,
                point.evidence,
                point.known_from.isoformat(),
            )
        )
        for series, listed in points.items()
        for point in listed
    )
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()


def frame_of(indicators: Mapping[str, QuarterlyIndicator]) -> pd.DataFrame:
    """Quarter × series, NaN where an indicator has no value; every quarter from first to last is a row."""
    values = {
        series: {quarter_ordinal(point.quarter): point.value for point in indicator.points}
        for series, indicator in indicators.items()
    }
    known = [quarter for column in values.values() for quarter in column]
    rows = range(min(known), max(known) + 1) if known else range(0)
    return pd.DataFrame(values, index=pd.Index(rows, dtype=int), columns=pd.Index(values), dtype=float)
