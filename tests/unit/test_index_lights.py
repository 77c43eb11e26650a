"""The warning-light index: a published month's scores, bounds, falling indicators, refused input."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from prosperity.index import IndexInputError, Thresholds, thresholds_from, warning_light_index
from prosperity.index.lights import light_of

BOUNDS = (0.0, 5.0, 10.0, 15.0)


@pytest.mark.shared
def test_golden_scores_of_april_2008(shared: Path) -> None:
    golden = json.loads((shared / "vectors" / "golden_small.json").read_text("utf-8"))
    lights = golden["nbs_lights_april2008_like"]
    names = [f"x{n}" for n in range(10)]
    # A score s lies between bounds s − 1 and s.
    frame = pd.DataFrame([[5.0 * score - 7.5 for score in lights["scores"]]], ["2008-04"], names)
    found = warning_light_index(
        frame,
        Thresholds("test-1", dict.fromkeys(names, BOUNDS)),
        weights=dict(zip(names, lights["weights"], strict=True)),
    )
    assert found.scores.iloc[0].tolist() == lights["scores"]
    assert found.index.iloc[0] == pytest.approx(lights["index"], abs=1e-11)
    assert found.light.iloc[0] == "green"
    assert found.version == "test-1"
    assert "not of an official body" in found.note


def test_scores_and_lights_by_hand() -> None:
    frame = pd.DataFrame({"up": [-1.0, 0, 5, 10, 15], "down": [-1.0, 0, 5, 10, 15]})
    rule = Thresholds("1", {"up": BOUNDS, "down": BOUNDS}, falling=frozenset({"down"}))
    found = warning_light_index(frame, rule)
    assert found.scores["up"].tolist() == [1, 2, 3, 4, 5]
    assert found.scores["down"].tolist() == [5, 4, 3, 2, 1]
    assert found.index.tolist() == pytest.approx([100] * 5)
    alone = warning_light_index(frame[["up"]], rule)
    assert alone.index.tolist() == pytest.approx([100 / 3, 200 / 3, 100, 400 / 3, 500 / 3])
    assert alone.light.tolist() == ["blue", "light_blue", "green", "yellow", "red"]


@pytest.mark.parametrize(
    ("value", "light"), [(83.3, "light_blue"), (250 / 3, "green"), (116.6, "green"), (116.7, "yellow")]
)
def test_green_is_from_83_33_to_116_67(value: float, light: str) -> None:
    assert light_of(value) == light


def test_a_period_without_enough_weight_has_no_index() -> None:
    frame = pd.DataFrame({"a": [7.0, np.nan, 7.0], "b": [12.0, 12.0, np.nan]})
    found = warning_light_index(frame, Thresholds("1", {"a": BOUNDS, "b": BOUNDS}), weights={"a": 3, "b": 1})
    assert found.share.tolist() == [1, 0.25, 0.75]
    assert found.index[0] == pytest.approx(2 / 3 * 50 * (3 * 3 + 4) / 4)
    assert math.isnan(found.index[1]) and found.light[1] is None
    assert found.index[2] == pytest.approx(100)


def test_thresholds_from_the_past_are_marked_as_ours() -> None:
    frame = pd.DataFrame({"a": np.arange(101.0)})
    found = thresholds_from(frame, "2026-1")
    assert found.bounds["a"] == pytest.approx((10, 30, 70, 90))
    assert "thresholds of this project" in found.note
    with pytest.raises(IndexInputError, match="four rising bounds"):
        thresholds_from(frame * 0, "2026-1")


@pytest.mark.parametrize(
    ("bounds", "message"), [({}, "no bounds"), ({"a": (1, 2, 2, 3)}, "four rising"), ({"a": (1, 2, 3)}, "four rising")]
)  # fmt: skip
def test_refused_thresholds(bounds: dict[str, tuple[float, ...]], message: str) -> None:
    with pytest.raises(IndexInputError, match=message):
        warning_light_index(pd.DataFrame({"a": [1.0]}), Thresholds("1", bounds))  # type: ignore[arg-type]
