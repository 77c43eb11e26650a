"""What stands beside the index on the page, and the method note as page and Markdown."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from lxml import html

from prosperity.publish.charts import index_chart_svg
from prosperity.publish.method_note import MethodNote, NoteMaterial, method_note
from prosperity.publish.model import SiteMaterial
from prosperity.publish.site import build_site
from prosperity.publish.view import falls_of
from prosperity.publish.words import Language
from tests.publish_fixtures import LIGHTS, analysis, report
from tests.unit.test_publish_site import (
    test_every_link_leads_to_a_file_and_a_place_in_it,
    test_ids_are_unique,
    test_pages_load_nothing_from_elsewhere,
)


def made() -> SiteMaterial:
    compared = replace(
        report().compared[0], level_gap=-3.3, edition_day=dt.date(2020, 2, 29), ours_then=None, our_change_then=None,
        reason_then="no quarter of it could be computed from what was out",
    )  # fmt: skip
    return report(analysis=analysis(), lights=LIGHTS, parameters={"program": "x13as 1"}, compared=(compared,))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return build_site(made(), {})


def test_all_pages_hold_together(files: dict[str, bytes]) -> None:
    test_every_link_leads_to_a_file_and_a_place_in_it(files)
    test_ids_are_unique(files)
    test_pages_load_nothing_from_elsewhere(files)


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("Unit", "Source", "As of")), ("zh", ("单位", "来源", "数据截至"))]
)
def test_every_chart_has_its_caption(files: dict[str, bytes], language: str, words: tuple[str, ...]) -> None:
    pages = [html.fromstring(files[f"{language}/{name}.html"]) for name in ("index", "analysis")]
    figures = [page.xpath("//figure[.//*[local-name()='svg']]") for page in pages]
    # Index and contributions; published changes, diffusion and band.
    assert [len(found) for found in figures] == [2, 3]
    for chart in (*figures[0], *figures[1]):
        assert all(word in chart.xpath("string(figcaption)") for word in words)


def test_tables_show_the_analysis(files: dict[str, bytes]) -> None:
    tree = html.fromstring(files["en/analysis.html"])
    sections = {
        name: tree.get_element_by_id(name) for name in ("turns", "uncertainty", "classes", "compared")
    }
    sections["lights"] = html.fromstring(files["en/index.html"]).get_element_by_id("lights")
    texts = {name: " ".join(section.text_content().split()) for name, section in sections.items()}
    assert "withdrawn" in texts["turns"] and "2020-01-01" in texts["turns"] and "+1.5" in texts["turns"]
    assert "bounds of our own" in texts["lights"] and "Thresholds 3" in texts["lights"]
    cells = {(cell.text_content(), cell.get("class")) for cell in sections["lights"].xpath(".//td")}
    assert cells == {("73", "light-light_blue"), ("140", "light-red"), ("2", "light-2"), ("5", "light-5"), ("4", "light-4"), ("–", None)}  # fmt: skip
    assert "123.4" in texts["uncertainty"] and "+0.50" in texts["uncertainty"]
    assert "undecided" in texts["classes"] and "no bounds for Revenue (year to date)" in texts["classes"]
    assert "−3.30" in texts["compared"] and "no quarter of it could be computed" in texts["compared"]
    chinese = " ".join(
        html.fromstring(files["zh/analysis.html"]).get_element_by_id("classes").text_content().split()
    )
    assert "先行" in chinese and "无法判定" in chinese


def test_downturns_are_shaded() -> None:
    falls = falls_of(analysis().turns, "coincident")
    assert falls == (("2019-Q3", "2019-Q4"),)
    shaded = index_chart_svg(report().result, "coincident", "en", falls=falls)
    assert "downturn: 2019-Q3 – 2019-Q4" in shaded and "var(--shade)" in shaded
    assert "var(--shade)" not in index_chart_svg(report().result, "coincident", "en")


def test_links_of_a_chart_lead_to_the_page_of_its_group(files: dict[str, bytes]) -> None:
    text = files["en/index.html"].decode()
    links = set(re.findall(r'xlink:href="([^"]*)"', text))
    assert links == {
        f"coincident.html#q-coincident-{quarter}" for quarter in ("2019-Q3", "2019-Q4", "2020-Q1")
    }
    assert "xlink:href" not in files["en/coincident.html"].decode()


# ------------------------------------------------------------------------------------------- method note


def note(language: Language) -> MethodNote:
    shown = made()
    return method_note(
        NoteMaterial(
            shown.result, shown.spec, shown.series, shown.sources, "run7", "0.1.0", True, "x13as 1",
            analysis().constants, LIGHTS, dt.date(2020, 1, 31),
        ),
        language,
    )  # fmt: skip


def test_the_note_names_what_the_run_rests_on() -> None:
    text = note("en").markdown()
    spec, result = made().spec, made().result
    for expected in (
        "| Data cut-off | 2020-03-31 |", "| Latest release used | 2020-01-31 |", f"| Specification | 1 ({result.spec_hash}) |",
        result.data_hash, "| Run | run7 |", "x13as 1", "2019-Q3 = 100, until 2019-Q4", "0.6", "A = Σ|C| / n, S = C / A",
        "at least 3 indicators with 60%", "| Coincident index | Users | 1.25 | 4 | 1 |", "| Users | < 1 | 1…5 | 5…10 | 10…20 | ≥ 20 |",
        "prosperity index reproduce run7", "Sample publishers",
    ):  # fmt: skip
        assert expected in text, expected
    assert len(re.findall(r"^\| Coincident index \| .*measures size", text, re.MULTILINE)) == len(
        spec.indicators
    )


def test_both_languages_have_the_same_parts(files: dict[str, bytes]) -> None:
    chinese, english = note("zh"), note("en")
    assert [s.key for s in chinese.sections] == [s.key for s in english.sections]
    for one, other in zip(chinese.sections, english.sections, strict=True):
        assert len(one.steps) == len(other.steps) and (one.table is None) == (other.table is None)
        if one.table and other.table:
            assert [len(row) for row in one.table.rows] == [len(row) for row in other.table.rows]
    text = chinese.markdown()
    assert "编制方法说明" in text and "衡量规模" in text and "measures size" not in text
    page = html.fromstring(files["zh/method.html"]).text_content()
    assert "编制方法说明" in page and "x13as 1" in page and "reproduce run1" in page


def test_a_bar_in_a_cell_does_not_break_the_table() -> None:
    shown = note("en")
    section = next(s for s in shown.sections if s.table)
    assert section.table is not None
    broken = replace(section, table=replace(section.table, rows=(("a|b", "c\nd"),)))
    assert replace(shown, sections=(broken,)).markdown().endswith("| a\\|b | c d |\n")
