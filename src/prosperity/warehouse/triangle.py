"""How much a series is revised: the triangle by release number, and its plain statistics.

Standard errors robust to autocorrelation belong to the index stage, which has statsmodels at hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from prosperity.warehouse.load import EXAMPLES
from prosperity.warehouse.model import WarehouseError
from prosperity.warehouse.realtime import Place, vintages

PER_YEAR = {"": 1, "S": 2, "Q": 4}
CODE = re.compile(r"(\d{4})(?:-(?:([SQ])([1-4])|(\d\d)))?", re.ASCII)


@dataclass(frozen=True)
class RevisionStatistics:
    """Of revisions final − initial: number of periods, mean, mean absolute, standard deviation, share of
    changed signs, and the Mincer–Zarnowitz line final = intercept + slope × initial (efficient: 0 and 1).

    Source: Mincer, Zarnowitz (1969), The Evaluation of Economic Forecasts.
    """

    count: int
    mean: float
    mean_absolute: float
    standard_deviation: float
    sign_changes: float
    intercept: float
    slope: float


def revisions(
    series: str | pd.DataFrame,
    warehouse: Place = None,
    change: Literal["level", "percent"] = "level",
    releases: int | None = None,
) -> pd.DataFrame:
    """The triangle: periods × release numbers 0, 1, …: the figure of a period after its k-th vintage.

    Every vintage of the series counts from a period's first one on, also those that left it as it was.
    ``percent`` looks at the change against the period before, in percent, as each vintage has it; it needs
    periods as TIME_PERIOD codes of one frequency, and gives NaN after a gap. ``releases`` limits the columns.
    """
    matrix = vintages(series, warehouse)
    if change == "percent":
        matrix = _percent(matrix)
    values = matrix.to_numpy(dtype=float)
    triangle = np.full(values.shape, np.nan)
    for row, figures in enumerate(values):
        known = np.flatnonzero(~np.isnan(figures))
        if len(known):
            published = figures[known[0] :]
            triangle[row, : len(published)] = published
    frame = pd.DataFrame(triangle, index=matrix.index, columns=pd.RangeIndex(values.shape[1], name="release"))
    return frame if releases is None else frame.loc[:, : releases - 1]


def revision_statistics(triangle: pd.DataFrame, initial: int = 0, final: int = 10) -> RevisionStatistics:
    """Statistics of the revisions between two release numbers, over the periods that have both.

    Raises WarehouseError with fewer than three periods: nothing can be said of a line through two points.
    """
    if not {initial, final} <= set(triangle.columns):
        raise WarehouseError(
            f"releases {initial} and {final} are wanted, there are 0 to {triangle.columns[-1]}"
        )
    both = triangle[[initial, final]].dropna()
    if len(both) < 3:
        raise WarehouseError(f"only {len(both)} periods have both release {initial} and release {final}")
    first, last = both[initial].to_numpy(), both[final].to_numpy()
    difference = last - first
    slope, intercept = np.polyfit(first, last, 1)
    return RevisionStatistics(
        count=len(both),
        mean=float(difference.mean()),
        mean_absolute=float(np.abs(difference).mean()),
        standard_deviation=float(difference.std(ddof=1)),
        sign_changes=float((np.sign(first) != np.sign(last)).mean()),
        intercept=float(intercept),
        slope=float(slope),
    )


def _percent(matrix: pd.DataFrame) -> pd.DataFrame:
    places = [_place(str(code)) for code in matrix.index]
    if len({frequency for frequency, _ in places}) > 1:
        raise WarehouseError(
            "periods of several frequencies: a change against the period before has no sense"
        )
    numbered = matrix.set_axis(pd.Index([number for _, number in places]), axis=0)
    before = numbered.reindex(numbered.index - 1).to_numpy()
    return pd.DataFrame((matrix.to_numpy() / before - 1) * 100, index=matrix.index, columns=matrix.columns)


def _place(code: str) -> tuple[int, int]:
    """Periods per year, and the number of the period."""
    match = CODE.fullmatch(code)
    if match is None:
        raise WarehouseError(f"{code!r} is no TIME_PERIOD ({EXAMPLES})")
    year, letter, part, month = match.groups()
    if month:
        return 12, int(year) * 12 + int(month) - 1
    per_year = PER_YEAR[letter or ""]
    return per_year, int(year) * per_year + int(part or 1) - 1
