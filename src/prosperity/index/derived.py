"""Derived series: computed from observations by the formula the catalogue declares, with inputs and steps.

Pure functions; nothing here is ever stored as a figure. What cannot be computed soundly (a part greater than its
whole, a zero whole, levels on two sides of a break) gives no value but a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from prosperity.catalogue.derived import Derived
from prosperity.catalogue.versions import SeriesVersion, break_between
from prosperity.index.chain import chain
from prosperity.index.model import IndicatorPoint, Input, Point
from prosperity.index.quarters import month_code
from prosperity.index.readings import Reading, merged, number, readings, status_of
from prosperity.index.transform import decumulate

Versions = Mapping[str, Sequence[SeriesVersion]]


@dataclass(frozen=True)
class DerivedPoint:
    """One period of a derived series; ``value`` is None with the reason as the last step.

    ``status``: A where all inputs are observed, else E (or what decumulating and chaining say); M where there
    is no value.
    """

    period: str
    value: float | None
    status: str
    inputs: tuple[Input, ...]
    steps: tuple[str, ...]


def derive(
    definition: Derived, points: Mapping[str, Sequence[Point]], versions: Versions
) -> list[DerivedPoint]:
    """The derived series over all periods for which every input is known, in order of time.

    ``points``: observations by series, one per period; ``versions``: the versions of each input series.
    :raises IndexInputError: for an input that is not finite, or twice in one period.
    """
    if definition.formula == "share":
        return _by_period(definition, points, _share)
    if definition.formula == "sum":
        return _by_period(definition, points, _sum)
    if definition.formula == "comparable_level":
        series = definition.inputs["rate"]
        return [_from_indicator(point) for point in chain(series, points.get(series, ()))]
    series = definition.inputs["cumulative"]
    return _quarters(series, points.get(series, ()), versions.get(series, ()))


# ---------------------------------------------------------------------------------- one period at a time

_Formula = Callable[[str, Mapping[str, Reading]], DerivedPoint]


def _by_period(
    definition: Derived, points: Mapping[str, Sequence[Point]], formula: _Formula
) -> list[DerivedPoint]:
    known = {
        role: readings(series, points.get(series, ())) for role, series in sorted(definition.inputs.items())
    }
    shared = sorted(set.intersection(*(set(by_month) for by_month in known.values())))
    return [
        formula(month_code(month), {role: known[role][month] for role in definition.inputs})
        for month in shared
    ]


def _share(period: str, of: Mapping[str, Reading]) -> DerivedPoint:
    part, whole = of["part"], of["whole"]
    inputs = merged((part.input, whole.input))
    if whole.value <= 0 or not 0 <= part.value <= whole.value:
        reason = (
            f"{period}: {number(part.value)} ({part.input.series}) is no part of {number(whole.value)} "
            f"({whole.input.series}); no share."
        )
        return DerivedPoint(period, None, "M", inputs, (reason,))
    value = 100 * part.value / whole.value
    step = f"{period}: 100 × {number(part.value)} / {number(whole.value)} is {number(value)} %."
    return DerivedPoint(period, value, status_of(part.status, whole.status), inputs, (step,))


def _sum(period: str, of: Mapping[str, Reading]) -> DerivedPoint:
    terms = list(of.values())
    value = sum(term.value for term in terms)
    step = f"{period}: {' + '.join(number(term.value) for term in terms)} is {number(value)}."
    status = status_of(*(term.status for term in terms))
    return DerivedPoint(period, value, status, merged(term.input for term in terms), (step,))


# ------------------------------------------------------------------------------------------- over periods


def _quarters(series: str, points: Sequence[Point], versions: Sequence[SeriesVersion]) -> list[DerivedPoint]:
    found = [_from_indicator(point) for point in decumulate(series, points, versions=versions)]
    return sorted([*found, *_refused(series, points, versions)], key=lambda point: point.period)


def _refused(series: str, points: Sequence[Point], versions: Sequence[SeriesVersion]) -> list[DerivedPoint]:
    """Quarters that have both year-to-date figures, with a break between them: named, with the reason."""
    ends = {
        month: reading
        for month, reading in readings(series, points, year_to_date=True).items()
        if month % 3 == 2
    }
    refused = []
    for month, reading in ends.items():
        before = ends.get(month - 3)
        if before is None or month % 12 == 2:
            continue
        begun = break_between(versions, before.period, reading.period)
        if begun is None:
            continue
        quarter = f"{month // 12}-Q{month % 12 // 3 + 1}"
        reason = (
            f"{quarter}: {number(reading.value)} at {reading.period} and {number(before.value)} at "
            f"{before.period} lie on two sides of a break (version {begun.id}, {begun.change}): not differenced."
        )
        refused.append(DerivedPoint(quarter, None, "M", merged((before.input, reading.input)), (reason,)))
    return refused


def _from_indicator(point: IndicatorPoint) -> DerivedPoint:
    return DerivedPoint(point.quarter, point.value, point.status, point.inputs, point.steps)
