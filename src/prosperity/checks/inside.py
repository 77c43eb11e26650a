"""A year-to-date series inside its year: it does not fall, and no month stands out from those before.

Both compare with the last known figure of the same year, since single months are often missing.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from prosperity.catalogue.check_model import Checks, PaceRule
from prosperity.catalogue.model import Series
from prosperity.checks.book import Book, figure, plain, rounded
from prosperity.checks.model import CheckResult, Vintage

Pair = tuple[tuple[Vintage, Decimal], tuple[Vintage, Decimal]]


def falls(book: Book, entry: Series, checks: Checks) -> list[CheckResult]:
    """One result for every period with an earlier one in the same year."""
    excuse = {known.series: known.reason for known in checks.may_fall}.get(entry.id)
    return [_fall(pair, excuse) for pair in _pairs(book, entry.id)]


def paces(book: Book, rule: PaceRule) -> list[CheckResult]:
    """One result for every period with an earlier one above zero in the same year, for every series of the rule."""
    return [_pace(rule, pair) for name in rule.series for pair in _pairs(book, name) if pair[0][1] > 0]


def _pairs(book: Book, series: str) -> list[Pair]:
    """Neighbouring known figures of one year, as known now."""
    known = list(book.values(series).values())
    return [(a, b) for a, b in pairwise(known) if a[0].period[:4] == b[0].period[:4]]


def _fall(pair: Pair, excuse: str | None) -> CheckResult:
    (earlier, first), (later, second) = pair
    change = second - first
    strikes = change < 0
    sentence = f"{plain(first)} ({earlier.period}) to {plain(second)} ({later.period}) is {change:+f}"
    sentence += ": a year-to-date figure fell inside its year." if strikes else ": it did not fall."
    if strikes and excuse:
        sentence += f" It may: {excuse}."
    return CheckResult(
        check="cumulative_fall",
        rule="year_to_date",
        series=later.series,
        period=later.period,
        basis="latest",
        verdict="strikes" if strikes else "fits",
        severity=("note" if excuse else "warn") if strikes else "none",
        gap=rounded(change),
        figures=(figure("earlier", earlier), figure("later", later)),
        explanation=sentence,
    )


def _pace(rule: PaceRule, pair: Pair) -> CheckResult:
    (earlier, first), (later, second) = pair
    months, since = _month(earlier.period), _month(later.period) - _month(earlier.period)
    pace = (second - first) / since / (first / months)
    strikes = not Decimal(str(rule.slowest)) <= pace <= Decimal(str(rule.fastest))
    sentence = (
        f"{plain(first)} in {months} months to {earlier.period}, {second - first:+f} in {since} more to "
        f"{later.period}: the mean month since is {pace:.2f} times the mean month before, "
        f"{'outside' if strikes else 'inside'} {rule.slowest:g} to {rule.fastest:g}."
    )
    return CheckResult(
        check="pace_within_year",
        rule=rule.id,
        series=later.series,
        period=later.period,
        basis="latest",
        verdict="strikes" if strikes else "fits",
        severity="warn" if strikes else "none",
        gap=rounded(pace),
        figures=(figure("earlier", earlier), figure("later", later)),
        explanation=sentence,
    )


def _month(period: str) -> int:
    """Months from January to the end of the period: 2020-04 → 4, 2020-Q2 → 6, 2020-S1 → 6, 2020 → 12."""
    code = period[5:]
    if not code:
        return 12
    return {"Q": 3, "S": 6}[code[0]] * int(code[1]) if code[0] in "QS" else int(code)
