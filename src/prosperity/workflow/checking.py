"""From the warehouse's figures to check results and back: compare, keep, count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from prosperity.checks.model import KINDS, CheckResult, Vintage
from prosperity.checks.run import NAMED, check_all, counted, worst
from prosperity.warehouse.model import SavedChecks
from prosperity.workflow.workspace import Workspace


@dataclass(frozen=True)
class Reconciliation:
    """All results of one run, and what keeping them changed."""

    results: tuple[CheckResult, ...]
    saved: SavedChecks


def reconcile(space: Workspace) -> Reconciliation:
    """Run every check over all figures of the warehouse and keep the results in place of the last run's."""
    series = space.catalogue.series
    vintages = [
        Vintage(row.series, row.period, row.value, row.known_from, row.evidence)
        for row in space.warehouse.changes(list(series))
    ]
    results = check_all(vintages, space.catalogue)
    return Reconciliation(tuple(results), space.warehouse.save_checks(results))


def as_rows(results: Iterable[CheckResult]) -> list[dict[str, Any]]:
    """Results in plain types, numbers as text with all their digits."""
    return [
        {
            "check": row.check, "rule": row.rule, "series": row.series, "period": row.period, "basis": row.basis,
            "verdict": row.verdict, "severity": row.severity, "gap": None if row.gap is None else format(row.gap, "f"),
            "explanation": row.explanation,
            "figures": [
                {
                    "role": f.role, "series": f.series, "period": f.period, "value": format(f.value, "f"),
                    "known_from": f.known_from.isoformat(), "evidence": f.evidence,
                }
                for f in row.figures
            ],
        }
        for row in results
    ]  # fmt: skip


def summary_rows(results: Iterable[CheckResult]) -> list[dict[str, Any]]:
    """Counts per check, series and verdict."""
    return [
        {"check": c.check, "series": c.series, "verdict": c.verdict, "severity": c.severity, "count": c.count}
        for c in counted(results)
    ]


def worst_rows(results: Iterable[CheckResult]) -> list[dict[str, Any]]:
    """The heaviest of each check in words."""
    listed = list(results)
    return [
        {"check": row.check, "series": row.series, "period": row.period, "severity": row.severity, "why": row.explanation}
        for check in KINDS
        for row in worst(listed, check, NAMED)
    ]  # fmt: skip
