"""Layout drift over an instance: every document against the last good one of its source and era before it.

The fingerprints are computed from the extractions that are kept anyway, so that they follow every reprocessing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from prosperity.catalogue.model import Source
from prosperity.clean.drift import Change, changes
from prosperity.clean.fingerprint import DocumentLayout, layout_of
from prosperity.collect.model import Document, Release
from prosperity.extract.model import Extraction
from prosperity.workflow.reading import request_for
from prosperity.workflow.stages import Extracted, extract_document
from prosperity.workflow.workspace import Workspace

YEARS_BACK = 3  #: before the year just read, in which the last good document is looked for


@dataclass(frozen=True)
class Side:
    """One document with its layout."""

    release: Release
    document: Document
    extraction: Extraction
    layout: DocumentLayout


@dataclass(frozen=True)
class Drift:
    """What changed in one document since the last good one."""

    source: str
    good: Side
    new: Side
    changes: tuple[Change, ...]

    @property
    def lines(self) -> list[str]:
        title = self.new.release.title
        since = self.good.release.title
        return [f"{title}: {change.sentence} (last good: {since})" for change in self.changes]


def drifts(
    space: Workspace, source_ids: Iterable[str], years: tuple[int, int] | None = None
) -> Iterator[Drift]:
    """Changes of layout of every document of those sources that reports on ``years`` (both included)."""
    for source_id in source_ids:
        source = space.source(source_id)
        found = [
            extract_document(space, source, release, document)
            for release, document in space.warehouse.documents(source_id)
        ]
        for drift in of_source(source, found):
            period = drift.new.release.period
            if years is None or (period is not None and years[0] <= period.year <= years[1]):
                yield drift


def of_year(space: Workspace, source: Source, year: int, extracted: Sequence[Extracted]) -> list[Drift]:
    """The same for the documents of one year just read, against those of the years before that have been read: nothing
    is parsed for it."""
    own = {entry.document.sha256 for entry in extracted}
    before = [
        entry
        for earlier in range(year - YEARS_BACK, year)
        for release, document in space.warehouse.documents(source.id, earlier)
        if document.sha256 not in own and (entry := _cached(space, source, release, document)) is not None
    ]
    return [drift for drift in of_source(source, [*before, *extracted]) if drift.new.document.sha256 in own]


def of_source(source: Source, extracted: Iterable[Extracted]) -> list[Drift]:
    """Each document against the last one before it (by period) whose tables match as a whole, in the same era and
    language."""
    good: dict[tuple[object, ...], Side] = {}
    found: list[Drift] = []
    for entry in sorted(extracted, key=_order):
        if entry.extraction is None:
            continue
        layout = layout_of(source, entry.release, entry.extraction)
        side = Side(entry.release, entry.document, entry.extraction, layout)
        kind = (layout.eras, entry.release.language, entry.document.media_type)
        read = bool(entry.extraction.tables or entry.extraction.statements)
        seen = changes(good[kind].layout, layout) if kind in good else []
        if not read:  # what such a document looks like tells nothing; that a table is gone does
            seen = [change for change in seen if change.rule]
        if seen:
            found.append(Drift(source.id, good[kind], side, tuple(seen)))
        if layout.whole and read:
            good[kind] = side
    return found


def _cached(space: Workspace, source: Source, release: Release, document: Document) -> Extracted | None:
    extraction = space.cache.get(
        document.sha256,
        request_for(source, release),
        issued=release.issued,
        declared_encoding=document.encoding,
    )
    return Extracted(release, document, extraction) if extraction else None


def _order(entry: Extracted) -> tuple[str, str, str]:
    period = entry.release.period
    return (
        period.end.isoformat() if period else "",
        entry.release.issued.isoformat() if entry.release.issued else "",
        entry.release.address,
    )
