"""The report on real runs: written from the sample publishers' documents, read in Chromium from the disk."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from prosperity.sample import SamplePublishers
from prosperity.settings import Settings
from prosperity.warehouse.model import NotFound
from prosperity.workflow import explain
from prosperity.workflow.indexing import compute_index
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


def test_every_observation_used_has_its_page(space: Workspace, report: Published) -> None:
    result = compute_index(space).result
    used = {
        found.evidence
        for members in result.indicators.values()
        for points in members.values()
        for point in points
        for found in point.inputs
    }
    assert len(used) > 50
    folder = space.settings.report / "evidence"
    assert not [identity for identity in used if not (folder / f"{identity}.html").exists()]
    assert report.evidence == len(list(folder.glob("*.html")))
    groups = space.catalogue.index.groups
    assert report.pages == 2 * (2 + len(groups)), "report, method note, and a page a group, in both languages"
    assert report.index == space.settings.report / "en" / "index.html"


def plain(text: str) -> str:
    return "".join(text.split())


def test_pages_show_raw_text_and_a_picture_of_every_figure(space: Workspace, report: Published) -> None:
    for path in (space.settings.report / "evidence").glob("*.html"):
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


def test_sample_figures_name_where_they_were_really_published(space: Workspace, report: Published) -> None:
    for path in (space.settings.report / "evidence").glob("*.html"):
        assert html.fromstring(path.read_bytes()).xpath("//h2[@id='origin-h']"), path.stem


def test_publishing_again_changes_nothing_and_is_quick(space: Workspace, report: Published) -> None:
    before = {path: path.stat().st_mtime_ns for path in space.settings.report.rglob("*") if path.is_file()}
    start = time.process_time()
    again = publish_report(space)
    assert time.process_time() - start < 15
    assert again == report
    assert before == {
        path: path.stat().st_mtime_ns for path in space.settings.report.rglob("*") if path.is_file()
    }


def test_the_report_is_small_enough(space: Workspace, report: Published) -> None:
    assert all(path.stat().st_size < 1_000_000 for path in space.settings.report.glob("[ez][nh]/*.html"))
    assert all(path.stat().st_size < 80_000 for path in space.settings.report.rglob("*.png"))


def test_another_folder_gets_the_same_site(space: Workspace, report: Published, tmp_path: Path) -> None:
    other = publish_report(space, tmp_path / "site")
    assert other.contents == report.contents and other.index == tmp_path / "site" / "en" / "index.html"


def test_page_of_a_figure_that_is_not_in_the_index(space: Workspace, report: Published) -> None:
    found = explain.series_provenance(space, "cnnic_penetration", "2020-12")[0]
    path = evidence_page(space, found.evidence.id)
    assert path == space.settings.report / "evidence" / f"{found.evidence.id}.html"
    assert html.fromstring(path.read_bytes()).get_element_by_id("raw").text == found.evidence.raw
    assert (space.settings.report / "en" / "index.html").exists()
    with pytest.raises(NotFound):
        evidence_page(space, "0" * 16)
    publish_report(space)
    assert not path.exists()


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
    # Index, contributions and band of each; published changes and diffusion.
    assert page.locator("svg.chart").count() == 3 * len(groups) + 2
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
    evidence = sorted((space.settings.report / "evidence").glob("*.html"))[:3]
    pages = sorted(space.settings.report.glob("[ez][nh]/*.html"))
    for path in [*pages, *evidence]:
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    page.goto(report.index.as_uri())
    shot(page, "phone")


@pytest.mark.browser
@pytest.mark.parametrize("watched", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True)
def test_text_stands_out_from_its_ground(report: Published, watched: Watched) -> None:
    """WCAG AA asks for a contrast of 4.5 between text and ground."""
    page = watched.page
    page.goto(report.index.as_uri())
    shot(page, page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'"))
    ground = rgb(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    for selector in ("body", ".lead", "main a", "figcaption", "caption", "nav a"):
        ink = rgb(page.locator(selector).first.evaluate("node => getComputedStyle(node).color"))
        assert contrast(ink, ground) >= 4.5, selector
    notice = page.locator(".notice").evaluate(
        "node => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]"
    )
    assert contrast(rgb(notice[0]), rgb(notice[1])) >= 4.5


@pytest.mark.browser
def test_it_prints(report: Published, watched: Watched, tmp_path: Path) -> None:
    watched.page.goto(report.index.as_uri())
    data = watched.page.pdf(format="A4")
    assert data.startswith(b"%PDF-")
    watched.page.emulate_media(media="print")
    assert watched.page.locator("nav").is_hidden() and watched.page.locator(".notice").is_visible()


def rgb(text: str) -> tuple[float, float, float]:
    red, green, blue = (float(number) for number in re.findall(r"[\d.]+", text)[:3])
    return red, green, blue


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Contrast ratio after WCAG 2.1, from relative luminances."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: tuple[float, float, float]) -> float:
    def linear(part: float) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
