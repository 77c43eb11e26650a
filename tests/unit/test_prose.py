"""Sentences of statistical prose. The wordings are our own; the figures in them are published ones."""

from __future__ import annotations

import csv
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosperity.extract.model import Statement
from prosperity.extract.prose import Context, read_block, statements_in
from prosperity.notation.model import cumulative, half, month, quarter, stock, whole_year

WAN, YI, WANYI = Decimal(10**4), Decimal(10**8), Decimal(10**12)
ONE = Decimal(1)


def only(text: str, **context: object) -> Statement:
    found = statements_in(text, **context)  # type: ignore[arg-type]
    assert len(found) == 1, found
    return found[0]


def figure(statement: Statement) -> str:
    return statement.text[slice(*statement.span)]


def by_measure(text: str, **context: object) -> dict[str, Statement]:
    found = statements_in(text, **context)  # type: ignore[arg-type]
    measures = {statement.measure: statement for statement in found}
    assert len(measures) == len(found)
    return measures


# ------------------------------------------------------------------------------------- level and rate


def test_level_rate_and_difference_are_three_numbers() -> None:
    text = "2023年1—7月份，全国规模以上互联网企业完成互联网业务收入10125亿元，同比增长5%，增速较上半年回落0.6个百分点。"
    read = only(text)
    assert (read.subject, read.measure) == ("全国规模以上互联网企业", "互联网业务收入")
    assert (read.value, read.multiplier, read.unit) == (Decimal(10125), YI, "元")
    assert (read.rate, read.difference, read.comparison) == (Decimal(5), Decimal("-0.6"), "yoy")
    assert read.period == cumulative(2023, 7)
    assert figure(read) == "10125亿元"
    assert read.rate_span is not None
    assert read.text[slice(*read.rate_span)] == "5%"
    assert read.text == text
    assert read.offset == 0


@pytest.mark.parametrize(
    ("text", "subject", "measure"),
    [
        ("网民规模达8.54亿人。", "", "网民规模"),
        ("信息服务收入规模达6469亿元。", "", "信息服务收入规模"),
        ("全国居民人均可支配收入14063元。", "", "全国居民人均可支配收入"),
        ("电信业务收入累计完成12252亿元。", "", "电信业务收入"),
        ("全行业共实现营业利润656.6亿元。", "全行业", "营业利润"),
        ("全行业研发投入291亿元。", "", "全行业研发投入"),
        ("互联网企业共投入研发经费540.1亿元。", "互联网企业", "研发经费"),
        ("东部地区互联网业务收入达5852亿元。", "东部地区", "互联网业务收入"),
        ("三家基础电信企业完成固定增值业务收入为281亿元。", "三家基础电信企业", "固定增值业务收入"),
        (
            "以提供生活服务等为主的企业实现平台服务收入1974亿元。",
            "以提供生活服务等为主的企业",
            "平台服务收入",
        ),
        ("5G基站总数达454.9万个。", "", "5G基站总数"),
        ("IPv6地址数量为50286块/32。", "", "IPv6地址数量"),
        ("100Mbps及以上接入速率的用户达5.54亿户。", "", "100Mbps及以上接入速率的用户"),
        ("网民人均每周上网时长为29.5个小时。", "", "网民人均每周上网时长"),
        ("网民手机支付的使用比例由57.7%提升至67.5%。", "", "网民手机支付的使用比例"),
        ("景气指数为103.8。", "", "景气指数"),
    ],
)
def test_subject_and_measure(text: str, subject: str, measure: str) -> None:
    read = only(text)
    assert (read.subject, read.measure) == (subject, measure)


