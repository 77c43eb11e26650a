"""Traps of the sources on networks and of those that say others' figures again: scope, base, rounding, targets, English.

Wordings are ours, after the publishers'; figures are published ones.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from prosperity.clean.model import Cleaned
from prosperity.notation.model import stock
from tests.traps.reading import SHIPPED, read, released, values

FIXED, MOBILE = "bda_fixed_speed", "bda_4g_speed"
RETAIL, GOODS = "nbs_online_retail_cum", "nbs_online_goods_cum"


def article(source: str, title: str, issued: str, *paragraphs: str) -> Cleaned:
    """What a page gives whose article stands where this source's catalogue entry looks for it."""
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    data = f'<html><body><div id="zoom" class="detail-content">{body}</div></body></html>'.encode()
    return read(data, released(source, title, issued))


def speeds(*paragraphs: str) -> Cleaned:
    return article("bda_speed", "中国宽带速率状况报告（第19期）（2018年第一季度）", "2018-05-02", *paragraphs)


def test_levels_behind_which_a_landmark_is_named_keep_their_rates() -> None:
    """已超越20Mbit/s大关 is no second figure, and what follows is the rate of the first."""
    found = speeds(
        "2018年第一季度，我国固定宽带网络平均下载速率达20.15Mbit/s，已超越20Mbit/s大关，相比2017年第一季度同比提升达到54.9%；"
        "移动宽带用户使用4G网络访问互联网时的平均下载速率达19.12Mbit/s，也十分接近20Mbit/s，同比2017年第一季度提升54.3%。"
    )
    assert values(found) == {
        (FIXED, "2018-Q1"): Decimal("20.15"),
        (f"{FIXED}_yoy", "2018-Q1"): Decimal("54.9"),
        (MOBILE, "2018-Q1"): Decimal("19.12"),
        (f"{MOBILE}_yoy", "2018-Q1"): Decimal("54.3"),
    }
    assert not found.rejections


def test_speeds_of_operators_places_and_uses_are_not_the_countrys() -> None:
    found = speeds(
        "2018年第一季度，固定宽带平均下载速率达20.15Mbit/s。",
        "中国电信的固定宽带平均下载速率达21.60Mbit/s，上海市固定宽带平均下载速率达21.95Mbit/s。",
        "固定宽带用户的网络视频平均下载速率达13.01Mbit/s。",
    )
    assert values(found) == {(FIXED, "2018-Q1"): Decimal("20.15")}


def test_second_hand_figures_have_no_series() -> None:
    """The prosperity report of 2018 prints 20.2 for 20.15 Mbit/s: its text is not asked for others' figures."""
    assert not [name for name in SHIPPED.series if name.endswith("_rounded")]
    title = "2018年中国互联网行业发展态势暨景气指数报告"
    found = article(
        "caict_prosperity", title, "2018-07-09", "2018年一季度，固定宽带平均下载速率达到20.2Mbit/s。"
    )
    assert not found.observations


def test_penetration_of_households_is_not_that_of_mobile_users() -> None:
    found = article(
        "bda_penetration",
        "中国宽带普及状况报告（第4期）（2017年第一季度）",
        "2017-04-30",
        "截至2017年第一季度，我国固定宽带家庭用户数达到29548.1万户，普及率达到65.3%，较2016年四季度提升3.9个百分点；"
        "移动宽带（3G和4G）用户数达到104305.6万户，普及率达到75.4%。",
        "浙江省固定宽带家庭普及率达到92.5%。",
    )
    assert values(found) == {
        ("bda_fbb_households", "2017-03"): Decimal("29548.1"),
        ("bda_fbb_penetration", "2017-03"): Decimal("65.3"),
        ("bda_mbb_users", "2017-03"): Decimal("104305.6"),
    }


@pytest.mark.parametrize(
    ("name", "goods"),
    [("全国网上零售额", "实物商品网上零售额"), ("全国网络零售额", "全国实物商品网上零售额")],
)
def test_the_ministry_words_the_offices_figures_again(name: str, goods: str) -> None:
    """网络零售额 and 网上零售额 are one; those of regions, villages and livestreams are the ministry's own."""
    found = article(
        "mofcom_online_retail",
        "商务部电子商务司负责人介绍2023年上半年网络零售市场发展情况",
        "2023-07-20",
        f"国家统计局数据显示，上半年，{name}7.16万亿元，同比增长13.1%。其中，{goods}6.06万亿元，同比增长10.8%，"
        "占社会消费品零售总额的比重为26.6%。",
        "上半年，全国农村网络零售额达1.12万亿元，同比增长12.5%。其中，农村实物商品网络零售额1.02万亿元，同比增长11.3%。",
        "中部、东部、西部和东北地区网络零售额同比分别增长16.1%、13%、11.5%和9.1%。",
        "重点监测电商平台累计直播销售额1.27万亿元。",
    )
    assert values(found) == {
        (RETAIL, "2023-06"): Decimal(71600),
        (f"{RETAIL}_yoy", "2023-06"): Decimal("13.1"),
        (GOODS, "2023-06"): Decimal(60600),
        (f"{GOODS}_yoy", "2023-06"): Decimal("10.8"),
    }


