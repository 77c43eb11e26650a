"""The quarantine for a person: list rejections, and lead from one to what there is to look at.

What belongs here: finding the document and the evidence pages of a rejection. What does not: resolving it, which
a later run does by itself once the catalogue (a rule or a correction) or the document has changed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from prosperity.collect.archive import ArchiveError
from prosperity.collect.model import Document
from prosperity.publish.export.write import put
from prosperity.warehouse.model import NotFound, StoredRejection
from prosperity.workflow.reporting import evidence_page
from prosperity.workflow.workspace import Workspace

SHORTEST = 4  #: characters of an id that are enough, so that they are not taken for a number of the list
_ENDINGS = {"text/html": ".html", "application/pdf": ".pdf", "application/json": ".json"}


class NoSuchRejection(ValueError):
    """A number or id that names no rejection, or several."""


@dataclass(frozen=True)
class Numbered:
    """A rejection with its number in the list of open ones; None: resolved."""

    number: int | None
    rejection: StoredRejection


@dataclass(frozen=True)
class Inspection:
    """A rejection with what there is to look at. ``fault``: why the document cannot be shown."""

    rejection: StoredRejection
    title: str | None
    address: str | None
    document: Path | None
    fault: str | None
    evidence: tuple[Path, ...]  #: pages of other readings of the same figure

    def as_dict(self) -> dict[str, Any]:
        shown = {"title": self.title, "address": self.address, "file": self.document, "fault": self.fault}
        return asdict(self.rejection) | shown | {"evidence": [str(page) for page in self.evidence]}


def listing(
    space: Workspace, sources: tuple[str, ...] = (), year: int | None = None, resolved: bool = False
) -> list[Numbered]:
    """Open rejections, or resolved ones; the number is the same whatever is left out of the list."""
    numbers = {found.id: number for number, found in enumerate(space.warehouse.rejections(), 1)}
    wanted = [
        found
        for source in sources or (None,)
        for found in space.warehouse.rejections(source, year, resolved=resolved)
    ]
    return [Numbered(numbers.get(found.id), found) for found in wanted]


def find(space: Workspace, name: str) -> StoredRejection:
    """By its number in the list of open ones, or by the first characters of its id (at least four).

    :raises NoSuchRejection: where there is none, or several.
    """
    if name.isdigit() and len(name) < SHORTEST:
        still_open = space.warehouse.rejections()
        if not 1 <= int(name) <= len(still_open):
            raise NoSuchRejection(f"no rejection number {name}; {len(still_open)} are open")
        return still_open[int(name) - 1]
    if len(name) < SHORTEST:
        raise NoSuchRejection(f"{name!r} is too short: give a number or {SHORTEST} characters of an id")
    found = [entry for entry in space.warehouse.rejections(resolved=None) if entry.id.startswith(name)]
    if len(found) != 1:
        raise NoSuchRejection(f"{len(found)} rejections have an id beginning with {name!r}")
    return found[0]


def inspect(space: Workspace, name: str) -> Inspection:
    """The rejection, a copy of its document that can be opened, and the evidence pages of the same figure."""
    rejection = find(space, name)
    releases = {release.key: release for release in space.warehouse.releases(rejection.source)}
    release = releases.get(rejection.release or "")
    document, fault = _document(space, rejection)
    return Inspection(
        rejection=rejection,
        title=release.title if release else None,
        address=release.address if release else None,
        document=document,
        fault=fault,
        evidence=_evidence_pages(space, rejection),
    )


def _document(space: Workspace, rejection: StoredRejection) -> tuple[Path | None, str | None]:
    """The archive names files by their hash alone: a copy with an ending is what a reader can open."""
    if rejection.document is None:
        return None, "there is no document: it could not be had"
    try:
        data = space.archive.get(rejection.document)
    except ArchiveError as fault:
        return None, str(fault)
    known = {document.sha256: document for _, document in space.warehouse.documents(rejection.source)}
    path = (
        space.settings.data
        / "quarantine"
        / f"{rejection.document[:16]}{_ending(known.get(rejection.document))}"
    )
    put(path, data)
    return path, None


def _ending(document: Document | None) -> str:
    return _ENDINGS.get(document.media_type.split(";")[0].strip(), ".bin") if document else ".bin"


def _evidence_pages(space: Workspace, rejection: StoredRejection) -> tuple[Path, ...]:
    """Pages of the current readings of the figure that was refused, where the rejection names one."""
    series, _, period = rejection.what.partition(" ")
    if series not in space.catalogue.series or not period:
        return ()
    pages = []
    for identity in dict.fromkeys(found.evidence.id for found in space.warehouse.provenance(series, period)):
        try:
            pages.append(evidence_page(space, identity))
        except NotFound:
            continue
    return tuple(pages)
