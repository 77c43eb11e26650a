"""What the index stage receives and produces: points, indicator points, index points with contributions.

What belongs here: immutable types and the error of the stage. What does not: any computing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


class IndexInputError(ValueError):
    """Input from which no index can be computed; says which indicator, which period and why."""


@dataclass(frozen=True)
class Point:
    """One observation as it enters the index: at most one per series and period, as of one day.

    ``period_code`` is an SDMX TIME_PERIOD: 2019-06 (month, stock at its end, or cumulative to it),
    2019-Q2, 2019-S1, 2019. ``value`` is in the unit in which the series is kept; a rate is in percent.
    """

    period_code: str
    value: Decimal | float
    status: str  #: SDMX OBS_STATUS; M (missing) is passed over
    evidence: str  #: id of the evidence
    known_from: dt.date


@dataclass(frozen=True, order=True)
class Input:
    """One observation that a derived value rests on."""

    series: str
    period: str
    evidence: str
    value: float


@dataclass(frozen=True)
class IndicatorPoint:
    """One quarter of an indicator.

    ``status``: A from observations of the quarter itself; I interpolated or split; E derived from a base
    that was interpolated. ``steps`` are English sentences with the numbers of every step; each begins with the code of its quarter.
    """

    quarter: str
    value: float
    status: str
    inputs: tuple[Input, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Contribution:
    """What one indicator adds to the change of the index in one quarter, in index points.

    ``status`` is that of the change: the quarter's own unless that is A; then E if the quarter before was
    not observed. ``inputs`` and ``steps`` are those of both quarters. The trend term, where there is one, is
    a contribution of its own with the series name ``trend`` and no inputs.
    """

    series: str
    layer: str
    weight: float
    standardised_change: float
    points: float
    status: str
    inputs: tuple[Input, ...]
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndexPoint:
    """One quarter of one group; ``value`` is None with a ``reason`` where it cannot be computed.

    ``indicators`` of ``indicators_total`` have a change in the quarter (in the base quarter: a value), with
    ``weight_share`` (0..1) of the group's weight. ``change`` is in index points and equals the sum of the
    contributions; it is None in the base quarter.
    """

    group: str
    period: str
    value: float | None
    change: float | None
    indicators: int
    indicators_total: int
    weight_share: float
    reason: str
    contributions: tuple[Contribution, ...] = ()


@dataclass(frozen=True)
class IndexResult:
    """A whole run: index points sorted by group (in the order of the specification) and quarter."""

    spec_version: str
    spec_hash: str
    as_of: dt.date | None
    data_hash: str  #: hash over the input points used, independent of their order
    points: tuple[IndexPoint, ...]
    indicators: Mapping[str, Mapping[str, tuple[IndicatorPoint, ...]]]  #: by group, then series
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  #: likewise; how it was adjusted
