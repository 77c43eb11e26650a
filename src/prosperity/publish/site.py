"""The static site: pages from templates, pictures beside them, and a folder brought up to date.

Everything on the pages comes from documents of others and is escaped; only charts drawn here are not.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from prosperity.catalogue.model import IndexSpec, Transform
from prosperity.publish import words
from prosperity.publish.analysis_view import AnalysisView
from prosperity.publish.checked import checked_series
from prosperity.publish.cleaning_steps import cleaning_steps
from prosperity.publish.method_note import NoteMaterial, method_note
from prosperity.publish.model import Figure, Picture, Published, PublishError, Report, RowAround, TextAround
from prosperity.publish.view import View, Words, details_page, indicator_of

TEMPLATES = Path(__file__).parent / "templates"
STYLE = "assets/report.css"
NOTE = "method.html"
NOTICE = words.SAMPLE
#: What the site owns under ``evidence/``: only such files are ever removed as stale.
_OWNED = re.compile(r"[0-9a-f]{16}(-page\.png|\.png|\.html)")
_EVIDENCE = re.compile(r"[0-9a-f]{16}")


def build_site(report: Report, pictures: Mapping[str, Picture]) -> dict[str, bytes]:
    """All files of the site by their path: in each language the report, a page that explains each group, and the method
    note; an evidence page for every figure, pictures, style.

    The same report gives the same bytes. :raises PublishError: for an id of evidence that can be no file name.
    """
    files = {STYLE: _style()}
    checked = checked_series(report.checks)
    for identity, figure in report.figures.items():
        anchor = anchor_of(figure.series.id, report.spec, report.compared_series, checked)
        picture = pictures.get(identity, Picture(fault="not rendered"))
        files |= evidence_files(figure, picture, linked=report.figures.keys(), anchor=anchor)
    for language in words.LANGUAGES:
        for group in report.spec.groups:
            name = details_page(group)
            files[f"{language}/{name}"] = details(report, language, group).encode()
        files[f"{language}/{NOTE}"] = note_page(report, language).encode()
        files[f"{language}/index.html"] = report_page(report, language).encode()
    return files


def evidence_files(
    figure: Figure, picture: Picture, *, linked: Collection[str] = (), anchor: str | None = None
) -> dict[str, bytes]:
    """The page of one figure and its pictures, by path.

    ``linked``: ids of evidence that have a page; ``anchor``: page and place of the report that speak of the figure,
    None for a page without report.
    """
    if not _EVIDENCE.fullmatch(figure.id):
        raise PublishError(f"id of evidence {figure.id!r} is not 16 hexadecimal digits")
    page = evidence_page(figure, picture, linked=linked, anchor=anchor)
    files = {STYLE: _style(), f"evidence/{figure.id}.html": page.encode()}
    if picture.image:
        files[f"evidence/pictures/{figure.id}.png"] = picture.image
    if picture.page:
        files[f"evidence/pictures/{figure.id}-page.png"] = picture.page
    return files


def report_page(report: Report, language: words.Language) -> str:
    """The report in one language, as HTML."""
    return _page("report.html.j2", View(language, report), a=AnalysisView(language, report))


def details(report: Report, language: words.Language, group: str) -> str:
    """Every quarter and indicator of one group explained, as HTML."""
    return _page("details.html.j2", View(language, report, details_page(group)), group=group)


def note_page(report: Report, language: words.Language) -> str:
    """The method note in one language, as HTML."""
    days = [figure.provenance.reading.known_from for figure in report.figures.values()]
    material = NoteMaterial(
        result=report.result,
        spec=report.spec,
        series=report.series,
        sources=report.sources,
        run=report.run,
        code_version=report.code_version,
        sample=report.sample,
        program=str(report.parameters.get("program", "–")),
        constants=report.analysis.constants if report.analysis else (),
        lights=report.lights,
        latest=max(days, default=None),
    )
    return _page("note.html.j2", View(language, report, NOTE), method=method_note(material, language))


def _page(template: str, view: View, **more: Any) -> str:
    found = _environment(view.language).get_template(template)
    return found.render(v=view, r=view.report, notice=view.name(NOTICE), **more)


def evidence_page(
    figure: Figure, picture: Picture, *, linked: Collection[str] = (), anchor: str | None = None
) -> str:
    """The page of one figure in both languages, as HTML."""
    return (
        _environment("en")
        .get_template("evidence.html.j2")
        .render(
            figure=figure,
            picture=picture,
            steps=cleaning_steps(figure),
            alt=_alternative(figure),
            linked=linked,
            anchor=anchor,
            has_report=anchor is not None,
            notice=NOTICE,
            zh=Words("zh"),
            en=Words("en"),
        )
    )


def synchronise(out: Path, files: Mapping[str, bytes], *, remove_stale: bool = True) -> None:
    """Bring a folder up to the files: new and changed ones replaced one by one from a temporary folder on the same
    disk, report pages last, so that no page ever links to what is not there; unchanged ones left alone; evidence
    pages and pictures that are no longer wanted removed. Files of others stay.

    :raises PublishError: where the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        changed = {path: data for path, data in files.items() if not _holds(out / path, data)}
        if changed:
            _replace(
                out, dict(sorted(changed.items(), key=lambda item: (item[0].endswith("index.html"), item[0])))
            )
        for path in _stale(out, files) if remove_stale else ():
            path.unlink(missing_ok=True)
    except OSError as fault:
        raise PublishError(f"the report cannot be written to {out}: {fault}") from fault


