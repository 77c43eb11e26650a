"""Words, periods, punctuation, translations, and the retelling of how a figure was cleaned."""

from __future__ import annotations

from decimal import Decimal

import pytest

from prosperity.catalogue.model import Bilingual, Bounds, Series, Transform
from prosperity.publish import words
from prosperity.publish.cleaning_steps import cleaning_steps
from prosperity.publish.model import RowAround, TextAround
from prosperity.publish.translate import chinese, named
from tests.publish_fixtures import REVENUE, USERS, figure

RATE = Series(
    id="rev_yoy", name=Bilingual(zh="增速", en="growth"), source="miit_internet", unit="%", frequency="M", kind="rate",
    cumulative=True, theme="industry", bounds=Bounds(minimum=-100, maximum=500),
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "series", "zh", "en"),
    [
        ("2019-06", REVENUE, "2019年1—6月", "Jan–Jun 2019"),
        ("2019-01", REVENUE, "2019年1月", "Jan 2019"),
        ("2020-12", USERS, "2020年12月末", "end of Dec 2020"),
        ("2016-Q1", None, "2016年一季度", "Q1 2016"),
        ("2020-S2", None, "2020年下半年", "H2 2020"),
        ("2018", None, "2018年", "2018"),
        ("2012..2016-Q1", None, "2012年至2016年一季度", "2012 to Q1 2016"),
        ("somewhen", None, "somewhen", "somewhen"),
    ],
)
def test_periods_in_words(code: str, series: Series | None, zh: str, en: str) -> None:
    assert words.period(code, series, "zh") == zh
    assert words.period(code, series, "en") == en


def test_values_with_units() -> None:
    assert words.with_unit(Decimal("10125"), REVENUE, "zh") == "10125 亿元"
    assert words.with_unit(Decimal("10125"), REVENUE, "en") == "10125 × 100 million yuan"
    assert words.with_unit(Decimal("19.50"), RATE, "en") == "19.50%"
    assert words.with_unit(None, USERS, "zh") == "– 亿人"


def test_signs_and_rounding() -> None:
    assert words.signed(-0.5) == "−0.50"
    assert words.signed(0.004) == "0.00"
    assert words.signed(None) == "–"
    assert words.rounded(100.004) == "100.00"
    assert words.plain(Decimal("1E+3")) == "1000"


def test_chinese_punctuation_is_full_width_only_beside_ideographs() -> None:
    assert words.typeset("单位: 亿元(累计)") == "单位：亿元（累计）"
    assert words.typeset("2019-Q3: 1,225.5 (A)") == "2019-Q3: 1,225.5 (A)"


def test_treatment_names_what_the_catalogue_asks_for() -> None:
    entry = Transform(method="chain", rate_series="r", interpolate=1, interpolate_rate_months=2)
    english = words.transform(entry, "en")
    assert "at most 1 quarter " in english and "within 2 months" in english and "chained" in english
    assert "2 个月" in words.transform(entry, "zh")


@pytest.mark.parametrize(
    ("english", "zh"),
    [
        ("2021-Q4: 10.32 at the end of 2021-12, as published.", "2021-Q4：2021-12 末公布数 10.32。"),
        (
            "2020-Q3: level of 2019-Q3, 1.789731, raised by the published year-on-year rate of 2020-09, 12.8 %, is 2.018817.",
            "2020-Q3：2019-Q3 的水平 1.789731 按公布的 2020-09 同比增速 12.8% 推算,得 2.018817。",
        ),
        (
            "2019-Q3: level of 2018-Q3, 1.449175, raised by a year-on-year rate of 23.5 %, interpolated for 2019-09 "
            "between 24.3 % (2019-08) and 22.7 % (2019-10), is 1.789731.",
            "2019-Q3：2018-Q3 的水平 1.449175 按同比增速 23.5% 推算(2019-09 的增速由 2019-08 的 24.3% 与 2019-10 的 22.7% 插补),"
            "得 1.789731。",
        ),
        (
            "2019-Q1: 6.366667, the mean of 2 × 5.3 (2019-02), 8.5 (2019-03).",
            "2019-Q1：6.366667,为 2 × 5.3 (2019-02), 8.5 (2019-03) 的均值。",
        ),
        (
            "2019-Q4: no figure for 2019-12; interpolated log-linearly, 6 of 9 months from 8.54 (2019-06) to 9.04 "
            "(2020-03), is 8.870163.",
            "2019-Q4：缺 2019-12 的数据;在 8.54(2019-06)与 9.04(2020-03)之间按对数线性插补(9 个月中的第 6 个月),得 8.870163。",
        ),
        ("not computable: no leading index is composed in version 1", "不可计算:第 1 版未编制先行指数"),
    ],
)
def test_sentences_of_other_stages_in_chinese(english: str, zh: str) -> None:
    assert chinese(english) == zh


