"""Reconciliation: hand-calculated cases, and the published figures with the verdicts known for them."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from prosperity import catalogue
from prosperity.catalogue.check_model import Checks, MayFall, PaceRule, PartsRule, RateThresholds, TwinRule
from prosperity.catalogue.model import Bilingual, Series
from prosperity.checks import CheckResult, Vintage, reconcile_rates, verdict_of
from prosperity.checks.between import parts_within_whole, twins
from prosperity.checks.book import Book, year_before
from prosperity.checks.inside import falls, paces
from prosperity.checks.run import check_all, counted, shown, worst


def series(name: str, rate_of: str | None = None) -> Series:
    return Series(
        id=name,
        name=Bilingual(zh=name, en=name),
        source="miit_internet",
        unit="%" if rate_of else "元",
        frequency="M",
        kind="rate" if rate_of else "flow",
        cumulative=True,
        theme="industry",
        rate_of=rate_of,
    )


SERIES = {"level": series("level"), "level_yoy": series("level_yoy", "level")}


def vintage(name: str, period: str, value: str | None, day: str = "2021-07-30") -> Vintage:
    known = dt.date.fromisoformat(day)
    return Vintage(name, period, None if value is None else Decimal(value), known, f"{name} {period} {day}")


def rate(rows: list[Vintage], basis: str = "first_release") -> CheckResult:
    (found,) = reconcile_rates(rows, SERIES, basis=basis)  # type: ignore[arg-type]
    return found


# ---------------------------------------------------------------------------------------------- rates


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        ("0", "rounding"),
        ("0.599999", "rounding"),
        ("-0.599999", "rounding"),
        ("0.6", "small"),
        ("-0.6", "small"),
        ("1.999999", "small"),
        ("2", "restated"),
        ("-2", "restated"),
        ("-99.9", "restated"),
    ],
)
def test_bounds_belong_to_the_larger_class(gap: str, expected: str) -> None:
    assert verdict_of(Decimal(gap), RateThresholds()) == expected


def test_half_of_2021_as_published() -> None:
    """6951 / 5907 is +17.67 %, published +25.6 %: −7.93 points (sources.md, trap 2)."""
    found = rate(
        [
            vintage("level", "2020-06", "5907", "2020-08-02"),
            vintage("level", "2021-06", "6951"),
            vintage("level_yoy", "2021-06", "25.6"),
        ]
    )
    assert found.verdict == "restated" and found.severity == "warn"
    assert found.gap is not None and round(found.gap, 2) == Decimal("-7.93")
    assert [(f.role, f.period, str(f.value), f.known_from.isoformat()) for f in found.figures] == [
        ("rate", "2021-06", "25.6", "2021-07-30"),
        ("level", "2021-06", "6951", "2021-07-30"),
        ("level_before", "2020-06", "5907", "2020-08-02"),
    ]
    assert {f.evidence for f in found.figures} == {
        "level_yoy 2021-06 2021-07-30",
        "level 2021-06 2021-07-30",
        "level 2020-06 2020-08-02",
    }
    assert (
        "+17.67 %" in found.explanation
        and "+25.6 %" in found.explanation
        and "-7.93 points" in found.explanation
    )


#: 100 was first said for June 2020, 110 before the release of 2021, 120 after it; 121 is 21 % over 100.
REVISED = [
    vintage("level", "2020-06", "100", "2020-07-30"),
    vintage("level", "2020-06", "110", "2021-05-01"),
    vintage("level", "2020-06", "120", "2022-01-01"),
    vintage("level", "2021-06", "121", "2021-07-30"),
    vintage("level_yoy", "2021-06", "10", "2021-07-30"),
]


@pytest.mark.parametrize(
    ("basis", "before", "gap", "verdict"),
    [
        ("first_release", "100", "11", "restated"),
        ("at_release", "110", "0", "rounding"),
        ("latest", "120", "-9.166667", "restated"),
    ],
)
def test_the_basis_decides_which_levels_are_compared(basis: str, before: str, gap: str, verdict: str) -> None:
    found = rate(REVISED, basis)
    assert (str(found.figures[-1].value), found.verdict) == (before, verdict)
    assert found.gap == Decimal(gap)


def test_at_release_waits_until_rate_and_level_are_out() -> None:
    """The rate came in July, the level in August; the level of the year before was revised in between."""
    rows = [*REVISED[:1], vintage("level", "2020-06", "110", "2021-08-10")]
    rows += [vintage("level", "2021-06", "121", "2021-08-20"), REVISED[-1]]
    assert rate(rows, "at_release").gap == 0


def test_withdrawn_level_leaves_nothing_to_compare_with_now() -> None:
    rows = [*REVISED, vintage("level", "2021-06", None, "2022-02-01")]
    assert rate(rows).verdict == "restated"
    found = rate(rows, "latest")
    assert (found.verdict, found.severity, found.gap) == ("unpaired", "none", None)
    assert [f.role for f in found.figures] == ["rate", "level_before"]


@pytest.mark.parametrize("before", [None, "0"])
def test_rate_without_a_level_to_divide_by_is_unpaired(before: str | None) -> None:
    rows = [vintage("level", "2021-06", "121"), vintage("level_yoy", "2021-06", "10")]
    if before:
        rows.append(vintage("level", "2020-06", before, "2020-07-30"))
    found = rate(rows)
    assert found.verdict == "unpaired" and "2020-06" in found.explanation


def test_wrong_input_is_a_clear_error() -> None:
    with pytest.raises(ValueError, match="'2020-13' is not a period"):
        Book([vintage("level", "2020-13", "1")])
    with pytest.raises(ValueError, match="basis must be one of"):
        reconcile_rates(REVISED, SERIES, basis="newest")  # type: ignore[arg-type]


def test_the_same_period_one_year_before() -> None:
    assert [year_before(code) for code in ("2019-06", "2020-Q1", "2020-S2", "2000")] == [
        "2018-06",
        "2019-Q1",
        "2019-S2",
        "1999",
    ]


# ---------------------------------------------------------------------------------------------- the oracle


def published_figures(path: Path) -> list[Vintage]:
    """Level and rate of every row; of rows for one period the first. Only periods from January, quarters, ends."""
    found: dict[tuple[str, str], Vintage] = {}
    with path.open(encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file)):
            first, _, last = row["period"].partition("..")
            if last and not first.endswith("-01"):
                continue
            # Rows without a date of issue: the order of release does not matter, there is one row a period.
            day = dt.date(
                *(
                    [*map(int, filter(None, row["published"].split("-"))), 1, 1][:3]
                    if row["published"]
                    else (2024, 1, 1)
                )
            )
            for name, text in (
                (row["series_code"], row["value"]),
                (f"{row['series_code']}_yoy", row["yoy_pct"]),
            ):
                if text:
                    key = (name, last or first)
                    found.setdefault(key, Vintage(*key, Decimal(text), day, f"row {number}"))
    return list(found.values())


def test_verdicts_known_for_published_pairs(shared: Path) -> None:
    """All 154 pairs of the oracle, built from the published figures; one pair more is compared than it lists.

    2017 over 2016 of 电信业务总量 crosses the change of its price base (trap 6), which the oracle leaves out.
    """
    rows = published_figures(shared / "data" / "figures.csv")
    names = {row.series for row in rows if row.series.endswith("_yoy")}
    entries = {name: series(name, name.removesuffix("_yoy")) for name in names}
    found = {
        (row.series.removesuffix("_yoy"), row.period): row
        for row in reconcile_rates(rows, entries)
        if row.verdict != "unpaired"
    }
    with (shared / "data" / "restatement_check.csv").open(encoding="utf-8") as file:
        oracle = {(row["series_code"], row["period"].split("..")[-1]): row for row in csv.DictReader(file)}
    assert len(oracle) == 154
    assert oracle.keys() - found.keys() == set()
    assert found.keys() - oracle.keys() == {("miit_tel_volume", "2017-12")}
    for key, row in oracle.items():
        result = found[key]
        assert result.verdict == row["verdict"].removesuffix("_or_rebased"), key
        values = {figure.role: figure.value for figure in result.figures}
        assert values["level"] == Decimal(row["value"]), key
        assert values["level_before"] == Decimal(row["value_year_before"]), key
        # The oracle prints one decimal.
        assert result.gap is not None and abs(result.gap - Decimal(row["gap_points"])) <= Decimal(
            "0.05001"
        ), key
    counts = Counter(found[key].verdict for key in oracle)
    assert counts == Counter(row["verdict"].removesuffix("_or_rebased") for row in oracle.values())


# ---------------------------------------------------------------------------------------------- inside a year


def test_true_fall_of_profit_is_a_note_and_any_other_a_warning() -> None:
    """Jan–Nov 2020 1193, year 1187 (trap 4)."""
    book = Book([vintage("level", "2020-11", "1193"), vintage("level", "2020-12", "1187")])
    (found,) = falls(book, SERIES["level"], Checks())
    assert (found.verdict, found.severity, found.gap, found.period) == ("strikes", "warn", -6, "2020-12")
    (noted,) = falls(book, SERIES["level"], Checks(may_fall=(MayFall(series="level", reason="losses"),)))
    assert (noted.verdict, noted.severity) == ("strikes", "note") and "It may: losses." in noted.explanation


def test_a_new_year_begins_anew_and_standing_still_is_no_fall() -> None:
    rows = [("2019-12", "12100"), ("2020-02", "1311"), ("2020-03", "1311")]
    (found,) = falls(Book(vintage("level", *row) for row in rows), SERIES["level"], Checks())
    assert (found.period, found.verdict, found.gap) == ("2020-03", "fits", 0)


PACE = PaceRule(id="pace", series=("level",), slowest=0.7, fastest=1.5, reason="sample replaced")


@pytest.mark.parametrize(
    ("earlier", "later", "pace", "verdict"),
    [
        # 1918 in a month against 6951/6 = 1158.5; 1293 against 2153/3; 3745 against 10294/9: trap 3.
        (("2021-06", "6951"), ("2021-07", "8869"), "1.655589", "strikes"),
        (("2020-03", "2153"), ("2020-04", "3446"), "1.801672", "strikes"),
        (("2023-09", "10294"), ("2023-10", "14039"), "3.274237", "strikes"),
        # R&D: 9 in a month against 282/6 = 47: trap 4.
        (("2018-06", "282"), ("2018-07", "291"), "0.191489", "strikes"),
        # 2380 in two months against 7522/8: 1190 over 940.25.
        (("2019-08", "7522"), ("2019-10", "9902"), "1.265621", "fits"),
        # Exactly on the bound: 150 in a month against 100.
        (("2019-06", "600"), ("2019-07", "750"), "1.5", "fits"),
    ],
)
def test_a_month_that_stands_out_from_those_before(
    earlier: tuple[str, str], later: tuple[str, str], pace: str, verdict: str
) -> None:
    (found,) = paces(Book([vintage("level", *earlier), vintage("level", *later)]), PACE)
    assert (found.verdict, found.period) == (verdict, later[0])
    assert found.gap == Decimal(pace)


def test_losses_have_no_pace() -> None:
    assert paces(Book([vintage("level", "2020-02", "-5"), vintage("level", "2020-03", "10")]), PACE) == []


# ---------------------------------------------------------------------------------------------- between series


def parts(relation: str, tolerance: float = 0.0) -> PartsRule:
    return PartsRule(
        id="parts", whole="whole", parts=("a", "b"), relation=relation, tolerance=tolerance, reason="parts"
    )  # type: ignore[arg-type]


def test_sum_of_parts_may_not_exceed_the_whole() -> None:
    book = Book(
        [vintage("whole", "2020-06", "100"), vintage("a", "2020-06", "60"), vintage("b", "2020-06", "40.4")]
    )
    (found,) = parts_within_whole(book, parts("sum"))
    assert (found.verdict, found.severity, found.gap, found.series) == (
        "strikes",
        "warn",
        Decimal("0.4"),
        "whole",
    )
    assert [f.role for f in found.figures] == ["part", "part", "whole"]
    (rounding,) = parts_within_whole(book, parts("sum", 0.005))
    assert rounding.verdict == "fits"


def test_missing_parts_are_said_and_periods_without_parts_left_out() -> None:
    book = Book(
        [vintage("whole", "2020-06", "100"), vintage("a", "2020-06", "60"), vintage("whole", "2020-07", "9")]
    )
    (found,) = parts_within_whole(book, parts("sum"))
    assert found.period == "2020-06" and "1 of 2 parts known" in found.explanation


def test_each_part_is_compared_by_itself() -> None:
    """Mobile netizens 9.86 of 9.89; rural 3.62, misprinted for 3.26, would still fit: only the whole bounds it."""
    book = Book(
        [
            vintage("whole", "2020-12", "9.89"),
            vintage("a", "2020-12", "9.86"),
            vintage("b", "2020-12", "9.98"),
        ]
    )
    found = {row.series: row for row in parts_within_whole(book, parts("each"))}
    assert {name: row.verdict for name, row in found.items()} == {"a": "fits", "b": "strikes"}
    assert found["b"].gap == Decimal("0.09")


def test_twins_within_stated_bounds() -> None:
    """Internet users over penetration: 9.89 / 70.4 % is a population of 14.05 亿; 8.98 misread is 12.76."""
    rule = TwinRule(
        id="population", left="a", right="b", measure="ratio", minimum=0.133, maximum=0.143, reason="r"
    )
    for users, verdict in (("9.89", "fits"), ("8.98", "strikes")):
        book = Book([vintage("a", "2020-12", users), vintage("b", "2020-12", "70.4")])
        (found,) = twins(book, rule)
        assert found.verdict == verdict


def test_annual_twin_stands_beside_december() -> None:
    """2020: MIIT +12.5 %, CAICT +16.7 %: −4.2 points."""
    rule = TwinRule(
        id="growth",
        left="a",
        right="b",
        measure="difference",
        minimum=-4,
        maximum=4,
        right_periods="year",
        reason="r",
    )
    book = Book(
        [vintage("a", "2020-12", "12.5"), vintage("a", "2020-11", "12"), vintage("b", "2020", "16.7")]
    )
    (found,) = twins(book, rule)
    assert (found.verdict, found.gap, found.period) == ("strikes", Decimal("-4.2"), "2020-12")


# ---------------------------------------------------------------------------------------------- all of them


def test_all_checks_of_the_catalogue_over_published_figures(shared: Path) -> None:
    """What the publishers' own figures are known to contradict themselves in (sources.md §5 and §6)."""
    entries = catalogue.load()
    rows = [
        row
        for row in published_figures(shared / "data" / "figures.csv")
        if row.series in entries.series
        # A single quarter (2020-Q1) stands beside the year-to-date figures of one series; none is ever loaded so.
        and not (entries.series[row.series].cumulative and "Q" in row.period)
    ]
    found = check_all(rows, entries)
    assert len({row.key for row in found}) == len(found)
    assert check_all(list(reversed(rows)), entries) == found
    on_first = shown(found)
    revenue = Counter(
        row.verdict
        for row in on_first
        if row.series == "miit_inet_rev_cum_yoy" and row.check == "rate_against_levels"
    )
    assert revenue["rounding"] == 0 and revenue["restated"] + revenue["small"] == 27
    struck = {
        (row.series, row.period)
        for row in on_first
        if row.check == "pace_within_year" and row.verdict == "strikes"
    }
    assert {("miit_inet_rev_cum", period) for period in ("2020-04", "2021-07", "2023-10")} <= struck
    assert {period for name, period in struck if name == "miit_inet_rev_cum"} == {
        "2020-04",
        "2021-07",
        "2023-10",
    }
    fallen = [
        (row.series, row.period, row.severity)
        for row in on_first
        if row.check == "cumulative_fall" and row.verdict == "strikes"
    ]
    assert fallen == [("miit_inet_opprofit_cum", "2020-12", "note")]


