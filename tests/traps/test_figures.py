"""Traps 9 to 12 and 21: footnotes glued to figures, units, damaged figures, approximate words, wrong text."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from prosperity.clean.candidates import Candidate
from prosperity.clean.model import Cleaned, Evidence
from prosperity.clean.plausible import KnownValue, implausible
from prosperity.notation.model import stock
from tests.traps.reading import (
    SHIPPED,
    extracted,
    miit,
    page,
    read,
    reasons,
    released,
    rows,
    small_catalogue,
    values,
)

REVENUE, RATE = "miit_inet_rev_cum", "miit_inet_rev_cum_yoy"
HALF = {"title": "2020年上半年互联网和相关服务业运行情况", "issued": "2020-08-02"}
#: MIIT, 亿元, as published (figures.csv).
KNOWN = {
    REVENUE: [
        KnownValue("2020-02", Decimal(1311), "a"),
        KnownValue("2020-03", Decimal(2153), "b"),
        KnownValue("2020-04", Decimal(3446), "c"),
        KnownValue("2020-07", Decimal(6916), "d"),
    ]
}


def payments(figure: str, known: Any = None, **bounds: float) -> Cleaned:
    """PBoC, first quarter of 2022: 非银行支付机构 2313.28亿笔 and 84.41万亿元 of payments; note 13 in the report."""
    series = [
        {"id": "count", "unit": "笔", "unit_mult": 8, "kind": "flow", "frequency": "Q", "bounds": bounds, "jump": 3},
        {"id": "count_yoy", "unit": "%", "kind": "rate", "frequency": "Q", "rate_of": "count"},
    ]  # fmt: skip
    rule = {"level": "count", "rate": "count_yoy", "measure": "网络支付业务$", "unit": "笔"}
    whole = small_catalogue(series, {"statements": [rule], "ignore": ["金额"]})
    text = f"一季度,非银行支付机构处理网络支付业务{figure}亿笔,金额84.41万亿元,同比分别增长4.85%和下降2.38%。"
    release = released("other", "2022年第一季度支付体系运行总体情况", "2022-08-02")
    return read(page(text), release, whole, known=known or {})


def test_trap_09_footnote_marks_glued_to_numbers_by_bounds() -> None:
    """132313.28亿笔 is note 13 and 2313.28: outside what is plausible, rejected with the raw text."""
    assert values(payments("2313.28", maximum=20000))["count", "2022-Q1"] == Decimal("2313.28")
    glued = payments("132313.28", maximum=20000)
    assert ("count", "2022-Q1") not in values(glued)
    assert "132313.28 is outside the bounds" in reasons(glued)
    assert "'132313.28亿笔'" in reasons(glued)


def test_trap_09_footnote_marks_glued_to_numbers_by_known_values() -> None:
    """The same without bounds: 2608.30 in 2021Q2 and neighbours in other documents tell."""
    known = {
        "count": [
            KnownValue("2021-Q2", Decimal("2608.30"), "a"),
            KnownValue("2021-Q1", Decimal("2206.23"), "b"),
        ]
    }
    assert values(payments("2313.28", known))["count", "2022-Q1"] == Decimal("2313.28")
    glued = payments("132313.28", known)
    assert ("count", "2022-Q1") not in values(glued)
    assert (
        "132313.28 lies more than a factor of 3.0 from what other documents say: 2608.30 (2021-Q2)"
        in reasons(glued)
    )


def test_trap_09_rates_go_to_the_figures_they_follow() -> None:
    """同比分别增长4.85%和下降2.38%: two verbs in one list."""
    assert values(payments("2313.28"))["count_yoy", "2022-Q1"] == Decimal("4.85")


def test_trap_09_note_glued_within_bounds() -> None:
    """25907亿元 (note 2 and 5907) lies within the series' bounds; what other documents print tells."""
    text = "上半年,互联网企业完成业务收入25907亿元,同比增长14.1%。"
    glued = miit(text, known=KNOWN, **HALF)
    assert REVENUE not in {series for series, _ in values(glued)}
    assert "from what other documents say" in reasons(glued)
    right = miit(text.replace("25907", "5907"), known=KNOWN, **HALF)
    assert values(right)[REVENUE, "2020-06"] == 5907


