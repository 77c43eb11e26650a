"""Loading what one document gave, in one transaction, or not at all.

What belongs here: comparing a new set of readings with the one held so far. What does not: the rules of
changes (``derive``), the parsing of anything.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select, update

from prosperity.clean.model import Cleaned, Evidence, Observation
from prosperity.collect.model import Failure
from prosperity.warehouse import rejections
from prosperity.warehouse.candidates import Figure, scaled
from prosperity.warehouse.derive import Candidate
from prosperity.warehouse.engine import insert_new, lock_series
from prosperity.warehouse.model import LoadError, LoadResult
from prosperity.warehouse.rebuild import Standing, append, appendable, rebuild
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

#: By series: base unit and multiplier.
Units = Mapping[str, tuple[str, int]]
Row = dict[str, Any]

#: What must be the same for a reading to be the same.
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
    units = {
        row.id: (row.unit, row.unit_mult)
        for row in connection.execute(select(series.c.id, series.c.unit, series.c.unit_mult))
    }
    wanted, places, refused = _sift(cleaned, units)
    held = _held(connection, cleaned)
    _keep_first_seen(wanted.values(), held)
    current = {_key(row): row for row in held if row["withdrawn_at"] is None}
    unread = not cleaned.observations and any(f.stage in ("collect", "extract") for f in cleaned.rejections)
    closed = [] if unread else [row for key, row in current.items() if not _same(row, wanted.get(key))]
    opened = [row for key, row in wanted.items() if not _same(row, current.get(key))]
    touched = {(row["series"], row["period"]) for row in (*closed, *opened)}

    _close(connection, closed, now)
    known = set(
        connection.execute(select(evidence.c.id).where(evidence.c.document == cleaned.document)).scalars()
    )
    used = sorted({row["evidence"] for row in opened} - known)
    insert_new(connection, evidence, [_evidence_row(name, places[name]) for name in used])
    insert_new(connection, reading, [row | {"ingested_at": now} for row in opened])

    # Only from here on must loaders of the same series wait for each other: what follows sees all readings.
    lock_series(connection, {name for name, _ in touched})
    standing: Standing = {}
    if opened and not held:
        day = min(row["known_from"] for row in opened)
        standing = appendable(connection, cleaned.release, touched, day)
    new = _candidates(opened, units, standing, now)
    appended = append(connection, new, standing)
    added, removed = rebuild(connection, touched - new.keys(), priority)
    scope = rejections.Scope(cleaned.source, release=cleaned.release)
    rejected, resolved = rejections.record(connection, (*cleaned.rejections, *refused), scope, now)
    return LoadResult(len(opened), len(closed), appended + added, removed, rejected, resolved)


def _check(connection: Connection, cleaned: Cleaned) -> None:
    place = f"{cleaned.release}, document {cleaned.document[:12]}"
    linked = and_(
        release_document.c.release == release.c.key, release_document.c.document == cleaned.document
    )
    query = (
        select(release.c.source, release_document.c.document)
        .outerjoin(release_document, linked)
        .where(release.c.key == cleaned.release)
    )
    known = connection.execute(query).one_or_none()
    if known is None:
        raise LoadError(f"{place}: the release is unknown; record its collection first")
    if known.source != cleaned.source:
        raise LoadError(f"{place}: the release belongs to {known.source}, not to {cleaned.source}")
    if known.document is None:
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


def _sift(
    cleaned: Cleaned, units: Units
) -> tuple[dict[tuple[Any, ...], Row], dict[str, Evidence], list[Failure]]:
    """Rows of the readings that can be kept, their places by id, and a rejection for every one that cannot."""
    accepted: dict[tuple[Any, ...], Row] = {}
    places: dict[str, Evidence] = {}
    refused: list[Failure] = []
    for found in cleaned.observations:
        identity = found.evidence.id  # a hash: computed once
        row = _row(found, cleaned, identity)
        key = _key(row)
        reason = _fault(found, units)
        twin = accepted.get(key)
        if reason is None and twin is not None and not _same(twin, row):
            reason = f"a second reading of the same place: {found.value}, the first is {twin['value']}"
        if reason is None:
            accepted.setdefault(key, row)
            places[identity] = found.evidence
        else:
            refused.append(_refusal(found, cleaned, reason))
    return accepted, places, refused


def _candidates(
    rows: Iterable[Row], units: Units, figures: Collection[Figure], now: dt.datetime
) -> dict[Figure, list[Candidate]]:
    """The rows of these figures, to derive changes from: all are of one document that has come in once."""
    found: dict[Figure, list[Candidate]] = defaultdict(list)
    for row in rows:
        figure = (row["series"], row["period"])
        if figure in figures:
            found[figure].append(
                Candidate(
                    value=scaled(row["value"], row["unit_mult"] - units[row["series"]][1]),
                    status=row["status"],
                    qualifier=row["qualifier"],
                    known_from=row["known_from"],
                    basis=row["known_from_basis"],
                    evidence=row["evidence"],
                    release=row["release"],
                    document=row["document"],
                    fetches=(now,),
                    rank=0,
                    ingested_at=now,
                )
            )
    return found


def _fault(found: Observation, units: Units) -> str | None:
    """Why this observation cannot be kept; None if it can."""
    if found.series not in units:
        return f"the catalogue has no series {found.series}"
    if found.unit != units[found.series][0]:
        return f"the unit is {found.unit!r}, the series is kept in {units[found.series][0]!r}"
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
    place = found.evidence
    if "\x00" in f"{place.raw}{place.node}{place.pointer}{found.qualifier}":
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


def _row(found: Observation, cleaned: Cleaned, identity: str) -> Row:
    return {
        "series": found.series,
        "period": found.period,
        "release": cleaned.release,
        "document": cleaned.document,
        "evidence": identity,
        "value": found.value,
        "unit": found.unit,
        "unit_mult": found.unit_mult,
        "status": found.status,
        "qualifier": found.qualifier,
        "known_from": found.known_from,
        "known_from_basis": found.known_from_basis,
        "extractor": found.evidence.extractor,
    }


def _held(connection: Connection, cleaned: Cleaned) -> list[Row]:
    query = select(reading).where(
        reading.c.release == cleaned.release, reading.c.document == cleaned.document
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _keep_first_seen(accepted: Iterable[Row], held: Sequence[Mapping[str, Any]]) -> None:
    """A date at which we first saw something never moves later because we look again."""
    seen = [row["known_from"] for row in held if row["known_from_basis"] == "first_seen"]
    if not seen:
        return
    earliest = min(seen)
    for row in accepted:
        if row["known_from_basis"] == "first_seen":
            row["known_from"] = min(row["known_from"], earliest)


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes two readings of one place the same reading."""
    return row["series"], row["period"], row["evidence"]


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


def _evidence_row(identity: str, place: Evidence) -> Row:
    x0, top, x1, bottom = place.bbox or (None, None, None, None)
    start, end = place.span or (None, None)
    return {
        "id": identity,
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
        "confidence": place.confidence,
    }
