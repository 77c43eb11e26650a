"""Traps of the telecommunications pages, on the real path. Figures are published ones unless a comment says otherwise;
the wordings are ours after the manner of the releases."""

from __future__ import annotations

from decimal import Decimal

import pytest

from prosperity.catalogue.versions import break_between
from prosperity.clean.model import Cleaned
from prosperity.notation import parse_change, parse_quantity
from prosperity.notation.model import QuantityError
from tests.traps.reading import SHIPPED, page, read, reasons, released, rows, values

Values = dict[tuple[str, str], Decimal | None]


def telecom(*paragraphs: str, title: str, issued: str, table: str = "") -> Cleaned:
    return read(page(*paragraphs, table=table), released("miit_telecom", title, issued))


def figures(period: str, **wanted: str) -> Values:
    """What a page must give: series without their prefix."""
    return {(f"miit_{name}", period): Decimal(value) for name, value in wanted.items()}


def test_trap_05_rates_on_a_comparable_basis_are_the_published_rates() -> None:
    """2015: the base is restated for the new tax; +0.8% is printed, the levels would give −2.5%."""
    cleaned = telecom(
        "经初步核算,2015年电信业务收入完成11251.4亿元,按可比口径测算同比增长0.8%,比上年回落2.8个百分点。",
        title="2015年通信运营业统计公报",
        issued="2016-01-25",
    )
    assert values(cleaned) == figures("2015-12", tel_rev_cum="11251.4", tel_rev_cum_yoy="0.8")
    assert break_between(SHIPPED.series["miit_tel_rev_cum"].versions, "2014-12", "2015-12") is not None
    assert parse_change("按可比口径测算同比增长0.8%").rate == Decimal("0.8")


def test_trap_06_every_price_base_of_the_volume_is_a_version() -> None:
    """35948亿元 (2016) → 4892 (January to March 2017) → 65556 (2018) → 15000 (2020) → 17000 → 17498 (2022)."""
    versions = SHIPPED.series["miit_tel_volume"].versions
    for earlier, later in [
        ("2016-12", "2017-03"),
        ("2018-12", "2020-12"),
        ("2020-12", "2021-12"),
        ("2021-12", "2022-12"),
    ]:
        found = break_between(versions, earlier, later)
        assert found is not None and found.change == "price_base" and found.splice is not None
        assert found.splice.method == "chain_rates"
    assert break_between(versions, "2015-12", "2016-12") is None
    assert break_between(versions, "2017-12", "2018-12") is None
    cleaned = telecom(
        "2022年,按照上年不变价计算的电信业务总量17498亿元(1),同比增长21.3%。",
        title="2022年通信业统计公报",
        issued="2023-01-19",
    )
    assert values(cleaned) == figures("2022-12", tel_volume="17498", tel_volume_yoy="21.3")


def test_trap_07_connections_of_handsets_are_not_users() -> None:
    before = telecom(
        "截至11月末,移动电话用户总数达16.42亿户。其中,5G手机终端连接数达4.97亿户,比上年末净增2.98亿户。",
        title="2021年1－11月份通信业经济运行情况",
        issued="2021-12-22",
    )
    after = telecom(
        "截至2021年底,5G移动电话用户达到3.55亿户。", title="2021年通信业统计公报", issued="2022-01-26"
    )
    assert values(before) == figures("2021-11", mobile_users="16.42") | figures(
        "2021-11", **{"5g_connections": "4.97"}
    )
    assert values(after) == figures("2021-12", **{"5g_users": "3.55"})


def test_a_list_of_regions_is_no_figure_of_the_country() -> None:
    cleaned = telecom(
        "前7个月,东、中、西部和东北地区移动互联网接入流量分别达到921.4亿GB、518.5亿GB、630亿GB和130.2亿GB,"
        "同比增长16%、16.3%、15.1%和25.3%。",
        "截至7月末,东、中、西部和东北地区5G移动电话用户分别达4.92亿、2.7亿、2.97亿、0.78亿户,"
        "占本地区移动电话用户总数的比重分别为62.3%、63.2%、62.6%、63%。",
        "6月末,东、中、西部地区光纤接入用户分别达到15820万户、8731万户和8299万户。",
        "前7个月,东部地区实现电信业务收入6290.4亿元,占全国电信业务收入比重为54.2%。",
        title="2025年前7个月通信业经济运行情况",
        issued="2025-08-27",
    )
    assert values(cleaned) == {}


def test_increases_and_new_stations_are_no_levels() -> None:
    cleaned = telecom(
        "2月末,移动电话用户总数14.4亿户,1-2月累计净增②2406万户。4G用户净增3555万户,总数达到10.3亿户,占移动电话用户的71.6%。",
        title="2018年2月份通信业经济运行情况",
        issued="2018-03-23",
    )
    assert values(cleaned) == figures("2018-02", mobile_users="14.4", **{"4g_users": "10.3"})
    cleaned = telecom(
        "2018年,全国净增移动通信基站29万个,总数达648万个。2018年新建4G基站43.9万个,总数达到372万个。"
        "全国新建光缆线路长度578万公里,全国光缆线路总长度达4358万公里。",
        title="2018年通信业统计公报",
        issued="2019-01-25",
    )
    assert values(cleaned) == figures("2018-12", mobile_bs="648", fibre_cable="4358", **{"4g_bs": "372"})


