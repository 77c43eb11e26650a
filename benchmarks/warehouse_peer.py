"""The peer of the warehouse's loading: ``DataFrame.to_sql`` into staging tables, then one upsert for each table.

What belongs here: how one would load a release with pandas and plain SQL so that the same rows stand in
``evidence``, ``reading`` and ``observation`` afterwards. It knows less than the warehouse (no withdrawn readings,
no replaced documents, no rejections): all it leaves out makes it faster.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd
from sqlalchemy import Connection, Engine, text

from prosperity.clean.model import Cleaned, Evidence
from prosperity.warehouse.engine import write
from prosperity.warehouse.schema import evidence, reading

READING = (
    "series, period, release, document, evidence, value, unit, unit_mult, status, qualifier, known_from, "
    "known_from_basis, extractor, ingested_at"
)
OBSERVATION = (
    "series_id, period, known_from, known_from_basis, value, obs_status, qualifier, evidence_id, conflict, "
    "ingested_at"
)
#: Rows of the same day cannot disagree in the data measured, so that one of a day is as good as the other.
STATEMENTS = (
    """
    INSERT INTO evidence SELECT * FROM staged_evidence WHERE true ON CONFLICT DO NOTHING
    """,
    f"""
    INSERT INTO reading ({READING}) SELECT {READING} FROM staged_reading WHERE true ON CONFLICT DO NOTHING
    """,
    """
    DELETE FROM observation WHERE (series_id, period) IN (SELECT series, period FROM staged_reading)
    """,
    f"""
    INSERT INTO observation ({OBSERVATION})
    SELECT series, period, known_from, known_from_basis, value, status, qualifier, evidence, false, ingested_at
    FROM (
        SELECT r.*, LAG(value) OVER figure AS before, ROW_NUMBER() OVER figure AS place
        FROM reading AS r
        WHERE (series, period) IN (SELECT series, period FROM staged_reading) AND withdrawn_at IS NULL
        WINDOW figure AS (PARTITION BY series, period ORDER BY known_from)
    ) AS r
    WHERE place = 1 OR before <> value
    """,
)


def load(engine: Engine, cleaned: Cleaned, now: dt.datetime) -> None:
    """Load one release in one transaction."""
    places = pd.DataFrame(_place(found.evidence) for found in cleaned.observations).drop_duplicates("id")
    readings = pd.DataFrame(
        {
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
            "ingested_at": now,
        }
        for found in cleaned.observations
    )
    with write(engine) as connection:
        _stage(connection, "staged_evidence", places, evidence)
        _stage(connection, "staged_reading", readings, reading)
        for statement in STATEMENTS:
            connection.execute(text(statement))


def _place(found: Evidence) -> dict[str, object]:
    x0, top, x1, bottom = found.bbox or (None, None, None, None)
    start, end = found.span or (None, None)
    return {
        "id": found.id,
        "document": found.document,
        "page": found.page,
        "x0": x0,
        "top": top,
        "x1": x1,
        "bottom": bottom,
        "node": found.node,
        "span_start": start,
        "span_end": end,
        "pointer": found.pointer,
        "raw": found.raw,
        "method": found.method,
        "extractor": found.extractor,
    }


def _stage(connection: Connection, name: str, frame: pd.DataFrame, table: object) -> None:
    types = {column: table.c[column].type for column in frame.columns}  # type: ignore[attr-defined]
    frame.to_sql(name, connection, if_exists="replace", index=False, dtype=types)
