"""From the warehouse to the site: gather what the pages show, have it written.

What belongs here: gathering, and in which order. What does not: what pages look like (``prosperity.publish``).
"""

from __future__ import annotations

from pathlib import Path

import prosperity
from prosperity.index.model import IndexResult
from prosperity.publish.checked import checked_series
from prosperity.publish.content import Years
from prosperity.publish.folder import bring_up
from prosperity.publish.model import ComparedValue, Published, SiteMaterial
from prosperity.publish.site import anchor_of, evidence_files, published, shared_files, site_pages
from prosperity.workflow.analysis import analyse_index, vintages_of
from prosperity.workflow.checking import reconcile
from prosperity.workflow.composing import industry_reports, printable
from prosperity.workflow.dictionary import dictionary
from prosperity.workflow.figures import figures_at, figures_of, key_of
from prosperity.workflow.indexing import compare_published, compute_index, published_series
from prosperity.workflow.pictures import Rendering
from prosperity.workflow.site_material import calendar, downloads, index_vintages, series_histories
from prosperity.workflow.workspace import Workspace

__all__ = ["Published", "evidence_page", "publish_report"]


def publish_report(
    space: Workspace, out: Path | None = None, edition: int | None = None, years: Years | None = None
) -> Published:
    """Compute the index, run the checks, and bring the site in ``out`` (default: the settings' folder) up to date.

    One evidence page for every reading of every series. ``edition``, ``years``: the industry report wanted (default:
    the last year, and the five-year-plan period). Publishing the same again changes no file.
    :raises PublishError: where ``out`` cannot be written. :raises ContentError: for years or an edition that no report
    can have.
    """
    checks = reconcile(space).results
    figures = figures_of(space, list(space.catalogue.series), checks)
    with Rendering(space, figures) as rendering:  # pictures are made beside the computing
        computed = compute_index(space)
        result = computed.result
        reports = industry_reports(space, edition, years, result)
        analysis = analyse_index(space, result=result)
        material = SiteMaterial(
            result=result,
            spec=space.catalogue.index_of(space.settings.today)[0],
            series=space.catalogue.series,
            sources=space.catalogue.sources,
            run=computed.run,
            code_version=prosperity.__version__,
            sample=not space.settings.live,
            figures=figures,
            compared=_compared(space, result),
            counts=space.warehouse.counts(),
            rejections=space.warehouse.rejections(),
            compared_series=frozenset(published_series(space.catalogue)),
            checks=checks,
            rate_thresholds=space.catalogue.checks.rates,
            analysis=analysis,
            lights=space.catalogue.lights,
            parameters=space.warehouse.run(computed.run).parameters,
            reports=reports,
            printable=[printable(space, report) for report in reports],
            histories=series_histories(space, space.warehouse.changes(list(space.catalogue.series)), checks),
            calendar=calendar(space),
            vintages=index_vintages(space, result, vintages_of(space, result)),
            dictionary=dictionary(space.catalogue),
            downloads=downloads(space),
        )
        folder = (out or space.settings.report).resolve()
        return published(folder, bring_up(folder, site_pages(material, rendering.pictures())))


def evidence_page(space: Workspace, evidence_id: str) -> Path:
    """Write the evidence page of one figure, with those of the other readings that it links to; gives its path.

    The folder is the settings' report folder; nothing else in it is touched. :raises NotFound: for an unknown id.
    """
    checks = space.warehouse.checks()
    found = figures_at(space, [key_of(space, evidence_id)], checks)
    folder = space.settings.report.resolve()
    has_report = (folder / "en" / "index.html").exists()
    pages = shared_files()
    with Rendering(space, found) as rendering:
        pictures = rendering.pictures()
    checked = checked_series(checks)
    for identity, figure in found.items():
        name = figure.series.id
        own = (folder / "en" / f"series-{name}.html").exists()
        anchor = anchor_of(
            name,
            space.catalogue.index,
            frozenset(published_series(space.catalogue)),
            checked,
            with_page=[name] if own else (),
        )
        linked = [*found, *_already_there(folder, figure.others)]
        pages += evidence_files(
            figure,
            pictures[identity],
            linked=linked,
            anchor=anchor if has_report else None,
            page_of_series=own,
        )
    bring_up(folder, pages, remove_stale=False)
    return folder / "evidence" / f"{evidence_id}.html"


def _already_there(folder: Path, evidence: frozenset[str]) -> list[str]:
    return [name for name in evidence if (folder / "evidence" / f"{name}.html").exists()]


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
