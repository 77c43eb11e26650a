"""Turning points as tables: published datings, official dates, ties, real time, refused input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels

from prosperity.index import (
    MONTHLY,
    CycleRule,
    IndexInputError,
    conference_board_index,
    lead_lag,
    lead_lag_summary,
    real_time_turning_points,
    turning_points,
)

GDP = "us_realgdp_log_1959Q1_2009Q3_bbq_5_2"
KINDS = {"P": "peak", "T": "trough"}
#: Contractions of the NBER's Business Cycle Dating Committee, months (nber.org).
NBER = [("1990-07", "1991-03"), ("2001-03", "2001-11"), ("2007-12", "2009-06")]


def quarters(count: int) -> list[str]:
    return [f"{2000 + n // 4}-Q{n % 4 + 1}" for n in range(count)]


@pytest.fixture(scope="module")
def gdp(shared: Path) -> pd.Series[float]:
    table = pd.read_csv(shared / "vectors" / "turning_points" / f"{GDP}.csv", index_col="period")
    return pd.Series(table["value"], dtype=float)


@pytest.fixture(scope="module")
def nber(shared: Path) -> pd.DataFrame:
    table = pd.read_csv(shared / "vectors" / "turning_points" / "nber_dates_1960_1991.csv")
    return table.assign(kind=table["type"].map(KINDS))


@pytest.mark.shared
@pytest.mark.parametrize("labels", ["strings", "dashed", "periods", "dates", "numbers"])
def test_bbq_dating_with_any_labels(shared: Path, gdp: pd.Series[float], labels: str) -> None:
    expected = pd.read_csv(shared / "vectors" / "turning_points" / f"{GDP}.tp.csv")
    periods = pd.PeriodIndex(gdp.index, freq="Q")
    index = {
        "strings": gdp.index,
        "dashed": gdp.index.str.replace("Q", "-Q"),
        "periods": periods,
        "dates": periods.to_timestamp(how="end"),
        "numbers": pd.RangeIndex(len(gdp)),
    }[labels]
    found = turning_points(gdp.set_axis(index).sample(frac=1, random_state=3 if labels != "numbers" else 4))
    assert list(found) == ["period", "kind", "level"]
    assert found["kind"].tolist() == expected["type"].map(KINDS).tolist()
    assert found["period"].tolist() == [index[place - 1] for place in expected["idx"]]
    assert found["level"].tolist() == pytest.approx(expected["value"].tolist(), abs=1e-12)


@pytest.mark.shared
def test_lead_and_lag_against_the_nber(gdp: pd.Series[float], nber: pd.DataFrame) -> None:
    """Months of the NBER fall into quarters; GDP's turns are those of the published BBQ dating."""
    found = lead_lag(gdp.rename("gdp"), nber)
    matched = found[found["status"] == "matched"]
    # By hand: 1960Q1 against April 1960 (Q2) is one early, 1970Q1 against November 1970 (Q4) three, …
    assert matched["lead"].tolist() == [1, 1, 1, 3, 0, 0, 0, 0, 0, 3, 1, 0]
    assert found["status"].tolist() == ["matched"] * 12 + ["open"]  # the peak of 2008Q2
    summary = lead_lag_summary(found).loc["gdp"]
    assert (summary["matched"], summary["missed"], summary["extra"]) == (12, 0, 0)
    assert summary["mean"] == pytest.approx(10 / 12)
    assert summary["median"] == 0.5


@pytest.mark.shared
def test_the_official_iranian_dating_beside_bbq(shared: Path) -> None:
    folder = shared / "vectors" / "turning_points"
    series = pd.read_csv(folder / "iran_bbq_5_2.csv", index_col="period")["value"]
    official = pd.read_csv(folder / "iran_mbri_dating.tp.csv")
    official["kind"] = official["type"].map(KINDS)
    found = lead_lag(series, official[["period", "kind"]])
    # The published BBQ table has the official 1378Q4 a quarter and 1388Q2 four quarters earlier.
    leads = dict(zip(found["reference_period"], found["lead"], strict=True))
    assert leads["1378Q4"] == 1
    assert leads["1388Q2"] == 4
    assert all(leads[period] == 0 for period in ("1368Q1", "1370Q3", "1376Q1", "1386Q1", "1392Q2"))
    assert (found["status"] == "missed").sum() == 0