@pytest.mark.parametrize(
    ("tail", "rate"),
    [
        ("同比下降5.8%", "-5.8"),
        ("比上年同期增长8.7%", "8.7"),
        ("比上年名义增长8.7%，扣除价格因素，实际增长6.6%", "8.7"),
        ("扣除价格因素，实际增长6.6%", None),
        ("增长（无特别说明均为同比）7.9%", "7.9"),
        ("同比增长3.6%（上半年下降5.8%）", "3.6"),
        ("同比基本持平", "0"),
        ("增速高于全国3.2个百分点", None),
        ("拉动行业收入增长1.8个百分点", None),
        ("低于去年同期5.8个百分点", None),
    ],
)
def test_rates_attach_to_the_figure_before(tail: str, rate: str | None) -> None:
    read = only(f"2018年上半年，人均消费支出9609元，{tail}。")
    assert read.rate == (None if rate is None else Decimal(rate))
    assert read.difference is None


def test_two_year_mean_is_kept_apart() -> None:
    read = only("2021年上半年，互联网业务收入6951亿元，同比增长25.6%，两年平均增速为19.7%。")
    assert (read.rate, read.two_year_mean) == (Decimal("25.6"), Decimal("19.7"))


def test_growth_over_another_base_is_marked() -> None:
    read = only("截至2019年6月，域名总数为4800万个，较2018年底增长2.9%。")
    assert (read.rate, read.comparison, read.period) == (Decimal("2.9"), "since", stock(2019, 6))


def test_year_on_year_is_preferred_to_quarter_on_quarter() -> None:
    read = only("截至2021年9月底，总市值达13.6万亿元，环比下降27.8%，同比增长9.7%。")
    assert (read.rate, read.comparison) == (Decimal("9.7"), "yoy")


@pytest.mark.parametrize(
    ("tail", "rate"),
    [
        ("，同比2017年第一季度提升54.3%", "54.3"),
        ("，同比去年同期提升幅度也达到了54.3%", "54.3"),
        ("，年度提升幅度达到54.3%", "54.3"),
        ("，相比2017年第一季度同比提升达到54.3%", "54.3"),
        ("，也十分接近20Mbit/s，同比2017年第一季度提升54.3%", "54.3"),
        ("，已超越19Mbit/s大关，同比提升54.3%", "54.3"),
        ("，环比2017年第四季度也有54.3%的提升", None),
    ],
)
def test_base_named_behind_the_word_for_the_comparison(tail: str, rate: str | None) -> None:
    """The base is not the period, and a landmark passed is the figure before it again, rounded."""
    read = only(f"2018年第一季度，4G平均下载速率达到19.12Mbit/s{tail}。")
    assert (read.value, read.period) == (Decimal("19.12"), quarter(2018, 1))
    assert (read.rate, read.comparison) == (Decimal(rate) if rate else None, "yoy")


def test_change_on_the_quarter_before_with_its_base() -> None:
    read = only("2017年第三季度，4G平均下载速率达到15.41Mbit/s，环比上季度提升了14.5%。")
    assert (read.rate, read.comparison) == (Decimal("14.5"), "qoq")


def test_growth_without_a_level() -> None:
    read = only(
        "2023年1-7月，以信息服务为主的企业（包括搜索、社交等）互联网业务收入同比增长8.2%，增速较上半年回落1.3个百分点。"
    )
    assert (read.value, read.rate, read.difference) == (None, Decimal("8.2"), Decimal("-1.3"))
    assert (read.subject, read.measure) == ("以信息服务为主的企业", "互联网业务收入")
    assert figure(read) == "8.2%"


# ------------------------------------------------------------------------------------ several figures


def test_two_clauses_each_with_its_own_rate() -> None:
    read = by_measure(
        "2020年1-7月，互联网企业完成接入服务收入242.1亿元，同比增长3.6%；完成数据服务收入101.5亿元，同比增长17.4%。"
    )
    assert read["接入服务收入"].rate == Decimal("3.6")
    assert read["数据服务收入"].rate == Decimal("17.4")
    assert read["数据服务收入"].subject == "互联网企业"


