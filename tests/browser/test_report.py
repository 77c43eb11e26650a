"""The report on real runs: written from the sample publishers' documents, read in Chromium from the disk."""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from lxml import html

from prosperity.sample import SamplePublishers
from prosperity.settings import Settings
from prosperity.warehouse.model import NotFound
from prosperity.workflow import explain
from prosperity.workflow.reporting import Published, evidence_page, publish_report
from prosperity.workflow.workspace import Workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SCREENSHOTS = Path(tempfile.gettempdir()) / "prosperity-report"
FIGURES = 10
EVIDENCE = re.compile(r"evidence/([0-9a-f]{16})\.html$")
LINK = re.compile(r' (?:xlink:)?(?:href|src)="([^"]+)"')
IDENTITY = re.compile(r' id="([^"]+)"')
#: One page of every kind.
KINDS = (
    "index.html", "analysis.html", "report-2021-on-2016-2020.html", "calculations.html", "asof.html", "series.html",
    "series-nbs_gdp_cum.html", "sources.html", "checks.html", "method.html", "dictionary.html", "downloads.html",
    "leading.html",
)  # fmt: skip

#: Of these axe looks at every element, which takes seconds a page.
WATCHED = (
    "index.html",
    "asof.html",
    "report-2021-on-2016-2020.html",
    "series-nbs_gdp_cum.html",
    "checks.html",
    "leading.html",
)


@pytest.fixture(scope="module")
def space(
    tmp_path_factory: pytest.TempPathFactory, filled_home: Callable[[Path], Path]
) -> Iterator[Workspace]:
    """All sources and years, from the sample publishers."""
    with SamplePublishers() as publishers:
        made = Workspace(Settings(home=filled_home(tmp_path_factory.mktemp("home"))), hosts=publishers.hosts)
        yield made
        made.close()


@pytest.fixture(scope="module")
def report(space: Workspace) -> Published:
    return publish_report(space)


# ------------------------------------------------------------------------------------------ without a browser


def test_every_observation_has_its_page(space: Workspace, report: Published) -> None:
    folder = space.settings.report / "evidence"
    known = {row.evidence for row in space.warehouse.changes(list(space.catalogue.series))}
    assert len(known) > 2000
    assert not [identity for identity in known if not (folder / f"{identity}.html").exists()]
    assert report.evidence == len(list(folder.glob("*.html")))
    assert report.index == space.settings.report / "en" / "index.html"
    for language in ("zh", "en"):
        names = {path.name for path in (space.settings.report / language).glob("*.html")}
        assert {
            "index.html", "analysis.html", "asof.html", "series.html", "sources.html", "checks.html", "method.html",
            "dictionary.html", "downloads.html", "calculations.html", "report-2024-on-2023.html",
            "report-2021-on-2016-2020.html", "series-nbs_gdp_cum.html", "coincident.html",
        } <= names  # fmt: skip


def plain(text: str) -> str:
    return "".join(text.split())


def test_pages_show_raw_text_and_a_picture_of_every_figure(space: Workspace, report: Published) -> None:
    """Every twentieth page."""
    for path in sorted((space.settings.report / "evidence").glob("*.html"))[::20]:
        tree = html.fromstring(path.read_bytes())
        evidence = space.warehouse.evidence(path.stem)
        assert tree.get_element_by_id("raw").text == evidence.raw
        assert tree.xpath("//figure/a/img"), (
            f"{path.stem}: {tree.xpath('string(//p[@class=$flag])', flag='flag')}"
        )
        marked, raw = plain(tree.xpath("string(//mark)")), plain(evidence.raw)
        # A footnote mark printed behind a figure belongs to the raw text of its cell, not to the figure.
        assert marked == raw or (
            evidence.method == "pdf-table" and marked == raw[:-1] and raw[-1] in "0123456789"
        )
        assert not tree.xpath("//ol[@id='steps']/li[@class='flag']"), path.stem
        assert tree.xpath("//h2[@id='origin-h']"), "where the sample's figure was really published"


