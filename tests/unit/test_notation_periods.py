"""Periods: every wording of the sources, the inference of years, and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosperity.clean import parse_period
from prosperity.notation import Period, PeriodError, find_periods
from prosperity.notation.model import cumulative, half, month, quarter, stock, whole_year

ISSUED = dt.date(2021, 11, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1-2月", cumulative(2021, 2)),
        ("1—7月份", cumulative(2021, 7)),
        ("1－10月份", cumulative(2021, 10)),
        ("１～９月", cumulative(2021, 9)),
        ("1一11月", cumulative(2020, 11)),
        ("1月至10月", cumulative(2021, 10)),
        ("今年1至5月", cumulative(2021, 5)),
        ("前7个月", cumulative(2021, 7)),
        ("前兩個月", cumulative(2021, 2)),
        ("前10月", cumulative(2021, 10)),
        ("首五個月", cumulative(2021, 5)),
        ("前三季度", cumulative(2021, 9)),
        ("一至三季度", cumulative(2021, 9)),
        ("上半年", half(2021, 1)),
        ("下半年", half(2020, 2)),
        ("一季度", quarter(2021, 1)),
        ("第一季度", quarter(2021, 1)),
        ("四季度", quarter(2020, 4)),
        ("2021年Q3", quarter(2021, 3)),
        ("2021Q3", quarter(2021, 3)),
        ("4-6月", quarter(2021, 2)),
        ("截至6月末", stock(2021, 6)),
        ("截至2019年6月底", stock(2019, 6)),
        ("截至 2018 年 6 月 30 日", stock(2018, 6)),
        ("9月末", stock(2021, 9)),
        ("截至三季度末", stock(2021, 9)),
        ("2019年底", stock(2019, 12)),
        ("上年末", stock(2020, 12)),
        ("2021年", whole_year(2021)),
        ("二〇二一年", whole_year(2021)),
        ("2020年全年", whole_year(2020)),
        ("全年", whole_year(2020)),
        ("2020年3月", month(2020, 3)),
        ("6月", month(2021, 6)),
        ("11月份", month(2020, 11)),
        ("二〇二一年一月至十月", cumulative(2021, 10)),
        ("（2018.11）", month(2018, 11)),
        ("2018.11", month(2018, 11)),
        ("2023年1－7月互联网和相关服务业运行情况", cumulative(2023, 7)),
        ("中国宽带资费水平报告（2019年第四季度）", quarter(2019, 4)),
        ("较2018年底增长，截至2019年6月", stock(2019, 6)),
    ],
)
def test_wordings(text: str, expected: Period) -> None:
    assert parse_period(text, ISSUED) == expected


@pytest.mark.parametrize(
    "text",
    ["", "2016-2020", "2016-2020年", "2019年12月-2020年3月", "3-5月", "13月", "0月", "5季度", "3个月", "7月22日", "2019", "今年", "去年", "较2018年底增长", "2021年10月8日", "月" * 5000],
)  # fmt: skip
def test_no_period(text: str) -> None:
    with pytest.raises(PeriodError):
        parse_period(text, ISSUED)


@pytest.mark.parametrize(
    ("issued", "year"),
    [
        (dt.date(2020, 1, 31), 2019),  # the year's figures come out in January
        (dt.date(2019, 12, 31), 2018),  # not yet ended: it must have ended strictly before
        (dt.date(2020, 1, 1), 2019),
    ],
)
def test_year_is_the_latest_that_had_ended(issued: dt.date, year: int) -> None:
    assert parse_period("1-12月", issued) == cumulative(year, 12)


def test_printed_year_always_wins() -> None:
    assert parse_period("2020年", dt.date(2020, 12, 17)) == whole_year(2020)


def test_without_year_and_date_of_issue() -> None:
    with pytest.raises(ValueError, match="year"):
        parse_period("上半年")


def test_found_in_text_with_spans() -> None:
    text = "7月22日发布：２０２１年上半年完成7亿元，比2020年上半年增长；截至6月末达3亿户，较上年末净增1万户"
    found = [(period, text[start:end]) for period, (start, end) in find_periods(text, ISSUED)]
    assert found == [(half(2021, 1), "２０２１年上半年"), (stock(2021, 6), "截至6月末")]


def test_default_year_before_inference() -> None:
    assert find_periods("上半年", ISSUED, default_year=2019) == [(half(2019, 1), (0, 3))]
    assert find_periods("上半年") == []


FORMS = {
    "cumulative": lambda y, m: (f"{y}年1-{m}月份", cumulative(y, m)),
    "ahead": lambda y, m: (f"{y}年前{m}个月", cumulative(y, m)),
    "month": lambda y, m: (f"{y}年{m}月", month(y, m)),
    "stock": lambda y, m: (f"截至{y}年{m}月末", stock(y, m)),
}


@given(st.sampled_from(sorted(FORMS)), st.integers(1990, 2099), st.integers(2, 12), st.booleans())
def test_what_is_worded_is_read_back(form: str, year: int, number: int, wide: bool) -> None:
    text, expected = FORMS[form](year, number)
    if wide:
        text = text.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    assert parse_period(text) == expected
    assert find_periods(f"（{text}）") == [(expected, (1, 1 + len(text)))]


@given(st.integers(1, 12), st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)))
def test_inferred_period_is_over_and_no_later_one_was(number: int, issued: dt.date) -> None:
    period = parse_period(f"{number}月", issued)
    assert period.end < issued
    assert month(period.end.year + 1, number).end >= issued


@given(
    st.lists(
        st.sampled_from(
            [
                "2019",
                "年",
                "1",
                "-",
                "7",
                "月",
                "份",
                "末",
                "截至",
                "前",
                "季度",
                "上半年",
                "日",
                "较",
                "一",
                "十",
                "Q",
            ]
        )
        | st.characters()
    ).map("".join),
    st.none() | st.dates(),
)
def test_no_string_gives_another_error(text: str, issued: dt.date | None) -> None:
    try:
        parse_period(text, issued)
    except PeriodError as error:
        assert str(error)
    for _, (start, end) in find_periods(text, issued):
        assert 0 <= start < end <= len(text)
