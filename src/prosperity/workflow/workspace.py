"""Everything a stage needs at hand: settings, catalogue, archive, cache, warehouse, addresses of the publishers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from prosperity import catalogue, sample
from prosperity.catalogue import Catalogue, Source
from prosperity.clean.cleaner import Prepared
from prosperity.clean.model import Cleaned
from prosperity.clean.plausible import Known, KnownValue
from prosperity.collect.archive import Archive
from prosperity.collect.discover.lists import Lists
from prosperity.collect.http import Client, Limits
from prosperity.collect.model import Collection, Release
from prosperity.extract.cache import ExtractionCache
from prosperity.index.model import IndexResult
from prosperity.settings import Settings
from prosperity.warehouse import Warehouse
from prosperity.warehouse.model import LoadResult

#: Sample publishers stand on this machine: no need for the pauses that real ones are owed.
SAMPLE_PAUSE = 0.01
SAMPLE_LIMITS = Limits(connect_seconds=3, read_seconds=10, retry_pause=0.1, budget_seconds=20)


#: Source, release, sha256 and when it was fetched: what cleaning a document depends on, the catalogue apart.
DocumentKey = tuple[str, Release, str, dt.datetime]


@dataclass(frozen=True)
class Printed:
    """What one document gives by itself, and its figures of the series that are compared, by series."""

    prepared: Prepared
    figures: tuple[tuple[str, KnownValue], ...]


@dataclass(frozen=True)
class Judged:
    """What the documents of a source print together; verdicts are filled in as they are asked for."""

    documents: tuple[DocumentKey, ...]
    known: Known
    verdicts: dict[DocumentKey, Cleaned] = field(default_factory=dict)


@dataclass(frozen=True)
class Workspace:
    """One instance at work. ``hosts`` maps publishers' hosts to stand-ins (tests give their own servers)."""

    settings: Settings
    hosts: Mapping[str, str] | None = None
    limits: Limits | None = None
    catalogue: Catalogue = field(default_factory=catalogue.load)
    #: Collections made through this workspace, for the summary at the end of a run.
    collections: list[Collection] = field(default_factory=list)
    loads: list[LoadResult] = field(default_factory=list)
    #: What each document gives by itself.
    printed: dict[DocumentKey, Printed] = field(default_factory=dict)
    #: By source: what its documents print, and the verdicts on them that follow.
    judged: dict[str, Judged] = field(default_factory=dict)
    #: The index as of past days, by day, hash of specification and hash of data: looked back at more than once.
    past: dict[tuple[dt.date, str, str], IndexResult] = field(default_factory=dict)

    @cached_property
    def archive(self) -> Archive:
        return Archive(self.settings.archive)

    @cached_property
    def lists(self) -> Lists:
        """Walks through publishers' lists, shared by all sources and years of this workspace."""
        return Lists(self.settings.http / "lists")

    @cached_property
    def cache(self) -> ExtractionCache:
        return ExtractionCache(self.settings.cache / "extract")

    @cached_property
    def warehouse(self) -> Warehouse:
        """The warehouse, brought to the present schema; its catalogue rows follow the YAML."""
        self.settings.data.mkdir(parents=True, exist_ok=True)
        warehouse = Warehouse(self.settings.warehouse)
        warehouse.migrate()
        warehouse.record_catalogue(self.catalogue.sources.values(), self.catalogue.series.values())
        return warehouse

    @cached_property
    def priority(self) -> dict[str, int]:
        """Which source decides where two documents of one day disagree: the catalogue's order."""
        return {name: number for number, name in enumerate(self.catalogue.sources)}

    def source(self, source_id: str) -> Source:
        """:raises KeyError: naming the sources there are."""
        try:
            return self.catalogue.sources[source_id]
        except KeyError:
            known = ", ".join(self.catalogue.sources)
            raise KeyError(f"no source {source_id!r}; the catalogue has {known}") from None

    def publishers(self) -> Mapping[str, str]:
        """Where hosts really are: nowhere else in live mode, else the sample publishers, started if down."""
        if self.hosts is not None:
            return self.hosts
        if self.settings.live:
            return {}
        return sample.ensure_running(self.settings.sample_state).hosts

    def client(self, source: Source, apart: Path | None = None) -> Client:
        """The HTTP client for a source; ``apart``: a folder that it keeps to instead of the archive."""
        live = self.settings.live
        return Client(
            archive=Archive(apart) if apart else self.archive,
            state=apart / "http" if apart else self.settings.http,
            user_agent=self.settings.user_agent,
            hosts=source.hosts,
            pause=source.pause_seconds if live else SAMPLE_PAUSE,
            headers=source.headers,
            overrides=self.publishers(),
            limits=self.limits or (Limits() if live else SAMPLE_LIMITS),
            now=self.settings.now,
            turns=self.settings.http / "hosts",
        )

    def close(self) -> None:
        if "warehouse" in self.__dict__:
            self.warehouse.close()
