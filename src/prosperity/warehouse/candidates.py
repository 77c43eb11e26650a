"""The readings of figures, as ``derive`` wants them.

What belongs here: the one query that every derivation starts from. What does not: rules, and writing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from prosperity.warehouse.derive import Candidate
from prosperity.warehouse.engine import listed
from prosperity.warehouse.schema import reading, release, release_fetch, series, source

Figure = tuple[str, str]  #: series and period

_HELD = reading.c.withdrawn_at.is_(None)
_READINGS = (
    select(
        reading.c.series,
        reading.c.period,
        reading.c.id,
        reading.c.value,
        reading.c.unit_mult,
        series.c.unit_mult.label("kept_in"),
        reading.c.status,
        reading.c.qualifier,
        reading.c.known_from,
        reading.c.known_from_basis,
        reading.c.evidence,
        reading.c.release,
        reading.c.document,
        release.c.source,
        source.c.rank,
        reading.c.ingested_at,
        release_fetch.c.fetched_at,
    )
    .join(series, series.c.id == reading.c.series)
    .join(release, release.c.key == reading.c.release)
    .join(source, source.c.id == release.c.source)
    .join(
        release_fetch,
        and_(
            release_fetch.c.release == reading.c.release,
            release_fetch.c.document == reading.c.document,
        ),
    )
)


def current(
    connection: Connection, figures: Iterable[Figure], priority: Mapping[str, int] | None = None
) -> dict[Figure, list[Candidate]]:
    """The current readings of the figures."""
    wanted = listed(connection, figures)
    query = _READINGS.join(
        wanted, and_(wanted.c.series == reading.c.series, wanted.c.period == reading.c.period)
    )
    return _candidates(connection, query.where(_HELD), priority)


def at(
    connection: Connection,
    names: Collection[str] | None,
    moment: dt.datetime,
    priority: Mapping[str, int] | None = None,
) -> dict[Figure, list[Candidate]]:
    """The readings of the series (None: of all) that we held to be right at that moment."""
    held: ColumnElement[bool] = or_(_HELD, reading.c.withdrawn_at > moment)
    query = _READINGS.where(reading.c.ingested_at <= moment, held)
    if names is not None:
        query = query.where(reading.c.series.in_(names))
    return _candidates(connection, query, priority, moment)


def _candidates(
    connection: Connection,
    query: Select[Any],
    priority: Mapping[str, int] | None,
    moment: dt.datetime | None = None,
) -> dict[Figure, list[Candidate]]:
    """One candidate for each reading; its document came in once for each row of the reading."""
    rows: dict[int, Any] = {}
    fetches: dict[int, list[dt.datetime]] = defaultdict(list)
    for row in connection.execute(query):
        rows[row.id] = row
        fetches[row.id].append(row.fetched_at)
    found: dict[Figure, list[Candidate]] = defaultdict(list)
    for number, row in rows.items():
        came = sorted(fetches[number])
        # What came back after that moment was not known then; that it came at all, the reading says.
        known = [fetched for fetched in came if moment is None or fetched <= moment] or came[:1]
        found[row.series, row.period].append(
            Candidate(
                value=scaled(row.value, row.unit_mult - row.kept_in),
                status=row.status,
                qualifier=row.qualifier,
                known_from=row.known_from,
                basis=row.known_from_basis,
                evidence=row.evidence,
                release=row.release,
                document=row.document,
                fetches=tuple(known),
                rank=(priority or {}).get(row.source, row.rank),
                ingested_at=row.ingested_at,
            )
        )
    return found


def scaled(value: Decimal | None, places: int) -> Decimal | None:
    """The value with its decimal point moved: nothing is added to the digits printed."""
    return value if value is None or not places else value.scaleb(places)
