"""What checks receive and give: immutable rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

#: Which figures are compared: each as its own first release gave it; as known on the day on which rate and level
#: of the later period were both out; or as known now.
Basis = Literal["first_release", "at_release", "latest"]
CheckKind = Literal[
    "rate_against_levels", "cumulative_fall", "pace_within_year", "parts_within_whole", "twins"
]
Verdict = Literal["rounding", "small", "restated", "unpaired", "fits", "strikes"]
Severity = Literal["none", "note", "warn"]

BASES: tuple[Basis, ...] = ("first_release", "at_release", "latest")
KINDS: tuple[CheckKind, ...] = (
    "rate_against_levels",
    "cumulative_fall",
    "pace_within_year",
    "parts_within_whole",
    "twins",
)
VERDICTS: tuple[Verdict, ...] = ("rounding", "small", "restated", "unpaired", "fits", "strikes")
SEVERITIES: tuple[Severity, ...] = ("none", "note", "warn")


@dataclass(frozen=True)
class Vintage:
    """One change of one figure: the value that the world knew from ``known_from`` on; None is a withdrawal.

    ``value`` is in the unit in which the catalogue keeps the series.
    """

    series: str
    period: str
    value: Decimal | None
    known_from: dt.date
    evidence: str


@dataclass(frozen=True)
class CheckFigure:
    """One figure that a result rests on, and what it is in the comparison."""

    role: str  #: rate, level, level_before, earlier, later, part, whole, left, right
    series: str
    period: str
    value: Decimal
    known_from: dt.date
    evidence: str


@dataclass(frozen=True)
class CheckResult:
    """One comparison. ``check``, ``rule``, ``series``, ``period`` and ``basis`` identify it.

    ``gap`` is what the verdict rests on, rounded to six places after the verdict was found: growth of the levels
    less the published rate (points); later less earlier figure, or sum of the parts less the whole (the series'
    unit); mean month since as a multiple of the mean month before; difference or ratio of twins. None: nothing
    to compare with.
    """

    check: CheckKind
    rule: str
    series: str
    period: str
    basis: Basis
    verdict: Verdict
    severity: Severity
    gap: Decimal | None
    figures: tuple[CheckFigure, ...]
    explanation: str  #: one English sentence with the figures

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        return self.check, self.rule, self.series, self.period, self.basis