@pytest.mark.parametrize(
    ("title", "issued", "printed", "rate"),
    [
        ("2022年第一季度", "2022-08-02", "132313.28", "4.85"),  # note 13
        ("2018年第二季度", "2018-08-20", "101230.14", "94.37"),  # note 10
    ],
)
def test_trap_09_glued_note_of_payments(title: str, issued: str, printed: str, rate: str) -> None:
    """The figure of a copy is rejected; raised, as on the publisher's page, the mark comes off (13 before 2608.30)."""
    name = f"{title}支付体系运行总体情况"
    text = f"{title[5:]}，非银行支付机构处理网络支付业务{printed}亿笔，同比增长{rate}%。"
    data = page(text).replace(b'id="con_con"', b'id="zoom"')
    cleaned = read(data, released("pboc_payment", name, issued))
    assert {series for series, _ in values(cleaned)} == {"pboc_nonbankpay_count_yoy"}
    assert f"{printed} is outside the bounds" in reasons(cleaned)
    raised = page("二季度，非银行支付机构处理网络支付业务<sup>13</sup>2608.30亿笔。").replace(
        b'id="con_con"', b'id="zoom"'
    )
    cleaned = read(raised, released("pboc_payment", "2021年第二季度支付体系运行总体情况", "2021-09-06"))
    assert values(cleaned) == {("pboc_nonbankpay_count", "2021-Q2"): Decimal("2608.30")}


@pytest.mark.parametrize("note", ["1", "①", "[1]", "(1)"])
def test_trap_09_marks_behind_names_and_figures_are_taken_off(note: str) -> None:
    text = f"上半年,规模以上互联网和相关服务企业{note}(以下简称互联网企业)完成业务收入5907亿元(2),同比增长14.1%。"
    assert values(miit(text, **HALF))[REVENUE, "2020-06"] == 5907


def one_figure(
    text: str, unit: str, mult: int = 0, measure: str = "流量|DOU|收入|用户", **bounds: float
) -> Cleaned:
    series = {"id": "x", "unit": unit, "unit_mult": mult, "kind": "stock", "bounds": bounds}
    whole = small_catalogue([series], {"statements": [{"level": "x", "measure": measure, "unit": unit}]})
    return read(page(text), released("other", "2017年6月情况", "2017-07-30"), whole)


@pytest.mark.parametrize(
    ("printed", "unit", "mult", "value"),
    [
        ("321.5MB/户·月", "MB/户·月", 0, "321.5"),
        ("2752MB/户·月", "GB/户·月", 0, "2.6875"),  # printed elsewhere as 2.69GB: 1024, not 1000
        ("6.25GB/户·月", "GB/户·月", 0, "6.25"),
        ("110亿G", "GB", 8, "110"),
        ("110亿GB", "GB", 8, "110"),
        ("1.74万亿GB", "GB", 8, "17400"),
        ("17400亿GB", "GB", 8, "17400"),
    ],
)
def test_trap_10_units_are_brought_to_the_series_own(printed: str, unit: str, mult: int, value: str) -> None:
    cleaned = one_figure(f"截至2017年6月末,移动互联网接入流量达{printed}。", unit, mult)
    assert values(cleaned) == {("x", "2017-06"): Decimal(value)}


def test_trap_10_other_currency_is_refused() -> None:
    """Game export 89.89亿元 where the report counts in 亿美元: never converted, never relabelled."""
    cleaned = one_figure("截至6月末,自主研发游戏海外市场实际销售收入为89.89亿元。", "美元", 8)
    assert not cleaned.observations
    assert "unit '元' in place of '美元'" in reasons(cleaned)


