"""Reading back: releases, documents, evidence, provenance, counts, and whole tables for comparison."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, or_, select

from prosperity.clean.model import Evidence
from prosperity.collect.model import Document, Release
from prosperity.notation.model import Period
from prosperity.warehouse.model import (
    NotFound,
    Provenance,
    SourceCounts,
    StoredReading,
    StoredSeries,
    WarehouseError,
)
from prosperity.warehouse.schema import (
    document,
    evidence,
    metadata,
    observation,
    reading,
    rejection,
    release,
    release_document,
    series,
    source,
)
from prosperity.warehouse.types import canonical

Row = RowMapping | Mapping[str, Any]

#: Names in one query: databases limit how many values it may carry.
SERIES_AT_ONCE = 200

#: Not compared between warehouses: when we did something, and what the server said at that moment.
CLOCKS = frozenset(
    {
        "ingested_at",
        "created_at",
        "last_saved_at",
        "fetched_at",
        "last_fetched_at",
        "first_seen_at",
        "last_seen_at",
        "found_at",
        "headers",
    }
)
#: Of these it is compared whether they are set.
MARKS = frozenset({"withdrawn_at", "resolved_at"})
SURROGATES = frozenset({("reading", "id"), ("index_run", "id")})


def find_series(connection: Connection, names: Collection[str] | None) -> dict[str, StoredSeries]:
    query = select(series).order_by(series.c.id)
    if names is not None:
        query = query.where(series.c.id.in_(names))
    columns = ("id", "source", "unit", "unit_mult", "frequency")
    found = (StoredSeries(*(row[name] for name in columns)) for row in connection.execute(query).mappings())
    return {entry.id: entry for entry in found}


def releases(connection: Connection, source_id: str | None, year: int | None) -> list[Release]:
    query = _of(select(release), source_id, year).order_by(
        release.c.source, release.c.period_end, release.c.key
    )
    return [_release(row) for row in connection.execute(query).mappings()]


def documents(
    connection: Connection, source_id: str | None, year: int | None
) -> list[tuple[Release, Document]]:
    """Every release that has one with the document that was fetched last."""
    query = _of(select(release_document, document), source_id, year)
    query = (
        query.join(release, release.c.key == release_document.c.release)
        .join(document, document.c.sha256 == release_document.c.document)
        .order_by(release_document.c.last_fetched_at, document.c.sha256)
    )
    last = {row["release"]: _document(row) for row in connection.execute(query).mappings()}
    found = releases(connection, source_id, year)
    return [(entry, last[entry.key]) for entry in found if entry.key in last]


def _of(query: Select[Any], source_id: str | None, year: int | None) -> Select[Any]:
    if source_id is not None:
        query = query.where(release.c.source == source_id)
    if year is not None:
        query = query.where(release.c.year == year)
    return query


def find_evidence(connection: Connection, identity: str) -> Evidence:
    row = connection.execute(select(evidence).where(evidence.c.id == identity)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no evidence {identity}")
    return read_evidence(row)


def provenance(
    connection: Connection, series_id: str, period: str, withdrawn: bool = False
) -> list[Provenance]:
    """All readings of a figure with evidence, document and release, by day of issue."""
    wanted = (reading.c.series == series_id, reading.c.period == period)
    return _provenances(connection, wanted, withdrawn)


def provenances(
    connection: Connection, series: Collection[str], withdrawn: bool = False
) -> dict[tuple[str, str], list[Provenance]]:
    """The same of every figure of some series, by series and period."""
    found: dict[tuple[str, str], list[Provenance]] = {}
    names = sorted(series)
    for start in range(0, len(names), SERIES_AT_ONCE):
        wanted = (reading.c.series.in_(names[start : start + SERIES_AT_ONCE]),)
        for row in _provenances(connection, wanted, withdrawn):
            found.setdefault((row.reading.series, row.reading.period), []).append(row)
    return found


def _provenances(
    connection: Connection, wanted: Iterable[ColumnElement[bool]], withdrawn: bool
) -> list[Provenance]:
    columns = [
        column.label(f"{table.name}_{column.name}")
        for table in (reading, evidence, document, release_document, release)
        for column in table.columns
    ]
    query = (
        select(*columns)
        .select_from(reading)
        .join(evidence, evidence.c.id == reading.c.evidence)
        .join(document, document.c.sha256 == reading.c.document)
        .join(release, release.c.key == reading.c.release)
        .join(
            release_document,
            and_(
                release_document.c.release == reading.c.release,
                release_document.c.document == reading.c.document,
            ),
        )
        .where(*wanted)
        .order_by(
            reading.c.series,
            reading.c.period,
            reading.c.known_from,
            reading.c.release,
            reading.c.evidence,
            reading.c.ingested_at,
        )
    )
    if not withdrawn:
        query = query.where(reading.c.withdrawn_at.is_(None))
    return [
        Provenance(
            _reading(row),
            read_evidence(row, "evidence_"),
            _document(_document_part(row)),
            _release(_part(row, "release")),
        )
        for row in connection.execute(query).mappings()
    ]


def series_read_since(connection: Connection, moment: dt.datetime) -> list[str]:
    """Series of which a reading was loaded or closed at that moment or later."""
    lately = or_(reading.c.ingested_at >= moment, reading.c.withdrawn_at >= moment)
    query = select(reading.c.series).where(lately).distinct().order_by(reading.c.series)
    return list(connection.execute(query).scalars())


def readings(connection: Connection, release_key: str, sha256: str) -> list[StoredReading]:
    """Current readings of one document of one release, by series and period."""
    names = list(StoredReading.__dataclass_fields__)
    query = (
        select(*(reading.c[name].label(f"reading_{name}") for name in names))
        .where(
            reading.c.release == release_key,
            reading.c.document == sha256,
            reading.c.withdrawn_at.is_(None),
        )
        .order_by(reading.c.series, reading.c.period, reading.c.evidence)
    )
    return [_reading(row) for row in connection.execute(query).mappings()]


def _part(row: Row, table: str) -> dict[str, Any]:
    return {column.name: row[f"{table}_{column.name}"] for column in metadata.tables[table].columns}


def _document_part(row: Row) -> dict[str, Any]:
    return _part(row, "document") | _part(row, "release_document")


def _reading(row: Row) -> StoredReading:
    names = list(StoredReading.__dataclass_fields__)
    return StoredReading(**{name: row[f"reading_{name}"] for name in names})


def read_evidence(row: Row, prefix: str = "") -> Evidence:
    box = tuple(row[prefix + edge] for edge in ("x0", "top", "x1", "bottom"))
    start, end = row[prefix + "span_start"], row[prefix + "span_end"]
    return Evidence(
        document=row[prefix + "document"],
        raw=row[prefix + "raw"],
        method=row[prefix + "method"],
        extractor=row[prefix + "extractor"],
        page=row[prefix + "page"],
        bbox=None if box[0] is None else (box[0], box[1], box[2], box[3]),
        node=row[prefix + "node"],
        span=None if start is None else (start, end),
        pointer=row[prefix + "pointer"],
        confidence=row[prefix + "confidence"],
    )


def _document(row: Row) -> Document:
    return Document(
        sha256=row["sha256"],
        media_type=row["media_type"],
        size=row["size"],
        address=row["address"],
        fetched_at=row["fetched_at"],
        headers=row["headers"],
        encoding=row["encoding"],
        sample=row["sample"],
        brought_by=row["brought_by"],
    )


def _release(row: Row) -> Release:
    period = None
    if row["period_kind"] is not None:
        period = Period(row["period_start"], row["period_end"], row["period_kind"])
    return Release(
        source=row["source"],
        title=row["title"],
        address=row["address"],
        period=period,
        issued=row["issued"],
        issued_basis=row["issued_basis"],
        landing=row["landing"],
        stated_date=row["stated_date"],
        page_date=row["page_date"],
        edition=row["edition"],
        language=row["language"],
    )


# ------------------------------------------------------------------------------------------- numbers


def counts(connection: Connection) -> dict[str, SourceCounts]:
    """By source, in the catalogue's order."""

    def per_source(query: Select[Any]) -> dict[str, int]:
        return {row[0]: row[1] for row in connection.execute(query)}

    number = func.count()
    of_releases = per_source(select(release.c.source, number).group_by(release.c.source))
    of_documents = per_source(
        select(release.c.source, func.count(release_document.c.document.distinct()))
        .join(release_document, release_document.c.release == release.c.key)
        .group_by(release.c.source)
    )
    of_readings = per_source(
        select(release.c.source, number)
        .join(reading, reading.c.release == release.c.key)
        .where(reading.c.withdrawn_at.is_(None))
        .group_by(release.c.source)
    )
    by_series = select(series.c.source, number).join(observation, observation.c.series_id == series.c.id)
    of_observations = per_source(by_series.group_by(series.c.source))
    shown = per_source(
        by_series.join(evidence, evidence.c.id == observation.c.evidence_id)
        .join(document, document.c.sha256 == evidence.c.document)
        .where(evidence.c.raw != "")
        .group_by(series.c.source)
    )
    of_rejections = per_source(
        select(rejection.c.source, number)
        .where(rejection.c.resolved_at.is_(None))
        .group_by(rejection.c.source)
    )
    names = connection.execute(select(source.c.id).order_by(source.c.rank, source.c.id)).scalars()
    return {
        name: SourceCounts(
            releases=of_releases.get(name, 0),
            documents=of_documents.get(name, 0),
            readings=of_readings.get(name, 0),
            observations=of_observations.get(name, 0),
            rejections=of_rejections.get(name, 0),
            with_evidence=shown.get(name, 0) / of_observations[name] if name in of_observations else None,
        )
        for name in names
    }


def dump(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    """All rows of a table, sorted, without clocks and surrogate keys: equal warehouses give equal lists."""
    if name not in metadata.tables:
        raise WarehouseError(f"no table {name}; there are {', '.join(sorted(metadata.tables))}")
    table = metadata.tables[name]
    columns = [c for c in table.columns if c.name not in CLOCKS and (name, c.name) not in SURROGATES]
    rows = [
        tuple(_comparable(column.name, value) for column, value in zip(columns, row, strict=True))
        for row in connection.execute(select(*columns))
    ]
    return sorted(rows, key=repr)


def _comparable(name: str, value: Any) -> Any:
    if name in MARKS:
        return value is not None
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return canonical(value) if hasattr(value, "is_finite") else value
