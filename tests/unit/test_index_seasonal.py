"""Seasonal adjustment: X-13 against results of R's seasonal, the test for season against scipy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from prosperity.index import IndexInputError, seasonally_adjust
from prosperity.index import seasonal as seasonal_module
from prosperity.index.seasonal import season_test
from prosperity.index.x13 import X13Error, run_x13, specification

SHAPE = [1.14, 0.89, 0.98, 0.99]


def quarters(count: int, first: int = 2014) -> list[str]:
    return [f"{first + n // 4}-Q{n % 4 + 1}" for n in range(count)]


def seasonal_series(count: int, shape: list[float] = SHAPE) -> pd.Series:  # type: ignore[type-arg]
    noise = np.random.default_rng(5).normal(0, 0.004, count)
    return pd.Series(
        [100 * 1.02**n * shape[n % 4] * (1 + noise[n]) for n in range(count)], index=quarters(count)
    )


@pytest.mark.shared
def test_x13_reproduces_imports_without_new_year_regressor(shared: Path) -> None:
    folder = shared / "vectors" / "x13"
    values = pd.read_csv(folder / "seasonal_imp.csv")["value"].tolist()
    expected = pd.read_csv(folder / "res_imp_no_cny.csv")
    text = specification(
        values, 12, (1983, 7), transform="log", variables="td1coef ls1985.Jan ls2008.Nov",
        model="(0 1 2)(0 1 1)", outliers=False,
    )  # fmt: skip
    output = run_x13(text)
    np.testing.assert_allclose(output.tables["d11"], expected["final"], rtol=1e-8)
    np.testing.assert_allclose(output.tables["d12"], expected["trend"], rtol=1e-8)
    assert float(output.diagnostics["aicc"]) == pytest.approx(3052.4, abs=0.05)


def test_a_seasonal_quarterly_series_is_adjusted_by_x13() -> None:
    series = seasonal_series(28)
    found = seasonally_adjust(series)
    assert found.method == "x13"
    assert "X-13ARIMA-SEATS build 62" in found.note and "season shown" in found.note
    np.testing.assert_allclose(found.adjusted * found.seasonal, series, rtol=1e-9)
    # Known answer: the shape that went in, and growth of 2 % a quarter.
    np.testing.assert_allclose(found.seasonal[-4:], SHAPE, atol=0.012)
    np.testing.assert_allclose(found.adjusted.pct_change().iloc[1:], 0.02, atol=0.025)


def test_order_does_not_matter() -> None:
    series = seasonal_series(28)
    shuffled = series.sample(frac=1, random_state=1)
    found = seasonally_adjust(shuffled).adjusted
    assert found.index.equals(shuffled.index)
    pd.testing.assert_series_equal(
        found.loc[series.index], seasonally_adjust(series).adjusted, check_exact=True
    )


def test_index_types_are_equal() -> None:
    series = seasonal_series(28)
    expected = seasonally_adjust(series).adjusted.to_numpy()
    for index in (
        pd.period_range("2014Q1", periods=28, freq="Q"),
        pd.date_range("2014-03-31", periods=28, freq="QE"),
        pd.Index([label.replace("-", "") for label in series.index]),
    ):
        assert seasonally_adjust(series.set_axis(index)).adjusted.tolist() == expected.tolist()


def test_a_series_without_season_is_left_alone() -> None:
    random = np.random.default_rng(11)
    series = pd.Series(100 * np.cumprod(1 + random.normal(0.02, 0.01, 24)), index=quarters(24))
    found = seasonally_adjust(series)
    assert found.method == "none"
    assert "none shown" in found.note
    pd.testing.assert_series_equal(found.adjusted, series)


def test_short_and_gappy_series_are_left_alone() -> None:
    short = seasonally_adjust(seasonal_series(11))
    assert (short.method, short.note) == (
        "none",
        "not adjusted for season: 11 values, fewer than 3 full years",
    )
    gap = seasonally_adjust(seasonal_series(28).drop("2016-Q2"))
    assert (gap.method, gap.note) == ("none", "not adjusted for season: the series has gaps")
    assert seasonally_adjust(pd.Series(dtype=float)).method == "none"
    with pytest.raises(IndexInputError, match="cannot be adjusted for season: the series has gaps"):
        seasonally_adjust(seasonal_series(28).drop("2016-Q2"), method="x13")


def test_even_growth_shows_no_season() -> None:
    assert season_test(np.array([100 * 1.02**n for n in range(24)]), 0) == (0.0, 1.0)


def test_season_test_against_scipy() -> None:
    from scipy.stats import kruskal  # type: ignore[import-untyped]

    values = seasonal_series(19).to_numpy()
    changes = np.diff(np.log(values))
    expected = kruskal(*(changes[(np.arange(18) + 1) % 4 == season] for season in range(4)))
    assert season_test(values, 0) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-9)


def test_stl_where_x13_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(text: str) -> None:
        raise X13Error("X-13ARIMA-SEATS is not available: test")

    monkeypatch.setattr(seasonal_module, "run_x13", missing)
    found = seasonally_adjust(seasonal_series(28))
    assert found.method == "stl"
    assert "robust STL" in found.note and "is not available" in found.note
    np.testing.assert_allclose(found.seasonal[-4:], SHAPE, atol=0.02)
    with pytest.raises(X13Error):
        seasonally_adjust(seasonal_series(28), method="x13")


def test_x13_complaints_and_time_limit() -> None:
    with pytest.raises(X13Error, match="refused the series"):
        run_x13(specification([1.0] * 24, 4, (2014, 1)))
    with pytest.raises(X13Error, match="did not finish within"):
        run_x13(specification(seasonal_series(28).tolist(), 4, (2014, 1)), timeout=1e-6)


def test_monthly_series_need_a_new_year_regressor() -> None:
    index = pd.period_range("2014-01", periods=60, freq="M")
    series = pd.Series(range(1, 61), index=index, dtype=float)
    for method in ("auto", "stl"):
        with pytest.raises(IndexInputError, match="Chinese New Year"):
            seasonally_adjust(series, method=method)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "index", [pd.RangeIndex(12), pd.Index(list("abcdefghijkl")), pd.Index(["2019-Q1"] * 12)]
)
def test_other_indices_are_refused(index: pd.Index) -> None:  # type: ignore[type-arg]
    with pytest.raises(IndexInputError):
        seasonally_adjust(pd.Series(1.0, index=index))


def test_none_as_specified() -> None:
    found = seasonally_adjust(seasonal_series(28), method="none")
    assert (found.method, found.note) == ("none", "not adjusted for season, as specified")
    assert (found.seasonal == 1).all()