def test_trap_10_game_export_in_the_wrong_currency() -> None:
    """89.89亿元 is printed for 亿美元 in copies of the report on the first half of 2022: rejected, never converted."""
    text = "2022年1—6月，中国自主研发游戏海外市场实际销售收入89.89{}，同比增长6.16%。"
    release = released("cgigc_games", "2022年1—6月中国游戏产业报告", "2022-07-21")
    wrong, right = (
        read(page(text.format(unit)).replace(b'class="', b'class="article '), release)
        for unit in ("亿元", "亿美元")
    )
    assert not wrong.observations and "unit '元' in place of '美元'" in reasons(wrong)
    assert values(right)["cgigc_game_overseas", "2022-06"] == Decimal("89.89")


def test_trap_10_lost_multiplier_is_outside_the_bounds() -> None:
    """3933户 for 3933万户."""
    cleaned = one_figure("截至6月末,千兆用户达3933户。", "户", 4, minimum=100)
    assert not cleaned.observations
    assert "0.3933 is outside the bounds" in reasons(cleaned)


@pytest.mark.parametrize(
    "text", ["截至6月末,手机上网流量达52Tb。", "Market value stood at $52 trillion in June 2017."]
)
def test_trap_10_unknown_units_and_languages_are_not_guessed(text: str) -> None:
    assert not one_figure(text, "GB", 8).observations


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("完成业务收入10 51億元", "contains a blank"),
        ("完成业务收入5907亿元,同比增长74 4%", "contains a blank"),
        ("完成业务收入7。51億元", "full stop in place of the decimal point"),
        ("完成业务收入达到亿元,增长%", "figure missing before its unit"),
        ("完成业务收入5·907亿元", "middle dot"),
        ("完成业务收入59.0.7亿元", "two decimal points"),
    ],
)
def test_trap_11_broken_numbers_are_rejected_by_name(text: str, cause: str) -> None:
    cleaned = miit(f"上半年,互联网企业{text}。", **HALF)
    assert cause in reasons(cleaned)
    assert set(values(cleaned)) <= {(REVENUE, "2020-06")}
    assert values(cleaned).get((REVENUE, "2020-06"), Decimal(5907)) == 5907


def rate_of_2024(*texts: str, **options: Any) -> Cleaned:
    return miit(*texts, title="2024年1—8月互联网和相关服务业运行情况", issued="2024-09-30", **options)


def test_trap_11_lost_decimal_point_by_the_rates_of_other_months() -> None:
    """同比增长44% for 4.4%, Jan–Aug 2024; 0.9% to May, 3.1% to June, 5% to July."""
    known = {
        RATE: [
            KnownValue("2024-05", Decimal("0.9"), "a"),
            KnownValue("2024-06", Decimal("3.1"), "b"),
            KnownValue("2024-07", Decimal(5), "c"),
        ]
    }
    text = "1—8月份,互联网企业完成互联网业务收入11710亿元,同比增长{}%。"
    broken = rate_of_2024(text.format("44"), known=known)
    assert set(values(broken)) == {(REVENUE, "2024-08")}
    assert "44 lies more than 25.0 points from what other documents say" in reasons(broken)
    assert values(rate_of_2024(text.format("4.4"), known=known))[RATE, "2024-08"] == Decimal("4.4")


def test_trap_11_lost_decimal_point_by_the_text_below() -> None:
    """The copy's head says 44%, its body 4.4%: neither is loaded."""
    cleaned = rate_of_2024(
        "1—8月互联网企业完成互联网业务收入同比增长44%。",
        "1—8月份,互联网企业完成互联网业务收入11710亿元,同比增长4.4%。",
    )
    assert set(values(cleaned)) == {(REVENUE, "2024-08")}
    assert "contradict each other: '44%'" in reasons(cleaned)


def income(rate: str, known: Any) -> Cleaned:
    table = "<p>居民收支主要数据</p>" + rows(
        ("指标", "绝对量(元)", "比上年增长(%)(以下如无特别说明均为名义增长)"),
        ("全国居民人均可支配收入", "32189", rate),
    )
    release = released("nbs_income", "2020年居民收入和消费支出情况", "2021-01-18")
    return read(page(table=table), release, known=known)


