"""The release calendar: found, not out yet, overdue, never published."""

from __future__ import annotations

import datetime as dt

from prosperity import catalogue
from prosperity.collect.calendar import expectations, partitions_due, release_window
from prosperity.notation.model import cumulative, half, quarter, stock, whole_year

SOURCES = catalogue.load().sources


def states(source: str, year: int, today: dt.date, *found: object) -> dict[str, str]:
    entries = expectations(SOURCES[source], year, found=set(found), today=today)  # type: ignore[arg-type]
    return {entry.period: entry.state for entry in entries}


def test_quiet_day_names_the_expected_date() -> None:
    """MIIT publishes about 30 days after the period: on 5 November, January to October is not out yet."""
    entries = expectations(
        SOURCES["miit_internet"], 2021, found={cumulative(2021, 9)}, today=dt.date(2021, 11, 5)
    )
    by_period = {entry.period: entry for entry in entries}
    assert by_period["2021-09"].state == "found"
    assert by_period["2021-10"].state == "not_out_yet"
    assert by_period["2021-10"].sentence == "miit_internet, 2021-10: not out yet, expected by 2021-11-30"
    assert by_period["2021-08"].state == "overdue"
    assert "2021-01" not in by_period, "there is no January issue"


def test_periods_count_by_their_last_month() -> None:
    """A half-year, a quarter and a whole year are found under the month they end in."""
    found = states(
        "nbs_income", 2021, dt.date(2022, 3, 31), quarter(2021, 1), half(2021, 1), whole_year(2021)
    )
    assert found == {"2021-03": "found", "2021-06": "found", "2021-09": "overdue", "2021-12": "found"}


def test_before_the_first_issue_is_never_published() -> None:
    found = states("miit_internet", 2017, dt.date(2022, 3, 31))
    assert found["2017-02"] == "never_published"
    assert found["2017-09"] == "overdue"


def test_known_gap_is_no_fault() -> None:
    """CNNIC surveyed March 2020 in place of December 2019 (its report no. 45)."""
    assert states("cnnic_report", 2019, dt.date(2022, 3, 31), stock(2019, 6)) == {
        "2019-06": "found",
        "2019-12": "never_published",
    }


def test_in_january_last_year_is_due() -> None:
    assert 2021 in partitions_due(SOURCES["miit_internet"], dt.date(2022, 1, 20))
    assert partitions_due(SOURCES["nbs_income"], dt.date(2022, 1, 10)) == [2021]


def test_window_opens_before_the_usual_day() -> None:
    nbs = SOURCES["nbs_income"]
    assert release_window(nbs, dt.date(2021, 7, 10)) == "2021-06 expected by 2021-07-18"
    assert release_window(nbs, dt.date(2021, 6, 25)) is None


def test_a_report_that_comes_before_its_year_ends_is_looked_for_then() -> None:
    """The games report on 2023 came out on 2023-12-15; other sources are not asked about a year that still runs."""
    day = dt.date(2023, 12, 15)
    assert 2023 in partitions_due(SOURCES["cgigc_games"], day)
    assert (release_window(SOURCES["cgigc_games"], day) or "").startswith("2023-12")
    assert states("cgigc_games", 2023, day, whole_year(2023))["2023-12"] == "found"
    assert release_window(SOURCES["nbs_income"], day) is None


def test_reports_that_dried_up_are_never_published_with_the_reason() -> None:
    """BDA: no. 25 on the third quarter of 2019 is the last one; what existed before is overdue while it is not found."""
    for source in ("bda_speed", "bda_penetration"):
        entries = expectations(SOURCES[source], 2019, found=set(), today=dt.date(2022, 3, 31))
        by_period = {entry.period: entry for entry in entries}
        assert by_period["2019-09"].state == "overdue"
        assert by_period["2019-12"].state == "never_published"
        assert "2019年第三季度" in by_period["2019-12"].sentence
        assert partitions_due(SOURCES[source], dt.date(2022, 1, 20)) == [], (
            "nobody asks for a year that it has not"
        )


def test_a_source_without_a_calendar_is_never_late_and_still_looked_at() -> None:
    platform = SOURCES["ipv6_platform"]
    assert expectations(platform, 2021, found=set(), today=dt.date(2026, 6, 30)) == []
    assert partitions_due(platform, dt.date(2022, 2, 14)) == [2021, 2022], (
        "a page on December may come in February"
    )
    assert partitions_due(platform, dt.date(2019, 2, 14)) == [2019]
    assert release_window(platform, dt.date(2022, 2, 14)) is None
