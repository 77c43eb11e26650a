"""From the warehouse to index points and back: compute, keep as a run, set beside the published values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import prosperity
from prosperity.catalogue.model import Catalogue, IndexSpec, PublishedValue
from prosperity.catalogue.versions import SeriesVersion
from prosperity.index import x13_store
from prosperity.index.engine import compute
from prosperity.index.model import IndexPoint, IndexResult, Point
from prosperity.index.x13 import program
from prosperity.warehouse.model import IndexContribution, IndexRun, IndexValue, StoredObservation
from prosperity.workflow.workspace import Workspace


@dataclass(frozen=True)
class Material:
    """All that a computation of the index rests on; two computations of the same material are the same."""

    spec: IndexSpec
    points: Mapping[str, Sequence[Point]]  #: one point per series and period
    internet: Mapping[str, bool]  #: by series: measures the Internet industry itself
    versions: Mapping[str, Sequence[SeriesVersion]]  #: by series


@dataclass(frozen=True)
class Computed:
    """An index result, the id of the run that keeps it, whether that run is new, and whose composition it has."""

    result: IndexResult
    run: str
    new: bool
    composition: str


@dataclass(frozen=True)
class Comparison:
    """One published value beside ours. ``verdict`` says what can be compared, or why nothing can.

    ``ours`` is computed from all that is known by the day of the result; ``ours_then`` as of ``edition_day``, the day
    on which the edition came out, or ``reason_then`` says why that cannot be had. ``level_gap``: ours less theirs.
    """

    edition: str
    period: str
    index: str
    published: str
    published_change: Decimal | None
    ours: float | None
    our_change: float | None
    verdict: str
    evidence: str | None = None
    level_gap: float | None = None
    edition_day: dt.date | None = None
    ours_then: float | None = None
    our_change_then: float | None = None
    reason_then: str = ""


def index_series(spec: IndexSpec) -> list[str]:
    """The series the index rests on: its indicators' levels and the rates they are chained by."""
    names = {indicator.series for indicator in spec.indicators}
    names |= {i.transform.rate_series for i in spec.indicators if i.transform.rate_series}
    return sorted(names)


def points(
    space: Workspace,
    as_of: dt.date | None = None,
    series: Iterable[str] | None = None,
    known_to_us: dt.datetime | None = None,
) -> dict[str, list[Point]]:
    """What the index (or a derived series) rests on, as known on ``as_of``: one point per series and period.

    ``known_to_us``: only from the readings that the warehouse held to be right at that moment.
    """
    names = index_series(space.catalogue.index) if series is None else series
    found: dict[str, list[Point]] = {name: [] for name in names}
    for row in space.warehouse.as_of(list(found), as_of, known_to_us):
        if row.value is not None:
            found[row.series].append(Point(row.period, row.value, row.status, row.evidence, row.known_from))
    return found


def material(space: Workspace, as_of: dt.date | None = None, also: Iterable[str] = ()) -> Material:
    """What was published by ``as_of`` (default: the instance's today), under the composition of that day.

    ``also``: series whose figures are wanted beside those of the composition.
    """
    day = as_of or space.settings.today
    spec = space.catalogue.index_of(day)[0]
    return Material(
        spec,
        points(space, day, sorted({*index_series(spec), *also})),
        {name: series.internet for name, series in space.catalogue.series.items()},
        {name: series.versions for name, series in space.catalogue.series.items()},
    )


def computed_from(space: Workspace, found: Material, as_of: dt.date | None = None) -> IndexResult:
    """All groups; season is estimated from these points alone, and estimates are kept under the cache folder."""
    with x13_store.kept_in(space.settings.cache / "x13"):
        return compute(
            found.spec, found.points, internet=found.internet, as_of=as_of, versions=found.versions
        )


def index_result(space: Workspace, as_of: dt.date | None = None) -> IndexResult:
    """All groups from what was known on ``as_of`` (default: the instance's today); nothing is kept."""
    day = as_of or space.settings.today
    return computed_from(space, material(space, day), day)


