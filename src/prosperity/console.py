"""The readable form of what commands print; nothing is computed here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from prosperity.catalogue import Catalogue
from prosperity.collect.model import Collection, Failure
from prosperity.index.derived import DerivedPoint
from prosperity.index.model import IndexPoint
from prosperity.warehouse.model import SourceCounts, StoredRejection

#: Into a file or pipe there is no width to fit: wide enough for the tables, so that nothing is folded.
_out = Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else 150)


def say(text: str = "") -> None:
    _out.print(text, markup=False)


def heading(text: str) -> None:
    _out.print()
    _out.print(text, style="bold", markup=False)


def rows(entries: Sequence[dict[str, Any]], title: str = "") -> None:
    """Dictionaries with the same keys as a table; numbers to the right."""
    if not entries:
        say(f"{title}: none" if title else "none")
        return
    table = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=None,
        pad_edge=False,
    )
    for name in entries[0]:
        numeric = all(isinstance(entry[name], int | float | None) for entry in entries)
        table.add_column(name.replace("_", " "), justify="right" if numeric else "left", overflow="fold")
    for entry in entries:
        table.add_row(*(_cell(value) for value in entry.values()))
    _out.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return str(value)


def counted(counts: SourceCounts | None) -> dict[str, Any]:
    found = counts or SourceCounts()
    return {
        "releases": found.releases,
        "documents": found.documents,
        "observations": found.observations,
        "rejections": found.rejections,
        "with_evidence": "–" if found.with_evidence is None else f"{found.with_evidence:.0%}",
    }


def series_rows(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The series with unit, kind and versions (spans of periods in which each means one thing)."""
    return [
        {
            "id": s.id, "zh": s.name.zh, "en": s.name.en, "source": s.source, "unit": s.unit,
            "unit_mult": s.unit_mult, "frequency": s.frequency, "kind": s.kind, "cumulative": s.cumulative,
            "versions": [
                {"id": v.id, "first": v.first, "last": v.last, "change": v.change,
                 "splice": v.splice.method if v.splice else None, "note": v.note}
                for v in s.versions
            ],
        }
        for s in catalogue.series.values()
    ]  # fmt: skip