def test_targets_for_the_end_of_the_year_are_no_figures() -> None:
    found = article(
        "ipv6_platform",
        "截至2021年12月我国IPv6发展数据",
        "2022-04-29",
        "截至2021年12月底，我国IPv6活跃用户数达6.08亿，占网民总数的60.11%。物联网IPv6连接数达1.4亿，固定网络IPv6流量占比达9.38%，"
        "移动网络IPv6流量占比达35.15%。",
        "工作目标为：到2022年末，IPv6活跃用户数达到7亿，固定网络IPv6流量占比达到13%。",
    )
    assert values(found) == {
        ("ipv6_active_users", "2021-12"): Decimal("6.08"),
        ("ipv6_fixed_share", "2021-12"): Decimal("9.38"),
        ("ipv6_mobile_share", "2021-12"): Decimal("35.15"),
    }
    assert not found.rejections


def english(title: str, issued: str, period: str, *paragraphs: str) -> Cleaned:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    year, month = (int(part) for part in period.split("-"))
    release = released("cnnic_english", title, issued, period=stock(year, month), language="en")
    return read(f"<html><body>{body}</body></html>".encode(), release)


def test_english_units_are_the_chinese_figures() -> None:
    """As in the Chinese edition: 10.67亿, 2010万, 67369块/32, and in a list 10.38亿 and 10.31亿."""
    found = english(
        "The 51st Statistical Report on China's Internet Development",
        "2023-06-10",
        "2022-12",
        "As of December 2022, China had 1.067 billion Internet users, and the Internet penetration rate reached 75.6%.",
        "As of December 2022, rural areas of China had 308 million Internet users, and urban areas 759 million.",
        "The number of rural Internet users stood at 308 million.",
        "There were 34.40 million domain names in China, among which the number of “.CN” domain names was 20.10 million.",
        "IPv6 addresses totaled 67,369 blocks/32, up 6.8% from December 2021.",
        "The numbers of users of instant messaging and online video reached 1.038 billion and 1.031 billion respectively.",
        "The number of online payment users was 911 million, an increase of 7.81 million from December 2021.",
    )
    assert values(found) == {
        ("cnnic_netizens", "2022-12"): Decimal("10.67"),
        ("cnnic_penetration", "2022-12"): Decimal("75.6"),
        ("cnnic_rural_netizens", "2022-12"): Decimal("3.08"),
        ("cnnic_domains", "2022-12"): Decimal(3440),
        ("cnnic_cn_domains", "2022-12"): Decimal(2010),
        ("cnnic_ipv6", "2022-12"): Decimal(67369),
        ("cnnic_ipv6_yoy", "2022-12"): Decimal("6.8"),
        ("cnnic_im_users", "2022-12"): Decimal("10.38"),
        ("cnnic_video_users", "2022-12"): Decimal("10.31"),
        ("cnnic_pay_users", "2022-12"): Decimal("9.11"),
    }


def test_earlier_editions_word_it_otherwise() -> None:
    """No. 36, by the names of that time; growth over half a year is none on the year."""
    found = english(
        "The 36th China Statistical Report on Internet Development",
        "2015-10-31",
        "2015-06",
        "By June 2015, China had 668 million netizens, and China's mobile netizen scale reached 594 million.",
        "The number of netizens in Chinese rural areas reached 186 million, an increase of 4.5% over half a year ago.",
        "China had 22.31 million domain names, including 12.25 million .cn domain names.",
        "Internet penetration in urban areas and in rural areas was 64.2% and 30.1% respectively.",
        "Chinese netizens' average surfing hours per week were 25.6 hours.",
    )
    assert values(found) == {
        ("cnnic_netizens", "2015-06"): Decimal("6.68"),
        ("cnnic_mobile_netizens", "2015-06"): Decimal("5.94"),
        ("cnnic_rural_netizens", "2015-06"): Decimal("1.86"),
        ("cnnic_domains", "2015-06"): Decimal(2231),
        ("cnnic_cn_domains", "2015-06"): Decimal(1225),
        ("cnnic_weekly_hours", "2015-06"): Decimal("25.6"),
    }


def test_fifteen_months_are_no_year_in_english_either() -> None:
    """No. 45: the survey of March 2020 compared with the end of 2018."""
    found = english(
        "The 45th Statistical Report on China's Internet Development",
        "2020-08-06",
        "2020-03",
        "As of March 2020, the number of Internet users in China reached 904 million, an increase of 75.08 million over the end of 2018.",
        "The number of online shopping users reached 710 million, up 16.4% from the end of 2018.",
    )
    assert values(found) == {
        ("cnnic_netizens", "2020-03"): Decimal("9.04"),
        ("cnnic_shop_users", "2020-03"): Decimal("7.1"),
    }
