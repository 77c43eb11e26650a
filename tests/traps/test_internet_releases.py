"""What else stands in the ministry's Internet releases, on the real path: regions, provinces, fields by enterprises.

Figures are published ones; the wordings are ours after the manner of the releases.
"""

from __future__ import annotations

from decimal import Decimal

from tests.traps.reading import miit, reasons, values

REVENUE, EAST = "miit_inet_rev_cum", "miit_inet_rev_east_cum"


def test_the_eastern_region_is_a_series_and_other_regions_are_not() -> None:
    cleaned = miit(
        "2022年,我国规模以上互联网和相关服务企业1(以下简称互联网企业)完成互联网业务收入14590亿元,同比下降1.1%。",
        "东部地区互联网业务收入增长承压。2022年,东部地区完成互联网业务收入13244亿元,同比下降0.2%,占全国互联网业务收入的比重为90.8%。"
        "中部地区完成互联网业务收入570.8亿元,同比增长1.1%。西部地区完成互联网业务收入721.1亿元,同比下降16.9%。",
        title="2022年互联网和相关服务业运行情况",
        issued="2023-01-31",
    )
    assert values(cleaned) == {
        (REVENUE, "2022-12"): Decimal(14590),
        (f"{REVENUE}_yoy", "2022-12"): Decimal("-1.1"),
        (EAST, "2022-12"): Decimal(13244),
        (f"{EAST}_yoy", "2022-12"): Decimal("-0.2"),
    }
    assert reasons(cleaned) == ""


def test_east_without_the_word_for_on_year() -> None:
    cleaned = miit(
        "上半年,东部地区完成互联网业务收入4239亿元,增长18.5%,占全国(扣除跨地区企业)互联网业务收入的比重为91.8%。",
        title="2019年上半年互联网和相关服务业运行情况",
        issued="2019-07-30",
    )
    assert values(cleaned) == {(EAST, "2019-06"): Decimal(4239), (f"{EAST}_yoy", "2019-06"): Decimal("18.5")}


def test_provinces_in_front_are_not_the_country() -> None:
    cleaned = miit(
        "1-7月,我国互联网企业完成业务收入3848亿元,同比增长29.3%。",
        "总量居前三位的广东、上海、北京完成互联网业务收入分别增长23.7%、28.9%和13.4%。",
        "1-7月,互联网业务累计收入居前5名的广东、上海、北京、浙江和江苏共完成互联网业务收入3227亿元。",
        title="2017年1-7月互联网和相关服务业运行情况",
        issued="2017-08-30",
    )
    assert values(cleaned) == {
        (REVENUE, "2017-07"): Decimal(3848),
        (f"{REVENUE}_yoy", "2017-07"): Decimal("29.3"),
    }
    assert reasons(cleaned) == ""


def test_revenue_of_platform_enterprises_is_that_of_the_platforms() -> None:
    cleaned = miit(
        "前10月,规上企业完成业务收入9902亿元,同比增长21%。",
        "前10月,互联网平台企业实现业务收入2575亿元,同比增长22.4%,比前9月提升2.7个百分点。",
        title="2019年1-10月互联网和相关服务业运行情况",
        issued="2019-11-29",
    )
    assert values(cleaned) == {
        (REVENUE, "2019-10"): Decimal(9902),
        (f"{REVENUE}_yoy", "2019-10"): Decimal(21),
        ("miit_inet_platform_cum", "2019-10"): Decimal(2575),
        ("miit_inet_platform_cum_yoy", "2019-10"): Decimal("22.4"),
    }


def test_a_flow_behind_a_stock_runs_to_the_same_day() -> None:
    """A newspaper joins the paragraphs: the income behind 截至7月末 is that of January to July."""
    cleaned = miit(
        "截至7月末,部署的服务器数量达到106.7万台,同比增长30.1%。互联网企业完成互联网接入业务收入110亿元,同比下降23.9%。",
        title="2017年1-7月互联网和相关服务业运行情况",
        issued="2017-08-30",
    )
    assert values(cleaned) == {
        ("miit_inet_servers", "2017-07"): Decimal("106.7"),
        ("miit_inet_servers_yoy", "2017-07"): Decimal("30.1"),
        ("miit_inet_access_cum", "2017-07"): Decimal(110),
        ("miit_inet_access_cum_yoy", "2017-07"): Decimal("-23.9"),
    }


def test_a_flow_behind_a_stock_of_another_month_is_refused() -> None:
    cleaned = miit(
        "截至6月末,部署的服务器数量达到106.7万台。互联网企业完成互联网接入业务收入110亿元。",
        title="2017年1-7月互联网和相关服务业运行情况",
        issued="2017-08-30",
    )
    assert ("miit_inet_access_cum", "2017-07") not in values(cleaned)
    assert "does not fit miit_inet_access_cum" in reasons(cleaned)


def test_trap_05_total_profit_under_a_chart_of_operating_profit() -> None:
    cleaned = miit(
        "1—7月份,我国规模以上互联网企业营业成本同比增长3.5%,增速较上半年回落1.9个百分点。实现利润总额815亿元,同比下降7.3%,"
        "降幅较上半年扩大1.1个百分点。",
        "图2 互联网和相关服务业营业利润增长情况(%)",
        title="2022年1－7月份互联网和相关服务业运行情况",
        issued="2022-08-30",
    )
    assert values(cleaned) == {
        ("miit_inet_profit_cum", "2022-07"): Decimal(815),
        ("miit_inet_profit_cum_yoy", "2022-07"): Decimal("-7.3"),
    }
