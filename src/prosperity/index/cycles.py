"""Turning points of values: Bry & Boschan (1971) in the quarterly form of Harding & Pagan (2002), BBQ.

A peak is a value above its neighbours within the window, a trough below them; of equal values the last one
is the turn. What belongs here: rules on arrays of values. What does not: labels and tables (``turning.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import pandas as pd

from prosperity.index.frames import Floats
from prosperity.index.labels import calendar


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
    found = calendar(index)
    return MONTHLY if found is not None and found.per_year == 12 else QUARTERLY


def date_turns(values: Floats, rule: CycleRule = QUARTERLY) -> list[TurningPoint]:
    """Turning points in order of time; ``values`` has no missing value.

    Peaks and troughs alternate, a peak stands above the next trough, phases and cycles have their shortest
    length (every pair is tested), none lies near the ends, and the first and the last beat the values at
    the ends.
    """
    turns = alternate(values, extremes(values, rule.window, rule.ends))
    return enforce(values, beat_the_ends(values, turns), rule)


def enforce(values: Floats, turns: list[TurningPoint], rule: CycleRule) -> list[TurningPoint]:
    """Drop turns until every cycle and every phase has its shortest length."""
    while True:
        offender = _short_cycle(values, turns, rule)
        if offender is None:
            offender = _short_phase(turns, rule)
        if offender is None:
            return turns
        turns = alternate(values, turns[:offender] + turns[offender + 1 :])


def extremes(values: Floats, window: int, ends: int = 0) -> list[TurningPoint]:
    """Values that none within the window beats, in order of time, none within ``ends`` of the ends."""
    found: list[TurningPoint] = []
    margin = max(window, ends)
    for position in range(margin, len(values) - margin):
        before = values[position - window : position]
        after = values[position + 1 : position + window + 1]
        risen = _last_change(values, position)
        if values[position] >= before.max() and values[position] > after.max() and risen > 0:
            found.append(TurningPoint(position, "peak"))
        elif values[position] <= before.min() and values[position] < after.min() and risen < 0:
            found.append(TurningPoint(position, "trough"))
    return found


def _last_change(values: Floats, position: int) -> float:
    """Difference to the last value before that is not equal; 0 if there is none."""
    for earlier in range(position - 1, -1, -1):
        if values[earlier] != values[position]:
            return float(values[position] - values[earlier])
    return 0.0


def _beats(values: Floats, one: TurningPoint, other: TurningPoint) -> bool:
    """Whether ``one`` is the higher peak or the lower trough."""
    if one.kind == "peak":
        return bool(values[one.position] > values[other.position])
    return bool(values[one.position] < values[other.position])


def alternate(values: Floats, turns: list[TurningPoint]) -> list[TurningPoint]:
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


def beat_the_ends(values: Floats, turns: list[TurningPoint]) -> list[TurningPoint]:
    """Drop first and last turns that do not beat the first and the last value."""
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
