"""The catalogue's types for reconciliation: which figures must fit each other, and how closely.

What belongs here: the shape of ``checks.yaml``. What does not: comparing (``prosperity.checks``). Nothing here
rejects a figure: a check that strikes marks what a person should look at, because publishers' own figures
contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RateThresholds(_Model):
    """Published year-on-year rate against the ratio of the levels, in points of the unrounded gap.

    ``|gap| < rounding``: rounding; ``< restated``: small; else restated (or rebased).
    """

    rounding: float = Field(default=0.6, gt=0)
    restated: float = Field(default=2.0, gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> RateThresholds:
        if self.rounding >= self.restated:
            raise ValueError(f"rounding {self.rounding:g} must lie below restated {self.restated:g}")
        return self


class MayFall(_Model):
    """A year-to-date series that can truly fall inside a year, and why."""

    series: str
    reason: str


class PaceRule(_Model):
    """Year-to-date series: the mean month since the last known figure, as a multiple of the mean month before.

    Outside of ``slowest`` .. ``fastest`` the sample was probably replaced inside the year.
    """

    id: str
    series: tuple[str, ...] = Field(min_length=1)
    slowest: float
    fastest: float
    reason: str

    @model_validator(mode="after")
    def _in_order(self) -> PaceRule:
        if self.slowest >= self.fastest:
            raise ValueError(f"{self.id}: slowest {self.slowest:g} must lie below fastest {self.fastest:g}")
        return self


class PartsRule(_Model):
    """Parts of a whole at the same period. ``sum``: all parts together; ``each``: every part by itself.

    ``tolerance`` is the share of the whole that rounding of the printed figures may explain.
    """

    id: str
    whole: str
    parts: tuple[str, ...] = Field(min_length=1)
    relation: Literal["sum", "each"]
    tolerance: float = Field(default=0.0, ge=0, lt=1)
    reason: str


class TwinRule(_Model):
    """Two series that tell of one thing: their difference, or the ratio ``left / right``, keeps within bounds.

    ``right_periods``: ``same``, or ``year`` where ``right`` is annual and is set beside December of ``left``.
    """

    id: str
    left: str
    right: str
    measure: Literal["difference", "ratio"]
    minimum: float
    maximum: float
    right_periods: Literal["same", "year"] = "same"
    reason: str

    @model_validator(mode="after")
    def _in_order(self) -> TwinRule:
        if self.minimum >= self.maximum:
            raise ValueError(f"{self.id}: minimum {self.minimum:g} must lie below maximum {self.maximum:g}")
        return self


class Checks(_Model):
    """Everything that ``prosperity check reconcile`` compares, beside what follows from the series themselves."""

    rates: RateThresholds = RateThresholds()
    may_fall: tuple[MayFall, ...] = ()
    pace: tuple[PaceRule, ...] = ()
    parts: tuple[PartsRule, ...] = ()
    twins: tuple[TwinRule, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Checks:
        ids = [rule.id for rules in (self.pace, self.parts, self.twins) for rule in rules]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"rule ids stand twice: {', '.join(twice)}")
        return self

    def named(self) -> Iterator[tuple[str, str]]:
        """(rule, series) for every series that a rule names."""
        yield from (("may_fall", entry.series) for entry in self.may_fall)
        yield from ((rule.id, name) for rule in self.pace for name in rule.series)
        yield from ((rule.id, name) for rule in self.parts for name in (rule.whole, *rule.parts))
        yield from ((rule.id, name) for rule in self.twins for name in (rule.left, rule.right))
