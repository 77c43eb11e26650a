"""The industry report's content: figures with a way to their evidence, sentences with hand-computed growth, vintages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from prosperity import catalogue
from prosperity.catalogue.loader import CatalogueError
from prosperity.catalogue.model import Bilingual, Series
from prosperity.catalogue.outline import OutlineChapter, OutlineSection, load_outline
from prosperity.publish.compose.facts import Facts, Ledger
from prosperity.publish.compose.numbers import spoken
from prosperity.publish.compose.report import compose
from prosperity.publish.content import (
    ContentError,
    DataTable,
    FigureChart,
    FigureReference,
    NeedsAuthor,
    Paragraph,
    Report,
    Years,
    text,
)
from prosperity.warehouse.model import StoredObservation
from prosperity.workflow.composing import years_of
from tests.publish_fixtures import report as site_material

ENTRIES = catalogue.load()
UNIT = Bilingual(zh="%", en="%")


def change(
    series: str, period: str, value: str, known: str, evidence: str, basis: str = "stated"
) -> StoredObservation:
    day = dt.date.fromisoformat(known)
    return StoredObservation(
        series, period, day, basis, Decimal(value), "A", "", evidence, False, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # type: ignore[arg-type]
    )  # fmt: skip


#: GDP of 2020 as released (1 015 986), revised by the final accounts (1 013 567), and of the year before (986 515).
GDP = (
    change("nbs_gdp_cum", "2019-12", "986515", "2020-12-30", "a" * 16),
    change("nbs_gdp_cum", "2020-12", "1015986", "2021-01-18", "b" * 16),
    change("nbs_gdp_cum", "2020-12", "1013567", "2021-12-17", "c" * 16),
    change("nbs_gdp_cum_yoy", "2020-12", "2.3", "2021-01-18", "d" * 16),
)
USERS = (
    change("cnnic_netizens", "2016-12", "7.31", "2017-01-22", "e" * 16),
    change("cnnic_netizens", "2020-12", "9.89", "2021-02-03", "f" * 16),
)
PAYMENTS = tuple(
    change("pboc_mobilepay_amount", f"2020-Q{n}", value, "2021-03-01", f"{n}" * 16)
    for n, value in enumerate(("90.81", "106.16", "116.74", "118.45"), 1)
)
LISTED = (change("nbs_it_services_va_cum", "2020-12", "37951", "2026-06-30", "9" * 16, "first_seen"),)
OUTLINE = (
    OutlineChapter(
        id="development",
        title=Bilingual(zh="发展", en="Development"),
        sections=(
            OutlineSection(
                id="all",
                title=Bilingual(zh="总体", en="All"),
                headline=("nbs_gdp_cum", "cnnic_netizens", "pboc_mobilepay_amount", "nbs_it_services_va_cum", "cgigc_game_rev"),
                index=True,
                author=({"subject": {"zh": "判断", "en": "Judgement"}, "missing": {"zh": "无", "en": "none"}},),  # type: ignore[arg-type]
            ),
        ),
    ),
)  # fmt: skip


def facts(*changes: StoredObservation) -> Facts:
    material = site_material()
    return Facts(
        series=material.series, sources=ENTRIES.sources, changes=changes or (*GDP, *USERS, *PAYMENTS, *LISTED),
        result=material.result, spec=material.spec, today=dt.date(2026, 6, 30),
    )  # fmt: skip


PLAN = Years(2016, 2020)


def made(edition: int = 2021, years: Years = PLAN) -> Report:
    return compose(facts(), OUTLINE, edition, years)


def sentences(found: Report, language: str = "en", role: str = "text") -> list[str]:
    section = found.chapters[0].sections[0]
    paragraphs = [block for block in section.blocks if isinstance(block, Paragraph) and block.role == role]
    return [
        "".join(span if isinstance(span, str) else getattr(span.text, language) for span in getattr(p.text, language))
        for p in paragraphs
    ]  # fmt: skip


def test_a_figure_cannot_be_made_without_one_way_to_its_evidence() -> None:
    with pytest.raises(ContentError, match="0 ways"):
        FigureReference("s", "2020", 1.0, UNIT, "1", UNIT)
    with pytest.raises(ContentError, match="2 ways"):
        FigureReference("s", "2020", 1.0, UNIT, "1", UNIT, evidence="a", calculation="b")


def test_a_text_takes_figures_and_words_of_each_language() -> None:
    figure = FigureReference("s", "2020", 1.0, UNIT, "1", Bilingual(zh="一", en="one"), evidence="a")
    found = text("{name}为{value}。", "{name} is {value}.", name=Bilingual(zh="数", en="It"), value=figure)
    assert found.zh == ("数为", figure, "。") and found.en == ("It is ", figure, ".")


@pytest.mark.parametrize(
    ("value", "series", "zh", "en"),
    [
        ("12838", "miit_inet_rev_cum", "12,838亿元", "1.2838 trillion yuan"),
        ("788", "miit_inet_rd_cum", "788亿元", "78.8 billion yuan"),
        ("9.89", "cnnic_netizens", "9.89亿人", "989 million"),
        ("70.4", "cnnic_penetration", "70.4%", "70.4%"),
        ("32189", "nbs_disp_income_cum", "32,189元", "32,189 yuan"),
    ],
)
def test_figures_in_words_keep_all_their_digits(value: str, series: str, zh: str, en: str) -> None:
    assert spoken(Decimal(value), ENTRIES.series[series]) == Bilingual(zh=zh, en=en)


def test_an_approximate_figure_says_so() -> None:
    found = spoken(Decimal("13"), ENTRIES.series["miit_5g_bs"], "超")
    assert found == Bilingual(zh="超13万个", en="more than 130,000")


def test_level_growth_and_span() -> None:
    """2.3 % is published; 7.31 to 9.89 in four years is 7.85 % a year; the quarters of payments are 432.16."""
    gdp, users, payments, services = sentences(made())[:4]
    assert gdp.startswith(
        "2020: Gross domestic product came to 101.3567 trillion yuan; up 2.3% on the year before at constant prices as published"
    )
    assert "from 2016 to 2020 up 7.8% a year on average, by the levels" in users
    assert "432.16 trillion yuan" in payments
    assert "3.7951 trillion yuan" in services


def test_chinese_sentences_carry_the_same_figures() -> None:
    assert sentences(made(), "zh")[0].startswith(
        "2020年，国内生产总值为1,013,567亿元，同比增长2.3%（不变价）"
    )


def test_an_edition_says_what_its_year_knew_and_what_came_after() -> None:
    early = compose(facts(), OUTLINE, 2020, Years(2019, 2019))
    assert early.as_of == dt.date(2020, 12, 31)
    assert sentences(early)[0].startswith("2019: Gross domestic product came to 98.6515 trillion yuan")
    later = made()
    assert later.as_of == dt.date(2021, 12, 31)
    assert sentences(later, role="revised") == [
        "Gross domestic product, 2020: first released (2021-01-18) as 101.5986 trillion yuan, later revised to 101.3567 trillion yuan."
    ]  # fmt: skip


def test_what_was_revised_after_the_cut_off_is_told() -> None:
    spring = Ledger(facts(), dt.date(2021, 6, 30))
    figure = spring.figure("nbs_gdp_cum", "2020-12")
    assert figure is not None and figure.value == Decimal("1015986")


def test_figures_without_date_of_issue_are_marked() -> None:
    table = next(b for b in made().chapters[0].sections[0].blocks if isinstance(b, DataTable))
    row = next(row for row in table.rows if row.series == "nbs_it_services_va_cum")
    assert row.cells[-1] is not None and row.cells[-1].undated and table.origins.undated


def test_what_has_no_figure_is_named_and_what_needs_an_author_too() -> None:
    blocks = made().chapters[0].sections[0].blocks
    assert any("Game market sales revenue" in said for said in sentences(made(), role="note"))
    assert [block.subject.en for block in blocks if isinstance(block, NeedsAuthor)] == ["Judgement"]


def test_calculations_lead_to_observations() -> None:
    found = made()
    assert found.calculations
    for calculation in found.calculations.values():
        assert calculation.inputs and all(entry.evidence for entry in calculation.inputs)
    shown = {figure.calculation for figure in found.figures() if figure.calculation}
    assert shown <= found.calculations.keys()
    assert "c" * 16 in found.evidence()


def test_levels_that_rates_contradict_give_no_mean_growth() -> None:
    """Levels double while the publisher says 5 %: the sample was replaced."""
    odd = (
        change("cgigc_game_rev", "2018-12", "100", "2019-01-31", "a" * 16),
        change("cgigc_game_rev", "2019-12", "200", "2020-01-31", "b" * 16),
        change("cgigc_game_rev_yoy", "2019-12", "5", "2020-01-31", "c" * 16),
        change("cgigc_game_rev", "2020-12", "210", "2021-01-31", "d" * 16),
    )
    found = compose(facts(*odd), OUTLINE, 2021, Years(2018, 2020))
    assert not [said for said in sentences(found) if "on average" in said]


def test_the_index_of_the_years_is_shown_with_its_quarters() -> None:
    found = made(2021, Years(2019, 2019))
    said = [said for said in sentences(found) if "coincident index" in said]
    assert said == [
        "2019-Q4: the coincident index stood at 100.50, +0.50 points on the quarter before; the largest contribution "
        "is that of Revenue (year to date) (+0.75 points)."
    ]
    chart = next(b for b in found.chapters[0].sections[0].blocks if isinstance(b, FigureChart))
    assert [point.quarter for point in chart.lines[0].points] == [
        ("coincident", "2019-Q3"),
        ("coincident", "2019-Q4"),
    ]


@pytest.mark.parametrize(
    ("edition", "years", "message"),
    [
        (2021, Years(2020, 2016), "run backwards"),
        (2021, Years(2001, 2020), "at most 12"),
        (2019, Years(2016, 2020), "cannot report on"),
        (2030, Years(2016, 2020), "not out yet"),
    ],
)
def test_wishes_that_cannot_be_met_are_errors(edition: int, years: Years, message: str) -> None:
    with pytest.raises(ContentError, match=message):
        compose(facts(), OUTLINE, edition, years)


def test_years_are_read_or_refused() -> None:
    assert years_of("2016-2020") == Years(2016, 2020) and years_of("2020") == Years(2020, 2020)
    with pytest.raises(ContentError, match="are no years"):
        years_of("the plan")


def test_the_outline_holds_together_and_says_where_it_does_not(tmp_path: object) -> None:
    from pathlib import Path

    chapters = load_outline(ENTRIES)
    assert [chapter.id for chapter in chapters] == ["development", "outlook", "challenges", "measures"]
    folder = Path(str(tmp_path))
    (folder / "outline.yaml").write_text(
        "- {id: a, title: {zh: 甲, en: A}, sections: [{id: s, title: {zh: 乙, en: B}, headline: [nothing],\n"
        "   charts: [{title: {zh: 图, en: C}, series: [cnnic_netizens, cnnic_penetration]}]}]}\n",
        encoding="utf-8",
    )
    with pytest.raises(CatalogueError, match=r"unknown series nothing.*series of 2 units"):
        load_outline(ENTRIES, folder)


def test_every_series_of_the_outline_is_named_in_both_languages() -> None:
    for chapter in load_outline(ENTRIES):
        for section in chapter.sections:
            for name in section.series:
                series: Series = ENTRIES.series[name]
                assert series.name.zh and series.name.en
