"""Seasonal adjustment: X-13 against results of R's seasonal, the test for season against scipy."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.seasonal import STL

from prosperity.index import IndexInputError, new_year_dates, new_year_regressor, seasonally_adjust
from prosperity.index import monthly as monthly_module
from prosperity.index import seasonal as seasonal_module
from prosperity.index.seasonal import season_test
from prosperity.index.x13 import Regressors, X13Error, run_x13, specification

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


# -------------------------------------------------------------------------------- Chinese New Year


def imports(shared: Path) -> pd.Series:  # type: ignore[type-arg]
    table = pd.read_csv(shared / "vectors" / "x13" / "seasonal_imp.csv", index_col="period")
    return table["value"]


def oracle_dates(shared: Path) -> list[dt.date]:
    listed = pd.read_csv(shared / "vectors" / "x13" / "cny_dates.csv")["cny"]
    return [dt.date.fromisoformat(text) for text in listed]


@pytest.mark.shared
def test_new_year_dates_against_the_table_of_r_seasonal(shared: Path) -> None:
    # Before 1947 that table follows another calendar than the official one of the time (three days differ).
    expected = [date for date in oracle_dates(shared) if date.year >= 1950]
    assert list(new_year_dates()[: len(expected)]) == expected
    assert [date.year for date in new_year_dates()] == list(range(1950, 2051))


def test_new_year_dates_as_announced() -> None:
    # Dates of the State Council's holiday notices; 2033 is the year many tables have wrong.
    for text in ("2014-01-31", "2020-01-25", "2021-02-12", "2024-02-10", "2025-01-29", "2033-01-31"):
        assert dt.date.fromisoformat(text) in new_year_dates()


@pytest.mark.shared
@pytest.mark.parametrize(("name", "window"), [("0_6", (0, 6)), ("m6_m1", (-6, -1))])
def test_regressors_against_genhol(shared: Path, name: str, window: tuple[int, int]) -> None:
    expected = pd.read_csv(shared / "vectors" / "x13" / f"genhol_cny_{name}_calendar.csv")["v"]
    found = new_year_regressor(12 * 1930, len(expected), window, oracle_dates(shared))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)


def test_regressor_by_hand() -> None:
    # 2014-01-31, seven days from it: one in January, six in February.
    dates = [dt.date(2013, 2, 10), dt.date(2014, 1, 31)]
    found = new_year_regressor(12 * 2014, 3, (0, 6), dates)
    assert found.tolist() == pytest.approx([1 / 7 - 1 / 14, 6 / 7 - 13 / 14, 0])
    with pytest.raises(IndexInputError, match="no date of Chinese New Year 2015"):
        new_year_regressor(12 * 2014, 13, (0, 6), dates)
    with pytest.raises(IndexInputError, match="from first to last"):
        new_year_regressor(12 * 2014, 1, (6, 0))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "windows", "aicc"),
    [("cny_0_6", [(0, 6)], 2958.7), ("cny_pre_post", [(-6, -1), (0, 6)], None)],
)
def test_x13_reproduces_imports_with_new_year(
    shared: Path, name: str, windows: list[tuple[int, int]], aicc: float | None
) -> None:
    values = imports(shared).tolist()
    dates = oracle_dates(shared)
    columns = {
        f"cny{n}": new_year_regressor(12 * 1983 + 6, len(values) + 12, window, dates).tolist()
        for n, window in enumerate(windows)
    }
    output = run_x13(specification(
        values, 12, (1983, 7), transform="log", variables="td1coef ls1985.Jan ls2008.Nov",
        model="(0 1 2)(0 1 1)", outliers=False, regressors=Regressors(columns, (1983, 7)),
    ))  # fmt: skip
    expected = pd.read_csv(shared / "vectors" / "x13" / f"res_imp_{name}.csv")
    np.testing.assert_allclose(output.tables["d11"], expected["final"], rtol=1e-8)
    np.testing.assert_allclose(output.tables["d12"], expected["trend"], rtol=1e-8)
    np.testing.assert_allclose(output.tables["d16"], expected["adjustfac"], rtol=1e-8)
    np.testing.assert_allclose(output.tables["d10"], expected["seasonal"], rtol=1e-8)
    if aicc is not None:
        assert float(output.diagnostics["aicc"]) == pytest.approx(aicc, abs=0.05)
        effect = output.diagnostics["User-defined Holiday$cny0"].split()
        assert float(effect[0]) == pytest.approx(-0.1906, abs=0.00005)
        assert float(effect[2]) == pytest.approx(-11.3, abs=0.05)


@pytest.mark.shared
def test_the_window_is_chosen_by_aicc(shared: Path) -> None:
    """The automatic way finds the window, model and outliers of the published analysis."""
    series = imports(shared)
    found = seasonally_adjust(series)
    expected = pd.read_csv(shared / "vectors" / "x13" / "res_imp_cny_0_6.csv")["final"].to_numpy()
    assert found.diagnostics["new_year"] == "0..6 days"
    assert found.diagnostics["model"] == "(0 1 2)(0 1 1)"
    assert found.diagnostics["variables"] == "td1coef LS1985.Jan LS2008.Nov"
    # The centring differs (1950–2050 in place of 1930–2030), which shifts the season a little.
    np.testing.assert_allclose(found.adjusted, expected, rtol=0.01)
    assert float(found.diagnostics["aicc"]) == pytest.approx(2958.7, abs=0.1)
    assert float(found.diagnostics["aicc_without_new_year"]) == pytest.approx(3052.4, abs=0.1)
    assert 0 < float(found.diagnostics["m7"]) < 1
    assert float(found.diagnostics["residual_seasonality_p"]) > 0.05
    assert "Chinese New Year 0..6 days by AICc" in found.note
    np.testing.assert_allclose(found.adjusted * found.seasonal, series, rtol=1e-12)


@pytest.mark.shared
def test_the_monthly_fallback_says_so_and_takes_new_year_out(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise X13Error("X-13ARIMA-SEATS is not available: test")

    monkeypatch.setattr(monthly_module, "run_x13", missing)
    series = imports(shared)
    found = seasonally_adjust(series)
    assert found.method == "stl"
    assert "adjusted without X-13ARIMA-SEATS" in found.note and "is not available: test" in found.note
    assert "0..6 days" in str(found.diagnostics["new_year"])
    expected = pd.read_csv(shared / "vectors" / "x13" / "res_imp_cny_0_6.csv")["final"].to_numpy()
    plain = np.exp(
        np.log(series.to_numpy()) - STL(np.log(series.to_numpy()), period=12, robust=True).fit().seasonal
    )
    ours = np.abs(np.log(found.adjusted.to_numpy() / expected)).mean()
    naive = np.abs(np.log(plain / expected)).mean()
    assert ours < 0.03
    assert ours < 0.75 * naive


def test_a_monthly_series_without_season_or_with_gaps_is_left_alone() -> None:
    random = np.random.default_rng(12)
    index = pd.period_range("2014-01", periods=60, freq="M")
    series = pd.Series(100 * np.cumprod(1 + random.normal(0.01, 0.01, 60)), index)
    assert seasonally_adjust(series).method == "none"
    assert "gaps" in seasonally_adjust(series.drop(index[7])).note


def test_monthly_season_test_against_scipy() -> None:
    from scipy.stats import kruskal  # type: ignore[import-untyped]

    random = np.random.default_rng(4)
    values = np.exp(random.normal(0, 0.1, 61).cumsum())
    changes = np.diff(np.log(values))
    expected = kruskal(*(changes[(np.arange(60) + 3) % 12 == season] for season in range(12)))
    assert season_test(values, 2, 12) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-9)
