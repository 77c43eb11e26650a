"""How an index is composed: groups, indicators with their weights, and what is done with each before it enters.

What belongs here: the types of ``index.yaml``. What does not: computing (``prosperity.index``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any, Literal

from pydantic import Field, model_validator

from prosperity.catalogue.base import Bilingual, Model


class Transform(Model):
    """From observations to a quarterly indicator (every derived value is marked and explained).

    - ``decumulate``: year-to-date flow to quarterly flow; a gap within a year is split only if ``split_gap``.
    - ``chain``: the published year-on-year rates of ``rate_series`` are chained into a comparable-basis level,
      because level and rate contradict each other; the four quarters before the first rate are taken to have
      grown evenly at the mean of the first four rates (this only sets their relative height).
    - ``last``: stock at the end of the quarter.
    - ``mean``: mean of the months of a series that is a rate itself; it enters by its plain difference.
    ``interpolate`` allows gaps of at most so many quarters to be filled log-linearly (status I).
    """

    method: Literal["decumulate", "chain", "last", "mean"]
    first: str | None = None  #: quarter before which observations are left aside: too few to build on
    rate_series: str | None = None
    interpolate: int = 0
    interpolate_rate_months: int = 0  #: chain: a missing quarter-end rate from published neighbours within ± so many months of the same year
    split_gap: bool = False
    seasonal: Literal["auto", "none"] = "auto"
    change: Literal["symmetric", "difference"] = "symmetric"

    @model_validator(mode="after")
    def _method_fits(self) -> Transform:
        if (self.method == "chain") != (self.rate_series is not None):
            raise ValueError("rate_series goes with method chain, and only with it")
        if self.method == "mean" and self.change != "difference":
            raise ValueError("a rate (method mean) enters by its difference: change: difference")
        return self


class Indicator(Model):
    series: str
    group: Literal["leading", "coincident", "lagging"]
    layer: Literal["macro", "capability", "industry", "business"]
    weight: float = Field(gt=0)
    reason: Bilingual  #: why it stands in this group
    transform: Transform


class Coverage(Model):
    """A group has a value only where enough of it is observed (index.md §3.3)."""

    indicators: int = 3
    weight_share: float = 0.6
    internet: int = 1


class IndexSpec(Model):
    version: str
    valid_from: dt.date | None = (
        None  #: day from which the index is composed so; not part of how it is computed
    )
    first_quarter: str  #: base, = 100
    later_start: dict[str, str] = Field(
        default_factory=dict
    )  #: groups that can only be composed from a later quarter on
    groups: tuple[Literal["leading", "coincident", "lagging"], ...]
    trend: Literal["none", "mean_growth", "log_linear", "cycle_means"] = "none"
    coverage: Coverage = Coverage()
    indicators: tuple[Indicator, ...]

    def first_of(self, group: str) -> str:
        """The quarter in which the index of a group is 100."""
        return self.later_start.get(group, self.first_quarter)

    @property
    def content(self) -> dict[str, Any]:
        """All that decides on the result, in plain types; ``IndexSpec.model_validate`` reads it back."""
        return self.model_dump(mode="json", exclude={"valid_from"})

    @property
    def spec_hash(self) -> str:
        material = json.dumps(self.content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(material.encode()).hexdigest()[:12]
