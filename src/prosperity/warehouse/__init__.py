"""The warehouse: append-only and bitemporal, on SQLite or PostgreSQL.

What belongs here: the tables and their migrations, loading, as-of queries, provenance, computed runs.
What does not: parsing, index arithmetic. All SQL of the project is in this package.
"""

from prosperity.warehouse.model import (
    IndexContribution,
    IndexRun,
    IndexValue,
    LoadError,
    LoadResult,
    NotFound,
    Provenance,
    SourceCounts,
    StoredObservation,
    StoredReading,
    StoredRejection,
    StoredSeries,
    WarehouseError,
)
from prosperity.warehouse.realtime import (
    all_releases,
    as_of,
    first_release,
    latest,
    vintage_dates,
    vintages,
)
from prosperity.warehouse.record import RecordResult
from prosperity.warehouse.snapshots import load_snapshots
from prosperity.warehouse.store import Warehouse
from prosperity.warehouse.triangle import RevisionStatistics, revision_statistics, revisions

__all__ = [
    "IndexContribution",
    "IndexRun",
    "IndexValue",
    "LoadError",
    "LoadResult",
    "NotFound",
    "Provenance",
    "RecordResult",
    "RevisionStatistics",
    "SourceCounts",
    "StoredObservation",
    "StoredReading",
    "StoredRejection",
    "StoredSeries",
    "Warehouse",
    "WarehouseError",
    "all_releases",
    "as_of",
    "first_release",
    "latest",
    "load_snapshots",
    "revision_statistics",
    "revisions",
    "vintage_dates",
    "vintages",
]
