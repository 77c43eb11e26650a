"""Runs and vintages: compute a kept run again, tell why the index changed between two, look back day by day.

What belongs here: getting the material of a run out of the warehouse and setting results side by side. What
does not: the formulas (``prosperity.index``).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

import prosperity
from prosperity.catalogue.model import IndexSpec
from prosperity.catalogue.versions import SeriesVersion
from prosperity.index import IndexInputError, RevisionSplit, revision_split, x13_store
from prosperity.index.engine import compute
from prosperity.index.indicators import Seasons, data_hash, known_points, seasons_of
from prosperity.index.model import IndexResult, Point
from prosperity.index.x13 import program
from prosperity.warehouse.model import IndexRun
from prosperity.workflow.indexing import (
    Material,
    computed_from,
    index_contributions,
    index_series,
    index_values,
    material,
    points,
)
from prosperity.workflow.workspace import Workspace

#: Most vintages that are computed at one time.
VINTAGES = 48


class RunError(ValueError):
    """A run that cannot be computed again or compared; says why."""


@dataclass(frozen=True)
class Reproduction:
    """A kept run computed again. ``exact``: every number is the same to the last bit.

    ``causes`` says what differs now from what it was (code, data, program, specification), in sentences;
    ``differing`` lists the numbers, at most twenty; ``largest`` is the greatest absolute difference, None where a
    number is there on one side only.
    """

    run: str
    as_of: dt.date | None
    exact: bool
    numbers: int
    largest: float | None
    causes: tuple[str, ...]
    differing: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Revision:
    """Why one group's last common quarter changed between two runs. ``parts`` by step, points; they sum to ``total``.

    ``code``: what the old and the new program make of the same material; 0 where both runs are computed now.
    """

    group: str
    quarter: str
    old: float
    new: float
    total: float
    parts: Mapping[str, float]


@dataclass(frozen=True)
class RunComparison:
    """Two runs side by side: ``revisions`` one a group, ``figures`` how many observations were added, revised and
    withdrawn by series, ``quarters`` the parts of every common quarter."""

    old: str
    new: str
    revisions: tuple[Revision, ...]
    figures: tuple[dict[str, Any], ...]
    quarters: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]


# ----------------------------------------------------------------------------------------- reproduce


def stored_material(
    space: Workspace, run: IndexRun, also: Collection[str] = ()
) -> tuple[Material, list[str]]:
    """What a run rested on (and the figures of the series ``also``), and what of it is not as it was.

    The specification, and what the catalogue said beside it, are those kept with the run. The figures are
    those published by its day; where they no longer give its data hash, those that the warehouse held to be right when
    the run was saved last. :raises RunError: where no specification was kept.
    """
    spec = _kept_spec(space, run)
    kept: Mapping[str, Any] = run.parameters.get("series", {})
    names = index_series(spec)
    known = space.catalogue.series
    missing = [name for name in names if name not in kept and name not in known]
    if missing:
        raise RunError(f"run {run.id} rests on series that the catalogue no longer has: {', '.join(missing)}")
    internet = {name: kept[name]["internet"] if name in kept else known[name].internet for name in names}
    versions = {
        name: tuple(SeriesVersion.model_validate(entry) for entry in kept[name]["versions"])
        if name in kept
        else known[name].versions
        for name in names
    }
    causes: list[str] = []
    wanted = sorted({*names, *also})
    found = points(space, run.as_of, wanted)
    if data_hash(known_points(found, spec, run.as_of)) != run.data_hash:
        then = points(space, run.as_of, wanted, run.last_saved_at)
        if data_hash(known_points(then, spec, run.as_of)) == run.data_hash:
            found = then
            causes.append(
                "data: the warehouse holds other figures of that day by now; those it held at the time are used"
            )
        else:
            causes.append("data: the figures behind the run's data hash are not in this warehouse")
    return Material(spec, found, internet, versions), causes


def reproduce(space: Workspace, identity: str) -> Reproduction:
    """Compute a kept run again from its specification, day and data, and compare every number.

    :raises NotFound: for an unknown run. :raises RunError: where it cannot be computed again.
    """
    run = space.warehouse.run(identity)
    found, causes = stored_material(space, run)
    result = computed_from(space, found, run.as_of)
    if run.code_version != prosperity.__version__:
        causes.append(f"code: computed by version {run.code_version}, now {prosperity.__version__}")
    adjusted_by = run.parameters.get("program")
    if adjusted_by and adjusted_by != program():
        causes.append(f"program: season was adjusted by {adjusted_by}, now {program()}")
    rows, count = _differences(run, result)
    return Reproduction(
        run.id,
        run.as_of,
        not rows,
        count,
        _largest([row["difference"] for row in rows]),
        tuple(causes),
        tuple(rows[:20]),
    )


def _kept_spec(space: Workspace, run: IndexRun) -> IndexSpec:
    if run.specification:
        spec = IndexSpec.model_validate(dict(run.specification))
        if spec.spec_hash != run.spec_hash:
            raise RunError(
                f"run {run.id}: the specification kept with it gives the hash {spec.spec_hash}, not {run.spec_hash}: "
                "this version of the program reads it otherwise"
            )
        return spec
    for spec in (space.catalogue.index, *space.catalogue.former_indices):
        if spec.spec_hash == run.spec_hash:
            return spec
    raise RunError(
        f"run {run.id}: specification {run.spec_hash} was not kept, and the catalogue has none like it"
    )


def _differences(run: IndexRun, result: IndexResult) -> tuple[list[dict[str, Any]], int]:
    """Every number of the run that is not the same now, and how many were compared."""
    before = _numbers(run.values, run.contributions)
    now = _numbers(index_values(result), index_contributions(result))
    rows = [
        {
            "what": name,
            "kept": before.get(name),
            "now": now.get(name),
            "difference": _apart(before, now, name),
        }
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]
    return rows, len(before)


def _numbers(values: Iterable[Any], contributions: Iterable[Any]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for value in values:
        found[f"{value.group} {value.period}"] = value.value
        found[f"{value.group} {value.period}, weight present"] = value.weight_share
    for part in contributions:
        place = f"{part.group} {part.period} {part.series}"
        found[f"{place}, contribution"] = part.contribution
        found[f"{place}, standardised change"] = part.standardised_change
    return found


def _apart(before: Mapping[str, float | None], now: Mapping[str, float | None], name: str) -> float | None:
    one, other = before.get(name), now.get(name)
    return None if one is None or other is None else abs(one - other)


def _largest(differences: Sequence[float | None]) -> float | None:
    known = [difference for difference in differences if difference is not None]
    return max(known, default=0.0) if len(known) == len(differences) else None


# ------------------------------------------------------------------------------------------- compare


@dataclass(frozen=True)
class _Side:
    """One of two runs: its material, its name, and the values kept with it by group and quarter."""

    name: str
    found: Material
    kept: Mapping[tuple[str, str], float]


def compare_runs(space: Workspace, old: str, new: str) -> RunComparison:
    """Why the index changed between two kept runs. :raises RunError: where either cannot be computed again."""
    notes: list[str] = []
    sides = []
    runs = [space.warehouse.run(identity) for identity in (old, new)]
    used = {name for run in runs for name in index_series(_kept_spec(space, run))}
    for run in runs:
        found, causes = stored_material(space, run, used)
        notes += [f"run {run.id}: {cause}" for cause in causes]
        kept = {(value.group, value.period): value.value for value in run.values if value.value is not None}
        sides.append(_Side(f"run {run.id} (as of {run.as_of})", found, kept))
    return _compare(space, sides[0], sides[1], notes)


def compare_days(space: Workspace, old: dt.date, new: dt.date) -> RunComparison:
    """Why the index changed between two days, each with the data and the composition of its day."""
    used = {name for day in (old, new) for name in index_series(space.catalogue.index_of(day)[0])}
    sides = [_Side(f"as of {day}", material(space, day, also=used), {}) for day in (old, new)]
    return _compare(space, sides[0], sides[1], [])


def _compare(space: Workspace, old: _Side, new: _Side, notes: list[str]) -> RunComparison:
    groups = [name for name in old.found.spec.groups if name in new.found.spec.groups]
    splits = splits_of(space, old.found, new.found, groups)
    revisions, quarters = [], []
    for group in groups:
        rows = [_row(group, splits[group], str(quarter), old, new) for quarter in splits[group].parts.index]
        common = [row for row in rows if row is not None]
        quarters += common
        if not common:
            notes.append(f"{group}: no quarter has a value in both")
            continue
        revisions.append(common[-1])
    return RunComparison(
        old.name,
        new.name,
        tuple(revisions),
        tuple(_figures(old.found, new.found)),
        tuple({"group": r.group, "quarter": r.quarter, **r.parts, "total": r.total} for r in quarters),
        tuple(notes),
    )


def splits_of(
    space: Workspace, old: Material, new: Material, groups: Sequence[str]
) -> dict[str, RevisionSplit]:
    """The revision split of each group: the indices are computed five times, from observations on each time."""

    def season(data: pd.DataFrame, found: Material) -> Seasons:
        return seasons_of(found.spec, _points(data), found.versions)

    def indices(data: pd.DataFrame, seasons: Seasons, found: Material) -> pd.Series[Any]:
        """All groups at once, a row a group and quarter: computing one costs as much as computing all."""
        result = compute(
            found.spec, _points(data), internet=found.internet, versions=found.versions, seasons=seasons
        )
        values = {f"{p.group} {p.period}": p.value for p in result.points if p.group in groups}
        return pd.Series(values, dtype=float).sort_index()

    try:
        with x13_store.kept_in(space.settings.cache / "x13"):
            split = revision_split(
                _cells(old), _cells(new), compute=indices, factors=season, old_spec=old, new_spec=new
            )
    except IndexInputError as error:
        raise RunError(str(error)) from error
    return {
        group: RevisionSplit(_rows_of(split.parts, group), _rows_of(split.stages, group)) for group in groups
    }


def _rows_of(table: pd.DataFrame, group: str) -> pd.DataFrame:
    """The rows of one group, by quarter."""
    own = table[table.index.str.startswith(f"{group} ")]
    return own.set_axis(own.index.str.removeprefix(f"{group} "), axis=0)


def _row(group: str, split: RevisionSplit, quarter: str, old: _Side, new: _Side) -> Revision | None:
    parts = split.parts.loc[quarter].astype(float).to_dict()
    if any(math.isnan(part) for part in parts.values()):
        return None
    stages = split.stages.loc[quarter].astype(float).to_dict()
    first, last = stages["old"], stages["specification"]
    before, after = old.kept.get((group, quarter), first), new.kept.get((group, quarter), last)
    steps = {str(name): part for name, part in parts.items() if name != "total"}
    steps["code"] = (after - last) - (before - first)
    return Revision(group, quarter, before, after, after - before, steps)


def _cells(found: Material) -> pd.DataFrame:
    """Periods × series; a cell holds the whole point, since its status decides how it may be used."""
    columns = {
        name: pd.Series({point.period_code: point for point in listed}, dtype=object)
        for name, listed in found.points.items()
    }
    return pd.DataFrame(columns, dtype=object).sort_index()


def _points(data: pd.DataFrame) -> dict[str, list[Point]]:
    return {str(name): [cell for cell in data[name] if isinstance(cell, Point)] for name in data.columns}


def _figures(old: Material, new: Material) -> list[dict[str, Any]]:
    rows = []
    for name in sorted(old.points.keys() | new.points.keys()):
        before = {point.period_code: float(point.value) for point in old.points.get(name, ())}
        after = {point.period_code: float(point.value) for point in new.points.get(name, ())}
        both = before.keys() & after.keys()
        rows.append(
            {
                "series": name,
                "added": len(after.keys() - both),
                "revised": sum(before[period] != after[period] for period in both),
                "withdrawn": len(before.keys() - both),
            }
        )
    return rows


# ------------------------------------------------------------------------------------------ vintages


def vintage_days(first: dt.date, last: dt.date) -> list[dt.date]:
    """The last day of every quarter from ``first`` to ``last``, and ``last`` itself.

    :raises RunError: for an empty span and for more than ``VINTAGES`` days.
    """
    if first > last:
        raise RunError(f"{first} is after {last}")
    days = [day.date() for day in pd.date_range(first, last, freq="QE")]
    if not days or days[-1] != last:
        days.append(last)
    if len(days) > VINTAGES:
        raise RunError(f"{len(days)} vintages from {first} to {last}: at most {VINTAGES}")
    return days


def vintages(space: Workspace, days: Iterable[dt.date]) -> dict[dt.date, IndexResult]:
    """The index as of each day, seasonal factors re-estimated; a day without usable data is left out."""
    found: dict[dt.date, IndexResult] = {}
    for day in days:
        rests_on = material(space, day)
        known = data_hash(known_points(rests_on.points, rests_on.spec, day))
        key = (day, rests_on.spec.spec_hash, known)
        try:
            if key not in space.past:
                # Of a day only the last result is kept: a long process does not gather those of older data.
                for former in [other for other in space.past if other[0] == day]:
                    del space.past[former]
                space.past[key] = computed_from(space, rests_on, day)
        except IndexInputError:
            continue
        found[day] = space.past[key]
    return found
