"""The warning-light index (预警信号灯): each indicator scored 1..5 by its own thresholds, and their weighted sum.

The thresholds of a set are ours, versioned, and no official body's: every result carries the version.
Source of the form: the early-warning signal of China's National Bureau of Statistics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from prosperity.index.frames import exact_sum, panel
from prosperity.index.model import IndexInputError

TOTAL_WEIGHT = 50.0  #: so that all scores 3 give 100
LIGHTS = ("blue", "light_blue", "green", "yellow", "red")  #: scores 1..5: overcooled to overheated
#: Between the lights: 63.33, 83.33, 116.67, 136.67. Green is the official band; the outer two bounds are ours.
BOUNDS = (190 / 3, 250 / 3, 350 / 3, 410 / 3)


@dataclass(frozen=True)
class Thresholds:
    """Four rising bounds an indicator; a value on a bound belongs to the higher score.

    ``version`` names the set; ``note`` says whose it is. ``falling``: indicators for which high values are
    cold (their score is turned round).
    """

    version: str
    bounds: Mapping[str, tuple[float, float, float, float]]
    falling: frozenset[str] = field(default_factory=frozenset)
    note: str = "thresholds of this project, not of an official body"


@dataclass(frozen=True)
class WarningLights:
    """Rows as the frame: ``scores`` 1..5 (NaN missing), ``index`` 33.3..166.7, ``light`` by name, ``share``.

    ``share`` is the share of weight that is present; ``version`` and ``note`` are those of the thresholds.
    """

    scores: pd.DataFrame
    index: pd.Series[float]
    light: pd.Series[str]
    share: pd.Series[float]
    version: str
    note: str


def warning_light_index(
    frame: pd.DataFrame,
    thresholds: Thresholds,
    *,
    weights: Mapping[str, float] | None = None,
    minimum_share: float = 0.6,
) -> WarningLights:
    """``index = (2/3) Σ w s`` with weights that sum to 50; 100 where every indicator is green.

    ``frame``: rows periods, columns indicators (usually growth rates), of any sign. ``weights``: default
    equal; scaled to 50 over the indicators present. A period with less than ``minimum_share`` of the weight
    has no index. Raises IndexInputError for what ``frames.panel`` refuses and for an indicator without
    four rising bounds.
    """
    part = panel(frame, weights, dict.fromkeys(frame.columns, "difference"), changing=False)
    bounds = np.array([_bounds(str(name), thresholds) for name in part.columns])
    scores = 1.0 + (part.values[:, :, None] >= bounds[None, :, :]).sum(axis=2)
    falling = np.array([name in thresholds.falling for name in part.columns])
    scores = np.where(falling, 6 - scores, scores)
    scores[np.isnan(part.values)] = np.nan
    total = exact_sum(part.weights)
    index = np.full(len(scores), np.nan)
    share = np.zeros(len(scores))
    for row, marks in enumerate(scores):
        present = ~np.isnan(marks)
        known = exact_sum(part.weights[present])
        share[row] = known / total
        if present.any() and share[row] >= minimum_share - 1e-12:
            index[row] = 2 / 3 * TOTAL_WEIGHT * exact_sum((part.weights * marks)[present]) / known
    # Rounded, so that a sum of rounded weights on a bound gets the light of the bound.
    lights = [None if np.isnan(value) else light_of(round(float(value), 9)) for value in index]
    return WarningLights(
        pd.DataFrame(scores, part.index, part.columns).reindex(frame.index),
        pd.Series(index, part.index).reindex(frame.index),
        pd.Series(lights, part.index, dtype=object).reindex(frame.index),
        pd.Series(share, part.index).reindex(frame.index),
        thresholds.version,
        thresholds.note,
    )


def light_of(index: float) -> str:
    """The light of an index value: green from 83.33 to 116.67, the others beyond."""
    return LIGHTS[int(np.searchsorted(np.round(BOUNDS, 9), index, side="right"))]


def thresholds_from(
    frame: pd.DataFrame, version: str, *, quantiles: tuple[float, float, float, float] = (0.1, 0.3, 0.7, 0.9)
) -> Thresholds:
    """Thresholds at quantiles of each indicator's past (linear interpolation); ours, and marked so.

    Raises IndexInputError where the quantiles of an indicator do not rise strictly.
    """
    bounds = {str(name): tuple(float(frame[name].quantile(q)) for q in quantiles) for name in frame.columns}
    found = Thresholds(
        version,
        bounds,  # type: ignore[arg-type]
        note=f"thresholds of this project (quantiles {', '.join(map(str, quantiles))} of the past), "
        "not of an official body",
    )
    for name in bounds:
        _bounds(name, found)
    return found


def _bounds(name: str, thresholds: Thresholds) -> tuple[float, float, float, float]:
    found = thresholds.bounds.get(name)
    if found is None:
        raise IndexInputError(f"{name}: thresholds {thresholds.version} have no bounds for it")
    if len(found) != 4 or not np.isfinite(found).all() or not (np.diff(found) > 0).all():
        raise IndexInputError(f"{name}: thresholds {thresholds.version} need four rising bounds, not {found}")
    return found
