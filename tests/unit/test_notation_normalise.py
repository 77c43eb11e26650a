"""Look-alike characters: what they become, and that every position leads back to the raw text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosperity.notation.normalise import fold, normalise, normalise_with_offsets, raw_span


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("１２．５％", "12.5%"),
        ("－3.5", "-3.5"),
        ("−3.5", "-3.5"),
        ("1—10月", "1-10月"),
        ("1―10月", "1-10月"),
        ("1–10月", "1-10月"),
        ("1～10月", "1~10月"),
        ("（亿元）", "(亿元)"),
        ("⼾数", "户数"),  # NFKC alone makes it 戶
        ("⺠生", "民生"),  # NFKC leaves these alone
        ("⻋⻓⻔⻝⻢", "车长门食马"),
        ("\u3000\u00a0", "  "),
        ("亿\u200b元", "亿元"),
    ],
)
def test_plain_forms(raw: str, plain: str) -> None:
    assert normalise(raw) == plain


@pytest.mark.parametrize("mark", ["②", "³", "⑴", "½", "❶"])
def test_footnote_marks_and_fractions_never_become_digits(mark: str) -> None:
    assert normalise(f"净增{mark}2406") == f"净增{mark}2406"


def test_offsets_lead_back_to_the_raw_text() -> None:
    raw = "净增\u200b２．５\u3000亿⼾"
    plain, offsets = normalise_with_offsets(raw)
    assert plain == "净增2.5 亿户"
    start = plain.index("2.5")
    first, last = raw_span(offsets, start, start + 3)
    assert raw[first:last] == "２．５"


def test_fold_keeps_positions() -> None:
    assert fold("達10.51億戶") == "达10.51亿户"


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text())
def test_offsets_are_complete_and_in_order(text: str) -> None:
    plain, offsets = normalise_with_offsets(text)
    assert plain == normalise(text)
    assert len(offsets) == len(plain) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)
    assert len(fold(plain)) == len(plain)
