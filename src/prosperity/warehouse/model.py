"""What goes into the warehouse besides the earlier stages' types, and what comes out of it.

What belongs here: immutable types and errors. What does not: SQL.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from prosperity.clean.model import Evidence, KnownFromBasis, ObsStatus
from prosperity.collect.model import Document, Release


class WarehouseError(Exception):
    """Something the warehouse refuses; the message names cause and place."""


class NotFound(WarehouseError):
    """An id that the warehouse does not hold."""


class LoadError(WarehouseError):
    """A cleaned document that cannot be loaded as a whole; nothing of it was stored."""


@dataclass(frozen=True)
class LoadResult:
    """What one load changed. Loading the same again gives zero everywhere.

    ``readings_withdrawn`` counts readings of the same document that the new set no longer contains;
    ``observations_removed`` counts changes that no longer follow from the readings.
    """

    readings_added: int = 0
    readings_withdrawn: int = 0
    observations_added: int = 0
    observations_removed: int = 0
    rejections_added: int = 0
    rejections_resolved: int = 0


@dataclass(frozen=True)
class SavedChecks:
    """What saving the results of a run of checks changed: (0, 0) where it gave what the last one gave."""

    total: int
    added: int = 0
    removed: int = 0


@dataclass(frozen=True)
class StoredSeries:
    """What of a series' catalogue entry the figures hang on."""

    id: str
    source: str
    unit: str
    unit_mult: int
    frequency: str


@dataclass(frozen=True)
class StoredObservation:
    """One change of one figure: the value that the world knew from ``known_from`` on.

    ``value × 10**unit_mult of the series`` is in the series' unit; None is a withdrawal, ``status`` says why.
    """

    series: str
    period: str
    known_from: dt.date
    known_from_basis: KnownFromBasis
    value: Decimal | None
    status: ObsStatus
    qualifier: str
    evidence: str  #: id of the evidence
    conflict: bool  #: documents of that day disagreed
    ingested_at: dt.datetime = field(compare=False)


@dataclass(frozen=True)
class TracedObservation:
    """A change of a figure with the place it was read from, its document and its release.

    The release's fields are None where no current reading of a release gave the figure.
    """

    observation: StoredObservation
    known_until: dt.date | None  #: first day on which another value was known; None: it holds until now
    evidence: Evidence
    media_type: str
    sample: bool  #: read from a document that was rebuilt from published figures
    release: str | None
    title: str | None
    address: str | None  #: of the document
    issued: dt.date | None

    @property
    def source(self) -> str | None:
        """The source of the release: a series may be read from several."""
        return self.release.partition("|")[0] if self.release else None


@dataclass(frozen=True)
class StoredReading:
    """One value as one document gave it, and the span of time in which we held it to be right."""

    series: str
    period: str
    value: Decimal | None
    unit: str
    unit_mult: int
    status: ObsStatus
    qualifier: str
    known_from: dt.date
    known_from_basis: KnownFromBasis
    release: str
    extractor: str
    ingested_at: dt.datetime
    withdrawn_at: dt.datetime | None  #: None: current


@dataclass(frozen=True)
class Provenance:
    """A reading with all that leads back to the archived bytes."""

    reading: StoredReading
    evidence: Evidence
    document: Document
    release: Release


@dataclass(frozen=True)
class StoredRejection:
    """A rejection kept in quarantine, with when it was first and last met."""

    id: str
    source: str
    stage: str
    what: str
    where: str
    reason: str
    period: str | None
    document: str | None
    release: str | None
    year: int | None
    retryable: bool
    first_seen_at: dt.datetime
    last_seen_at: dt.datetime
    resolved_at: dt.datetime | None


@dataclass(frozen=True)
class SourceCounts:
    """How much the warehouse holds of one source; ``with_evidence`` is a share (0..1), None without rows."""

    releases: int = 0
    documents: int = 0
    readings: int = 0  #: current ones
    observations: int = 0
    rejections: int = 0  #: open ones
    with_evidence: float | None = None


@dataclass(frozen=True)
class ColumnDescription:
    """A column of the database in words. ``codes``: the only values that the database accepts."""

    name: str
    type: str
    meaning: str
    nullable: bool = True
    key: bool = False
    references: str | None = None  #: table.column
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableDescription:
    """A table or view of the database in words."""

    name: str
    kind: Literal["table", "view"]
    meaning: str
    columns: tuple[ColumnDescription, ...]


@dataclass(frozen=True)
class IndexValue:
    """One point of an index. Not computable: ``value`` None and the ``reason``; else no reason."""

    group: str
    period: str
    value: float | None
    change: float | None
    indicators: int
    indicators_total: int
    weight_share: float
    reason: str | None = None


@dataclass(frozen=True)
class IndexContribution:
    """What one indicator series contributed to one point, in index points; ``inputs`` are ids of evidence.

    A term that is no series (the trend) has no inputs.
    """

    group: str
    period: str
    series: str
    layer: str
    contribution: float | None
    weight: float
    status: str
    inputs: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()  #: sentences: how it was computed
    standardised_change: float | None = None


@dataclass(frozen=True)
class IndexRun:
    """One computed result. ``id`` and ``created_at`` are given by the warehouse on saving.

    ``data_hash`` identifies the observations that went in, ``parameters`` any choices beside the
    specification.
    """

    spec_version: str
    spec_hash: str
    as_of: dt.date | None  #: None: from all that was known
    code_version: str
    data_hash: str
    values: tuple[IndexValue, ...] = ()
    contributions: tuple[IndexContribution, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    specification: Mapping[str, Any] = field(default_factory=dict)  #: content behind ``spec_hash``, if kept
    id: str = ""
    created_at: dt.datetime | None = field(default=None, compare=False)
    last_saved_at: dt.datetime | None = field(default=None, compare=False)
