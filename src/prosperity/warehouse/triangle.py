"""How much a series is revised: the triangle by release number, and its statistics."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

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
    changed signs, the Mincer–Zarnowitz line final = intercept + slope × initial (efficient: 0 and 1), and the
    t value of the mean with standard errors robust to autocorrelation up to ``lags`` periods (NaN where the
    revisions do not vary).

    Sources: Mincer, Zarnowitz (1969), The Evaluation of Economic Forecasts; Newey, West (1987), A Simple,
    Positive Semi-Definite, Heteroskedasticity and Autocorrelation Consistent Covariance Matrix.
    """

    count: int
    mean: float
    mean_absolute: float
    standard_deviation: float
    sign_changes: float
    intercept: float
    slope: float
    mean_t: float
    lags: int


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
    if matrix.index.nlevels > 1:
        raise WarehouseError("revisions are of one series, please: select one series_id")
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


def revision_statistics(
    triangle: pd.DataFrame, initial: int = 0, final: int = 10, lags: int | None = None
) -> RevisionStatistics:
    """Statistics of the revisions between two release numbers, over the periods that have both, in their order.

    ``lags`` of the Newey–West standard error: by default the whole part of 4 (n / 100)^(2/9). Raises
    WarehouseError with fewer than three periods: nothing can be said of a line through two points.
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
    lags = min(int(4 * (len(both) / 100) ** (2 / 9)) if lags is None else lags, len(both) - 1)
    slope, intercept = np.polyfit(first, last, 1)
    return RevisionStatistics(
        count=len(both),
        mean=float(difference.mean()),
        mean_absolute=float(np.abs(difference).mean()),
        standard_deviation=float(difference.std(ddof=1)),
        sign_changes=float((np.sign(first) != np.sign(last)).mean()),
        intercept=float(intercept),
        slope=float(slope),
        mean_t=_newey_west_t(difference, lags),
        lags=lags,
    )


def revisions_by_release(triangle: pd.DataFrame, final: int | None = None) -> pd.DataFrame:
    """The fields of RevisionStatistics by release number: from each release to the release ``final``.

    None: to the figure that holds now, over the periods that were published again after that release. Release
    numbers with fewer than three such periods are left out.
    """
    count = len(triangle.columns)
    found = {}
    for number in range(count - 1 if final is None else min(final, count - 1)):
        later = triangle.iloc[:, number + 1 :] if final is None else triangle[[final]]
        both = pd.DataFrame({0: triangle[number], 1: later.ffill(axis=1).iloc[:, -1]}).dropna()
        if len(both) >= 3:
            found[number] = asdict(revision_statistics(both, 0, 1))
    columns = [entry.name for entry in fields(RevisionStatistics)]
    return pd.DataFrame.from_dict(found, orient="index", columns=columns).rename_axis("release")


def _newey_west_t(values: np.ndarray[Any, Any], lags: int) -> float:
    """Mean by its standard error, with Bartlett weights 1 − l / (lags + 1) on the autocovariances."""
    deviations = values - values.mean()
    variance = deviations @ deviations
    for lag in range(1, lags + 1):
        variance += 2 * (1 - lag / (lags + 1)) * (deviations[lag:] @ deviations[:-lag])
    error = np.sqrt(variance) / len(values)
    return float(values.mean() / error) if error > 0 else float("nan")


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
