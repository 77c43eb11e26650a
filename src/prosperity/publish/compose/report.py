"""The industry report of one edition on a span of years, put together along the outline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from prosperity.catalogue.model import Bilingual
from prosperity.catalogue.outline import OutlineChapter, OutlineSection
from prosperity.publish.compose.blocks import chart, source_list, year_table
from prosperity.publish.compose.calculate import Calculator
from prosperity.publish.compose.facts import Facts, Ledger
from prosperity.publish.compose.prosperity_index import index_blocks
from prosperity.publish.compose.sentences import Writer
from prosperity.publish.content import (
    Block,
    Chapter,
    ContentError,
    FigureReference,
    NeedsAuthor,
    Paragraph,
    Report,
    Section,
    Years,
    text,
)

#: Most years of a report: two five-year plans and what lies between.
LONGEST = 12
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def compose(facts: Facts, outline: Sequence[OutlineChapter], edition: int, years: Years) -> Report:
    """The report as far as figures go; what needs an author is said in its place.

    Figures are those that the world knew at the end of the edition's year (or knows today, if that is earlier).
    :raises ContentError: for years backwards, too many, or later than the edition.
    """
    _check(edition, years, facts.today)
    as_of = min(dt.date(edition, 12, 31), facts.today)
    calculator = Calculator()
    writer = Writer(Ledger(facts, as_of), calculator, years)
    chapters = tuple(
        Chapter(
            entry.id,
            _NUMERALS[number],
            entry.title,
            tuple(_section(writer, own, place) for place, own in enumerate(entry.sections, 1)),
        )
        for number, entry in enumerate(outline)
    )
    return Report(
        edition=edition,
        span=years,
        title=Bilingual(
            zh=f"中国互联网行业发展态势暨景气指数报告({_spoken(years, '年')})",
            en=f"China's Internet industry: development and prosperity index, {_spoken(years, '')}",
        ),
        as_of=as_of,
        today=facts.today,
        chapters=chapters,
        calculations=calculator.made,
        notice=facts.notice,
    )


def _check(edition: int, years: Years, today: dt.date) -> None:
    if years.first > years.last:
        raise ContentError(f"the years {years.first}-{years.last} run backwards")
    if years.last - years.first >= LONGEST:
        raise ContentError(f"{years} are {years.last - years.first + 1} years; a report treats at most {LONGEST}")  # fmt: skip
    if edition < years.last:
        raise ContentError(f"an edition of {edition} cannot report on {years}")
    if edition > today.year:
        raise ContentError(f"an edition of {edition} is not out yet: today is {today}")


def _spoken(years: Years, year: str) -> str:
    return f"{years.first}{year}" if years.first == years.last else f"{years.first}–{years.last}{year}"


def _section(writer: Writer, outline: OutlineSection, number: int) -> Section:
    facts = writer.ledger.facts
    sentences = [
        said for name in outline.headline if (said := writer.headline(facts.series[name])) is not None
    ]
    table, missing = year_table(writer, outline)
    charts = [
        made
        for place, entry in enumerate(outline.charts, 1)
        if (made := chart(writer, outline.id, place, entry)) is not None
    ]
    blocks: list[Block] = [*sentences, *charts]
    blocks += [table] if table else []
    figures = [found for found in _figures(sentences) if found.evidence]
    figures += [cell for row in table.rows for cell in row.cells if cell] if table else []
    blocks += writer.revised(figures)
    if missing:
        blocks.append(_missing(missing))
    if outline.index:
        blocks += index_blocks(writer)
    blocks += [NeedsAuthor(entry.subject, entry.missing) for entry in outline.author]
    whole = Section(outline.id, str(number), outline.title, tuple(blocks))
    sources = source_list(writer, whole.figures())
    return Section(outline.id, str(number), outline.title, (*blocks, *([sources] if sources else [])))


def _figures(paragraphs: Sequence[Paragraph]) -> list[FigureReference]:
    return [found for paragraph in paragraphs for found in paragraph.text.figures]


def _missing(names: Sequence[Bilingual]) -> Paragraph:
    listed = Bilingual(zh="、".join(name.zh for name in names), en="; ".join(name.en for name in names))
    return Paragraph(
        text(
            "表列年份中没有年末或全年数据的序列:{names}。",
            "Without a figure for the end, or the whole, of these years: {names}.",
            names=listed,
        ),
        "note",
    )
