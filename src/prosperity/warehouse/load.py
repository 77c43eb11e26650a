"""Loading what one document gave, in one transaction, or not at all.

What belongs here: comparing a new set of readings with the one held so far. What does not: the rules of
changes (``derive``), the parsing of anything.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from prosperity.clean.model import Cleaned, Evidence, Observation
from prosperity.collect.model import Failure
from prosperity.warehouse import rejections
from prosperity.warehouse.engine import insert_missing, lock
from prosperity.warehouse.model import LoadError, LoadResult
from prosperity.warehouse.observations import rebuild
from prosperity.warehouse.schema import (
    KNOWN_FROM_BASES,
    OBS_STATUSES,
    evidence,
    reading,
    release,
    release_document,
    series,
)
from prosperity.warehouse.types import canonical

PERIOD_CODE = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]|Q[1-4]|S[12]))?", re.ASCII)
EXAMPLES = "2016, 2016-S1, 2016-Q1, 2016-06"

#: What makes two readings of one place the same reading.
KEY = ("series", "period", "evidence")
CONTENT = ("value", "unit", "unit_mult", "status", "qualifier", "known_from", "known_from_basis")


def load(
    connection: Connection, cleaned: Cleaned, now: dt.datetime, priority: Mapping[str, int] | None
) -> LoadResult:
    """Replace the readings of this document of this release by the new set, inside the caller's transaction.

    A reading that stayed the same is left alone; one that changed or vanished is closed (``withdrawn_at``),
    never deleted. A document that could not be read at all this time keeps the readings it had.
    Raises LoadError if release or document are unknown or do not belong together.
    """
    _check(connection, cleaned)
    accepted, refused = _sift(connection, cleaned)
    held = _held(connection, cleaned)
    _keep_first_seen(accepted, held)
    current = {_key(row): row for row in held if row["withdrawn_at"] is None}
    wanted = {_key(row): row for row in accepted}
    unread = not cleaned.observations and any(f.stage in ("collect", "extract") for f in cleaned.rejections)
    closed = [] if unread else [row for key, row in current.items() if not _same(row, wanted.get(key))]
    opened = [row for key, row in wanted.items() if not _same(row, current.get(key))]
    touched = {(row["series"], row["period"]) for row in (*closed, *opened)}

    lock(connection, [f"series:{name}" for name, _ in touched])
    _close(connection, closed, now)
    places = {row["evidence"] for row in opened}
    insert_missing(
        connection,
        evidence,
        evidence_rows(o.evidence for o in cleaned.observations if o.evidence.id in places),
    )
    insert_missing(connection, reading, [row | {"ingested_at": now} for row in opened])
    added, removed = rebuild(connection, touched, priority)
    scope = rejections.Scope(cleaned.source, release=cleaned.release)
    rejected, resolved = rejections.record(connection, (*cleaned.rejections, *refused), scope, now)
    return LoadResult(len(opened), len(closed), added, removed, rejected, resolved)


def _check(connection: Connection, cleaned: Cleaned) -> None:
    place = f"{cleaned.release}, document {cleaned.document[:12]}"
    known = connection.execute(
        select(release.c.source).where(release.c.key == cleaned.release)
    ).scalar_one_or_none()
    if known is None:
        raise LoadError(f"{place}: the release is unknown; record its collection first")
    if known != cleaned.source:
        raise LoadError(f"{place}: the release belongs to {known}, not to {cleaned.source}")
    link = select(release_document.c.document).where(
        release_document.c.release == cleaned.release, release_document.c.document == cleaned.document
    )
    if connection.execute(link).first() is None:
        raise LoadError(
            f"{place}: the document is not known as one of this release; record its collection first"
        )
    for found in cleaned.observations:
        if found.evidence.document != cleaned.document:
            raise LoadError(f"{place}: {found.series} {found.period} has its evidence in another document")
        if found.release not in ("", cleaned.release):
            raise LoadError(f"{place}: {found.series} {found.period} belongs to the release {found.release}")
    strangers = {failure.source for failure in cleaned.rejections} - {cleaned.source}
    if strangers:
        raise LoadError(f"{place}: rejections of other sources: {', '.join(sorted(strangers))}")


def _sift(connection: Connection, cleaned: Cleaned) -> tuple[list[dict[str, Any]], list[Failure]]:
    """Rows of the readings that can be kept, and a rejection for every one that cannot."""
    units = {row.id: row.unit for row in connection.execute(select(series.c.id, series.c.unit))}
    accepted: dict[tuple[Any, ...], dict[str, Any]] = {}
    refused: list[Failure] = []
    for found in cleaned.observations:
        row = _row(found, cleaned)
        reason = _fault(found, units)
        twin = accepted.get(_key(row))
        if reason is None and twin is not None and not _same(twin, row):
            reason = f"a second reading of the same place: {found.value}, the first is {twin['value']}"
        if reason is None:
            accepted.setdefault(_key(row), row)
        else:
            refused.append(_refusal(found, cleaned, reason))
    return list(accepted.values()), refused


def _fault(found: Observation, units: Mapping[str, str]) -> str | None:
    """Why this observation cannot be kept; None if it can."""
    if found.series not in units:
        return f"the catalogue has no series {found.series}"
    if found.unit != units[found.series]:
        return f"the unit is {found.unit!r}, the series is kept in {units[found.series]!r}"
    if not PERIOD_CODE.fullmatch(found.period):
        return f"{found.period!r} is no TIME_PERIOD ({EXAMPLES})"
    if found.status not in OBS_STATUSES:
        return f"{found.status!r} is no OBS_STATUS in use"
    if found.known_from_basis not in KNOWN_FROM_BASES:
        return f"{found.known_from_basis!r} is no basis of a date of issue"
    if not -9 <= found.unit_mult <= 15:
        return f"the unit multiplier {found.unit_mult} is out of range"
    if found.value is None and found.status == "A":
        return "a missing value whose status is normal"
    if found.value is not None and not found.value.is_finite():
        return f"{found.value} is not a number"
    texts = (found.evidence.raw, found.evidence.node or "", found.evidence.pointer or "", found.qualifier)
    if any("\x00" in text for text in texts):
        return "the text at this place contains a zero byte, which a database cannot keep"
    return None


def _refusal(found: Observation, cleaned: Cleaned, reason: str) -> Failure:
    place = found.evidence
    where = place.node or place.pointer or (f"page {place.page}" if place.page else cleaned.document)
    return Failure(
        source=cleaned.source,
        stage="load",
        what=f"{found.series} {found.period}",
        where=where.replace("\x00", ""),
        reason=reason,
        period=found.period,
        document=cleaned.document,
    )


def _row(found: Observation, cleaned: Cleaned) -> dict[str, Any]:
    return {
        "series": found.series,
        "period": found.period,
        "release": cleaned.release,
        "document": cleaned.document,
        "evidence": found.evidence.id,
        "value": found.value,
        "unit": found.unit,
        "unit_mult": found.unit_mult,
        "status": found.status,
        "qualifier": found.qualifier,
        "known_from": found.known_from,
        "known_from_basis": found.known_from_basis,
        "extractor": found.evidence.extractor,
    }


def _held(connection: Connection, cleaned: Cleaned) -> list[dict[str, Any]]:
    query = select(reading).where(
        reading.c.release == cleaned.release, reading.c.document == cleaned.document
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _keep_first_seen(accepted: Sequence[dict[str, Any]], held: Sequence[Mapping[str, Any]]) -> None:
    """A date at which we first saw something never moves later because we look again."""
    seen = [row["known_from"] for row in held if row["known_from_basis"] == "first_seen"]
    if not seen:
        return
    earliest = min(seen)
    for row in accepted:
        if row["known_from_basis"] == "first_seen":
            row["known_from"] = min(row["known_from"], earliest)


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in KEY)


def _same(row: Mapping[str, Any], other: Mapping[str, Any] | None) -> bool:
    """To the digit: 9.4 where 9.40 was read before is a better reading, though not another figure."""
    if other is None:
        return False
    return all(_comparable(row[name]) == _comparable(other[name]) for name in CONTENT)


def _comparable(value: Any) -> Any:
    return canonical(value) if hasattr(value, "is_finite") else value


def _close(connection: Connection, rows: Sequence[Mapping[str, Any]], now: dt.datetime) -> None:
    if not rows:
        return
    statement = update(reading).where(reading.c.id == bindparam("key")).values(withdrawn_at=now)
    connection.execute(statement, [{"key": row["id"]} for row in rows])


def evidence_rows(found: Iterable[Evidence]) -> list[dict[str, Any]]:
    rows = {place.id: _evidence_row(place) for place in found}
    return [rows[key] for key in sorted(rows)]


def _evidence_row(place: Evidence) -> dict[str, Any]:
    x0, top, x1, bottom = place.bbox or (None, None, None, None)
    start, end = place.span or (None, None)
    return {
        "id": place.id,
        "document": place.document,
        "page": place.page,
        "x0": x0,
        "top": top,
        "x1": x1,
        "bottom": bottom,
        "node": place.node,
        "span_start": start,
        "span_end": end,
        "pointer": place.pointer,
        "raw": place.raw,
        "method": place.method,
        "extractor": place.extractor,
    }