def test_aligned_lists() -> None:
    found = statements_in(
        "2023年1-4月，东、中、西部和东北地区移动互联网接入流量分别达到921.4亿GB、518.5亿GB、630亿GB和130.2亿GB，"
        "同比增长16%、16.3%、15.1%和25.3%。"
    )
    assert [(s.subject, s.measure, s.value, s.rate) for s in found] == [
        ("东部地区", "移动互联网接入流量", Decimal("921.4"), Decimal(16)),
        ("中部地区", "移动互联网接入流量", Decimal("518.5"), Decimal("16.3")),
        ("西部地区", "移动互联网接入流量", Decimal(630), Decimal("15.1")),
        ("东北地区", "移动互联网接入流量", Decimal("130.2"), Decimal("25.3")),
    ]
    assert {(s.multiplier, s.unit) for s in found} == {(YI, "GB")}


def test_list_whose_unit_stands_at_the_end() -> None:
    found = statements_in("中部和西部地区完成互联网业务收入266和273亿元，分别增长45.7%和40%。")
    assert [(s.subject, s.value, s.multiplier, s.rate) for s in found] == [
        ("中部地区", Decimal(266), YI, Decimal("45.7")),
        ("西部地区", Decimal(273), YI, Decimal(40)),
    ]


def test_rates_listed_for_figures_of_two_clauses() -> None:
    read = by_measure("2021年二季度，网上支付业务251.90亿笔，金额605.19万亿元，同比分别增长16.42%和11.80%。")
    assert read["网上支付业务"].rate == Decimal("16.42")
    assert read["网上支付业务金额"].rate == Decimal("11.80")
    assert read["网上支付业务"].period == quarter(2021, 2)


def test_list_that_does_not_match_its_names_gives_nothing() -> None:
    reading = read_block("东部和西部地区分别完成收入1106亿元、276亿元和378亿元，同比增长26.3%。")
    assert reading.statements == ()
    assert any("3 figures" in warning for warning in reading.warnings)


def test_net_increase_and_share_are_not_the_level() -> None:
    found = statements_in(
        "截至2025年9月末，5G基站总数达470.5万个，比上年末净增45.5万个，占移动基站总数的36.6%，占比较上半年提高0.9个百分点。"
    )
    assert [(s.measure, s.value) for s in found] == [
        ("5G基站总数", Decimal("470.5")),
        ("净增", Decimal("45.5")),
        ("占比:移动基站总数", Decimal("36.6")),
    ]
    assert found[0].difference is None
    assert found[2].difference == Decimal("0.9")
    assert found[1].subject == found[2].subject == "5G基站总数"


def test_growth_rate_behind_a_net_increase_belongs_to_the_level() -> None:
    found = statements_in("2021年末，用户总数达16.43亿户，全年净增4875万户，同比增长3.1%。")
    assert [(s.measure, s.rate) for s in found] == [("用户总数", Decimal("3.1")), ("净增", None)]


# --------------------------------------------------------------------------------------------- periods


def test_period_is_inherited_by_clauses_sentences_and_paragraphs() -> None:
    first = read_block("2019年1-8月，完成业务收入7522亿元。营业利润709亿元。")
    assert [s.period for s in first.statements] == [cumulative(2019, 8)] * 2
    second = read_block("研发费用313亿元，同比增长21.0%。", context=first.context)
    assert second.statements[0].period == cumulative(2019, 8)


def test_stock_among_months_holds_within_its_block_only() -> None:
    first = read_block(
        "截至10月末，用户总数达16.41亿户。其中，5G用户4.71亿户。", context=Context(cumulative(2021, 10))
    )
    assert [s.period for s in first.statements] == [stock(2021, 10)] * 2
    assert first.context.period == cumulative(2021, 10)


def test_half_year_of_an_increase_does_not_become_that_of_the_stocks() -> None:
    read = by_measure("截至2018年6月，网民规模达8.02亿，上半年新增网民2968万人，普及率为57.7%。")
    assert read["新增网民"].period == half(2018, 1)
    assert read["普及率"].period == stock(2018, 6)