def test_every_link_leads_to_a_file_and_a_place(report: Published) -> None:
    """All pages of both languages, and every tenth page of evidence, read as text: no browser is needed for this."""
    root = report.index.parents[1]
    pages = [*root.glob("[ez][nh]/*.html"), *sorted((root / "evidence").glob("*.html"))[::10]]
    links = {path: set(LINK.findall(path.read_text(encoding="utf-8"))) for path in pages}
    places: dict[Path, set[str]] = {}
    followed = 0
    for path, found in links.items():
        for link in found:
            if link.startswith(("http", "data:")):
                continue
            address, _, place = unquote(link).partition("#")
            target = (path.parent / address).resolve() if address else path
            assert target.exists(), f"{path}: {link}"
            if place:
                if target not in places:
                    places[target] = set(IDENTITY.findall(target.read_text(encoding="utf-8")))
                assert place in places[target], f"{path}: {link}"
            followed += 1
    assert followed > 10_000


def test_ten_figures_of_the_report_are_those_of_the_warehouse(space: Workspace, report: Published) -> None:
    """Figures drawn at random from the report's tables: the page they lead to shows what the warehouse holds."""
    root = report.index.parents[1]
    page = html.fromstring((root / "en" / "report-2021-on-2016-2020.html").read_bytes())
    cells = page.xpath("//td/a[starts-with(@href, '../evidence/')]")
    known = {row.evidence: row for row in space.warehouse.changes(list(space.catalogue.series))}
    for cell in random.Random(7).sample(cells, FIGURES):
        identity = EVIDENCE.search(cell.get("href"))
        assert identity is not None
        row = known[identity[1]]
        assert row.value == Decimal(cell.text.replace(",", "").replace("−", "-"))
        evidence = html.fromstring((root / "evidence" / f"{identity[1]}.html").read_bytes())
        assert str(row.value) in evidence.get_element_by_id("value").text
        assert evidence.get_element_by_id("raw").text == space.warehouse.evidence(identity[1]).raw


def test_publishing_again_changes_nothing(space: Workspace, report: Published) -> None:
    before = {path: path.stat().st_mtime_ns for path in space.settings.report.rglob("*") if path.is_file()}
    again = publish_report(space)
    assert again == report and again.made < report.made / 2
    assert before == {
        path: path.stat().st_mtime_ns for path in space.settings.report.rglob("*") if path.is_file()
    }
    found = explain.series_provenance(space, "cnnic_penetration", "2020-12")[0]
    path = evidence_page(space, found.evidence.id)
    assert path == space.settings.report / "evidence" / f"{found.evidence.id}.html" and path in before
    with pytest.raises(NotFound):
        evidence_page(space, "0" * 16)


def test_the_report_is_small_enough(space: Workspace, report: Published) -> None:
    assert all(path.stat().st_size < 1_000_000 for path in space.settings.report.glob("[ez][nh]/*.html"))
    assert all(path.stat().st_size < 80_000 for path in space.settings.report.rglob("*.png"))


# ------------------------------------------------------------------------------------------ in Chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


