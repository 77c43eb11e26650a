"""The OECD's indicator: printed constants, statsmodels' filter, a cycle put in and found again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.filters.hp_filter import hpfilter

from prosperity.index import IndexInputError, oecd_indicator
from prosperity.index.oecd import hodrick_prescott, smoothing_parameter

INDEX = pd.period_range("2000Q1", periods=80, freq="Q")
CYCLE = 3 * np.sin(np.arange(80) * 2 * np.pi / 16)
REFERENCE = pd.Series(100 * 1.01 ** np.arange(80) * (1 + CYCLE / 100), INDEX)


def components() -> pd.DataFrame:
    random = np.random.default_rng(2)
    return pd.DataFrame(
        {
            name: 50 * 1.02 ** np.arange(80) * (1 + size * (CYCLE + random.normal(0, 0.1, 80)) / 100)
            for name, size in (("a", 1.0), ("b", 3.0), ("c", 0.5))
        },
        INDEX,
    )


@pytest.mark.parametrize(
    ("periods", "printed", "digits"),
    [(40, 1649.33, 0.005), (4, 0.25, 1e-12), (120, 133107.94, 0.005), (12, 13.93, 0.005)],
)
def test_printed_smoothing_parameters(periods: int, printed: float, digits: float) -> None:
    assert smoothing_parameter(periods) == pytest.approx(printed, abs=digits)


@pytest.mark.parametrize("parameter", [0.25, 1649.33, 133107.94])
def test_the_filter_against_statsmodels(parameter: float) -> None:
    values = np.log(components()["b"].to_numpy())
    _, trend = hpfilter(values, parameter)
    np.testing.assert_allclose(hodrick_prescott(values, parameter), trend, rtol=1e-9)


def test_the_common_cycle_is_found() -> None:
    found = oecd_indicator(components(), REFERENCE)
    inner = slice(8, 72)
    assert np.corrcoef(found.index.iloc[inner], CYCLE[inner])[0, 1] > 0.98
    for name in found.cycles:
        assert found.cycles[name].mean() == pytest.approx(100)
        assert (found.cycles[name] - 100).abs().mean() == pytest.approx(1)
    # The amplitude is that of the reference's cycle, in percent; a long trend takes some of it at the ends.
    spread = (found.amplitude_adjusted - 100).abs().mean()
    assert spread == pytest.approx(np.abs(CYCLE).mean(), rel=0.1)
    np.testing.assert_allclose(found.trend_restored.iloc[inner], REFERENCE.iloc[inner], rtol=0.01)


def test_outliers_are_replaced_and_named() -> None:
    frame = components()
    clean = oecd_indicator(frame, REFERENCE)
    frame.loc[INDEX[30], "a"] *= 1.5
    found = oecd_indicator(frame, REFERENCE)
    assert found.replaced["a"] == (INDEX[30],)
    assert clean.replaced["a"] == ()
    assert (found.index - clean.index).abs().max() < 0.2


def test_order_does_not_matter_and_ragged_edges_are_averaged() -> None:
    frame = components()
    frame.loc[INDEX[-2:], "b"] = np.nan
    found = oecd_indicator(frame, REFERENCE)
    assert found.index.notna().all()
    other = oecd_indicator(frame.sample(frac=1, random_state=1)[["c", "a", "b"]], REFERENCE)
    pd.testing.assert_series_equal(found.index, other.index.reindex(INDEX), check_exact=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.iloc[:12], "a: 12 periods, fewer than 5 years"),
        (lambda f: f.assign(d=1.0), "d: it has no cycle"),
        (lambda f: f.assign(d=[1.0, np.nan] * 40), "fewer than two changes"),
        (lambda f: f.assign(d=f["a"].where(f.index != INDEX[9])), "d: a filter cannot pass"),
        (lambda f: f.assign(d=np.inf), "infinite"),
    ],
)
def test_refused_components(change: Any, message: str) -> None:
    with pytest.raises(IndexInputError, match=message):
        oecd_indicator(change(components()), REFERENCE)
