"""Changes: signs live in verbs and nouns; figures of others and of other periods are left alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosperity.clean import parse_change
from prosperity.notation import Change, ChangeError
from prosperity.notation.changes import scan_changes


def change(
    rate: str | None, difference: str | None = None, comparison: str = "yoy", mean: str | None = None
) -> Change:
    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return Change(number(rate), number(difference), comparison, number(mean))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("同比增长5%，增速较上半年回落0.6个百分点", change("5", "-0.6")),
        ("同比下降5.8%,降幅扩大0.5个百分点", change("-5.8", "-0.5")),
        ("同比下降5.8%，扩大0.5个百分点", change("-5.8", "-0.5")),
        ("同比下降2.2%，降幅收窄1.5个百分点", change("-2.2", "1.5")),
        ("同比增长2.2%，增幅收窄1.5个百分点", change("2.2", "-1.5")),
        ("降幅较上半年扩大2.4个百分点", change(None, "-2.4")),
        ("增速提高3个百分点，比前9月增速提高1.3个百分点", change(None, "3")),
        ("基本持平", change("0")),
        ("同比基本持平", change("0")),
        ("与上年同期基本持平", change("0")),
        ("增速与1—8月持平", change(None, "0")),
        ("环比增长13.2%", change("13.2", comparison="qoq")),
        ("比上月下降0.3%", change("-0.3", comparison="mom")),
        ("比上年末增长3.1%", change("3.1", comparison="since")),
        ("较2018年底增长3.8%", change("3.8", comparison="since")),
        ("比上年同期增长12.3%", change("12.3")),
        ("同比增长25.6%,两年平均增速为19.7%", change("25.6", mean="19.7")),
        ("同比增长3.6%(上半年下降5.8%)", change("3.6")),
        ("由负转正，同比增长3.6%", change("3.6")),
        ("同比增速由上半年的下降5.8%转为增长3.6%", change("3.6")),
        ("扭转1-3月下滑(-24.9%)局面，同比增长2%", change("2")),
        ("比上年同期名义增长8.8%,扣除价格因素,实际增长6.5%", change("8.8")),
        ("同比实际增长6.9%", change("6.9")),
        ("增长（以下如无特别说明，均为同比名义增长）8.0%", change("8.0")),
        ("下降0.6%，10月份为增长0.8%", change("-0.6")),
        ("增幅仅为6.1%", change("6.1")),
        ("同比增速为-3.2%", change("-3.2")),
        ("同比增长－５．８％", change("-5.8")),
        ("同比增长5.9%,但低于去年同期13.6个百分点,低于同期收入增速9个百分点", change("5.9")),
        ("同比增长16.7%，拉动电信业务收入增长1.8个百分点", change("16.7")),
        ("占比較一季度提高1.3個百分點", change(None, "1.3")),
    ],
)
def test_wordings(text: str, expected: Change) -> None:
    assert parse_change(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5.8%",
        "增长10 51%",
        "同比增长%",
        "同比下降-5.8%",
        "分别增长45.7%和40%",
        "由57.7%提升至67.5%",
        "拉动电信业务收入增长1个百分点",
        "年均增长15%",
        "增" * 5000,
    ],
)
def test_no_single_change(text: str) -> None:
    with pytest.raises(ChangeError):
        parse_change(text)


@given(
    st.decimals(min_value=0, max_value=300, places=1),
    st.decimals(min_value=0, max_value=50, places=1),
    st.booleans(),
    st.booleans(),
)
def test_what_is_worded_is_read_back(rate: Decimal, points: Decimal, falls: bool, wider: bool) -> None:
    verb, noun = ("下降", "降幅") if falls else ("增长", "增幅")
    text = f"同比{verb}{rate}%，{noun}较上半年{'扩大' if wider else '收窄'}{points}个百分点"
    read = parse_change(text)
    assert read.rate == (-rate if falls else rate)
    assert read.difference == (points if falls != wider else -points)


@given(
    st.lists(
        st.sampled_from(
            [
                "同比",
                "增长",
                "下降",
                "降幅",
                "扩大",
                "5.8",
                "%",
                "个百分点",
                "较",
                "上年末",
                "(",
                ")",
                "，",
                "持平",
                "由",
                "转",
            ]
        )
        | st.characters()
    ).map("".join)
)
def test_no_string_gives_another_error(text: str) -> None:
    try:
        parse_change(text)
    except ChangeError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("text", "comparison"),
    [
        ("从环比看,6月份增长0.7%", "qoq"),
        ("环比看,三季度增长1.8%", "qoq"),
        ("从环比看,8月份比上月增长0.20%", "mom"),
        ("从环比看,增长0.7%,同比增长12.1%", "qoq"),
        ("6月份同比增长12.1%", "yoy"),
    ],
)
def test_growth_behind_huanbi_kan_is_on_the_period_before(text: str, comparison: str) -> None:
    assert scan_changes(text)[0].comparison == comparison


def test_same_period_of_last_year_ends_huanbi_kan() -> None:
    assert [mark.comparison for mark in scan_changes("从环比看,增长0.7%,同比增长12.1%")] == ["qoq", "yoy"]
