"""What the PDF and the workbook of a report share: the list of figures at the end, and words that both use.

What belongs here: turning references into entries that a reader can follow. What does not: layout.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prosperity.catalogue.model import Bilingual, Series
from prosperity.publish.content import Calculation, FigureReference, Origins, Report
from prosperity.publish.words import Language


@dataclass(frozen=True)
class Place:
    """Where an observation was read: ``where`` in the document (page 3), ``address`` of the document."""

    source: Bilingual
    title: str
    address: str
    where: str
    issued: dt.date | None


@dataclass(frozen=True)
class Printable:
    """A report with all that is needed to render it anywhere.

    ``places``: by id of evidence; ``titles``: of sources, by id.
    """

    report: Report
    series: Mapping[str, Series]
    titles: Mapping[str, Bilingual]
    places: Mapping[str, Place]


@dataclass(frozen=True)
class Entry:
    """One line of the list of figures. ``key`` names it inside the document."""

    key: str
    figure: FigureReference
    name: Bilingual
    place: Place | None = None
    calculation: Calculation | None = None


def printed_name(report: Report, language: Language) -> str:
    """Name, without its ending, of the files that a report is printed to."""
    return f"report-{report.id}-{language}"


def entries(material: Printable) -> list[Entry]:
    """Every figure of the report once, those that calculations rest on included: by series and period."""
    found: dict[str, Entry] = {}
    for figure in _all(material.report):
        key = key_of(figure)
        if key is None or key in found:
            continue
        series = material.series.get(figure.series)
        calculation = material.report.calculations.get(figure.calculation or "")
        name = calculation.name if calculation else series.name if series else _bare(figure.series)
        place = material.places.get(figure.evidence or "")
        found[key] = Entry(key, figure, name, place, calculation)
    return sorted(found.values(), key=lambda one: (one.calculation is not None, one.figure.series, one.figure.period))  # fmt: skip


def key_of(figure: FigureReference) -> str | None:
    """Names the entry that a figure leads to; None for a point of the index, which is explained elsewhere.

    The period belongs to it: one sentence may be the evidence of two figures (end of June, first half).
    """
    if figure.evidence:
        return f"{figure.series}-{figure.period}-{figure.evidence}".replace("/", "-")
    return f"calculated-{figure.calculation}" if figure.calculation else None


def origins_line(origins: Origins, titles: Mapping[str, Bilingual], language: Language) -> str:
    """Sources and dates under a table or chart."""
    named = [getattr(titles[source], language) for source in origins.sources if source in titles]
    if language == "zh":
        parts = [f"来源:{'、'.join(named)}"] if named else []
        parts += [f"最近发布日期 {origins.latest}"] if origins.latest else []
        parts += [f"数据截至 {origins.as_of}"]
        parts += ["含本报告计算的数值"] if origins.computed else []
        parts += ["含无发布日期的接口数据"] if origins.undated else []
        return ";".join(parts)
    parts = [f"Sources: {'; '.join(named)}"] if named else []
    parts += [f"newest of {origins.latest}"] if origins.latest else []
    parts += [f"as known on {origins.as_of}"]
    parts += ["some figures are computed here"] if origins.computed else []
    parts += ["some figures come from an interface without dates of issue"] if origins.undated else []
    return ". ".join(parts)


def _all(report: Report) -> Iterable[FigureReference]:
    yield from report.figures()
    for calculation in report.calculations.values():
        yield calculation.result


def _bare(name: str) -> Bilingual:
    return Bilingual(zh=name, en=name)