@pytest.mark.parametrize(("rate", "loaded"), [("4.7", True), ("47", False), ("-4.7", False)])
def test_trap_11_level_rate_and_the_year_before(rate: str, loaded: bool) -> None:
    """NBS: 30733元 in 2019, 32189 in 2020, +4.7%. A lost point or a wrong sign contradicts the two levels."""
    known = {"nbs_disp_income_cum": [KnownValue("2019-12", Decimal(30733), "a")]}
    cleaned = income(rate, known)
    if loaded:
        assert values(cleaned)["nbs_disp_income_cum_yoy", "2020-12"] == Decimal(rate)
    else:
        assert not cleaned.observations
        assert "level and rate contradict each other: 32189 is +4.7% on 30733 of 2019-12" in reasons(cleaned)


def test_trap_11_lost_sign_beside_its_own_words() -> None:
    """Profit −6.2%, H1 2022: a rise beside a narrower *fall* cannot be; the level stands."""
    cleaned = miit(
        "上半年,互联网企业实现利润总额645.4亿元,同比增长6.2%,降幅较1—5月收窄8.6个百分点。",
        title="2022年上半年互联网和相关服务业运行情况",
        issued="2022-07-27",
    )
    assert values(cleaned) == {("miit_inet_profit_cum", "2022-06"): Decimal("645.4")}
    assert "sign in doubt" in reasons(cleaned)


@pytest.mark.parametrize(
    ("words", "rate"),
    [
        ("同比下降6.2%,降幅较1—5月收窄8.6个百分点", "-6.2"),
        ("同比下降,降幅收窄至6.2%", "-6.2"),
        ("同比下降5.8%,增速较上半年回落7.7个百分点", "-5.8"),
        ("同比增长5%,增速较上半年回落0.6个百分点", "5"),
        ("增速回落0.6个百分点至5%", "5"),
    ],
)
def test_trap_11_signs_are_in_the_words(words: str, rate: str) -> None:
    cleaned = miit(
        f"上半年,互联网企业实现利润总额645.4亿元,{words}。",
        title="2022年上半年互联网和相关服务业运行情况",
        issued="2022-07-27",
    )
    assert values(cleaned)["miit_inet_profit_cum_yoy", "2022-06"] == Decimal(rate)


@pytest.mark.parametrize(
    ("printed", "value", "qualifier"),
    [
        ("近6.6亿人", "6.6", "近"),
        ("超10亿人", "10", "超"),
        ("近11亿人(10.9967亿人)", "10.9967", ""),
        ("6.6亿余人", "6.6", "余"),
        ("突破10亿人", "10", "突破"),
        ("10.9967亿人", "10.9967", ""),
    ],
)
def test_trap_12_approximate_words_are_kept(printed: str, value: str, qualifier: str) -> None:
    release = released(
        "cnnic_report", "第54次《中国互联网络发展状况统计报告》", "2024-08-29", period=stock(2024, 6)
    )
    cleaned = read(page(f"截至2024年6月,网民规模达{printed}。"), release)
    found = {(o.value, o.qualifier) for o in cleaned.observations if o.series == "cnnic_netizens"}
    assert found == {(Decimal(value), qualifier)}, reasons(cleaned)


def test_trap_12_exact_figure_wins_within_a_document() -> None:
    cleaned = miit(
        "上半年,业务收入近6000亿元。", "上半年,互联网企业完成业务收入5907亿元,同比增长14.1%。", **HALF
    )
    assert values(cleaned)[REVENUE, "2020-06"] == 5907