def test_counts_and_the_heaviest() -> None:
    book = [
        *REVISED,
        vintage("level", "2020-12", "200", "2021-01-20"),
        vintage("level", "2021-12", "202", "2022-01-20"),
        vintage("level_yoy", "2021-12", "0", "2022-01-20"),
    ]
    found = reconcile_rates(book, SERIES)
    assert [(row.verdict, row.count) for row in counted(found)] == [("restated", 1), ("small", 1)]
    assert [row.period for row in worst(found, "rate_against_levels", 5)] == ["2021-06", "2021-12"]
    assert worst(found, "rate_against_levels", 1)[0].gap == 11
    assert worst(found, "twins", 5) == []


def test_a_month_too_small_weighs_like_one_too_large() -> None:
    """0.19 of the mean month is a fifth, 1.66 is not even twice: the fifth comes first."""
    large = [vintage("level", "2021-06", "6951"), vintage("level", "2021-07", "8869")]
    small = [vintage("level", "2018-06", "282"), vintage("level", "2018-07", "291")]
    found = paces(Book([*large, *small]), PACE)
    assert [row.period for row in worst(found, "pace_within_year", 2)] == ["2018-07", "2021-07"]


def test_rates_at_constant_prices_are_not_held_against_levels_at_current_ones() -> None:
    """2021 as first released: 1143669.7 on 1015986 is +12.6 %, published +8.1 % at constant prices."""
    rows = [
        vintage("level", "2020-12", "1015986"),
        vintage("level", "2021-12", "1143669.7"),
        vintage("level_yoy", "2021-12", "8.1"),
    ]
    assert rate(rows).verdict == "restated"
    constant = SERIES["level_yoy"].model_copy(update={"constant_prices": True})
    assert reconcile_rates(rows, {**SERIES, "level_yoy": constant}) == []
