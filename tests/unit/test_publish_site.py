"""The site: everything linked is there, everything foreign is escaped, the same report changes nothing."""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import html

from prosperity.publish.evidence_picture import drawn
from prosperity.publish.folder import MANIFEST, Brought, Page, bring_up
from prosperity.publish.model import Origin, Picture, PublishError, SiteMaterial
from prosperity.publish.render import NOTICE, evidence_page, is_link, last_quarter
from prosperity.publish.site import build_site, published, site_pages
from prosperity.settings import SAMPLE_NOTICE
from tests.publish_fixtures import USERS, figure, full, report

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def site(made: SiteMaterial) -> dict[str, bytes]:
    pictures = {
        identity: drawn(f.provenance.release.title, f.around)
        for identity, f in made.figures.items()
        if f.around
    }
    return build_site(made, pictures)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return site(report())


def pages(found: dict[str, bytes]) -> dict[str, str]:
    return {path: data.decode() for path, data in found.items() if path.endswith(".html")}


def test_the_promised_files_are_there(files: dict[str, bytes]) -> None:
    assert {"zh/index.html", "en/index.html"} <= files.keys()
    assert sum(path.startswith("evidence/") and path.endswith(".html") for path in files) == 2
    assert all(len(files[f"{language}/index.html"]) < 1_000_000 for language in ("zh", "en"))


def test_every_link_leads_to_a_file_and_a_place_in_it(files: dict[str, bytes]) -> None:
    trees = {path: html.fromstring(data) for path, data in files.items() if path.endswith(".html")}
    places = {path: set(tree.xpath("//@id")) for path, tree in trees.items()}
    followed = 0
    for path, tree in trees.items():
        for link in tree.xpath("//@href | //@src | //@*[local-name()='xlink:href']"):
            if link.startswith(("data:", "http")):
                continue
            address, _, place = unquote(link).partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), address)) if address else path
            assert target in files, f"{path}: {link}"
            assert not place or place in places[target], f"{path}: {link}"
            followed += 1
    assert followed > 50


def test_ids_are_unique(files: dict[str, bytes]) -> None:
    for path, text in pages(files).items():
        ids = html.fromstring(text).xpath("//@id")
        assert len(ids) == len(set(ids)), path


def test_pages_load_nothing_from_elsewhere(files: dict[str, bytes]) -> None:
    for path, text in pages(files).items():
        tree = html.fromstring(text)
        loaded = tree.xpath("//link/@href | //img/@src | //script/@src | //iframe/@src | //object/@data")
        assert not [address for address in loaded if address.startswith(("http", "//"))], path
    assert b"@import" not in files["assets/report.css"] and b"url(" not in files["assets/report.css"]


def test_every_observation_on_the_page_links_to_its_evidence(files: dict[str, bytes]) -> None:
    tree = html.fromstring(files["en/coincident.html"])
    for identity in report().figures:
        assert tree.xpath(f"//a[@href='../evidence/{identity}.html']")


def test_figures_of_the_index_are_shown_with_their_parts(files: dict[str, bytes]) -> None:
    """100 + 0.75 − 0.25 = 100.5."""
    text = files["en/index.html"].decode()
    row = re.search(
        r'<tr><th scope="row"><a href="coincident.html#q-coincident-2019-Q4">.*?</tr>', text, re.DOTALL
    )
    assert row and all(number in row.group() for number in ("100.50", "+0.75", "−0.25", "+0.50"))
    assert "no observation of Revenue (year to date)" in text


def test_every_chart_has_unit_source_and_date(files: dict[str, bytes]) -> None:
    for language, words in (("en", ("Unit", "Source", "As of")), ("zh", ("单位", "来源", "数据截至"))):
        tree = html.fromstring(files[f"{language}/index.html"])
        figures = tree.xpath("//figure[.//*[local-name()='svg']]")
        assert len(figures) == 2  # index, contributions
        for chart in figures:
            caption = chart.xpath("string(figcaption)")
            assert all(word in caption for word in words)
            assert "2020-03-31" in caption


def test_samples_are_announced_and_live_data_are_not() -> None:
    assert NOTICE.en == SAMPLE_NOTICE
    sample, live = site(report()), site(report(sample=False))
    assert (
        NOTICE.zh.split(":")[0] in sample["zh/index.html"].decode()
        and NOTICE.en in sample["en/index.html"].decode()
    )
    assert (
        NOTICE.en not in live["en/index.html"].decode()
        and 'class="notice"' not in live["zh/index.html"].decode()
    )