def test_year_from_the_date_of_issue() -> None:
    assert only("上半年，收入6951亿元。", issued=dt.date(2021, 7, 30)).period == half(2021, 1)
    assert only("全年收入1.55万亿元。", issued=dt.date(2022, 1, 28)).period == whole_year(2021)


def test_period_of_the_caller_and_month_beside_it() -> None:
    found = statements_in("收入105374亿元。11月份，零售总额39514亿元。", period=cumulative(2020, 11))
    assert [s.period for s in found] == [cumulative(2020, 11), month(2020, 11)]


def test_unknown_year_is_said() -> None:
    reading = read_block("上半年，收入6951亿元。")
    assert reading.statements[0].period is None
    assert any("year" in warning for warning in reading.warnings)


# ------------------------------------------------------------------------------------ doubtful figures


@pytest.mark.parametrize("mark", ["1", "②", "¹", "(2)", "[3]"])
def test_footnote_mark_on_a_word(mark: str) -> None:
    read = only(f"规模以上互联网企业{mark}（以下简称互联网企业）完成业务收入6916亿元。")
    assert (read.subject, read.measure) == ("规模以上互联网企业", "业务收入")
    assert "footnote mark removed" in read.flags


@pytest.mark.parametrize("text", ["比上年末净增②2406万户。", "比上年末净增²2406万户。"])
def test_footnote_mark_on_a_figure(text: str) -> None:
    read = only(text)
    assert (read.value, read.measure) == (Decimal(2406), "净增")
    assert figure(read) == "2406万户"
    assert "footnote mark removed" in read.flags


def test_footnote_in_brackets_behind_a_figure() -> None:
    read = only("2016年，电信业务总量完成35948亿元(2)。")
    assert read.value == Decimal(35948)
    assert "footnote mark removed" in read.flags


@pytest.mark.parametrize("figures", ["10 51亿", "7。51亿", "XX亿", "7.5.1亿"])
def test_damaged_figure_gives_a_warning_and_nothing_else(figures: str) -> None:
    reading = read_block(f"2022年6月，网民规模为{figures}，互联网普及率达74.4%。")
    assert [s.measure for s in reading.statements] == ["互联网普及率"]
    assert any("damaged" in warning for warning in reading.warnings)


def test_rate_behind_a_damaged_figure_does_not_go_to_an_earlier_one() -> None:
    read = only("手机网民规模达9.04亿，网民规模达10 51亿，同比增长6.1%。")
    assert (read.measure, read.rate) == ("手机网民规模", None)


def test_exact_value_in_brackets_replaces_the_rounded_one() -> None:
    read = only("截至2024年6月，我国网民规模近11亿人（10.9967亿人）。")
    assert (read.value, read.qualifier) == (Decimal("10.9967"), "")
    assert figure(read) == "10.9967亿人"


def test_qualifiers() -> None:
    read = only("2020年上半年，网络游戏用户规模近6.6亿人。")
    assert (read.value, read.qualifier) == (Decimal("6.6"), "近")


def test_forecasts_are_flagged() -> None:
    assert "forecast" in only("预计2019年上市企业营收将突破2.2万亿元。").flags
    assert "forecast" in only("2024年，实际销售收入将达到3246.44亿元。").flags
    assert "forecast" not in only("2024年，实际销售收入达到3257.83亿元。").flags


def test_unit_behind_the_name() -> None:
    read = only("业务收入（亿元）7735，同比增长0.9%。")
    assert (read.value, read.multiplier, read.unit, read.rate) == (Decimal(7735), YI, "元", Decimal("0.9"))


@pytest.mark.parametrize(
    "text",
    [
        "居前5名的省市共五个。",
        "三家基础电信企业积极发展新兴业务。",
        "图1 2019年1-8月互联网业务收入累计增长情况（%）",
        "成为拥有8.54亿网民的国家。",
        "其中18类监测商品保持增长。",
        "2019年9月30日发布。",
    ],
)
def test_numbers_that_are_no_statements(text: str) -> None:
    assert statements_in(text) == []


