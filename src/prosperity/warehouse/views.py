"""Read-only views for those who query the database themselves, and the query for any past day.

What belongs here: the columns of the views with their meanings, and reading through them. What does not: their
SQL, which stands in the migration that creates them. On SQLite, ``value`` is the printed text of the number.

A migration that alters a table below these views must drop them first and create them again: neither database
alters a table that a view stands on.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Date, Float, Integer, MetaData, String, Table
from sqlalchemy.types import TypeEngine

from prosperity.warehouse.meanings import MEANINGS
from prosperity.warehouse.types import ExactDecimal, Moment

#: What the world knew on a day, one row per series and period. Parameter ``day``: ISO date. Works on both
#: databases as it stands (``sqlite3``, ``psycopg`` with ``%(day)s`` in place of ``:day``, SQLAlchemy's text()).
OBSERVATIONS_AS_OF = """\
SELECT series_id, period, known_from, known_until, known_from_basis, value, obs_status, qualifier, conflict,
       evidence_id, unit, unit_mult, frequency
FROM observation_validity
WHERE known_from <= :day AND (known_until IS NULL OR known_until > :day)
ORDER BY series_id, period
"""

metadata = MetaData()


def _column(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]], *meaning: str) -> Column[Any]:
    """A column; ``meaning``: table and column whose meaning it has, or the words themselves."""
    comment = MEANINGS[meaning[0]][meaning[1]] if len(meaning) == 2 else meaning[0]
    return Column(name, kind, comment=comment)


def _figure() -> list[Column[Any]]:
    return [
        _column("series_id", String, "observation", "series_id"),
        _column("period", String, "observation", "period"),
        _column("known_from", Date, "observation", "known_from"),
        _column(
            "known_until", Date, "first day on which the world knew another value; empty: it holds until now"
        ),
        _column("known_from_basis", String, "observation", "known_from_basis"),
        _column("value", ExactDecimal(), "observation", "value"),
        _column("obs_status", String, "observation", "obs_status"),
        _column("qualifier", String, "observation", "qualifier"),
        _column("conflict", Boolean, "observation", "conflict"),
        _column("evidence_id", String, "observation", "evidence_id"),
        _column("ingested_at", Moment(), "observation", "ingested_at"),
        _column("unit", String, "series", "unit"),
        _column("unit_mult", Integer, "series", "unit_mult"),
        _column("frequency", String, "series", "frequency"),
        _column("name_zh", String, "series", "name_zh"),
        _column("name_en", String, "series", "name_en"),
        _column("source", String, "series", "source"),
    ]


def _publisher() -> list[Column[Any]]:
    return [_column(name, String, "source", name) for name in ("publisher_zh", "publisher_en", "licence")]


observation_validity = Table(
    "observation_validity",
    metadata,
    *_figure(),
    comment="From which day until which day the world knew a value; known on D: known_from <= D < known_until",
)

latest_observations = Table(
    "latest_observations",
    metadata,
    *(column for column in _figure() if column.name != "known_until"),
    *_publisher(),
    comment="One row per series and period: the value that holds now (empty value: withdrawn)",
)

evidence_of = Table(
    "evidence_of",
    metadata,
    *_figure(),
    *(
        _column(name, kind, "evidence", name)
        for name, kind in (
            ("document", String),
            ("page", Integer),
            ("x0", Float),
            ("top", Float),
            ("x1", Float),
            ("bottom", Float),
            ("node", String),
            ("span_start", Integer),
            ("span_end", Integer),
            ("pointer", String),
            ("raw", String),
            ("method", String),
            ("extractor", String),
            ("confidence", Float),
        )
    ),
    _column("media_type", String, "document", "media_type"),
    _column("sample", Boolean, "document", "sample"),
    _column("release", String, "release", "key"),
    _column("release_title", String, "release", "title"),
    _column("issued", Date, "release", "issued"),
    _column("issued_basis", String, "release", "issued_basis"),
    _column("document_address", String, "release_document", "address"),
    _column("fetched_at", Moment(), "release_document", "fetched_at"),
    _column("brought_by", String, "release_document", "brought_by"),
    *_publisher(),
    comment="Every observation with the place it was read from, its document and its release",
)

open_rejections = Table(
    "open_rejections",
    metadata,
    *(
        _column(name, String, "rejection", "where" if name == "place" else name)
        for name in ("id", "source", "stage", "what", "place", "reason", "period", "document", "release")
    ),
    _column("release_title", String, "release", "title"),
    _column("address", String, "release", "address"),
    _column("year", Integer, "the year collected, or the one that the release reports on"),
    _column("retryable", Boolean, "rejection", "retryable"),
    _column("first_seen_at", Moment(), "rejection", "first_seen_at"),
    _column("last_seen_at", Moment(), "rejection", "last_seen_at"),
    comment="The quarantine: what was refused and is not resolved",
)