def compute_index(space: Workspace, as_of: dt.date | None = None) -> Computed:
    """Compute as ``index_result`` does, and keep the run in the warehouse."""
    day = as_of or space.settings.today
    found = material(space, day)
    result = computed_from(space, found, day)
    run = _as_run(result, found, day)
    known = {kept.id for kept in space.warehouse.runs()}
    run_id = space.warehouse.save_run(run)
    return Computed(result, run_id, run_id not in known, composition(space, day))


def composition(space: Workspace, day: dt.date) -> str:
    """Whose composition an index as of a day has, in a sentence."""
    spec, in_force = space.catalogue.index_of(day)
    if in_force:
        return f"composition of version {spec.version}, in force since {spec.valid_from}"
    if day >= space.settings.today:
        return f"composition of version {spec.version}, the present one"
    return (
        f"composition of version {spec.version}, the present one, applied in retrospect: "
        f"no composition is recorded as in force on {day}"
    )


def parameters(found: Material) -> dict[str, Any]:
    """What the catalogue says beside the specification, in plain types: kept with the run."""
    return {
        "program": program(),
        "series": {
            name: {
                "internet": found.internet[name],
                "versions": [version.model_dump(mode="json") for version in found.versions.get(name, ())],
            }
            for name in index_series(found.spec)
        },
    }


def _as_run(result: IndexResult, found: Material, day: dt.date) -> IndexRun:
    values, contributions = index_values(result), index_contributions(result)
    return IndexRun(
        spec_version=result.spec_version,
        spec_hash=result.spec_hash,
        as_of=day,
        code_version=prosperity.__version__,
        data_hash=result.data_hash,
        values=values,
        contributions=contributions,
        parameters=parameters(found),
        specification=found.spec.content,
    )


def index_values(result: IndexResult) -> tuple[IndexValue, ...]:
    """The points of a result as the warehouse keeps them."""
    return tuple(
        IndexValue(
            point.group, point.period, point.value, point.change, point.indicators, point.indicators_total,
            point.weight_share, point.reason or None,
        )
        for point in result.points
    )  # fmt: skip


def index_contributions(result: IndexResult) -> tuple[IndexContribution, ...]:
    """The contributions of a result as the warehouse keeps them."""
    return tuple(
        IndexContribution(
            group=point.group,
            period=point.period,
            series=part.series,
            layer=part.layer,
            contribution=part.points,
            weight=part.weight,
            status=part.status,
            inputs=tuple(dict.fromkeys(found.evidence for found in part.inputs)),
            steps=part.steps,
            standardised_change=part.standardised_change,
        )
        for point in result.points
        for part in point.contributions
    )


def estimated_inputs(space: Workspace, result: IndexResult) -> dict[tuple[str, str], int]:
    """By group and quarter, how many inputs are known from an estimated day (or the day we first saw them).

    Whoever reads an index "as of" a day must know which of its inputs may have been out later than that.
    """
    day = result.as_of or space.settings.today
    rows = space.warehouse.as_of(index_series(space.catalogue.index_of(day)[0]), day)
    unsure = {row.evidence for row in rows if row.known_from_basis in ("estimated", "first_seen")}
    return {
        (point.group, point.period): len(
            unsure & {found.evidence for part in point.contributions for found in part.inputs}
        )
        for point in result.points
    }


def published_series(catalogue: Catalogue) -> list[str]:
    """The series that hold published values of the index and their changes."""
    return sorted({name for entry in catalogue.published for name in (entry.series, entry.change) if name})


def compare_published(space: Workspace, result: IndexResult) -> list[Comparison]:
    """Every published value that is known beside ours for the same period, or "not computable: reason"; and beside
    what ours would have been on the day of that edition."""
    rows = space.warehouse.changes(published_series(space.catalogue))
    ours = {(point.group, point.period): point for point in result.points}
    then: dict[dt.date, dict[tuple[str, str], IndexPoint]] = {}
    found: list[Comparison] = []
    for entry in space.catalogue.published:
        compared = _compared(entry, rows, ours, space.catalogue)
        day = compared.edition_day
        if day is not None and not entry.reason and entry.index in space.catalogue.index.groups:
            if day not in then:
                then[day] = {(p.group, p.period): p for p in index_result(space, day).points}
            value, change, reason = _ours(entry, then[day], space.catalogue)
            compared = replace(compared, ours_then=value, our_change_then=change, reason_then=reason)
        found.append(compared)
    return found


