"""What the industry report says, before anybody decides what it looks like: chapters, sections, blocks.

What belongs here: immutable types that the web pages, a PDF and a workbook are all made from. What does not: choosing
figures (``publish.compose``), HTML, drawing. Every figure in a text, table or chart is a ``FigureReference``, which
cannot be made without saying where its evidence is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from string import Formatter
from typing import Literal

from prosperity.catalogue.model import Bilingual
from prosperity.clean.model import KnownFromBasis
from prosperity.publish.words import typeset


class ContentError(ValueError):
    """A report that cannot be composed as asked; says what is wrong with the wish."""


@dataclass(frozen=True)
class FigureReference:
    """One figure as it is shown, and the way to where it comes from.

    ``number`` is the figure as printed in tables, ``text`` as in sentences, with its unit. Exactly one of three leads
    on: ``evidence``, the id of an observation's evidence; ``calculation``, a key of ``Report.calculations``;
    ``quarter``, group and quarter of an index point. ``value`` is in ``unit``.
    """

    series: str
    period: str
    value: Decimal | float
    unit: Bilingual
    number: str
    text: Bilingual
    evidence: str | None = None
    calculation: str | None = None
    quarter: tuple[str, str] | None = None
    known_from: dt.date | None = None
    basis: KnownFromBasis | None = None
    status: str = "A"
    qualifier: str = ""

    def __post_init__(self) -> None:
        ways = [way for way in (self.evidence, self.calculation, self.quarter) if way]
        if len(ways) != 1:
            raise ContentError(f"{self.series}, {self.period}: {len(ways)} ways to its evidence, not one")

    @property
    def undated(self) -> bool:
        """Read from an interface that gives no date of issue: as it stands today, whatever the edition."""
        return self.basis == "first_seen"


Span = str | FigureReference


@dataclass(frozen=True)
class Text:
    """A sentence or more in both languages: words and figures in turn, never two pieces of words beside each other."""

    zh: tuple[Span, ...]
    en: tuple[Span, ...]

    @property
    def figures(self) -> tuple[FigureReference, ...]:
        return tuple(span for span in (*self.zh, *self.en) if isinstance(span, FigureReference))


def text(zh: str, en: str, **parts: FigureReference | Bilingual | str | int) -> Text:
    """A text from two templates; ``{name}`` stands for one of ``parts``, each language taking its own words.

    :raises KeyError: for a name that is not among the parts.
    """
    return made_text(_spans(zh, "zh", parts), _spans(en, "en", parts))


def made_text(zh: Iterable[Span], en: Iterable[Span]) -> Text:
    """A text from its pieces; words that meet are joined, and Chinese is set with full-width punctuation."""
    chinese = (typeset(span) if isinstance(span, str) else span for span in _joined(zh))
    return Text(tuple(chinese), tuple(_joined(en)))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    words = ""
    for span in spans:
        if isinstance(span, str):
            words += span
            continue
        if words:
            yield words
        words = ""
        yield span
    if words:
        yield words


def _spans(
    template: str, language: Literal["zh", "en"], parts: Mapping[str, FigureReference | Bilingual | str | int]
) -> Iterator[Span]:
    for words, name, _, _ in Formatter().parse(template):
        yield words
        found = "" if name is None else parts[name]
        if isinstance(found, FigureReference):
            yield found
        else:
            yield getattr(found, language) if isinstance(found, Bilingual) else str(found)


# -------------------------------------------------------------------------------------------------- blocks


@dataclass(frozen=True)
class Origins:
    """Where the figures of a table or chart come from, and how new they are.

    ``sources``: ids in the catalogue; ``latest``: the newest date of issue among them; ``as_of``: the report's cut-off.
    """

    sources: tuple[str, ...]
    as_of: dt.date
    latest: dt.date | None
    computed: bool = False  #: at least one figure was computed here
    undated: bool = False  #: at least one figure has no date of issue


@dataclass(frozen=True)
class Paragraph:
    """``revised`` says what was published differently before or since, ``note`` what a reader must know."""

    text: Text
    role: Literal["text", "revised", "note"] = "text"


@dataclass(frozen=True)
class ChartLine:
    """One line or row of bars; ``points`` in order of time, the period of each in its figure."""

    name: Bilingual
    series: str
    points: tuple[FigureReference, ...]


@dataclass(frozen=True)
class FigureChart:
    """``bars`` are years beside each other, ``lines`` run over months or quarters. All lines share the ``unit``."""

    id: str
    title: Bilingual
    mark: Literal["bars", "lines"]
    unit: Bilingual
    lines: tuple[ChartLine, ...]
    origins: Origins


@dataclass(frozen=True)
class TableRow:
    """``series``: the id of the series page that the heading leads to, '' for none; None in ``cells``: no figure."""

    head: Bilingual
    unit: Bilingual
    cells: tuple[FigureReference | None, ...]
    series: str = ""


@dataclass(frozen=True)
class DataTable:
    """``columns`` are the headings of the cells; heading and unit of a row have columns of their own."""

    id: str
    title: Bilingual
    columns: tuple[Bilingual, ...]
    rows: tuple[TableRow, ...]
    origins: Origins


@dataclass(frozen=True)
class NeedsAuthor:
    """What no figure of the pipeline can say: left to a person, and shown as that."""

    subject: Bilingual
    missing: Bilingual


@dataclass(frozen=True)
class SourceUse:
    """A source with the series of it that the section shows."""

    source: str
    publisher: Bilingual
    title: Bilingual
    series: tuple[str, ...]


@dataclass(frozen=True)
class SourceList:
    sources: tuple[SourceUse, ...]


Block = Paragraph | FigureChart | DataTable | NeedsAuthor | SourceList


# -------------------------------------------------------------------------------------------------- report


@dataclass(frozen=True)
class Section:
    id: str
    number: str
    title: Bilingual
    blocks: tuple[Block, ...]

    def figures(self) -> Iterator[FigureReference]:
        """Every figure of the section, some more than once."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield from block.text.figures
            elif isinstance(block, FigureChart):
                yield from (point for line in block.lines for point in line.points)
            elif isinstance(block, DataTable):
                yield from (cell for row in block.rows for cell in row.cells if cell)