def coincident_us() -> pd.Series[float]:
    """Four monthly series of the New York Fed's nowcast data that statsmodels ships, 1985 to 2016."""
    path = (
        Path(statsmodels.__file__).parent
        / "tsa/statespace/tests/results/frbny_nowcast/Nowcasting/data/US/2016-07-29.csv"
    )
    if not path.exists():
        pytest.skip("this build of statsmodels has no nowcast data")
    table = pd.read_csv(path, index_col=0)
    table.index = pd.to_datetime(table.index, format="%m/%d/%y").to_period("M")
    table["RSAFS"] /= table["CPIAUCSL"]
    return conference_board_index(table[["PAYEMS", "INDPRO", "DSPIC96", "PCEC96", "RSAFS"]]).dropna()


@pytest.mark.parametrize("method", ["bbq", "bry_boschan"])
def test_a_monthly_coincident_index_turns_with_the_nber(method: Any) -> None:
    index = coincident_us()
    official = pd.DataFrame(
        [row for peak, trough in NBER for row in ((peak, "peak"), (trough, "trough"))],
        columns=["period", "kind"],
    )
    found = lead_lag(index, official, method=method)
    assert found["status"].tolist() == ["matched"] * 6
    assert found["lead"].abs().max() <= 2
    # Rounded as such indices are published, months at a turn are equal; no turn may be lost by that.
    rounded = lead_lag(index.round(1), official, method=method)
    assert rounded["status"].tolist() == ["matched"] * 6
    assert rounded["lead"].abs().max() <= 3


def test_of_equal_values_the_last_is_the_turn() -> None:
    values = [1.0, 2, 3, 4, 5, 5, 4, 3, 2, 2, 3, 4, 5, 6, 7, 8]
    found = turning_points(pd.Series(values, index=quarters(16)))
    assert found["period"].tolist() == ["2001-Q2", "2002-Q2"]
    assert found["kind"].tolist() == ["peak", "trough"]
    # A halt on the way down is no turn.
    steps = [1.0, 2, 5, 9, 8, 7, 7, 7, 7, 6, 5, 4, 6, 7, 8, 9, 10]
    assert turning_points(pd.Series(steps))["period"].tolist() == [3, 11]


def test_series_without_turns_give_an_empty_table() -> None:
    for values in ([1.0], [1.0, 2], [5.0] * 30, list(range(30))):
        assert turning_points(pd.Series(values, dtype=float)).empty
    assert list(turning_points(pd.Series([1.0, 2.0]))) == ["period", "kind", "level"]


def test_missing_values_at_the_ends_are_passed_over() -> None:
    values = [np.nan, 1.0, 2, 3, 4, 5, 4, 3, 2, 1, 2, 3, 4, 5, 6, np.nan]
    assert turning_points(pd.Series(values))["period"].tolist() == [5, 9]


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (pd.Series([1.0, np.nan, 2.0]), "missing value"),
        (pd.Series([1.0, np.inf, 2.0]), "infinite"),
        (pd.Series([1.0, 2.0], index=["2019-Q1", "2019-Q1"]), "more than once"),
        (pd.Series([1.0, 2.0], index=["2019-Q1", "2019-Q3"]), "the period after 2019-Q1 is missing"),
        (pd.Series(["a", "b"]), "not a number"),
        (pd.Series([np.nan]), "no value"),
    ],
)
def test_refused_series(series: pd.Series[Any], message: str) -> None:
    with pytest.raises(IndexInputError, match=message):
        turning_points(series)


