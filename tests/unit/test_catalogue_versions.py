"""Versions of series: what the catalogue declares, and that nothing is computed across a break."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from prosperity import catalogue
from prosperity.catalogue.versions import SeriesVersion, Splice, break_between, checked, month_of
from prosperity.index import Point
from prosperity.index.transform import decumulate, last_of_quarter

CATALOGUE = catalogue.load()
RATES = Splice(method="chain_rates")


def version(identity: str, first: str | None, last: str | None, splice: Splice | None) -> SeriesVersion:
    change = "sample" if splice else None
    return SeriesVersion(id=identity, first=first, last=last, change=change, note="x", splice=splice)


def points(figures: Mapping[str, float]) -> list[Point]:
    return [
        Point(period, value, "A", f"e-{period}", dt.date(2024, 1, 1)) for period, value in figures.items()
    ]


@pytest.mark.parametrize(
    ("code", "month"), [("2019-06", 6), ("2019-Q2", 6), ("2019-S1", 6), ("2019", 12), ("2019-S2", 12)]
)
def test_periods_are_placed_by_their_last_month(code: str, month: int) -> None:
    assert month_of(code) == 12 * 2019 + month - 1


def test_every_known_break_of_the_survey_opens_a_version() -> None:
    """Threshold 300万元 in 2017; sample replaced inside 2020, 2021 and 2023 (sources.md, traps 3 and 5)."""
    revenue = CATALOGUE.series["miit_inet_rev_cum"]
    pairs = [("2017-12", "2018-03"), ("2020-03", "2020-04"), ("2021-06", "2021-07"), ("2023-09", "2023-10")]
    for before, after in pairs:
        assert revenue.version_of(before) != revenue.version_of(after)
        assert break_between(revenue.versions, before, after) is not None
    assert break_between(revenue.versions, "2020-04", "2020-12") is None
    assert all(found.splice and found.splice.method == "chain_rates" for found in revenue.versions[1:])


def test_total_profit_follows_operating_profit_without_a_splice() -> None:
    profit = CATALOGUE.series["miit_inet_profit_cum"]
    assert profit.predecessor is not None
    assert profit.predecessor.series == "miit_inet_opprofit_cum"
    assert profit.predecessor.splice.method == "none" and profit.predecessor.splice.reason


def test_quarter_is_not_differenced_across_a_break() -> None:
    """MIIT, 亿元: 2153 for January to March 2020, 5907 to June, 8956 to September, 12838 to December. The sample
    was replaced in April, so 5907 − 2153 is no second quarter; the third and fourth are."""
    revenue = CATALOGUE.series["miit_inet_rev_cum"]
    figures = points({"2020-03": 2153, "2020-06": 5907, "2020-09": 8956, "2020-12": 12838})
    found = {p.quarter: p.value for p in decumulate("r", figures, versions=revenue.versions)}
    assert found == {"2020-Q1": 2153, "2020-Q3": 8956 - 5907, "2020-Q4": 12838 - 8956}


def test_a_break_is_not_split_like_a_gap() -> None:
    """Both quarters of a gap with a break in it stay missing, though an earlier year could tell proportions."""
    figures = {"2019-03": 10.0, "2019-06": 20, "2019-09": 30, "2020-03": 11, "2020-09": 60}
    versions = [version("a", None, "2020-05", None), version("b", "2020-06", None, RATES)]
    joined = {p.quarter for p in decumulate("x", points(figures), split_gap=True)}
    broken = {p.quarter for p in decumulate("x", points(figures), split_gap=True, versions=versions)}
    assert joined - broken == {"2020-Q2", "2020-Q3"}


def test_a_stock_is_interpolated_only_where_levels_compare() -> None:
    """CNNIC, 亿: 8.54 in June 2019, 9.04 in March 2020: another reference date, the same survey."""
    figures = points({"2019-06": 8.54, "2020-03": 9.04})
    users = CATALOGUE.series["cnnic_netizens"].versions
    assert len(last_of_quarter("n", figures, 2, users)) == 4
    other = [version("a", None, "2019-12", None), version("b", "2020-01", None, RATES)]
    assert len(last_of_quarter("n", figures, 2, other)) == 2


@pytest.mark.parametrize(
    ("versions", "complaint"),
    [
        ([version("a", None, "2019-06", None), version("b", "2019-06", None, RATES)], "overlap"),
        ([version("a", None, None, None), version("b", "2019-07", None, RATES)], "overlap"),
        ([version("a", None, "2019-06", None), version("b", "2019-07", None, None)], "spliced"),
        ([version("a", None, "2019-06", RATES)], "nothing to splice"),
        ([version("a", None, "2019-06", None), version("a", "2019-07", None, RATES)], "one id"),
    ],
)
def test_versions_must_hold_together(versions: list[SeriesVersion], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        checked(versions)


@pytest.mark.parametrize(
    "material",
    [
        {"method": "ratio"},
        {"method": "ratio", "overlap": "2017-12", "factor": 1.2},
        {"method": "ratio", "overlap": "2017-12", "factor": -1, "source": "x"},
        {"method": "chain_rates", "factor": 1.2},
        {"method": "none"},
    ],
)
def test_a_splice_must_be_documented(material: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Splice.model_validate(material)
