"""English prose and tables: sentences labelled by hand, figures really published."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosperity.clean.values import header_period, unit_of
from prosperity.extract.model import Statement
from prosperity.extract.prose import read_block
from prosperity.notation.english import scan_english_periods, table_unit
from prosperity.notation.quantities import find_quantities

Read = tuple[str, str, str]


def read(text: str) -> list[Statement]:
    found = read_block(text).statements
    for statement in found:
        # The contract of prose: spans lead back to the raw text.
        assert text[statement.offset :].startswith(statement.text)
        if statement.value is not None:
            printed = statement.text[slice(*statement.span)].replace(",", "")
            assert f"{abs(statement.value)}" in printed
    return list(found)


def brief(text: str) -> list[Read]:
    """Measure, value in base units, period."""
    return [
        (
            one.measure,
            f"{((one.value or Decimal(0)) * one.multiplier).normalize():f}",
            one.period.code if one.period else "",
        )
        for one in read(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("As of December 2022, the number of Internet users in China had reached 1.067 billion.", [("number of Internet users", "1067000000", "2022-12")]),
        ("By June 2019, China had 854 million Internet users, of whom 847 million went online by phone.", [("Internet users", "854000000", "2019-06")]),
        ("The number of China’s netizens stood at 989 million by the end of 2020.", [("number of netizens", "989000000", "2020-12")]),
        ("As of June 2021, there were 297 million rural Internet users in China.", [("rural Internet users", "297000000", "2021-06")]),
        ("By Dec. 2021, IPv6 addresses totaled 63,052 blocks/32.", [("IPv6 addresses", "63052", "2021-12")]),
        ("As of June 2022, the number of “.CN” domain names was 17.86 million.", [("number of “.CN” domain names", "17860000", "2022-06")]),
        ("As of December 2021, Chinese Internet users spent 28.5 hours online per week.", [("Internet users spent", "28.5", "2021-12")]),
        ("By the end of 2013, China's rural netizens accounted for 28.6% of the total, reaching 177 million.", [("share: total", "28.6", "2013-12"), ("rural netizens", "177000000", "2013-12")]),
        ("By December 2020, the user size of online payment was 854 million, and that of online shopping was 782 million.", [("user size of online payment", "854000000", "2020-12"), ("user size of online shopping", "782000000", "2020-12")]),
    ],
)  # fmt: skip
def test_levels(text: str, expected: list[Read]) -> None:
    assert brief(text)[: len(expected)] == expected


def test_rates_of_the_figure_before_and_none_of_others() -> None:
    (level,) = read(
        "As of December 2018, rural netizens in China reached 222 million, representing an annual increase of 6.2%."
    )
    assert (level.rate, level.comparison) == (Decimal("6.2"), "yoy")
    (level,) = read("As of December 2021, IPv6 addresses were 63,052 blocks/32, up 9.4% from December 2020.")
    assert (level.rate, level.comparison) == (Decimal("9.4"), "yoy"), "its base lies twelve months before"
    (level,) = read(
        "As of March 2020, online education users reached 423 million, up 110.2% from the end of 2018."
    )
    assert level.comparison == "since", "fifteen months are not a year"
    (level,) = read(
        "By June 2019, IPv6 addresses totaled 50,286 blocks/32, an increase of 14.3% over the end of 2018."
    )
    assert level.comparison == "since"
    (level,) = read(
        "As of December 2020, the Internet penetration rate reached 70.4%, up 5.9 percentage points from March 2020."
    )
    assert (level.value, level.rate, level.difference) == (Decimal("70.4"), None, Decimal("5.9"))
    assert level.period is not None and level.period.code == "2020-12", "the base is not the period"
    (level,) = read("In 2022, sales reached 3 trillion yuan, down 1.5% year on year.")
    assert (level.rate, level.unit) == (Decimal("-1.5"), "元")


def test_other_spans_are_no_year() -> None:
    for tail in (
        "an increase of 4.5% over half a year ago",
        "with a half-yearly growth rate of 4.5%",
        "with an average annual growth rate of 4.5%",
    ):
        (level,) = read(f"As of June 2015, rural netizens reached 186 million, {tail}.")
        assert (level.rate, level.comparison) == (Decimal("4.5"), "since"), tail


def test_shares_are_no_levels_of_what_they_are_of() -> None:
    (share,) = read("Mobile phones were used by 99.7% of all netizens.")
    assert (share.measure, share.value) == ("share: all netizens", Decimal("99.7"))


@pytest.mark.parametrize(
    "text",
    [
        "An increase of 85.4 million was seen.",
        "Table 2 lists 15 applications of 2022.",
        "Mobile phones (99.7%) were named most often.",
    ],
)
def test_what_is_no_level_or_cannot_be_told_is_not_read(text: str) -> None:
    assert [level for level in read(text) if "ncrease" not in level.measure] == []


@pytest.mark.parametrize("part", ["of which 847 million were mobile", "including 225 million in rural areas"])
def test_a_part_is_not_the_whole_again(part: str) -> None:
    (level,) = read(f"As of June 2019, China had 854 million Internet users, {part}.")
    assert level.value == Decimal(854)


def test_lists_under_respectively() -> None:
    """Users at the end of 2022, no. 51: 10.38亿 and 10.31亿."""
    assert brief(
        "As of December 2022, the numbers of users of instant messaging and online video reached 1.038 billion and "
        "1.031 billion respectively."
    ) == [
        ("numbers of users of instant messaging", "1038000000", "2022-12"),
        ("numbers of online video", "1031000000", "2022-12"),
    ]


def test_list_with_another_number_of_names_is_named() -> None:
    reading = read_block("Video had 1.044 billion, 783 million and 751 million users respectively.")
    assert reading.statements == () and "3 figures" in reading.warnings[0]


def test_scope_before_the_verb_is_kept() -> None:
    (level,) = read("As of June 2021, rural areas had 297 million Internet users.")
    assert (level.subject, level.measure) == ("rural areas", "Internet users")
    levels = read(
        "The penetration rate in urban areas was 79.8%. The Internet penetration rate reached 70.4%."
    )
    assert [level.measure for level in levels] == [
        "penetration rate in urban areas",
        "Internet penetration rate",
    ]


def test_a_period_holds_until_the_next_one() -> None:
    first, second = read(
        "As of June 2023, China had 1.079 billion Internet users. The penetration rate was 76.4%."
    )
    assert first.period == second.period and second.period is not None and second.period.code == "2023-06"
    reading = read_block(
        "By June of this year, China had 1.079 billion netizens.", issued=dt.date(2023, 8, 29)
    )
    assert reading.statements[0].period.code == "2023-06"  # type: ignore[union-attr]
    assert read_block("By June of this year, China had 1.079 billion netizens.").statements[0].period is None


def test_approximate_words_and_forecasts_are_marked() -> None:
    (level,) = read("As of December 2023, China had nearly 1.1 billion Internet users.")
    assert level.qualifier == "近"
    (level,) = read("As of December 2023, China had more than 1 billion Internet users.")
    assert level.qualifier == "超"
    for text in (
        "It is expected that Internet users of 2025 are 1.2 billion.",
        "The number of Internet users is expected to grow to 1.2 billion.",
    ):
        (level,) = read(text)
        assert level.flags == ("forecast",)


def test_periods_and_their_bases() -> None:
    found = list(
        scan_english_periods(
            "up from March 2020, in the first half of 2021 and Q3 2019, over the end of 2018"
        )
    )
    assert [(named.resolve().code, named.base) for named in found] == [
        ("2020-03", True), ("2021-S1", False), ("2019-Q3", False), ("2018-12", True),
    ]  # fmt: skip


def test_quantities_need_a_size() -> None:
    found = [
        quantity
        for quantity, _ in find_quantities("In 2022 the 51st report gave 1.067 billion and 75.6 percent")
    ]
    assert [(one.value, one.multiplier, one.unit) for one in found] == [
        (Decimal("1.067"), Decimal(10**9), ""), (Decimal("75.6"), Decimal(1), "%"),
    ]  # fmt: skip


@pytest.mark.parametrize("printed", ["blocks/32", "blocks (/32)", "blocks of /32", "/32 blocks"])
def test_blocks_of_addresses(printed: str) -> None:
    (level,) = read(f"As of December 2021, China had 63,052 {printed} of IPv6 addresses.")
    assert (level.measure, level.value, level.unit) == ("IPv6 addresses", Decimal(63052), "块/32")


@pytest.mark.parametrize(
    ("text", "factor", "unit"),
    [
        ("100 million", 10**8, ""), ("10,000 persons", 10**4, ""), ("Unit: million", 10**6, ""), ("%", 1, "%"),
        ("blocks/32", 1, "块/32"), ("in billion yuan", 10**9, "元"),
    ],
)  # fmt: skip
def test_units_of_tables(text: str, factor: int, unit: str) -> None:
    assert table_unit(text) == (Decimal(factor), unit)
    assert unit_of(f"Users ({text})") == (Decimal(factor), unit)


def test_headers() -> None:
    assert table_unit("Users of applications") is None
    assert header_period("Dec. 2022 Users (million)") is not None
    assert header_period("2022") is None, "four digits alone may be a year or not"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["As of June 2021", "reached", "up", "12%", "1.067 billion", "users", ",", ".", " ", "from", "2020", "percentage points",
             "respectively", "accounting for", "the number of", "the", "63,052 blocks/32", "December", ";", "(", "\n", "’s"]
        ),
        max_size=25,
    )
)  # fmt: skip
def test_any_text_is_read_without_an_error_and_with_true_positions(words: list[str]) -> None:
    read(" ".join(words))
