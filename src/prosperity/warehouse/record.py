"""Recording what is collected (the catalogue) and what was collected (releases, documents, failures).

What belongs here: keeping what was known first, and saying what changed. What does not: readings.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection as Members
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, RowMapping, delete, func, select

from prosperity.catalogue.model import Series, Source
from prosperity.collect.model import Collection, Document, Release
from prosperity.warehouse import rejections
from prosperity.warehouse.engine import insert_missing, lock, upsert
from prosperity.warehouse.model import WarehouseError
from prosperity.warehouse.rebuild import rebuild
from prosperity.warehouse.schema import (
    document,
    reading,
    release,
    release_change,
    release_document,
    release_fetch,
    series,
    source,
)

#: The greater, the better a date of issue is vouched for; only a better one replaces the one known.
STRENGTH = {None: 0, "first_seen": 1, "estimated": 2, "address": 3, "list_date": 3, "stated": 4}

Entry = TypeVar("Entry")


class Turn(NamedTuple):
    """From when until when a document was the one that came for a release."""

    fetched_at: dt.datetime
    last_fetched_at: dt.datetime
    document: str


@dataclass(frozen=True)
class RecordResult:
    """What recording one collection added; recording the same again gives zero everywhere."""

    releases_added: int = 0
    documents_added: int = 0
    dates_changed: int = 0  #: another date of issue was offered than the one known
    rejections_added: int = 0
    rejections_resolved: int = 0


# ------------------------------------------------------------------------------------------- catalogue


def catalogue_is_recorded(
    connection: Connection, sources: Sequence[Source], members: Sequence[Series]
) -> bool:
    """Whether recording would change nothing: every process asks, and most need no write lock."""
    wanted = [_source_row(entry, rank) for rank, entry in enumerate(sources)]
    kept = [dict(row) for row in connection.execute(select(source)).mappings()]
    wanted_series = [_series_row(entry) for entry in members]
    kept_series = [dict(row) for row in connection.execute(select(series)).mappings()]
    return all(row in kept for row in wanted) and all(row in kept_series for row in wanted_series)


def record_catalogue(connection: Connection, sources: Sequence[Source], members: Sequence[Series]) -> None:
    """Bring sources and series up to date; sources rank in the order given.

    Raises WarehouseError where a series that already has readings is to get another unit: a change of unit,
    scope, threshold or price base is a new series, never a revision.
    """
    ranks = {row.id: row.rank for row in connection.execute(select(source.c.id, source.c.rank))}
    kept = {
        row.id: (row.unit, row.unit_mult)
        for row in connection.execute(select(series.c.id, series.c.unit, series.c.unit_mult))
    }
    read = series_with_readings(connection)
    for entry in members:
        if entry.id in read and kept[entry.id][0] != entry.unit:
            raise WarehouseError(
                f"series {entry.id} has readings in {kept[entry.id][0]}: in {entry.unit} it is a new series"
            )
    upsert(connection, source, [_source_row(entry, rank) for rank, entry in enumerate(sources)])
    upsert(connection, series, [_series_row(entry) for entry in members])

    stale = {entry.id for entry in members if entry.id in read and kept[entry.id][1] != entry.unit_mult}
    if any(ranks.get(entry.id, rank) != rank for rank, entry in enumerate(sources)):
        stale |= _read_from_several_sources(connection)
    rebuild_series(connection, stale)


def series_with_readings(connection: Connection) -> set[str]:
    return set(connection.execute(select(reading.c.series).distinct()).scalars())


def rebuild_series(connection: Connection, names: Members[str]) -> tuple[int, int]:
    """Derive the changes of whole series again: (rows added, rows removed)."""
    figures = select(reading.c.series, reading.c.period).where(reading.c.series.in_(names)).distinct()
    return rebuild(connection, [(row.series, row.period) for row in connection.execute(figures)])


def _read_from_several_sources(connection: Connection) -> set[str]:
    query = (
        select(reading.c.series)
        .join(release, release.c.key == reading.c.release)
        .group_by(reading.c.series)
        .having(func.count(release.c.source.distinct()) > 1)
    )
    return set(connection.execute(query).scalars())


def _source_row(entry: Source, rank: int) -> dict[str, Any]:
    return {
        "id": entry.id,
        "publisher_zh": entry.publisher.zh,
        "publisher_en": entry.publisher.en,
        "title_zh": entry.title.zh,
        "title_en": entry.title.en,
        "theme": entry.theme,
        "licence": entry.licence,
        "cadence": entry.cadence,
        "base": entry.base,
        "first_year": entry.first_year,
        "last_year": entry.last_year,
        "rank": rank,
    }


def _series_row(entry: Series) -> dict[str, Any]:
    return {
        "id": entry.id,
        "source": entry.source,
        "name_zh": entry.name.zh,
        "name_en": entry.name.en,
        "unit": entry.unit,
        "unit_mult": entry.unit_mult,
        "frequency": entry.frequency,
        "kind": entry.kind,
        "cumulative": entry.cumulative,
        "theme": entry.theme,
        "internet": entry.internet,
        "rate_of": entry.rate_of,
        "note": entry.note,
    }


def entries(given: Mapping[str, Entry] | Iterable[Entry]) -> list[Entry]:
    """The entries of a mapping by id, or of any iterable."""
    return list(given.values()) if isinstance(given, Mapping) else list(given)


# ------------------------------------------------------------------------------------------- collection


def record_collection(
    connection: Connection, collection: Collection, now: dt.datetime, complete: bool = True
) -> RecordResult:
    """Store releases, documents and failures of one collection.

    A date of issue known earlier is kept unless the new one is better vouched for; the other date goes to
    ``release_change`` either way. Raises WarehouseError for an unknown source or a document without release.
    """
    _check(connection, collection)
    known = _known(connection, [found.key for found in collection.releases])
    fresh = [found for found in collection.releases if found.key not in known]
    insert_missing(connection, release, [_release_row(found, collection, now) for found in _once(fresh)])
    changed = [
        row
        for found in collection.releases
        if (row := _date_change(found, known.get(found.key), now)) is not None
    ]
    before = connection.execute(select(func.count()).select_from(release_change)).scalar_one()
    insert_missing(connection, release_change, changed)
    after = connection.execute(select(func.count()).select_from(release_change)).scalar_one()
    again = [
        _release_row(_with_known_date(found, known[found.key]), collection, now)
        for found in _once(collection.releases)
        if found.key in known
    ]
    upsert(connection, release, again, keep=frozenset({"first_seen_at"}))
    documents = _record_documents(connection, collection.documents)
    scope = rejections.Scope(collection.source, year=collection.year)
    added, resolved = rejections.record(connection, collection.failures, scope, now, complete)
    return RecordResult(len(_once(fresh)), documents, after - before, added, resolved)


def _once(releases: Iterable[Release]) -> list[Release]:
    """One release per key: a title may stand twice in a list."""
    return list({found.key: found for found in reversed(list(releases))}.values())


def _check(connection: Connection, collection: Collection) -> None:
    place = f"collection of {collection.source} {collection.year}"
    known = set(connection.execute(select(source.c.id)).scalars())
    if collection.source not in known:
        raise WarehouseError(f"{place}: the source is unknown; record the catalogue first")
    named = {release.source for release in collection.releases} | {f.source for f in collection.failures}
    foreign = named - {collection.source}
    if foreign:
        raise WarehouseError(f"{place} holds entries of other sources: {', '.join(sorted(foreign))}")
    orphans = set(collection.documents) - {found.key for found in collection.releases}
    orphans -= set(_known(connection, orphans))
    if orphans:
        raise WarehouseError(f"{place}: documents without a release: {', '.join(sorted(orphans))}")


def _known(connection: Connection, keys: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    query = select(release).where(release.c.key.in_(list(keys)))
    return {row["key"]: dict(row) for row in connection.execute(query).mappings()}


def _release_row(found: Release, collection: Collection, now: dt.datetime) -> dict[str, Any]:
    period = found.period
    return {
        "key": found.key,
        "source": found.source,
        "year": period.year if period else collection.year,
        "title": found.title,
        "address": found.address,
        "landing": found.landing,
        "period": period.code if period else None,
        "period_start": period.start if period else None,
        "period_end": period.end if period else None,
        "period_kind": period.kind if period else None,
        "issued": found.issued,
        "issued_basis": found.issued_basis,
        "stated_date": found.stated_date,
        "page_date": found.page_date,
        "edition": found.edition,
        "language": found.language,
        "state": _state(found, collection),
        "first_seen_at": now,
    }


def _state(found: Release, collection: Collection) -> str:
    if found.key in collection.documents:
        return "fetched"
    places = {failure.where for failure in collection.failures} | {f.what for f in collection.failures}
    return "failed" if places & {found.address, found.landing, found.title, found.key} else "found"


def _better(found: Release, known: Mapping[str, Any]) -> bool:
    return found.issued is not None and STRENGTH[found.issued_basis] > STRENGTH[known["issued_basis"]]


def _with_known_date(found: Release, known: Mapping[str, Any]) -> Release:
    if _better(found, known):
        return found
    values = found.__dict__ | {"issued": known["issued"], "issued_basis": known["issued_basis"]}
    return Release(**values)


def _date_change(found: Release, known: Mapping[str, Any] | None, now: dt.datetime) -> dict[str, Any] | None:
    if known is None or found.issued is None or found.issued_basis is None or found.issued == known["issued"]:
        return None
    return {
        "release": found.key,
        "issued": found.issued,
        "issued_basis": found.issued_basis,
        "previous": known["issued"],
        "previous_basis": known["issued_basis"],
        "adopted": _better(found, known),
        "first_seen_at": now,
    }


def _record_documents(connection: Connection, documents: Mapping[str, Document]) -> int:
    """Documents and their links to releases; the first and the last fetch are kept: number of new links."""
    lock(connection, [f"release:{key}" for key in documents])
    insert_missing(connection, document, [_document_row(kept) for kept in _by_hash(documents.values())])
    links = select(release_document).where(release_document.c.release.in_(list(documents)))
    known = {(row["release"], row["document"]): row for row in connection.execute(links).mappings()}
    rows = [_link_row(key, kept, known.get((key, kept.sha256))) for key, kept in sorted(documents.items())]
    upsert(connection, release_document, rows)
    _record_turns(connection, documents)
    return sum((row["release"], row["document"]) not in known for row in rows)


def _record_turns(connection: Connection, documents: Mapping[str, Document]) -> None:
    """Keep in which order the documents of a release came; where it changed, derive its figures again."""
    query = select(release_fetch).where(release_fetch.c.release.in_(list(documents)))
    known: dict[str, list[Turn]] = defaultdict(list)
    for row in connection.execute(query.order_by(release_fetch.c.fetched_at, release_fetch.c.document)):
        known[row.release].append(Turn(row.fetched_at, row.last_fetched_at, row.document))
    changed = set()
    for key, kept in documents.items():
        found = turns([*known[key], Turn(kept.fetched_at, kept.fetched_at, kept.sha256)])
        if found == known[key]:
            continue
        connection.execute(delete(release_fetch).where(release_fetch.c.release == key))
        insert_missing(connection, release_fetch, [turn._asdict() | {"release": key} for turn in found])
        if [turn.fetched_at for turn in found] != [turn.fetched_at for turn in known[key]]:
            changed.add(key)
    figures = select(reading.c.series, reading.c.period).where(reading.c.release.in_(changed)).distinct()
    rebuild(connection, [(row.series, row.period) for row in connection.execute(figures)])


def turns(fetches: Iterable[Turn]) -> list[Turn]:
    """The times during which each document was the one that came, in order; a document may come back.

    Of a turn its first and last fetch are kept: that the same bytes came again adds no row. A fetch recorded
    late that falls inside a turn splits it at these.
    """
    moments = sorted({(moment, turn.document) for turn in fetches for moment in turn[:2]})
    found = []
    for name, group in groupby(moments, key=itemgetter(1)):
        seen = [moment for moment, _ in group]
        found.append(Turn(seen[0], seen[-1], name))
    return found


def _by_hash(documents: Iterable[Document]) -> list[Document]:
    return list({kept.sha256: kept for kept in documents}.values())


def _document_row(kept: Document) -> dict[str, Any]:
    return {
        "sha256": kept.sha256,
        "media_type": kept.media_type,
        "size": kept.size,
        "encoding": kept.encoding,
        "sample": kept.sample,
    }


def _link_row(key: str, kept: Document, known: RowMapping | None) -> dict[str, Any]:
    fetches = [kept.fetched_at] + ([known["fetched_at"], known["last_fetched_at"]] if known else [])
    first = known is None or kept.fetched_at < known["fetched_at"]
    return {
        "release": key,
        "document": kept.sha256,
        "address": kept.address if first or known is None else known["address"],
        "headers": dict(kept.headers) if first or known is None else known["headers"],
        "brought_by": kept.brought_by if first or known is None else known["brought_by"],
        "fetched_at": min(fetches),
        "last_fetched_at": max(fetches),
    }
