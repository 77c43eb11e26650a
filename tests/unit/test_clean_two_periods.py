"""Documents that hold figures of two periods, changes on the quarter before, and quarterly stocks.

Figures are CAICT's (third quarter of 2020, first of 2022); sentences are built here.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from prosperity import catalogue
from prosperity.catalogue.model import Era, Series, StatementRule
from prosperity.clean.candidates import fitting_period
from prosperity.clean.cleaner import clean
from prosperity.clean.model import Cleaned
from prosperity.collect.model import Document, Release
from prosperity.extract import extract_statements
from prosperity.extract.model import Cell, Extraction, Table
from prosperity.notation.model import Period, cumulative, month, quarter, shifted, stock, whole_year

CATALOGUE = catalogue.load()
ISSUED = dt.date(2020, 10, 26)
THIRD_QUARTER = quarter(2020, 3)
DOCUMENT = Document("a" * 64, "application/pdf", 1, "http://x/1", dt.datetime(2020, 11, 1, tzinfo=dt.UTC))
VALUE = StatementRule(
    measure="总市值$", unit="元", level="caict_listed_mcap", qoq="caict_listed_mcap_qoq", period_shift=0
)
REVENUE = StatementRule(
    measure="营收$", unit="元", level="caict_listed_rev", rate="caict_listed_rev_yoy", period_shift=-1
)


def run(
    text: str,
    *rules: StatementRule,
    check: str = "not_after",
    period: Period = THIRD_QUARTER,
    tables: tuple[Table, ...] = (),
    warnings: tuple[str, ...] = (),
    era: Era | None = None,
) -> Cleaned:
    eras = (era or Era(id="made", statements=rules, period_check=check),)  # type: ignore[arg-type]
    source = CATALOGUE.sources["caict_listed"].model_copy(update={"eras": eras})
    release = Release("caict_listed", "2020年三季度", "http://x/1", period, ISSUED, "list_date")
    statements = tuple(extract_statements(text, issued=ISSUED))
    extraction = Extraction(DOCUMENT.sha256, "application/pdf", "test", tables, statements, warnings=warnings)
    return clean(source, release, DOCUMENT, extraction, CATALOGUE)


def values(cleaned: Cleaned) -> dict[tuple[str, str], Decimal | None]:
    return {(one.series, one.period): one.value for one in cleaned.observations}


def test_sentence_without_a_period_is_of_the_quarter_before() -> None:
    """The value of the sentence before is of the end of September: revenue does not take that over."""
    cleaned = run(
        "截至2020年9月30日，上市企业总市值为16.8万亿元，环比上涨12%。上市企业总营收达7813.2亿元，同比增长15.2%。",
        VALUE,
        REVENUE,
    )
    assert values(cleaned) == {
        ("caict_listed_mcap", "2020-Q3"): Decimal("16.8"),
        ("caict_listed_mcap_qoq", "2020-Q3"): Decimal(12),
        ("caict_listed_rev", "2020-Q2"): Decimal("7813.2"),
        ("caict_listed_rev_yoy", "2020-Q2"): Decimal("15.2"),
    }


def test_period_that_the_sentence_names_wins() -> None:
    cleaned = run("2020年一季度上市企业总营收达5712.1亿元。", REVENUE)
    assert values(cleaned) == {("caict_listed_rev", "2020-Q1"): Decimal("5712.1")}


def test_without_a_shift_the_period_named_before_holds() -> None:
    rule = REVENUE.model_copy(update={"period_shift": None})
    cleaned = run("2020年一季度业绩公布。上市企业总营收达5712.1亿元。", rule)
    assert values(cleaned) == {("caict_listed_rev", "2020-Q1"): Decimal("5712.1")}


def test_document_with_earlier_figures_only() -> None:
    """The check by month wants a figure of the title's period; not_after only forbids later ones."""
    assert not run("上市企业总营收达7813.2亿元。", REVENUE, check="month").observations
    assert run("上市企业总营收达7813.2亿元。", REVENUE).observations
    later = run(
        "2020年四季度上市企业总营收达7813.2亿元。",
        REVENUE.model_copy(update={"period_kinds": ()}),
        period=quarter(2020, 2),
    )
    assert later.observations == () and "taken for 2020-06" in later.rejections[0].reason


def test_unit_left_off_behind_its_magnitude() -> None:
    """总市值达9.75万亿, as the deck of the second quarter of 2019 prints it; a bare 9.75 is of no unit."""
    rule = VALUE.model_copy(update={"unit_optional": True})
    assert values(run("上市企业总市值达9.75万亿。", rule)) == {
        ("caict_listed_mcap", "2020-Q3"): Decimal("9.75")
    }
    assert run("上市企业总市值达9.75万亿。", VALUE).observations == ()
    assert run("上市企业总市值达9.75。", rule).observations == ()


