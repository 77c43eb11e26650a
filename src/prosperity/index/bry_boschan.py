"""The full procedure of Bry and Boschan (1971) for monthly series: from smooth curves to the raw values.

Extremes are replaced; cycles are found in the 12-month moving average, followed to the Spencer curve, to a
short moving average of as many months as the cycle needs to dominate (MCD), and to the unsmoothed values.
Source: G. Bry and C. Boschan, *Cyclical Analysis of Time Series: Selected Procedures and Computer
Programs*, NBER 1971, table 1.
"""

from __future__ import annotations

import numpy as np

from prosperity.index.cycles import (
    MONTHLY,
    CycleRule,
    TurningPoint,
    alternate,
    beat_the_ends,
    enforce,
    extremes,
)
from prosperity.index.frames import Floats
from prosperity.index.model import IndexInputError

#: Weights of the Spencer curve, a moving average of 15 months.
SPENCER = np.array([-3, -6, -5, 3, 21, 46, 67, 74, 67, 46, 21, 3, -5, -6, -3]) / 320
OUTLIER = 3.5  #: standard deviations of the ratio to the Spencer curve
FOLLOW = 5  #: months on each side in which a turn is looked for in the next curve
LAST_STEP = 4  #: the same for the unsmoothed values, or MCD if that is more
MINIMUM_MONTHS = 24


def bry_boschan(values: Floats, rule: CycleRule = MONTHLY) -> list[TurningPoint]:
    """Turning points in order of time of monthly ``values`` without gaps.

    Raises IndexInputError for fewer than 24 values.
    """
    if len(values) < MINIMUM_MONTHS:
        raise IndexInputError(
            f"the procedure of Bry and Boschan needs {MINIMUM_MONTHS} months, there are {len(values)}"
        )
    smooth = spencer(values)
    clean = _without_outliers(values, smooth)
    year = _moving(clean, np.full(12, 1 / 12))
    turns = alternate(year, extremes(year, rule.window))
    curve = spencer(clean)
    turns = _follow(curve, turns, FOLLOW)
    turns = enforce(curve, turns, CycleRule(rule.window, 1, rule.cycle, 0))
    months = months_of_cyclical_dominance(values, smooth)
    short = _moving(clean, np.full(max(3, months), 1 / max(3, months)))
    turns = _follow(short, turns, FOLLOW)
    turns = _follow(values, turns, max(LAST_STEP, months))
    turns = [turn for turn in turns if rule.ends <= turn.position < len(values) - rule.ends]
    return enforce(values, beat_the_ends(values, alternate(values, turns)), rule)


def spencer(values: Floats) -> Floats:
    """The Spencer curve; beyond the ends the series goes on with the mean change of its last four steps."""
    return _moving(values, SPENCER)


def months_of_cyclical_dominance(values: Floats, smooth: Floats) -> int:
    """The shortest span over which the curve changes more than the irregular does, at most 6.

    Mean absolute changes; the irregular is the difference from the curve (the ratio is taken where all
    values are positive in the original, which amounts to the same for the small irregular of an index).
    """
    irregular = values - smooth
    for span in range(1, 7):
        noise = float(np.abs(irregular[span:] - irregular[:-span]).mean())
        signal = float(np.abs(smooth[span:] - smooth[:-span]).mean())
        if noise < signal:
            return span
    return 6


def _without_outliers(values: Floats, smooth: Floats) -> Floats:
    deviation = values - smooth
    size = float(deviation.std())
    return np.where(np.abs(deviation - deviation.mean()) > OUTLIER * size, smooth, values)


def _moving(values: Floats, weights: Floats) -> Floats:
    """Centred moving average of the same length; an even number of terms has one more before than after."""
    before = len(weights) // 2
    after = len(weights) - 1 - before
    first, last = (values[4] - values[0]) / 4, (values[-1] - values[-5]) / 4
    extended = np.concatenate(
        [
            values[0] - first * np.arange(before, 0, -1),
            values,
            values[-1] + last * np.arange(1, after + 1),
        ]
    )
    return np.correlate(extended, weights, mode="valid")


def _follow(curve: Floats, turns: list[TurningPoint], reach: int) -> list[TurningPoint]:
    """The highest (lowest) value of the curve near each turn; of equal ones the last."""
    found: list[TurningPoint] = []
    for turn in turns:
        start = max(0, turn.position - reach)
        near = curve[start : turn.position + reach + 1]
        best = near.max() if turn.kind == "peak" else near.min()
        found.append(TurningPoint(start + int(np.flatnonzero(near == best)[-1]), turn.kind))
    # Two turns may meet at one place or change their order: only what still alternates stays.
    found.sort(key=lambda turn: turn.position)
    return alternate(curve, found)
