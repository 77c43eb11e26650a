"""What stands beside an index result, as rows: immutable types only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class MethodPoint:
    """One quarter of a group by three methods; None where a method has no value."""

    group: str
    quarter: str
    chinese: float | None
    conference_board: float | None
    diffusion: float | None


@dataclass(frozen=True)
class Constant:
    """What the data set in the formulas: mean absolute change A of an indicator over ``changes`` quarters, and the
    scale F of its group."""

    group: str
    series: str
    mean_change: float
    changes: int
    scale: float


@dataclass(frozen=True)
class Turn:
    """A turning point of an index (``name``: its group) or indicator (its series)."""

    cycle: str
    name: str
    kind: str
    quarter: str
    level: float


@dataclass(frozen=True)
class Lead:
    """How early an index or indicator turns against the coincident index, in quarters; positive is early."""

    cycle: str
    name: str
    matched: int
    missed: int
    extra: int
    open: int
    mean: float | None
    median: float | None


@dataclass(frozen=True)
class RealTimeTurn:
    """What a turning point of an index looked like when it was new (see ``real_time_turning_points``)."""

    cycle: str
    group: str
    kind: str
    quarter: str | None
    status: str
    first_vintage: dt.date
    first_quarter: str
    delay: int
    moves: tuple[tuple[dt.date, str], ...]
    missing_in: tuple[dt.date, ...]


@dataclass(frozen=True)
class Verdict:
    """Where an indicator stands by the catalogue and by two tests; lags in quarters, negative is early."""

    series: str
    group: str
    by_correlation: str
    lag_correlation: int | None
    correlation: float | None
    observations: int
    by_information: str
    lag_information: int | None
    agrees: bool  #: both tests put it where the catalogue does


@dataclass(frozen=True)
class LightQuarter:
    """One quarter of the warning lights; ``scores`` 1..5 by series, None without figure."""

    quarter: str
    index: float | None
    light: str | None
    share: float
    scores: Mapping[str, int | None]


@dataclass(frozen=True)
class WeightRow:
    """Weights of one indicator by method (sum 1 in its group); ``last`` of a group: the index under each."""

    group: str
    series: str
    weights: Mapping[str, float]


@dataclass(frozen=True)
class Band:
    """5, 50 and 95 % of the draws in one quarter. ``any_trend``: the trend step is drawn, too."""

    group: str
    quarter: str
    low: float
    middle: float
    high: float
    baseline: float
    any_trend: bool


@dataclass(frozen=True)
class Dropped:
    """The index without one indicator: last value, that less the whole, greatest difference, correlation of changes."""

    group: str
    series: str
    last: float
    difference: float | None
    largest: float | None
    correlation: float | None


@dataclass(frozen=True)
class ChoiceShare:
    """Share of a choice in the variance of a group's last quarter, all choices drawn."""

    group: str
    choice: str
    first: float | None
    total: float | None


@dataclass(frozen=True)
class Analysis:
    """All of it for one result; ``notes`` say what could not be had and why."""

    as_of: dt.date | None
    spec_version: str
    spec_hash: str
    lights_version: str
    constants: tuple[Constant, ...] = ()
    methods: tuple[MethodPoint, ...] = ()
    turns: tuple[Turn, ...] = ()
    leads: tuple[Lead, ...] = ()
    real_time: tuple[RealTimeTurn, ...] = ()
    vintages: tuple[dt.date, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    lights: tuple[LightQuarter, ...] = ()
    weights: tuple[WeightRow, ...] = ()
    weighted: Mapping[str, Mapping[str, float]] = field(
        default_factory=dict
    )  #: last value by group and method
    bands: tuple[Band, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    shares: tuple[ChoiceShare, ...] = ()
    notes: tuple[str, ...] = ()
