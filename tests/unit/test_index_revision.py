"""The split of a revision: by hand on a sum, and on the composite index with seasonal factors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from prosperity.index import IndexInputError, composite_index, last_factors, revision_split

QUARTERS = pd.Index([f"{2018 + n // 4}-Q{n % 4 + 1}" for n in range(12)])


def test_each_part_by_hand() -> None:
    """Index = weight × (mean of the data up to now) + factor; factor = data points counted; all visible."""
    old = pd.DataFrame({"a": [10.0, 20.0, np.nan]}, ["p1", "p2", "p3"])
    new = pd.DataFrame({"a": [10.0, 26.0, 36.0]}, ["p1", "p2", "p3"])

    def compute(data: pd.DataFrame, factor: float, weight: float) -> pd.Series[float]:
        return (
            weight * data["a"].expanding().mean().where(data.index == "p2")
            + weight * data["a"].max()
            + factor
        )

    found = revision_split(
        old,
        new,
        compute=compute,
        factors=lambda data, _: float(data["a"].count()),
        old_spec=1.0,
        new_spec=2.0,
    )
    # p2: old 15+20+2; new figure 36: 15+36+2; p2 revised to 26: 18+36+2; factor 3; twice 18+36, plus 3.
    assert found.stages.loc["p2"].tolist() == [37, 53, 56, 57, 111]
    assert found.of("p2").tolist() == [16, 3, 1, 54, 74]
    with pytest.raises(IndexInputError, match="no value"):
        found.of("p1")
    with pytest.raises(IndexInputError, match="not a period"):
        found.of("p9")


def seasonal_data() -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(8)
    season = np.tile([1.1, 0.9, 1.05, 0.95], 3)
    new = pd.DataFrame(
        {name: 100 * np.exp(random.normal(0.03, 0.02, 12).cumsum()) * season for name in "abc"}, QUARTERS
    )
    old = new.iloc[:10].copy()
    old.loc["2020-Q1", "a"] *= 1.02
    old.loc["2020-Q2", "c"] = np.nan
    return old, new


def factors(data: pd.DataFrame, _: Any) -> pd.DataFrame:
    logs = np.log(data)
    return np.exp(logs.sub(logs.mean()).groupby(np.arange(len(data)) % 4).transform("mean"))


def compute(data: pd.DataFrame, factor: pd.DataFrame, weights: dict[str, float]) -> pd.Series[float]:
    carried = (
        factor.apply(lambda column: last_factors(column, data.index)) if len(factor) < len(data) else factor
    )
    return composite_index(data / carried, weights=weights)


def test_the_parts_add_up_exactly() -> None:
    old, new = seasonal_data()
    arguments: dict[str, Any] = {"compute": compute, "factors": factors}
    weights = {"a": 1.0, "b": 1.0, "c": 1.0}
    heavier = {**weights, "b": 3.0}
    found = revision_split(old, new, old_spec=weights, new_spec=heavier, **arguments)
    steps = ["new_data", "revised_data", "seasonal_factors", "specification"]
    known = found.parts.dropna()
    assert list(known.index) == list(QUARTERS[:10])
    np.testing.assert_allclose(known[steps].sum(axis=1), known["total"], rtol=0, atol=1e-9)
    expected = compute(new, factors(new, None), heavier) - compute(old, factors(old, None), weights)
    np.testing.assert_allclose(known["total"], expected.dropna(), rtol=0, atol=1e-12)
    assert (known.loc["2020-Q2", steps].abs() > 1e-6).all()


def test_what_did_not_change_has_no_part() -> None:
    _, new = seasonal_data()
    weights = {"a": 1.0, "b": 1.0, "c": 1.0}
    same = revision_split(new, new, compute=compute, factors=factors, old_spec=weights, new_spec=weights)
    assert (same.parts == 0).all(axis=None)
    revised = new.copy()
    revised.loc["2019-Q1", "b"] *= 1.01
    found = revision_split(new, revised, compute=compute, factors=factors, old_spec=weights, new_spec=weights)
    assert (found.parts[["new_data", "specification"]] == 0).all(axis=None)
    assert found.parts["revised_data"].abs().max() > 0.01


def test_refused_input() -> None:
    old, new = seasonal_data()
    twice = pd.concat([new, new.iloc[:1]])
    arguments: dict[str, Any] = {"compute": compute, "factors": factors, "old_spec": None, "new_spec": None}
    with pytest.raises(IndexInputError, match="the new data hold a period or a series twice"):
        revision_split(old, twice, **arguments)
    with pytest.raises(IndexInputError, match=r"the index of stage old: .* infinite"):
        revision_split(old, new, **{**arguments, "compute": lambda data, _, __: data["a"] * np.inf})
    with pytest.raises(IndexInputError, match="do not cover"):
        last_factors(pd.Series([1.0, 1.0], QUARTERS[:2]), QUARTERS)
