"""Pieces of evidence with all that their pages show: readings, surroundings, origins, checks.

What belongs here: gathering. What does not: pictures (``workflow.pictures``) and pages (``prosperity.publish``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from prosperity.checks.model import CheckResult
from prosperity.collect.archive import ArchiveError
from prosperity.collect.model import Document
from prosperity.extract.model import Extraction
from prosperity.publish.model import Figure, Origin
from prosperity.warehouse.model import NotFound, Provenance
from prosperity.workflow.explain import origin_rows
from prosperity.workflow.stages import extract_document
from prosperity.workflow.surroundings import surroundings
from prosperity.workflow.workspace import Workspace

Key = tuple[str, str]  #: series, period


def figures_of(
    space: Workspace, series: Collection[str], checks: Iterable[CheckResult] = ()
) -> dict[str, Figure]:
    """Every figure that was ever read of these series, by id of evidence; every current reading is one."""
    return _figures(space, space.warehouse.provenances(series, withdrawn=True), checks)


def figures_at(
    space: Workspace, keys: Iterable[Key], checks: Iterable[CheckResult] = ()
) -> dict[str, Figure]:
    """The same for single figures."""
    return _figures(space, {key: space.warehouse.provenance(*key, withdrawn=True) for key in keys}, checks)


def key_of(space: Workspace, evidence_id: str) -> Key:
    """Series and period that were read from a place, the observation before mere readings. :raises NotFound: for none."""
    document = space.warehouse.evidence(evidence_id).document
    sources = {release.source for release, own in space.warehouse.documents() if own.sha256 == document}
    names = [name for name, series in space.catalogue.series.items() if sources.intersection(series.sources)]
    changes = space.warehouse.changes(names)
    direct = next(((row.series, row.period) for row in changes if row.evidence == evidence_id), None)
    if direct:
        return direct
    for key, found in space.warehouse.provenances(names).items():
        if any(row.evidence.id == evidence_id for row in found):
            return key
    raise NotFound(f"evidence {evidence_id}: no current reading of any figure")


def _figures(
    space: Workspace, readings: Mapping[Key, Sequence[Provenance]], checks: Iterable[CheckResult]
) -> dict[str, Figure]:
    by_place: dict[str, list[tuple[Key, Provenance]]] = defaultdict(list)
    for key, found in sorted(readings.items()):
        for provenance in found:
            if provenance.reading.withdrawn_at is None:
                by_place[provenance.evidence.id].append((key, provenance))
    judged = _by_figure(checks)
    extractions: dict[tuple[str, str], Extraction | None] = {}
    answers: dict[str, bytes | None] = {}
    figures: dict[str, Figure] = {}
    for identity, places in sorted(by_place.items()):
        key, provenance = places[0]
        source = space.source(provenance.release.source)
        document = provenance.document
        read = (provenance.release.key, document.sha256)
        if read not in extractions:
            extractions[read] = extract_document(space, source, provenance.release, document).extraction
        if document.sha256 not in answers:
            answers[document.sha256] = _answer(space, document)
        figures[identity] = Figure(
            provenance=provenance,
            series=space.catalogue.series[key[0]],
            source=source,
            around=surroundings(extractions[read], provenance.evidence, answers[document.sha256]),
            readings=tuple(readings[key]),
            also=tuple(other for other, _ in places[1:] if other != key),
            origins=_origins(space, key) if document.sample else (),
            checks=tuple(judged.get(identity, ())),
        )
    return figures


def _by_figure(checks: Iterable[CheckResult]) -> dict[str, list[CheckResult]]:
    """Results by the evidence of every figure that they rest on."""
    found: dict[str, list[CheckResult]] = defaultdict(list)
    for row in checks:
        if row.gap is not None:
            for evidence in dict.fromkeys(figure.evidence for figure in row.figures):
                found[evidence].append(row)
    return found


def _answer(space: Workspace, document: Document) -> bytes | None:
    """The bytes of an interface's answer, which its evidence page shows; None of other documents, or where lost."""
    if document.media_type != "application/json":
        return None
    try:
        return space.archive.get(document.sha256)
    except ArchiveError:
        return None


def _origins(space: Workspace, key: Key) -> tuple[Origin, ...]:
    return tuple(
        Origin(row.source_url, f"{row.value} {row.unit}".strip(), row.confidence, row.note)
        for row in origin_rows(space, *key)
    )
