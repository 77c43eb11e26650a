"""The stages for one source and one reported year, as plain functions: what Dagster's assets call.

Each takes its input from the durable stores (archive, extraction cache, warehouse) and is free of effect
when nothing changed, so any of them can be run again alone.
"""

from __future__ import annotations

from collections.abc import Collection as Members
from collections.abc import Sequence
from dataclasses import dataclass, field

from prosperity.catalogue.model import Source
from prosperity.clean.cleaner import clean
from prosperity.clean.model import Cleaned
from prosperity.clean.plausible import Known
from prosperity.collect.archive import ArchiveError
from prosperity.collect.collector import collect
from prosperity.collect.model import Collection, Document, Failure, Release
from prosperity.extract import sandbox
from prosperity.extract.model import Extraction, ExtractionError
from prosperity.extract.request import EXTRACTOR_VERSION
from prosperity.workflow import runs
from prosperity.workflow.known import judged_again, known_values
from prosperity.workflow.reading import request_for
from prosperity.workflow.workspace import Workspace


@dataclass(frozen=True)
class Extracted:
    """One document after extraction: its content, or why it could not be read."""

    release: Release
    document: Document
    extraction: Extraction | None
    failure: Failure | None = None
    cached: bool = False


@dataclass
class LoadSummary:
    """What loading one source and year changed."""

    documents: int = 0
    readings_added: int = 0
    observations_added: int = 0
    rejections_added: int = 0
    rejections: list[Failure] = field(default_factory=list)


def collect_year(
    space: Workspace, source_id: str, year: int, *, only: Members[str] | None = None
) -> Collection:
    """Find and fetch what the source published about ``year``; releases, documents and failures are recorded.

    ``only``: addresses of the list's items that are fetched; None: all. A summary is left under ``data/runs``.
    """
    source = space.source(source_id)
    with space.client(source) as client:
        collection = collect(
            source,
            year,
            client=client,
            today=space.settings.today,
            inbox=space.settings.inbox,
            sample=not space.settings.live,
            held=space.warehouse.documents(source_id),
            lists=space.lists,
            only=only,
        )
    space.warehouse.record_collection(collection)
    runs.keep(space, collection, retried=only is not None)
    space.collections.append(collection)
    return collection


def extract_year(space: Workspace, source_id: str, year: int) -> list[Extracted]:
    """Tables and statements of every archived document of that year; read once per content and request."""
    source = space.source(source_id)
    return [
        extract_document(space, source, release, document)
        for release, document in space.warehouse.documents(source_id, year)
    ]


def extract_document(space: Workspace, source: Source, release: Release, document: Document) -> Extracted:
    request = request_for(source, release)
    if request.empty:
        nothing = Extraction(document.sha256, document.media_type, EXTRACTOR_VERSION)
        return Extracted(release, document, nothing, cached=True)
    issued, encoding = release.issued, document.encoding
    known = space.cache.get(document.sha256, request, issued=issued, declared_encoding=encoding)
    if known is not None:
        return Extracted(release, document, known, cached=True)
    try:
        extraction = sandbox.extract(
            space.archive.get(document.sha256),
            media_type=document.media_type,
            sha256=document.sha256,
            request=request,
            issued=issued,
            declared_encoding=encoding,
        )
    except (ExtractionError, ArchiveError) as fault:
        status = getattr(fault, "status", "archive")
        failure = Failure(
            source=source.id,
            stage="extract",
            what=release.title,
            where=release.address,
            reason=f"{status}: {fault}",
            period=release.period.code if release.period else None,
            document=document.sha256,
        )
        return Extracted(release, document, None, failure)
    space.cache.put(extraction, request, issued=issued, declared_encoding=encoding)
    return Extracted(release, document, extraction)


def clean_year(space: Workspace, source_id: str, year: int) -> list[Cleaned]:
    """Observations, rejections and unclaimed figures of every document of that year."""
    return clean_documents(space, source_id, extract_year(space, source_id, year))


def clean_documents(space: Workspace, source_id: str, results: Sequence[Extracted]) -> list[Cleaned]:
    """The same for documents that are at hand."""
    source = space.source(source_id)
    known = known_values(space, source)
    return [cleaned_document(space, source, extracted, known) for extracted in results]


def cleaned_document(space: Workspace, source: Source, extracted: Extracted, known: Known) -> Cleaned:
    """What one document gives; one that could not be read gives its failure."""
    if extracted.extraction is None:
        rejections = (extracted.failure,) if extracted.failure else ()
        return Cleaned(source.id, extracted.release.key, extracted.document.sha256, (), rejections)
    return clean(source, extracted.release, extracted.document, extracted.extraction, space.catalogue, known)


def load_year(space: Workspace, source_id: str, year: int) -> LoadSummary:
    """Load every document of that year, each in one transaction."""
    return load_documents(space, clean_year(space, source_id, year))


def load_documents(space: Workspace, documents: Sequence[Cleaned]) -> LoadSummary:
    """Load each in one transaction; then those of the same sources whose verdict these have changed."""
    summary = LoadSummary()
    done = frozenset(cleaned.document for cleaned in documents)
    sources = sorted({cleaned.source for cleaned in documents})
    again = [other for name in sources for other in judged_again(space, space.source(name), done)]
    for cleaned in (*documents, *again):
        result = space.warehouse.load(cleaned, priority=space.priority)
        space.loads.append(result)
        summary.documents += 1
        summary.readings_added += result.readings_added
        summary.observations_added += result.observations_added
        summary.rejections_added += result.rejections_added
        summary.rejections += cleaned.rejections
    return summary


def run_year(space: Workspace, source_id: str, year: int) -> tuple[Collection, LoadSummary]:
    """All stages of one source and year, without Dagster."""
    collection = collect_year(space, source_id, year)
    return collection, load_year(space, source_id, year)


def years_of(space: Workspace, source_id: str, first: int, last: int) -> list[int]:
    """The years of a span on which the source reports, up to the instance's present year."""
    source = space.source(source_id)
    end = min(last, source.last_year or last, space.settings.last_year)
    return list(range(max(first, source.first_year), end + 1))
