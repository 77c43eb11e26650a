"""What one step of one year gives, and how the years of a run become one result of a check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dagster import AssetCheckResult, AssetCheckSeverity, AssetKey, DataVersion

from pipelines.metadata import lines, table


@dataclass(frozen=True)
class Checked:
    """One check of one year: the verdict, its figures, and the sentences that explain it."""

    passed: bool
    figures: Mapping[str, int]
    notes: Sequence[str] = ()
    severity: AssetCheckSeverity = AssetCheckSeverity.WARN


@dataclass(frozen=True)
class Made:
    """What one step made of one year."""

    version: DataVersion
    metadata: Mapping[str, Any]
    checks: Mapping[str, Checked] = field(default_factory=dict)


def check_result(asset: AssetKey, name: str, years: Mapping[str, Checked]) -> AssetCheckResult:
    """The check over all years of a run: figures added up, a row a year where there are several.

    It has the severity of the years that failed: one year's error is not made a warning by the others.
    """
    totals: Counter[str] = Counter()
    for found in years.values():
        totals.update(found.figures)
    failed = [found for found in years.values() if not found.passed]
    worst = AssetCheckSeverity.ERROR
    if all(found.severity == AssetCheckSeverity.WARN for found in failed or years.values()):
        worst = AssetCheckSeverity.WARN
    notes = [f"{year}: {note}" for year, found in years.items() for note in found.notes]
    names = list(dict.fromkeys(name for found in years.values() for name in found.figures))
    rows = [
        {"year": year, "passed": "yes" if found.passed else "no"}
        | {name: found.figures.get(name, 0) for name in names}
        for year, found in years.items()
    ]
    return AssetCheckResult(
        asset_key=asset,
        check_name=name,
        passed=not failed,
        severity=worst,
        metadata={
            **{name: totals[name] for name in names},
            "worth a look": lines(notes, "nothing"),
            **({"years": table(rows)} if len(rows) > 1 else {"year": next(iter(years), "")}),
        },
    )
