"""Turning points of a series: Bry & Boschan (1971) in the quarterly form of Harding & Pagan (2002), BBQ.

Used by the trend step; a peak is a value above its neighbours within the window, a trough below them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import pandas as pd

from prosperity.index.frames import Floats


@dataclass(frozen=True)
class CycleRule:
    """Lengths in periods: window on each side, shortest phase, shortest cycle, distance from the ends."""

    window: int = 2
    phase: int = 2
    cycle: int = 5
    ends: int = 2


QUARTERLY = CycleRule()
MONTHLY = CycleRule(window=5, phase=5, cycle=15, ends=6)


@dataclass(frozen=True)
class TurningPoint:
    position: int
    kind: Literal["peak", "trough"]


def rule_for(index: pd.Index[Any]) -> CycleRule:
    """The monthly rule for labels that are months, else the quarterly one."""
    if isinstance(index, pd.PeriodIndex):
        return MONTHLY if index.freqstr.startswith("M") else QUARTERLY
    if isinstance(index, pd.DatetimeIndex):
        return (
            MONTHLY
            if len(index) > 1 and (index[1:] - index[:-1]).min() < pd.Timedelta(days=45)
            else QUARTERLY
        )
    months = [
        isinstance(label, str) and len(label) == 7 and label[4] == "-" and label[5:].isdigit()
        for label in index
    ]
    return MONTHLY if all(months) else QUARTERLY


def turning_points(values: Floats, rule: CycleRule = QUARTERLY) -> list[TurningPoint]:
    """Turning points in order of time; ``values`` has no missing value.

    Peaks and troughs alternate, a peak stands above the next trough, phases and cycles have their shortest
    length (every pair is tested), none lies near the ends, and the first and the last beat the values at
    the ends.
    """
    turns = _alternate(values, _candidates(values, rule))
    turns = _beat_the_ends(values, turns)
    while True:
        offender = _short_cycle(values, turns, rule)
        if offender is None:
            offender = _short_phase(turns, rule)
        if offender is None:
            return turns
        turns = _alternate(values, turns[:offender] + turns[offender + 1 :])


def _candidates(values: Floats, rule: CycleRule) -> list[TurningPoint]:
    found: list[TurningPoint] = []
    for position in range(rule.window, len(values) - rule.window):
        if position < rule.ends or position >= len(values) - rule.ends:
            continue
        around = [values[position + step] for step in range(-rule.window, rule.window + 1) if step]
        if values[position] > max(around):
            found.append(TurningPoint(position, "peak"))
        elif values[position] < min(around):
            found.append(TurningPoint(position, "trough"))
    return found


def _beats(values: Floats, one: TurningPoint, other: TurningPoint) -> bool:
    """Whether ``one`` is the higher peak or the lower trough."""
    if one.kind == "peak":
        return bool(values[one.position] > values[other.position])
    return bool(values[one.position] < values[other.position])


def _alternate(values: Floats, turns: list[TurningPoint]) -> list[TurningPoint]:
    """Of neighbours of one kind the better stays; a trough that is not below the peak before it goes, too."""
    kept: list[TurningPoint] = []
    for turn in turns:
        if kept and kept[-1].kind == turn.kind:
            if _beats(values, turn, kept[-1]):
                kept[-1] = turn
        elif kept and _beats(values, TurningPoint(kept[-1].position, turn.kind), turn):
            continue
        else:
            kept.append(turn)
    return kept


def _beat_the_ends(values: Floats, turns: list[TurningPoint]) -> list[TurningPoint]:
    while turns and not _beats(values, turns[0], TurningPoint(0, turns[0].kind)):
        turns = turns[1:]
    while turns and not _beats(values, turns[-1], TurningPoint(len(values) - 1, turns[-1].kind)):
        turns = turns[:-1]
    return turns


def _short_cycle(values: Floats, turns: list[TurningPoint], rule: CycleRule) -> int | None:
    """Of the first pair of one kind that lies too close: the lower peak or the higher trough."""
    for number, (one, other) in enumerate(zip(turns, turns[2:], strict=False)):
        if other.position - one.position < rule.cycle:
            return number if _beats(values, other, one) else number + 2
    return None


def _short_phase(turns: list[TurningPoint], rule: CycleRule) -> int | None:
    for number, (one, other) in enumerate(pairwise(turns)):
        if other.position - one.position < rule.phase:
            return number + 1
    return None
