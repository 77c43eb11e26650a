"""Weights by hand; normalisation and aggregation against the R package COINr."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from prosperity.index import IndexInputError, aggregate, normalise, weights_by, winsorise

FRAME = pd.DataFrame({"a": [0.0, 1, 0, 1], "b": [0.0, 2, 0, 2], "c": [4.0, 2, 2, 0]})


@pytest.fixture(scope="module")
def coinr(shared: Path) -> dict[str, pd.DataFrame]:
    folder = shared / "vectors" / "coinr"
    return {path.stem: pd.read_csv(path) for path in sorted(folder.glob("*.csv"))}


def stage(coinr: dict[str, pd.DataFrame], name: str) -> pd.DataFrame:
    return coinr[name].set_index("uCode")


@pytest.fixture(scope="module")
def indicators(coinr: dict[str, pd.DataFrame]) -> pd.DataFrame:
    meta = coinr["ASEM_iMeta"]
    return meta[meta["Type"] == "Indicator"].set_index("iCode")


@pytest.mark.shared
def test_normalisation_against_coinr(coinr: dict[str, pd.DataFrame], indicators: pd.DataFrame) -> None:
    treated = winsorise(stage(coinr, "stage_Imputed").astype(float))
    directions = indicators["Direction"].astype(int).to_dict()
    for expected, arguments in (
        ("stage_Normalised", {"method": "minmax"}),
        ("norm_zscore", {"method": "zscore"}),
        ("agg_a_gmean_minmax1_100", {"method": "minmax", "low": 1.0, "high": 100.0}),
    ):
        found = normalise(treated, directions=directions, **arguments)  # type: ignore[arg-type]
        table = stage(coinr, expected)[list(found)]
        np.testing.assert_allclose(found.loc[table.index], table, rtol=1e-12, atol=1e-12)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "method"), [("stage_Aggregated", "arithmetic"), ("agg_a_gmean_minmax1_100", "geometric")]
)
def test_aggregation_over_four_levels_against_coinr(
    coinr: dict[str, pd.DataFrame], name: str, method: Any
) -> None:
    table = stage(coinr, name)
    meta = coinr["ASEM_iMeta"]
    meta = meta[meta["Level"].notna() & meta["Parent"].notna()]
    for parent, children in meta.groupby("Parent"):
        weights = children.set_index("iCode")["Weight"].astype(float).to_dict()
        found = aggregate(table[list(weights)], weights, method)
        np.testing.assert_allclose(found, table[parent], rtol=1e-12)


def test_entropy_by_hand() -> None:
    # a and b: p = (0, ½, 0, ½), e = ln 2 / ln 4 = ½; c scaled (1, ½, ½, 0): p = (½, ¼, ¼, 0), e = ¾.
    found = weights_by(FRAME, "entropy")
    assert found.tolist() == pytest.approx([0.5 / 1.25, 0.5 / 1.25, 0.25 / 1.25])


def test_critic_by_hand() -> None:
    # σ of a, b scaled: √(1/3); of c: √(1/6). r(a,b) = 1, r(a,c) = −√½ (covariance −1/6).
    r = -math.sqrt(1 / 2)
    raw = [math.sqrt(1 / 3) * (1 - r)] * 2 + [math.sqrt(1 / 6) * 2 * (1 - r)]
    assert weights_by(FRAME, "critic").tolist() == pytest.approx([value / sum(raw) for value in raw])


def test_principal_component_by_hand() -> None:
    # Correlations 1 (a, b) and r (with c): the first vector is (1, 1, x) with x from the eigenvalue.
    r = -math.sqrt(1 / 2)
    size = (3 + math.sqrt(1 + 8 * r * r)) / 2
    x = (size - 2) / r
    total = 2 + x * x
    found = weights_by(FRAME, "pca")
    assert found.tolist() == pytest.approx([1 / total, 1 / total, x * x / total])


def test_equal_and_expert_weights() -> None:
    assert weights_by(FRAME, "equal").tolist() == pytest.approx([1 / 3] * 3)
    assert weights_by(FRAME, "expert", expert={"a": 1, "b": 2, "c": 1}).tolist() == [0.25, 0.5, 0.25]


@pytest.mark.parametrize(
    ("frame", "method", "message"),
    [
        (FRAME.assign(d=1.0), "entropy", "d: it does not vary"),
        (FRAME.assign(d=[1.0, np.nan, np.nan, 2]), "critic", "d: 2 values"),
        (FRAME.assign(d=[1.0, np.inf, 3, 2]), "pca", "infinite"),
        (FRAME, "expert", "expert weights"),
        (FRAME, "median", "unknown method"),
    ],
)
def test_refused_weights(frame: pd.DataFrame, method: Any, message: str) -> None:
    with pytest.raises(IndexInputError, match=message):
        weights_by(frame, method)


def test_means_by_hand() -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan, np.nan], "b": [4.0, 4.0, np.nan]})
    weights = {"a": 1.0, "b": 3.0}
    assert aggregate(frame, weights).tolist()[:2] == pytest.approx([13 / 4, 4])
    assert aggregate(frame, weights, "geometric")[0] == pytest.approx(4**0.75)
    assert aggregate(frame, weights, "harmonic")[0] == pytest.approx(1 / (0.25 + 0.75 / 4))
    assert math.isnan(aggregate(frame, weights)[2])
    with pytest.raises(IndexInputError, match="above zero"):
        aggregate(frame - 1, method="geometric")
