"""What the documents of a source print, so that each can be held against the others; and judging again.

What belongs here: gathering for ``clean.plausible``. The verdict on a document is a function of all documents of
its source that have been read, whether their figures were accepted or not. So that the order in which they come
does not matter, loading some of them judges again those of the others whose verdict may have changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from prosperity.catalogue.model import Source
from prosperity.clean.cleaner import Prepared, judge, prepare
from prosperity.clean.model import Cleaned
from prosperity.clean.plausible import VERDICTS, Known, KnownValue
from prosperity.workflow.reading import request_for
from prosperity.workflow.workspace import Workspace


def documents_read(space: Workspace, source: Source) -> Iterator[Prepared]:
    """What each document of a source gives by itself, of all years, as far as it has been read.

    Kept by the workspace, because every document is held against all others each time one is added.
    """
    for release, document in space.warehouse.documents(source.id, None):
        key = (source.id, release, document.sha256, document.fetched_at)
        if key not in space.prepared:
            extraction = space.cache.get(
                document.sha256,
                request_for(source, release),
                issued=release.issued,
                declared_encoding=document.encoding,
            )
            if extraction is None:
                continue
            space.prepared[key] = prepare(source, release, document, extraction, space.catalogue)
        yield space.prepared[key]


def known_values(space: Workspace, source: Source) -> Known:
    """What these documents print of the series whose catalogue entry asks for a comparison."""
    watched = _watched(space, source)
    known: dict[str, list[KnownValue]] = defaultdict(list)
    for prepared in documents_read(space, source) if watched else ():
        for one in judge(prepared, {}).observations:
            if one.series in watched and one.value is not None:
                known[one.series].append(KnownValue(one.period, one.value, prepared.document.sha256))
    return known


def _watched(space: Workspace, source: Source) -> frozenset[str]:
    return frozenset(
        name
        for name, series in space.catalogue.series.items()
        if source.id in series.sources and (series.jump or series.swing or series.rate_gap)
    )


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
    for prepared in documents_read(space, source):
        if prepared.document.sha256 in done:
            continue
        cleaned = judge(prepared, known)
        now = any(verdict in found.reason for found in cleaned.rejections for verdict in VERDICTS)
        if now or prepared.document.sha256 in before:
            changed.append(cleaned)
    return changed
