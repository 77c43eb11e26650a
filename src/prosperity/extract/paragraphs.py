"""Prose of a PDF: lines to paragraphs, paragraphs to statements with the place of every figure.

Positions count in the text of a page as ``page_layout`` gives it (all characters of the page, tables and
running
heads included, by the rule of ``glyphs``): that text can be had again from the archived bytes at any time.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import math
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from prosperity.extract.celltext import join_lines, marks_of
from prosperity.extract.glyphs import Glyph, Layout, Line, PageGlyphs, rounded
from prosperity.extract.model import BBox, Block, Span, Statement
from prosperity.extract.surroundings import is_furniture
from prosperity.extract.tables import PageTables
from prosperity.notation.model import PeriodError

if TYPE_CHECKING:
    from prosperity.extract.prose import Context

TERMINAL = re.compile(r"[。！？!?；;：:.][”’」』\"')）]*\s*$")
NUMBERED = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百\d]+[章节部分]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]"
    r"|\d{1,2}(?:\.\d{1,2})*(?:[、.．](?!\d)|\s+(?=[^\d年月日%％])))"
)
LEGEND = re.compile(r"^\s*附?[图表]\s*[0-9０-９一二三四五六七八九十]")
LONGEST_HEADING = 40
LINES_OF_A_TITLE = 5
LARGER = 1.12  #: a heading's size against the body's
NEXT_PAGE = "figure and rate stand on different pages"

Place = tuple[int, int]  #: page, offset in the text of that page
PAGE = 1 << 24  #: more than the characters of any page
NOTHING = (math.nan,) * 4


class Printed(NamedTuple):
    """What is kept of a line of text once it is part of a paragraph."""

    page: int
    bbox: BBox
    size: float
    length: int


@dataclass
class Paragraph:
    """Lines that are read as one. ``places`` gives, for every character of ``text``, where it stands (see
    ``place``); ``fresh`` holds the lines themselves as long as their page is being read."""

    text: str = ""
    places: array[int] = field(default_factory=lambda: array("q"))
    lines: list[Printed] = field(default_factory=list)
    marked: set[int] = field(default_factory=set)  #: places of footnote marks left out of ``text``
    fresh: list[Line] = field(default_factory=list)

    def append(self, page: int, line: Line) -> None:
        text, places = _without_marks(page, line, self.marked)
        kept = len(self.text.rstrip())
        joined = join_lines(self.text, text, prose=True)
        between = len(joined) - kept - len(text.strip())
        first = len(text) - len(text.lstrip())
        edge = self.places[kept - 1] if kept else place(page, line.start)
        del self.places[kept:]
        self.places.extend([edge] * between)
        self.places.extend(places[first : first + len(text.strip())])
        self.text = joined
        self.lines.append(Printed(page, line.bbox, line.size, len(line.text)))
        self.fresh.append(line)


def place(page: int, offset: int) -> int:
    """One number for an offset in the text of a page."""
    return page * PAGE + offset


class PageText:
    """The text of a page with the boxes of the characters of its paragraphs, in 20 bytes a character."""

    def __init__(self, layout: Layout) -> None:
        self.text = layout.text
        self._lines: dict[int, array[float]] = {}  #: boxes of the characters of lines, by where these start

    def keep(self, layout: Layout, line: Line) -> None:
        boxes = [
            owner[1:5] if owner is not None else NOTHING for owner in layout.owners[line.start : line.end]
        ]
        self._lines[line.start] = array("f", itertools.chain.from_iterable(boxes))

    def bbox_of(self, start: int, end: int) -> BBox | None:
        """The box round characters of paragraphs, None round blanks."""
        sides: list[list[float]] = [[], [], [], []]
        for first, boxes in self._lines.items():
            if first < end and start < first + len(boxes) // 4:
                for number, found in enumerate(sides):
                    part = boxes[4 * max(0, start - first) + number : 4 * (end - first) : 4]
                    found += [side for side in part if not math.isnan(side)]
        if not sides[0]:
            return None
        return rounded((min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])))


@dataclass(frozen=True)
class Prose:
    blocks: tuple[Block, ...]
    statements: tuple[Statement, ...]
    warnings: tuple[str, ...]


def page_layout(glyphs: PageGlyphs) -> Layout:
    """The text of a page, as the head of ``glyphs`` describes it."""
    return glyphs.layout


def _without_marks(page: int, line: Line, marked: set[int]) -> tuple[str, Sequence[int]]:
    """The line without raised footnote marks, with the place of every character left."""
    start = place(page, line.start)
    marks = marks_of(line)
    if not marks:
        return line.text, range(start, start + len(line.text))
    offset = 0
    left_out: set[int] = set()
    for glyph in line.glyphs:
        offset = line.text.index(glyph.text, offset)
        if glyph in marks:
            left_out |= set(range(offset, offset + len(glyph.text)))
        offset += len(glyph.text)
    marked |= {start + index for index in left_out}
    kept = [index for index in range(len(line.text)) if index not in left_out]
    return "".join(line.text[index] for index in kept), [start + index for index in kept]


# ------------------------------------------------------------------------------------------------ paragraphs


def paragraphs_of(page: PageTables, layout: Layout, heads: frozenset[str]) -> list[Paragraph]:
    """Paragraphs of one page, without tables, captions, notes, running heads and page numbers."""
    lines = [line for line in _prose_lines(page, layout) if not is_furniture(line, page.content.bbox, heads)]
    if not lines:
        return []
    left = min(line.bbox[0] for line in lines)
    right = max(line.bbox[2] for line in lines)
    pitches = sorted(b.bbox[1] - a.bbox[1] for a, b in itertools.pairwise(lines))
    usual = pitches[len(pitches) // 2] if pitches else 0.0
    paragraphs: list[Paragraph] = []
    before: Line | None = None
    for line in lines:
        if before is None or _begins(before, line, left, right, usual):
            paragraphs.append(Paragraph())
        paragraphs[-1].append(page.content.number, line)
        before = line
    return paragraphs


def _prose_lines(page: PageTables, layout: Layout) -> Iterator[Line]:
    used = {id(glyph) for line in page.taken for glyph in line.glyphs}
    for part in page.parts:
        used.update(map(id, page.content.glyphs.within(part.fragment.bbox)))
    for line in layout.lines:
        if used.isdisjoint(map(id, line.glyphs)):
            yield line


def _begins(before: Line, line: Line, left: float, right: float, usual: float) -> bool:
    """Whether a new paragraph begins with this line."""
    size = line.size
    if abs(size - before.size) > 0.1 * max(size, before.size):
        return True
    if usual and line.bbox[1] - before.bbox[1] > 1.5 * usual:
        return True
    if line.bbox[0] > left + 1.2 * size and before.bbox[0] <= left + 0.5 * size:
        return True
    indented_again = line.bbox[0] > left + 1.2 * size and TERMINAL.search(before.text) is not None
    return indented_again or right - before.bbox[2] > _first_word(line) + 0.5 * size


def _first_word(line: Line) -> float:
    """Width of what would have had to fit on the line before: a word, or two ideographs (line-break
    rules)."""
    word: list[Glyph] = []
    for glyph in line.glyphs:
        if word and (glyph.x0 - word[-1].x1 > 0.2 * glyph.size or not glyph.text.isascii()):
            break
        word.append(glyph)
    return max(word[-1].x1 - word[0].x0, 2 * line.size)


@dataclass
class Text:
    """The running text of a document, read page by page: of a page that is done, little is kept."""

    heads: frozenset[str]
    paragraphs: list[Paragraph] = field(default_factory=list)
    pages: dict[int, PageText] = field(default_factory=dict)

    def add(self, page: PageTables) -> None:
        """Read the next page; a paragraph that is cut by a page break is made whole."""
        number, layout = page.content.number, page_layout(page.content.glyphs)
        text = self.pages[number] = PageText(layout)
        whole = self.paragraphs
        for index, paragraph in enumerate(paragraphs_of(page, layout, self.heads)):
            for line in paragraph.fresh:
                text.keep(layout, line)
            if index == 0 and whole and _runs_over(whole[-1], paragraph):
                for line in paragraph.fresh:
                    whole[-1].append(number, line)
            else:
                whole.append(paragraph)
            paragraph.fresh, whole[-1].fresh = [], []


def _runs_over(upper: Paragraph, lower: Paragraph) -> bool:
    last, first = upper.lines[-1], lower.lines[0]
    if first.page != last.page + 1 or TERMINAL.search(upper.text) or NUMBERED.match(lower.text):
        return False
    if len(upper.lines) == 1 and len(upper.text) < LONGEST_HEADING and NUMBERED.match(upper.text):
        return False
    left = min(line.bbox[0] for line in (*upper.lines, *lower.lines))
    return abs(first.size - last.size) < 0.1 * last.size and first.bbox[0] <= left + 1.2 * first.size


# ------------------------------------------------------------------------------------------------ statements


def read_prose(text: Text, issued: dt.date | None) -> Prose:
    """Blocks and statements of a document.

    For every statement, ``text.pages[page].text[offset + span[0] : offset + span[1]]`` is the figure as archived
    (a line break within it included), and the same with ``rate_span``. A sentence that runs over a page break
    carries the page of its figure; ``offset`` may then be negative.
    """
    from prosperity.extract.prose import read_block

    paragraphs = text.paragraphs
    body = _body_size(paragraphs)
    blocks = tuple(_block(paragraph, body) for paragraph in paragraphs)
    context = _context(blocks, issued)
    statements: list[Statement] = []
    warnings: list[str] = []
    for paragraph, block in zip(paragraphs, blocks, strict=True):
        if LEGEND.match(block.text):
            continue
        reading = read_block(block.text, issued=issued, context=context, page=block.page)
        context = reading.context
        if block.heading:
            continue  # headings repeat figures rounded
        warnings += [f"page {block.page}: {warning}" for warning in reading.warnings]
        for statement in reading.statements:
            placed = list(_placed(statement, paragraph, text.pages))
            statements += placed
            if not placed:
                warnings.append(f"page {block.page}: figure cut by the page break: {statement.text[:80]}")
    return Prose(blocks, tuple(statements), tuple(warnings))


def _context(blocks: Sequence[Block], issued: dt.date | None) -> Context:
    """The period that the title names, for sentences before the first that names one."""
    from prosperity.extract.prose import Context
    from prosperity.notation.periods import parse_period

    for block in blocks[:LINES_OF_A_TITLE]:
        if block.heading:
            with contextlib.suppress(PeriodError):
                return Context(parse_period(block.text, issued))
    return Context()


def _body_size(paragraphs: Sequence[Paragraph]) -> float:
    sizes = sorted((line.size, line.length) for paragraph in paragraphs for line in paragraph.lines)
    half, seen = sum(count for _, count in sizes) / 2, 0
    for size, count in sizes:
        seen += count
        if seen >= half:
            return size
    return 0.0


def _block(paragraph: Paragraph, body: float) -> Block:
    page = paragraph.lines[0].page
    own = [line for line in paragraph.lines if line.page == page]
    short = len(paragraph.text) < LONGEST_HEADING and not paragraph.text.rstrip().endswith(("。", "；", ";"))
    heading = short and (own[0].size > LARGER * body or NUMBERED.match(paragraph.text) is not None)
    lefts, tops, rights, bottoms = zip(*(line.bbox for line in own), strict=True)
    box = (min(lefts), min(tops), max(rights), max(bottoms))
    return Block(paragraph.text, page=page, bbox=box, heading=heading)


def _placed(statement: Statement, paragraph: Paragraph, texts: dict[int, PageText]) -> Iterator[Statement]:
    """The statement with raw text and positions in pages; as two, if figure and rate stand on different
    pages."""
    numbers = paragraph.places[statement.offset : statement.offset + len(statement.text)]
    places = [divmod(number, PAGE) for number in numbers]
    pages = {places[index][0] for index in range(*statement.span)}
    if len(pages) != 1:
        return
    beside = (statement.rate_span or (0, 0), statement.qoq_span or (0, 0))
    rate_pages = {places[index][0] for span in beside for index in range(*span)}
    if not rate_pages or rate_pages == pages:
        yield _at(statement, statement.span, places, paragraph, texts)
        return
    level = replace(
        statement, rate=None, difference=None, two_year_mean=None, rate_span=None, qoq=None, qoq_span=None
    )
    yield _at(_flagged(level, NEXT_PAGE), statement.span, places, paragraph, texts)
    if len(rate_pages) == 1 and statement.rate_span:
        rate = replace(statement, value=None, multiplier=Decimal(1), unit="", span=statement.rate_span)
        yield _at(_flagged(rate, NEXT_PAGE), statement.rate_span, places, paragraph, texts)


def _at(
    statement: Statement,
    anchor: Span,
    places: list[Place],
    paragraph: Paragraph,
    texts: dict[int, PageText],
) -> Statement:
    """Positions counted in the raw text of the sentence; ``anchor`` is the figure that decides on the
    page."""
    raw, starts = _raw_sentence(places, texts)

    def in_raw(span: Span) -> Span:
        first, last = places[span[0]], places[span[1] - 1]
        return first[1] + starts[first[0]], last[1] + 1 + starts[last[0]]

    page, position = places[anchor[0]]
    span = in_raw(statement.span)
    rate_span = in_raw(statement.rate_span) if statement.rate_span else None
    qoq_span = in_raw(statement.qoq_span) if statement.qoq_span else None
    offset = position - in_raw(anchor)[0]
    first, last = position, places[anchor[1] - 1][1] + 1
    placed = replace(
        statement,
        text=raw,
        span=span,
        rate_span=rate_span,
        qoq_span=qoq_span,
        page=page,
        offset=offset,
        bbox=texts[page].bbox_of(first, last),
    )
    if any(place(page, index) in paragraph.marked for index in range(first, last)):
        return _flagged(placed, "footnote mark removed")
    return placed


def _raw_sentence(places: list[Place], texts: dict[int, PageText]) -> tuple[str, dict[int, int]]:
    """The sentence as archived, and by page what to add to an offset in the page to get one in the
    sentence."""
    parts: list[str] = []
    starts: dict[int, int] = {}
    length = 0
    for page in sorted({page for page, _ in places}):
        offsets = [offset for own, offset in places if own == page]
        text = texts[page].text[min(offsets) : max(offsets) + 1]
        starts[page] = length - min(offsets)
        parts.append(text)
        length += len(text) + 1
    return "\n".join(parts), starts


def _flagged(statement: Statement, flag: str) -> Statement:
    return statement if flag in statement.flags else replace(statement, flags=(*statement.flags, flag))
