"""Quarantine: what could not be had, read, cleaned or loaded is kept, shown, and marked when it is mended."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from prosperity.collect.model import Failure
from prosperity.warehouse.model import StoredRejection
from prosperity.warehouse.schema import rejection, release


@dataclass(frozen=True)
class Scope:
    """What was run again as a whole: reading one release, or collecting one year of a source."""

    source: str
    release: str | None = None
    year: int | None = None


def identity(failure: Failure, scope: Scope) -> str:
    """Hash of the content, so that meeting the same fault again adds nothing."""
    parts = (
        failure.source,
        failure.stage,
        failure.what,
        failure.where,
        failure.reason,
        failure.period or "",
        failure.document or "",
        scope.release or str(scope.year or ""),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def record(
    connection: Connection,
    failures: Iterable[Failure],
    scope: Scope,
    now: dt.datetime,
    complete: bool = True,
) -> tuple[int, int]:
    """Store the faults of one run of the scope: (added, resolved).

    Those that a complete run no longer met are resolved; one that comes back counts as added. One that the
    catalogue decided on is kept as resolved from the beginning.
    """
    met = {identity(failure, scope): failure for failure in failures}
    within = and_(
        rejection.c.source == scope.source,
        rejection.c.release == scope.release if scope.release else rejection.c.release.is_(None),
        rejection.c.year == scope.year if scope.year else rejection.c.year.is_(None),
    )
    known = {
        row.id: row.resolved_at
        for row in connection.execute(select(rejection.c.id, rejection.c.resolved_at).where(within))
    }
    new = [
        _row(key, failure, scope, now) for key, failure in sorted(met.items(), key=_by_id) if key not in known
    ]
    if new:
        connection.execute(insert(rejection), new)
    again = [key for key in known if key in met and not met[key].decided]
    gone = [
        key
        for key, resolved_at in known.items()
        if resolved_at is None and (met[key].decided if key in met else complete)
    ]
    change = update(rejection).where(rejection.c.id == bindparam("key"))
    if again:
        seen = change.values(last_seen_at=now, resolved_at=None)
        connection.execute(seen, [{"key": key} for key in again])
    if gone:
        connection.execute(change.values(resolved_at=now), [{"key": key} for key in gone])
    returned = sum(1 for key in again if known[key] is not None)
    return len(new) + returned, len(gone)


def _by_id(item: tuple[str, Failure]) -> str:
    return item[0]


def _row(key: str, failure: Failure, scope: Scope, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": key,
        "source": failure.source,
        "stage": failure.stage,
        "what": failure.what,
        "where": failure.where,
        "reason": failure.reason,
        "period": failure.period,
        "document": failure.document,
        "release": scope.release,
        "year": scope.year,
        "retryable": failure.retryable,
        "first_seen_at": now,
        "last_seen_at": now,
        "resolved_at": now if failure.decided else None,
    }


def find(
    connection: Connection,
    source: str | None = None,
    year: int | None = None,
    stage: str | None = None,
    release_key: str | None = None,
    resolved: bool | None = False,
) -> list[StoredRejection]:
    """Rejections by source, place and cause; ``year`` is the one that the release reports on."""
    query = select(rejection).outerjoin(release, release.c.key == rejection.c.release)
    if source is not None:
        query = query.where(rejection.c.source == source)
    if year is not None:
        query = query.where((rejection.c.year == year) | (release.c.year == year))
    if stage is not None:
        query = query.where(rejection.c.stage == stage)
    if release_key is not None:
        query = query.where(rejection.c.release == release_key)
    if resolved is not None:
        query = query.where(
            rejection.c.resolved_at.is_not(None) if resolved else rejection.c.resolved_at.is_(None)
        )
    query = query.order_by(rejection.c.source, rejection.c.stage, rejection.c.where, rejection.c.id)
    return [StoredRejection(**row) for row in connection.execute(query).mappings()]
