"""Quantities: forms that publishers print, damaged figures, and no surprise on any string."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosperity.clean import QuantityError, parse_quantity
from prosperity.notation import Quantity, find_quantities
from prosperity.notation.normalise import normalise
from prosperity.notation.quantities import find_damage

WAN, YI, WANYI = Decimal(10**4), Decimal(10**8), Decimal(10**12)
ONE = Decimal(1)


@pytest.mark.parametrize(
    ("text", "value", "multiplier", "unit", "qualifier"),
    [
        ("1.55万亿元", "1.55", WANYI, "元", ""),
        ("8万余个", "8", WAN, "个", "余"),
        ("80余万户", "80", WAN, "户", "余"),
        ("超13万个", "13", WAN, "个", "超"),
        ("近6.6亿人", "6.6", YI, "人", "近"),
        ("约5.17亿人", "5.17", YI, "人", "约"),
        ("突破1.8万亿元", "1.8", WANYI, "元", "突破"),
        ("5000万左右", "5000", WAN, "", "左右"),
        ("7.51億", "7.51", YI, "", ""),
        ("454.9万个", "454.9", WAN, "个", ""),
        ("0.6个百分点", "0.6", ONE, "百分点", ""),
        ("5.8%", "5.8", ONE, "%", ""),
        ("－5．８％", "-5.8", ONE, "%", ""),
        ("−3.5", "-3.5", ONE, "", ""),
        ("+3.1%", "3.1", ONE, "%", ""),
        ("1,234.5亿元", "1234.5", YI, "元", ""),
        ("10 125 亿元".replace("10 125", "10125"), "10125", YI, "元", ""),
        ("921.4亿GB", "921.4", YI, "GB", ""),
        ("38.33亿G", "38.33", YI, "GB", ""),
        ("6.25GB/户·月", "6.25", ONE, "GB/户·月", ""),
        ("10.33 GB/户•月", "10.33", ONE, "GB/户·月", ""),
        ("321.5MB", "321.5", ONE, "MB", ""),
        ("100Mbps", "100", ONE, "Mbit/s", ""),
        ("37.69Mbit/s", "37.69", ONE, "Mbit/s", ""),
        ("50286块/32", "50286", ONE, "块/32", ""),
        ("2313.28亿笔", "2313.28", YI, "笔", ""),
        ("89.89亿美元", "89.89", YI, "美元", ""),
        ("29.5个小时", "29.5", ONE, "小时", ""),
        ("119.2部/百人", "119.2", ONE, "部/百人", ""),
        ("1.21 trillion yuan", "1.21", WANYI, "元", ""),
        ("52.2 billion", "52.2", Decimal(10**9), "", ""),
        ("$52 trillion", "52", WANYI, "美元", ""),
        ("14.1 percent", "14.1", ONE, "%", ""),
        ("百分之二十一点二", "21.2", ONE, "%", ""),
        ("一千二百三十四亿元", "1234", YI, "元", ""),
        ("18143", "18143", ONE, "", ""),
    ],
)
def test_printed_forms(text: str, value: str, multiplier: Decimal, unit: str, qualifier: str) -> None:
    assert parse_quantity(text) == Quantity(Decimal(value), multiplier, unit, qualifier)


def test_base_units() -> None:
    assert parse_quantity("8万余个").in_base_units == 80000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10 51億", "blank"),
        ("74 4%", "blank"),
        ("88. 8 亿元", "blank"),
        ("7。51億", "full stop"),
        ("7·51亿", "middle dot"),
        ("1.2.3亿", "two decimal points"),
        ("5.亿元", "no digits after"),
        (".5亿", "no digits before"),
        ("12,34亿", "comma"),
        ("1O25亿元", "letter"),
        ("XX亿", "placeholder"),
        ("×.×%", "placeholder"),
        ("13亿5000万", "two parts"),
        ("7\ufffd51亿", "unreadable"),
    ],
)
def test_damaged_figures_are_named_and_never_mended(text: str, reason: str) -> None:
    with pytest.raises(QuantityError, match=reason):
        parse_quantity(text)
    assert find_quantities(f"达{text}，") == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "…",
        "亿元",
        "5G",
        "3个月",
        "2406万户、3亿",
        "35948亿元(2)",
        "净增②2406万户",
        "数十亿",
        "1e5",
        "9" * 40,
        "½亿",
    ],
)
def test_not_exactly_one_quantity(text: str) -> None:
    with pytest.raises(QuantityError):
        parse_quantity(text)


def test_damage_where_all_digits_were_lost() -> None:
    reasons = [damage.reason for damage in find_damage("利润总额达到亿元,增长%")]
    assert reasons == ["figure missing before its unit"] * 2


def test_a_price_for_each_unit_is_no_sum_of_money() -> None:
    """Mean price of mobile data, 2019-Q3 and 2020-Q4."""
    text = "平均资费为5.1元/GB,同比下降,其后为3.75 元/GB"
    assert [quantity.unit for quantity, _ in find_quantities(text)] == ["元/GB", "元/GB"]


def test_found_in_running_text_with_spans() -> None:
    text = "截至９月末，5G基站总数达470.5万个，IPv6地址50286块/32，居前5名，16-59岁，三家企业，近6.6亿人"
    found = [text[start:end] for _, (start, end) in find_quantities(text)]
    assert found == ["470.5万个", "50286块/32", "近6.6亿人"]


UNITS = st.sampled_from(["元", "户", "个", "GB", "%", "块/32", "GB/户·月", "美元", ""])
MULTIPLIERS = st.sampled_from([("", ONE), ("万", WAN), ("亿", YI), ("万亿", WANYI)])
NUMBERS = st.decimals(min_value=0, max_value=10**7, places=2, allow_nan=False)


@given(NUMBERS, MULTIPLIERS, UNITS, st.sampled_from(["", "约", "近", "超"]), st.booleans())
def test_what_is_printed_is_read_back(
    number: Decimal, size: tuple[str, Decimal], unit: str, qualifier: str, wide: bool
) -> None:
    printed = f"{qualifier}{number:,}{size[0]}{unit}"
    if wide:
        printed = printed.translate(str.maketrans("0123456789.%,", "０１２３４５６７８９．％，"))
    assert parse_quantity(printed) == Quantity(number, size[1], unit, qualifier)
    embedded = f"规模{printed}，"
    expected = [] if not size[0] and not unit else [(parse_quantity(printed), (2, 2 + len(printed)))]
    assert find_quantities(embedded) == expected


SNIPPETS = st.lists(
    st.sampled_from(
        [*"0123456789.,。·-~%万亿千元户个余约近超点一二十百X（）() ", "百分之", "GB", "5G", "trillion"]
    )
    | st.characters()
).map("".join)


@given(SNIPPETS)
def test_no_string_gives_another_error(text: str) -> None:
    try:
        parse_quantity(text)
    except QuantityError as error:
        assert str(error)


@given(SNIPPETS)
def test_found_quantities_stand_where_they_are_said_to(text: str) -> None:
    for quantity, (start, end) in find_quantities(text):
        assert 0 <= start < end <= len(text)
        assert str(abs(quantity.value)).split(".")[-1] in normalise(text[start:end]).replace(",", "") or any(
            character in "一二三四五六七八九十百千零〇两" for character in text[start:end]
        )
