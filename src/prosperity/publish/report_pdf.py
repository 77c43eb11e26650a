"""The industry report as a PDF, set by Typst from the same content as the pages.

What belongs here: the content as plain data for the template (``templates/report.typ``), and running Typst. What does
not: choosing figures, and the look, which is the template's. Charts are vectors; every figure leads to its entry in
the list at the end, which names document, place and evidence.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

from prosperity.publish.content import (
    Block,
    ChartLine,
    DataTable,
    FigureChart,
    FigureReference,
    NeedsAuthor,
    Paragraph,
    SourceList,
    TableRow,
)
from prosperity.publish.plot import Mark, Trace, bars_svg, lines_svg, year_fraction
from prosperity.publish.rendered import Entry, Printable, entries, key_of, origins_line
from prosperity.publish.words import Language, period, typeset

FONTS = Path(str(files("prosperity.publish"))) / "fonts"
TEMPLATE = "report.typ"
#: Colours of lines and bars on paper, in the order of the tones; each stands out from white by 3:1 at least.
TONES = ("#1f5f99", "#b35900", "#2b7a3d", "#8a3ea8", "#b3262e", "#5f6b1e", "#0f7f86", "#6b4a2b")
_SVG_STYLE = (
    "<style>text{font-family:'WenQuanYi Micro Hei';font-size:12px;fill:#444}"
    ".grid{stroke:#ddd}.tick,.zero{stroke:#888}.break line{stroke:#888;stroke-dasharray:4 3}</style>"
)


class TypesetError(RuntimeError):
    """Typst refused the report; says what it said."""


def report_pdf(material: Printable, language: Language) -> bytes:
    """The report in one language, A4, tagged; the same bytes for the same content.

    :raises TypesetError: where Typst cannot set it.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        work = Path(folder)
        (work / TEMPLATE).write_bytes((files("prosperity.publish") / "templates" / TEMPLATE).read_bytes())
        content, charts = document(material, language)
        if language == "zh":
            content = _typeset(content)
        for name, svg in charts.items():
            (work / name).write_text(svg, encoding="utf-8")
        (work / "report.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        try:
            made: bytes = typst.compile(
                str(work / TEMPLATE),
                root=str(work),
                font_paths=[str(FONTS)],
                ignore_system_fonts=True,
                # Otherwise the moment of writing, and the same content would give other bytes.
                timestamp=int(_noon(material)),
            )
        except typst.TypstError as error:
            raise TypesetError(f"report {material.report.id}, {language}: {error}") from None
    return made


def _typeset(found: Any) -> Any:
    """The same content with Chinese punctuation, keys and addresses apart."""
    if isinstance(found, str):
        return typeset(found)
    if isinstance(found, list):
        return [_typeset(one) for one in found]
    if isinstance(found, dict):
        kept = ("to", "key", "address", "evidence", "file", "where")
        return {name: one if name in kept else _typeset(one) for name, one in found.items()}
    return found


def document(material: Printable, language: Language) -> tuple[dict[str, Any], dict[str, str]]:
    """The content for the template, and its charts as SVG by file name."""
    report = material.report
    charts: dict[str, str] = {}
    listed = entries(material)
    linked = {entry.key for entry in listed}
    chapters = [
        {
            "number": chapter.number,
            "title": getattr(chapter.title, language),
            "sections": [
                {
                    "number": section.number,
                    "title": getattr(section.title, language),
                    "blocks": [_block(block, material, language, linked, charts) for block in section.blocks],
                }
                for section in chapter.sections
            ],
        }
        for chapter in report.chapters
    ]
    content = {
        "language": language,
        "title": getattr(report.title, language),
        "edition": str(report.edition),
        "as_of": str(report.as_of),
        "today": str(report.today),
        "notice": getattr(report.notice, language) if report.notice else None,
        "chapters": chapters,
        "figures": [_entry(entry, material, language) for entry in listed],
    }
    return content, charts


def _block(
    block: Block, material: Printable, language: Language, linked: set[str], charts: dict[str, str]
) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        spans = getattr(block.text, language)
        return {
            "kind": "paragraph",
            "role": block.role,
            "spans": [
                _span(span, language, linked) if isinstance(span, FigureReference) else {"text": span}
                for span in spans
            ],
        }
    if isinstance(block, FigureChart):
        name = f"{block.id}.svg"
        charts[name] = chart_svg(block, language)
        legend = [{"name": getattr(line.name, language), "tone": TONES[n % 8]} for n, line in enumerate(block.lines)]  # fmt: skip
        return {"kind": "chart", "file": name, "legend": legend, **_captioned(block, material, language),
                "unit": getattr(block.unit, language)}  # fmt: skip
    if isinstance(block, DataTable):
        return {
            "kind": "table",
            **_captioned(block, material, language),
            "columns": [getattr(column, language) for column in block.columns],
            "rows": [_row(row, language, linked) for row in block.rows],
        }
    if isinstance(block, NeedsAuthor):
        return {
            "kind": "author",
            "subject": getattr(block.subject, language),
            "missing": getattr(block.missing, language),
        }
    return {"kind": "sources", "sources": _sources(block, language)}


def _captioned(block: FigureChart | DataTable, material: Printable, language: Language) -> dict[str, str]:
    return {
        "title": getattr(block.title, language),
        "origins": origins_line(block.origins, material.titles, language),
    }


def _row(row: TableRow, language: Language, linked: set[str]) -> dict[str, Any]:
    cells = [
        {"text": cell.number, **_link(cell, linked)} if cell is not None else {"text": "–"}
        for cell in row.cells
    ]
    return {"head": getattr(row.head, language), "unit": getattr(row.unit, language), "cells": cells}


def _span(figure: FigureReference, language: Language, linked: set[str]) -> dict[str, str]:
    return {"text": getattr(figure.text, language), **_link(figure, linked)}


def _link(figure: FigureReference, linked: set[str]) -> dict[str, str]:
    key = key_of(figure)
    return {"to": key} if key in linked and key is not None else {}


def _sources(block: SourceList, language: Language) -> list[str]:
    return [f"{getattr(use.publisher, language)}: {getattr(use.title, language)}" if language == "en"
            else f"{use.publisher.zh}:{use.title.zh}" for use in block.sources]  # fmt: skip


def _entry(entry: Entry, material: Printable, language: Language) -> dict[str, Any]:
    figure = entry.figure
    shown: dict[str, Any] = {
        "key": entry.key,
        "series": figure.series,
        "name": getattr(entry.name, language),
        "period": period(figure.period, material.series.get(figure.series), language),
        "text": getattr(figure.text, language),
        "known": str(figure.known_from) if figure.known_from else None,
    }
    if entry.calculation:
        shown["formula"] = getattr(entry.calculation.formula, language)
        shown["inputs"] = [
            {"text": f"{found.series} {found.period}", "to": key}
            for found in entry.calculation.inputs
            if (key := key_of(found)) is not None
        ]
    if entry.place:
        shown |= {
            "source": getattr(entry.place.source, language),
            "document": entry.place.title,
            "address": entry.place.address,
            "where": entry.place.where,
            "evidence": figure.evidence,
        }
    return shown


# ---------------------------------------------------------------------------------------------------- charts


def chart_svg(chart: FigureChart, language: Language) -> str:
    """A chart for paper: colours of its own, no links (the table and the list of figures have them)."""
    traces = [_trace(line, number, chart) for number, line in enumerate(chart.lines)]
    label = getattr(chart.title, language)
    drawn = bars_svg(traces, label) if chart.mark == "bars" else lines_svg(traces, label)
    drawn = re.sub(r"var\(--series-(\d)\)", lambda found: TONES[int(found[1]) - 1], drawn)
    drawn = drawn.replace("var(--paper)", "#ffffff")
    return drawn.replace(">", f">{_SVG_STYLE}", 1)


def _trace(line: ChartLine, number: int, chart: FigureChart) -> Trace:
    at = _year if chart.mark == "bars" else year_fraction
    marks = tuple(
        Mark(at(point.period), float(point.value), point.number, "", hollow=point.status != "A")
        for point in line.points
    )
    return Trace(line.name.en, marks, number)


def _year(code: str) -> float:
    return float(code[:4])


def _noon(material: Printable) -> float:
    """Noon of the instance's day, in seconds since 1970."""
    day = material.report.today
    return dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC).timestamp()
