"""Bringing the ``observation`` table in line with the readings, for many figures at once.

What belongs here: the writing around ``derive``. What does not: its rules, and reading back (``observations``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select

from prosperity.warehouse import candidates
from prosperity.warehouse.candidates import Figure
from prosperity.warehouse.derive import Candidate, Change, derive
from prosperity.warehouse.engine import insert_new, listed, lock_series
from prosperity.warehouse.observations import COLUMNS, fields
from prosperity.warehouse.schema import observation, reading, release_fetch
from prosperity.warehouse.schema import release as release_table
from prosperity.warehouse.types import canonical

#: By figure the value and status that were the last to be known; (None, None) where nothing is.
Standing = dict[Figure, tuple[Decimal | None, str | None]]

FIGURES_AT_ONCE = 5000  #: held in memory with all their readings


def rebuild(
    connection: Connection, figures: Iterable[Figure], priority: Mapping[str, int] | None = None
) -> tuple[int, int]:
    """Bring the list of changes of these figures in line with their current readings: (rows added, removed).

    Rows that still hold are left alone, so that rebuilding without a reason has no effect. Other writers of
    the same series wait until the transaction ends.
    """
    wanted = sorted(set(figures))
    lock_series(connection, {series_id for series_id, _ in wanted})
    added = removed = 0
    for start in range(0, len(wanted), FIGURES_AT_ONCE):
        some = wanted[start : start + FIGURES_AT_ONCE]
        derived = {
            (figure, change.chosen.known_from): _row(figure, change)
            for figure, found in candidates.current(connection, some, priority).items()
            for change in derive(found)
        }
        kept = _kept(connection, some)
        stale = [key for key, row in kept.items() if not _same(row, derived.get(key))]
        fresh = [row for key, row in derived.items() if key not in kept or not _same(kept[key], row)]
        _delete(connection, stale)
        insert_new(connection, observation, fresh)
        added += len(fresh)
        removed += len(stale)
    return added, removed


def append(connection: Connection, said: Mapping[Figure, Sequence[Candidate]], standing: Standing) -> int:
    """Add the changes that follow from new readings of figures of which only earlier days are known: rows added.

    Then all that was said before is summed up by the value that stands. See ``appendable``.
    """
    rows = []
    for figure, found in said.items():
        changes = derive(found)
        if standing[figure] == changes[0].chosen.figure:
            del changes[0]
        rows += [_row(figure, change) for change in changes]
    insert_new(connection, observation, rows)
    return len(rows)


def appendable(connection: Connection, release: str, figures: Collection[Figure], day: dt.date) -> Standing:
    """Those figures that the only readings of this release, of ``day`` or later, can be appended to.

    Not those with another reading of that day or later, nor any with a reading from a release whose documents
    replaced each other: such a reading counts from another day than it says. Nor those that another source prints too:
    between sources their order decides, which the value that stands does not tell.
    """
    turns = func.count()
    replaced = select(release_fetch.c.release).group_by(release_fetch.c.release).having(turns > 1)
    several = connection.execute(replaced).scalars().all()
    if release in several:
        return {}
    wanted = listed(connection, figures)
    last, later, of = observation.alias("last"), reading.alias("later"), release_table.alias("of")
    own = select(release_table.c.source).where(release_table.c.key == release).scalar_subquery()
    newest = (
        select(func.max(last.c.known_from))
        .where(last.c.series_id == wanted.c.series, last.c.period == wanted.c.period)
        .scalar_subquery()
    )
    uncertain = or_(later.c.known_from >= day, of.c.source != own)
    if several:
        uncertain = or_(uncertain, later.c.release.in_(several))
    overtaken = (
        select(later.c.id)
        .join(of, of.c.key == later.c.release)
        .where(
            later.c.series == wanted.c.series,
            later.c.period == wanted.c.period,
            later.c.withdrawn_at.is_(None),
            later.c.release != release,
            uncertain,
        )
        .exists()
    )
    stands = and_(
        observation.c.series_id == wanted.c.series,
        observation.c.period == wanted.c.period,
        observation.c.known_from == newest,
    )
    query = select(
        wanted.c.series, wanted.c.period, observation.c.value, observation.c.obs_status, overtaken
    ).select_from(wanted.outerjoin(observation, stands))
    return {
        (series_id, period): (value, status)
        for series_id, period, value, status, is_overtaken in connection.execute(query).all()
        if not is_overtaken
    }


def _kept(connection: Connection, figures: Iterable[Figure]) -> dict[tuple[Figure, dt.date], dict[str, Any]]:
    wanted = listed(connection, figures)
    query = select(observation).join(
        wanted, and_(observation.c.series_id == wanted.c.series, observation.c.period == wanted.c.period)
    )
    return {
        ((row["series_id"], row["period"]), row["known_from"]): dict(row)
        for row in connection.execute(query).mappings()
    }


def _delete(connection: Connection, keys: Sequence[tuple[Figure, dt.date]]) -> None:
    if not keys:
        return
    statement = delete(observation).where(
        observation.c.series_id == bindparam("of_series"),
        observation.c.period == bindparam("of_period"),
        observation.c.known_from == bindparam("of_day"),
    )
    connection.execute(
        statement,
        [{"of_series": series_id, "of_period": period, "of_day": day} for (series_id, period), day in keys],
    )


def _row(figure: Figure, change: Change) -> dict[str, Any]:
    return dict(zip(COLUMNS, fields(figure, change), strict=True))


def _same(kept: dict[str, Any], derived: dict[str, Any] | None) -> bool:
    """Equal to the digit: 9.4 and 9.40 are one figure, but the row must say what its evidence says."""
    if derived is None or str(kept["value"]) != _text(derived["value"]):
        return False
    return all(kept[name] == derived[name] for name in COLUMNS if name not in ("value", "ingested_at"))


def _text(value: Decimal | None) -> str:
    return "None" if value is None else canonical(value)
