"""What holds for any frame: order does not matter, contributions add up, degenerate input is refused by type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosperity.index import (
    IndexInputError,
    Thresholds,
    aggregate,
    classify,
    composite_index,
    composite_indices,
    conference_board,
    conference_board_index,
    contributions,
    decompose,
    diffusion_index,
    drop_one,
    monte_carlo,
    normalise,
    seasonally_adjust,
    sobol_shares,
    turning_points,
    warning_light_index,
    weights_by,
)

NAMES = list("abcde")
LIGHTS = Thresholds("test", dict.fromkeys(NAMES, (60.0, 90.0, 110.0, 140.0)))


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Levels of three to five indicators over 12 to 30 quarters, missing at the ends and here and there."""
    seed = draw(st.integers(0, 10_000))
    rows, columns = draw(st.integers(12, 30)), draw(st.integers(3, 5))
    random = np.random.default_rng(seed)
    values = 100 * np.exp(random.normal(0.01, 0.05, (rows, columns)).cumsum(axis=0))
    if draw(st.booleans()):
        values[: random.integers(1, 4), 0] = np.nan
        values[-random.integers(1, 4) :, 1] = np.nan
        values[random.integers(4, rows - 4), 2] = np.nan
    index = draw(st.sampled_from([
        pd.period_range("2012Q1", periods=rows, freq="Q"),
        pd.date_range("2012-03-31", periods=rows, freq="QE"),
        pd.Index([f"{2012 + n // 4}-Q{n % 4 + 1}" for n in range(rows)]),
        pd.RangeIndex(rows),
    ]))  # fmt: skip
    return pd.DataFrame(values, index, NAMES[:columns])


def reference(frame: pd.DataFrame) -> pd.Series[float]:
    return frame.mean(axis=1).rename("reference")


#: Name and result by function; a result that has the frame's rows comes back in their order.
FUNCTIONS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "composite": composite_index,
    "composite with trend": lambda f: composite_index(f, trend="log_linear"),
    "contributions": lambda f: contributions(f, trend="mean_growth"),
    "conference board": conference_board_index,
    "diffusion": diffusion_index,
    "lights": lambda f: warning_light_index(f, LIGHTS).index,
    "weights, entropy": lambda f: weights_by(f, "entropy"),
    "weights, critic": lambda f: weights_by(f, "critic"),
    "z-scores": lambda f: normalise(f, "zscore"),
    "mean": aggregate,
    "classification": lambda f: classify(f, f[f.columns.sort_values()[0]], max_lag=3).verdicts,
    "dropped": drop_one,
    "draws": lambda f: monte_carlo(f, draws=20).bands,
    "shares": lambda f: sobol_shares(f, draws=20),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=8, deadline=None)
@given(frame=frames(), seed=st.integers(0, 100))
def test_no_result_changes_with_the_order_of_rows_or_indicators(
    name: str, frame: pd.DataFrame, seed: int
) -> None:
    function = FUNCTIONS[name]
    shuffled = frame.sample(frac=1, random_state=seed).sample(frac=1, axis=1, random_state=seed)
    expected, found = function(frame), function(shuffled)
    if isinstance(expected, pd.Series):
        pd.testing.assert_series_equal(found.reindex(expected.index), expected, check_exact=True)
    else:
        found = found.reindex(index=expected.index, columns=expected.columns)
        pd.testing.assert_frame_equal(found, expected, check_exact=True)


@settings(max_examples=20, deadline=None)
@given(frame=frames(), seed=st.integers(0, 100))
def test_turning_points_do_not_depend_on_the_order_of_rows(frame: pd.DataFrame, seed: int) -> None:
    series = frame.mean(axis=1)
    pd.testing.assert_frame_equal(
        turning_points(series.sample(frac=1, random_state=seed)), turning_points(series)
    )


