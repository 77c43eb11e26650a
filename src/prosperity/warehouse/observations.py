"""The ``observation`` table: rebuilt from the readings, and read back as of a day.

What belongs here: the SQL around ``derive``. What does not: its rules.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
)

from prosperity.warehouse.derive import Candidate, Change, by_day, derive
from prosperity.warehouse.engine import insert_missing
from prosperity.warehouse.model import StoredObservation
from prosperity.warehouse.schema import observation, reading, release, release_document, series, source
from prosperity.warehouse.types import canonical

PERIODS_AT_ONCE = 500  #: bound parameters of one query

Figure = tuple[str, str]  #: series and period


def rebuild(
    connection: Connection, figures: Iterable[Figure], priority: Mapping[str, int] | None = None
) -> tuple[int, int]:
    """Bring the list of changes of these figures in line with their current readings: (rows added, removed).

    Rows that still hold are left alone, so that rebuilding without a reason has no effect.
    """
    added = removed = 0
    wanted: dict[str, set[str]] = defaultdict(set)
    for series_id, period in figures:
        wanted[series_id].add(period)
    for series_id in sorted(wanted):
        periods = sorted(wanted[series_id])
        derived = {
            (change["period"], change["known_from"]): change
            for period, candidates in _candidates(connection, series_id, periods, None, priority).items()
            for change in (_row(series_id, period, found) for found in derive(candidates))
        }
        stored = {
            (row["period"], row["known_from"]): dict(row)
            for row in _select_in_chunks(
                connection, select(observation).where(observation.c.series_id == series_id), periods
            )
        }
        stale = [key for key, row in stored.items() if not _same(row, derived.get(key))]
        fresh = [row for key, row in derived.items() if key not in stored or not _same(stored[key], row)]
        _delete(connection, series_id, stale)
        insert_missing(connection, observation, fresh)
        added += len(fresh)
        removed += len(stale)
    return added, removed


def changes(connection: Connection, names: Collection[str] | None) -> list[StoredObservation]:
    """All changes of the series, by series, period and day."""
    query = select(observation)
    if names is not None:
        query = query.where(observation.c.series_id.in_(names))
    query = query.order_by(observation.c.series_id, observation.c.period, observation.c.known_from)
    return [stored(row) for row in connection.execute(query).mappings()]


def as_of(
    connection: Connection, names: Collection[str] | None, day: dt.date | None
) -> list[StoredObservation]:
    """One row per series and period: the one with the greatest known_from up to the day (None: of all)."""
    newest = select(
        observation.c.series_id, observation.c.period, func.max(observation.c.known_from).label("known_from")
    ).group_by(observation.c.series_id, observation.c.period)
    if names is not None:
        newest = newest.where(observation.c.series_id.in_(names))
    if day is not None:
        newest = newest.where(observation.c.known_from <= day)
    last = newest.subquery()
    query = (
        select(observation)
        .join(
            last,
            and_(
                observation.c.series_id == last.c.series_id,
                observation.c.period == last.c.period,
                observation.c.known_from == last.c.known_from,
            ),
        )
        .order_by(observation.c.series_id, observation.c.period)
    )
    return [stored(row) for row in connection.execute(query).mappings()]


def as_we_knew(
    connection: Connection,
    names: Collection[str] | None,
    day: dt.date | None,
    moment: dt.datetime,
    priority: Mapping[str, int] | None = None,
) -> list[StoredObservation]:
    """As ``as_of``, from the readings that we held to be right at that moment."""
    if names is None:
        names = list(connection.execute(select(reading.c.series).distinct()).scalars())
    found: list[StoredObservation] = []
    for series_id in sorted(names):
        by_period = _candidates(connection, series_id, None, moment, priority)
        for period in sorted(by_period):
            known = [
                change
                for change in derive(by_period[period])
                if day is None or change.chosen.known_from <= day
            ]
            if known:
                found.append(StoredObservation(*_fields(series_id, period, known[-1])))
    return found


def conflicts(
    connection: Connection, names: Collection[str] | None
) -> list[tuple[str, str, dt.date, list[str]]]:
    """Days on which current readings of one figure disagree: (series, period, day, ids of evidence).

    More than the flag on ``observation``, which has no row where the chosen figure was not a change.
    """
    query = select(reading.c.series, reading.c.period).where(reading.c.withdrawn_at.is_(None))
    if names is not None:
        query = query.where(reading.c.series.in_(names))
    several = query.group_by(reading.c.series, reading.c.period).having(func.count() > 1)
    wanted: dict[str, list[str]] = defaultdict(list)
    for series_id, period in connection.execute(several):
        wanted[series_id].append(period)
    return [
        (series_id, period, day[0].known_from, sorted(candidate.evidence for candidate in day))
        for series_id in sorted(wanted)
        for period, candidates in sorted(
            _candidates(connection, series_id, sorted(wanted[series_id]), None, None).items()
        )
        for day in by_day(candidates)
        if len({candidate.figure for candidate in day}) > 1
    ]


def _candidates(
    connection: Connection,
    series_id: str,
    periods: Sequence[str] | None,
    moment: dt.datetime | None,
    priority: Mapping[str, int] | None,
) -> dict[str, list[Candidate]]:
    """By period, the readings that are current now or were so at ``moment``."""
    held: ColumnElement[bool] = reading.c.withdrawn_at.is_(None)
    if moment is not None:
        held = and_(reading.c.ingested_at <= moment, or_(held, reading.c.withdrawn_at > moment))
    query = (
        select(
            reading,
            series.c.unit_mult.label("kept_in"),
            release.c.source,
            source.c.rank,
            release_document.c.fetched_at,
        )
        .join(series, series.c.id == reading.c.series)
        .join(release, release.c.key == reading.c.release)
        .join(source, source.c.id == release.c.source)
        .join(
            release_document,
            and_(
                release_document.c.release == reading.c.release,
                release_document.c.document == reading.c.document,
            ),
        )
        .where(reading.c.series == series_id, held)
    )
    found: dict[str, list[Candidate]] = defaultdict(list)
    rows = (
        connection.execute(query).mappings()
        if periods is None
        else _select_in_chunks(connection, query, periods, reading.c.period)
    )
    for row in rows:
        found[row["period"]].append(_candidate(row, priority or {}))
    return found


def _candidate(row: RowMapping, priority: Mapping[str, int]) -> Candidate:
    value = row["value"]
    return Candidate(
        value=None if value is None else value.scaleb(row["unit_mult"] - row["kept_in"]),
        status=row["status"],
        qualifier=row["qualifier"],
        known_from=row["known_from"],
        basis=row["known_from_basis"],
        evidence=row["evidence"],
        release=row["release"],
        document=row["document"],
        fetched_at=row["fetched_at"],
        rank=priority.get(row["source"], row["rank"]),
        ingested_at=row["ingested_at"],
    )


def _select_in_chunks(
    connection: Connection, query: Select[Any], periods: Sequence[str], column: Any = observation.c.period
) -> list[RowMapping]:
    rows: list[RowMapping] = []
    for start in range(0, len(periods), PERIODS_AT_ONCE):
        chunk = periods[start : start + PERIODS_AT_ONCE]
        rows += connection.execute(query.where(column.in_(chunk))).mappings()
    return rows


def _delete(connection: Connection, series_id: str, keys: Sequence[tuple[str, dt.date]]) -> None:
    if not keys:
        return
    statement = delete(observation).where(
        observation.c.series_id == series_id,
        observation.c.period == bindparam("at_period"),
        observation.c.known_from == bindparam("at_day"),
    )
    connection.execute(statement, [{"at_period": period, "at_day": day} for period, day in keys])


def _fields(series_id: str, period: str, change: Change) -> tuple[Any, ...]:
    """In the order of StoredObservation."""
    chosen = change.chosen
    return (
        series_id,
        period,
        chosen.known_from,
        chosen.basis,
        chosen.value,
        chosen.status,
        chosen.qualifier,
        chosen.evidence,
        change.conflict,
        chosen.ingested_at,
    )


COLUMNS = (
    "series_id",
    "period",
    "known_from",
    "known_from_basis",
    "value",
    "obs_status",
    "qualifier",
    "evidence_id",
    "conflict",
    "ingested_at",
)


def _row(series_id: str, period: str, change: Change) -> dict[str, Any]:
    return dict(zip(COLUMNS, _fields(series_id, period, change), strict=True))


def stored(row: RowMapping) -> StoredObservation:
    return StoredObservation(*(row[name] for name in COLUMNS))


def _same(stored: dict[str, Any], derived: dict[str, Any] | None) -> bool:
    """Equal to the digit: 9.4 and 9.40 are one figure, but the row must say what its evidence says."""
    if derived is None or str(stored["value"]) != _text(derived["value"]):
        return False
    return all(stored[name] == derived[name] for name in COLUMNS if name not in ("value", "ingested_at"))


def _text(value: Decimal | None) -> str:
    return "None" if value is None else canonical(value)
