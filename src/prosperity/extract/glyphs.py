"""Characters with positions, and the one rule by which they become text.

Everything that is read from a PDF – raw text of a cell, text of a page, later re-reading of evidence – goes
through ``lay_out``, so that the same place always gives the same text. The rule:

1. tilted characters (watermarks) and second copies of a character (fake bold) do not count;
2. a character belongs to a box if its centre lies in it;
3. characters whose centres differ by at most half a character in height form a line (this keeps raised
   footnote marks in theirs); lines run from top to bottom, characters from left to right;
4. a blank stands where the PDF has one between two characters, or where the gap between them is wider than
   0.3 of the larger one's size; never two in a row, none at the ends of a line;
5. lines are separated by one line feed; lines without visible characters are left out.
"""

from __future__ import annotations

import itertools
import operator
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from prosperity.extract.model import BBox

GAP_OF_A_BLANK = 0.3
SAME_LINE = 0.5
BUCKET = 4.0  #: height in points of the strips in which copies of a character are looked for
MOST_RUNS = 2000  #: beyond, all characters are compared one by one


class Glyph(NamedTuple):
    """One character as drawn: its text (several letters for a ligature), its box, its size in points."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Line:
    """One line of text: ``start`` and ``end`` count in the text that it is part of."""

    text: str
    glyphs: tuple[Glyph, ...]
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @cached_property
    def bbox(self) -> BBox:
        return box_round(self.glyphs)

    @cached_property
    def size(self) -> float:
        """Size of most characters of the line, in points."""
        sizes = [glyph[5] for glyph in self.glyphs]
        if min(sizes) == max(sizes):
            return sizes[0]
        return sorted(sizes)[len(sizes) // 2]


@dataclass(frozen=True)
class Layout:
    """Text with, for every character of it, the glyph it comes from (None for blanks and line feeds)."""

    text: str
    owners: tuple[Glyph | None, ...]
    lines: tuple[Line, ...]

    def bbox_of(self, start: int, end: int) -> BBox | None:
        glyphs = [glyph for glyph in self.owners[start:end] if glyph is not None]
        return box_round(glyphs) if glyphs else None


def box_round(glyphs: Iterable[Glyph]) -> BBox:
    """Smallest box round the glyphs (at least one), rounded to hundredths of a point."""
    _, lefts, tops, rights, bottoms, _ = zip(*glyphs, strict=True)
    return rounded((min(lefts), min(tops), max(rights), max(bottoms)))


def rounded(box: Sequence[float]) -> BBox:
    """Boxes are kept to hundredths of a point, so that stored evidence selects what the reader selected."""
    x0, top, x1, bottom = box
    return round(float(x0), 2), round(float(top), 2), round(float(x1), 2), round(float(bottom), 2)


class PageGlyphs:
    """The characters of one page, quickly selected by box; what was laid out once is kept."""

    def __init__(self, glyphs: Iterable[Glyph]) -> None:
        self._glyphs = sorted(glyphs, key=_reading_order)
        self._heights = [(glyph[2] + glyph[4]) / 2 for glyph in self._glyphs]
        self._middles = [(glyph[1] + glyph[3]) / 2 for glyph in self._glyphs]
        self._layouts: dict[BBox | None, Layout] = {}

    def __len__(self) -> int:
        return len(self._glyphs)

    @property
    def all(self) -> Sequence[Glyph]:
        """In reading order, as far as heights decide."""
        return self._glyphs

    @property
    def layout(self) -> Layout:
        """All characters of the page."""
        if None not in self._layouts:
            self._layouts[None] = _laid_out(self._glyphs)
        return self._layouts[None]

    def within(self, box: BBox) -> list[Glyph]:
        """The characters whose centre lies in the box (borders included)."""
        x0, top, x1, bottom = box
        first = bisect_left(self._heights, top)
        last = bisect_right(self._heights, bottom)
        middles = self._middles[first:last]
        return [
            glyph
            for glyph, middle in zip(self._glyphs[first:last], middles, strict=True)
            if x0 <= middle <= x1
        ]

    def outside(self, boxes: Sequence[BBox]) -> list[Glyph]:
        """The characters whose centre lies in none of the boxes."""
        left = [True] * len(self._glyphs)
        for x0, top, x1, bottom in boxes:
            first, last = bisect_left(self._heights, top), bisect_right(self._heights, bottom)
            for index in range(first, last):
                if x0 <= self._middles[index] <= x1:
                    left[index] = False
        return list(itertools.compress(self._glyphs, left))

    def layout_in(self, box: BBox) -> Layout:
        if box not in self._layouts:
            self._layouts[box] = _laid_out(self.within(box))
        return self._layouts[box]

    def layout_outside(self, boxes: Sequence[BBox]) -> Layout:
        return _laid_out(self.outside(boxes)) if boxes else self.layout

    def text_in(self, box: BBox) -> str:
        """What stands in the box: the ``raw`` text of a cell."""
        return self.layout_in(box).text


LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}


def without_copies(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The characters, in the order drawn, without second copies of one at (nearly) the same place (rule 1).

    A run of characters on one line that step on from left to right holds no copies of each other, and none of a run
    elsewhere; only where runs meet are characters compared one by one.
    """
    runs = [list(run) for _, run in itertools.groupby(glyphs, _LEVEL_AND_SIZE)]
    if len(runs) > MOST_RUNS:
        meeting: set[int] = set(range(len(runs)))
    else:
        meeting = _meeting(runs)
    if not meeting:
        return list(glyphs)
    kept: list[Glyph] = []
    drawn: dict[tuple[str, int], list[Glyph]] = {}
    for number, run in enumerate(runs):
        kept += [glyph for glyph in run if _is_first(glyph, drawn)] if number in meeting else run
    return kept


