"""Licences, prices, white papers, the strongest companies: the catalogue's rules on wordings of these publishers.

The sentences are ours after the publishers' manner; the figures in them were published. What looks like a figure of a
series and is not stands beside them.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from prosperity.catalogue.rules import StatementRule
from prosperity.notation.model import whole_year
from tests.traps.reading import page, read, reasons, released, values

Expected = dict[tuple[str, str], str]

CASES: dict[str, tuple[str, str, str, list[str], Expected]] = {
    "licences, with growth on the month": (
        "caict_licences",
        "国内增值电信业务许可情况报告（2022.8）",
        "2022-09-20",
        [
            "截至2022年8月底，全国增值电信业务经营许可企业共134177家（其中5496家企业同时持有部、省两级许可），比上月增长1.95%，"
            "其中工业和信息化部许可的跨地区企业29462家，各省（区、市）通信管理局许可的本地企业合计110211家，"
            "分别比上月增长1.51%和1.96%。",
            "在29462家跨地区企业中，注册地在北京的6168家，广东的6058家，上海的2956家，三地集中了51.53%的跨地区企业。",
            "134177家增值电信企业合计拥有190284个许可项目，其中89802个信息服务业务。",
            "从各业务看，15403家企业经营信息服务业务，8548家企业经营互联网接入服务业务。",
        ],
        {
            ("caict_licences_total", "2022-08"): "134177",
            ("caict_licences_ministry", "2022-08"): "29462",
            ("caict_licences_provinces", "2022-08"): "110211",
        },
    ),
    "licences, older title": (
        "caict_licences",
        "2017年3月全国增值电信业务发展情况报告",
        "2017-04-11",
        [
            "截至2017年3月底，全国增值电信业务经营许可企业共40854家，其中工业和信息化部许可的跨地区企业6111家，各省（区、市）"
            "通信管理局许可的本地企业合计34743家，较上一月分别增长1.46%、5.13%、0.84%。其中，外商投资电信企业50家。",
            "在34743家本地企业中，北京6979家，广东5067家。",
        ],
        {
            ("caict_licences_total", "2017-03"): "40854",
            ("caict_licences_ministry", "2017-03"): "6111",
            ("caict_licences_provinces", "2017-03"): "34743",
        },
    ),
    "prices": (
        "caict_prices",
        "中国宽带资费水平报告（2019年第三季度）",
        "2019-12-20",
        [
            "2019年第三季度，我国固定宽带月户均支出为35.8元，同比下降12%。移动数据流量平均资费为5.1元/GB，同比下降了47.8%。"
            "用户月均移动数据使用量为7.56GB，同比增长93.6%。移动通信月户均支出为47.3元，同比下降9.5%。",
            "港澳流量漫游平均资费为0.12元/MB，较2018年的0.17元/MB下降了28.3%。",
        ],
        {
            ("miit_fixed_arpu", "2019-Q3"): "35.8",
            ("miit_fixed_arpu_yoy", "2019-Q3"): "-12",
            ("miit_data_price", "2019-Q3"): "5.1",
            ("miit_data_price_yoy", "2019-Q3"): "-47.8",
        },
    ),
    "prices, other words": (
        "caict_prices",
        "中国宽带资费水平报告（2020年第四季度）",
        "2021-04-16",
        [
            "2020年第四季度，中国固定宽带每月户均支出为36.3元（人民币，下同），同比微增1.9%。",
            "2020年第四季度，中国移动数据流量平均资费为3.75元/GB，同比下降了24.8%；移动通信每月户均支出为46.5元，同比略降0.6%。",
        ],
        {
            ("miit_fixed_arpu", "2020-Q4"): "36.3",
            ("miit_fixed_arpu_yoy", "2020-Q4"): "1.9",
            ("miit_data_price", "2020-Q4"): "3.75",
            ("miit_data_price_yoy", "2020-Q4"): "-24.8",
        },
    ),
    "digital economy of the whole country only": (
        "caict_white_papers",
        "中国数字经济发展研究报告（2023年）",
        "2023-04-27",
        [
            "2022年，我国数字经济规模达到50.2万亿元，同比名义增长10.3%，已连续11年显著高于同期GDP名义增速，"
            "数字经济占GDP比重达到41.5%。",
            "2022年，我国数字产业化规模与产业数字化规模分别达到9.2万亿元和41万亿元，占数字经济比重分别为18.3%和81.7%。",
            "2022年，17个省区市数字经济规模突破1万亿元。",
        ],
        {("caict_digital_economy", "2022"): "50.2", ("caict_digital_economy_yoy", "2022"): "10.3"},
    ),
    "digital China": (
        "cac_digital_china",
        "数字中国发展报告（2022年）",
        "2023-05-23",
        [
            "2022年，我国数字经济规模达50.2万亿元，总量稳居世界第二，同比名义增长10.3%，占国内生产总值比重提升至41.5%。",
            "电子信息制造业实现营业收入15.4万亿元，同比增长5.5%；工业互联网核心产业规模超1.2万亿元，同比增长15.5%。",
            "我国市值排名前100的互联网企业总研发投入达3384亿元，同比增长9.1%。",
        ],
        {
            ("caict_digital_economy", "2022"): "50.2",
            ("caict_digital_economy_yoy", "2022"): "10.3",
            ("inet_top100mcap_rd", "2022"): "3384",
            ("inet_top100mcap_rd_yoy", "2022"): "9.1",
        },
    ),
    "from one year to another": (
        "cac_digital_china",
        "数字中国发展报告（2021年）",
        "2022-08-02",
        ["从2017年到2021年，我国数字经济规模从27.2万亿元增至45.5万亿元，年均复合增长率达13.6%。"],
        {("caict_digital_economy", "2021"): "45.5"},
    ),
    "the year of the edition in front": (
        "isc_top100",
        "2019年中国互联网企业100强发展报告",
        "2019-08-14",
        [
            "2019年互联网百强企业互联网业务收入高达2.75万亿元，比2018年互联网百强企业增长超过1万亿元，占数字经济的比重达8.8%。",
            "2019年互联网百强企业的研发投入达到1538.7亿元，同比增长45.1%，平均研发强度突破10%。",
        ],
        {
            ("isc_top100_rev", "2018"): "2.75",
            ("isc_top100_rd", "2018"): "1538.7",
            ("isc_top100_rd_yoy", "2018"): "45.1",
        },
    ),
    "last year without its number": (
        "isc_top100",
        "2018年中国互联网企业100强榜单",
        "2018-07-27",
        [
            "百强企业去年互联网业务收入总规模达1.72万亿元，同比增长50.6%；营业利润总额为2707.11亿元，同比增长82.6%。",
            "2017年，互联网百强企业的研发投入突破千亿，达到1060.1亿元，同比增长41.4%。",
        ],
        {
            ("isc_top100_rev", "2017"): "1.72",
            ("isc_top100_rev_yoy", "2017"): "50.6",
            ("isc_top100_profit", "2017"): "2707.11",
            ("isc_top100_profit_yoy", "2017"): "82.6",
            ("isc_top100_rd", "2017"): "1060.1",
            ("isc_top100_rd_yoy", "2017"): "41.4",
        },
    ),
    "index of its own year, figures of the year before": (
        "isc_top100",
        "中国互联网企业综合实力指数（2023）",
        "2023-11-30",
        [
            "2023年我国互联网企业综合实力指数值为717.8分，同比下降1.8%。",
            "2022年前百家企业互联网业务收入总规模为3.21万亿元，同比下降3.8%；营业利润总额高达5821亿元，同比增长24.8%。",
            "2022年前百家企业发明专利总数约13万项，同比增长17.9%；研发投入共3006亿元，同比增长2.8%。",
            "2022年前百家企业纳税总额共1278亿元，同比下降7.2%。",
        ],
        {
            ("isc_strength_index", "2023"): "717.8",
            ("isc_strength_index_yoy", "2023"): "-1.8",
            ("isc_top100_rev", "2022"): "3.21",
            ("isc_top100_rev_yoy", "2022"): "-3.8",
            ("isc_top100_profit", "2022"): "5821",
            ("isc_top100_profit_yoy", "2022"): "24.8",
            ("isc_top100_rd", "2022"): "3006",
            ("isc_top100_rd_yoy", "2022"): "2.8",
        },
    ),
    "the companies by other names": (
        "isc_top100",
        "2016年中国互联网企业100强榜单",
        "2016-07-12",
        ["100强企业2015年互联网业务收入总额达7561亿元，同比增长42.7%，带动信息消费增长8.1%。"],
        {("isc_top100_rev", "2015"): "0.7561", ("isc_top100_rev_yoy", "2015"): "42.7"},
    ),
    "growing companies are others": (
        "isc_top100",
        "中国互联网企业综合实力指数（2022）",
        "2022-11-30",
        [
            "2022年互联网企业综合实力指数值高达730.7分（以2013年为基期100分），较上一年度增长18.5%，较2013年增长630.7%。",
            "2021年前百家企业营业收入达4.58万亿元，同比去年增长12.52%。",
            "成长型企业营业收入达300亿元，研发投入达20亿元。",
        ],
        {
            ("isc_strength_index", "2022"): "730.7",
            ("isc_strength_index_yoy", "2022"): "18.5",
            ("isc_top100_rev", "2021"): "4.58",
            ("isc_top100_rev_yoy", "2021"): "12.52",
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_read(name: str) -> None:
    source, title, issued, paragraphs, expected = CASES[name]
    changes = {"period": whole_year(int(title.partition("20")[2][:2]) + 2000)} if source in YEARLY else {}
    cleaned = read(
        page(*paragraphs).replace(b"TRS_Editor", b"article"), released(source, title, issued, **changes)
    )
    assert values(cleaned) == {key: Decimal(value) for key, value in expected.items()}
    assert reasons(cleaned) == ""


#: Sources whose release belongs to the year in its title.
YEARLY = ("caict_white_papers", "isc_top100")


def test_a_paper_on_the_whole_world_gives_nothing() -> None:
    """Of 51 countries: the words are those of the series."""
    text = "2021年，全球51个国家数字经济规模达到38.1万亿美元。2021年，数字经济规模达到38.1万亿元。"
    release = released(
        "caict_white_papers", "全球数字经济白皮书（2022年）", "2022-12-07", period=whole_year(2022)
    )
    assert values(read(page(text), release)) == {}


def test_edition_named_without_another_period_is_refused() -> None:
    with pytest.raises(ValueError, match="edition_named needs a period_shift"):
        StatementRule(measure="收入", unit="元", edition_named=True)