def derived_rows(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The derived series with formula and inputs."""
    return [
        {
            "id": d.id, "zh": d.name.zh, "en": d.name.en, "formula": d.formula,
            "inputs": ", ".join(f"{role}: {name}" for role, name in d.inputs.items()), "unit": d.unit,
        }
        for d in catalogue.derived.values()
    ]  # fmt: skip


def derived_row(point: DerivedPoint) -> dict[str, Any]:
    return {
        "period": point.period,
        "value": point.value,
        "status": point.status,
        "how": " ".join(point.steps),
        "evidence": ", ".join(dict.fromkeys(found.evidence for found in point.inputs)),
    }


def collection_row(found: Collection) -> dict[str, Any]:
    return {
        "source": found.source,
        "year": found.year,
        "releases": len(found.releases),
        "documents": len(found.documents),
        "failed": len(found.failures),
        "requests": found.requests,
        "transferred": found.transferred,
        "not_modified": found.not_modified,
        "new": sum(entry.state == "new" for entry in found.taken),
        "changed": sum(entry.state == "changed" for entry in found.taken),
        "failures": [f"{f.what}: {f.reason} ({f.where})" for f in found.failures],
        "expected": list(found.expected),
        "overdue": list(found.overdue),
        "warnings": list(found.warnings),
        "gone": list(found.gone),
    }


def collection(found: Collection) -> None:
    say(
        f"{found.source} {found.year}: {len(found.documents)} documents "
        f"({sum(entry.state == 'new' for entry in found.taken)} new, "
        f"{sum(entry.state == 'changed' for entry in found.taken)} changed), {found.requests} requests, "
        f"{found.transferred} bodies transferred, {found.not_modified} not modified, {len(found.failures)} failed"
    )
    for failure in found.failures:
        say(f"  failed: {failure.what}: {failure.reason} ({failure.where})")
    for line in (*found.expected, *found.overdue, *found.warnings, *found.gone):
        say(f"  {line}")


def index_row(point: IndexPoint) -> dict[str, Any]:
    return {
        "index": point.group,
        "quarter": point.period,
        "value": point.value,
        "change": point.change,
        "indicators": f"{point.indicators} of {point.indicators_total}",
        "weight": f"{point.weight_share:.0%}",
        "reason": point.reason,
    }


def exported(found: dict[str, Any]) -> None:
    for name, number in found["rows"].items():
        say(f"{name}: {number} rows")
    for name, sha256 in found["files"].items():
        say(f"  {name}  sha256 {sha256[:16]}…")
    say(f"written to {found['folder']}")
    if found["notice"]:
        say(found["notice"])


def rejection_row(found: StoredRejection) -> dict[str, Any]:
    return {
        "id": found.id[:8],
        "source": found.source,
        "stage": found.stage,
        "what": found.what,
        "where": found.where,
        "reason": found.reason,
        "resolved": bool(found.resolved_at),
    }


def failure_row(found: Failure) -> dict[str, Any]:
    return {"what": found.what, "where": found.where, "reason": found.reason, "document": found.document}


def reprocessed(found: dict[str, Any]) -> None:
    say(
        f"{found['documents']} archived documents read again, {found['parsed_again']} of them parsed anew; "
        f"{found['unchanged']} figures as before, {len(found['differences'])} differ"
    )
    columns = ("kind", "series", "period", "before", "after", "document")
    rows([{name: row[name] for name in columns} for row in found["differences"]], title="Difference")
    rows(found["rejected"], title="Rejected")


def tried(found: dict[str, list[dict[str, Any]]]) -> None:
    for name, entries in found.items():
        rows(entries, title=f"{name} ({len(entries)})")
        say()


def rejection(found: dict[str, Any]) -> None:
    heading(f"Rejection {found['id']}: {found['what']}")
    say(f"reason:   {found['reason']}")
    say(f"place:    {found['where']}")
    state = f"resolved {found['resolved_at']:%Y-%m-%d %H:%M} UTC" if found["resolved_at"] else "open"
    say(f"state:    {state}, first met {found['first_seen_at']:%Y-%m-%d %H:%M} UTC in stage {found['stage']}")
    say(f"source:   {found['source']}" + (f", {found['title']}" if found["title"] else ""))
    if found["address"]:
        say(f"address:  {found['address']}")
    say(f"document: {found['file'] or found['fault']}")
    for page in found["evidence"]:
        say(f"evidence of the same figure: {page}")


def explanation(found: dict[str, Any]) -> None:
    value = "not computable" if found["value"] is None else f"{found['value']:.4f}"
    change = "" if found["change"] is None else f", change {found['change']:+.4f} points"
    heading(f"{found['index']} index, {found['period']}: {value}{change}")
    if found["notice"]:
        say(found["notice"])
    say(
        f"{found['indicators']} of {found['indicators_total']} indicators, {found['weight_share']:.0%} of the weight"
        + (f"; {found['reason']}" if found["reason"] else "")
    )
    for part in found["contributions"]:
        heading(
            f"{part['series']} ({part['layer']}, weight {part['weight']:g}): {part['points']:+.4f} points, status {part['status']}"
        )
        for step in part["steps"]:
            say(f"  {step}")
        for entry in part["inputs"]:
            say(
                f"  {entry['period']}: {entry['value']} ← {entry.get('raw', '?')!r}, {entry.get('place', '?')}"
            )
            say(
                f"      {entry.get('title', '')} ({entry.get('address', '')}), known from {entry.get('known_from', '?')} ({entry.get('known_from_basis', '?')})"
            )
            for origin in entry.get("sample_of", []):
                say(
                    f"      sample of {origin['reading']} (confidence {origin['confidence']}), {origin['address']}"
                )
    if found["contributions"]:
        heading(f"sum of contributions {found['sum_of_contributions']:+.12f}, change {found['change']:+.12f}")


def reproduction(found: dict[str, Any]) -> None:
    if found["exact"]:
        say(f"run {found['run']}: reproduced to the last digit, {found['numbers']} numbers")
    else:
        largest = "missing on one side" if found["largest"] is None else f"{found['largest']:.3g}"
        say(f"run {found['run']}: NOT reproduced; largest difference {largest}")
        rows([{**row, "difference": repr(row["difference"])} for row in found["differing"]], title="Numbers")
    for cause in found["causes"]:
        say(f"  {cause}")
    if not found["exact"] and not found["causes"]:
        say("  code, data, program and specification are those of the run: libraries or processor differ")


def run_comparison(found: dict[str, Any]) -> None:
    heading(f"From {found['old']} to {found['new']}")
    for note in found["notes"]:
        say(note)
    listed = [
        {
            "index": row["group"], "quarter": row["quarter"], "old": row["old"], "new": row["new"],
            "change": f"{row['total']:+.4f}", **{name: f"{part:+.4f}" for name, part in row["parts"].items()},
        }
        for row in found["revisions"]
    ]  # fmt: skip
    rows(listed, title="Last common quarter: the change between the runs and its parts, index points")
    rows(found["figures"], title="Figures that went in")


_ANALYSIS = {
    "methods": "By method (diffusion: 50 is the turning line)",
    "turns": "Turning points of each index and indicator, of its level and of its growth on the year before",
    "leads": "Lead over the coincident index, in quarters (positive: early)",
    "real_time": "What the turning points looked like when they were new",
    "verdicts": "Catalogue, time-difference correlation and K-L information (negative lag: early)",
    "dropped": "Without one indicator",
    "shares": "Share of each choice in the variance of the last quarter",
}


def analysis(found: dict[str, Any]) -> None:
    for name, title in _ANALYSIS.items():
        if name == "real_time":
            listed = [
                row | {part: ", ".join(map(_marked, row[part])) for part in ("moves", "missing_in")}
                for row in found[name]
            ]
        else:
            listed = found[name]
        rows(listed, title=title)
        say()
    lights = [{**{k: v for k, v in row.items() if k != "scores"}, **row["scores"]} for row in found["lights"]]
    rows(lights, title=f"Warning lights, thresholds {found['lights_version']} of this project")
    say()
    rows(
        [{"index": row["group"], "series": row["series"], **row["weights"]} for row in found["weights"]],
        title="Weights by method",
    )
    rows(
        [{"index": group, **last} for group, last in found["weighted"].items()],
        title="Last quarter by these weights",
    )
    say()
    rows(
        [row for row in found["bands"] if not row["any_trend"]],
        title="Band of the draws: weights, normalisation, one dropped",
    )
    drawn = [row for row in found["bands"] if row["any_trend"]]
    rows(
        list({row["group"]: row for row in drawn}.values()),
        title="Last quarter where the trend step is drawn, too",
    )
    for note in found["notes"]:
        say(note)


def _marked(entry: Any) -> str:
    return f"{entry[1]} ({entry[0]})" if isinstance(entry, list | tuple) else str(entry)


def checks(summary: Sequence[dict[str, Any]], worst: Sequence[dict[str, Any]], basis: str) -> None:
    rows(summary, title=f"Figures checked against each other (rates and levels: {basis})")
    say()
    rows(worst, title="What strikes, the heaviest first")


def evidence(entries: Sequence[dict[str, Any]]) -> None:
    for entry in entries:
        heading(f"{entry['series']} {entry['period']} = {entry['value']}")
        for name in (
            "raw",
            "place",
            "title",
            "address",
            "issued",
            "known_from",
            "known_from_basis",
            "document",
            "page",
        ):
            say(f"  {name}: {entry.get(name)}")


def extraction(found: dict[str, Any]) -> None:
    for table in found["tables"]:
        heading(f"{table['place']}: {table['caption'] or 'table without caption'} {table['unit']}")
        grid = Table(box=None, show_header=False)
        for row in table["rows"]:
            grid.add_row(*("" if cell is None else cell for cell in row))
        _out.print(grid)
        if "method" in table:
            sure = f", least confidence {table['confidence']:.2f}" if "confidence" in table else ""
            say(f"read as {table['method']}{sure}")
    if found["statements"]:
        rows(found["statements"], title="Statements")
    for warning in found["warnings"]:
        say(f"warning: {warning}")
