"""Weights from data, normalisation and aggregation.

What belongs here: one table in, weights or scores out. What does not: draws of weights (``uncertainty.py``).
Sources: OECD/JRC, *Handbook on Constructing Composite Indicators* (2008); Diakoulaki et al. (1995), CRITIC.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from prosperity.index.frames import Change, Floats, exact_sum, panel
from prosperity.index.model import IndexInputError

Weighting = Literal["equal", "expert", "entropy", "critic", "pca"]
Normalisation = Literal["minmax", "zscore"]
Aggregation = Literal["arithmetic", "geometric", "harmonic"]


def weights_by(
    frame: pd.DataFrame, method: Weighting, *, expert: Mapping[str, float] | None = None
) -> pd.Series[float]:
    """Weights of the columns, sum 1.

    ``frame``: rows periods, columns indicators (levels or changes, of any sign; each is brought to 0..1 by
    its minimum and maximum first); NaN is missing.

    - ``equal``; ``expert``: those given, scaled.
    - ``entropy``: ``w ∝ 1 − e``, ``e = −Σ p ln p / ln n``, p the normalised values divided by their sum:
      what is spread unevenly over the periods weighs more.
    - ``critic``: ``w ∝ σ_j Σ_k (1 − r_jk)``: what varies and is not said by the others weighs more
      (correlations over the periods that both have).
    - ``pca``: squared loadings of the first principal component of the correlation matrix (complete rows).

    They describe the data and not importance: the index is weighted by the catalogue, these are shown
    beside it. Raises IndexInputError for a column that does not vary, has fewer than three values, or (pca,
    critic) too few periods in common.
    """
    if method == "equal":
        return pd.Series(1 / max(frame.shape[1], 1), _checked(frame, vary=False).columns)
    if method == "expert":
        if expert is None:
            raise IndexInputError("expert weights are to be given")
        part = panel(frame, expert, _any_sign(frame), changing=False)
        return pd.Series(part.weights / exact_sum(part.weights), part.columns)
    if method not in ("entropy", "critic", "pca"):
        raise IndexInputError(f"unknown method of weighting {method!r}")
    scores = _checked(frame)
    # In the order of names, so that the order of the columns changes nothing to the last digit.
    names = sorted(scores.columns, key=str)
    values = scores[names].to_numpy()
    raw = {"entropy": _entropy, "critic": _critic, "pca": _principal}[method](values)
    total = exact_sum(raw)
    if not total > 0:
        raise IndexInputError(f"{method}: no indicator tells the periods apart, no weights")
    return pd.Series(raw / total, names).reindex(frame.columns)


def normalise(
    frame: pd.DataFrame,
    method: Normalisation = "minmax",
    *,
    directions: Mapping[str, int] | None = None,
    low: float = 0.0,
    high: float = 100.0,
) -> pd.DataFrame:
    """Columns on one scale: ``minmax`` to ``low``..``high``, ``zscore`` to mean 0 and std 1 (divisor n − 1).

    ``directions``: −1 for columns of which less is better. Raises IndexInputError for a column that does
    not vary or holds infinity or text.
    """
    values = _checked(frame, scaled=False)
    signs = np.array([(directions or {}).get(name, 1) for name in frame.columns])
    if not np.isin(signs, (-1, 1)).all():
        raise IndexInputError("a direction is 1 or −1")
    if method not in ("minmax", "zscore"):
        raise IndexInputError(f"unknown method of normalisation {method!r}")
    turned = values * signs
    scores = {
        name: _scored(np.asarray(turned[name].to_numpy(), np.float64), method, low, high) for name in turned
    }
    return pd.DataFrame(scores, values.index)[list(values.columns)]


def _scored(column: Floats, method: Normalisation, low: float, high: float) -> Floats:
    known = column[~np.isnan(column)]
    if method == "minmax":
        return np.asarray(low + (column - known.min()) * ((high - low) / (known.max() - known.min())))
    mean = exact_sum(known) / len(known)
    spread = math.sqrt(exact_sum((known - mean) ** 2) / (len(known) - 1))
    return np.asarray((column - mean) / spread)


def winsorise(
    frame: pd.DataFrame, *, skewness: float = 2.0, kurtosis: float = 3.5, most: int = 5
) -> pd.DataFrame:
    """Columns with outliers drawn in: the extreme value takes that of its neighbour, at most ``most`` times.

    A column has outliers while |skewness| and excess kurtosis (both with the sample correction) exceed
    the limits; one that still has them after ``most`` steps is returned as it came. Source of the rule:
    OECD/JRC handbook, as in the R package COINr.
    """
    values = _checked(frame, scaled=False)
    return pd.DataFrame({name: _drawn_in(values[name], skewness, kurtosis, most) for name in values})


def _drawn_in(column: pd.Series[float], skewness: float, kurtosis: float, most: int) -> pd.Series[float]:
    result = column.copy()
    for _ in range(most + 1):
        skew, peaked = np.asarray([result.skew(), result.kurt()], dtype=float)
        if not (abs(skew) > skewness and peaked > kurtosis):
            return result
        at = result == (result.max() if skew > 0 else result.min())
        result[at] = result[~at].max() if skew > 0 else result[~at].min()
    return column


def aggregate(
    frame: pd.DataFrame,
    weights: Mapping[str, float] | None = None,
    method: Aggregation = "arithmetic",
) -> pd.Series[float]:
    """Weighted mean of the columns present in each row; NaN where none is.

    Raises IndexInputError for what ``frames.panel`` refuses, and for a value of zero or less in a geometric
    or harmonic mean.
    """
    part = panel(frame, weights, _any_sign(frame), changing=False)
    if method not in ("arithmetic", "geometric", "harmonic"):
        raise IndexInputError(f"unknown method of aggregation {method!r}")
    if method != "arithmetic" and (part.values <= 0).any():
        raise IndexInputError(f"a {method} mean needs values above zero")
    result = np.full(len(part.index), np.nan)
    for row, values in enumerate(part.values):
        present = ~np.isnan(values)
        if not present.any():
            continue
        known, share = values[present], part.weights[present] / exact_sum(part.weights[present])
        if method == "arithmetic":
            result[row] = exact_sum(share * known)
        elif method == "geometric":
            result[row] = math.exp(exact_sum(share * np.log(known)))
        else:
            result[row] = 1 / exact_sum(share / known)
    return pd.Series(result, part.index).reindex(frame.index)


# ------------------------------------------------------------------------------------------- methods


def _entropy(scores: Floats) -> Floats:
    result = np.empty(scores.shape[1])
    for number, column in enumerate(scores.T):
        known = column[~np.isnan(column)]
        shares = known / exact_sum(known)
        positive = shares[shares > 0]
        result[number] = 1 + exact_sum(positive * np.log(positive)) / math.log(len(known))
    return result


def _critic(scores: Floats) -> Floats:
    correlation = pd.DataFrame(scores).corr(min_periods=3).to_numpy()
    if np.isnan(correlation).any():
        raise IndexInputError("critic: two indicators share fewer than three periods, or do not vary in them")
    spread = np.nanstd(scores, axis=0, ddof=1)
    if scores.shape[1] == 1:
        return np.ones(1)
    conflict = np.array([exact_sum(1 - row) for row in correlation])
    return np.asarray(spread * np.maximum(conflict, 0.0))


def _principal(scores: Floats) -> Floats:
    complete = scores[~np.isnan(scores).any(axis=1)]
    if len(complete) < 3 or (np.ptp(complete, axis=0) == 0).any():
        raise IndexInputError("pca: fewer than three complete periods, or an indicator does not vary in them")
    correlation = np.atleast_2d(np.corrcoef(complete, rowvar=False))
    _, vectors = np.linalg.eigh(correlation)
    return np.asarray(vectors[:, -1] ** 2)


# ------------------------------------------------------------------------------------------- checks


def _any_sign(frame: pd.DataFrame) -> dict[str, Change]:
    return dict.fromkeys(frame.columns, "difference")


def _checked(frame: pd.DataFrame, *, vary: bool = True, scaled: bool = True) -> pd.DataFrame:
    """The checked frame, rows in order of time; ``scaled``: each column from 0 to 1."""
    part = panel(frame, None, _any_sign(frame), changing=False)
    values = pd.DataFrame(part.values, part.index, part.columns)
    if not vary:
        return values
    for name in part.columns:
        known = values[name].dropna()
        if len(known) < 3:
            raise IndexInputError(f"{name}: {len(known)} values, three are needed")
        if known.min() == known.max():
            raise IndexInputError(f"{name}: it does not vary")
    if not scaled:
        return values.reindex(frame.index)
    return (values - values.min()) / (values.max() - values.min())