def test_the_month_beside_the_year_to_date_is_left_aside() -> None:
    """August and January to August 2013 in one paragraph."""
    cleaned = telecom(
        "8月份,全国电信业务总量完成1175.8亿元[1],同比增长7.4%;电信主营业务收入完成1045.4亿元,同比增长8.9%。"
        "1-8月,全国电信业务总量累计完成9221.2亿元;电信主营业务收入累计完成7690.7亿元,同比增长8.8%。",
        title="2013年8月份通信业经济运行情况",
        issued="2013-09-25",
    )
    assert values(cleaned) == figures(
        "2013-08", tel_volume="9221.2", tel_rev_cum="7690.7", tel_rev_cum_yoy="8.8"
    )
    assert reasons(cleaned) == ""
    assert len(cleaned.unclaimed) == 2


def test_the_year_s_mean_and_the_month_of_traffic_per_user() -> None:
    """The last sentence is about the year again."""
    cleaned = telecom(
        "2021年,移动互联网接入流量达2216亿GB,比上年增长33.9%。全年移动互联网月户均流量(DOU)达13.36GB/户·月,比上年增长29.2%;"
        "12月当月DOU达14.72GB/户,较上年底提高2.8GB/户。手机上网流量达到2125亿GB,比上年增长35.5%。",
        title="2021年通信业统计公报",
        issued="2022-01-26",
    )
    assert values(cleaned) == {
        **figures("2021-12", mdata_cum="2216", mdata_cum_yoy="33.9", mdata_phone_cum="2125"),
        **figures("2021-12", mdata_phone_cum_yoy="35.5", dou="14.72"),
        **figures("2021", dou_avg="13.36", dou_avg_yoy="29.2"),
    }


@pytest.mark.parametrize(
    ("printed", "gigabytes"),
    [("340.8M", Decimal("340.8") / 1024), ("321.5MB", Decimal("321.5") / 1024), ("6.25GB/月/户", Decimal("6.25"))],
)  # fmt: skip
def test_trap_10_traffic_per_user_in_shortened_units(printed: str, gigabytes: Decimal) -> None:
    cleaned = telecom(
        f"8月,月户均移动互联网接入流量达{printed}。",
        title="2015年8月份通信业经济运行情况",
        issued="2015-09-22",
    )
    assert values(cleaned) == {("miit_dou", "2015-08"): gigabytes}


def test_a_class_of_lines_is_no_quantity() -> None:
    with pytest.raises(QuantityError):
        parse_quantity("100M")


def test_classes_of_lines_are_told_apart() -> None:
    cleaned = telecom(
        "截至6月末,三家基础电信企业的固定互联网宽带接入用户总数达6.14亿户,比上年末净增2468万户。其中,100Mbps及以上接入速率的"
        "固定互联网宽带接入用户达5.79亿户,占总用户数的94.2%,占比较上年末提升0.3个百分点;1000Mbps及以上接入速率的固定互联网"
        "宽带接入用户达1.28亿户,比上年末净增3612万户,占总用户数的20.8%。",
        "50Mbps及以上接入速率的固定互联网宽带接入用户总数达2.62亿户。",  # of February 2018
        title="2023年上半年通信业经济运行情况",
        issued="2023-07-21",
    )
    assert values(cleaned) == figures(
        "2023-06", fbb_users="6.14", fbb100m_users="5.79", fbb1000m_users="12800"
    )


def test_trap_12_a_rounded_lead_does_not_contradict_the_text() -> None:
    """1.58万亿元 in the lead, 15808 in the text; a lead that is no rounding of it is a contradiction."""
    text = "2022年,电信业务收入累计完成15808亿元,比上年增长8%。"
    kept = telecom(
        f"2022年电信业务收入达1.58万亿元。{text}", title="2022年通信业统计公报", issued="2023-01-19"
    )
    assert values(kept) == figures("2022-12", tel_rev_cum="15808", tel_rev_cum_yoy="8")
    wrong = telecom(
        f"2022年电信业务收入达1.85万亿元。{text}", title="2022年通信业统计公报", issued="2023-01-19"
    )
    assert values(wrong) == figures("2022-12", tel_rev_cum_yoy="8")
    assert "figures of one document contradict each other" in reasons(wrong)


