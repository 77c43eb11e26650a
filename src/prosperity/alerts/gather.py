"""What happened since the last digest: failed runs, overdue releases, rejected and changed figures, the index.

What belongs here: finding it out. What does not: wording (``compose``), delivering (``service``).

Overdue releases and rejections are told when they were not there at the last digest, whatever any clock says. Failed
runs and changed figures are found by their moment. What was under way at the last digest bears an earlier moment and
was not seen by it: the span looked at begins a little before, and what was told then is left out by its key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence

from prosperity.alerts.index_change import index_changes
from prosperity.alerts.model import Digest, Entry, FailedRun, Memory, Revised
from prosperity.warehouse.model import StoredObservation, StoredRejection
from prosperity.workflow.indexing import index_series
from prosperity.workflow.status import grid
from prosperity.workflow.workspace import Workspace

#: Longer than any load is under way.
OVERLAP = dt.timedelta(minutes=15)

FailedSince = Callable[[dt.datetime | None], Sequence[FailedRun]]


def gather(
    space: Workspace,
    memory: Memory | None,
    failed_since: FailedSince,
    *,
    now: dt.datetime,
    day: dt.date,
    told: Collection[str] = (),
    undelivered: Sequence[str] = (),
) -> tuple[Digest, Memory]:
    """The digest of a day and the memory it leaves. ``told``: runs whose failure was told when it happened."""
    known = frozenset(memory.reported) if memory else frozenset()
    since = memory.until - OVERLAP if memory else None
    runs = [run for run in failed_since(since) if run.id not in known] if memory else []
    overdue = overdue_releases(space)
    rejections = space.warehouse.rejections()
    revised = (
        [entry for entry in changed_figures(space, memory.until) if entry.key not in known] if memory else []
    )
    index_run, index, notes = index_changes(space, memory.index_run if memory else None)
    had = frozenset(memory.overdue) if memory else frozenset(overdue)
    open_before = frozenset(memory.rejections) if memory else frozenset(entry.id for entry in rejections)
    digest = Digest(
        day=day,
        instance=space.settings.notice or "live publishers",
        first=memory is None,
        since=memory.until if memory else None,
        failed=tuple(Entry(run.id, run.what, run.cause) for run in runs if run.id not in told),
        told_already=sum(run.id in told for run in runs),
        overdue=tuple(entry for key, entry in overdue.items() if key not in had),
        overdue_total=len(overdue),
        found_since=tuple(sorted(had - overdue.keys())),
        rejected=tuple(_rejected(entry) for entry in rejections if entry.id not in open_before),
        rejected_total=len(rejections),
        mended=len(open_before - {entry.id for entry in rejections}),
        revised=tuple(revised),
        index=index,
        undelivered=tuple(undelivered),
        notes=notes,
    )
    now_told = [run.id for run in runs] + [entry.key for entry in revised]
    # Of the last digest too: the span that the next one looks at may begin before this one.
    reported = tuple(dict.fromkeys([*(memory.reported[-5000:] if memory else ()), *now_told]))
    left = Memory(now, tuple(sorted(overdue)), tuple(sorted(e.id for e in rejections)), reported, index_run)
    return digest, left


def overdue_releases(space: Workspace) -> dict[str, Entry]:
    """Every release that the calendar expected and that is not there, by source and period."""
    return {
        f"{cell.source} {cell.period}": Entry(f"{cell.source} {cell.period}", f"{cell.source} {cell.period}", cell.sentence)
        for status in grid(space)
        for cell in status.cells
        if cell.state == "overdue"
    }  # fmt: skip


def _rejected(entry: StoredRejection) -> Entry:
    return Entry(entry.id, f"{entry.source}, {entry.stage}: {entry.what}", entry.reason, entry.where)


def changed_figures(space: Workspace, moment: dt.datetime) -> list[Revised]:
    """Figures that we held at a moment, or shortly before it, and that are others now; those of the index first."""
    names = space.warehouse.series_read_since(moment - OVERLAP)
    if not names:
        return []
    after = {(row.series, row.period): row for row in space.warehouse.as_of(names, None)}
    differing: dict[tuple[str, str], StoredObservation] = {}
    for known_to_us in (moment - OVERLAP, moment):
        for was in space.warehouse.as_of(names, None, known_to_us):
            now = after.get((was.series, was.period))
            if was.value is not None and (now is None or now.value != was.value):
                differing[was.series, was.period] = was
    in_index = set(index_series(space.catalogue.index))
    found = [
        _revised(space, was, after.get(figure), was.series in in_index) for figure, was in differing.items()
    ]
    return sorted(found, key=lambda entry: (not entry.in_index, entry.series, entry.period))


def _revised(
    space: Workspace, was: StoredObservation, now: StoredObservation | None, in_index: bool
) -> Revised:
    series = space.catalogue.series.get(was.series)
    changed = now is None or _document(space, now) != _document(space, was)
    return Revised(
        series=was.series,
        name=series.name.en if series else was.series,
        period=was.period,
        before=str(was.value),
        after=None if now is None or now.value is None else str(now.value),
        known_from=now.known_from if now else was.known_from,
        by="publisher" if changed else "us",
        in_index=in_index,
    )


def _document(space: Workspace, row: StoredObservation) -> str:
    return space.warehouse.evidence(row.evidence).document
