"""``Warehouse``: the one object through which everything else reads and writes the database.

What belongs here: opening, migrating, and one transaction per call. The work is done in the modules beside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from prosperity.catalogue.model import Series, Source
from prosperity.checks.model import Basis, CheckKind, CheckResult, Severity
from prosperity.clean.model import Cleaned, Evidence
from prosperity.collect import model as collected
from prosperity.warehouse import (
    backup,
    checks,
    load,
    migrate,
    observations,
    queries,
    record,
    rejections,
    roles,
    runs,
    traced,
)
from prosperity.warehouse.engine import make_engine, read, write
from prosperity.warehouse.model import (
    IndexRun,
    LoadResult,
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

Names = str | Collection[str] | None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Warehouse:
    """A warehouse at ``sqlite:///path`` or ``postgresql+psycopg://user@host/database``.

    ``clock`` gives the moment of loading (with time zone); tests set it. Several processes may use one
    database at the same time. Nothing is opened before the first call.
    """

    def __init__(self, url: str, clock: Callable[[], dt.datetime] = _now) -> None:
        self.engine = make_engine(url)
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back; the object opens new ones when it is used again."""
        self.engine.dispose()

    # --------------------------------------------------------------------------------------- schema

    def migrate(self, revision: str = "head") -> None:
        """Create or upgrade the tables; without effect where they are up to date."""
        migrate.upgrade(self.engine, revision)

    def downgrade(self, revision: str = "base") -> None:
        """Take migrations back; ``base`` drops all tables and what they hold."""
        migrate.downgrade(self.engine, revision)

    def revision(self) -> str | None:
        """The migration that the database stands at; None: an empty database."""
        return migrate.current(self.engine)

    def grant_roles(self, collector: str, reader: str) -> None:
        """Create both roles where they are missing and grant what each needs; as owner of the tables, on PostgreSQL."""
        with write(self.engine, "roles") as connection:
            roles.grant(connection, collector, reader)

    def backup(self, target: Path) -> int:
        """Copy a SQLite warehouse to a new file while others write; gives its size in bytes."""
        return backup.backup(self.engine, target)

    def restore(self, copy: Path) -> Path | None:
        """Put a copy in the place of a SQLite warehouse that nothing uses; gives where the former one lies."""
        self.close()
        return backup.restore(self.engine, copy)

    # --------------------------------------------------------------------------------------- writing

    def record_catalogue(
        self,
        sources: Mapping[str, Source] | Iterable[Source],
        series: Mapping[str, Series] | Iterable[Series],
    ) -> None:
        """Bring sources and series up to date; the order of sources is the order in which they are believed.

        Raises WarehouseError where a series with readings is to get another unit.
        """
        listed, declared = record.entries(sources), record.entries(series)
        with read(self.engine) as connection:
            if record.catalogue_is_recorded(connection, listed, declared):
                return
        with write(self.engine, "catalogue") as connection:
            record.record_catalogue(connection, listed, declared)

    def record_collection(self, collection: collected.Collection, complete: bool = True) -> RecordResult:
        """Store releases, documents and failures of one collection of a source and year.

        ``complete``: the whole year was looked at, so that failures of earlier collections that did not come
        back are resolved. Raises WarehouseError for an unknown source or a document without release.
        """
        with write(self.engine, f"source:{collection.source}") as connection:
            return record.record_collection(connection, collection, self._clock(), complete)

    def load(self, cleaned: Cleaned, priority: Mapping[str, int] | None = None) -> LoadResult:
        """Load what one document gave: all of it or nothing; loading it again has no effect.

        ``priority`` (source id → rank, lowest first) overrules the catalogue's order of sources between
        documents of one day. An observation that cannot be kept becomes a rejection of stage ``load``.
        Raises LoadError if release or document are unknown or do not belong together.
        """
        locks = (f"release:{cleaned.release}", f"document:{cleaned.document}")
        with write(self.engine, *locks) as connection:
            return load.load(connection, cleaned, self._clock(), priority)

    def rebuild(self) -> tuple[int, int]:
        """Derive all observations again: (rows added, rows removed), (0, 0) if all was right."""
        with write(self.engine) as connection:
            names = record.series_with_readings(connection)
            return record.rebuild_series(connection, names)

    def save_run(self, run: IndexRun) -> str:
        """Store a computed result and return its id; an identical one adds no row."""
        with write(self.engine, f"run:{run.spec_hash}") as connection:
            return runs.save(connection, run, self._clock())

    def save_checks(self, results: Iterable[CheckResult]) -> SavedChecks:
        """Keep the results of a run of checks in place of the last run's; the same results change nothing.

        Raises WarehouseError for two results of one key, and for series or evidence that are not here.
        """
        with write(self.engine, "checks") as connection:
            return checks.save(connection, results, self._clock())

    # --------------------------------------------------------------------------------------- reading

    def series(self, series: Names = None) -> dict[str, StoredSeries]:
        """The series recorded, by id."""
        with read(self.engine) as connection:
            return queries.find_series(connection, _names(series))

    def releases(self, source: str | None = None, year: int | None = None) -> list[collected.Release]:
        """Releases by the year they report on."""
        with read(self.engine) as connection:
            return queries.releases(connection, source, year)

    def documents(
        self, source: str | None = None, year: int | None = None
    ) -> list[tuple[collected.Release, collected.Document]]:
        """Every release that has one with its document; of several the one fetched last."""
        with read(self.engine) as connection:
            return queries.documents(connection, source, year)

    def rejections(
        self,
        source: str | None = None,
        year: int | None = None,
        stage: str | None = None,
        release: str | None = None,
        resolved: bool | None = False,
    ) -> list[StoredRejection]:
        """The quarantine: open rejections, with ``resolved=True`` those mended since, with None all."""
        with read(self.engine) as connection:
            return rejections.find(connection, source, year, stage, release, resolved)

    def changes(self, series: Names = None) -> list[StoredObservation]:
        """All changes ever published, by series, period and day of issue."""
        with read(self.engine) as connection:
            return observations.changes(connection, _names(series))

    def observations(self, series: Names = None, as_of: dt.date | None = None) -> list[StoredObservation]:
        """One row per series and period: the latest, or as the world knew it on ``as_of``."""
        with read(self.engine) as connection:
            return observations.as_of(connection, _names(series), as_of)

    def as_of(
        self,
        series: Names,
        date: dt.date | None,
        known_to_us: dt.date | dt.datetime | None = None,
        priority: Mapping[str, int] | None = None,
    ) -> list[StoredObservation]:
        """One row per series and period, as published by ``date`` (None: up to now); withdrawn: value None.

        ``known_to_us`` limits our own knowledge besides: only readings that we held to be right at that
        moment (a date stands for its end, UTC) are used.
        """
        with read(self.engine) as connection:
            if known_to_us is None:
                return observations.as_of(connection, _names(series), date)
            moment = _moment(known_to_us)
            return observations.as_we_knew(connection, _names(series), date, moment, priority)

    def traced(
        self, series: Names = None, as_of: dt.date | None = None, vintages: bool = False
    ) -> list[TracedObservation]:
        """Observations with place, document and release, by series, period and day.

        One row per series and period: the latest, or as the world knew it on ``as_of``; with ``vintages`` every
        change published by then.
        """
        with read(self.engine) as connection:
            return traced.find(connection, _names(series), as_of, vintages)

    def series_read_since(self, moment: dt.datetime) -> list[str]:
        """Series of which a reading was loaded or closed at that moment (with time zone) or later."""
        with read(self.engine) as connection:
            return queries.series_read_since(connection, _moment(moment))

    def conflicts(self, series: Names = None) -> list[tuple[str, str, dt.date, list[str]]]:
        """(series, period, day, ids of evidence) wherever documents of one day disagree."""
        with read(self.engine) as connection:
            return observations.conflicts(connection, _names(series))

    def evidence(self, identity: str) -> Evidence:
        """Raises NotFound."""
        with read(self.engine) as connection:
            return queries.find_evidence(connection, identity)

    def provenance(self, series: str, period: str, withdrawn: bool = False) -> list[Provenance]:
        """Every reading of a figure with evidence, document, release; ``withdrawn``: those we closed too."""
        with read(self.engine) as connection:
            return queries.provenance(connection, series, period, withdrawn)

    def provenances(
        self, series: Collection[str], withdrawn: bool = False
    ) -> dict[tuple[str, str], list[Provenance]]:
        """``provenance`` of every figure of some series at once, by series and period."""
        with read(self.engine) as connection:
            return queries.provenances(connection, series, withdrawn)

    def readings(self, release: str, document: str) -> list[StoredReading]:
        """What is held of one document of one release (its key, sha256): the readings that are current."""
        with read(self.engine) as connection:
            return queries.readings(connection, release, document)

    def run(self, identity: str) -> IndexRun:
        """Raises NotFound."""
        with read(self.engine) as connection:
            return runs.find(connection, identity)

    def latest_run(self, spec_hash: str | None = None) -> IndexRun | None:
        """The run that looks from the latest day; of several the one saved last."""
        with read(self.engine) as connection:
            return runs.latest(connection, spec_hash)

    def runs(self) -> list[IndexRun]:
        """All runs without their values, the newest first."""
        with read(self.engine) as connection:
            return runs.listing(connection)

    def checks(
        self,
        check: CheckKind | None = None,
        series: Names = None,
        basis: Basis | None = None,
        severity: Severity | None = None,
    ) -> list[CheckResult]:
        """Results of the last run of checks, sorted by their key."""
        with read(self.engine) as connection:
            return checks.find(connection, check, _names(series), basis, severity)

    def counts(self) -> dict[str, SourceCounts]:
        """By source, in the catalogue's order."""
        with read(self.engine) as connection:
            return queries.counts(connection)

    def dump(self, table: str) -> list[tuple[Any, ...]]:
        """All rows of a table, sorted, without clocks and surrogate keys, for comparing two warehouses."""
        with read(self.engine) as connection:
            return queries.dump(connection, table)


def _names(series: Names) -> Collection[str] | None:
    return [series] if isinstance(series, str) else series


def _moment(known: dt.date | dt.datetime) -> dt.datetime:
    if not isinstance(known, dt.datetime):
        return dt.datetime.combine(known, dt.time.max, dt.UTC)
    if known.tzinfo is None:
        raise WarehouseError(f"known_to_us needs a time zone: {known!r}")
    return known
