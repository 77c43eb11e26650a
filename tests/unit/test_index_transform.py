"""From observations to quarterly indicators, by hand with published figures (MIIT, CNNIC, NBS)."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Sequence

import pytest

from prosperity.catalogue.model import Transform
from prosperity.index import IndexInputError, IndicatorPoint, Point, indicator_points
from prosperity.index.averages import mean_of_quarter
from prosperity.index.chain import chain
from prosperity.index.transform import decumulate, last_of_quarter

#: Per-capita disposable income, year to date, yuan (NBS); June 2020 and March 2021 are left out.
INCOME = {
    "2019-03": 8493.21, "2019-06": 15294.37, "2019-09": 22882.05, "2019-12": 30733.0,
    "2020-03": 8561.0, "2020-09": 23781.0, "2020-12": 32189.0,
    "2021-06": 17642.0, "2021-09": 26265.0,
}  # fmt: skip
#: Internet users, 亿 (CNNIC): the count of December 2019 was moved to March 2020.
NETIZENS = {"2018-12": 8.29, "2019-06": 8.54, "2020-03": 9.04, "2020-06": 9.40}
#: Internet business revenue, year-to-date year-on-year rate, % (MIIT).
RATES = {
    "2017-09": 21.8, "2017-12": 20.8, "2018-03": 23.8, "2018-06": 22.9, "2018-09": 19.4, "2018-12": 20.3,
    "2019-05": 19.4, "2019-06": 17.9, "2019-08": 20.9, "2019-10": 21.0, "2019-12": 21.4, "2020-03": 1.5,
}  # fmt: skip


def points(figures: dict[str, float], status: str = "A") -> list[Point]:
    return [
        Point(period, value, status, f"e-{period}", dt.date(2022, 1, 1)) for period, value in figures.items()
    ]


def by_quarter(found: Sequence[IndicatorPoint]) -> dict[str, IndicatorPoint]:
    return {point.quarter: point for point in found}


# ------------------------------------------------------------------------------------- decumulate


def test_quarterly_flow_is_the_difference_of_year_to_date_figures() -> None:
    found = by_quarter(decumulate("income", points(INCOME)))
    assert found["2019-Q1"].value == 8493.21
    assert found["2019-Q2"].value == pytest.approx(15294.37 - 8493.21)
    assert found["2020-Q4"].value == pytest.approx(32189 - 23781)
    assert "2020-Q2" not in found and "2020-Q3" not in found and "2021-Q2" not in found
    assert [entry.period for entry in found["2019-Q2"].inputs] == ["2019-03", "2019-06"]
    assert found["2019-Q2"].steps == (
        "2019-Q2: 6,801.16, the year to date 15,294.37 at 2019-06 less 8,493.21 at 2019-03.",
    )
    assert {point.status for point in found.values()} == {"A"}


def test_a_gap_of_one_quarter_end_is_split_like_the_nearest_earlier_year_with_both() -> None:
    found = by_quarter(decumulate("income", points(INCOME), split_gap=True))
    together = 23781 - 8561
    q2, q3 = 15294.37 - 8493.21, 22882.05 - 15294.37
    assert found["2020-Q2"].value == pytest.approx(together * q2 / (q2 + q3))
    assert found["2020-Q2"].value + found["2020-Q3"].value == pytest.approx(together)
    assert found["2020-Q2"].status == found["2020-Q3"].status == "I"
    # 2021: the second quarter of 2020 was split itself, so the proportions are those of 2019.
    q1 = 8493.21
    assert found["2021-Q1"].value == pytest.approx(17642 * q1 / (q1 + q2))
    assert found["2021-Q3"].status == "A"
    assert [entry.period for entry in found["2020-Q2"].inputs] == [
        "2019-03",
        "2019-06",
        "2019-09",
        "2020-03",
        "2020-09",
    ]
    assert "no figure for 2020-06" in found["2020-Q2"].steps[0]
    assert "split as 2019-Q2 : 2019-Q3" in found["2020-Q2"].steps[1]


def test_two_missing_quarter_ends_are_never_split() -> None:
    figures = {"2019-03": 1.0, "2019-06": 2, "2019-09": 3, "2019-12": 4, "2020-03": 1, "2020-12": 5}
    found = by_quarter(decumulate("x", points(figures), split_gap=True))
    assert sorted(found)[-1] == "2020-Q1"


def test_nothing_is_split_without_an_earlier_year() -> None:
    assert decumulate("x", points({"2020-06": 5.0}), split_gap=True) == []


def test_year_to_date_codes() -> None:
    found = by_quarter(
        decumulate("x", points({"2019-Q1": 1.0, "2019-S1": 3.0, "2019-09": 6.0, "2019": 10.0}))
    )
    assert [found[f"2019-Q{n}"].value for n in (1, 2, 3, 4)] == [1, 2, 3, 4]
    with pytest.raises(IndexInputError, match="x 2019-Q2: not a year-to-date period"):
        decumulate("x", points({"2019-Q2": 1.0}))


# ------------------------------------------------------------------------------------------ stocks


def test_stock_at_quarter_ends_with_gaps_filled_log_linearly() -> None:
    found = by_quarter(last_of_quarter("netizens", points({**NETIZENS, "2020-05": 99.0}), interpolate=2))
    assert sorted(found) == ["2018-Q4", "2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4", "2020-Q1", "2020-Q2"]
    assert found["2019-Q1"].value == pytest.approx(math.sqrt(8.29 * 8.54))
    assert found["2019-Q4"].value == pytest.approx(8.54 ** (1 / 3) * 9.04 ** (2 / 3))
    assert found["2019-Q4"].status == "I" and found["2020-Q1"].status == "A"
    assert [(entry.period, entry.evidence) for entry in found["2019-Q4"].inputs] == [
        ("2019-06", "e-2019-06"),
        ("2020-03", "e-2020-03"),
    ]
    assert "6 of 9 months from 8.54 (2019-06) to 9.04 (2020-03)" in found["2019-Q4"].steps[0]


def test_months_inside_a_quarter_are_used_where_its_end_is_missing() -> None:
    """Mobile phone users, 亿 (MIIT): 13.65 at the end of June, 14.03 of October 2017; September lies between."""
    figures = {"2017-06": 13.65, "2017-10": 14.03}
    found = by_quarter(last_of_quarter("users", points(figures), interpolate=1))
    assert found["2017-Q3"].value == pytest.approx(13.65 ** (1 / 4) * 14.03 ** (3 / 4))
    assert found["2017-Q3"].status == "I" and sorted(found) == ["2017-Q2", "2017-Q3"]
    assert sorted(by_quarter(last_of_quarter("users", points(figures)))) == ["2017-Q2"]


def test_a_longer_gap_stays_a_gap_and_nothing_is_extrapolated() -> None:
    found = by_quarter(last_of_quarter("netizens", points(NETIZENS), interpolate=1))
    assert sorted(found) == ["2018-Q4", "2019-Q1", "2019-Q2", "2020-Q1", "2020-Q2"]


def test_interpolation_needs_positive_values() -> None:
    with pytest.raises(
        IndexInputError, match=r"interpolation of 2019-Q1 needs positive values, not -1 \(2018-12\)"
    ):
        last_of_quarter("balance", points({"2018-12": -1.0, "2019-06": 1.0}), interpolate=1)


# ------------------------------------------------------------------------------------------- means


#: Industrial value added, year-on-year rate of the month, % (NBS); February stands for January too.
OUTPUT = {
    "2019-02": 5.3, "2019-03": 8.5, "2019-04": 5.4, "2019-05": 5.0, "2019-06": 6.3, "2019-07": 4.8, "2019-09": 5.8,
    "2020-03": -1.1,
}  # fmt: skip


def test_mean_of_the_months_of_a_rate() -> None:
    found = by_quarter(mean_of_quarter("output", points(OUTPUT)))
    assert found["2019-Q1"].value == pytest.approx((2 * 5.3 + 8.5) / 3) and found["2019-Q1"].status == "A"
    assert found["2019-Q2"].value == pytest.approx((5.4 + 5.0 + 6.3) / 3)
    assert found["2019-Q3"].value == pytest.approx((4.8 + 5.8) / 2) and found["2019-Q3"].status == "E"
    assert found["2020-Q1"].value == -1.1 and found["2020-Q1"].status == "E"
    assert "2019-Q4" not in found
    assert [entry.period for entry in found["2019-Q3"].inputs] == ["2019-07", "2019-09"]
    assert found["2019-Q3"].steps == (
        "2019-Q3: 5.3, the mean of 4.8 (2019-07), 5.8 (2019-09); only 2 of its 3 months known.",
    )


def test_a_missing_quarter_of_a_rate_lies_between_its_neighbours() -> None:
    found = by_quarter(mean_of_quarter("output", points(OUTPUT), interpolate=1))
    assert found["2019-Q4"].value == pytest.approx((5.3 - 1.1) / 2) and found["2019-Q4"].status == "I"


def test_an_own_january_counts_once() -> None:
    found = by_quarter(mean_of_quarter("x", points({"2019-01": 1.0, "2019-02": 2.0, "2019-03": 6.0})))
    assert found["2019-Q1"].value == pytest.approx(3.0)


def test_a_mean_enters_by_its_difference() -> None:
    with pytest.raises(ValueError, match="enters by its difference"):
        Transform(method="mean")


def test_observations_before_the_first_quarter_are_left_aside() -> None:
    transform = Transform(method="last", first="2020-Q1")
    assert [p.quarter for p in indicator_points("n", transform, {"n": points(NETIZENS)})] == [
        "2020-Q1",
        "2020-Q2",
    ]


# ------------------------------------------------------------------------------------------- chain


def test_levels_are_chained_from_published_rates() -> None:
    found = by_quarter(chain("rates", points(RATES)))
    mean = (21.8 + 20.8 + 23.8 + 22.9) / 4 / 100
    assert found["2017-Q3"].value == pytest.approx(1.218)
    assert found["2017-Q4"].value == pytest.approx((1 + mean) ** 0.25 * 1.208)
    assert found["2018-Q2"].value == pytest.approx((1 + mean) ** 0.75 * 1.229)
    assert found["2018-Q3"].value == pytest.approx(1.218 * 1.194)
    assert found["2019-Q4"].value == pytest.approx((1 + mean) ** 0.25 * 1.208 * 1.203 * 1.214)
    # The seeds are no values, the rates missing at 2019-03 and 2019-09 break the chain of their quarters.
    assert sorted(found) == [
        "2017-Q3",
        "2017-Q4",
        "2018-Q1",
        "2018-Q2",
        "2018-Q3",
        "2018-Q4",
        "2019-Q2",
        "2019-Q4",
    ]
    assert {point.status for point in found.values()} == {"A"}


def test_a_chained_point_names_every_rate_in_its_chain() -> None:
    found = by_quarter(chain("rates", points(RATES)))
    named = {entry.period for entry in found["2019-Q4"].inputs}
    # Its own chain, and the first four rates that set the heights of the seeds.
    assert named == {"2017-12", "2018-12", "2019-12"} | {"2017-09", "2018-03", "2018-06"}
    assert found["2019-Q4"].steps[-1].startswith("2019-Q4: level of 2018-Q4, ")
    assert "2019-12, 21.4 %" in found["2019-Q4"].steps[-1]
    assert "22.325 % a year, the mean of the first four rates" in found["2019-Q4"].steps[0]


def test_a_rate_between_published_months_of_the_same_year() -> None:
    found = by_quarter(chain("rates", points(RATES), rate_months=1))
    assert found["2019-Q3"].value == pytest.approx(1.218 * 1.194 * 1.2095)
    assert found["2019-Q3"].status == "I"
    assert {"2019-08", "2019-10"} <= {entry.period for entry in found["2019-Q3"].inputs}
    # 2019-02 is not published: no neighbour on both sides within a month for March.
    assert "2019-Q1" not in found


def test_rates_of_different_years_are_never_mixed() -> None:
    figures = {**RATES, "2020-11": 12.7, "2021-01": 29.0, "2021-02": 29.0}
    assert "2020-Q4" not in by_quarter(chain("rates", points(figures), interpolate=0, rate_months=1))


def test_an_interpolated_level_carries_later_published_rates() -> None:
    found = by_quarter(chain("rates", points(RATES), interpolate=1, rate_months=1))
    assert found["2019-Q1"].status == "I"
    assert found["2019-Q1"].value == pytest.approx(math.sqrt(found["2018-Q4"].value * found["2019-Q2"].value))
    # The published rate of March 2020 is used on that base, not passed over by the interpolation.
    assert found["2020-Q1"].status == "E"
    assert found["2020-Q1"].value == pytest.approx(found["2019-Q1"].value * 1.015)
    assert {"2018-12", "2019-06", "2020-03"} <= {entry.period for entry in found["2020-Q1"].inputs}


def test_a_published_rate_is_not_overridden_where_an_earlier_gap_gives_its_base() -> None:
    # Both gaps, 2019-Q1 and 2020-Q1, lie between known levels at first.
    found = by_quarter(chain("rates", points({**RATES, "2020-06": 14.1}), interpolate=1))
    assert found["2020-Q1"].value == pytest.approx(found["2019-Q1"].value * 1.015)


def test_fewer_than_four_rates_give_nothing() -> None:
    assert chain("rates", points({"2017-09": 1.0, "2017-12": 2.0, "2018-03": 3.0})) == []
    with pytest.raises(IndexInputError, match="cannot fall by 100"):
        chain("rates", points({"2017-09": -100.0}))


# ------------------------------------------------------------------------------------------ common


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ({"2019-06": math.nan}, "x 2019-06: the value nan is not finite"),
        ({"2019-13": 1.0}, "not a period code"),
        ({"2019-06": 1.0, "2019-S1": 1.0}, "2019-06 and 2019-S1 are two figures for one period"),
    ],
)
def test_faulty_points_are_refused(figures: dict[str, float], message: str) -> None:
    for transform in (Transform(method="last"), Transform(method="decumulate")):
        with pytest.raises(IndexInputError, match=message):
            indicator_points("x", transform, {"x": points(figures)})


def test_the_same_period_twice_is_refused() -> None:
    with pytest.raises(IndexInputError, match="two figures for one period"):
        last_of_quarter("x", points({"2019-06": 1.0}) * 2)


def test_missing_status_is_passed_over_and_an_imputed_input_stays_imputed() -> None:
    assert last_of_quarter("x", points({"2019-06": 1.0}, status="M")) == []
    assert last_of_quarter("x", points({"2019-06": 1.0}, status="I"))[0].status == "I"
    assert last_of_quarter("x", points({"2019-06": 1.0}, status="P"))[0].status == "A"


@pytest.mark.parametrize(
    ("transform", "figures"),
    [
        (Transform(method="decumulate", split_gap=True), INCOME),
        (Transform(method="last", interpolate=2), NETIZENS),
        (Transform(method="chain", rate_series="x", interpolate=1, interpolate_rate_months=1), RATES),
    ],
)
def test_the_order_of_points_does_not_matter(transform: Transform, figures: dict[str, float]) -> None:
    listed = points(figures)
    expected = indicator_points("x", transform, {"x": listed})
    random.Random(3).shuffle(listed)
    assert indicator_points("x", transform, {"x": listed}) == expected


def test_a_series_without_points_gives_nothing() -> None:
    assert indicator_points("x", Transform(method="last"), {}) == []
    with pytest.raises(IndexInputError, match=r"is split \(split_gap\), not interpolated"):
        indicator_points("x", Transform(method="decumulate", interpolate=1), {})
