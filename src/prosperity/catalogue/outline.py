"""The outline of the industry report: its chapters, and which series each section shows.

What belongs here: the types of ``outline.yaml`` and reading it. What does not: figures and sentences
(``publish.compose``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from prosperity.catalogue.base import Bilingual, Model
from prosperity.catalogue.loader import FOLDER, CatalogueError, parse, read_yaml
from prosperity.catalogue.model import Catalogue


class OutlineChart(Model):
    """``year``: bars of the years' figures; ``all``: lines through every figure of the span."""

    title: Bilingual
    series: tuple[str, ...]
    points: Literal["year", "all"] = "year"


class OutlineAuthor(Model):
    """What a person has to write, and what the pipeline lacks for it."""

    subject: Bilingual
    missing: Bilingual


class OutlineSection(Model):
    """``headline``: series of which a sentence is written; ``table``: series beside them in the table by year."""

    id: str
    title: Bilingual
    headline: tuple[str, ...] = ()
    table: tuple[str, ...] = ()
    charts: tuple[OutlineChart, ...] = ()
    index: bool = False  #: shows the prosperity index
    author: tuple[OutlineAuthor, ...] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """Every series of the section, each once, the headlines first."""
        charted = (name for chart in self.charts for name in chart.series)
        return tuple(dict.fromkeys((*self.headline, *self.table, *charted)))


class OutlineChapter(Model):
    id: str
    title: Bilingual
    sections: tuple[OutlineSection, ...]


def load_outline(catalogue: Catalogue, folder: Path = FOLDER) -> tuple[OutlineChapter, ...]:
    """:raises CatalogueError: naming file, place and cause; for a series that does not exist, or charts of two units."""
    place = "outline.yaml"
    chapters = tuple(parse(OutlineChapter, entry, place) for entry in read_yaml(folder / place))
    sections = [section for chapter in chapters for section in chapter.sections]
    ids = [section.id for section in sections]
    problems = [f"section {name} stands twice" for name in sorted({n for n in ids if ids.count(n) > 1})]
    for section in sections:
        unknown = [name for name in section.series if name not in catalogue.series]
        problems += [f"section {section.id}: unknown series {name}" for name in unknown]
        for chart in section.charts:
            units = {
                (catalogue.series[name].unit, catalogue.series[name].unit_mult)
                for name in chart.series
                if name in catalogue.series
            }
            if len(units) > 1:
                problems.append(f"section {section.id}, chart {chart.title.en}: series of {len(units)} units")
    if problems:
        raise CatalogueError(f"{place}: {'; '.join(problems)}")
    return chapters
