"""Composite and diffusion index: hand-computed values, a foreign implementation, degenerate input."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from prosperity.index import (
    IndexInputError,
    composite_index,
    composite_indices,
    contributions,
    decompose,
    diffusion_index,
)

#: Two indicators, three quarters, worked by hand: C_a = (200·2/10, −200·2/10) → (40, −40); C_b = (20, 20).
SMALL = pd.DataFrame(
    {"a": [4.0, 6.0, 4.0], "b": [9.0, 11.0, 11 * 11 / 9]}, index=["2019-Q1", "2019-Q2", "2019-Q3"]
)


@pytest.fixture(scope="module")
def golden(shared: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        (shared / "vectors" / "golden_small.json").read_text(encoding="utf-8")
    )
    return loaded


def growing(rates: list[float], periods: int) -> pd.DataFrame:
    """Columns that grow steadily, with a ripple of one percent."""
    return pd.DataFrame(
        {
            f"x{n}": [100 * (1 + r) ** t * (1 + 0.01 * (-1) ** t) for t in range(periods)]
            for n, r in enumerate(rates)
        },
        index=pd.period_range("2015Q1", periods=periods, freq="Q"),
    )


# ------------------------------------------------------------------------------------------- oracles


@pytest.mark.shared
@pytest.mark.parametrize("group", ["coincident", "leading"])
def test_every_intermediate_value_of_the_golden_case(golden: dict[str, Any], group: str) -> None:
    frames = {name: pd.DataFrame(golden["inputs"][name]) for name in ("coincident", "leading")}
    weights = {"coincident": golden["inputs"]["ci_weights"]}
    found = decompose(frames, weights=weights, base=slice(0, 3))[group]
    expected = golden["chinese_ci"][group]

    for name in expected["change"]:
        assert found.change[name].iloc[1:].tolist() == pytest.approx(expected["change"][name], abs=1e-11)
        assert found.mean_change[name] == pytest.approx(expected["A"][name], abs=1e-11)
        assert found.standardised[name].iloc[1:].tolist() == pytest.approx(expected["S"][name], abs=1e-11)
        points = found.contributions[name].iloc[1:].tolist()
        assert points == pytest.approx(expected["point_contribution"][name], abs=1e-11)
    assert found.combined.iloc[1:].tolist() == pytest.approx(expected["R"], abs=1e-11)
    assert found.scale == pytest.approx(expected["F"], abs=1e-11)
    assert found.scaled.iloc[1:].tolist() == pytest.approx(expected["V"], abs=1e-11)
    assert found.level.tolist() == pytest.approx(expected["level"], abs=1e-11)
    assert found.index.tolist() == pytest.approx(expected["index"], abs=1e-11)


@pytest.mark.shared
def test_golden_diffusion_index(golden: dict[str, Any]) -> None:
    found = diffusion_index(pd.DataFrame(golden["inputs"]["coincident"]))
    assert math.isnan(found.iloc[0])
    assert found.iloc[1:].tolist() == golden["diffusion_1q_threshold_0_05pct"]


@pytest.mark.shared
def test_chinese_monthly_ratios_against_the_r_package(shared: Path) -> None:
    folder = shared / "vectors" / "chinese_ci"
    coincident = pd.read_csv(folder / "consistent.csv", index_col="period")
    leading = pd.read_csv(folder / "leading.csv", index_col="period")
    weights = pd.read_csv(folder / "consistent_wgt.csv").iloc[0].to_dict()
    expected = pd.read_csv(folder / "ci_notrend_base2006.csv", index_col="period")
    base = slice("2006-01", "2006-12")

    alone = composite_index(coincident, weights=weights, base=base)
    assert alone.index.equals(coincident.index)
    np.testing.assert_allclose(alone, expected["consistent"], rtol=0, atol=5e-13)

    groups = {"coincident": coincident, "leading": leading}
    both = composite_indices(groups, weights={"coincident": weights}, base=base)
    # The oracle's leading column uses an F that its own formula does not give (index.md §5).
    np.testing.assert_allclose(both["leading"], expected["leading"], rtol=0, atol=0.05)
    pd.testing.assert_series_equal(both["coincident"], alone, check_names=False)


# -------------------------------------------------------------------------------------- by hand


def test_two_indicators_by_hand() -> None:
    # S_a = (1, −1), S_b = (1, 1); R = (1, 0); I = 100, 100·201/199, the same.
    found = composite_index(SMALL)
    assert found.tolist() == pytest.approx([100, 100 * 201 / 199, 100 * 201 / 199], abs=1e-12)
    points = contributions(SMALL)
    assert points.loc["2019-Q1"].isna().all()
    assert points.loc["2019-Q3"].tolist() == pytest.approx([-201 / 199 / 2, 201 / 199 / 2], abs=1e-12)


def test_weights_by_hand() -> None:
    # R(2019-Q3) = (3·(−1) + 1·1) / 4 = −0.5
    found = composite_index(SMALL, weights={"a": 3, "b": 1})
    assert found.iloc[2] / found.iloc[1] == pytest.approx(199.5 / 200.5, abs=1e-12)


def test_difference_series_may_be_zero_or_negative() -> None:
    frame = SMALL.assign(a=[-2.0, 0.0, -2.0])
    with pytest.raises(IndexInputError, match="a, 2019-Q1: the symmetric change needs levels above zero"):
        composite_index(frame)
    pd.testing.assert_series_equal(
        composite_index(frame, changes={"a": "difference"}), composite_index(SMALL)
    )


def test_base_is_a_label_or_a_mean() -> None:
    assert composite_index(SMALL, base="2019-Q3").iloc[2] == 100
    found = composite_index(SMALL, base=["2019-Q1", "2019-Q2"])
    assert found.iloc[:2].mean() == pytest.approx(100, abs=1e-12)
    with pytest.raises(IndexInputError, match="base period '2031-Q1'"):
        composite_index(SMALL, base="2031-Q1")


# ------------------------------------------------------------------------------------------- order


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(8),
        pd.period_range("2019Q1", periods=8, freq="Q"),
        pd.date_range("2019-03-31", periods=8, freq="QE"),
        pd.Index([f"{2019 + n // 4}-Q{n % 4 + 1}" for n in range(8)]),
        pd.Index([f"2019-{n}" for n in range(5, 13)]),
    ],
)
def test_neither_row_nor_column_order_matters(index: pd.Index[Any]) -> None:
    random = np.random.default_rng(7)
    frame = pd.DataFrame(random.uniform(50, 150, (8, 5)), index, list("abcde"))
    frame.iloc[3, 1] = np.nan
    weights = dict(zip("abcde", [0.1, 0.2, 0.3, 0.7, 1.3], strict=True))
    rows, columns = random.permutation(8), random.permutation(5)
    whole = composite_index(frame, weights=weights)
    shuffled = composite_index(frame.iloc[rows, columns], weights=weights)
    assert shuffled.index.equals(frame.index[rows])
    pd.testing.assert_series_equal(shuffled.loc[frame.index], whole, check_exact=True, check_freq=False)
    points = contributions(frame.iloc[rows, columns], weights=weights).loc[frame.index, list("abcde")]
    pd.testing.assert_frame_equal(
        points, contributions(frame, weights=weights), check_exact=True, check_freq=False
    )


def test_unknown_labels_are_taken_in_the_order_given() -> None:
    labels = [f"t{n}" for n in range(1, 13)]
    frame = pd.DataFrame({"a": np.linspace(1, 2, 12)}, index=labels)
    found = composite_index(frame)
    assert found.is_monotonic_increasing
    assert found.index.tolist() == labels


# ---------------------------------------------------------------------------------- missing values


def test_mean_over_the_indicators_with_a_value_now_and_before() -> None:
    frame = pd.DataFrame({"a": [4.0, 6, 4, 6], "b": [9.0, 11, np.nan, 9], "c": [1.0, 2, 1, 2]})
    frame = frame.assign(b=[9.0, 11, 9, np.nan])
    points = contributions(frame)
    assert math.isnan(points.loc[3, "b"])
    # R(3) is the mean over a and c alone: both rise by their mean absolute change.
    found = composite_index(frame)
    assert found[3] / found[2] == pytest.approx(201 / 199, abs=1e-12)
    np.testing.assert_allclose(points.sum(axis=1)[1:], found.diff()[1:], atol=1e-12)


def test_a_period_without_any_change_ends_the_chain() -> None:
    frame = pd.DataFrame({"a": [4.0, 6, 4, np.nan, 5, 6, 7], "b": [1.0, 2, 1, np.nan, 2, 3, 2]})
    found = composite_index(frame)
    assert found[:3].notna().all() and found[3:].isna().all()
    assert contributions(frame)[3:].isna().all(axis=None)


def test_rows_before_the_first_change_have_no_value() -> None:
    found = composite_index(pd.DataFrame({"a": [np.nan, np.nan, 4.0, 6, 4]}))
    assert found.isna().tolist() == [True, True, False, False, False]
    assert found[2] == 100


def test_one_indicator_alone() -> None:
    # S = (1, 1) for even growth by 10/… : C = 200·1/21 each time.
    found = composite_index(pd.DataFrame({"a": [10.0, 11.0, 12.1]}))
    assert found.tolist() == pytest.approx([100, 100 * 201 / 199, 100 * (201 / 199) ** 2], abs=1e-12)


def test_a_constant_indicator_moves_nothing_but_has_its_weight() -> None:
    found = contributions(SMALL.assign(c=5.0))
    assert found["c"].iloc[1:].tolist() == [0, 0]
    assert composite_index(SMALL[["a"]] * 0 + 5).tolist() == [100, 100, 100]


# ----------------------------------------------------------------------------------- refused input


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"a": [1.0, 2.0]}), "at least 3 periods"),
        (pd.DataFrame(index=range(5)), "no indicator"),
        (pd.DataFrame({"a": [1.0, np.inf, 2.0]}), "a, 1: the value is infinite"),
        (pd.DataFrame({"a": [1.0, 0.0, 2.0]}), "needs levels above zero, not 0"),
        (pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [np.nan] * 3}), "b: fewer than two changes"),
        (pd.DataFrame({"a": [1.0, np.nan, 3.0, 4.0]}), "a: fewer than two changes"),
        (pd.DataFrame({"a": ["x", "y", "z"]}), "not a number"),
        (
            pd.DataFrame({"a": [1.0, 2.0, 3.0]}, index=["2019-Q1", "2019-Q2", "2019-Q1"]),
            "'2019-Q1' occurs more",
        ),
        (pd.DataFrame({"a": [1.0, 2.0, 3.0]}, index=["2019-Q1", "2019-Q2", "2019Q1"]), "written in two ways"),
        (pd.DataFrame([[1.0, 2.0]] * 3, columns=["a", "a"]), "indicator 'a' occurs more"),
    ],
)
def test_degenerate_frames_are_refused_with_the_reason(frame: pd.DataFrame, message: str) -> None:
    for function in (composite_index, contributions, diffusion_index):
        with pytest.raises(IndexInputError, match=message):
            function(frame)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"a": 1}, "no weight for indicator 'b'"),
        ({"a": 1, "b": 1, "d": 1}, "weight for 'd'"),
        ({"a": 1, "b": 0}, "b: a weight must be a number above zero"),
        ({"a": 1, "b": math.nan}, "b: a weight must be"),
    ],
)
def test_wrong_weights_are_refused(weights: dict[str, float], message: str) -> None:
    with pytest.raises(IndexInputError, match=message):
        composite_index(SMALL, weights=weights)


def test_unknown_names_and_choices_are_refused() -> None:
    with pytest.raises(IndexInputError, match="change for 'z'"):
        composite_index(SMALL, changes={"z": "difference"})
    with pytest.raises(IndexInputError, match="unknown trend step"):
        composite_index(SMALL, trend="linear")  # type: ignore[arg-type]
    with pytest.raises(IndexInputError, match="reference group"):
        composite_indices({"leading": SMALL})
    with pytest.raises(IndexInputError, match="never changes"):
        composite_indices({"coincident": SMALL, "leading": SMALL * 0 + 1})


# ------------------------------------------------------------------------------------------- trend


def test_mean_growth_gives_the_index_the_mean_growth_of_the_series() -> None:
    frame = growing([0.01, 0.03], 12)
    found = composite_index(frame, trend="mean_growth")
    change = 200 * (found.diff() / (found + found.shift())).iloc[1:]
    series = 200 * (frame.diff() / (frame + frame.shift())).iloc[1:]
    assert change.mean() == pytest.approx(series.mean().mean(), abs=1e-10)


def test_log_linear_moves_every_group_to_the_slope_of_the_coincident_series() -> None:
    # Purely exponential series: slope = growth, and each group's index is purely exponential, too.
    coincident = pd.DataFrame({"a": 1.02 ** np.arange(10), "b": 1.04 ** np.arange(10)})
    groups = {"coincident": coincident, "leading": pd.DataFrame({"c": 0.95 ** np.arange(10)})}
    found = composite_indices(groups, trend="log_linear")
    # G = 3; V = 1 or −1, index growth before the step 100·(201/199 − 1) and 100·(199/201 − 1).
    up = 1 + 3 - 100 * (201 / 199 - 1)
    down = -1 + 3 - 100 * (199 / 201 - 1)
    assert (found["coincident"].pct_change().iloc[1:]).tolist() == pytest.approx(
        [(200 + up) / (200 - up) - 1] * 9
    )
    assert (found["leading"].pct_change().iloc[1:]).tolist() == pytest.approx(
        [(200 + down) / (200 - down) - 1] * 9
    )


def wave(cycles: int, growth: float) -> pd.DataFrame:
    """A cycle of eight quarters on a trend: each cycle is the one before times (1+growth)^8."""
    shape = [100.0, 104, 108, 112, 108, 104, 100, 96]
    return pd.DataFrame(
        {"a": [v * (1 + growth) ** (8 * c) for c in range(cycles) for v in shape] + [100.0] * 1}
    )


def test_cycle_means_by_hand() -> None:
    frame = wave(4, 0.0)
    frame["a"] *= np.repeat([1.0, 1.1, 1.21, 1.331, 1.4641], 8)[: len(frame)]
    # Peaks at 3, 11, 19, 27 and troughs at 7, 15, 23: the first cycle runs 3..10, the last 19..26.
    first, last = frame["a"][3:11].mean(), frame["a"][19:27].mean()
    expected = 100 * ((last / first) ** (1 / 16) - 1)
    found = decompose({"coincident": frame}, trend="cycle_means")["coincident"]
    before = decompose({"coincident": frame})["coincident"].index
    own = 100 * ((before[19:27].mean() / before[3:11].mean()) ** (1 / 16) - 1)
    assert found.trend_term == pytest.approx(expected - own, abs=1e-12)


def test_cycle_means_need_two_cycles() -> None:
    with pytest.raises(IndexInputError, match=r"needs two full cycles .* found 0 turning points"):
        composite_index(growing([0.03], 12), trend="cycle_means")


@pytest.mark.parametrize("trend", ["none", "mean_growth", "log_linear", "cycle_means"])
def test_contributions_have_no_residual(trend: Any) -> None:
    frame = wave(4, 0.01).assign(b=lambda f: f["a"] ** 0.5 + np.arange(len(f)) % 3 * 0.01)
    found = composite_index(frame, trend=trend, base=slice(0, 7))
    points = contributions(frame, trend=trend, base=slice(0, 7))
    assert ("trend" in points) == (trend != "none")
    np.testing.assert_allclose(points.sum(axis=1)[1:], found.diff()[1:], rtol=0, atol=1e-11)


# --------------------------------------------------------------------------------------- diffusion


def test_diffusion_by_hand() -> None:
    frame = pd.DataFrame(
        {"up": [1.0, 2, 3], "flat": [100.0, 100.04, 100.04], "down": [3.0, 2, np.nan]}, index=[1, 2, 3]
    )
    frame["down"] = [3.0, 2, 1]
    frame.loc[3, "up"] = 1.0
    weights = {"up": 2.0, "flat": 1.0, "down": 1.0}
    assert diffusion_index(frame, weights=weights)[2] == pytest.approx(100 * (2 + 0.5) / 4)
    assert diffusion_index(frame, weights=weights)[3] == pytest.approx(100 * 0.5 / 4)
    assert diffusion_index(frame, weights=weights, band=0)[2] == pytest.approx(100 * 3 / 4)
    with pytest.raises(IndexInputError, match="dead band"):
        diffusion_index(frame, band=-1)