def test_users_printed_without_their_unit() -> None:
    cleaned = telecom(
        "3月末,移动电话用户总数达到14.7亿,其中,移动宽带用户(即3G和4G用户)总数近12亿。4G用户总数达到10.6亿,占移动电话用户的72.2%。",
        title="2018年第一季度通信业经济运行情况",
        issued="2018-05-02",
    )
    assert values(cleaned) == figures("2018-03", mobile_users="14.7", mbb_users="12", **{"4g_users": "10.6"})
    assert {row.qualifier for row in cleaned.observations if row.series == "miit_mbb_users"} == {"近"}


def test_two_attributes_share_one_name_and_other_business_is_left_aside() -> None:
    """The half year 2020: fixed and mobile in one clause; value-added business is no series."""
    cleaned = telecom(
        "上半年,三家基础电信企业完成固定和移动数据及互联网业务收入分别为1157亿元和3185亿元,同比增长7.6%和3.2%。",
        "三家基础电信企业积极发展IPTV、互联网数据中心、大数据等新兴业务,上半年共完成固定增值业务收入903亿元,同比增长23.5%。",
        title="2020年上半年通信业经济运行情况",
        issued="2020-07-21",
    )
    assert values(cleaned) == figures(
        "2020-06", tel_fixeddata_rev="1157", tel_fixeddata_rev_yoy="7.6", tel_mobiledata_rev="3185",
        tel_mobiledata_rev_yoy="3.2",
    )  # fmt: skip


def test_emerging_business_is_named_by_the_clause_before() -> None:
    cleaned = telecom(
        "三家基础电信企业积极发展云计算、大数据、物联网、互联网数据中心等新兴业务,1至8月共完成业务收入2392亿元,同比增长18.9%,"
        "在电信业务收入中占比为21%,拉动电信业务收入增长3.5个百分点。其中云计算和大数据收入同比增速分别达35.4%和44.8%,"
        "物联网业务收入同比增长24.8%。",
        "1-8月,东、中、西部和东北地区分别完成新兴业务收入1106亿元、276亿元、373亿元和78亿元。",  # in part of 2021
        title="2023年1－8月份通信业经济运行情况",
        issued="2023-09-21",
    )
    assert values(cleaned) == figures("2023-08", tel_newbiz_cum="2392", tel_newbiz_cum_yoy="18.9")


def test_a_rate_without_its_level_loads_as_the_rate() -> None:
    cleaned = telecom(
        "2023年,按照上年价格计算的电信业务总量同比增长16.8%。2023年,移动互联网接入流量比上年增长15.2%。",
        title="2023年通信业统计公报",
        issued="2024-01-24",
    )
    assert values(cleaned) == figures("2023-12", tel_volume_yoy="16.8", mdata_cum_yoy="15.2")


# ------------------------------------------------------------------------------------------------- tables

FIRST = (
    ("指标名称", "单位", "本年本月止累计到达", "比上年同期累计(±%)", "本月"),
    ("营业收入", "亿元", "3676.8", "2.9", "1245.8"),
    ("其中:电信业务收入", "亿元", "3131.5", "5.7", "1056.9"),
    ("移动短信业务量", "万条", "15952943.5", "-1.4", "5673277.6"),
    ("移动互联网接入流量", "万G", "383353.0", "122.7", "142512.8"),
    ("电信固定资产投资完成额", "亿元", "-", "-", "-"),
)


def test_table_of_main_indicators_takes_the_unit_of_each_row() -> None:
    """January to March 2017 as printed (383353万G are 38.3亿GB); the title names the month alone."""
    cleaned = telecom(table=rows(*FIRST), title="2017年3月通信业主要指标完成情况(一)", issued="2017-04-25")
    assert values(cleaned) == figures(
        "2017-03", tel_rev_cum="3131.5", tel_rev_cum_yoy="5.7", mdata_cum="38.3353", mdata_cum_yoy="122.7"
    )
    assert reasons(cleaned) == ""


def test_table_two_takes_stocks_and_not_increases() -> None:
    """April 2009 as printed, before fibre; the dash is no figure."""
    table = rows(
        ("指标名称", "单位", "本月末到达", "比上年末净增", "本月净增"),
        ("固定电话用户合计", "万户", "32992.4", "-1043.5", "-161.1"),
        ("移动电话用户合计", "万户", "69519.9", "5395.4", "825.0"),
        ("互联网宽带接入用户", "万户", "-", "-", "-"),
    )
    cleaned = telecom(table=table, title="2009年4月通信业主要指标完成情况(二)", issued="2009-05-22")
    assert values(cleaned) == figures("2009-04", mobile_users="6.95199")


def test_a_row_with_an_unknown_unit_is_refused() -> None:
    broken = tuple(
        ("其中:电信业务收入", "口径", *row[2:]) if row[0].startswith("其中") else row for row in FIRST
    )
    cleaned = telecom(table=rows(*broken), title="2017年3月通信业主要指标完成情况(一)", issued="2017-04-25")
    assert "miit_tel_rev_cum: no unit is named for '3131.5'" in reasons(cleaned)
    assert ("miit_tel_rev_cum", "2017-03") not in values(cleaned)
