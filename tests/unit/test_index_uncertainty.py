"""Monte Carlo, Sobol shares and dropped indicators, against the index itself and a function with known shares."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from prosperity.index import (
    IndexInputError,
    composite_index,
    drop_one,
    monte_carlo,
    sobol_shares,
)
from prosperity.index.uncertainty import ChoiceModel, sobol_indices

NAMES = list("abcd")
WEIGHTS = {"a": 2.0, "b": 1.0, "c": 1.0, "d": 0.5}


def made(periods: int = 24) -> pd.DataFrame:
    random = np.random.default_rng(3)
    levels = 100 * np.exp(random.normal(0.02, 0.03, (periods, 4)).cumsum(axis=0))
    return pd.DataFrame(levels, pd.period_range("2015Q1", periods=periods, freq="Q"), NAMES)


def choice(model: ChoiceModel, weights: list[float], scale: int, trend: int, dropped: int) -> Any:
    """The path for one set of choices; ``dropped`` 0 is none, n the n-th indicator."""
    options = len(model.droppable) + 1
    row = [*weights, (scale + 0.5) / 3, (trend + 0.5) / len(model.trends), (dropped + 0.5) / options]
    return model.paths(np.array([row]))[:, 0]


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("trend", ["none", "mean_growth", "log_linear"])
def test_a_path_is_the_index_of_these_choices(trend: Any, missing: bool) -> None:
    frame = made()
    if missing:
        frame.iloc[:5, 1] = np.nan
        frame.iloc[-2:, 2] = np.nan
    model = ChoiceModel(frame, weights=WEIGHTS, base="2016")
    number = model.trends.index(trend)
    whole = composite_index(frame, weights=WEIGHTS, trend=trend, base="2016")
    np.testing.assert_allclose(choice(model, [0.5] * 4, 0, number, 0), whole, rtol=1e-12)
    rest = {name: weight for name, weight in WEIGHTS.items() if name != "b"}
    without = composite_index(frame.drop(columns="b"), weights=rest, trend=trend, base="2016")
    np.testing.assert_allclose(choice(model, [0.5] * 4, 0, number, 2), without, rtol=1e-12)
    # A number of 1 is the weight plus 25 percent, of 0 minus 25 percent.
    moved = {**WEIGHTS, "a": 2.5, "c": 0.75}
    other = composite_index(frame, weights=moved, trend=trend, base="2016")
    np.testing.assert_allclose(choice(model, [1.0, 0.5, 0.0, 0.5], 0, number, 0), other, rtol=1e-12)


def test_bands_hold_their_share_of_the_draws() -> None:
    found = monte_carlo(made(), draws=400, seed=5)
    assert list(found.bands) == ["5", "50", "95", "baseline"]
    np.testing.assert_allclose(found.bands["baseline"], composite_index(made()), rtol=1e-12)
    expected = np.percentile(found.draws, [5, 50, 95], axis=1).T
    np.testing.assert_allclose(found.bands[["5", "50", "95"]], expected, rtol=1e-12)
    assert found.draws.shape == (24, 400)


def test_where_only_the_weights_move_the_whole_variance_is_theirs() -> None:
    fixed: dict[str, Any] = {"scales": ["mean_absolute"], "trends": ["none"], "drop": False}
    still = monte_carlo(made(), spread=0.0, draws=5, **fixed)
    np.testing.assert_allclose(still.bands["5"], still.bands["95"], rtol=1e-12)
    shares = sobol_shares(made(), draws=2048, **fixed).iloc[-1]
    assert shares[("weights", "total")] == pytest.approx(1, abs=0.1)
    assert shares[("weights", "first")] == pytest.approx(1, abs=0.1)
    assert shares[("trend", "total")] == pytest.approx(0, abs=1e-9)
    assert shares[("dropped", "first")] == pytest.approx(0, abs=1e-9)


def test_the_order_of_rows_and_columns_changes_no_draw() -> None:
    frame = made()
    shuffled = frame.sample(frac=1, random_state=1).sample(frac=1, axis=1, random_state=2)
    for function in (monte_carlo, sobol_shares):
        one, other = function(frame, draws=64), function(shuffled, draws=64)
        one, other = getattr(one, "bands", one), getattr(other, "bands", other)
        pd.testing.assert_frame_equal(one, other.reindex(one.index), check_exact=True)


def test_an_indicator_that_is_alone_in_a_period_is_never_dropped() -> None:
    frame = made(8)
    frame.iloc[:3, 1:] = np.nan
    found = monte_carlo(frame, draws=50)
    assert found.never_dropped == ("a",)
    assert not np.isnan(found.draws).any()
    alone = monte_carlo(frame[["a"]], draws=50)
    assert alone.never_dropped == ("a",)


def test_sobol_indices_of_a_function_whose_shares_are_known() -> None:
    # Ishigami and Homma (1990), a = 7, b = 0.1; shares by integration.
    def ishigami(uniform: Any) -> Any:
        x = math.pi * (2 * uniform - 1)
        return (np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))[:, None]

    groups = [slice(n, n + 1) for n in range(3)]
    first, total = sobol_indices(ishigami, 3, groups, 60_000, seed=1)
    assert first[:, 0] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert total[:, 0] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)


def test_drop_one_by_the_index_itself() -> None:
    frame = made()
    found = drop_one(frame, weights=WEIGHTS, trend="mean_growth")
    whole = composite_index(frame, weights=WEIGHTS, trend="mean_growth")
    rest = composite_index(frame[["a", "b", "d"]], weights={"a": 2, "b": 1, "d": 0.5}, trend="mean_growth")
    assert list(found.index) == NAMES
    assert found.loc["c", "last"] == pytest.approx(rest.iloc[-1])
    assert found.loc["c", "difference"] == pytest.approx(rest.iloc[-1] - whole.iloc[-1])
    assert found.loc["c", "largest"] == pytest.approx((rest - whole).abs().max())
    assert found.loc["c", "correlation"] == pytest.approx(rest.diff().corr(whole.diff()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"spread": 1.0}, "below 1"),
        ({"draws": 0}, "at least one draw"),
        ({"trends": ["cycle_means"]}, "cannot be drawn"),
        ({"scales": ["rank"]}, "unknown normalisation"),
        ({"base": "1999"}, "base period"),
        ({"quantiles": [1.5]}, "between 0 and 1"),
    ],
)
def test_refused_choices(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(IndexInputError, match=message):
        monte_carlo(made(), **arguments)


def test_one_indicator_cannot_be_dropped() -> None:
    with pytest.raises(IndexInputError, match="nothing can be dropped"):
        drop_one(made()[["a"]])
