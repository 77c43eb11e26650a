"""Several releases that claim one period; title, text and calendar held against each other (trap 19)."""

from __future__ import annotations

import datetime as dt

import pytest

from prosperity import catalogue
from prosperity.catalogue.model import Source
from prosperity.collect.calendar import periods_by_calendar
from prosperity.collect.claims import of_kind, settle
from prosperity.collect.discover import Item
from prosperity.notation.model import cumulative, half, quarter, stock, whole_year

SHIPPED = catalogue.load()
#: Monthly licence reports, out about two weeks after the month (sources.md §1).
LICENCES = SHIPPED.sources["miit_internet"].model_copy(
    update={
        "calendar": SHIPPED.sources["miit_internet"].calendar.model_copy(
            update={
                "months": tuple(range(1, 13)),
                "expected_days": 14,
                "latest_days": 25,
                "earliest_days": None,
            }
        )
    }
)


def item(title: str, issued: str, address: str = "") -> Item:
    return Item(
        title, address or f"https://h.example/{issued}.pdf", dt.date.fromisoformat(issued), "list_date"
    )


def settled(source: Source, *items: Item) -> tuple[dict[str, str], list[str]]:
    found = settle(source, source.discovery[0], items)
    return {address[-14:-4]: period.code for address, period in found.periods.items()}, sorted(
        found.contested.values()
    )


def test_the_second_report_called_2023_3_is_april() -> None:
    """Real: （2023.3） stood on the reports of 2023-04-13 and 2023-05-12, the second of which is April."""
    title = "国内增值电信业务许可情况报告（2023.3）"
    periods, contested = settled(LICENCES, item(title, "2023-05-12"), item(title, "2023-04-13"))
    assert periods == {"2023-04-13": "2023-03", "2023-05-12": "2023-04"}
    assert any("that of 2023-05-12 is taken for 2023-04" in line for line in contested)
    assert all("issued 2023-04-13 and 2023-05-12" in line for line in contested)


def test_a_period_that_another_release_has_is_not_given_away() -> None:
    title = "国内增值电信业务许可情况报告（2023.3）"
    april = item("国内增值电信业务许可情况报告（2023.4）", "2023-05-11")
    periods, contested = settled(LICENCES, item(title, "2023-05-12"), item(title, "2023-04-13"), april)
    assert periods == {"2023-04-13": "2023-03", "2023-05-12": "2023-03", "2023-05-11": "2023-04"}
    assert all("both are kept" in line for line in contested)


def test_titles_that_lag_behind_one_after_the_other_are_moved_on_together() -> None:
    """Real: （2023.3） on 2023-04-13 and 2023-05-12, （2023.4） on 2023-06-14, （2023.6） on 2023-07-14."""
    march = "国内增值电信业务许可情况报告（2023.3）"
    periods, contested = settled(
        LICENCES,
        item("国内增值电信业务许可情况报告（2023.6）", "2023-07-14"),
        item("国内增值电信业务许可情况报告（2023.4）", "2023-06-14"),
        item(march, "2023-05-12"),
        item(march, "2023-04-13"),
    )
    assert periods == {
        "2023-04-13": "2023-03",
        "2023-05-12": "2023-04",
        "2023-06-14": "2023-05",
        "2023-07-14": "2023-06",
    }
    assert [line for line in contested if "2023-06-14 is taken for 2023-05" in line]
    assert len(contested) == 3


def test_titles_are_not_moved_where_the_last_one_would_have_no_month() -> None:
    """The month that the second （2023.4） would move on to has a release of its own: nothing is moved."""
    march, april = (f"国内增值电信业务许可情况报告（2023.{month}）" for month in (3, 4))
    periods, contested = settled(
        LICENCES,
        item("国内增值电信业务许可情况报告（2023.5）", "2023-06-13"),
        item(april, "2023-06-14"),
        item(march, "2023-05-12"),
        item(march, "2023-04-13"),
    )
    assert periods == {
        "2023-04-13": "2023-03",
        "2023-05-12": "2023-03",
        "2023-06-14": "2023-04",
        "2023-06-13": "2023-05",
    }
    assert all("both are kept" in line for line in contested)


def test_a_late_second_issue_stays_what_it_says() -> None:
    """Real: 中国宽带资费水平报告（2019年第四季度） on 2020-03-17 and 2020-08-21: no one other quarter is due on that day."""
    quarterly = LICENCES.model_copy(
        update={
            "calendar": LICENCES.calendar.model_copy(
                update={"frequency": "Q", "months": (3, 6, 9, 12), "expected_days": 90, "latest_days": 106,
                        "earliest_days": 77}
            )
        }
    )  # fmt: skip
    title = "中国宽带资费水平报告（2019年第四季度）"
    periods, contested = settled(quarterly, item(title, "2020-03-17"), item(title, "2020-08-21"))
    assert set(periods.values()) == {"2019-Q4"}
    assert len(contested) == 2


def test_one_release_alone_is_believed_however_late() -> None:
    """Re-hung pages carry new dates (sources.md §2): a date alone takes no period away."""
    periods, contested = settled(LICENCES, item("国内增值电信业务许可情况报告（2023.3）", "2023-12-01"))
    assert list(periods.values()) == ["2023-03"] and contested == []


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        ("2023-04-13", [(2023, 3)]),
        ("2023-05-12", [(2023, 4)]),
        ("2024-01-10", [(2023, 12)]),
        ("2023-04-28", []),
    ],
)
def test_what_the_calendar_expects_on_a_day(issued: str, expected: list[tuple[int, int]]) -> None:
    assert periods_by_calendar(LICENCES, dt.date.fromisoformat(issued)) == expected


def test_a_period_keeps_its_kind_when_it_moves() -> None:
    assert of_kind(cumulative(2023, 3), 2023, 4) == cumulative(2023, 4)
    assert of_kind(quarter(2019, 4), 2020, 3) == quarter(2020, 1)
    assert of_kind(half(2019, 2), 2020, 6) == half(2020, 1)
    assert of_kind(stock(2019, 12), 2020, 3) == stock(2020, 3)
    assert of_kind(whole_year(2019), 2020, 12) == whole_year(2020)
