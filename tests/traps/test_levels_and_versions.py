"""Traps 1 to 8: year-to-date figures, restated levels, changes of sample, threshold, price base and scope."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from prosperity.catalogue.versions import break_between
from prosperity.clean.model import Cleaned
from prosperity.clean.plausible import KnownValue
from prosperity.collect.calendar import expectations
from prosperity.index import Point
from prosperity.index.derived import DerivedPoint, derive
from prosperity.index.transform import decumulate
from prosperity.notation.model import stock
from tests.traps.reading import SHIPPED, miit, page, read, reasons, released, small_catalogue, values

REVENUE = "miit_inet_rev_cum"


def points(figures: dict[str, float]) -> list[Point]:
    return [Point(period, value, "A", period, dt.date(2024, 1, 1)) for period, value in figures.items()]


def derived(name: str, series: str, figures: dict[str, float]) -> dict[str, DerivedPoint]:
    versions = {series: SHIPPED.series[series].versions}
    found = derive(SHIPPED.derived[name], {series: points(figures)}, versions)
    return {point.period: point for point in found}


def revenue(span: str, figure: str, rate: str, title: str, issued: str, **options: Any) -> Cleaned:
    text = f"{span},我国规模以上互联网企业完成业务收入{figure}亿元,同比增长{rate}%。"
    return miit(text, title=f"{title}互联网和相关服务业运行情况", issued=issued, **options)


def test_trap_01_cumulative_only_no_january() -> None:
    """1—2月 1311亿元 is one observation, to February; nothing is made of January, and no release of it is missed."""
    cleaned = revenue("1—2月", "1311", "4.5", "2020年1-2月", "2020-03-30")
    assert values(cleaned) == {
        (REVENUE, "2020-02"): Decimal(1311),
        (f"{REVENUE}_yoy", "2020-02"): Decimal("4.5"),
    }
    calendar = expectations(
        SHIPPED.sources["miit_internet"], 2020, found=[stock(2020, 2)], today=dt.date(2020, 4, 1)
    )
    assert [entry.period for entry in calendar][:2] == ["2020-02", "2020-03"]
    # 2153 to March, 12838 to December: what lies between spans three quarters and stays one gap.
    spans = {point.quarter for point in decumulate("x", points({"2020-03": 2153, "2020-12": 12838}))}
    assert spans == {"2020-Q1"}


def test_trap_02_level_and_rate_do_not_belong_together() -> None:
    """H1 2021 6951亿元 +25.6%, H1 2020 5907: the levels give +17.7%. Both are kept, as two series; what is compared
    over years is chained from the rates."""
    cleaned = revenue("上半年", "6951", "25.6", "2021年上半年", "2021-07-30")
    assert values(cleaned)[REVENUE, "2021-06"] == 6951
    assert values(cleaned)[f"{REVENUE}_yoy", "2021-06"] == Decimal("25.6")
    rates = {
        "2018-03": 23.8, "2018-06": 22.9, "2018-09": 19.4, "2018-12": 20.3,
        "2019-06": 17.9, "2019-12": 21.4, "2020-06": 14.1, "2021-06": 25.6,
    }  # fmt: skip
    found = derived("miit_inet_rev_comparable", f"{REVENUE}_yoy", rates)
    growth = (found["2021-Q2"].value or 0) / (found["2020-Q2"].value or 1)
    assert growth == pytest.approx(1.256)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("2020-03", 2153), ("2020-06", 5907)),  # replaced between March and April
        (("2021-06", 6951), ("2021-09", 11633)),  # widened in July
        (("2023-09", 10294), ("2023-12", 17483)),  # replaced in October
    ],
)
def test_trap_03_sample_replaced_inside_a_year(before: tuple[str, float], after: tuple[str, float]) -> None:
    """The quarter between them is no flow: it is refused with the reason, not computed."""
    found = derived("miit_inet_rev_quarter", REVENUE, dict([before, after]))
    quarter = f"{after[0][:4]}-Q{int(after[0][5:]) // 3}"
    assert found[quarter].value is None
    assert "two sides of a break" in found[quarter].steps[0]


def test_trap_03_the_levels_themselves_are_right() -> None:
    """Jan–Oct 2023 14039亿元 after 10294 to September: a jump of the sample, not a misprint; it is loaded."""
    known = {
        REVENUE: [
            KnownValue("2023-05", Decimal(5310), "a"),
            KnownValue("2023-06", Decimal(6433), "b"),
            KnownValue("2023-09", Decimal(10294), "c"),
        ]
    }
    cleaned = revenue("1—10月份", "14039", "5.9", "2023年1－10月份", "2023-11-30", known=known)
    assert values(cleaned)[REVENUE, "2023-10"] == 14039
    assert not cleaned.rejections


def test_trap_04_cumulative_series_can_fall() -> None:
    """营业利润 1193亿元 to November 2020, 1187 to December: both are what was published, none is mended."""
    november = miit(
        "1—11月,全行业共实现营业利润1193亿元,同比增长9.9%。",
        title="2020年1－11月互联网和相关服务业运行情况", issued="2020-12-30",
    )  # fmt: skip
    known = {
        f.series: [KnownValue(f.period, f.value, "november")]
        for f in november.observations
        if f.value is not None
    }
    year = miit(
        "2020年,全行业实现营业利润1187亿元,同比增长13.2%。",
        title="2020年互联网和相关服务业运行情况", issued="2021-01-29", known=known,
    )  # fmt: skip
    assert values(november)["miit_inet_opprofit_cum", "2020-11"] == 1193
    assert values(year)["miit_inet_opprofit_cum", "2020-12"] == 1187
    assert not november.rejections and not year.rejections


def test_trap_05_operating_and_total_profit_are_two_series() -> None:
    """H1 2022: the sentence says 利润总额, the legend of the chart below still 营业利润."""
    cleaned = miit(
        "上半年,我国规模以上互联网企业实现利润总额645.4亿元,同比下降6.2%。",
        "图2 互联网企业营业利润增长情况(%)",
        title="2022年上半年互联网和相关服务业运行情况",
        issued="2022-07-27",
    )
    assert values(cleaned) == {
        ("miit_inet_profit_cum", "2022-06"): Decimal("645.4"),
        ("miit_inet_profit_cum_yoy", "2022-06"): Decimal("-6.2"),
    }
    predecessor = SHIPPED.series["miit_inet_profit_cum"].predecessor
    assert predecessor and predecessor.splice.method == "none"


def test_trap_05_renamed_field_opens_a_version() -> None:
    """互联网数据中心业务 (2018H1 48.6亿元, −1.5%) and 互联网数据服务 (2019H1 48.2亿元, +34.2%)."""
    old = miit(
        "上半年,互联网企业完成互联网数据中心业务收入48.6亿元,同比下降1.5%。",
        title="2018年上半年互联网和相关服务业运行情况", issued="2018-08-19",
    )  # fmt: skip
    new = miit(
        "上半年,互联网企业完成互联网数据服务收入48.2亿元,同比增长34.2%。",
        title="2019年上半年互联网和相关服务业运行情况", issued="2019-07-30",
    )  # fmt: skip
    assert values(old)["miit_inet_data_cum", "2018-06"] == Decimal("48.6")
    assert values(new)["miit_inet_data_cum", "2019-06"] == Decimal("48.2")
    versions = SHIPPED.series["miit_inet_data_cum"].versions
    assert break_between(versions, "2018-06", "2019-06") is not None


def test_trap_05_growth_of_a_field_is_not_growth_of_the_whole() -> None:
    """Since 2022 fields give growth only: 8.2% of firms that mainly serve information is the field's rate, in a version
    of its own, and nobody else's; what firms of other fields grew by is no series' rate."""
    cleaned = miit(
        "1—7月份,互联网企业完成互联网业务收入10125亿元,同比增长5%。",
        "1—7月份,以信息服务为主的企业(包括新闻资讯、搜索、社交等)互联网业务收入同比增长8.2%。",
        "1—7月份,主要提供网络销售服务的企业(包括综合电商、快递等)互联网业务收入同比下降4.7%。",
        title="2024年1-7月互联网和相关服务业运行情况",
        issued="2024-08-30",
    )
    assert values(cleaned) == {
        (REVENUE, "2024-07"): Decimal(10125),
        (f"{REVENUE}_yoy", "2024-07"): Decimal(5),
        ("miit_inet_infoserv_cum_yoy", "2024-07"): Decimal("8.2"),
    }
    versions = SHIPPED.series["miit_inet_infoserv_cum"].versions
    assert break_between(versions, "2021-07", "2022-07") is not None


def test_trap_06_price_base_of_telecom_volume() -> None:
    """电信业务总量: 65556亿元 for 2018 in prices of 2015, 15000 for 2020 in prices of the year before. The fall is
    neither a misprint nor a growth rate; figures of one price base are still held against each other."""
    rates = {"method": "chain_rates", "source": "published rates"}
    versions = [
        {"id": "prices-2010", "last": "2016-12", "note": "2010 prices"},
        {
            "id": "prices-2015", "first": "2017-01", "last": "2019-12", "note": "2015 prices",
            "change": "price_base", "splice": rates,
        },
        {"id": "prior-year", "first": "2020-01", "note": "prices of the year before", "change": "price_base", "splice": rates},
    ]  # fmt: skip
    series: dict[str, Any] = {
        "id": "volume", "unit": "元", "unit_mult": 8, "kind": "flow", "cumulative": True, "jump": 3, "versions": versions,
    }  # fmt: skip
    growth = {"id": "volume_yoy", "unit": "%", "kind": "rate", "cumulative": True, "rate_of": "volume"}
    rule = {"level": "volume", "measure": "电信业务总量", "unit": "元"}
    whole = small_catalogue([series, growth], {"statements": [rule]})
    known = {
        "volume": [
            KnownValue("2018-12", Decimal(65556), "a"),
            KnownValue("2018-07", Decimal(31277), "b"),
            KnownValue("2020-03", Decimal(3444), "c"),
            KnownValue("2020-06", Decimal(7126), "d"),
        ]
    }

    def volume(figure: str) -> Cleaned:
        text = f"2020年,电信业务总量完成{figure}亿元,同比增长20.6%。"
        return read(page(text), released("other", "2020年通信业统计公报", "2021-01-26"), whole, known=known)

    assert values(volume("15000")) == {("volume", "2020-12"): Decimal(15000)}
    assert not volume("65556").observations, (
        "a figure on the old prices is out of line with those on the new ones"
    )
    assert break_between(whole.series["volume"].versions, "2016-12", "2017-03")
    assert break_between(whole.series["volume"].versions, "2018-12", "2020-12")


def test_trap_07_same_name_other_scope() -> None:
    """5G手机终端连接数 4.97亿 (2021-11) is not 5G移动电话用户 3.55亿 (2021-12)."""
    series = {"id": "users", "unit": "户", "unit_mult": 8, "kind": "stock"}
    rule = {"level": "users", "measure": "^5G移动电话用户(数|总数|规模)?$", "unit": "户"}
    whole = small_catalogue([series], {"statements": [rule]})

    def users(text: str, title: str, issued: str) -> Cleaned:
        return read(page(text), released("other", title, issued), whole)

    connected = users("截至11月末,5G手机终端连接数达4.97亿户。", "2021年1-11月通信业", "2021-12-22")
    assert not connected.observations
    assert connected.unclaimed == ("5G手机终端连接数: 4.97亿户",)
    told = users("截至12月末,5G移动电话用户达3.55亿户。", "2021年通信业", "2022-02-08")
    assert values(told) == {("users", "2021-12"): Decimal("3.55")}


def test_trap_08_quarter_on_quarter_is_never_taken_for_year_on_year() -> None:
    """Market value 8.00 → 10.19万亿元 in 2019Q1: 27.4% is 环比, as the ratio of the levels shows."""
    series = [
        {"id": "value", "unit": "元", "unit_mult": 12, "kind": "stock", "frequency": "Q"},
        {"id": "value_yoy", "unit": "%", "kind": "rate", "frequency": "Q", "rate_of": "value"},
    ]
    rule = {"level": "value", "rate": "value_yoy", "measure": "总市值", "unit": "元"}
    whole = small_catalogue(series, {"statements": [rule]})
    cleaned = read(
        page("2019年一季度末,上市互联网企业总市值为10.19万亿元,环比增长27.4%。"),
        released("other", "2019年第一季度互联网上市企业运行情况", "2019-04-13"),
        whole,
    )
    assert {series for series, _ in values(cleaned)} == {"value"}
    growing = read(
        page("2019年一季度末,上市互联网企业总市值为10.19万亿元,同比增长2.7%。"),
        released("other", "2019年第一季度互联网上市企业运行情况", "2019-04-13"),
        whole,
    )
    assert "value_yoy" in {series for series, _ in values(growing)}, reasons(growing)
