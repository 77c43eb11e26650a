"""What changed in the index since the last digest, and why."""

from __future__ import annotations

import math
from collections import defaultdict

from prosperity.alerts.model import IndexChange
from prosperity.warehouse.model import IndexRun, IndexValue, NotFound
from prosperity.workflow.vintages import Revision, RunError, compare_runs
from prosperity.workflow.workspace import Workspace

#: Series that are named as the reason, per index.
NAMED = 5
#: Differences of contributions below this (points) are rounding of libraries.
NOTHING = 1e-9


def index_changes(
    space: Workspace, before: str | None
) -> tuple[str | None, tuple[IndexChange, ...], tuple[str, ...]]:
    """The latest kept run: its id, one change a group against the run ``before``, and notes.

    Nothing is computed where both are the same run; else the reasons are computed from what both rest on.
    """
    latest = space.warehouse.latest_run()
    if latest is None:
        return None, (), ("no index has been computed yet",)
    old = _run(space, before) if before and before != latest.id else None
    if old is None:
        same = before == latest.id
        return latest.id, tuple(_standing(latest, space, compared=same)), ()
    notes: tuple[str, ...] = ()
    reasons: dict[str, Revision] = {}
    try:
        found = compare_runs(space, old.id, latest.id)
        reasons = {revision.group: revision for revision in found.revisions}
        notes = found.notes
    except RunError as fault:
        notes = (f"why the index changed cannot be computed: {fault}",)
    changes = []
    for group in space.catalogue.index.groups:
        point = _last(latest, group)
        if point is None or point.value is None:
            continue
        revision = reasons.get(group)
        if revision is None:
            changes.append(IndexChange(group, point.period, point.value, point.change))
            continue
        changes.append(
            IndexChange(
                group, point.period, point.value, point.change, revision.quarter, revision.old, revision.new,
                revision.parts, _by_series(old, latest, group, revision.quarter),
            )
        )  # fmt: skip
    return latest.id, tuple(changes), notes


def _run(space: Workspace, identity: str) -> IndexRun | None:
    try:
        return space.warehouse.run(identity)
    except NotFound:  # another warehouse, or one that was restored from before that run
        return None


def _standing(run: IndexRun, space: Workspace, *, compared: bool) -> list[IndexChange]:
    """Every group's last point, compared with itself where the run is the one known before."""
    found = []
    for group in space.catalogue.index.groups:
        point = _last(run, group)
        if point is None or point.value is None:
            continue
        known = (point.period, point.value, point.value) if compared else (None, None, None)
        found.append(IndexChange(group, point.period, point.value, point.change, *known))
    return found


def _last(run: IndexRun, group: str) -> IndexValue | None:
    valued = [point for point in run.values if point.group == group and point.value is not None]
    return max(valued, key=lambda point: point.period, default=None)


def _by_series(old: IndexRun, new: IndexRun, group: str, quarter: str) -> tuple[tuple[str, float], ...]:
    """By how much each series' contribution to that quarter's change differs, the largest first."""
    differences: dict[str, float] = defaultdict(float)
    for run, sign in ((old, -1.0), (new, 1.0)):
        for part in run.contributions:
            if part.group == group and part.period == quarter and part.contribution is not None:
                differences[part.series] += sign * part.contribution
    kept = [
        (name, value) for name, value in differences.items() if not math.isclose(value, 0, abs_tol=NOTHING)
    ]
    return tuple(sorted(kept, key=lambda entry: -abs(entry[1]))[:NAMED])
