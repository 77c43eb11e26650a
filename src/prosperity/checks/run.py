"""All checks that the catalogue asks for, over one set of figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from prosperity.catalogue.model import Catalogue
from prosperity.checks.between import parts_within_whole, twins
from prosperity.checks.book import Book
from prosperity.checks.inside import falls, paces
from prosperity.checks.model import BASES, KINDS, SEVERITIES, Basis, CheckKind, CheckResult, Vintage
from prosperity.checks.rates import rates_in


def check_all(vintages: Iterable[Vintage], catalogue: Catalogue) -> list[CheckResult]:
    """Every comparison, sorted by its key; rates on each basis, all others with the figures as known now."""
    book, checks = Book(vintages), catalogue.checks
    found = [row for basis in BASES for row in rates_in(book, catalogue.series, checks.rates, basis)]
    for entry in catalogue.series.values():
        if entry.cumulative and entry.kind == "flow":
            found += falls(book, entry, checks)
    found += [row for rule in checks.pace for row in paces(book, rule)]
    found += [row for rule in checks.parts for row in parts_within_whole(book, rule)]
    found += [row for rule in checks.twins for row in twins(book, rule)]
    return sorted(found, key=lambda row: row.key)


@dataclass(frozen=True)
class CheckCount:
    """How often one series came to one verdict."""

    check: CheckKind
    series: str
    verdict: str
    severity: str
    count: int


def counted(results: Iterable[CheckResult]) -> list[CheckCount]:
    """Counts per check, series, verdict and severity; the checks in their own order."""
    counts: dict[tuple[CheckKind, str, str, str], int] = {}
    for row in results:
        key = (row.check, row.series, row.verdict, row.severity)
        counts[key] = counts.get(key, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (KINDS.index(item[0][0]), item[0]))
    return [CheckCount(*key, count=count) for key, count in ordered]


def shown(results: Iterable[CheckResult], basis: Basis = "first_release") -> list[CheckResult]:
    """The rates on one basis, and everything else."""
    return [row for row in results if row.check != "rate_against_levels" or row.basis == basis]


#: How many results of one check are named one by one.
NAMED = 10


def heaviest(results: Iterable[CheckResult]) -> list[CheckResult]:
    """What struck hardest in each check, the checks in their own order."""
    listed = shown(results)
    return [row for check in KINDS for row in worst(listed, check, NAMED)]


def worst(results: Iterable[CheckResult], check: CheckKind, count: int) -> list[CheckResult]:
    """What struck, the heaviest first: by severity, then by the size of the gap, then by key."""
    struck = [row for row in results if row.check == check and row.severity != "none"]

    def weight(row: CheckResult) -> tuple[int, Decimal, tuple[str, ...]]:
        return -SEVERITIES.index(row.severity), -_size(row), row.key

    return sorted(struck, key=weight)[:count]


def _size(row: CheckResult) -> Decimal:
    """How large a gap is; a month of a fifth weighs as much as one of five times the mean."""
    size = abs(row.gap or Decimal(0))
    if row.check == "pace_within_year" and 0 < size < 1 and row.gap == size:
        return 1 / size
    return size
