"""A source tried before it enters the catalogue: what its list holds, what a document of it gives.

Neither archive nor warehouse is touched: what is fetched lies in a temporary folder.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prosperity.catalogue.loader import entries_of, load_source, parse
from prosperity.catalogue.model import Catalogue, Discovery, Source
from prosperity.clean.cleaner import clean
from prosperity.clean.model import Cleaned
from prosperity.collect.archive import Archive
from prosperity.collect.collector import collect
from prosperity.collect.discover import DiscoveryError, Item, protocol
from prosperity.collect.http import FetchError
from prosperity.collect.model import Document, Release
from prosperity.collect.reported import reported_period
from prosperity.collect.validate import NotTheDocument, require_document
from prosperity.extract import sandbox
from prosperity.notation.model import PeriodError
from prosperity.workflow.reading import request_for
from prosperity.workflow.workspace import Workspace


class TrialError(ValueError):
    """A trial that cannot be made; the message says why."""


@dataclass(frozen=True)
class Listed:
    """One line of the publisher's list, and what the catalogue entry makes of it."""

    title: str
    address: str
    issued: dt.date | None
    verdict: str  #: the period reported on, "ignored", or why it is neither


def with_source(catalogue: Catalogue, path: Path, series: Path | None = None) -> tuple[Catalogue, Source]:
    """The catalogue with the source of one more file, and with the series of another, if given.

    :raises CatalogueError: naming file, place and cause.
    """
    source = load_source(path)
    entries = {entry.id: entry for entry in entries_of(series)} if series else {}
    material = dict(catalogue) | {
        "sources": catalogue.sources | {source.id: source},
        "series": catalogue.series | entries,
    }
    return parse(Catalogue, material, path.name), source


def listed(space: Workspace, source: Source) -> list[Listed]:
    """Every line of the publisher's list. :raises TrialError: where the list cannot be had or read."""
    found: list[Listed] = []
    with tempfile.TemporaryDirectory() as folder, space.client(source, Path(folder)) as client:
        for discovery in source.discovery:
            try:
                for item in protocol(discovery.protocol).items(client, discovery, source.base):
                    found.append(Listed(item.title, item.address, item.issued, _verdict(discovery, item)))
            except (FetchError, DiscoveryError) as fault:
                raise TrialError(f"the list of {source.id} cannot be read: {fault}") from None
    return found


def _verdict(discovery: Discovery, item: Item) -> str:
    if any(re.search(pattern, item.title) for pattern in discovery.ignore):
        return "ignored"
    if not re.search(discovery.title, item.title):
        return "neither title nor ignore fits"
    try:
        return reported_period(discovery, item).code
    except PeriodError as fault:
        return f"no reported period: {fault}"


def year_tried(
    space: Workspace, catalogue: Catalogue, source: Source, year: int
) -> list[tuple[Release, Cleaned]]:
    """What the documents on one year give. :raises TrialError: naming the first failure, if none can be had."""
    with tempfile.TemporaryDirectory() as folder, space.client(source, Path(folder)) as client:
        found = collect(
            source, year, client=client, today=space.settings.today, sample=not space.settings.live
        )
        if found.failures and not found.documents:
            first = found.failures[0]
            raise TrialError(f"{first.what}: {first.reason} ({first.where})")
        return [
            (release, _read(catalogue, source, release, document, client.archive.get(document.sha256)))
            for release in found.releases
            for document in [found.documents[release.key]]
        ]


def document_tried(
    catalogue: Catalogue, source: Source, path: Path, title: str | None, issued: dt.date | None
) -> list[tuple[Release, Cleaned]]:
    """What one file gives, read as a release of this ``title`` (default: its name) and day of issue.

    :raises TrialError: where it is no document of the source, or its title names no period.
    """
    discovery = source.discovery[0]
    item = Item(title or path.stem, path.resolve().as_uri(), issued, "stated" if issued else None)
    body = path.read_bytes()
    try:
        media_type = require_document(body, {}, accepted=source.media_types, content=discovery.content)
        period = reported_period(discovery, item)
    except (NotTheDocument, PeriodError) as fault:
        raise TrialError(f"{path.name}: {fault}; --title and --issued say what the file is") from None
    release = Release(source.id, item.title, item.address, period, issued, item.basis)
    with tempfile.TemporaryDirectory() as folder:
        sha256 = Archive(Path(folder)).put(body)
    document = Document(sha256, media_type, len(body), item.address, dt.datetime.now(dt.UTC))
    return [(release, _read(catalogue, source, release, document, body))]


def _read(catalogue: Catalogue, source: Source, release: Release, document: Document, body: bytes) -> Cleaned:
    extraction = sandbox.extract(
        body,
        media_type=document.media_type,
        sha256=document.sha256,
        request=request_for(source, release),
        issued=release.issued,
        declared_encoding=document.encoding,
    )
    return clean(source, release, document, extraction, catalogue)


def as_rows(found: Sequence[tuple[Release, Cleaned]]) -> dict[str, list[dict[str, Any]]]:
    """Observations, rejections and unclaimed figures in plain types."""
    return {
        "documents": [
            {"title": r.title, "period": r.period.code if r.period else None, "issued": r.issued, "address": r.address}
            for r, _ in found
        ],
        "observations": [
            {"series": o.series, "period": o.period, "value": f"{o.value:f}" if o.value is not None else None,
             "unit": o.unit, "unit_mult": o.unit_mult, "raw": o.evidence.raw, "place": o.evidence.place}
            for _, cleaned in found for o in cleaned.observations
        ],
        "rejections": [
            {"what": f.what, "where": f.where, "reason": f.reason} for _, cleaned in found for f in cleaned.rejections
        ],
        "unclaimed": [{"figure": text} for _, cleaned in found for text in cleaned.unclaimed],
    }  # fmt: skip
