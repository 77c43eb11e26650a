"""From the warehouse to the report site: gather what the pages show, have it written.

What belongs here: gathering. What does not: what pages look like (``prosperity.publish``).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import prosperity
from prosperity.checks.model import CheckResult
from prosperity.checks.run import heaviest
from prosperity.collect.archive import ArchiveError
from prosperity.collect.model import Document
from prosperity.extract.model import Extraction
from prosperity.index.model import IndexResult
from prosperity.publish.checked import checked_series
from prosperity.publish.evidence_picture import drawn
from prosperity.publish.model import ComparedValue, Figure, Origin, Picture, Published, Region, Report
from prosperity.publish.pdf_pictures import pdf_pictures
from prosperity.publish.picture_store import PictureStore
from prosperity.publish.site import anchor_of, build_site, evidence_files, published, synchronise
from prosperity.warehouse.model import NotFound, Provenance
from prosperity.workflow.analysis import analyse_index
from prosperity.workflow.checking import reconcile
from prosperity.workflow.explain import origin_rows
from prosperity.workflow.indexing import compare_published, compute_index, published_series
from prosperity.workflow.stages import extract_document
from prosperity.workflow.surroundings import surroundings
from prosperity.workflow.workspace import Workspace

__all__ = ["Published", "evidence_page", "publish_report"]

#: Documents rendered at the same time.
RENDERERS = 2

Key = tuple[str, str]  #: series, period


def publish_report(space: Workspace, out: Path | None = None) -> Published:
    """Compute the index, run the checks, and write the site to ``out`` (default: the settings' folder).

    One evidence page for every reading of every figure that the index rests on or is compared with, and
    of every figure of the checks named one by one. Publishing the same again changes no file. :raises PublishError: where ``out`` cannot be written.
    """
    computed = compute_index(space)
    compared = _compared(space, computed.result)
    checks = reconcile(space).results
    figures = _figures(space, _keys_of(space, computed.result, compared, checks))
    report = Report(
        result=computed.result,
        spec=space.catalogue.index_of(space.settings.today)[0],
        series=space.catalogue.series,
        sources=space.catalogue.sources,
        run=computed.run,
        code_version=prosperity.__version__,
        sample=not space.settings.live,
        figures=figures,
        compared=compared,
        counts=space.warehouse.counts(),
        rejections=space.warehouse.rejections(),
        compared_series=frozenset(published_series(space.catalogue)),
        checks=checks,
        rate_thresholds=space.catalogue.checks.rates,
        analysis=analyse_index(space, result=computed.result),
        lights=space.catalogue.lights,
        parameters=space.warehouse.run(computed.run).parameters,
    )
    files = build_site(report, _pictures(space, figures))
    folder = (out or space.settings.report).resolve()
    synchronise(folder, files)
    return published(folder, files)


def evidence_page(space: Workspace, evidence_id: str) -> Path:
    """Write the evidence page of one figure, with those of the other readings that it links to; gives its path.

    The folder is the settings' report folder; nothing else in it is touched. :raises NotFound: for an unknown id.
    """
    found = _figures(space, [_key_of(space, evidence_id)])
    folder = space.settings.report.resolve()
    has_report = (folder / "en" / "index.html").exists()
    pictures = _pictures(space, found)
    checked = checked_series(space.warehouse.checks())
    files: dict[str, bytes] = {}
    for identity, figure in found.items():
        anchor = anchor_of(
            figure.series.id, space.catalogue.index, frozenset(published_series(space.catalogue)), checked
        )
        files |= evidence_files(
            figure, pictures[identity], linked=found.keys(), anchor=anchor if has_report else None
        )
    synchronise(folder, files, remove_stale=False)
    return folder / "evidence" / f"{evidence_id}.html"


# ----------------------------------------------------------------------------------------- what is shown


def _keys_of(
    space: Workspace, result: IndexResult, compared: Iterable[ComparedValue], checks: Iterable[CheckResult]
) -> list[Key]:
    """Series and periods of all observations on the page, sorted."""
    keys = {
        (found.series, found.period)
        for members in result.indicators.values()
        for points in members.values()
        for point in points
        for found in point.inputs
    }
    for entry, row in zip(space.catalogue.published, compared, strict=True):
        if entry.series and row.evidence:
            keys.add((entry.series, entry.period))
        if entry.change and row.change_evidence:
            keys.add((entry.change, entry.period))
    keys |= {(figure.series, figure.period) for row in heaviest(checks) for figure in row.figures}
    return sorted(keys)


def _key_of(space: Workspace, evidence_id: str) -> Key:
    """Series and period that were read from a place, the observation before mere readings."""
    document = space.warehouse.evidence(evidence_id).document
    sources = {release.source for release, own in space.warehouse.documents() if own.sha256 == document}
    names = [name for name, series in space.catalogue.series.items() if sources.intersection(series.sources)]
    changes = space.warehouse.changes(names)
    direct = next(((row.series, row.period) for row in changes if row.evidence == evidence_id), None)
    if direct:
        return direct
    for key in dict.fromkeys((row.series, row.period) for row in changes):
        if any(found.evidence.id == evidence_id for found in space.warehouse.provenance(*key)):
            return key
    raise NotFound(f"evidence {evidence_id}: no current reading of any figure")


def _compared(space: Workspace, result: IndexResult) -> list[ComparedValue]:
    """Published values beside ours, with the evidence of the published change too."""
    rows = compare_published(space, result)
    changes = space.warehouse.observations(published_series(space.catalogue))
    evidence = {
        (row.series, row.period, row.value, str(row.known_from.year)): row.evidence for row in changes
    }
    return [
        ComparedValue(
            **vars(row),
            change_evidence=evidence.get((entry.change or "", row.period, row.published_change, row.edition)),
        )
        for entry, row in zip(space.catalogue.published, rows, strict=True)
    ]


def _figures(space: Workspace, keys: Iterable[Key]) -> dict[str, Figure]:
    """The figures read for these series and periods, by id of evidence; every current reading is one."""
    readings = {key: space.warehouse.provenance(*key, withdrawn=True) for key in keys}
    by_place: dict[str, list[tuple[Key, Provenance]]] = defaultdict(list)
    for key, found in readings.items():
        for provenance in found:
            if provenance.reading.withdrawn_at is None:
                by_place[provenance.evidence.id].append((key, provenance))
    extractions: dict[tuple[str, str], Extraction | None] = {}
    figures: dict[str, Figure] = {}
    for identity, places in sorted(by_place.items()):
        key, provenance = places[0]
        source = space.source(provenance.release.source)
        document = provenance.document
        read = (provenance.release.key, document.sha256)
        if read not in extractions:
            extractions[read] = extract_document(space, source, provenance.release, document).extraction
        figures[identity] = Figure(
            provenance=provenance,
            series=space.catalogue.series[key[0]],
            source=source,
            around=surroundings(extractions[read], provenance.evidence, _answer(space, document)),
            readings=tuple(readings[key]),
            also=tuple(other for other, _ in places[1:] if other != key),
            origins=_origins(space, key) if document.sample else (),
        )
    return figures


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


# ----------------------------------------------------------------------------------------- pictures


def _pictures(space: Workspace, figures: Mapping[str, Figure]) -> dict[str, Picture]:
    """A picture for every figure; those rendered before come from the cache."""
    store = PictureStore(space.settings.cache / "pictures")
    pictures: dict[str, Picture] = {}
    pages: dict[str, list[Figure]] = defaultdict(list)
    texts: list[Figure] = []
    for identity, figure in figures.items():
        known = store.get(_picture_key(figure), with_page=_on_page(figure))
        if known is not None:
            pictures[identity] = known
        elif _on_page(figure):
            pages[figure.provenance.document.sha256].append(figure)
        else:
            texts.append(figure)
    with ThreadPoolExecutor(RENDERERS) as pool:
        rendering = [pool.submit(_rendered, space, listed) for listed in pages.values()]
        new = {figure.id: _drawn(figure) for figure in texts}
        for done in rendering:
            new |= done.result()
    for identity, picture in new.items():
        store.put(_picture_key(figures[identity]), picture)
    return pictures | new


def _on_page(figure: Figure) -> bool:
    return figure.provenance.evidence.page is not None


def _picture_key(figure: Figure) -> str:
    """PDF: the id, which holds document and place. Drawn: the text besides, since neighbours are drawn too."""
    if _on_page(figure):
        return figure.id
    drawn_from = repr((figure.provenance.release.title, figure.around))
    return f"{figure.id}-{hashlib.sha256(drawn_from.encode()).hexdigest()[:12]}"


def _rendered(space: Workspace, figures: list[Figure]) -> dict[str, Picture]:
    """Pictures of places in one PDF, page by page."""
    placed = [figure for figure in figures if figure.provenance.evidence.bbox is not None]
    pictures = {figure.id: Picture(fault="no place on the page was recorded") for figure in figures}
    placed.sort(key=lambda figure: figure.provenance.evidence.page or 0)
    regions = [
        Region(figure.provenance.evidence.page or 0, figure.provenance.evidence.bbox or (0, 0, 0, 0))
        for figure in placed
    ]
    try:
        data = space.archive.get(figures[0].provenance.document.sha256)
    except ArchiveError as fault:
        return {figure.id: Picture(fault=str(fault)) for figure in figures}
    made = pdf_pictures(data, regions) if regions else []
    return pictures | {figure.id: picture for figure, picture in zip(placed, made, strict=True)}


def _drawn(figure: Figure) -> Picture:
    if figure.around is None:
        return Picture(fault="the place is not found in the text as this extractor version reads it")
    return drawn(figure.provenance.release.title, figure.around)
