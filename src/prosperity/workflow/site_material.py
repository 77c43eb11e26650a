"""What the site shows beside the index: histories of series, the calendar, past vintages, files to download.

What belongs here: gathering. What does not: pages (``prosperity.publish``).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from prosperity.checks.model import CheckResult
from prosperity.checks.run import shown
from prosperity.index.model import IndexResult
from prosperity.publish.export.model import Bundle, Selection, Table
from prosperity.publish.export.text import csv_file
from prosperity.publish.model import CalendarRow, IndexVintage, PeriodHistory, RevisedPoint, SeriesHistory
from prosperity.warehouse.model import StoredObservation
from prosperity.workflow import status
from prosperity.workflow.exporting import gather
from prosperity.workflow.indexing import composition
from prosperity.workflow.splits import vintage_splits
from prosperity.workflow.vintages import vintages
from prosperity.workflow.workspace import Workspace


def series_histories(
    space: Workspace, changes: Iterable[StoredObservation], checks: Iterable[CheckResult]
) -> list[SeriesHistory]:
    """Every series with a figure, in the catalogue's order: all that was known of it until the instance's today."""
    by_period: dict[str, dict[str, list[StoredObservation]]] = defaultdict(lambda: defaultdict(list))
    for change in sorted(changes, key=lambda row: row.known_from):
        if change.known_from <= space.settings.today:
            by_period[change.series][change.period].append(change)
    judged: dict[str, list[CheckResult]] = defaultdict(list)
    for row in shown(checks):
        if row.gap is not None:
            judged[row.series].append(row)
    return [
        SeriesHistory(
            series,
            tuple(PeriodHistory(period, tuple(rows)) for period, rows in sorted(by_period[name].items())),
            tuple(judged[name]),
        )
        for name, series in space.catalogue.series.items()
        if name in by_period
    ]


def calendar(space: Workspace) -> list[CalendarRow]:
    """Every source and year of the release calendar."""
    return [
        CalendarRow(
            entry.source,
            entry.year,
            tuple((cell.period, cell.state, cell.sentence) for cell in entry.cells),
        )
        for entry in status.grid(space)
    ]


def index_vintages(space: Workspace, result: IndexResult, days: Collection[dt.date]) -> list[IndexVintage]:
    """The index as it was known on each of the days, beside now, with the split of the difference."""
    now = {(point.group, point.period): point.value for point in result.points}
    today = space.settings.today
    splits = vintage_splits(space, [day for day in days if day < today])
    return [
        IndexVintage(day, tuple(_points(known, now, splits.get(day, {}))), composition(space, day))
        for day, known in sorted(vintages(space, [day for day in days if day < today]).items())
    ]


def _points(
    known: IndexResult,
    now: Mapping[tuple[str, str], float | None],
    parts: Mapping[tuple[str, str], Mapping[str, float]],
) -> Iterable[RevisedPoint]:
    for point in known.points:
        if point.value is not None:
            key = (point.group, point.period)
            yield RevisedPoint(point.group, point.period, point.value, now.get(key), parts.get(key, {}))


def downloads(space: Workspace) -> dict[str, bytes]:
    """All tables as CSV, and one file a series with all its vintages; none where the warehouse is empty."""
    bundle = gather(space, Selection(vintages=True))
    found = {f"{table.name}.csv": csv_file(table) for table in bundle.tables}
    return found | dict(_by_series(bundle))


def _by_series(bundle: Bundle) -> Iterable[tuple[str, bytes]]:
    table = bundle.tables[0]
    column = table.column("series")
    rows: dict[str, list[Sequence[object]]] = defaultdict(list)
    for row in table.rows:
        rows[str(row[column])].append(row)
    for name, listed in rows.items():
        own = Table(name, table.title, table.columns, tuple(listed), table.key)  # type: ignore[arg-type]
        yield f"{name}.csv", csv_file(own)
