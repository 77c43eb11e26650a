"""English editions: what is measured, periods, and figures that belong to something else. Tuples are in tests/wordings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosperity.extract.prose import read_block, statements_in
from prosperity.notation.english import scan_english_changes, scan_english_periods

ISSUED = dt.date(2023, 8, 29)


@pytest.mark.parametrize(
    ("phrase", "code", "kind"),
    [
        ("in the first seven months of 2023", "2023-07", "cumulative"),
        ("from January to July", "2023-07", "cumulative"),
        ("in the January-June period", "2023-06", "cumulative"),
        ("in the first half of the year", "2023-S1", "half"),
        ("in Q2 2023", "2023-Q2", "quarter"),
        ("in the second quarter", "2023-Q2", "quarter"),
        ("as of June 2023", "2023-06", "stock"),
        ("by the end of July", "2023-07", "stock"),
        ("in June", "2023-06", "month"),
        ("in 2022", "2022", "year"),
        ("in November", "2022-11", "month"),
    ],
)
def test_period(phrase: str, code: str, kind: str) -> None:
    [found] = scan_english_periods(phrase)
    period = found.resolve(ISSUED)
    assert (period.code, period.kind, found.base) == (code, kind, False)


@pytest.mark.parametrize(
    "phrase",
    [
        "from the end of 2022",
        "than that in the first half",
        "compared with December 2022",
        "since March 2020",
    ],
)
def test_base_of_comparison_is_no_period_of_a_figure(phrase: str) -> None:
    assert all(found.base for found in scan_english_periods(f"up 5 percent {phrase}"))


@pytest.mark.parametrize(
    ("words", "kind", "value", "comparison"),
    [
        ("up 5 percent year on year", "rate", "5", "yoy"),
        ("declined 10.3 percent from a year earlier", "rate", "-10.3", "yoy"),
        ("an increase of 1.97 percent", "rate", "1.97", "yoy"),
        ("a 7.9-percent decrease", "rate", "-7.9", "yoy"),
        ("edging down 0.6 percent", "rate", "-0.6", "yoy"),
        ("up 20.6 percent from the end of 2017", "rate", "20.6", "since"),
        ("rose 3.1 percent month on month", "rate", "3.1", "mom"),
        ("fell 20.2 percent from the previous quarter", "rate", "-20.2", "qoq"),
        ("basically flat", "rate", "0", "yoy"),
        ("0.7 percentage points higher than that in the first six months", "difference", "0.7", "yoy"),
        ("2.4 percentage points slower than in May", "difference", "-2.4", "yoy"),
        ("the decline expanding 2.9 percentage points", "difference", "-2.9", "yoy"),
    ],
)
def test_change(words: str, kind: str, value: str, comparison: str) -> None:
    [one] = scan_english_changes(words)
    assert (one.mark.kind, one.mark.values[0][0], one.mark.comparison) == (kind, Decimal(value), comparison)


@pytest.mark.parametrize(
    "text",
    [
        "Speeds are 4.8 percentage points faster than that of the whole market.",
        "Making up for lost time took three weeks.",
        "The MIIT statistics cover enterprises with annual revenue of above 3 million yuan.",
        "It was released on August 29, 2023.",
        "The 5G network covers 340 cities.",
    ],
)
def test_numbers_that_are_no_statements(text: str) -> None:
    assert statements_in(text, issued=ISSUED) == []


def test_share_is_of_the_whole_behind_it() -> None:
    found = statements_in(
        "By the end of July, 5G users reached 695 million, accounting for 40.6 percent of all mobile phone users.",
        issued=ISSUED,
    )
    assert [(one.subject, one.measure, one.unit) for one in found] == [
        ("", "5G users", ""),
        ("5G users", "share: all mobile phone users", "%"),
    ]


def test_forecast_is_flagged() -> None:
    [found] = statements_in(
        "The number of netizens will exceed 1 billion in 2023.", issued=dt.date(2022, 1, 1)
    )
    assert "forecast" in found.flags


def test_sentences_wrapped_and_abbreviated() -> None:
    text = (
        "Revenue of China Unicom Co. Ltd. and its\npeers hit 1.0056 trillion yuan from Jan. to July 2023.\n"
        "5G users reached 695 million."
    )
    found = statements_in(text)
    assert [one.text for one in found] == [text.rpartition("\n")[0], text.rpartition("\n")[2]]
    assert [one.value for one in found] == [Decimal("1.0056"), Decimal("695")]
    assert [one.period.code for one in found if one.period] == ["2023-07", "2023-07"]


def test_damaged_figure_gives_a_warning_and_nothing_else() -> None:
    reading = read_block(
        "In June revenue reached 7..51 billion yuan, up 5 percent year on year.", issued=ISSUED
    )
    assert all(one.value is None for one in reading.statements)
    assert any("damaged figure" in warning for warning in reading.warnings)


def test_rate_behind_a_damaged_figure_does_not_go_to_an_earlier_one() -> None:
    text = "Revenue reached 5.3 billion yuan, profits hit 7..51 billion yuan, up 5 percent year on year."
    assert [(one.value, one.rate) for one in statements_in(text, issued=ISSUED)] == [(Decimal("5.3"), None)]


WORDS = st.lists(
    st.sampled_from(
        ["In June ", "revenue ", "of ", "5 million ", "percent ", "up ", "down ", "and ", ", ", ". ", "increase ", "the ", "(", ")", "to ",
         "3.4 ", "1,000 ", "from 2020 ", "first half ", "reached ", "accounting for ", "with ", "which ", "year on year ",
         "percentage points ", "higher than ", "- ", "users ", "billion yuan", "\n", "respectively ", "flat "]
    )
    | st.characters(),
    max_size=60,
).map("".join)  # fmt: skip


@given(WORDS)
def test_any_text_is_read_without_an_error_and_with_true_positions(text: str) -> None:
    for statement in statements_in(text, issued=ISSUED):
        assert text[statement.offset : statement.offset + len(statement.text)] == statement.text
        for span in (statement.span, statement.rate_span):
            assert span is None or 0 <= span[0] < span[1] <= len(statement.text)
