"""Which period a figure is of, where one name stands for several: by kind of period, header, row label, section."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from prosperity.clean.model import Cleaned
from prosperity.clean.values import header_period
from prosperity.notation.model import cumulative, month, months, stock
from tests.traps.reading import page, read, reasons, released, small_catalogue, values

FROM_JANUARY = ["cumulative", "quarter", "half", "year"]
MONTH: dict[str, Any] = {"id": "sales_month", "unit": "元", "unit_mult": 8, "kind": "flow"}
TOTAL: dict[str, Any] = {"id": "sales_cum", "unit": "元", "unit_mult": 8, "kind": "flow", "cumulative": True}
RATES: list[dict[str, Any]] = [
    {"id": f"{one['id']}_yoy", "unit": "%", "kind": "rate", "cumulative": one.get("cumulative", False)}
    for one in (MONTH, TOTAL)
]
SERIES = [MONTH, TOTAL, *RATES]


def cells(*texts: str) -> str:
    return "<tr>" + "".join(f"<td>{text}</td>" for text in texts) + "</tr>"


def two_headers(
    first: str, second: str, rows: Sequence[Sequence[str]], caption: str = "零售总额主要数据"
) -> str:
    head = (
        f'<tr><td rowspan="2">指标</td><td colspan="2">{first}</td><td colspan="2">{second}</td></tr>'
        + cells("绝对量（亿元）", "同比增长（%）", "绝对量（亿元）", "同比增长（%）")
    )
    return f"<p>{caption}</p><table>{head}{''.join(cells(*row) for row in rows)}</table>"


def column(kinds: list[str], header: str) -> dict[str, Any]:
    return {"header": header, "period": "header", "period_kinds": kinds}


SALES = {
    "tables": [
        {
            "caption": "主要数据",
            "label_header": "指标",
            "level": column(kinds, "绝对量"),
            "rate": column(kinds, "增长"),
            "required": False,
            "rows": [{"label": "^零售总额$", "level": name, "rate": f"{name}_yoy"}],
        }
        for name, kinds in (("sales_month", ["month"]), ("sales_cum", FROM_JANUARY))
    ]
}


def sales(table: str, title: str = "2016年6月份零售总额", issued: str = "2016-07-15") -> Cleaned:
    catalogue = small_catalogue(SERIES, SALES)
    return read(page(table=table), released("other", title, issued), catalogue)


# Retail sales of June 2016 as NBS released them on 15 July 2016.
JUNE = ["零售总额", "26857", "10.6", "156138", "10.3"]
IN_JUNE = {
    ("sales_month", "2016-06"): Decimal(26857),
    ("sales_month_yoy", "2016-06"): Decimal("10.6"),
    ("sales_cum", "2016-06"): Decimal(156138),
    ("sales_cum_yoy", "2016-06"): Decimal("10.3"),
}


def test_month_and_months_from_january_by_header() -> None:
    cleaned = sales(two_headers("6月", "1-6月", [JUNE]))
    assert values(cleaned) == IN_JUNE
    assert not cleaned.rejections


def test_columns_in_the_other_order() -> None:
    turned = [JUNE[0], *JUNE[3:], *JUNE[1:3]]
    assert values(sales(two_headers("1—6月", "6月", [turned]))) == IN_JUNE


@pytest.mark.parametrize("title", ["2016年上半年零售总额", "2016年1-6月份零售总额"])
def test_title_names_the_longer_span(title: str) -> None:
    assert values(sales(two_headers("6月", "1-6月", [JUNE]), title)) == IN_JUNE


def test_january_and_february_together_have_no_month() -> None:
    head = f'<tr><td rowspan="2">指标</td><td colspan="2">1-2月</td></tr>{cells("绝对量（亿元）", "同比增长（%）")}'
    table = f"<p>零售总额主要数据</p><table>{head}{cells('零售总额', '74426', '6.7')}</table>"
    cleaned = sales(table, "2022年1—2月份零售总额", "2022-03-15")
    assert values(cleaned) == {
        ("sales_cum", "2022-02"): Decimal(74426),
        ("sales_cum_yoy", "2022-02"): Decimal("6.7"),
    }


def test_headers_without_a_period_load_nothing() -> None:
    """Two figures under one name and no word on which is the month: neither is taken."""
    cleaned = sales(two_headers("本期", "累计", [JUNE]))
    assert values(cleaned) == {}
    assert "figures of one document contradict each other" in reasons(cleaned)


def test_dashes_are_no_figures() -> None:
    cleaned = sales(two_headers("6月", "1-6月", [["零售总额", "-", "-", "156138", "10.3"]]))
    assert {series for series, _ in values(cleaned)} == {"sales_cum", "sales_cum_yoy"}
    assert not cleaned.rejections


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("绝对量(亿元) 1-6月", cumulative(2016, 6)),
        ("6月 同比增长(%)", month(2016, 6)),
        ("2015年1-6月", cumulative(2015, 6)),
        ("2012年1季度", months(2012, 1, 3, "quarter")),
        ("2012年1-3季度", cumulative(2012, 9)),
        ("2019年6月", stock(2019, 6)),
        ("绝对量(亿元)", None),
    ],
)
def test_header_period_is_completed_by_the_year(text: str, expected: object) -> None:
    assert header_period(text, 2016) == expected


def test_without_a_year_a_header_names_no_period() -> None:
    assert header_period("1-6月") is None


# ------------------------------------------------------------------------------------------ sentences


def spoken(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"statements": [{"measure": "^零售总额$", "unit": "元", **rule} for rule in rules]}


BY_MONTH = {"level": "sales_month", "rate": "sales_month_yoy", "period_kinds": ["month"]}
BY_TOTAL = {"level": "sales_cum", "rate": "sales_cum_yoy", "period_kinds": FROM_JANUARY}
TEXT = "2016年上半年，零售总额156138亿元，同比增长10.3%。其中，6月份零售总额26857亿元，同比增长10.6%。"


def told(era: dict[str, Any], text: str = TEXT) -> Cleaned:
    catalogue = small_catalogue(SERIES, era)
    return read(page(text), released("other", "2016年6月份零售总额", "2016-07-15"), catalogue)


def test_one_measure_is_two_series_by_kind_of_period() -> None:
    cleaned = told(spoken(BY_MONTH, BY_TOTAL))
    assert values(cleaned) == IN_JUNE
    assert not cleaned.rejections


def test_a_period_no_rule_can_have_is_rejected() -> None:
    cleaned = told(spoken(BY_TOTAL))
    assert {series for series, _ in values(cleaned)} == {"sales_cum", "sales_cum_yoy"}
    assert "does not fit sales_cum" in reasons(cleaned)


def test_a_rule_without_series_leaves_what_is_known_elsewhere() -> None:
    cleaned = told(spoken(BY_TOTAL, {"period_kinds": ["month"]}))
    assert {series for series, _ in values(cleaned)} == {"sales_cum", "sales_cum_yoy"}
    assert not cleaned.rejections
    assert not cleaned.unclaimed


def test_growth_on_the_month_before_is_no_growth_on_year() -> None:
    """June 2021: 12.1% on year, 0.7% on May; the second figure has no word but 增长 beside it."""
    text = "6月份，零售总额37586亿元，同比增长12.1%。从环比看，6月份零售总额增长0.7%。"
    catalogue = small_catalogue(SERIES, spoken(BY_MONTH, BY_TOTAL))
    cleaned = read(page(text), released("other", "2021年6月份零售总额", "2021-07-15"), catalogue)
    assert values(cleaned) == {
        ("sales_month", "2021-06"): Decimal(37586),
        ("sales_month_yoy", "2021-06"): Decimal("12.1"),
    }
    assert not cleaned.rejections


# --------------------------------------------------------------------- many periods, one a row; sections

PRODUCT = {
    "all_or_nothing": True,
    "tables": [
        {
            "caption": "累计数据",
            "label_header": "时期",
            "level": {"header": "总值"},
            "rows": [{"label": "季|年", "level": "sales_cum", "period": "label", "required": True}],
        }
    ],
}
# Gross domestic product as known in April 2022 (December 2020 to September 2021).
REVISED = [["2020年", "1013567.0"], ["2021年1季度", "247985.0"], ["1-2季度", "529513.0"], ["前三季度", "819432.3"]]  # fmt: skip


def revised(rows: Sequence[Sequence[str]], all_or_nothing: bool = True) -> Cleaned:
    table = f"<p>总值累计数据</p><table>{cells('时期', '总值（亿元）')}{''.join(cells(*row) for row in rows)}</table>"
    catalogue = small_catalogue(SERIES, {**PRODUCT, "all_or_nothing": all_or_nothing})
    return read(
        page(table=table), released("other", "2021年前三季度及以前数据的修订", "2022-04-30"), catalogue
    )


def test_row_labels_name_the_period_and_keep_the_year_above() -> None:
    cleaned = revised(REVISED)
    assert values(cleaned) == {
        ("sales_cum", "2020-12"): Decimal("1013567.0"),
        ("sales_cum", "2021-03"): Decimal("247985.0"),
        ("sales_cum", "2021-06"): Decimal("529513.0"),
        ("sales_cum", "2021-09"): Decimal("819432.3"),
    }
    assert not cleaned.rejections


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["2021年3季度", "290964"], "does not fit sales_cum"),  # a single quarter among the sums
        (["2021年前三季度", "8194323,"], "holds no single number"),
        (["2021年上半年", "529512"], "contradict each other"),
    ],
)
def test_a_document_that_loads_whole_or_not_at_all(row: list[str], reason: str) -> None:
    half = revised([*REVISED, row])
    assert values(half) == {}
    assert reason in reasons(half)
    assert "loaded as a whole or not at all" in reasons(half)
    assert values(revised([*REVISED, row], all_or_nothing=False))


def test_label_without_any_year_is_rejected() -> None:
    cleaned = revised([["1季度", "247985.0"], *REVISED[:1], *REVISED[3:]])
    assert values(cleaned) == {}
    assert "no period is named by '1季度'" in reasons(cleaned)


def test_rows_of_one_name_by_section() -> None:
    """Income, its median and expenditure of the first half of 2018 each have a row of towns."""
    rows = [
        ["（一）全国人均收入", "14063"],
        ["城镇居民", "19770"],
        ["（二）全国人均收入中位数", "12186"],
        ["城镇居民", "18048"],
        ["（三）全国人均支出", "9609"],
        ["城镇居民", "12745"],
    ]
    era = {
        "tables": [
            {
                "caption": "主要数据",
                "label_header": "指标",
                "sections": "全国人均",
                "unit": "亿元",
                "level": {"header": "绝对量"},
                "rows": [{"label": "^城镇居民$", "section": "全国人均收入$", "level": "sales_cum"}],
            }
        ]
    }
    table = f"<p>主要数据</p><table>{cells('指标', '绝对量')}{''.join(cells(*row) for row in rows)}</table>"
    cleaned = read(
        page(table=table),
        released("other", "2018年上半年收入", "2018-07-16"),
        small_catalogue(SERIES, era),
    )
    assert values(cleaned) == {("sales_cum", "2018-06"): Decimal(19770)}