# --------------------------------------------------------------------------------- positions, oracles


def test_positions_lead_back_to_the_raw_block() -> None:
    block = "　　２０２３年１－７月份，收入１０１２５亿元，同比增长５％。　截至７月末，⼾数达５．３亿⼾！"
    found = statements_in(block)
    assert [block[s.offset : s.offset + len(s.text)] for s in found] == [s.text for s in found]
    assert [figure(s) for s in found] == ["１０１２５亿元", "５．３亿⼾"]
    assert [(s.value, s.unit) for s in found] == [(Decimal(10125), "元"), (Decimal("5.3"), "户")]


TEMPLATES = (
    "{when}，{name}达{value}{unit}{growth}。",
    "截至{when}末，{name}为{value}{unit}{growth}。",
    "{when}，我国规模以上企业完成{name}{value}{unit}{growth}。",
    "{when}份，{name}{value}{unit}{growth}。",
)
SIZES = {"万亿": WANYI, "亿": YI, "万": WAN}


@pytest.mark.shared
def test_every_published_figure_is_read_as_it_stands(shared: Path) -> None:
    wrong: list[str] = []
    tried = 0
    for name in ("figures.csv", "figures_macro.csv"):
        with (shared / "data" / name).open(encoding="utf-8", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream)):
                end = re.match(r"(\d{4})-(\d\d)", row["period_end"] or "")
                if not end or not row["value"]:
                    continue
                tried += 1
                rate = row["yoy_pct"] if re.fullmatch(r"-?[\d.]+", row["yoy_pct"] or "") else None
                growth = (
                    "" if rate is None else f"，同比{'下降' if rate[0] == '-' else '增长'}{rate.lstrip('-')}%"
                )
                text = TEMPLATES[number % len(TEMPLATES)].format(
                    when=f"{end[1]}年{int(end[2])}月",
                    name=row["series_name_zh"],
                    value=row["value"],
                    unit=row["unit"],
                    growth=growth,
                )
                if not _reads(text, row, rate):
                    wrong.append(text)
    assert tried > 1700
    assert wrong == []


def _reads(text: str, row: dict[str, str], rate: str | None) -> bool:
    found = statements_in(text)
    if len(found) != 1:
        return False
    if row["unit"] == "%" and re.search("增速|增长", row["series_name_zh"]):
        return found[0].value is None and found[0].rate == Decimal(row["value"])
    size = next((size for word, size in SIZES.items() if row["unit"].startswith(word)), ONE)
    return (
        found[0].value == Decimal(row["value"])
        and found[0].multiplier == size
        and found[0].rate == (None if rate is None else Decimal(rate))
    )


WORDS = st.lists(
    st.sampled_from(
        ["1-7月，", "企业完成", "收入", "10125", "亿元", "，", "。", "同比增长", "5%", "、", "和", "分别", "（", "）", "较上年末", "占", "达", "个百分点", "；", "由", "提升至", "其中", "2019年"]
    )
    | st.characters(),
    max_size=40,
).map("".join)  # fmt: skip


@given(WORDS)
def test_any_text_is_read_without_an_error_and_with_true_positions(text: str) -> None:
    for statement in statements_in(text, issued=dt.date(2021, 1, 1)):
        assert text[statement.offset : statement.offset + len(statement.text)] == statement.text
        for span in (statement.span, statement.rate_span):
            assert span is None or 0 <= span[0] < span[1] <= len(statement.text)


def test_endless_sentence_is_refused_with_a_warning() -> None:
    reading = read_block("收入1亿元，" * 5000)
    assert reading.statements == ()
    assert "without a full stop" in reading.warnings[0]