class Watched:
    """A page with everything that went wrong on it; whatever is no file is refused and noted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.on(
            "console", lambda message: self.errors.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("requestfailed", lambda request: self.errors.append(f"failed: {request.url}"))
        page.route("**/*", self._route)

    def _route(self, route: Any) -> None:
        if route.request.url.startswith(("file:", "data:")):
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()


@pytest.fixture
def watched(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Watched]:
    context = browser.new_context(**getattr(request, "param", {}))
    found = Watched(context.new_page())
    yield found
    context.close()
    assert found.errors == [] and found.foreign == []


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_ten_figures_lead_to_their_evidence(
    space: Workspace, report: Published, watched: Watched, language: str
) -> None:
    page = watched.page
    address = (space.settings.report / language / "index.html").as_uri()
    page.goto(address)
    shot(page, language)
    assert page.locator(".notice").is_visible()
    groups = space.catalogue.index.groups
    # Index, contributions by layer and by indicator of each.
    assert page.locator("svg.chart").count() == 3 * len(groups)
    page.goto(address.replace("index.html", f"{groups[-1]}.html"))
    links = page.locator("main a[href*='evidence/']").evaluate_all("found => found.map(link => link.href)")
    followed = list(dict.fromkeys(links))
    for link in followed[:: max(1, len(followed) // FIGURES)][:FIGURES]:
        page.goto(link)
        identity = EVIDENCE.search(link)
        assert identity is not None
        assert page.locator("#raw").inner_text() == space.warehouse.evidence(identity[1]).raw
        for picture in page.locator("figure img").all():
            assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    assert len(followed) >= FIGURES


@pytest.mark.browser
def test_a_point_of_the_chart_opens_the_explanation_of_its_quarter(
    space: Workspace, report: Published, watched: Watched
) -> None:
    page = watched.page
    page.goto(report.index.as_uri())
    page.locator("svg.chart").first.locator("a").nth(3).click()
    target = page.url.partition("#")[2]
    assert target.startswith(f"q-{space.catalogue.index.groups[0]}-")
    assert page.locator(f"id={target}").evaluate("node => node.open")
    page.locator(f"id={target}").locator("tbody td a[href^='#i-']").first.click()
    step = page.locator(f"id={page.url.partition('#')[2]}")
    assert step.is_visible()
    step.locator(".inputs a").first.click()
    assert page.locator("#raw").is_visible()


@pytest.mark.browser
def test_evidence_from_pdf_and_html_has_its_picture(
    space: Workspace, report: Published, watched: Watched
) -> None:
    page = watched.page
    for method in ("pdf-table", "pdf-text", "html-table", "html-prose"):
        path = next(
            path
            for path in sorted((space.settings.report / "evidence").glob("*.html"))
            if space.warehouse.evidence(path.stem).method == method
        )
        page.goto(path.as_uri())
        shot(page, method)
        assert page.locator("figure img").count() == (2 if method.startswith("pdf") else 1)
        assert page.locator("figure img").first.get_attribute("alt")


@pytest.mark.browser
@pytest.mark.parametrize("watched", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_a_phone_scrolls_only_downwards(space: Workspace, report: Published, watched: Watched) -> None:
    page = watched.page
    evidence = sorted((space.settings.report / "evidence").glob("*.html"))[:2]
    for path in [*(report.index.parent / name for name in KINDS), *evidence]:
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    page.goto(report.index.as_uri())
    shot(page, "phone")


@pytest.mark.browser
@pytest.mark.parametrize("watched", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True)
def test_every_kind_of_page_is_accessible(space: Workspace, report: Published, watched: Watched) -> None:
    """axe finds nothing serious (WCAG A and AA, contrast too) on the pages that others are like, each in one scheme."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page = watched.page
    dark = page.goto(report.index.as_uri()) and page.evaluate(
        "matchMedia('(prefers-color-scheme: dark)').matches"
    )
    folder = report.index.parents[1] / ("zh" if dark else "en")
    evidence = sorted((folder.parent / "evidence").glob("*.html"))[0]
    options = {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
        "resultTypes": ["violations"],
        "preload": False,
    }
    for path in [*(folder / name for name in WATCHED[bool(dark) :: 2]), evidence]:
        page.goto(path.as_uri())
        found = axe.run(page, options=options).response["violations"]
        serious = [
            (entry["id"], [node["target"] for node in entry["nodes"]][:3])
            for entry in found
            if entry["impact"] in ("serious", "critical")
        ]
        assert not serious, f"{path}: {serious}"


@pytest.mark.browser
def test_the_keyboard_reaches_content_and_figures(report: Published, watched: Watched) -> None:
    page = watched.page
    page.goto((report.index.parent / "series-nbs_gdp_cum.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.locator("#history tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(EVIDENCE)
    assert page.locator("#raw").is_visible()


@pytest.mark.browser
def test_a_chosen_day_opens_the_vintage_known_then(report: Published, watched: Watched) -> None:
    page = watched.page
    page.goto((report.index.parent / "asof.html").as_uri())
    page.locator("#vintage-day").fill("2023-02-15")
    page.locator("#vintage-day").dispatch_event("change")
    opened = page.locator("id=v-2022-12-31")
    assert opened.evaluate("node => node.open") and page.url.endswith("#v-2022-12-31")
    cells = opened.locator("tbody tr").first.locator("td").all_inner_texts()
    then, now, difference, *parts = (float(text.replace("−", "-")) for text in cells)
    assert abs(now - then - difference) < 0.011 and abs(sum(parts) - difference) < 0.03


@pytest.mark.browser
def test_a_point_says_its_figure(report: Published, watched: Watched) -> None:
    page = watched.page
    page.goto((report.index.parent / "series-nbs_gdp_cum.html").as_uri())
    point = page.locator("svg.chart a").last
    point.hover()
    assert page.locator(".tip").inner_text() == point.get_attribute("aria-label")


@pytest.mark.browser
def test_it_prints(report: Published, watched: Watched, tmp_path: Path) -> None:
    watched.page.goto(report.index.as_uri())
    data = watched.page.pdf(format="A4")
    assert data.startswith(b"%PDF-")
    watched.page.emulate_media(media="print")
    assert watched.page.locator("nav.main").is_hidden() and watched.page.locator(".notice").is_visible()
