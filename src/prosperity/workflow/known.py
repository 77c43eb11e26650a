"""What the documents of a source print, so that each can be held against the others; and judging again.

What belongs here: gathering for ``clean.plausible``. The verdict on a document is a function of all documents of
its source that have been read, whether their figures were accepted or not. So that the order in which they come
does not matter, loading some of them judges again those of the others whose verdict may have changed.
"""

from __future__ import annotations

from collections import defaultdict

from prosperity.catalogue.model import Source
from prosperity.clean.cleaner import judge, prepare
from prosperity.clean.model import Cleaned
from prosperity.clean.plausible import VERDICTS, Known, KnownValue
from prosperity.collect.model import Document, Release
from prosperity.workflow.reading import request_for
from prosperity.workflow.workspace import DocumentKey, Judged, Printed, Workspace


def known_values(space: Workspace, source: Source) -> Known:
    """What the documents of a source that have been read print, of the series whose catalogue entry asks for a
    comparison."""
    return _judged(space, source).known


def judged_again(space: Workspace, source: Source, done: frozenset[str]) -> list[Cleaned]:
    """Documents other than ``done`` that are rejected in part now, or were before: to be loaded again."""
    judged = _judged(space, source)
    if not judged.known:
        return []
    before = {
        found.document
        for found in space.warehouse.rejections(source.id, stage="clean")
        if any(verdict in found.reason for verdict in VERDICTS)
    }
    changed = []
    for key in judged.documents:
        prepared = space.printed[key].prepared
        if prepared.document.sha256 in done:
            continue
        if key not in judged.verdicts:
            judged.verdicts[key] = judge(prepared, judged.known)
        cleaned = judged.verdicts[key]
        now = any(verdict in found.reason for found in cleaned.rejections for verdict in VERDICTS)
        if now or prepared.document.sha256 in before:
            changed.append(cleaned)
    return changed


def _judged(space: Workspace, source: Source) -> Judged:
    """Kept by the workspace: as long as no document is added, what they print together stays the same."""
    watched = _watched(space, source)
    if not watched:
        return Judged((), {})
    documents = tuple(
        key
        for release, document in space.warehouse.documents(source.id, None)
        if (key := _read(space, source, watched, release, document)) is not None
    )
    if (held := space.judged.get(source.id)) and held.documents == documents:
        return held
    known: dict[str, list[KnownValue]] = defaultdict(list)
    for key in documents:
        for series, value in space.printed[key].figures:
            known[series].append(value)
    space.judged[source.id] = Judged(documents, known)
    return space.judged[source.id]


def _read(
    space: Workspace, source: Source, watched: frozenset[str], release: Release, document: Document
) -> DocumentKey | None:
    """The key under which the workspace holds what the document prints; None where it has not been read yet."""
    key = (source.id, release, document.sha256, document.fetched_at)
    if key not in space.printed:
        extraction = space.cache.get(
            document.sha256,
            request_for(source, release),
            issued=release.issued,
            declared_encoding=document.encoding,
        )
        if extraction is None:
            return None
        prepared = prepare(source, release, document, extraction, space.catalogue)
        figures = tuple(
            (one.series, KnownValue(one.period, one.value, document.sha256))
            for one in judge(prepared, {}).observations
            if one.series in watched and one.value is not None
        )
        space.printed[key] = Printed(prepared, figures)
    return key


def _watched(space: Workspace, source: Source) -> frozenset[str]:
    return frozenset(
        name
        for name, series in space.catalogue.series.items()
        if source.id in series.sources and (series.jump or series.swing or series.rate_gap)
    )
