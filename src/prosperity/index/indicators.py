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
from prosperity.index.seasonal import seasonally_adjust
from prosperity.index.transform import indicator_points

#: A series of which more is interpolated shows the season of the interpolation, not its own.
INTERPOLATED_SHARE = 0.25


@dataclass(frozen=True)
class QuarterlyIndicator:
    """One indicator of a group, points in order of quarters; ``note`` tells of its seasonal adjustment."""

    indicator: Indicator
    points: tuple[IndicatorPoint, ...]
    note: str


@dataclass(frozen=True)
class Season:
    """How an indicator is adjusted: by ``factors`` by quarter (terms, if ``additive``), or not at all (None)."""

    note: str
    factors: Mapping[str, float] | None = None
    additive: bool = False
    method: str = ""


Seasons = Mapping[tuple[str, str], Season]  #: by group and series


def quarterly_indicator(
    indicator: Indicator,
    points: Mapping[str, Sequence[Point]],
    versions: Sequence[SeriesVersion] = (),
    season: Season | None = None,
) -> QuarterlyIndicator:
    """Transform and adjust for season: as ``season`` says, or as ``season_of`` finds in these points.

    Raises IndexInputError naming the series.
    """
    found = indicator_points(indicator.series, indicator.transform, points, versions)
    if not found:
        return QuarterlyIndicator(indicator, (), "no value: no usable observation")
    chosen = season if season is not None else season_of(indicator, found)
    if not chosen.factors:
        return QuarterlyIndicator(indicator, tuple(found), chosen.note)
    factors = _carried(chosen.factors, [point.quarter for point in found])
    adjusted = tuple(_adjusted(point, factors[point.quarter], chosen) for point in found)
    return QuarterlyIndicator(indicator, adjusted, chosen.note)


def season_of(indicator: Indicator, found: Sequence[IndicatorPoint]) -> Season:
    """The season of an indicator as these points show it, if the catalogue says ``auto``.

    A chained level carries no season by construction; a series of which more than a quarter is interpolated
    is not adjusted either. Raises IndexInputError naming the series.
    """
    if indicator.transform.seasonal == "none":
        return Season("not adjusted for season, as specified")
    if indicator.transform.method == "chain":
        return Season(
            "not adjusted for season: a level chained from year-on-year rates has none by construction"
        )
    imputed = sum(point.status == "I" for point in found)
    if imputed > INTERPOLATED_SHARE * len(found):
        return Season(f"not adjusted for season: {imputed} of {len(found)} values are interpolated")
    series = pd.Series({point.quarter: point.value for point in found}, dtype=float)
    try:
        result = seasonally_adjust(series)
    except IndexInputError as error:
        raise IndexInputError(f"{indicator.series}: {error}") from error
    if result.method == "none":
        return Season(result.note)
    factors = {point.quarter: float(result.seasonal[point.quarter]) for point in found}
    additive = result.diagnostics.get("mode") == "additive"
    return Season(result.note, factors, additive, result.method)


def seasons_of(
    spec: IndexSpec,
    points: Mapping[str, Sequence[Point]],
    versions: Mapping[str, Sequence[SeriesVersion]] = MappingProxyType({}),
) -> dict[tuple[str, str], Season]:
    """The season of every indicator of a specification that has values, by group and series."""
    result: dict[tuple[str, str], Season] = {}
    for indicator in spec.indicators:
        own = versions.get(indicator.series, ())
        found = indicator_points(indicator.series, indicator.transform, points, own)
        if found:
            result[indicator.group, indicator.series] = season_of(indicator, found)
    return result


def _carried(factors: Mapping[str, float], quarters: Sequence[str]) -> dict[str, float]:
    """The factor of each quarter; where none was estimated, that of the same quarter of the nearest year."""
    known = {quarter_ordinal(quarter): value for quarter, value in factors.items()}
    result: dict[str, float] = {}
    for quarter in quarters:
        place = quarter_ordinal(quarter)
        same = [other for other in known if (other - place) % 4 == 0]
        if not same:
            raise IndexInputError(f"{quarter}: no seasonal factor of the same quarter of any year")
        result[quarter] = known[min(same, key=lambda other: (abs(other - place), other))]
    return result


def _adjusted(point: IndicatorPoint, seasonal: float, season: Season) -> IndicatorPoint:
    sign = "less the seasonal" if season.additive else "divided by the seasonal factor"
    value = point.value - seasonal if season.additive else point.value / seasonal
    step = (
        f"{point.quarter}: {number(point.value)} {sign} {number(seasonal)} is {number(value)} "
        f"({season.method.upper()}; estimated from all {len(season.factors or ())} quarters)."
    )
    return replace(point, value=value, steps=(*point.steps, step))


def group_indicators(
    spec: IndexSpec,
    group: str,
    points: Mapping[str, Sequence[Point]],
    versions: Mapping[str, Sequence[SeriesVersion]] = MappingProxyType({}),
    seasons: Seasons | None = None,
) -> dict[str, QuarterlyIndicator]:
    """The indicators of one group by series, sorted; a series may stand in a group only once.

    ``seasons``: adjust by these instead of what the points show; one that is not named is not adjusted.
    """
    result: dict[str, QuarterlyIndicator] = {}
    for indicator in sorted(spec.indicators, key=lambda indicator: indicator.series):
        if indicator.group != group:
            continue
        if indicator.series in result:
            raise IndexInputError(f"group {group}: {indicator.series} stands in it twice")
        season = None if seasons is None else seasons.get((group, indicator.series), Season("not adjusted"))
        own = versions.get(indicator.series, ())
        result[indicator.series] = quarterly_indicator(indicator, points, own, season)
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