def test_hostile_text_stays_text() -> None:
    hostile = figure(raw=HOSTILE, title=HOSTILE, address="javascript:alert(1)", stated_date=HOSTILE)
    hostile = replace(hostile, origins=(Origin("javascript:alert(1)", HOSTILE, HOSTILE, HOSTILE),))
    bad = report(hostile)
    bad = replace(bad, rejections=[replace(bad.rejections[0], what=HOSTILE, reason=HOSTILE, where=HOSTILE)])
    for path, text in pages(site(bad)).items():
        tree = html.fromstring(text)
        scripts = [script.text or "" for script in tree.xpath("//script")]
        assert not [script for script in scripts if "alert" in script], path
        assert not tree.xpath("//img[@onerror]") and "javascript:" not in "".join(tree.xpath("//@href")), path
    page = pages(site(bad))[f"evidence/{hostile.id}.html"]
    assert html.fromstring(page).get_element_by_id("raw").text == HOSTILE


def test_evidence_page_shows_place_sentence_and_steps() -> None:
    shown = figure()
    tree = html.fromstring(evidence_page(shown, Picture(fault="none here"), anchor="index.html#indicators"))
    assert tree.get_element_by_id("raw").text == "10125亿元"
    assert tree.get_element_by_id("value").text == "10125 亿元"
    assert tree.xpath("string(//*[@id='sentence'])") == "全年完成业务收入10125亿元,同比增长20%。"
    assert tree.xpath("string(//*[@id='sentence']/mark)") == "10125亿元"
    text = tree.text_content()
    assert all(
        part in text
        for part in ("2020-01-31", shown.provenance.document.sha256, "html-prose", "2019-12", "none here")
    )


def test_sample_addresses_are_marked_and_no_links() -> None:
    marked = evidence_page(
        figure(sample=True, origins=(Origin("https://example.org/a", "10125 亿元", "A", ""),)), Picture()
    )
    assert "sample address" in marked
    links = html.fromstring(marked).xpath("//a/@href")
    assert "https://example.org/a" in links and not [link for link in links if "miit.gov.cn" in link]
    live = html.fromstring(evidence_page(figure(), Picture())).xpath("//a/@href")
    assert "https://www.miit.gov.cn/art/1.html" in live


def test_other_readings_are_listed_and_linked_where_they_have_a_page() -> None:
    shown, other = figure(), figure(raw="1.01万亿元", value="10100")
    both = replace(shown, readings=(shown.provenance, other.provenance))
    page = html.fromstring(evidence_page(both, Picture(), linked=[other.id]))
    assert page.xpath("//table[@id='readings']//a/@href") == [f"{other.id}.html"]
    assert not html.fromstring(evidence_page(both, Picture())).xpath("//table[@id='readings']//a")


def test_same_report_same_bytes(files: dict[str, bytes]) -> None:
    assert site(report()) == files


def test_a_report_without_any_value_says_why() -> None:
    made = report()
    result = replace(made.result, points=made.result.points[-1:], indicators={})
    text = site(replace(made, result=result, compared=()))["en/index.html"].decode()
    assert "no quarter can be computed" in text and "<figure" not in text


def test_small_helpers() -> None:
    assert [last_quarter(code) for code in ("2020-S1", "2020-S2", "2018", "2019-Q3")] == [
        "2020-Q2",
        "2020-Q4",
        "2018-Q4",
        "2019-Q3",
    ]
    assert is_link("HTTPS://a") and not is_link("javascript:x") and not is_link("data:text/html,x")


# ------------------------------------------------------------------------------------------ the folder


def fixed(files: dict[str, bytes]) -> list[Page]:
    """Pages that are made from their own content."""

    def page(path: str, data: bytes) -> Page:
        return Page(path, hashlib.sha256(data).hexdigest(), lambda: data)

    return [page(path, data) for path, data in files.items()]


def test_unchanged_files_are_left_alone_and_stale_ones_go(tmp_path: Path, files: dict[str, bytes]) -> None:
    bring_up(tmp_path, fixed(files | {"en/former.html": b"of an earlier build", "en/mended.html": b"ours"}))
    before = {path: (tmp_path / path).stat().st_mtime_ns for path in files}
    stale = tmp_path / "evidence" / "0123456789abcdef.html"
    picture = tmp_path / "evidence" / "pictures" / "0123456789abcdef-page.png"
    foreign = tmp_path / "evidence" / "notes.html"
    for path in (stale, picture, foreign, tmp_path / "CNAME", tmp_path / "en" / "mended.html"):
        path.write_text("x")
    brought = bring_up(tmp_path, fixed(files | {"en/index.html": b"new"}))
    assert not stale.exists() and not picture.exists() and not (tmp_path / "en" / "former.html").exists()
    assert foreign.exists() and (tmp_path / "CNAME").exists()
    assert (tmp_path / "en" / "mended.html").exists(), "changed by a person since"
    after = {path: (tmp_path / path).stat().st_mtime_ns for path in files}
    assert {path for path in files if before[path] != after[path]} == {"en/index.html"}
    assert (brought.made, brought.written) == (1, 1)
    assert not list(tmp_path.glob(".incoming-*"))