@pytest.mark.parametrize("method", ["none", "mean_growth", "log_linear", "conference board", "target"])
@settings(max_examples=15, deadline=None)
@given(frame=frames(), two=st.booleans())
def test_contributions_add_up(method: Any, frame: pd.DataFrame, two: bool) -> None:
    """To 1e-9 index points, for each group of a system."""
    groups = {"coincident": frame[["a", "b"]], "leading": frame} if two else {"coincident": frame}
    base = frame.index[4]
    if method == "conference board":
        results: dict[str, Any] = dict(conference_board(groups, base=base))
    elif method == "target":
        results = dict(conference_board(groups, base=base, target=1.5))
    else:
        results = dict(decompose(groups, trend=method, base=base))
    for result in results.values():
        known = result.index.notna() & result.index.shift().notna()
        sums = result.contributions.sum(axis=1)
        np.testing.assert_allclose(sums[known], result.index.diff()[known], rtol=0, atol=1e-9)
        assert result.contributions[~known].isna().all(axis=None)


# -------------------------------------------------------------------------------------- degenerate

QUARTERS = pd.Index([f"{2019 + n // 4}-Q{n % 4 + 1}" for n in range(12)])
TWELVE = pd.DataFrame(
    100 * np.exp(np.random.default_rng(1).normal(0.02, 0.03, (12, 3)).cumsum(axis=0)), QUARTERS, list("abc")
)
EACH: dict[str, Callable[[pd.DataFrame], Any]] = {
    "composite": composite_index,
    "conference board": conference_board_index,
    "diffusion": diffusion_index,
    "contributions": contributions,
    "draws": lambda f: monte_carlo(f, draws=10),
    "dropped": drop_one,
}


@pytest.mark.parametrize("name", EACH)
def test_degenerate_input_ends_in_a_typed_error(name: str) -> None:
    function = EACH[name]
    infinite, negative = TWELVE.copy(), TWELVE.copy()
    infinite.iloc[3, 1] = np.inf
    negative.iloc[3, 1] = -1.0
    twice = pd.concat([TWELVE, TWELVE.iloc[:1]])
    for frame, message in (
        (infinite, "b, 2019-Q4: the value is infinite"),
        (negative, "b, 2019-Q4: the symmetric change needs levels above zero"),
        (twice, "'2019-Q1' occurs more than once"),
        (TWELVE.iloc[:2], "at least 3 periods"),
        (TWELVE[[]], "no indicator"),
        (TWELVE.assign(d=np.nan), "d: fewer than two changes"),
    ):
        with pytest.raises(IndexInputError, match=message):
            function(frame)


def test_twelve_quarters_are_enough_for_an_index_and_its_season_is_tested() -> None:
    for function in (composite_index, conference_board_index, diffusion_index):
        assert function(TWELVE).iloc[1:].notna().all()
    assert seasonally_adjust(TWELVE["a"]).method in ("none", "x13")
    assert monte_carlo(TWELVE, draws=10).bands.notna().all(axis=None)
    with pytest.raises(IndexInputError, match="two full cycles"):
        composite_index(TWELVE, trend="cycle_means")


def test_a_quarter_in_which_all_is_missing_ends_the_chain() -> None:
    gap = TWELVE.copy()
    gap.iloc[6] = np.nan
    for function in (composite_index, conference_board_index):
        found = function(gap)
        assert found.iloc[:6].notna().all()
        assert found.iloc[6:].isna().all()
    bands = monte_carlo(gap, draws=10).bands
    assert bands.iloc[:6].notna().all(axis=None)
    assert bands.iloc[6:].isna().all(axis=None)


def test_one_indicator_and_a_constant_one() -> None:
    for function in (composite_index, conference_board_index):
        assert function(TWELVE[["a"]]).iloc[0] == 100
    constant = composite_index(TWELVE.assign(d=7.0))
    # A constant indicator counts with its weight and moves nothing: three quarters of the change remain.
    change = 200 * constant.diff() / (constant + constant.shift())
    whole = composite_index(TWELVE)
    expected = 0.75 * 200 * whole.diff() / (whole + whole.shift())
    np.testing.assert_allclose(change[1:], expected[1:], rtol=1e-10)
    with pytest.raises(IndexInputError, match="d: its changes do not vary"):
        conference_board_index(TWELVE.assign(d=7.0))


def test_groups_with_different_periods_share_one_table() -> None:
    found = composite_indices({"coincident": TWELVE, "leading": TWELVE.iloc[2:] * 2})
    assert list(found.index) == list(QUARTERS)
    assert found["leading"].iloc[:2].isna().all()