def test_aside_about_another_time_is_not_inherited() -> None:
    """CNNIC no. 45: the survey stood in March 2020 and not at the end of 2019; the next figure is still March's."""
    text = "截至2020年3月,网民规模达9.04亿。因疫情,调查未在上年底进行。手机网民规模达8.97亿。"
    found = {s.measure: s.period.code for s in statements_in(text, issued=dt.date(2020, 4, 28)) if s.period}
    assert found == {"网民规模": "2020-03", "手机网民规模": "2020-03"}


def test_sentence_that_begins_with_a_period_sets_the_scene() -> None:
    text = "2021年1—9月,行业运行总体平稳。互联网企业完成业务收入11633亿元,同比增长25.4%。"
    [found] = statements_in(text, issued=dt.date(2021, 11, 4))
    assert found.period is not None
    assert found.period.code == "2021-09"


# ------------------------------------------------------------------------------- what a rate is compared with


@pytest.mark.parametrize(
    ("text", "rate", "comparison"),
    [
        # December on the December before is a rate on year, whatever it is called.
        ("截至2022年12月，我国IPv6地址数量达67369块/32，较2021年12月增长6.8%。", "6.8", "yoy"),
        ("截至2022年6月，我国IPv6地址数量为63079块/32，较2021年12月增长0.04%。", "0.04", "since"),
        ("截至2020年3月，在线教育用户规模达4.23亿，较2018年底增长110.2%。", "110.2", "since"),
        ("截至2019年12月，互联网上市企业总市值达11.12万亿元，较2018年底增长40.8%。", "40.8", "yoy"),
        ("2014年，游戏市场实际销售收入达1144.8亿元，较2013年增长37.7%。", "37.7", "yoy"),
        # A rate behind an increase has the base of that increase, unless it says its own.
        (
            "截至2023年12月，在线旅行预订用户规模达5.09亿人，较2022年12月增长8629万人，增长率为20.4%。",
            "20.4",
            "yoy",
        ),
        (
            "截至2023年6月，在线旅行预订用户规模达4.54亿人，较2022年12月增长3091万人，增长率为7.3%。",
            "7.3",
            "since",
        ),
        (
            "截至2017年12月，手机网上支付用户规模达5.27亿，较2016年底增加5783万人，年增长率为12.3%。",
            "12.3",
            "yoy",
        ),
        # Half a year is none.
        ("截至2016年6月，我国网民规模达7.10亿，半年增长率为3.1%。", "3.1", "since"),
        ("2020年上半年，游戏市场实际销售收入1394.93亿元，上半年增长22.34%。", "22.34", "yoy"),
    ],
)
def test_base_of_a_rate(text: str, rate: str, comparison: str) -> None:
    level = statements_in(text, issued=dt.date(2024, 3, 22))[0]
    assert (level.rate, level.comparison) == (Decimal(rate), comparison)


def test_half_a_year_is_no_part_of_the_name() -> None:
    text = "截至2016年6月，“.CN”域名总数半年增长为19.2%，达到1950万个。"
    found = statements_in(text)
    assert {one.measure for one in found} == {".CN域名总数"}
    assert [one.comparison for one in found if one.rate == Decimal("19.2")] == ["since"]


def test_a_round_mark_passed_does_not_cut_the_sentence() -> None:
    """首次突破3000亿关口 says again what stands before; what follows still belongs to the market."""
    found = statements_in(
        "2023年，国内游戏市场实际销售收入3029.64亿元，同比增长13.95%，首次突破3000亿关口；用户规模6.68亿人，同比增长0.61%。"
    )
    assert [(one.value, one.rate) for one in found] == [
        (Decimal("3029.64"), Decimal("13.95")),
        (Decimal("6.68"), Decimal("0.61")),
    ]
    assert found[1].measure == "国内游戏市场实际销售收入用户规模"


def test_bullets_and_this_year_name_nothing() -> None:
    assert only("◇ 手机网民规模为8.47亿。").measure == "手机网民规模"
    assert (
        only("尤其是今年中国自主研发游戏海外市场销售收入154.5亿美元。").measure
        == "中国自主研发游戏海外市场销售收入"
    )