def test_only_what_changed_is_made_again(tmp_path: Path) -> None:
    """One figure another: its page and those that are made from everything, not the page of the other figure."""
    first = report()
    bring_up(tmp_path, site_pages(first, {}))
    again = bring_up(tmp_path, site_pages(first, {}))
    other = figure(USERS, "2019-12", "9.05", "9.04亿人")
    changed = bring_up(tmp_path, site_pages(report(figure(), other), {}))
    evidence = [page for page in site_pages(first, {}) if page.key]
    assert again.written == 0 and changed.made - again.made == 1
    assert len(evidence) == 2


def test_a_file_that_was_damaged_is_made_again(tmp_path: Path, files: dict[str, bytes]) -> None:
    bring_up(tmp_path, fixed(files))
    (tmp_path / "en" / "index.html").write_bytes(b"")
    (tmp_path / "zh" / "index.html").unlink()
    assert bring_up(tmp_path, fixed(files)).written == 2
    (tmp_path / MANIFEST).write_text("[]")
    assert bring_up(tmp_path, fixed(files)).made == len(files)


def test_adding_a_page_removes_nothing(tmp_path: Path, files: dict[str, bytes]) -> None:
    bring_up(tmp_path, fixed(files))
    bring_up(tmp_path, fixed({"evidence/00000000000000aa.html": b"x"}), remove_stale=False)
    assert all((tmp_path / path).exists() for path in files)
    bring_up(tmp_path, fixed(files))
    assert not (tmp_path / "evidence" / "00000000000000aa.html").exists()


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path, files: dict[str, bytes]) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(PublishError, match="cannot be written to"):
        bring_up(tmp_path / "out", fixed(files))


def test_what_was_published_is_counted(tmp_path: Path, files: dict[str, bytes]) -> None:
    brought = Brought({path: hashlib.sha256(data).hexdigest() for path, data in files.items()}, 3, 2)
    found = published(tmp_path, brought)
    # Index, its group, analysis, sources, checks, method note, in two languages.
    assert (found.pages, found.evidence, found.index, found.made) == (
        12,
        2,
        tmp_path / "en" / "index.html",
        3,
    )
    assert len(found.contents) == len(files)


# ------------------------------------------------------------------------------------------ pages with everything


def test_series_pages_show_revisions_and_what_the_checks_say() -> None:
    tree = html.fromstring(site(full())["en/series-revenue_cum.html"])
    assert tree.xpath("string(//table[contains(@class,'triangle')]//td[@class='heat-up-2'])").startswith(
        "10,226.25"
    )
    assert "+1.00%" in tree.xpath("string(//table[contains(@class,'triangle')])")
    assert tree.xpath("//svg[contains(@class,'chart')]//a | //*[local-name()='svg']//*[local-name()='a']")
    caption = tree.xpath("string(//figcaption)")
    assert all(word in caption for word in ("Unit", "Source", "As of", "samples"))


def test_the_index_of_a_past_day_stands_beside_now() -> None:
    tree = html.fromstring(site(full())["en/asof.html"])
    row = tree.xpath("//details[@id='v-2020-01-31']//tbody/tr")[0]
    assert [cell.text_content() for cell in row] == ["2019-Q4", "100.40", "100.50", "+0.10", "+0.07", "+0.03"]


def test_the_industry_report_leads_from_every_figure_to_its_source() -> None:
    made = full()
    files = site(made)
    tree = html.fromstring(files["zh/report-2020-on-2019.html"])
    links = tree.xpath("//section[@id='all']//a/@href")
    assert f"../evidence/{made.histories[0].periods[0].now.evidence}.html" in links
    assert tree.xpath("//p[@class='author']") and tree.xpath("//p[@class='notice']")
    for chart in tree.xpath("//figure"):
        assert all(word in chart.xpath("string(figcaption)") for word in ("单位", "来源", "数据截至"))


def test_the_calendar_says_what_is_missing_and_why() -> None:
    tree = html.fromstring(site(full())["en/sources.html"])
    cells = tree.xpath("//table[@class='calendar']//td/abbr/@title")
    assert cells == ["2019-06: collected", "2019-12: not among the sample documents"]


def test_every_link_of_the_full_site_leads_somewhere() -> None:
    test_every_link_leads_to_a_file_and_a_place_in_it(site(full()))
