"""The ``observation`` table read back: its changes, as of a day, as we knew it, and where documents disagree.

What belongs here: queries. What does not: writing the table (``rebuild``), the rules of changes (``derive``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, select

from prosperity.warehouse import candidates
from prosperity.warehouse.candidates import Figure
from prosperity.warehouse.derive import Change, by_day, derive
from prosperity.warehouse.model import StoredObservation
from prosperity.warehouse.schema import observation, reading

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
_COLUMNS = [observation.c[name] for name in COLUMNS]  # in the order of StoredObservation


def changes(connection: Connection, names: Collection[str] | None) -> list[StoredObservation]:
    """All changes of the series, by series, period and day."""
    query = select(*_COLUMNS)
    if names is not None:
        query = query.where(observation.c.series_id.in_(names))
    query = query.order_by(observation.c.series_id, observation.c.period, observation.c.known_from)
    return [StoredObservation(*row) for row in connection.execute(query)]


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
        select(*_COLUMNS)
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
    return [StoredObservation(*row) for row in connection.execute(query)]


def as_we_knew(
    connection: Connection,
    names: Collection[str] | None,
    day: dt.date | None,
    moment: dt.datetime,
    priority: Mapping[str, int] | None = None,
) -> list[StoredObservation]:
    """As ``as_of``, from the readings that we held to be right at that moment."""
    by_figure = candidates.at(connection, names, moment, priority)
    found: list[StoredObservation] = []
    for figure in sorted(by_figure):
        known = [
            change for change in derive(by_figure[figure]) if day is None or change.chosen.known_from <= day
        ]
        if known:
            found.append(StoredObservation(*fields(figure, known[-1])))
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
    wanted = [(row.series, row.period) for row in connection.execute(several)]
    return [
        (series_id, period, day[0].known_from, sorted(candidate.evidence for candidate in day))
        for (series_id, period), said in sorted(candidates.current(connection, wanted).items())
        for day in by_day(said)
        if len({candidate.figure for candidate in day}) > 1
    ]


def fields(figure: Figure, change: Change) -> tuple[Any, ...]:
    """In the order of ``COLUMNS`` and of StoredObservation."""
    chosen = change.chosen
    return (
        *figure,
        chosen.known_from,
        chosen.basis,
        chosen.value,
        chosen.status,
        chosen.qualifier,
        chosen.evidence,
        change.conflict,
        chosen.ingested_at,
    )


def stored(row: RowMapping) -> StoredObservation:
    return StoredObservation(*(row[name] for name in COLUMNS))