def test_a_sentence_without_a_rule_stays_as_it_is() -> None:
    assert chinese("something new was worded") is None


def test_ids_of_series_become_names() -> None:
    assert named("missing: revenue_cum, users_x", {"revenue_cum": "Revenue"}) == "missing: Revenue, users_x"


# ------------------------------------------------------------------------------------------ cleaning


def steps(value: str, raw: str, **changes: object) -> list[str]:
    return [step.en for step in cleaning_steps(figure(value=value, raw=raw, **changes))]  # type: ignore[arg-type]


def test_multiplier_and_unit_are_told() -> None:
    """1.01 × 10^12 yuan are 10100 × 10^8 yuan."""
    told = steps("10100", "1.01万亿元")
    assert told[0] == "As archived: “1.01万亿元”"
    assert "multiplier 1,000,000,000,000" in told[1] and "unit 元" in told[1]
    assert "1.01 × 10,000 = 10100" in told[2]


def test_full_width_characters_are_told() -> None:
    assert "“10125亿元”" in steps("10125", "１０１２５亿元")[1]


def test_the_sign_of_a_fall_is_told_by_the_words_before() -> None:
    sentence = "实现营业利润1187亿元,同比下降2.1%。"
    start = sentence.index("2.1%")
    around = TextAround(sentence, (start, start + 4))
    told = steps("-2.1", "2.1%", series=RATE, around=around)
    assert any("Sign" in step and "同比下降" in step for step in told)
    assert told[-1] == "Plausible: within -100 to 500"


def test_the_unit_of_a_table_is_told() -> None:
    around = RowAround("表1 网民规模", "单位:亿人", (("时间", "规模"),), (("2020.12", "9.89"),), 0, 1)
    told = steps("9.89", "9.89", series=USERS, around=around)
    assert any("单位:亿人" in step for step in told)
    assert told[-1] == "Stored value: 9.89 × 100 million persons"


def test_a_footnote_mark_taken_off_by_extraction_is_told() -> None:
    around = RowAround("表1 网民规模", "单位:亿人", (("时间", "规模"),), (("2020.3", "9.04"),), 0, 1)
    found = cleaning_steps(figure(series=USERS, value="9.04", raw="9.042", around=around))
    assert "Footnote mark taken off: “9.04”" in [step.en for step in found]
    assert not any(step.amiss for step in found)


def test_words_for_no_change_are_told() -> None:
    told = cleaning_steps(figure(series=RATE, value="0", raw="持平"))
    assert [step.en for step in told] == ["As archived: “持平”", "The words say that nothing changed: 0%"]
    assert not any(step.amiss for step in told)


def test_steps_that_do_not_lead_to_the_stored_value_are_flagged() -> None:
    found = cleaning_steps(figure(value="999", raw="10125亿元"))
    assert [step.amiss for step in found].count(True) == 1
    assert not any(step.amiss for step in cleaning_steps(figure()))


def test_raw_text_is_never_typeset() -> None:
    assert cleaning_steps(figure(raw="约10125亿元,不含(税)"))[0].zh.endswith("“约10125亿元,不含(税)”")


def test_sizes_of_data_are_told_as_the_publisher_counts_them() -> None:
    """MIIT prints 2752MB and 2.69GB for the same: 2752 / 1024 = 2.6875."""
    dou = RATE.model_copy(update={"id": "dou", "unit": "GB/户·月", "kind": "stock", "cumulative": False})
    for raw in ("2752MB/户·月", "2752MB"):
        told = cleaning_steps(figure(value="2.6875", raw=raw, series=dou))
        assert not any(step.amiss for step in told)
        assert "2752 × 0.0009765625 = 2.6875" in told[-3].en
