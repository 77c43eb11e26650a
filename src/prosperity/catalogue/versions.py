"""Versions of a series: where scope, threshold, sample, price base, definition or reference date change.

What belongs here: the types, and which version a period belongs to. A new version is never a revision: the
figures on both sides are right, they measure different things. What does not: computing across a break
(``index.transform``, ``index.derived``), which asks here whether it may.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from pydantic import model_validator

from prosperity.catalogue.base import Model

_PERIOD = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|S([12])))?")


@lru_cache(maxsize=4096)
def month_of(period: str) -> int:
    """Ordinal (12 × year + month − 1) of the last month of a TIME_PERIOD. :raises ValueError: for no period."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise ValueError(f"not a TIME_PERIOD (2019-06, 2019-Q2, 2019-S1, 2019): {period!r}")
    year, month, quarter, half = found.groups()
    last = int(month or 0) or 3 * int(quarter or 0) or 6 * int(half or 0) or 12
    return 12 * int(year) + last - 1


class Splice(Model):
    """How levels before and after a break are joined, if they may be joined at all.

    - ``chain_rates``: levels are not joined; the publisher's year-on-year rates are on a comparable basis and
      are chained (the series must have them).
    - ``ratio``: the older levels are multiplied by ``factor``, the ratio of new to old in ``overlap``.
    - ``as_is``: levels stay comparable; only the span between two reference dates is another one.
    - ``none``: nothing joins the two; the reason says why.
    """

    method: Literal["chain_rates", "ratio", "as_is", "none"]
    overlap: str | None = None  #: period for which both versions have a figure
    factor: float | None = None
    source: str = ""  #: where the factor, or the comparable rate, is published
    reason: str = ""

    @model_validator(mode="after")
    def _documented(self) -> Splice:
        given = (self.overlap is not None, self.factor is not None)
        if given != ((True, True) if self.method == "ratio" else (False, False)):
            raise ValueError("overlap and factor go with method ratio, and only with it")
        if self.overlap:
            month_of(self.overlap)
        if self.factor is not None and self.factor <= 0:
            raise ValueError(f"a factor of {self.factor} joins nothing")
        if self.method == "ratio" and not self.source:
            raise ValueError("a factor needs its source")
        if self.method == "none" and not self.reason:
            raise ValueError("method none needs a reason")
        return self

    @property
    def comparable(self) -> bool:
        """Whether levels on both sides may be set beside each other without more ado."""
        return self.method == "as_is"


class Predecessor(Model):
    """The series that an earlier definition of the same thing was published as (营业利润 → 利润总额)."""

    series: str
    change: Literal["definition", "name", "scope"]
    splice: Splice


class SeriesVersion(Model):
    """One span of periods in which a series means one thing; ``first`` and ``last`` are TIME_PERIODs, inclusive."""

    id: str
    first: str | None = None
    last: str | None = None
    change: (
        Literal["threshold", "sample", "scope", "price_base", "reference_date", "name", "definition"] | None
    ) = None  #: against the version before; None for the first one
    note: str
    source: str = ""  #: where the change is stated or seen
    splice: Splice | None = None  #: to the version before

    @model_validator(mode="after")
    def _whole(self) -> SeriesVersion:
        if (self.change is None) != (self.splice is None):
            raise ValueError(f"version {self.id}: change and splice go together")
        if self.first and self.last and month_of(self.first) > month_of(self.last):
            raise ValueError(f"version {self.id}: ends {self.last} before it begins {self.first}")
        return self

    def covers(self, period: str) -> bool:
        month = month_of(period)
        return not (
            (self.first is not None and month < month_of(self.first))
            or (self.last is not None and month > month_of(self.last))
        )


def checked(versions: Sequence[SeriesVersion]) -> tuple[SeriesVersion, ...]:
    """The versions in order of time. :raises ValueError: where they overlap or lack a splice."""
    for before, after in itertools.pairwise(versions):
        if before.last is None or after.first is None or month_of(before.last) >= month_of(after.first):
            raise ValueError(f"versions {before.id} and {after.id} overlap or are out of order")
        if after.splice is None:
            raise ValueError(f"version {after.id} does not say how it is spliced to {before.id}")
    if versions and versions[0].splice is not None:
        raise ValueError(f"version {versions[0].id} is the first: there is nothing to splice it to")
    if len({version.id for version in versions}) < len(versions):
        raise ValueError("two versions have one id")
    return tuple(versions)


def version_of(versions: Sequence[SeriesVersion], period: str) -> SeriesVersion | None:
    """The version a period belongs to; None where the catalogue declares none for it."""
    return next((version for version in versions if version.covers(period)), None)


def same_size(versions: Sequence[SeriesVersion], one: str, other: str) -> bool:
    """Whether levels of two periods are at least of one order: a new price base or scope moves them, another
    sample or threshold hardly."""
    first, last = sorted((month_of(one), month_of(other)))
    return not any(
        version.change in ("scope", "price_base", "name", "definition")
        and version.first is not None
        and first < month_of(version.first) <= last
        for version in versions
    )


def break_between(versions: Sequence[SeriesVersion], earlier: str, later: str) -> SeriesVersion | None:
    """The first version between two periods whose levels do not compare with those before it; None if all do.

    A period that no version covers is taken to belong to the one before it.
    """
    first, last = month_of(earlier), month_of(later)
    for version in versions:
        begins = month_of(version.first) if version.first else None
        if begins is not None and first < begins <= last and version.splice and not version.splice.comparable:
            return version
    return None
