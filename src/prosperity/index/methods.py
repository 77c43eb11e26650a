"""The same data by every composing method, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from prosperity.index.composite import Weights, composite_indices, rows_of
from prosperity.index.conference import conference_board_indices
from prosperity.index.diffusion import diffusion_index
from prosperity.index.frames import Change
from prosperity.index.trend import Trend


def side_by_side(
    groups: Mapping[str, pd.DataFrame],
    *,
    weights: Mapping[str, Weights] | None = None,
    trend: Trend = "none",
    base: Any = None,
    changes: Mapping[str, Change] | None = None,
) -> pd.DataFrame:
    """Indices by method and group (columns), rows periods: ``chinese``, ``conference_board``, ``diffusion``.

    Arguments as in ``composite_indices``; the Conference Board's method weighs by volatility and takes no
    ``weights``, and its trend is the coincident group's mean growth; a diffusion index (0..100, 50 is the
    turning line) has neither trend nor base. A group named ``coincident`` is needed.
    """
    rows = rows_of([frame.index for frame in groups.values()])
    diffusion = {
        name: diffusion_index(
            frame,
            weights=(weights or {}).get(name),
            changes={k: kind for k, kind in (changes or {}).items() if k in frame.columns},
        ).reindex(rows)
        for name, frame in groups.items()
    }
    # The Conference Board's ways for a component to enter include both kinds of change.
    entries = dict(changes) if changes is not None else None
    tables = {
        "chinese": composite_indices(groups, weights=weights, trend=trend, base=base, changes=changes),
        "conference_board": conference_board_indices(groups, changes=entries, base=base),
        "diffusion": pd.DataFrame(diffusion, index=rows),
    }
    return pd.concat(tables, axis=1, names=["method", "group"])
