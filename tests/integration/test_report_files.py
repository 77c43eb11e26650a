"""The industry report as a PDF and as a workbook, from an instance that holds what the sample publishers serve."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from fontTools.ttLib import TTFont

from prosperity.publish.content import Years
from prosperity.publish.rendered import Printable, entries
from prosperity.publish.report_pdf import FONTS, document, report_pdf
from prosperity.publish.report_workbook import report_workbook
from prosperity.publish.words import LANGUAGES, Language
from prosperity.settings import Settings
from prosperity.workflow.composing import industry_report, printable
from prosperity.workflow.workspace import Workspace

#: Internet business revenue by year in 亿元, from the yearly releases of MIIT (reference material, miit_inet_rev_cum).
REVENUE = {2017: 7101, 2018: 9562, 2019: 12100, 2020: 12838}


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory, filled_home: Callable[[Path], Path]
) -> Iterator[Printable]:
    space = Workspace(Settings(home=filled_home(tmp_path_factory.mktemp("report") / "home")))
    yield printable(space, industry_report(space, 2021, Years(2016, 2020)))
    space.close()


@pytest.fixture(scope="module")
def printed(made: Printable) -> dict[str, bytes]:
    return {language: report_pdf(made, language) for language in LANGUAGES}


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "2020年，规模以上互联网企业互联网业务收入为12,838亿元"), ("en", "Internet business revenue came to 1.2838 trillion yuan")],
)  # fmt: skip
def test_published_figures_stand_in_the_pdf(printed: dict[str, bytes], language: str, said: str) -> None:
    pdf = pypdfium2.PdfDocument(printed[language])
    pages = [page.get_textpage().get_text_range() for page in pdf]
    images = [one for page in pdf for one in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])]
    # Line breaks fall where they like, and Typst sets a thin space between Chinese and Latin letters.
    flat = "".join("".join(pages).split())
    assert "".join(said.split()) in flat
    assert images == [], "charts are vectors"
    count = len(pages)
    for number, text in enumerate(pages, 1):
        assert f"{number}/{count}" in "".join(text.split()), "every page has its number"


def test_same_content_gives_same_bytes(made: Printable, printed: dict[str, bytes]) -> None:
    assert report_pdf(made, "zh") == printed["zh"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_font_has_every_character(made: Printable, language: Language) -> None:
    content, charts = document(made, language)
    glyphs = set(TTFont(FONTS / "WenQuanYiMicroHei-subset.ttf").getBestCmap())
    used = set(json.dumps(content, ensure_ascii=False) + "".join(charts.values())) - {"\n"}
    missing = {sign for sign in used if ord(sign) not in glyphs}
    assert not missing, f"would be printed as boxes: {sorted(missing)}"


def test_every_observation_in_the_list_has_its_document(made: Printable) -> None:
    listed = entries(made)
    observed = [entry for entry in listed if entry.figure.evidence]
    assert {entry.figure.evidence for entry in observed} == made.report.evidence()
    for entry in observed:
        assert entry.place is not None and entry.place.address.startswith("http"), entry.key
    assert all(entry.calculation.inputs for entry in listed if entry.calculation)


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook_has_a_sheet_per_chapter_and_numbers(made: Printable, language: Language) -> None:
    book = openpyxl.load_workbook(io.BytesIO(report_workbook(made, language)))
    chapters = [
        f"{chapter.number} {getattr(chapter.title, language)}"[:31] for chapter in made.report.chapters
    ]
    assert book.sheetnames[1:-1] == chapters
    assert len(chapters) == 4
    figures, first = book.worksheets[-1], book.worksheets[1]
    heads = [cell.value for cell in figures[1]]
    assert len(heads) == len(set(heads)) == 14
    listed = {
        (row[0].value, row[2].value): row for row in figures.iter_rows(min_row=2) if row[12].value is not None
    }
    for year, value in REVENUE.items():
        row = listed["miit_inet_rev_cum", f"{year}-12"]
        assert row[3].value == value
        assert row[12].hyperlink.target == f"..\\evidence\\{row[12].value}.html"
    january = listed["miit_inet_rev_cum", "2020-12"][6].value
    assert january.date() == dt.date(2021, 1, 30), "the day of issue of the year's release"
    linked = [cell for line in first.iter_rows() for cell in line if cell.hyperlink and cell.value == 12838]
    assert linked, "a number of a table leads on"
    target = linked[0].hyperlink.location.rpartition("!")[2]
    assert figures[target].value == "miit_inet_rev_cum"
    assert [drawing for sheet in book.worksheets for drawing in sheet._charts], "charts are Excel's own"
