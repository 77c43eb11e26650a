"""The diffusion index: which share of the indicators is rising; 50 is the turning line."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from prosperity.index.frames import Change, changes_of, exact_sum, panel
from prosperity.index.model import IndexInputError

BAND = 0.05  #: dead band of the Conference Board, in percent


def diffusion_index(
    frame: pd.DataFrame,
    *,
    weights: Mapping[str, float] | None = None,
    band: float = BAND,
    changes: Mapping[str, Change] | None = None,
) -> pd.Series[float]:
    """``100 Σ w·{1, ½, 0} / Σ w`` over the indicators with a change: up, within ±``band``, down.

    Rows and columns as in ``composite_index``; the change is the symmetric one in percent, or the
    difference in the unit of the series where ``changes`` says so (``band`` then is in that unit). NaN in
    the first row and where no indicator has a change. Source of the dead band: Conference Board BCI
    methodology.
    """
    if not (np.isfinite(band) and band >= 0):
        raise IndexInputError(f"the dead band must be a number of zero or more, not {band}")
    part = panel(frame, weights, changes)
    result = np.full(len(part.index), np.nan)
    for row, change in enumerate(changes_of(part.values, part.changes)):
        present = ~np.isnan(change)
        if present.any():
            score = np.where(change > band, 1.0, np.where(change < -band, 0.0, 0.5))
            total = exact_sum(part.weights[present])
            result[row] = 100 * exact_sum((part.weights * score)[present]) / total
    return pd.Series(result, part.index).reindex(frame.index)
