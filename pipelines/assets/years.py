"""What each step makes of one year: calls of the library, and what a person wants to see of the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from dagster import (
    AssetCheckSeverity,
    AssetExecutionContext,
    AssetKey,
    AssetRecordsFilter,
    MetadataValue,
)

from pipelines.assets.describe import lineage
from pipelines.assets.figures import Checked, Made
from pipelines.faults import NothingToBeHad
from pipelines.metadata import failures_table, lines, picture_of, row_count, table, version_of
from prosperity.catalogue import Source
from prosperity.clean.model import Cleaned
from prosperity.workflow import drift, stages
from prosperity.workflow.drift_pictures import keep_picture
from prosperity.workflow.looks import chart_of_source, figure_to_show, found_before
from prosperity.workflow.workspace import Workspace


class Year:
    """One source and year at work; what one step has in hand, the next need not read again."""

    def __init__(self, space: Workspace, source: Source, year: int, context: AssetExecutionContext) -> None:
        self.space, self.source, self.year, self.context = space, source, year, context

    @cached_property
    def extracted(self) -> list[stages.Extracted]:
        return stages.extract_year(self.space, self.source.id, self.year)

    @cached_property
    def cleaned(self) -> list[Cleaned]:
        return stages.clean_documents(self.space, self.source.id, self.extracted)

    def number_before(self, key: AssetKey, name: str) -> int | None:
        """What the last materialisation of this year said under ``name``; None where there is none."""
        wanted = AssetRecordsFilter(asset_key=key, asset_partitions=[str(self.year)])
        for record in self.context.instance.fetch_materializations(wanted, limit=1).records:
            found = record.asset_materialization
            value = found.metadata.get(name) if found else None
            return value.value if value is not None and isinstance(value.value, int) else None
        return None


def _instance(year: Year) -> MetadataValue:
    return MetadataValue.text(year.space.settings.notice or "live publishers")


def documents(year: Year) -> Made:
    """:raises NothingToBeHad: where releases failed and no document is there."""
    found = stages.collect_year(year.space, year.source.id, year.year)
    for failure in found.failures:
        year.context.log.warning(f"{failure.what}: {failure.reason} ({failure.where})")
    if found.failures and not found.documents:
        first = found.failures[0]
        raise NothingToBeHad(f"nothing could be had. {first.what}: {first.reason} ({first.where})")
    rows = [
        {
            "title": entry.release.title,
            "period": entry.release.period.code if entry.release.period else None,
            "issued": entry.release.issued,
            "basis": entry.release.issued_basis,
            "sha256": entry.document.sha256[:12],
            "bytes": entry.document.size,
            "state": entry.state,
            "bytes before": entry.before.size if entry.before and entry.state == "changed" else None,
        }
        for entry in found.taken
    ]
    states = Counter(entry.state for entry in found.taken)
    return Made(
        version_of(document.sha256 for document in found.documents.values()),
        {
            **row_count(len(found.documents)),
            "releases": len(found.releases),
            "requests": found.requests,
            "bodies transferred": found.transferred,
            "not modified": found.not_modified,
            "failed": len(found.failures),
            "new": states["new"] + states["same_content"],
            "changed": states["changed"],
            "unchanged": states["unchanged"],
            "documents": table(rows),
            "missing": lines((*found.failed, *found.overdue), "nothing is missing by the calendar"),
            "worth a look": lines((*found.warnings, *found.gone), "nothing"),
            "not out yet": lines(found.expected, "nothing more is expected for this year"),
            "not among the sample documents": lines(found.not_in_sample, "none"),
            "failures": failures_table(found.failures),
            "instance": _instance(year),
        },
        {
            "complete": Checked(
                passed=not found.failures and not found.overdue,
                severity=AssetCheckSeverity.ERROR if found.failures else AssetCheckSeverity.WARN,
                figures={
                    "found": len(found.releases),
                    "failed": len(found.failures),
                    "overdue": len(found.overdue),
                    "not out yet": len(found.expected),
                },
                notes=(*found.failed, *found.overdue, *found.expected),
            )
        },
    )


def tables(year: Year) -> Made:
    results = year.extracted
    changed = drift.of_year(year.space, year.source, year.year, results)
    changes = [line for found in changed for line in found.lines]
    for line in changes:
        year.context.log.warning(f"layout {line}")
    failures = [result.failure for result in results if result.failure]
    read = [(result, result.extraction) for result in results if result.extraction]
    rows = [
        {
            "document": result.release.title,
            "pages": extraction.pages,
            "tables": len(extraction.tables),
            "statements": len(extraction.statements),
            "captions": " / ".join(t.caption for t in extraction.tables if t.caption),
            "read again": not result.cached,
        }
        for result, extraction in read
    ]
    return Made(
        version_of(f"{result.document.sha256} {extraction.version}" for result, extraction in read),
        {
            **row_count(sum(sum(len(t.cells) for t in extraction.tables) for _, extraction in read)),
            "documents": len(results),
            "tables": sum(len(extraction.tables) for _, extraction in read),
            "statements": sum(len(extraction.statements) for _, extraction in read),
            "preview": table(rows),
            "failures": failures_table(failures),
            **lineage(year.source.id, "tables"),
        },
        {
            "readable": Checked(
                passed=not failures,
                severity=AssetCheckSeverity.ERROR,
                figures={"documents": len(results), "unreadable": len(failures)},
                notes=[f"{f.what}: {f.reason} ({f.where})" for f in failures],
            ),
            "layout": Checked(
                passed=not changes,
                severity=AssetCheckSeverity.WARN,
                figures={"changed documents": len(changed), "changes": len(changes)},
                notes=[*changes, *(f"side by side: {keep_picture(year.space, found)}" for found in changed)],
            ),
        },
    )


def observations(year: Year) -> Made:
    results = year.cleaned
    found = [observation for result in results for observation in result.observations]
    rejections = [failure for result in results for failure in result.rejections]
    unclaimed = [entry for result in results for entry in result.unclaimed]
    for failure in rejections:
        year.context.log.warning(f"rejected {failure.what}: {failure.reason} ({failure.where})")
    rows = [
        {"series": o.series, "period": o.period, "value": o.value, "unit": o.unit, "mult": o.unit_mult,
         "known from": o.known_from, "raw text": o.evidence.raw}
        for o in sorted(found, key=lambda o: (o.series, o.period))
    ]  # fmt: skip
    series = {o.series for o in found}
    open_ones = [failure for failure in rejections if not failure.decided]
    return Made(
        version_of(f"{o.series} {o.period} {o.value} {o.known_from} {o.evidence.id}" for o in found),
        {
            **row_count(len(found)),
            "observations": len(found),
            "series": len(series),
            "rejected": len(rejections),
            "unclaimed figures": len(unclaimed),
            **_shown_figure(year),
            "preview": table(rows),
            "rejections": failures_table(rejections),
            "unclaimed": lines(unclaimed, "every figure is claimed or deliberately ignored"),
            **lineage(year.source.id, "observations"),
        },
        {
            # What a correction of the catalogue drops needs nobody's look.
            "nothing_rejected": Checked(
                passed=not open_ones,
                figures={
                    "rejected": len(rejections),
                    "decided by a correction": len(rejections) - len(open_ones),
                },
                notes=[f"{f.what}: {f.reason} ({f.where})" for f in rejections],
            ),
            "evidence": Checked(
                passed=all(o.evidence.raw.strip() for o in found),
                severity=AssetCheckSeverity.ERROR,
                figures={
                    "observations": len(found),
                    "without evidence": sum(not o.evidence.raw.strip() for o in found),
                },
            ),
            "coverage": _coverage(year, series),
        },
    )


def _coverage(year: Year, series: set[str]) -> Checked:
    """Series that the documents of the year before gave and these do not: a layout that has changed, mostly."""
    before = found_before(year.space, year.source.id, year.year)
    lost = sorted(before - series) if series else []
    return Checked(
        passed=not lost,
        figures={"series": len(series), "series of the year before": len(before), "missing": len(lost)},
        notes=[f"{name}: in {year.year - 1}, not in {year.year}" for name in lost],
    )


def _shown_figure(year: Year) -> dict[str, Any]:
    """One figure of the year as it stands in its document, framed, with the way to its evidence page."""
    shown = figure_to_show(year.space, year.extracted, year.cleaned)
    if shown is None:
        return {}
    page = MetadataValue.text(shown.command)
    if shown.address:
        is_link = shown.address.startswith(("http://", "https://"))
        page = MetadataValue.url(shown.address) if is_link else MetadataValue.path(shown.address)
    found: dict[str, Any] = {"figure shown": MetadataValue.text(shown.words), "evidence page": page}
    if shown.picture.image:
        found["picture"] = MetadataValue.md(picture_of(shown.picture.image, shown.words))
    return found


def loaded(year: Year) -> Made:
    found = [o for cleaned in year.cleaned for o in cleaned.observations]
    key = AssetKey(["warehouse", year.source.id])
    before = year.number_before(key, "dagster/partition_row_count")
    summary = stages.load_documents(year.space, year.cleaned)
    chart = chart_of_source(year.space, year.source, {o.series for o in found})
    return Made(
        # With the places: a page that moved a figure changes what the report shows of it.
        version_of(
            f"{o.series} {o.period} {o.value} {o.status} {o.known_from} {o.evidence.id}" for o in found
        ),
        {
            **row_count(len(found)),
            "documents": summary.documents,
            "readings added": summary.readings_added,
            "observations added": summary.observations_added,
            "rejections added": summary.rejections_added,
            "effect": MetadataValue.text(
                "nothing changed" if not summary.readings_added else "new readings loaded"
            ),
            **({"chart": MetadataValue.md(chart)} if chart else {}),
            "instance": _instance(year),
            **lineage(year.source.id, "loaded"),
        },
        {"against_last_run": _against_last_run(year.year, len(found), before)},
    )


def _against_last_run(year: int, now: int, before: int | None) -> Checked:
    if before is None:
        return Checked(True, {"figures": now}, [f"{now} figures; no earlier run of {year} is recorded"])
    note = f"{now} figures, {before} in the last run" if now != before else ""
    fewer = max(0, before - now)
    return Checked(fewer == 0, {"figures": now, "last run": before, "fewer": fewer}, [note] if note else ())


MAKERS: Mapping[str, Callable[[Year], Made]] = {
    "documents": documents,
    "tables": tables,
    "observations": observations,
    "loaded": loaded,
}
