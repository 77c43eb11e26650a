"""Which indicator leads: matrices of a foreign implementation, made series, degenerate input."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from prosperity.index import IndexInputError, classify

WAVE = 10 + np.sin(np.arange(60) * 2 * np.pi / 20) + 0.3 * np.sin(np.arange(60) * 0.9)
INDEX = pd.period_range("2010Q1", periods=60, freq="Q")


@pytest.mark.shared
def test_both_matrices_against_the_r_package(shared: Path) -> None:
    folder = shared / "vectors" / "chinese_ci"
    leading = pd.read_csv(folder / "leading.csv", index_col="period")
    reference = pd.read_csv(folder / "consistent.csv", index_col="period")["Ind_AV"]
    found = classify(leading, reference, max_lag=12)
    for matrix, name, tolerance in (
        (found.correlation, "timediff_corr_base_IndAV_leading", 1e-14),
        (found.information, "kl_matrix_base_IndAV_leading", 6e-12),
    ):
        expected = pd.read_csv(folder / f"{name}.csv", index_col="ind")
        assert list(matrix.index) == list(expected.index)
        assert [str(lag) for lag in matrix.columns] == list(expected.columns)
        np.testing.assert_allclose(matrix, expected, rtol=0, atol=tolerance)
    # 127 months; a lag of l months leaves 127 − |l| pairs.
    assert found.observations.iloc[0].tolist() == [127 - abs(lag) for lag in range(-12, 13)]


@pytest.mark.parametrize(
    ("shift", "verdict"), [(-4, "leading"), (-1, "coincident"), (0, "coincident"), (1, "coincident"), (3, "lagging")]
)  # fmt: skip
def test_a_shifted_copy_is_found_at_its_shift(shift: int, verdict: str) -> None:
    reference = pd.Series(WAVE, INDEX)
    found = classify(reference.shift(shift).to_frame("x"), reference).verdicts.loc["x"]
    assert (found["lag_correlation"], found["lag_information"]) == (shift, shift)
    assert (found["by_correlation"], found["by_information"]) == (verdict, verdict)
    assert found["correlation"] == pytest.approx(1)
    assert found["information"] == pytest.approx(0, abs=1e-9)
    assert found["agree"]


def test_by_hand() -> None:
    x, y = pd.Series([1.0, 2, 4, 3]), pd.Series([2.0, 4, 3, 5])
    found = classify(x.to_frame("x"), y, max_lag=1, minimum=3)
    # At lag 1: x(t+1) = 2, 4, 3 beside y(t) = 2, 4, 3; at 0: r = (2.25 − .25 − .75 + .75) / 5.
    assert found.correlation.loc["x", 1] == pytest.approx(1)
    assert found.correlation.loc["x", 0] == pytest.approx(2 / 5)
    p, q = [2 / 14, 4 / 14, 3 / 14, 5 / 14], [0.1, 0.2, 0.4, 0.3]
    expected = 1e4 * sum(a * math.log(a / b) for a, b in zip(p, q, strict=True))
    assert found.information.loc["x", 0] == pytest.approx(expected, abs=1e-9)
    assert found.observations.loc["x"].tolist() == [3, 4, 3]


def test_what_cannot_be_told_is_undecided() -> None:
    reference = pd.Series(WAVE, INDEX)
    frame = pd.DataFrame({"flat": 5.0, "short": np.nan, "negative": -WAVE}, INDEX)
    frame.loc[INDEX[:3], "short"] = [1.0, 2.0, 3.0]
    found = classify(frame, reference)
    assert found.verdicts.loc["flat", "by_correlation"] == "undecided"
    assert found.verdicts.loc["short", "by_correlation"] == "undecided"
    assert found.verdicts.loc["negative", "by_information"] == "undecided"
    assert not found.verdicts["agree"].any()
    assert found.observations.loc["short"].max() == 3


@pytest.mark.parametrize(
    ("frame", "arguments", "message"),
    [
        (pd.DataFrame({"x": WAVE}, INDEX).drop(INDEX[5]), {}, None),
        (pd.DataFrame({"x": [1.0, np.inf]}, INDEX[:2]), {}, "infinite"),
        (pd.DataFrame(index=INDEX), {}, "no indicator"),
        (pd.DataFrame([[1.0, 2.0]], INDEX[:1], ["x", "x"]), {}, "occurs twice"),
        (pd.DataFrame({"x": [1.0, 2.0]}, INDEX[[0, 0]]), {}, "more than once"),
        (pd.DataFrame({"x": WAVE}, INDEX), {"max_lag": -1}, "max_lag"),
        (pd.DataFrame({"x": WAVE}, INDEX), {"minimum": 2}, "at least 3"),
    ],
)
def test_refused_input(frame: pd.DataFrame, arguments: dict[str, Any], message: str | None) -> None:
    reference = pd.Series(WAVE, INDEX)
    if message is None:  # a row that the reference has is a missing value of the indicator
        assert classify(frame, reference, **arguments).observations.loc["x", 0] == 59
        return
    with pytest.raises(IndexInputError, match=message):
        classify(frame, reference, **arguments)


def test_a_missing_row_is_refused() -> None:
    reference = pd.Series(WAVE, INDEX).drop(INDEX[5])
    with pytest.raises(IndexInputError, match="the period after 2011Q1 is missing"):
        classify(reference.to_frame("x"), reference)


def test_a_series_shorter_than_the_lags_is_undecided() -> None:
    quarters = ["2019-Q1", "2019-Q2", "2019-Q3"]
    frame = pd.DataFrame({"a": [1.0, 2.0, 4.0]}, quarters)
    found = classify(frame, pd.Series([1.0, 3.0, 4.0], quarters), max_lag=4, minimum=3)
    assert found.observations.loc["a"].tolist() == [0, 0, 1, 2, 3, 2, 1, 0, 0]
    assert found.verdicts.loc["a", "by_correlation"] == "coincident"