def test_bry_boschan_is_for_months() -> None:
    series = pd.Series(np.arange(30.0), index=quarters(30))
    with pytest.raises(IndexInputError, match="one for months"):
        turning_points(series, method="bry_boschan")
    months = series.set_axis(pd.period_range("2019-01", periods=30, freq="M"))
    assert turning_points(months, method="bry_boschan").empty
    with pytest.raises(IndexInputError, match="needs 24 months"):
        turning_points(months[:20], method="bry_boschan")


def test_missed_extra_and_open_turns() -> None:
    hill = [1.0, 2, 3, 4, 5, 4, 3, 2, 1]
    reference = pd.Series(hill + hill[1:] + hill[1:], index=quarters(25))  # peaks at 4, 12, 20
    flat = pd.Series([1.0, 2, 3, 4, 5, 4, 3, 2, 1, *range(2, 18)], index=quarters(25))
    found = lead_lag(pd.DataFrame({"flat": flat, "early": reference.shift(-1)}), reference, window=3)
    by = {name: part["status"].tolist() for name, part in found.groupby("indicator")}
    # Reference: P4 T8 P12 T16 P20; "flat" has P4 T8 only, "early" each one quarter before.
    assert by["flat"] == ["matched", "matched", "missed", "missed", "missed"]
    assert by["early"] == ["matched"] * 5
    assert found.loc[found["indicator"] == "early", "lead"].tolist() == [1] * 5
    other_way = lead_lag(reference.rename("r"), flat, window=3)
    assert other_way["status"].tolist() == ["matched", "matched", "extra", "extra", "extra"]
    summary = lead_lag_summary(found)
    assert summary.loc["early", ["mean", "median", "std"]].tolist() == [1, 1, 0]


def test_turning_points_in_real_time_by_hand() -> None:
    rise = [1.0, 2, 3, 4, 5, 4.5, 4, 3, 2, 1]
    series = pd.Series([*rise, 2, 3, 4, 5, 6], index=quarters(15))
    moved = series.copy()
    moved.iloc[3] = 5.5  # an early vintage had the peak a quarter before
    vintages = {
        "2001-08": moved[:7],  # 4 and two quarters after: peak at 3
        "2001-11": series[:8],
        "2002-11": series[:12],
        "2003-08": series,
    }
    found = real_time_turning_points(vintages)
    assert found["kind"].tolist() == ["peak", "trough"]
    peak, trough = found.to_dict("records")
    assert (peak["period"], peak["first_vintage"], peak["first_period"]) == ("2001-Q1", "2001-08", "2000-Q4")
    assert peak["delay"] == 3
    assert peak["moves"] == (("2001-08", "2000-Q4"), ("2001-11", "2001-Q1"))
    # The trough (value 1 in 2002-Q2) has its two quarters after it in the vintage that ends in 2002-Q4.
    assert (trough["period"], trough["first_vintage"]) == ("2002-Q2", "2002-11")


def test_a_withdrawn_turning_point_is_told() -> None:
    fall = pd.Series([1.0, 2, 3, 4, 5, 4, 3, 3.5], index=quarters(8))
    mended = pd.Series([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10], index=quarters(10))
    found = real_time_turning_points({1: fall, 2: mended})
    assert found["status"].tolist() == ["withdrawn"]
    assert found["period"].isna().all()
    assert found["first_period"].tolist() == ["2001-Q1"]
    assert found["missing_in"].tolist() == [(2,)]


def test_the_rule_can_be_chosen() -> None:
    series = pd.Series([1.0, 3, 1, 3, 1, 3, 1, 0.5, 4, 5, 6, 7])
    assert turning_points(series, rule=CycleRule(1, 1, 2, 1))["period"].tolist() == [1, 2, 3, 4, 5, 7]
    assert turning_points(series, rule=MONTHLY).empty
