"""The Conference Board's index: golden case, the printed example, missing components, refused input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from prosperity.index import (
    IndexInputError,
    composite_indices,
    conference_board,
    conference_board_index,
    conference_board_indices,
    diffusion_index,
    side_by_side,
)

FRAME = pd.DataFrame(
    {"a": [100.0, 104, 102, 108, 111, 109], "b": [50.0, 51, 50.5, 52.5, 53, 52.8]},
    index=[f"2019-{month:02d}" for month in range(7, 13)],
)


def symmetric(before: float, after: float) -> float:
    return 200 * (after - before) / (after + before)


@pytest.mark.shared
@pytest.mark.parametrize("group", ["coincident", "leading"])
def test_every_intermediate_value_of_the_golden_case(shared: Path, group: str) -> None:
    golden: dict[str, Any] = json.loads((shared / "vectors" / "golden_small.json").read_text("utf-8"))
    frames = {name: pd.DataFrame(golden["inputs"][name]) for name in ("coincident", "leading")}
    found = conference_board(frames, base=slice(0, 3))[group]
    expected = golden["conference_board"][group]
    for name in expected["change"]:
        assert found.change[name].iloc[1:].tolist() == pytest.approx(expected["change"][name], abs=1e-11)
        assert found.volatility[name] == pytest.approx(expected["vol"][name], abs=1e-11)
        assert found.factors[name] == pytest.approx(expected["factor"][name], abs=1e-11)
        weighted = found.weighted[name].iloc[1:].tolist()
        assert weighted == pytest.approx(expected["contribution"][name], abs=1e-11)
    assert found.growth.iloc[1:].tolist() == pytest.approx(expected["growth"], abs=1e-11)
    assert found.trend_term == pytest.approx(expected["trend_adj"], abs=1e-11)
    assert found.level.tolist() == pytest.approx(expected["level"], abs=1e-11)
    assert found.index.tolist() == pytest.approx(expected["index"], abs=1e-11)


def test_the_printed_example_of_the_conference_board() -> None:
    # Its handbook: average workweek 41.8 to 41.4 is −0.96 percent, times the factor .189 is −0.18.
    frame = pd.DataFrame({"workweek": [41.8, 41.4, 41.6], "other": [100.0, 101.0, 100.0]})
    found = conference_board({"": frame}, factors={"": {"workweek": 0.189, "other": 0.811}}, reference=None)
    assert found[""].change["workweek"][1] == pytest.approx(-0.96, abs=0.005)
    assert found[""].weighted["workweek"][1] == pytest.approx(-0.18, abs=0.005)


def test_the_printed_chain_of_the_conference_board() -> None:
    # Its handbook: 105.2 and a sum of contributions of .06 give 105.3 (105.263).
    rise = 105.2 * (200 + 0.06) / (200 - 0.06)
    frame = pd.DataFrame({"a": [105.2, rise, 105.2 * 0.9]})
    found = conference_board_index(frame, factors={"a": 1.0})
    assert 105.2 * found[1] / 100 == pytest.approx(105.263, abs=0.0005)


def test_factors_by_hand() -> None:
    # Changes +1, −1, +1 against +3, −3, +3 percent: three times the spread, a third of the weight.
    up, down = 201 / 199, 203 / 197
    frame = pd.DataFrame({"a": [1, up, 1, up], "b": [1, down, 1, down]})
    found = conference_board({"": frame}, reference=None)[""]
    assert found.factors.tolist() == pytest.approx([0.75, 0.25], abs=1e-12)
    # Each month ±(0.75·1 + 0.25·3) = ±1.5.
    assert found.index.tolist() == pytest.approx([100, 100 * 201.5 / 198.5, 100, 100 * 201.5 / 198.5])


def test_a_missing_component_is_made_up_for_by_the_others() -> None:
    ragged = FRAME.assign(c=[np.nan, np.nan, 7.0, 7.9, 8.4, np.nan])
    factors = {"a": 0.5, "b": 0.25, "c": 0.25}
    found = conference_board({"": ragged}, factors={"": factors}, reference=None)[""]
    first = (0.5 * symmetric(100, 104) + 0.25 * symmetric(50, 51)) / 0.75
    fourth = 0.5 * symmetric(102, 108) + 0.25 * symmetric(50.5, 52.5) + 0.25 * symmetric(7, 7.9)
    assert found.growth["2019-08"] == pytest.approx(first, abs=1e-12)
    assert found.growth["2019-10"] == pytest.approx(fourth, abs=1e-12)
    sums = found.contributions.sum(axis=1)[1:]
    np.testing.assert_allclose(sums, found.index.diff()[1:], rtol=0, atol=1e-11)


def test_span_sets_the_factors() -> None:
    frame = pd.concat([FRAME, FRAME.assign(a=FRAME["a"] * [1, 2, 1, 2, 1, 2]).set_axis(
        [f"2020-{month:02d}" for month in range(1, 7)]
    )])  # fmt: skip
    whole = conference_board({"": FRAME}, reference=None)[""].factors
    for span in ("2019", 2019, ("2019-07", "2019-12"), slice(None, "2019-12")):
        found = conference_board({"": frame}, span=span, reference=None)[""].factors
        assert found.tolist() == pytest.approx(whole.tolist(), rel=1e-12)
    assert conference_board({"": frame}, reference=None)[""].factors["a"] < whole["a"] / 2


def test_target_growth_and_its_contribution() -> None:
    for target in (0.3, pd.Series([1.0, 203 / 197, 1.0, 203 / 197, (203 / 197) ** 1.2])):
        expected = 0.3 if isinstance(target, float) else None
        found = conference_board({"": FRAME}, target=target, reference=None)[""]
        change = 200 * found.index.diff() / (found.index + found.index.shift())
        if expected is not None:
            assert change.mean() == pytest.approx(expected, abs=1e-12)
        assert "trend" in found.contributions
        sums = found.contributions.sum(axis=1)[1:]
        np.testing.assert_allclose(sums, found.index.diff()[1:], rtol=0, atol=1e-11)


def test_all_groups_get_the_mean_growth_of_the_reference() -> None:
    frames = {"coincident": FRAME, "leading": FRAME * 0 + FRAME.to_numpy()[::-1] * 0.5}
    found = conference_board_indices(frames)
    change = 200 * found.diff() / (found + found.shift())
    assert change["leading"].mean() == pytest.approx(change["coincident"].mean(), abs=1e-12)
    alone = conference_board_index(FRAME)
    pd.testing.assert_series_equal(found["coincident"], alone, check_names=False)


def test_levels_and_scores_enter_as_they_are() -> None:
    frame = FRAME.assign(spread=[1.0, -0.5, 0.0, 0.5, 2.0, 1.0], survey=[48.0, 52, 50, 54, 46, 50])
    found = conference_board({"": frame}, changes={"spread": "level", "survey": "z_score"}, reference=None)[
        ""
    ].change
    assert found["spread"].iloc[1:].tolist() == [-0.5, 0.0, 0.5, 2.0, 1.0]
    # Mean 50, sum of squares 4 + 4 + 0 + 16 + 16 + 0 = 40, variance 8.
    assert found["survey"].iloc[1:].tolist() == pytest.approx([2 / 8**0.5, 0, 4 / 8**0.5, -4 / 8**0.5, 0])


@pytest.mark.parametrize(
    "labels",
    [
        pd.period_range("2018-07", periods=12, freq="M"),
        pd.date_range("2018-07-31", periods=12, freq="ME"),
        pd.Index([f"{2018 + (n + 6) // 12}M{(n + 6) % 12 + 1:02d}" for n in range(12)]),
        pd.Index([f"{2018 + (n + 6) // 12}-{(n + 6) % 12 + 1:02d}-15" for n in range(12)]),
    ],
)
@pytest.mark.parametrize("base", [2019, "2019", ("2019-01", "2019-06"), slice("2019-01", None)])
def test_a_base_year_averages_100_with_any_labels(labels: pd.Index[Any], base: Any) -> None:
    frame = pd.concat([FRAME, FRAME * 1.1]).set_axis(labels)
    assert conference_board_index(frame, base=base).iloc[6:].mean() == pytest.approx(100, abs=1e-10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"frame": FRAME.assign(c=5.0)}, "c: its changes do not vary"),
        ({"frame": FRAME.assign(c=[1.01**n for n in range(6)])}, "c: its changes do not vary"),
        ({"frame": FRAME.assign(c=[1.0, 2, np.inf, 3, 4, 5])}, "c, 2019-09: the value is infinite"),
        ({"frame": FRAME.assign(c=[1.0, 2, -1, 3, 4, 5])}, "needs levels above zero"),
        ({"frame": FRAME, "factors": {"a": 1.0}}, "no factor for component 'b'"),
        ({"frame": FRAME, "factors": {"a": 1.0, "b": 0.0}}, "must be a number above zero"),
        ({"frame": FRAME, "factors": {"a": 1.0, "b": 1.0, "z": 1.0}}, "factor for 'z'"),
        ({"frame": FRAME, "changes": {"a": "log"}}, "'z_score', not 'log'"),
        ({"frame": FRAME, "span": ("2019-11", "2019-11")}, "fewer than two changes in the span"),
        ({"frame": FRAME, "target": float("nan")}, "target growth must be a number"),
        ({"frame": FRAME, "base": 1999}, "base period 1999"),
    ],
)
def test_refused_input(arguments: dict[str, Any], message: str) -> None:
    frame = arguments.pop("frame")
    with pytest.raises(IndexInputError, match=message):
        conference_board_index(frame, **arguments)
    arguments["frame"] = frame


def test_all_methods_stand_side_by_side() -> None:
    groups = {"coincident": FRAME, "leading": FRAME[["b"]].assign(c=[0.5, -1, 0.2, 1, 0, -0.3])}
    changes: Any = {"c": "difference"}
    found = side_by_side(groups, base="2019-12", changes=changes)
    assert found.columns.names == ["method", "group"]
    expected = {
        "chinese": composite_indices(groups, base="2019-12", changes=changes),
        "conference_board": conference_board_indices(groups, base="2019-12", changes=changes),
    }
    for method, table in expected.items():
        pd.testing.assert_frame_equal(found[method], table, check_names=False)
    assert found.loc["2019-12", ["chinese", "conference_board"]].tolist() == [100] * 4
    up = diffusion_index(FRAME)
    pd.testing.assert_series_equal(found[("diffusion", "coincident")], up, check_names=False)
