"""What a rate is compared with, where the words around it and not the rate itself say so.

What belongs here: one decision, whether a rate with a base of its own is one on year. What does not: finding
rates and periods (``notation``), and which figure a rate belongs to (``sentence``).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from prosperity.notation.changes import Mark
from prosperity.notation.model import Period, PeriodError
from prosperity.notation.periods import Found

#: A change that says itself what it is compared with.
_SAYS_BASE = re.compile(r"同比|环比|按[年月季]|比|较|[上去]年|(?<!半)年[度均]?增")


def resolved(found: Found, issued: dt.date | None, default_year: int | None) -> Period | None:
    """The period that a phrase names; None where its year cannot be known."""
    try:
        return found.resolve(issued, default_year)
    except PeriodError:
        return None


def compared(mark: Mark, words: str, base: Period | None, period: Period | None) -> Mark:
    """The mark with what its rate is really compared with.

    ``base``: the period that the rate itself names, or the increase printed just before it; ``words``: the
    mark's own. 较2021年12月增长6.8% is growth on year for December 2022 and none for March 2023, and 增长率为4.6%
    behind 较2022年12月增长3880万人 has that base.
    """
    if mark.kind != "rate" or mark.comparison not in ("yoy", "since") or base is None or period is None:
        return mark
    if mark.comparison == "yoy" and _SAYS_BASE.search(words):
        return mark
    year_ago = (base.end.year + 1, base.end.month) == (period.end.year, period.end.month)
    same_span = base.months == period.months or "stock" in (base.kind, period.kind)
    return replace(mark, comparison="yoy" if year_ago and same_span else "since")
