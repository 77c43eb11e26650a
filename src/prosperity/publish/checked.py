"""Check results as the report shows them: counted by series, and the heaviest one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from prosperity.catalogue.model import Series
from prosperity.checks.model import KINDS, CheckKind, CheckResult
from prosperity.checks.run import heaviest, shown
from prosperity.publish import words


@dataclass
class CheckLine:
    """How one series fared in one check; ``compared`` is the sum of the three that follow it."""

    check: CheckKind
    series: str
    compared: int = 0
    agree: int = 0
    noted: int = 0
    contradict: int = 0
    unpaired: int = 0


def check_lines(results: Iterable[CheckResult]) -> list[CheckLine]:
    """By check in their own order, then by series."""
    lines: dict[tuple[CheckKind, str], CheckLine] = {}
    for row in shown(results):
        line = lines.setdefault((row.check, row.series), CheckLine(row.check, row.series))
        if row.gap is None:
            line.unpaired += 1
            continue
        line.compared += 1
        line.agree += row.severity == "none"
        line.noted += row.severity == "note"
        line.contradict += row.severity == "warn"
    return sorted(lines.values(), key=lambda line: (KINDS.index(line.check), line.series))


def checked_series(results: Iterable[CheckResult]) -> frozenset[str]:
    """Series with a figure in the list of the heaviest: their evidence pages lead back there."""
    return frozenset(figure.series for row in heaviest(results) for figure in row.figures)


def gap(row: CheckResult, series: Series, language: words.Language) -> str:
    """The gap with its unit."""
    if row.gap is None:
        return words.plain(None)
    if row.check == "rate_against_levels":
        return f"{words.signed(row.gap)} {'个百分点' if language == 'zh' else 'points'}"
    if row.check == "pace_within_year":
        return f"× {words.rounded(float(row.gap))}"
    if row.check == "twins":
        return words.plain(round(row.gap, 4))
    sign = "−" if row.gap < 0 else "+"
    size: Decimal = abs(row.gap).normalize()
    return f"{sign}{words.with_unit(size, series, language)}"