def test_words_of_the_whole_sentence_decide() -> None:
    rule = VALUE.model_copy(update={"within": "^(?!.*全球)"})
    assert run("与全球相比，上市企业总市值为16.8万亿元。", rule).observations == ()
    assert run("上市企业总市值为16.8万亿元。", rule).observations


def test_change_on_the_year_and_on_the_quarter_before() -> None:
    """35.1亿美元, -42.6% on the quarter and -76.7% on the year, in either order (first quarter of 2022)."""
    for text in (
        "融资金额35.1亿美元，环比减少42.6%，同比减少76.7%。",
        "融资金额35.1亿美元，同比减少76.7%，环比减少42.6%。",
    ):
        [found] = extract_statements(text)
        assert (found.rate, found.comparison, found.qoq) == (Decimal("-76.7"), "yoy", Decimal("-42.6"))
        assert found.rate_span and found.text[slice(*found.rate_span)] == "76.7%"
        assert found.qoq_span and found.text[slice(*found.qoq_span)] == "42.6%"
    first, second = extract_statements("案例数和披露金额分别环比减少35.3%和42.6%，同比减少38.3%和76.7%。")
    assert (first.rate, first.qoq) == (Decimal("-38.3"), Decimal("-35.3"))
    assert (second.rate, second.qoq) == (Decimal("-76.7"), Decimal("-42.6"))


def test_change_since_the_end_of_a_year_is_neither() -> None:
    [found] = extract_statements("总市值为9.9万亿元，较去年年底下降20.2%。")
    assert (found.rate, found.comparison, found.qoq) == (Decimal("-20.2"), "since", None)
    assert values(run("上市企业总市值为9.9万亿元，较去年年底下降20.2%。", VALUE)) == {
        ("caict_listed_mcap", "2020-Q3"): Decimal("9.9")
    }


@pytest.mark.parametrize(
    ("period", "steps", "expected"),
    [
        (quarter(2021, 1), -1, quarter(2020, 4)),
        (quarter(2020, 4), 1, quarter(2021, 1)),
        (month(2021, 1), -1, month(2020, 12)),
        (whole_year(2021), -2, whole_year(2019)),
        (quarter(2021, 3), 0, quarter(2021, 3)),
    ],
)
def test_shifted_periods(period: Period, steps: int, expected: Period) -> None:
    assert shifted(period, steps) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (stock(2020, 9), quarter(2020, 3)),
        (month(2019, 12), quarter(2019, 4)),
        (quarter(2020, 3), quarter(2020, 3)),
        (stock(2020, 8), None),
    ],
)
def test_stock_of_a_quarterly_series_is_the_quarters(found: Period, expected: Period | None) -> None:
    assert fitting_period(found, CATALOGUE.series["caict_listed_mcap"], ()) == expected


def test_flow_of_a_quarter_is_no_sum_from_january() -> None:
    flow: Series = CATALOGUE.series["caict_listed_rev"]
    assert fitting_period(cumulative(2020, 9), flow, ("quarter",)) is None


# ----------------------------------------------------------------------------------------------- charts


def chart(caption: str = "我国上市互联网企业总市值(万亿元)") -> Table:
    texts = [["", "2019Q1", "2019Q2"], ["总市值(万亿元)", "10.19", "9.75"], ["环比", "27.4%", "-4.3%"]]
    cells = tuple(
        Cell(row, column, text, text, bbox=(1.0, 1.0, 2.0, 2.0), page=2)
        for row, line in enumerate(texts)
        for column, text in enumerate(line)
    )
    return Table(cells, page=2, caption=caption, method="pdf-chart")


def test_rules_for_tables_read_charts() -> None:
    era = CATALOGUE.sources["caict_listed"].eras[0]
    cleaned = run("", era=era, tables=(chart(),))
    assert values(cleaned) == {
        ("caict_listed_mcap", "2019-Q1"): Decimal("10.19"),
        ("caict_listed_mcap", "2019-Q2"): Decimal("9.75"),
        ("caict_listed_mcap_qoq", "2019-Q1"): Decimal("27.4"),
        ("caict_listed_mcap_qoq", "2019-Q2"): Decimal("-4.3"),
    }
    assert {one.evidence.method for one in cleaned.observations} == {"pdf-chart"}


def test_refused_chart_is_a_rejection_where_a_rule_asks_for_it() -> None:
    era = CATALOGUE.sources["caict_listed"].eras[0]
    refusal = "page 2: chart refused, {}: the height of the bar of 16.8 is not in proportion to its value"
    [rejection] = run("", era=era, warnings=(refusal.format("我国上市互联网企业总市值(万亿元)"),)).rejections
    assert rejection.what == "chart 我国上市互联网企业总市值(万亿元)"
    assert "page 2" in rejection.where and "not in proportion" in rejection.reason
    assert run("", era=era, warnings=(refusal.format("游戏用户"),)).rejections == ()
