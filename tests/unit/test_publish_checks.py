"""The report's section on checks: counts that add up, and every figure linked to its evidence."""

from __future__ import annotations

from decimal import Decimal

from lxml import html

from prosperity import catalogue
from prosperity.checks.model import CheckFigure, CheckResult
from prosperity.publish.checked import check_lines, gap
from prosperity.publish.evidence_picture import drawn
from prosperity.publish.model import Figure, SiteMaterial
from prosperity.publish.site import build_site
from tests.publish_fixtures import REVENUE, USERS, figure, report

RATE = catalogue.load().series["miit_inet_rev_cum_yoy"]
LEVEL = figure(REVENUE, "2021-06", "6951", "6951亿元")
BEFORE = figure(REVENUE, "2020-06", "5907", "5907亿元")
PUBLISHED = figure(RATE, "2021-06", "25.6", "25.6%")


def used(role: str, found: Figure) -> CheckFigure:
    reading = found.provenance.reading
    return CheckFigure(
        role, found.series.id, reading.period, Decimal(str(reading.value)), reading.known_from, found.id
    )


def result(verdict: str, severity: str, size: str | None, **more: object) -> CheckResult:
    figures = (used("rate", PUBLISHED), used("level", LEVEL), used("level_before", BEFORE))
    values: dict[str, object] = {
        "check": "rate_against_levels", "rule": "yoy", "series": RATE.id, "period": "2021-06", "basis": "first_release",
        "verdict": verdict, "severity": severity, "gap": None if size is None else Decimal(size), "figures": figures,
        "explanation": "6951 over 5907",
    }  # fmt: skip
    return CheckResult(**values | more)  # type: ignore[arg-type]


RESULTS = (
    result("restated", "warn", "-7.926054"),
    result("restated", "warn", "-7.926054", basis="latest"),
    result("small", "note", "1.98", period="2020-06"),
    result("rounding", "none", "0.1", period="2019-06"),
    result("unpaired", "none", None, period="2018-06"),
    result("fits", "none", "3", check="cumulative_fall", series=REVENUE.id, basis="latest"),
)


def site(made: SiteMaterial) -> dict[str, bytes]:
    pictures = {
        identity: drawn(f.provenance.release.title, f.around)
        for identity, f in made.figures.items()
        if f.around
    }
    return build_site(made, pictures)


def test_counts_add_up_and_bases_are_not_mixed() -> None:
    rates, falls = check_lines(RESULTS)
    assert (rates.series, rates.compared, rates.agree, rates.noted, rates.contradict, rates.unpaired) == (
        RATE.id, 3, 1, 1, 1, 1,
    )  # fmt: skip
    assert (falls.series, falls.compared, falls.agree) == (REVENUE.id, 1, 1)


def test_every_figure_of_the_heaviest_links_to_its_evidence() -> None:
    files = site(
        report(LEVEL, BEFORE, PUBLISHED, figure(USERS, "2019-12", "9.04", "9.04亿人"), checks=RESULTS)
    )
    for language, word in (("en", "restated or rebased"), ("zh", "已重述或换基")):
        tree = html.fromstring(files[f"{language}/checks.html"])
        rows = tree.xpath("//table[@id='check-worst']/tbody/tr")
        assert len(rows) == 2, (
            "one that is small, one that was restated; neither the other basis nor what fits"
        )
        links = rows[0].xpath(".//a/@href")
        assert links == [f"../evidence/{found.id}.html" for found in (PUBLISHED, LEVEL, BEFORE)]
        assert {link.removeprefix("../") for link in links} <= files.keys()
        text = rows[0].text_content()
        assert "−7.93" in text and "6951" in text and "5907" in text and "25.6%" in text and word in text
        counts = tree.xpath("//table[@id='check-counts']/tbody/tr")[0].xpath("td/text()")
        assert counts[-5:] == ["3", "1", "1", "1", "1"]


def test_evidence_of_a_checked_figure_leads_back_to_the_checks() -> None:
    """The rate is no input of this report's index: without the checks its page has no place to lead to."""
    files = site(report(LEVEL, BEFORE, PUBLISHED, checks=RESULTS))
    page = html.fromstring(files[f"evidence/{PUBLISHED.id}.html"])
    assert "../en/checks.html#checks" in page.xpath("//a/@href")
    assert html.fromstring(files["en/checks.html"]).xpath("//*[@id='checks']")


def test_report_without_checks_says_so() -> None:
    text = site(report())["en/checks.html"].decode()
    assert "There is nothing to compare." in text and "check-worst" not in text


def test_thresholds_are_those_of_the_catalogue() -> None:
    text = " ".join(
        html.fromstring(site(report())["en/checks.html"]).get_element_by_id("checks").text_content().split()
    )
    assert "by less than 0.6 points is taken for rounding, by less than 2 points" in text


def test_gaps_carry_their_units() -> None:
    fall = result("strikes", "note", "-6.000000", check="cumulative_fall", series=REVENUE.id)
    assert gap(fall, REVENUE, "zh") == "−6 亿元"
    assert gap(fall, REVENUE, "en") == "−6 × 100 million yuan"
    assert gap(RESULTS[0], RATE, "en") == "−7.93 points"
    assert gap(RESULTS[0], RATE, "zh") == "−7.93 个百分点"
    assert gap(result("strikes", "warn", "1.655589", check="pace_within_year"), REVENUE, "en") == "× 1.66"
    assert gap(result("strikes", "warn", "0.127556", check="twins"), USERS, "en") == "0.1276"
    assert gap(RESULTS[4], RATE, "en") == "–"
