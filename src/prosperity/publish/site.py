"""The static site: which pages there are, and what each is made from."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path

from prosperity.catalogue.model import IndexSpec, Series, Source
from prosperity.publish import words
from prosperity.publish.analysis_view import AnalysisView
from prosperity.publish.checked import checked_series
from prosperity.publish.folder import Brought, Page, key_of
from prosperity.publish.industry_view import CALCULATIONS, IndustryView
from prosperity.publish.method_note import NoteMaterial, method_note
from prosperity.publish.model import Figure, Picture, Published, PublishError, SiteMaterial
from prosperity.publish.render import appearance, asset, evidence_page, page
from prosperity.publish.rendered import printed_name
from prosperity.publish.report_pdf import report_pdf
from prosperity.publish.report_workbook import report_workbook
from prosperity.publish.series_view import SeriesView
from prosperity.publish.sources_view import SourcesView
from prosperity.publish.view import View, details_page, indicator_of, industry_page
from prosperity.publish.vintage_view import VintageView

STYLE, SCRIPT = "assets/report.css", "assets/site.js"
NOTE = "method.html"
_EVIDENCE = re.compile(r"[0-9a-f]{16}")


def build_site(material: SiteMaterial, pictures: Mapping[str, Picture]) -> dict[str, bytes]:
    """All files of the site by their path. The same material gives the same bytes.

    :raises PublishError: for an id of evidence that can be no file name.
    """
    return {entry.path: entry.make() for entry in site_pages(material, pictures)}


def site_pages(material: SiteMaterial, pictures: Mapping[str, Picture]) -> list[Page]:
    """Every file of the site: in each language the index and what explains it, the industry reports, the series, sources,
    checks, vintages, method, dictionary and downloads; an evidence page for every figure, pictures, style."""
    found = [*shared_files(), *_downloads(material), *_printed(material)]
    checked = checked_series(material.checks)
    with_page = frozenset(history.series.id for history in material.histories)
    for identity, figure in material.figures.items():
        anchor = anchor_of(
            figure.series.id, material.spec, material.compared_series, checked, with_page=with_page
        )
        picture = pictures.get(identity, Picture(fault="not rendered"))
        own = figure.series.id in with_page
        found += evidence_files(
            figure, picture, linked=material.figures.keys(), anchor=anchor, page_of_series=own
        )
    for language in words.LANGUAGES:
        found += _of_language(material, language)
    return found


def shared_files() -> list[Page]:
    """Style and script of all pages."""
    files = {STYLE: "report.css", SCRIPT: "site.js"}
    return [Page(path, "", partial(asset, name)) for path, name in files.items()]


def _downloads(material: SiteMaterial) -> list[Page]:
    return [_fixed(f"data/{name}", data) for name, data in material.downloads.items()]


def _fixed(path: str, data: bytes) -> Page:
    """A file that is there already."""
    return Page(path, key_of(data), partial(_as_it_is, data))


def _printed(material: SiteMaterial) -> Iterator[Page]:
    """Each industry report as a PDF and as a workbook, in each language."""
    for entry in material.printable:
        for language in words.LANGUAGES:
            key = key_of(appearance(), language, entry)
            name = f"files/{printed_name(entry.report, language)}"
            yield Page(f"{name}.pdf", key, partial(report_pdf, entry, language))
            yield Page(f"{name}.xlsx", key, partial(report_workbook, entry, language))


def _as_it_is(data: bytes) -> bytes:
    return data


def _of_language(material: SiteMaterial, language: words.Language) -> Iterator[Page]:
    """Pages of one language. Those of series are made anew only where their figures changed; the others are few."""

    def one(name: str, make: Callable[[], bytes], key: str = "") -> Page:
        return Page(f"{language}/{name}", key, make)

    for group in material.spec.groups:
        name = details_page(group)
        yield one(name, partial(page, "details.html.j2", View(language, material, name), group=group))
    view = IndustryView(language, material)
    for report in material.reports:
        name = industry_page(report)
        yield one(name, partial(page, "industry.html.j2", IndustryView(language, material, name), report=report))  # fmt: skip
    if material.reports:
        yield one(CALCULATIONS, partial(page, "calculations.html.j2", IndustryView(language, material, CALCULATIONS)))  # fmt: skip
    if material.histories:
        yield one("series.html", partial(page, "series_list.html.j2", SeriesView(language, material, "series.html")))  # fmt: skip
    shared = (appearance(), view.menu, material.sample, material.result.as_of, material.code_version)
    for history in material.histories:
        name = f"series-{history.series.id}.html"
        own = SeriesView(language, material, name)
        series = _identity(history.series, material.sources[history.series.source])
        key = key_of(shared, series, history.periods, history.checks)
        yield one(name, partial(page, "series.html.j2", own, found=history), key)
    yield one("sources.html", partial(page, "sources.html.j2", SourcesView(language, material, "sources.html")))  # fmt: skip
    yield one("checks.html", partial(page, "checks.html.j2", View(language, material, "checks.html")))
    if material.vintages:
        yield one("asof.html", partial(page, "asof.html.j2", VintageView(language, material, "asof.html")))
    if material.dictionary:
        yield one("dictionary.html", partial(page, "dictionary.html.j2", View(language, material, "dictionary.html")))  # fmt: skip
    if material.downloads:
        yield one("downloads.html", partial(page, "downloads.html.j2", View(language, material, "downloads.html")))  # fmt: skip
    yield one(NOTE, partial(_note, material, language))
    analysis = AnalysisView(language, material)
    yield one("analysis.html", partial(page, "analysis.html.j2", View(language, material, "analysis.html"), a=analysis))  # fmt: skip
    yield one("index.html", partial(page, "index.html.j2", View(language, material), a=analysis))


def evidence_files(
    figure: Figure,
    picture: Picture,
    *,
    linked: Collection[str] = (),
    anchor: str | None = None,
    page_of_series: bool = False,
) -> list[Page]:
    """The page of one figure and its pictures.

    ``linked``: ids of evidence that have a page; ``anchor``: page and place of the site that speak of the figure,
    None for a page without site; ``page_of_series``: its series has a page. :raises PublishError: for an id that can be no file name.
    """
    if not _EVIDENCE.fullmatch(figure.id):
        raise PublishError(f"id of evidence {figure.id!r} is not 16 hexadecimal digits")
    others = sorted(other for other in figure.others if other in linked)
    key = key_of(
        appearance(), figure.provenance, figure.around, figure.readings, figure.also, figure.origins, figure.checks,
        _identity(figure.series, figure.source), picture.size, picture.page_size, picture.fault, others, anchor,
        page_of_series,
    )  # fmt: skip

    def make() -> bytes:
        return evidence_page(
            figure, picture, linked=linked, anchor=anchor, page_of_series=page_of_series
        ).encode()

    found = [Page(f"evidence/{figure.id}.html", key, make)]
    if picture.image:
        found.append(_fixed(f"evidence/pictures/{figure.id}.png", picture.image))
    if picture.page:
        found.append(_fixed(f"evidence/pictures/{figure.id}-page.png", picture.page))
    return found


def _identity(series: Series, source: Source) -> str:
    """What pages say of a series and its source."""
    return _series_json(series) + source.publisher.model_dump_json() + source.title.model_dump_json()


@lru_cache(maxsize=1024)
def _series_json(series: Series) -> str:
    return series.model_dump_json()


def _note(material: SiteMaterial, language: words.Language) -> bytes:
    """The method note in one language."""
    days = [figure.provenance.reading.known_from for figure in material.figures.values()]
    found = NoteMaterial(
        result=material.result,
        spec=material.spec,
        series=material.series,
        sources=material.sources,
        run=material.run,
        code_version=material.code_version,
        sample=material.sample,
        program=str(material.parameters.get("program", "–")),
        constants=material.analysis.constants if material.analysis else (),
        lights=material.lights,
        latest=max(days, default=None),
    )
    return page("note.html.j2", View(language, material, NOTE), method=method_note(found, language))


def published(out: Path, brought: Brought) -> Published:
    """What ``bring_up`` has left in the folder."""
    contents = tuple(f"{path} {digest}" for path, digest in brought.files.items())
    pages = [path for path in brought.files if path.endswith(".html")]
    evidence = sum(path.startswith("evidence/") for path in pages)
    return Published(out / "en" / "index.html", len(pages) - evidence, evidence, contents, brought.made)


def anchor_of(
    series: str,
    spec: IndexSpec,
    compared: Collection[str],
    checked: Collection[str] = (),
    *,
    with_page: Collection[str] = (),
) -> str:
    """Page and place of the site that speak of a series: its indicator, its own page, published values, checks, or the
    start page.

    ``compared``: series of the published index; ``checked``: those named among the checks; ``with_page``: those with
    a page of their own.
    """
    indicator = indicator_of(spec).get(series)
    if indicator:
        group = next(entry.group for entry in spec.indicators if entry.series == indicator)
        return f"{details_page(group)}#inputs-{indicator}"
    if series in compared:
        return "analysis.html#compared"
    if series in with_page:
        return f"series-{series}.html"
    return "checks.html#checks" if series in checked else "index.html"