def _compared(
    entry: PublishedValue,
    rows: list[StoredObservation],
    ours: Mapping[tuple[str, str], IndexPoint],
    catalogue: Catalogue,
) -> Comparison:
    level = _published(rows, entry.series, entry)
    change = _published(rows, entry.change, entry)
    published = entry.stated or (str(level.value) if level else "not in any collected document")
    shared = {
        "edition": entry.edition,
        "period": entry.period,
        "index": entry.index,
        "published": published,
        "published_change": change.value if change else None,
        "evidence": level.evidence if level else None,
        "edition_day": level.known_from if level else change.known_from if change else None,
    }
    if entry.reason:
        return Comparison(**shared, ours=None, our_change=None, verdict=f"not computable: {entry.reason}")  # type: ignore[arg-type]
    if entry.index not in catalogue.index.groups:
        reason = f"no {entry.index} index is composed in version {catalogue.index.version}"
        return Comparison(**shared, ours=None, our_change=None, verdict=f"not computable: {reason}")  # type: ignore[arg-type]
    value, our_change, reason = _ours(entry, ours, catalogue)
    if value is None:
        return Comparison(**shared, ours=None, our_change=None, verdict=f"not computable: {reason}")  # type: ignore[arg-type]
    verdict = "other base, compare the changes"
    if change and change.value is not None and our_change is not None:
        same = (change.value > 0) == (our_change > 0)
        verdict = f"change has the {'same' if same else 'other'} sign"
    gap = value - float(level.value) if level and level.value is not None else None
    return Comparison(**shared, ours=value, our_change=our_change, verdict=verdict, level_gap=gap)  # type: ignore[arg-type]


def _published(
    rows: list[StoredObservation], series: str | None, entry: PublishedValue
) -> StoredObservation | None:
    """The value as that edition gave it: history is recomputed in every edition, so the year of issue must fit."""
    found = [
        row for row in rows if row.series == series and row.period == entry.period and row.value is not None
    ]
    of_edition = [row for row in found if str(row.known_from.year) == entry.edition]
    return (of_edition or found or [None])[0]  # type: ignore[list-item]


def _ours(
    entry: PublishedValue, ours: Mapping[tuple[str, str], IndexPoint], catalogue: Catalogue
) -> tuple[float | None, float | None, str]:
    """Our value for a published period; a half year is its last quarter, its change runs over two quarters."""
    half = entry.period.endswith(("-S1", "-S2"))
    quarter = f"{entry.period[:4]}-Q{2 if entry.period.endswith('1') else 4}" if half else entry.period
    point = ours.get((entry.index, quarter))
    if point is None and quarter >= catalogue.index.first_of(entry.index):
        return None, None, "no quarter of it could be computed from what was out"
    if point is None:
        return None, None, f"before the first quarter of the index, {catalogue.index.first_of(entry.index)}"
    if point.value is None:
        return None, None, point.reason
    if not half:
        return point.value, point.change, ""
    year, number = int(quarter[:4]), int(quarter[-1])
    before = ours.get((entry.index, f"{year}-Q{number - 2}" if number > 2 else f"{year - 1}-Q{number + 2}"))
    change = point.value - before.value if before and before.value is not None else None
    return point.value, change, ""


def latest_quarters(result: IndexResult, group: str, count: int = 8) -> list[IndexPoint]:
    """The last ``count`` quarters of a group that have a value."""
    return [point for point in result.points if point.group == group and point.value is not None][-count:]


def quarter_of(period: str) -> str:
    """``2020Q4``, ``2020-q4`` and ``2020-Q4`` are one quarter. :raises ValueError: for anything else."""
    text = period.strip().upper().replace("-", "")
    if len(text) == 6 and text[:4].isdigit() and text[4] == "Q" and text[5] in "1234":
        return f"{text[:4]}-Q{text[5]}"
    raise ValueError(f"{period!r} is not a quarter: write 2020-Q4")
