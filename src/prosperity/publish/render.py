"""Templates to HTML: the environment they are rendered in, and the pages that are made of one view each.

Everything on the pages comes from documents of others and is escaped; only charts drawn here are not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from prosperity.catalogue.model import Transform
from prosperity.checks.model import SEVERITIES, CheckResult
from prosperity.publish import words
from prosperity.publish.cleaning_steps import cleaning_steps
from prosperity.publish.model import Figure, Picture, RowAround, TextAround
from prosperity.publish.series_view import shown_value
from prosperity.publish.view import View, Words

TEMPLATES = Path(__file__).parent / "templates"
NOTICE = words.SAMPLE


def page(template: str, view: View, **more: Any) -> bytes:
    """A page of the site from its template, which sees the view as ``v`` and the material as ``r``."""
    found = _environment(view.language).get_template(template)
    return found.render(v=view, r=view.report, notice=view.name(NOTICE), **more).encode()


def evidence_page(
    figure: Figure,
    picture: Picture,
    *,
    linked: Collection[str] = (),
    anchor: str | None = None,
    page_of_series: bool = False,
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
            page_of_series=page_of_series,
            notice=NOTICE,
            zh=Words("zh"),
            en=Words("en"),
        )
    )


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
def asset(name: str) -> bytes:
    """A style sheet or script that all pages share."""
    return (TEMPLATES / name).read_bytes()


@cache
def appearance() -> str:
    """Hash over all templates and modules that decide what pages look like: another one makes every page anew."""
    here = Path(__file__).parent
    files = sorted([*TEMPLATES.iterdir(), *here.glob("*.py"), *(here / "compose").glob("*.py")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


@cache
def _environment(language: words.Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    def treatment(entry: Transform) -> str:
        text = words.transform(entry, language)
        return words.typeset(text) if language == "zh" else text

    environment.filters |= {
        "plain": words.plain,
        "rounded": words.rounded,
        "signed": words.signed,
        "counted": shown_value,
        "percent": _percent,
        "capital": _capital,
        "distinct": distinct,
        "typeset": words.typeset,
        "treatment": treatment,
        "last_quarter": last_quarter,
        "is_link": is_link,
    }
    return environment


def distinct(results: Iterable[CheckResult]) -> list[CheckResult]:
    """Results that differ in more than the vintages they were computed from, the heaviest first."""
    seen: dict[tuple[str, str, str, tuple[str, ...]], CheckResult] = {}
    for row in results:
        used = tuple(figure.evidence for figure in row.figures)
        seen.setdefault((row.check, row.series, row.period, used), row)
    return sorted(seen.values(), key=lambda row: (-SEVERITIES.index(row.severity), row.key))


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def last_quarter(period: str) -> str:
    """The last quarter of a half year or year: 2020-S1 → 2020-Q2; a quarter is its own."""
    year, _, part = period.partition("-")
    return {"S1": f"{year}-Q2", "S2": f"{year}-Q4", "": f"{year}-Q4"}.get(part, period)


def is_link(address: str) -> bool:
    """Whether an address is one that a browser fetches over the web; anything else is shown and not linked."""
    return re.match(r"https?://", address, re.IGNORECASE) is not None
