"""Series against each other at the same period: parts against their whole, twins against their bounds."""

from __future__ import annotations

from decimal import Decimal

from prosperity.catalogue.check_model import PartsRule, TwinRule
from prosperity.checks.book import Book, figure, plain, rounded
from prosperity.checks.model import CheckResult, Vintage

Known = tuple[Vintage, Decimal]


def parts_within_whole(book: Book, rule: PartsRule) -> list[CheckResult]:
    """One result for every period that has the whole and a part (``each``: for every such part).

    Parts that are not known at a period are left out of the sum, which can then only be too small.
    """
    found: list[CheckResult] = []
    parts = {name: book.values(name) for name in rule.parts}
    for period, whole in book.values(rule.whole).items():
        present = [values[period] for values in parts.values() if period in values]
        if rule.relation == "sum" and present:
            found.append(_within(rule, whole, present))
        elif rule.relation == "each":
            found += [_within(rule, whole, [part]) for part in present]
    return found


def _within(rule: PartsRule, whole: Known, parts: list[Known]) -> CheckResult:
    row, amount = whole
    total = sum((value for _, value in parts), Decimal(0))
    gap = total - amount
    strikes = gap > abs(amount) * Decimal(str(rule.tolerance))
    listed = " + ".join(plain(value) for _, value in parts)
    words = f"{listed} = {plain(total)}" if len(parts) > 1 else listed
    known = f" ({len(parts)} of {len(rule.parts)} parts known)" if rule.relation == "sum" else ""
    sentence = f"{words} against the whole {plain(amount)} in {row.period} is {gap:+f}{known}: "
    sentence += "more than the whole." if strikes else "not more than the whole."
    return CheckResult(
        check="parts_within_whole",
        rule=rule.id,
        series=rule.whole if rule.relation == "sum" else parts[0][0].series,
        period=row.period,
        basis="latest",
        verdict="strikes" if strikes else "fits",
        severity="warn" if strikes else "none",
        gap=rounded(gap),
        figures=(*(figure("part", part) for part, _ in parts), figure("whole", row)),
        explanation=sentence,
    )


def twins(book: Book, rule: TwinRule) -> list[CheckResult]:
    """One result for every period that both have; a ratio to zero is passed over."""
    left, right = book.values(rule.left), book.values(rule.right)
    found: list[CheckResult] = []
    for period, one in left.items():
        other = right.get(_beside(rule, period))
        if other is not None and (rule.measure == "difference" or other[1]):
            found.append(_twin(rule, one, other))
    return found


def _beside(rule: TwinRule, period: str) -> str:
    """The period of the right series; an annual figure stands beside December's only."""
    if rule.right_periods == "same":
        return period
    return period[:4] if period.endswith("-12") else ""


def _twin(rule: TwinRule, left: Known, right: Known) -> CheckResult:
    (one, first), (other, second) = left, right
    gap = first - second if rule.measure == "difference" else first / second
    strikes = not Decimal(str(rule.minimum)) <= gap <= Decimal(str(rule.maximum))
    sign = "less" if rule.measure == "difference" else "over"
    sentence = (
        f"{plain(first)} ({one.period}) {sign} {plain(second)} ({other.period}) is {gap:.4g}, "
        f"{'outside' if strikes else 'inside'} {rule.minimum:g} to {rule.maximum:g}."
    )
    return CheckResult(
        check="twins",
        rule=rule.id,
        series=rule.left,
        period=one.period,
        basis="latest",
        verdict="strikes" if strikes else "fits",
        severity="warn" if strikes else "none",
        gap=rounded(gap),
        figures=(figure("left", one), figure("right", other)),
        explanation=sentence,
    )
