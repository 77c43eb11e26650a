"""The warehouse: append-only and bitemporal, on SQLite or PostgreSQL.

What belongs here: the tables and their migrations, loading, as-of queries, provenance, computed runs.
What does not: parsing, index arithmetic. All SQL of the project is in this package.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from prosperity.warehouse.model import (
    IndexContribution,
    IndexRun,
    IndexValue,
    LoadError,
    LoadResult,
    NotFound,
    Provenance,
    SavedChecks,
    SourceCounts,
    StoredObservation,
    StoredReading,
    StoredRejection,
    StoredSeries,
    TracedObservation,
    WarehouseError,
)
from prosperity.warehouse.record import RecordResult
from prosperity.warehouse.store import Warehouse
from prosperity.warehouse.views import OBSERVATIONS_AS_OF

if TYPE_CHECKING:
    from prosperity.warehouse.realtime import (
        all_releases,
        as_of,
        first_release,
        latest,
        vintage_dates,
        vintages,
    )
    from prosperity.warehouse.snapshots import load_snapshots
    from prosperity.warehouse.triangle import (
        RevisionStatistics,
        revision_statistics,
        revisions,
        revisions_by_release,
    )

#: Names whose modules need pandas, which takes seconds to import: fetched when first used.
_WITH_PANDAS = {
    "all_releases": "realtime",
    "as_of": "realtime",
    "first_release": "realtime",
    "latest": "realtime",
    "vintage_dates": "realtime",
    "vintages": "realtime",
    "load_snapshots": "snapshots",
    "RevisionStatistics": "triangle",
    "revision_statistics": "triangle",
    "revisions": "triangle",
    "revisions_by_release": "triangle",
}


def __getattr__(name: str) -> Any:
    if name not in _WITH_PANDAS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WITH_PANDAS[name]}"), name)


__all__ = [
    "OBSERVATIONS_AS_OF",
    "IndexContribution",
    "IndexRun",
    "IndexValue",
    "LoadError",
    "LoadResult",
    "NotFound",
    "Provenance",
    "RecordResult",
    "RevisionStatistics",
    "SavedChecks",
    "SourceCounts",
    "StoredObservation",
    "StoredReading",
    "StoredRejection",
    "StoredSeries",
    "TracedObservation",
    "Warehouse",
    "WarehouseError",
    "all_releases",
    "as_of",
    "first_release",
    "latest",
    "load_snapshots",
    "revision_statistics",
    "revisions",
    "revisions_by_release",
    "vintage_dates",
    "vintages",
]