def _meeting(runs: Sequence[Sequence[Glyph]]) -> set[int]:
    """Numbers of the runs that may hold copies of their own or each other's characters."""
    found: set[int] = set()
    strips: dict[int, list[tuple[int, float, float, float]]] = {}
    for number, run in enumerate(runs):
        bottom, size = run[0][4], run[0][5]
        near = _near(size)
        lefts = [glyph[1] for glyph in run]
        low, high = min(lefts), max(lefts)
        if min(map(operator.sub, lefts[1:], lefts), default=near) < near:
            found.add(number)
        strip = int(bottom // BUCKET)
        for other in (strip - 1, strip, strip + 1):
            for former, level, start, end in strips.get(other, ()):
                if abs(level - bottom) < near and low - near < end and start - near < high:
                    found |= {number, former}
        strips.setdefault(strip, []).append((number, bottom, low, high))
    return found


def _near(size: float) -> float:
    """How near, in points, a second copy of a character of this size stands."""
    return max(0.5, min(size / 10, BUCKET / 2))


def _is_first(glyph: Glyph, drawn: dict[tuple[str, int], list[Glyph]]) -> bool:
    """Whether no copy was drawn before; ``drawn`` keeps what was, by text and strip of the page."""
    text, x0, _, _, bottom, size = glyph
    near = _near(size)
    row = int(bottom // BUCKET)
    own = drawn.setdefault((text, row), [])
    other = drawn.get((text, row - 1 if bottom - row * BUCKET < BUCKET / 2 else row + 1), ())
    for former in itertools.chain(own, other):
        if abs(former[1] - x0) < near and abs(former[4] - bottom) < near:
            return False
    own.append(glyph)
    return True


def is_tilted(a: float, b: float) -> bool:
    """Neither horizontal nor vertical, by the first two numbers of the character's matrix; pdfplumber's
    ``upright`` is True for a watermark at 45 degrees."""
    return abs(a) > 1e-3 * (abs(a) + abs(b)) and abs(b) > 1e-2 * abs(a)


def glyphs_of(characters: Iterable[dict[str, Any]]) -> list[Glyph]:
    """pdfplumber's characters as glyphs, without tilted ones and without second copies (rule 1)."""
    return without_copies(
        [
            Glyph(
                LIGATURES.get(character["text"], character["text"]),
                character["x0"],
                character["top"],
                character["x1"],
                character["bottom"],
                character["size"],
            )
            for character in characters
            if not is_tilted(*character["matrix"][:2])
        ]
    )


def lay_out(glyphs: Iterable[Glyph]) -> Layout:
    """Characters in reading order, by the rule at the head of this module."""
    return _laid_out(sorted(glyphs, key=_reading_order))


def _laid_out(glyphs: Sequence[Glyph]) -> Layout:
    """``lay_out`` of characters that stand in ``_reading_order``."""
    texts: list[str] = []
    owners: list[Glyph | None] = []
    lines: list[Line] = []
    position = 0
    for members in _lines(glyphs):
        text, line_owners, visible = _with_blanks(members)
        if not text:
            continue
        if lines:
            owners.append(None)
            position += 1
        texts.append(text)
        lines.append(Line(text, visible, position))
        owners += line_owners
        position += len(text)
    return Layout("\n".join(texts), tuple(owners), tuple(lines))


def _lines(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    doubled = [glyph[2] + glyph[4] for glyph in glyphs]
    start, count = 0, len(glyphs)
    while start < count:
        level, size = doubled[start] / 2, glyphs[start][5]
        # All that is within half the first one's size, and what follows and is large enough to reach it.
        end = bisect_right(doubled, 2 * (level + size * SAME_LINE), start)
        end = max(end, start + 1)
        while end < count and doubled[end] / 2 - level <= max(glyphs[end][5], size) * SAME_LINE:
            end += 1
        members = list(glyphs[start:end])
        if doubled[start] != doubled[end - 1]:
            members.sort(key=_LEFT_TO_RIGHT)
        yield members
        start = end


def _reading_order(glyph: Glyph) -> tuple[float, float, float]:
    return glyph[2] + glyph[4], glyph[1], glyph[3]


_LEFT_TO_RIGHT = operator.itemgetter(1, 3)
_LEVEL_AND_SIZE = operator.itemgetter(4, 5)


def _with_blanks(members: list[Glyph]) -> tuple[str, list[Glyph | None], tuple[Glyph, ...]]:
    """Text of a line, the owners of its characters, and the visible ones."""
    letters = [glyph[0] for glyph in members]
    text = "".join(letters)
    if len(text) != len(letters) or not all(letters) or len("".join(text.split())) != len(text):
        return _with_own_blanks(members)
    gaps = [
        index
        for index, (left, right) in enumerate(itertools.pairwise(members), start=1)
        if right[1] - left[3] > GAP_OF_A_BLANK * (right[5] if right[5] > left[5] else left[5])
    ]
    visible = tuple(members)
    if not gaps:
        return text, [*members], visible
    owners: list[Glyph | None] = []
    for start, end in itertools.pairwise([0, *gaps, len(members)]):
        owners += members[start:end]
        owners.append(None)
    owners.pop()
    words = [text[start:end] for start, end in itertools.pairwise([0, *gaps, len(members)])]
    return " ".join(words), owners, visible


def _with_own_blanks(members: list[Glyph]) -> tuple[str, list[Glyph | None], tuple[Glyph, ...]]:
    """The same for lines in which the PDF has blanks, or characters that stand for several letters."""
    letters: list[str] = []
    owners: list[Glyph | None] = []
    visible: list[Glyph] = []
    end = size = 0.0
    blank = False
    for glyph in members:
        text, x0, _, x1, _, own = glyph
        if text.isspace() or not text:
            blank = True
            continue
        if visible and (blank or x0 - end > GAP_OF_A_BLANK * max(own, size)):
            letters.append(" ")
            owners.append(None)
        letters.append(text)
        owners += [glyph] * len(text)
        visible.append(glyph)
        end, size, blank = x1, own, False
    return "".join(letters), owners, tuple(visible)