def test_trap_21_change_against_its_own_period() -> None:
    """Jan–Apr 2020: "增速较1-4月回升3.4个百分点" where 1-3月 is meant: level and rate stand, the change is not taken."""
    text = "1—4月,互联网企业完成业务收入3446亿元,同比增长4.9%,增速较1-4月回升3.4个百分点。"
    release = released("miit_internet", "2020年1－4月互联网和相关服务业运行情况", "2020-05-27")
    found = extracted(page(text), release).statements[0]
    assert (found.rate, found.difference) == (Decimal("4.9"), None)
    assert "compared with its own period: the text itself is wrong" in found.flags
    right = extracted(page(text.replace("较1-4月", "较1-3月")), release).statements[0]
    assert right.difference == Decimal("3.4") and not right.flags


def test_trap_21_part_against_its_printed_share() -> None:
    """农村网民 3.62 for 3.26亿, December 2023: 29.8% of 10.92亿 netizens is 3.26."""
    release = released(
        "cnnic_report", "第53次《中国互联网络发展状况统计报告》", "2024-03-22", period=stock(2023, 12)
    )

    def rural(figure: str) -> Cleaned:
        return read(
            page(f"截至2023年12月,网民规模达10.92亿人。农村网民规模达{figure}亿人,占网民整体的29.8%。"),
            release,
        )

    assert values(rural("3.26"))["cnnic_rural_netizens", "2023-12"] == Decimal("3.26")
    wrong = rural("3.62")
    assert ("cnnic_rural_netizens", "2023-12") not in values(wrong)
    assert values(wrong)["cnnic_netizens", "2023-12"] == Decimal("10.92")
    assert "is 33.2%, the text prints a share of 29.8%" in reasons(wrong)


def test_trap_21_heading_and_sentence_disagree() -> None:
    """September 2022: 降幅趋缓 over "同比下降0.9%,降幅扩大0.1个百分点": the figures are the sentence's."""
    cleaned = miit(
        "互联网业务收入降幅趋缓。1—9月份,互联网企业完成互联网业务收入10998亿元,同比下降0.9%,降幅较1—8月扩大0.1个百分点。",
        title="2022年1－9月份互联网和相关服务业运行情况",
        issued="2022-10-30",
    )
    assert values(cleaned) == {(REVENUE, "2022-09"): Decimal(10998), (RATE, "2022-09"): Decimal("-0.9")}


def test_bounds_of_the_shipped_catalogue_hold_a_lost_multiplier() -> None:
    """A figure 10000 times too small or too great is outside the bounds of every shipped level in 亿."""
    for series in SHIPPED.series.values():
        low, high = series.bounds.minimum, series.bounds.maximum
        if series.unit_mult == 8 and series.kind in ("flow", "stock") and low is not None and low > 0:
            assert high is not None and high < 10000 * low, series.id


@pytest.mark.shared
def test_real_figures_are_in_line_with_each_other(shared: Path) -> None:
    """Of all published figures of the shipped series, one is rejected: data services January to February 2022, 321亿元
    after 180.5 for nine months of 2021, which the reference material calls suspicious itself."""
    known: dict[str, list[KnownValue]] = defaultdict(list)
    documents: dict[str, list[Candidate]] = defaultdict(list)
    for name in ("figures.csv", "figures_macro.csv"):
        with (shared / "data" / name).open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                for series, text in (
                    (row["series_code"], row["value"]),
                    (f"{row['series_code']}_yoy", row["yoy_pct"]),
                ):
                    if series in SHIPPED.series and text:
                        year, month = (int(part) for part in row["period_end"].split("-"))
                        document = row["source_url"] + row["published"]
                        evidence = Evidence(document, text, "html-prose", "test")
                        period = stock(year, month)
                        known[series].append(KnownValue(period.code, Decimal(text), document))
                        documents[document].append(
                            Candidate(SHIPPED.series[series], period, Decimal(text), evidence, "text")
                        )
    rejected = [
        problem.what
        for candidates in documents.values()
        for problem in implausible(candidates, known).values()
    ]
    assert sum(len(candidates) for candidates in documents.values()) > 500
    assert rejected == ["miit_inet_data_cum 2022-02"]
