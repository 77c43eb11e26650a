"""Vintages in pandas, snapshots, revisions; expected numbers come from pandas alone or from R's reviser."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from prosperity.warehouse import (
    Warehouse,
    WarehouseError,
    all_releases,
    as_of,
    first_release,
    latest,
    load_snapshots,
    revision_statistics,
    revisions,
    revisions_by_release,
    vintage_dates,
    vintages,
)
from tests.warehouse_fixtures import figure, load, series, source

pytest_plugins = ("tests.warehouse_databases",)


def filled(store: Warehouse) -> Warehouse:
    load(store, "a", figure("a", "10", "2019-07-31"), figure("a", "7", "2019-07-31", period="2019-05"))
    load(store, "b", figure("b", "11", "2019-08-31", known_from_basis="estimated"))
    load(store, "c", figure("c", None, "2019-09-30"))
    return store


def test_functions_of_one_series(warehouse: Warehouse) -> None:
    filled(warehouse)
    assert first_release("revenue", warehouse).to_dict() == {"2019-05": 7.0, "2019-06": 10.0}
    now = latest("revenue", warehouse=warehouse)
    assert now["2019-05"] == 7.0
    assert pd.isna(now["2019-06"])
    assert vintage_dates("revenue", warehouse) == [
        dt.date(2019, 7, 31),
        dt.date(2019, 8, 31),
        dt.date(2019, 9, 30),
    ]
    then = as_of("revenue", "2019-09-29", warehouse)
    assert then["value"].to_dict() == {"2019-05": 7.0, "2019-06": 11.0}
    assert then.loc["2019-06", "known_from_basis"] == "estimated"
    assert as_of("revenue", dt.date(2019, 7, 30), warehouse).empty
    assert len(all_releases("revenue", warehouse)) == 4
    assert vintages("revenue", warehouse).loc["2019-06"].isna().tolist() == [False, False, True]
    assert as_of("revenue", "2019-09-29", warehouse, known_to_us=dt.date(2024, 5, 1)).empty
    with pytest.raises(WarehouseError, match="no series unheard_of"):
        latest("unheard_of", warehouse)
    assert latest("profit", warehouse).empty


def test_functions_of_several_series(warehouse: Warehouse) -> None:
    filled(warehouse)
    load(warehouse, "d", figure("d", "3", "2019-08-15", name="profit"))
    both = ["revenue", "profit"]
    then = as_of(both, "2019-08-20", warehouse)
    assert then["value"].to_dict() == {
        ("profit", "2019-06"): 3.0,
        ("revenue", "2019-05"): 7.0,
        ("revenue", "2019-06"): 10.0,
    }
    assert latest(both, warehouse).loc["profit"].to_dict() == {"2019-06": 3.0}
    assert first_release(both, warehouse).loc["revenue"].to_dict() == {"2019-05": 7.0, "2019-06": 10.0}
    assert dt.date(2019, 8, 15) in vintage_dates(both, warehouse)
    assert vintages(both, warehouse).loc[("profit", "2019-06")].dropna().tolist() == [3.0, 3.0, 3.0]
    changes = all_releases(both, warehouse)
    for function in (first_release, latest, vintages, all_releases):
        pd.testing.assert_frame_equal(
            pd.DataFrame(function(changes)), pd.DataFrame(function(both, warehouse))
        )
    pd.testing.assert_frame_equal(as_of(changes, "2019-08-20"), then)
    with pytest.raises(WarehouseError, match="no series unheard_of"):
        as_of(["revenue", "unheard_of"], "2019-08-20", warehouse)


def test_address_in_place_of_a_warehouse(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Warehouse(warehouse_url) as store:
        store.migrate()
        store.record_catalogue([source("miit")], [series("revenue")])
        filled(store)
    assert first_release("revenue", warehouse_url).tolist() == [7.0, 10.0]
    monkeypatch.setenv("PROSPERITY_WAREHOUSE", warehouse_url)
    assert first_release("revenue").tolist() == [7.0, 10.0]


def test_frame_in_place_of_a_warehouse(warehouse: Warehouse) -> None:
    changes = all_releases("revenue", filled(warehouse))
    for function in (first_release, latest, vintages, revisions, all_releases):
        pd.testing.assert_frame_equal(
            pd.DataFrame(function(changes)), pd.DataFrame(function("revenue", warehouse))
        )
    with pytest.raises(WarehouseError, match="needs the columns known_from, period, value"):
        latest(pd.DataFrame({"x": [1]}))
    with pytest.raises(WarehouseError, match="of one series, please"):
        revisions(pd.concat([changes, changes.assign(series_id="profit")]))
    with pytest.raises(WarehouseError, match="needs a warehouse"):
        as_of(changes, "2020-01-01", known_to_us=dt.date(2024, 1, 1))


# ------------------------------------------------------------------------------------------- snapshots


def frame(*rows: tuple[str, str, str, object]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["series_id", "period", "known_from", "value"])


def test_snapshots_become_changes() -> None:
    given = frame(
        ("s", "2019-06", "2019-08-01", None),  # nothing is withdrawn before the first figure
        ("s", "2019-06", "2019-11-01", 2.0),
        ("s", "2019-06", "2019-09-01", 1.0),
        ("s", "2019-06", "2019-10-01", 1.0),
        ("s", "2019-06", "2019-12-01", None),
        ("s", "2019-06", "2020-01-01", None),
        ("s", "2019-06", "2020-02-01", 2.0),
        ("t", "2019-06", "2019-10-01", 2.0),
    )
    changes = load_snapshots(given.sample(frac=1, random_state=1))
    found = [
        (row.series_id, f"{row.known_from:%m-%d}", None if pd.isna(row.value) else row.value)
        for row in changes.itertuples()
    ]
    assert found == [
        ("s", "09-01", 1),
        ("s", "11-01", 2),
        ("s", "12-01", None),
        ("s", "02-01", 2),
        ("t", "10-01", 2),
    ]


def test_equal_decimals_are_no_change() -> None:
    """0.1 + 0.2 is not 0.3 in binary; 9.40 is 9.4; the last of 15 digits counts."""
    floats = frame(
        ("s", "2019", "2020-01-01", 0.1 + 0.2),
        ("s", "2019", "2020-02-01", 0.3),
        ("s", "2019", "2020-03-01", 0.300000000000001),
        ("s", "2019", "2020-03-01", 0.300000000000001),
    )
    assert load_snapshots(floats)["known_from"].dt.month.tolist() == [1, 3]
    mixed = frame(
        ("s", "2019", "2020-01-01", Decimal("9.40")),
        ("s", "2019", "2020-02-01", "9.4"),
        ("s", "2019", "2020-03-01", 9.4),
        ("s", "2019", "2020-04-01", 9),
        ("s", "2019", "2020-05-01", float("nan")),
        ("s", "2019", "2020-06-01", None),
    )
    changes = load_snapshots(mixed)
    assert changes["known_from"].dt.month.tolist() == [1, 4, 5]
    assert changes["value"].tolist()[:2] == [Decimal("9.40"), 9], "values come back as they were given"


def test_days_and_periods_in_any_form() -> None:
    quarters = pd.PeriodIndex(["2019Q1", "2019Q2"], freq="Q")
    given = pd.DataFrame(
        {
            "series_id": "s",
            "period": quarters,
            "known_from": pd.to_datetime(["2019-05-01 00:30", "2019-08-01 23:30"]).tz_localize(
                "Asia/Shanghai"
            ),
            "value": [1, 2],
        }
    )
    changes = load_snapshots(given)
    assert changes["period"].tolist() == ["2019-Q1", "2019-Q2"]
    assert changes["known_from"].tolist() == [pd.Timestamp("2019-05-01"), pd.Timestamp("2019-08-01")]
    days = given.assign(known_from=[dt.date(2019, 5, 1), "2019-08-01 16:30"], period=[2019, 2020])
    assert load_snapshots(days)["period"].tolist() == ["2019", "2020"]


def test_snapshots_in_the_warehouse(warehouse: Warehouse) -> None:
    given = frame(
        ("revenue", "2019-06", "2019-09-01", Decimal("9.40")),
        ("revenue", "2019-06", "2019-10-01", Decimal("9.40")),
        ("revenue", "2019-06", "2019-11-01", Decimal("9.5")),
        ("users", "2019-06", "2019-11-01", None),
        ("users", "2019-06", "2019-12-01", Decimal("3")),
        ("users", "2019-06", "2020-01-01", None),
    )
    changes = load_snapshots(given, warehouse)
    assert len(changes) == 4
    stored = warehouse.changes("revenue")
    assert [str(row.value) for row in stored] == ["9.40", "9.5"]
    evidence = warehouse.evidence(stored[0].evidence)
    assert (evidence.raw, evidence.pointer) == ("9.40", "revenue 2019-06 2019-09-01")
    assert [row.value for row in warehouse.changes("users")] == [3, None]
    before = warehouse.dump("reading")
    load_snapshots(given, warehouse)
    assert warehouse.dump("reading") == before
    assert latest("revenue", warehouse).tolist() == [9.5]
    with pytest.raises(WarehouseError, match="does not know: unheard_of"):
        load_snapshots(given.head(3).assign(series_id="unheard_of"), warehouse)
    with pytest.raises(WarehouseError, match="'summer' is no TIME_PERIOD"):
        load_snapshots(given.head(3).assign(period="summer"), warehouse)
    with pytest.raises(WarehouseError, match="revenue 2019-06 2019-09-01: 'many' is not a number"):
        load_snapshots(given.head(1).assign(value="many"), warehouse)


def test_snapshots_that_make_no_sense() -> None:
    row = ("s", "2019-06", "2019-09-01", 1.0)
    with pytest.raises(WarehouseError, match="need the columns known_from, value"):
        load_snapshots(frame(row).drop(columns=["value", "known_from"]))
    with pytest.raises(WarehouseError, match="two values in one snapshot: s 2019-06 of 2019-09-01"):
        load_snapshots(frame(row, ("s", "2019-06", "2019-09-01", 2.0)))
    for value in ("many", float("inf"), True):
        with pytest.raises(WarehouseError, match=r"s 2019-06 2019-09-01: .* is not a number"):
            load_snapshots(frame((*row[:3], value)))
    with pytest.raises(WarehouseError, match="known_from holds what is no day"):
        load_snapshots(frame(("s", "2019-06", "someday", 1.0)))
    with pytest.raises(WarehouseError, match="empty series_id"):
        load_snapshots(frame((None, "2019-06", "2019-09-01", 1.0)))  # type: ignore[arg-type]
    assert load_snapshots(frame()).empty


# ------------------------------------------------------------------------------------------- oracle


@pytest.fixture(scope="module")
def gdp(shared: Path) -> pd.DataFrame:
    """89 quarterly vintages of real GDP of four countries, from the R package reviser."""
    given = pd.read_csv(shared / "vectors" / "revisions" / "reviser_gdp_vintages.csv")
    quarter = pd.PeriodIndex(given["time"], freq="Q")
    return pd.DataFrame(
        {
            "series_id": given["id"],
            "period": [f"{period.year}-Q{period.quarter}" for period in quarter],
            "known_from": pd.to_datetime(given["pub_date"]),
            "value": given["value"],
        }
    )


@pytest.mark.shared
def test_real_time_matrix_is_the_one_that_was_given(gdp: pd.DataFrame) -> None:
    """Nothing is lost: pivoting the snapshots themselves gives the same matrix as their list of changes."""
    changes = load_snapshots(gdp)
    assert len(changes) < len(gdp)
    for name, given in gdp.groupby("series_id"):
        expected = (
            given.pivot(index="period", columns="known_from", values="value").sort_index().ffill(axis=1)
        )
        found = vintages(changes[changes["series_id"] == name])
        pd.testing.assert_frame_equal(
            found, expected[found.columns], check_exact=True, check_column_type=False
        )
        missing = expected.columns.difference(found.columns)
        assert all(
            (expected[day].dropna() == expected.shift(1, axis=1)[day].dropna()).all() for day in missing
        )


@pytest.mark.shared
def test_number_of_changes_counted_another_way(gdp: pd.DataFrame) -> None:
    expected = 0
    for _, given in gdp.sort_values("known_from").groupby(["series_id", "period"]):
        values = given["value"].tolist()
        expected += 1 + sum(before != after for before, after in pairwise(values))
    assert len(load_snapshots(gdp)) == expected


@pytest.mark.shared
def test_mincer_zarnowitz_against_reviser(gdp: pd.DataFrame) -> None:
    """Growth of US GDP on the previous quarter in percent, release 10 on release 0: 0.00299, 0.97412."""
    changes = load_snapshots(gdp[gdp["series_id"] == "US"])
    statistics = revision_statistics(revisions(changes, change="percent"), 0, 10)
    assert round(statistics.intercept, 5) == 0.00299
    assert round(statistics.slope, 5) == 0.97412


@pytest.mark.shared
def test_vintages_through_the_warehouse(gdp: pd.DataFrame, warehouse: Warehouse) -> None:
    some = gdp[(gdp["series_id"] == "US") & (gdp["period"] >= "2015")]
    warehouse.record_catalogue([source("miit"), source("nbs")], [series("US", unit_mult=0, frequency="Q")])
    load_snapshots(some, warehouse)
    pd.testing.assert_frame_equal(vintages("US", warehouse), vintages(load_snapshots(some)))
    assert warehouse.counts()["miit"].readings == len(load_snapshots(some)) < len(some)


# ------------------------------------------------------------------------------------------- revisions


def test_triangle_counts_vintages_that_left_a_period_as_it_was() -> None:
    changes = frame(
        ("s", "2019-Q1", "2019-05-01", 1.0),
        ("s", "2019-Q2", "2019-08-01", 2.0),
        ("s", "2019-Q1", "2019-11-01", 1.5),
    )
    triangle = revisions(changes)
    assert triangle.loc["2019-Q1"].tolist() == [1.0, 1.0, 1.5]
    assert triangle.loc["2019-Q2"].dropna().tolist() == [2.0, 2.0]
    assert list(revisions(changes, releases=2).columns) == [0, 1]
    growth = revisions(changes, change="percent")
    assert growth.loc["2019-Q2"].dropna().round(9).tolist() == [100.0, round(100 / 3, 9)]


def test_growth_over_a_gap_is_none() -> None:
    changes = frame(("s", "2019-Q1", "2019-05-01", 1.0), ("s", "2019-Q3", "2019-11-01", 2.0))
    assert revisions(changes, change="percent").isna().to_numpy().all()
    with pytest.raises(WarehouseError, match="several frequencies"):
        revisions(changes.assign(period=["2019", "2019-Q3"]), change="percent")
    with pytest.raises(WarehouseError, match="no TIME_PERIOD"):
        revisions(changes.assign(period=["spring", "summer"]), change="percent")


def test_statistics_by_hand() -> None:
    """Final = 1 + 2 × initial exactly: revisions 0, 2, 3 with mean 5/3 and variance 7/3."""
    triangle = pd.DataFrame({0: [-1.0, 1.0, 2.0], 1: [-1.0, 3.0, 5.0]})
    statistics = revision_statistics(triangle, 0, 1)
    assert (statistics.count, statistics.sign_changes) == (3, 0.0)
    assert statistics.mean == pytest.approx(5 / 3)
    assert statistics.mean_absolute == pytest.approx(5 / 3)
    assert statistics.standard_deviation == pytest.approx((7 / 3) ** 0.5)
    assert (statistics.intercept, statistics.slope) == (pytest.approx(1), pytest.approx(2))
    with pytest.raises(WarehouseError, match="releases 0 and 10 are wanted, there are 0 to 1"):
        revision_statistics(triangle)
    with pytest.raises(WarehouseError, match="only 2 periods have both"):
        revision_statistics(triangle[:2], 0, 1)


def test_mean_revision_by_its_robust_error_against_statsmodels() -> None:
    """Oracle: OLS on a constant with HAC covariance. Revisions that follow each other, by a fixed rule."""
    from statsmodels.regression.linear_model import OLS

    revision = [0.3, 0.5, 0.4, -0.1, -0.3, 0.2, 0.6, 0.7, 0.1, -0.2, 0.0, 0.4]
    triangle = pd.DataFrame({0: range(12), 1: [n + change for n, change in enumerate(revision)]}, dtype=float)
    for lags, expected in ((None, 2), (0, 0), (4, 4)):
        fit = OLS(revision, [1.0] * 12).fit(cov_type="HAC", cov_kwds={"maxlags": expected})
        found = revision_statistics(triangle, 0, 1, lags=lags)
        assert found.lags == expected
        assert found.mean_t == pytest.approx(fit.tvalues[0], rel=1e-9)
    constant = pd.DataFrame({0: [1.0, 2.0, 4.0], 1: [2.0, 3.0, 5.0]})
    assert pd.isna(revision_statistics(constant, 0, 1).mean_t)


def test_statistics_by_release_number() -> None:
    """By hand: from release 0 to the last one 2, 4, 6; from release 1 to the last one 1, 2, 3."""
    triangle = pd.DataFrame(
        {0: [1.0, 2.0, 4.0, 9.0], 1: [2.0, 4.0, 7.0, float("nan")], 2: [3.0, 6.0, 10.0, float("nan")]}
    )
    found = revisions_by_release(triangle)
    assert found.index.tolist() == [0, 1]
    assert found["mean"].tolist() == [4.0, 2.0]
    assert found["mean_absolute"].tolist() == [4.0, 2.0]
    assert found["count"].tolist() == [3, 3]
    to_first = revisions_by_release(triangle, final=1)
    assert to_first["mean"].tolist() == [2.0]
    assert revisions_by_release(triangle[:2]).empty


@pytest.mark.shared
def test_statistics_by_release_number_of_real_vintages(gdp: pd.DataFrame) -> None:
    triangle = revisions(load_snapshots(gdp[gdp["series_id"] == "US"]), change="percent")
    found = revisions_by_release(triangle, final=10)
    assert found.loc[0, ["intercept", "slope"]].round(5).tolist() == [0.00299, 0.97412]
    assert found.index.tolist() == list(range(10))
