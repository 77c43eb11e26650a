"""Why the index changed between two runs: new data, revised data, season, specification; the parts add up.

What belongs here: switching from the old run's state to the new one's, one step at a time. What does not:
fetching vintages or computing an index; both are handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd

from prosperity.index.frames import check_series
from prosperity.index.model import IndexInputError

Spec = TypeVar("Spec")
Factors = TypeVar("Factors")

STEPS = ("new_data", "revised_data", "seasonal_factors", "specification")


@dataclass(frozen=True)
class RevisionSplit:
    """``parts``: periods × ``STEPS`` and ``total`` (new less old index, points); NaN where one run has none.

    ``stages``: the five indices between which the parts are the differences, columns ``old``, then one a
    step. The four parts of a row sum to ``total`` within rounding (1e-9 and far below).
    """

    parts: pd.DataFrame
    stages: pd.DataFrame

    def of(self, period: Any) -> pd.Series[float]:
        """The row of one period; IndexInputError where either run has no value there."""
        if period not in self.parts.index:
            raise IndexInputError(f"{period!r} is not a period of both runs")
        row = self.parts.loc[period]
        if row.isna().any():
            raise IndexInputError(f"{period}: one of the runs has no value, nothing to split")
        return pd.Series(row, dtype=float)


def revision_split(
    old_data: pd.DataFrame,
    new_data: pd.DataFrame,
    *,
    compute: Callable[[pd.DataFrame, Factors, Spec], pd.Series[Any]],
    factors: Callable[[pd.DataFrame, Spec], Factors],
    old_spec: Spec,
    new_spec: Spec,
) -> RevisionSplit:
    """Split the change of an index between two runs, in the order new data, revised data, season, spec.

    ``old_data``, ``new_data``: periods × series before seasonal adjustment, as known at the two runs.
    ``factors(data, spec)``: what is estimated from the data (seasonal factors); ``compute(data, factors,
    spec)``: the index by period. A step's part is the change of the index when that alone is switched:

    1. ``old``: old data, factors estimated from them, old specification
    2. ``new_data``: figures that the old run had not are added, old figures stay
    3. ``revised_data``: figures both have take their new values, and those withdrawn go
    4. ``seasonal_factors``: the factors are re-estimated from the new data
    5. ``specification``: the new specification, with the factors it estimates

    The factors of stages 2 and 3 are those of the old run, so ``compute`` is handed factors of fewer
    periods than the data have and says itself how they go on (see ``last_factors``). The order matters to
    the size of a part, not to the sum. Raises IndexInputError for a repeated period or series, and for an
    index that comes back with a repeated period or infinity.
    """
    for name, data in (("old", old_data), ("new", new_data)):
        if data.index.has_duplicates or data.columns.has_duplicates:
            raise IndexInputError(f"the {name} data hold a period or a series twice")
    rows = _union(old_data.index, new_data.index)
    columns = _union(old_data.columns, new_data.columns)
    before, after = old_data.reindex(rows, columns=columns), new_data.reindex(rows, columns=columns)
    added = before.where(before.notna(), after)
    then, now = factors(old_data, old_spec), factors(new_data, old_spec)
    stages = {
        "old": compute(old_data, then, old_spec),
        "new_data": compute(added, then, old_spec),
        "revised_data": compute(new_data, then, old_spec),
        "seasonal_factors": compute(new_data, now, old_spec),
        "specification": compute(new_data, factors(new_data, new_spec), new_spec),
    }
    table = pd.DataFrame({name: _checked(name, values) for name, values in stages.items()})
    both = table["old"].notna() & table["specification"].notna()
    # A stage between may have no value where the two ends have one: its part then cannot be told apart.
    filled = table.ffill(axis=1)
    parts = filled.diff(axis=1)[list(STEPS)]
    parts["total"] = table["specification"] - table["old"]
    return RevisionSplit(parts.where(both), table)


def last_factors(factors: pd.Series[float], index: pd.Index[Any], per_year: int = 4) -> pd.Series[float]:
    """Seasonal factors carried on to later periods: those of the same season one year before, repeated.

    ``factors`` in order of time without gaps; ``index`` begins with the same periods and may go on.
    """
    count = len(factors)
    if count < per_year or not index[:count].equals(factors.index):
        raise IndexInputError("the factors do not cover the first periods, or less than one year")
    values = list(factors.to_numpy())
    while len(values) < len(index):
        values.append(values[-per_year])
    return pd.Series(values, index, dtype=float)


def _union(one: pd.Index[Any], other: pd.Index[Any]) -> pd.Index[Any]:
    return one.append(other.difference(one, sort=False))


def _checked(name: str, values: pd.Series[Any]) -> pd.Series[float]:
    try:
        return pd.Series(check_series(values), values.index)
    except IndexInputError as error:
        raise IndexInputError(f"the index of stage {name}: {error}") from error
