"""What the documents of a source print, so that each can be held against the others; and judging again.

What belongs here: gathering for ``clean.plausible``. The verdict on a document is a function of all documents of
its source that have been read, whether their figures were accepted or not. So that the order in which they come
does not matter, loading some of them judges again those of the others whose verdict may have changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from prosperity.catalogue.model import Source
from prosperity.clean.cleaner import clean
from prosperity.clean.model import Cleaned
from prosperity.clean.plausible import VERDICTS, Known, KnownValue
from prosperity.collect.model import Document, Release
from prosperity.extract.model import Extraction
from prosperity.workflow.reading import request_for
from prosperity.workflow.workspace import Workspace

Read = tuple[Release, Document, Extraction]


def documents_read(space: Workspace, source: Source) -> Iterator[Read]:
    """The documents of a source that have been read, of all years."""
    for release, document in space.warehouse.documents(source.id, None):
        extraction = space.cache.get(
            document.sha256,
            request_for(source, release),
            issued=release.issued,
            declared_encoding=document.encoding,
        )
        if extraction is not None:
            yield release, document, extraction


def known_values(space: Workspace, source: Source) -> Known:
    """What these documents print of the series whose catalogue entry asks for a comparison."""
    if not _watched(space, source):
        return {}
    known: dict[str, list[KnownValue]] = defaultdict(list)
    for release, document, extraction in documents_read(space, source):
        for series, value in _printed(space, source, release, document, extraction):
            known[series].append(value)
    return known


def _watched(space: Workspace, source: Source) -> frozenset[str]:
    return frozenset(
        name
        for name, series in space.catalogue.series.items()
        if source.id in series.sources and (series.jump or series.swing or series.rate_gap)
    )


def _printed(
    space: Workspace, source: Source, release: Release, document: Document, extraction: Extraction
) -> tuple[tuple[str, KnownValue], ...]:
    """The figures of one document before any comparison; kept, because many documents are held against them."""
    key = (release.key, document.sha256)
    if key not in space.printed:
        watched = _watched(space, source)
        found = clean(source, release, document, extraction, space.catalogue).observations
        space.printed[key] = tuple(
            (one.series, KnownValue(one.period, one.value, document.sha256))
            for one in found
            if one.series in watched and one.value is not None
        )
    return space.printed[key]


def judged_again(space: Workspace, source: Source, done: frozenset[str]) -> list[Cleaned]:
    """Documents other than ``done`` that are rejected in part now, or were before: to be loaded again."""
    known = known_values(space, source)
    if not known:
        return []
    before = {
        found.document
        for found in space.warehouse.rejections(source.id, stage="clean")
        if any(verdict in found.reason for verdict in VERDICTS)
    }
    changed = []
    for release, document, extraction in documents_read(space, source):
        if document.sha256 in done:
            continue
        cleaned = clean(source, release, document, extraction, space.catalogue, known)
        now = any(verdict in found.reason for found in cleaned.rejections for verdict in VERDICTS)
        if now or document.sha256 in before:
            changed.append(cleaned)
    return changed