def published(out: Path, files: Mapping[str, bytes]) -> Published:
    """What ``synchronise`` has written."""
    contents = tuple(f"{path} {hashlib.sha256(data).hexdigest()}" for path, data in sorted(files.items()))
    pages = [path for path in files if path.endswith(".html")]
    evidence = sum(path.startswith("evidence/") for path in pages)
    return Published(out / "en" / "index.html", len(pages) - evidence, evidence, contents)


# -------------------------------------------------------------------------------------------------- pages


def anchor_of(series: str, spec: IndexSpec, compared: Collection[str], checked: Collection[str] = ()) -> str:
    """Page and place of the report that speak of a series: its indicator, published values, checks, or the whole report.

    ``compared``: series of the published index; ``checked``: those named among the checks.
    """
    indicator = indicator_of(spec).get(series)
    if indicator:
        group = next(entry.group for entry in spec.indicators if entry.series == indicator)
        return f"{details_page(group)}#inputs-{indicator}"
    if series in compared:
        return "index.html#compared"
    return "index.html#checks" if series in checked else "index.html"


def _alternative(figure: Figure) -> str:
    """What the picture shows, for those who do not see it."""
    raw, title = figure.provenance.evidence.raw, figure.provenance.release.title
    around = figure.around
    if isinstance(around, TextAround):
        return f"《{title}》: {around.sentence} [标出 / marked: {raw}]"
    if isinstance(around, RowAround):
        cells = " | ".join(cell for cell in around.rows[around.row])
        return f"《{title}》, {around.caption}: {cells} [标出 / marked: {raw}]"
    return f"《{title}》 [标出 / marked: {raw}]"


@cache
def _style() -> bytes:
    return (TEMPLATES / "report.css").read_bytes()


@cache
def _environment(language: words.Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def treatment(entry: Transform) -> str:
        text = words.transform(entry, language)
        return words.typeset(text) if language == "zh" else text

    environment.filters |= {
        "plain": words.plain,
        "rounded": words.rounded,
        "signed": words.signed,
        "percent": _percent,
        "typeset": words.typeset,
        "treatment": treatment,
        "last_quarter": last_quarter,
        "is_link": is_link,
    }
    return environment


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def last_quarter(period: str) -> str:
    """The last quarter of a half year or year: 2020-S1 → 2020-Q2; a quarter is its own."""
    if "-Q" in period:
        return period
    return f"{period[:4]}-Q{2 if period.endswith('-S1') else 4}"


def is_link(address: str) -> bool:
    """Whether an address may be made a link: never ``javascript:`` and the like."""
    return address.lower().startswith(("https://", "http://"))


# -------------------------------------------------------------------------------------------------- folder


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _replace(out: Path, files: Mapping[str, bytes]) -> None:
    staging = Path(tempfile.mkdtemp(dir=out, prefix=".incoming-"))
    try:
        for number, (path, data) in enumerate(files.items()):
            temporary, target = staging / str(number), out / path
            temporary.write_bytes(data)
            temporary.chmod(0o644)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(temporary, target)  # noqa: PTH105 - replaces a file atomically
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(staging)


def _stale(out: Path, files: Mapping[str, bytes]) -> list[Path]:
    found = [*(out / "evidence").glob("*.html"), *(out / "evidence" / "pictures").glob("*.png")]
    owned = [path for path in found if _OWNED.fullmatch(path.name)]
    owned += [out / language / details_page(group) for language in words.LANGUAGES for group in words.GROUPS]
    return [path for path in owned if path.relative_to(out).as_posix() not in files]
