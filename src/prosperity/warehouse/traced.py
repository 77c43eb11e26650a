"""Observations with all that leads back to their documents, for exports: read through the view ``evidence_of``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Connection, RowMapping, or_, select

from prosperity.warehouse.model import TracedObservation
from prosperity.warehouse.observations import stored
from prosperity.warehouse.queries import read_evidence
from prosperity.warehouse.views import evidence_of


def find(
    connection: Connection, names: Collection[str] | None, day: dt.date | None, vintages: bool
) -> list[TracedObservation]:
    """What was known on the day (None: now), one row per series and period; ``vintages``: all that was until then."""
    view = evidence_of.c
    query = select(evidence_of)
    if names is not None:
        query = query.where(view.series_id.in_(names))
    if day is not None:
        query = query.where(view.known_from <= day)
    if not vintages:
        still = view.known_until.is_(None)
        query = query.where(still if day is None else or_(still, view.known_until > day))
    query = query.order_by(view.series_id, view.period, view.known_from)
    return [_traced(row) for row in connection.execute(query).mappings()]


def _traced(row: RowMapping) -> TracedObservation:
    return TracedObservation(
        observation=stored(row),
        known_until=row["known_until"],
        evidence=read_evidence(row),
        media_type=row["media_type"],
        sample=row["sample"],
        release=row["release"],
        title=row["release_title"],
        address=row["document_address"],
        issued=row["issued"],
    )
