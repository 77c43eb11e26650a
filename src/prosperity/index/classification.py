"""Which indicator leads: time-difference correlation (时差相关) and Kullback–Leibler information over lags.

Both inform; the catalogue's assignment decides. Source of both: Dong Wenquan et al., 《经济周期波动的分析与预测》
(1998), and the practice of China's statistical offices.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from prosperity.index.frames import Floats, check_series, exact_sum
from prosperity.index.labels import calendar, in_time
from prosperity.index.model import IndexInputError

Verdict = Literal["leading", "coincident", "lagging", "undecided"]

MINIMUM_OVERLAP = 4  #: pairs of values; with fewer a correlation says nothing
MAX_LAG = 8  #: quarters


@dataclass(frozen=True)
class Classification:
    """Lags in periods; at lag l an indicator's value at t + l stands beside the reference's at t.

    So an indicator that is best at a negative lag is early. ``correlation`` (−1..1), ``information``
    (10⁻⁴ nats; NaN where a series is not positive) and ``observations`` have a row an indicator and a
    column a lag; ``verdicts`` a row an indicator with ``lag_correlation``, ``correlation``,
    ``by_correlation``, ``lag_information``, ``information``, ``by_information``, ``agree``.
    """

    correlation: pd.DataFrame
    information: pd.DataFrame
    observations: pd.DataFrame
    verdicts: pd.DataFrame


def classify(
    frame: pd.DataFrame,
    reference: pd.Series[Any],
    *,
    max_lag: int = MAX_LAG,
    band: int = 1,
    minimum: int = MINIMUM_OVERLAP,
) -> Classification:
    """Hold each column of ``frame`` against ``reference`` at lags −max_lag..max_lag.

    Time-difference correlation: ``r_l = corr(x(t+l), y(t))`` over the periods in which both have a value;
    verdict at the largest r. K-L information: ``k_l = 10⁴ Σ p ln(p/q)`` with ``p = y/Σy``, ``q = x/Σx`` over
    the same periods; verdict at the smallest k; only where all values are positive. A best lag below
    ``−band`` is leading, above ``band`` lagging, else coincident. Of equal values the lag nearest to zero
    counts, of two as near the negative one.

    A lag with fewer than ``minimum`` pairs, or at which one of the two does not vary, has no value; an
    indicator without any is ``undecided``. Columns that run against the reference are to be inverted first.
    Raises IndexInputError for repeated periods or columns, text, infinite values, an empty frame, or
    periods that are missing as rows.
    """
    if max_lag < 0 or band < 0:
        raise IndexInputError("max_lag and band are numbers of periods, zero or more")
    if minimum < 3:
        raise IndexInputError("a correlation needs at least 3 pairs of values")
    if frame.shape[1] == 0:
        raise IndexInputError("the frame has no indicator")
    if frame.columns.has_duplicates:
        raise IndexInputError(f"indicator {frame.columns[frame.columns.duplicated()][0]!r} occurs twice")
    for series in (reference, *(frame.iloc[:, number] for number in range(frame.shape[1]))):
        check_series(series)
    rows = _rows(frame.index.union(reference.index, sort=False))
    target = _at(reference, rows)
    columns = {name: _at(frame[name], rows) for name in frame.columns}
    lags = range(-max_lag, max_lag + 1)

    def matrix(function: Callable[[Floats, Floats], float]) -> pd.DataFrame:
        values = [
            [function(*pair) if len(pair[0]) >= minimum else math.nan for pair in pairs]
            for pairs in ([_pairs(column, target, lag) for lag in lags] for column in columns.values())
        ]
        return pd.DataFrame(values, frame.columns, pd.Index(lags, name="lag"))

    correlation, information = matrix(_correlation), matrix(_information)
    counts = [[len(_pairs(column, target, lag)[0]) for lag in lags] for column in columns.values()]
    verdicts = [_verdict(_row(correlation, n), _row(information, n), band) for n in range(len(frame.columns))]
    return Classification(
        correlation,
        information,
        pd.DataFrame(counts, frame.columns, correlation.columns),
        pd.DataFrame(verdicts, frame.columns),
    )


def _rows(index: pd.Index[Any]) -> pd.Index[Any]:
    rows = index[in_time(index)]
    found = calendar(rows)
    if found is not None and (np.diff(found.ordinals) != 1).any():
        before = rows[int(np.flatnonzero(np.diff(found.ordinals) != 1)[0])]
        raise IndexInputError(f"the period after {before} is missing: lags are counted in rows")
    return rows


def _at(series: pd.Series[Any], rows: pd.Index[Any]) -> Floats:
    values = pd.Series(check_series(series), series.index).reindex(rows)
    return np.asarray(values.to_numpy(), np.float64)


def _pairs(x: Floats, y: Floats, lag: int) -> tuple[Floats, Floats]:
    """x(t + lag) beside y(t), both present."""
    if abs(lag) >= len(y):
        return x[:0], y[:0]
    late, early = (x[lag:], y[: len(y) - lag]) if lag >= 0 else (x[:lag], y[-lag:])
    both = ~np.isnan(late) & ~np.isnan(early)
    return late[both], early[both]


def _correlation(x: Floats, y: Floats) -> float:
    x, y = x - exact_sum(x) / len(x), y - exact_sum(y) / len(y)
    size = math.sqrt(exact_sum(x * x)) * math.sqrt(exact_sum(y * y))
    if np.ptp(x) == 0 or np.ptp(y) == 0 or size == 0:
        return math.nan
    return exact_sum(x * y) / size


def _information(x: Floats, y: Floats) -> float:
    if not ((x > 0).all() and (y > 0).all()) or np.ptp(x) == 0 or np.ptp(y) == 0:
        return math.nan
    p, q = y / exact_sum(y), x / exact_sum(x)
    return 1e4 * exact_sum(p * np.log(p / q))


def _row(matrix: pd.DataFrame, number: int) -> dict[int, float]:
    """The values of one indicator by lag, without those that are missing."""
    values = zip(matrix.columns, matrix.iloc[number], strict=True)
    return {int(lag): float(value) for lag, value in values if not math.isnan(value)}


def _verdict(correlation: dict[int, float], information: dict[int, float], band: int) -> dict[str, Any]:
    by_r, by_k = _best(correlation, 1), _best(information, -1)
    first, second = _side(by_r, band), _side(by_k, band)
    return {
        "lag_correlation": math.nan if by_r is None else by_r,
        "correlation": math.nan if by_r is None else correlation[by_r],
        "by_correlation": first,
        "lag_information": math.nan if by_k is None else by_k,
        "information": math.nan if by_k is None else information[by_k],
        "by_information": second,
        "agree": first == second and first != "undecided",
    }


def _best(values: dict[int, float], sign: int) -> int | None:
    if not values:
        return None
    return min(values, key=lambda lag: (-sign * values[lag], abs(lag), lag))


def _side(lag: int | None, band: int) -> Verdict:
    if lag is None:
        return "undecided"
    return "leading" if lag < -band else "lagging" if lag > band else "coincident"
