"""Published year-on-year rates against the ratio of the levels of the same period one year before.

Where they disagree, the publisher has restated or rebased the earlier level, and the rate is the comparable
information.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from prosperity.catalogue.check_model import RateThresholds
from prosperity.catalogue.model import Series
from prosperity.checks.book import Book, figure, plain, rounded, year_before
from prosperity.checks.model import BASES, Basis, CheckResult, Severity, Verdict, Vintage

_SEVERITIES: dict[Verdict, Severity] = {"rounding": "none", "small": "note", "restated": "warn"}
_SAID = {
    "rounding": "within rounding",
    "small": "a small difference",
    "restated": "restated or rebased",
}


def verdict_of(gap: Decimal, thresholds: RateThresholds) -> Verdict:
    """Class of an unrounded gap in points; the bounds belong to the larger class."""
    if abs(gap) < Decimal(str(thresholds.rounding)):
        return "rounding"
    return "small" if abs(gap) < Decimal(str(thresholds.restated)) else "restated"


def reconcile_rates(
    vintages: Iterable[Vintage],
    series: Mapping[str, Series],
    thresholds: RateThresholds | None = None,
    basis: Basis = "first_release",
) -> list[CheckResult]:
    """One result for every period of every series with ``rate_of``, by series and period.

    ``basis``: which levels. By default each as its own first release gave it, which is what a reader holds who
    lays last year's release beside this year's. A rate without its level, or without a level other than zero one
    year before, is ``unpaired``. Rates at constant prices are left out: their levels are at current ones.
    """
    return rates_in(Book(vintages), series, thresholds or RateThresholds(), basis)


def rates_in(
    book: Book, series: Mapping[str, Series], thresholds: RateThresholds, basis: Basis
) -> list[CheckResult]:
    if basis not in BASES:
        raise ValueError(f"basis must be one of {', '.join(BASES)}, not {basis!r}")
    found: list[CheckResult] = []
    comparable = (name for name, entry in series.items() if entry.rate_of and not entry.constant_prices)
    for name in sorted(comparable):
        for period in book.periods(name):
            result = _compare(book, series[name], period, thresholds, basis)
            if result is not None:
                found.append(result)
    return found


def _compare(
    book: Book, entry: Series, period: str, thresholds: RateThresholds, basis: Basis
) -> CheckResult | None:
    level_series = entry.rate_of or ""
    rate, level, before = _rows(book, entry.id, level_series, period, basis)
    if rate is None or rate.value is None:
        return None
    figures = [figure("rate", rate)]
    figures += [figure(role, row) for role, row in (("level", level), ("level_before", before)) if row]
    shared = {
        "check": "rate_against_levels",
        "rule": "yoy",
        "series": entry.id,
        "period": period,
        "basis": basis,
    }
    if level is None or before is None or not level.value or not before.value:
        lacking = [
            when
            for row, when in ((level, period), (before, year_before(period)))
            if row is None or not row.value
        ]
        sentence = f"{plain(rate.value)} % published for {period}; no level of {' and '.join(lacking)} to compare with."
        return CheckResult(
            **shared,  # type: ignore[arg-type]
            verdict="unpaired",
            severity="none",
            gap=None,
            figures=tuple(figures),
            explanation=sentence,
        )
    growth = (level.value / before.value - 1) * 100
    gap = growth - rate.value
    verdict = verdict_of(gap, thresholds)
    sentence = (
        f"{plain(level.value)} ({period}) over {plain(before.value)} ({before.period}) is {growth:+.2f} %, "
        f"published {rate.value:+f} %: {gap:+.2f} points, {_SAID[verdict]}."
    )
    return CheckResult(
        **shared,  # type: ignore[arg-type]
        verdict=verdict,
        severity=_SEVERITIES[verdict],
        gap=rounded(gap),
        figures=tuple(figures),
        explanation=sentence,
    )


def _rows(
    book: Book, rate_series: str, level_series: str, period: str, basis: Basis
) -> tuple[Vintage | None, Vintage | None, Vintage | None]:
    """Rate, level, and level of one year before, as the basis takes them."""
    earlier = year_before(period)
    rate, level = book.first(rate_series, period), book.first(level_series, period)
    if basis == "first_release":
        return rate, level, book.first(level_series, earlier)
    day = None
    if basis == "at_release":
        # A late release of either leaves nothing to compare before both are out.
        day = max((row.known_from for row in (rate, level) if row), default=None)
    return (
        book.known(rate_series, period, day),
        book.known(level_series, period, day),
        book.known(level_series, earlier, day),
    )