@dataclass(frozen=True)
class Chapter:
    id: str
    number: str
    title: Bilingual
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Calculation:
    """A figure computed here from others, which may be computed themselves; in the end all are observations."""

    id: str
    name: Bilingual
    formula: Bilingual
    result: FigureReference
    inputs: tuple[FigureReference, ...]


@dataclass(frozen=True)
class Years:
    """The years that a report treats, both ends included."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last + 1))


@dataclass(frozen=True)
class Report:
    """The industry report of one edition on a span of years.

    ``as_of``: the edition's cut-off, what the world knew on that day is what it says; ``today``: the instance's day,
    up to which it tells what was revised since. ``notice``: shown wherever figures of samples are, else None.
    """

    edition: int
    span: Years
    title: Bilingual
    as_of: dt.date
    today: dt.date
    chapters: tuple[Chapter, ...]
    calculations: Mapping[str, Calculation] = field(default_factory=dict)
    notice: Bilingual | None = None

    @property
    def id(self) -> str:
        """Part of the file names of this report: 2021-on-2016-2020."""
        return f"{self.edition}-on-{self.span}"

    def figures(self) -> Iterator[FigureReference]:
        """Every figure of the report, those that calculations rest on included."""
        for chapter in self.chapters:
            for section in chapter.sections:
                yield from section.figures()
        for calculation in self.calculations.values():
            yield from calculation.inputs

    def evidence(self) -> frozenset[str]:
        """Ids of the evidence of every observation shown or used."""
        return frozenset(figure.evidence for figure in self.figures() if figure.evidence)
