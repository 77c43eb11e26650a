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

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from prosperity.extract.model import BBox

GAP_OF_A_BLANK = 0.3
SAME_LINE = 0.5
BUCKET = 4.0  #: height in points of the strips in which copies of a character are looked for


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
        sizes = sorted(glyph.size for glyph in self.glyphs)
        return sizes[len(sizes) // 2]


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
    x0, top, x1, bottom = (round(float(edge), 2) for edge in box)
    return x0, top, x1, bottom


class PageGlyphs:
    """The characters of one page, quickly selected by box; what was laid out once is kept."""

    def __init__(self, glyphs: Iterable[Glyph]) -> None:
        self._glyphs = sorted(glyphs, key=_twice_middle)
        self._heights = [(glyph[2] + glyph[4]) / 2 for glyph in self._glyphs]
        self._middles = [(glyph[1] + glyph[3]) / 2 for glyph in self._glyphs]
        self._layouts: dict[BBox | None, Layout] = {}

    def __len__(self) -> int:
        return len(self._glyphs)

    @property
    def all(self) -> Sequence[Glyph]:
        return self._glyphs

    @property
    def layout(self) -> Layout:
        """All characters of the page."""
        if None not in self._layouts:
            self._layouts[None] = lay_out(self._glyphs)
        return self._layouts[None]

    def within(self, box: BBox) -> list[Glyph]:
        """The characters whose centre lies in the box (borders included)."""
        x0, top, x1, bottom = box
        first = bisect_left(self._heights, top)
        last = bisect_right(self._heights, bottom)
        middles, glyphs = self._middles, self._glyphs
        return [glyphs[index] for index in range(first, last) if x0 <= middles[index] <= x1]

    def outside(self, boxes: Sequence[BBox]) -> list[Glyph]:
        """The characters whose centre lies in none of the boxes."""
        left: Iterable[int] = range(len(self._glyphs))
        for x0, top, x1, bottom in boxes:
            first, last = bisect_left(self._heights, top), bisect_right(self._heights, bottom)
            left = [i for i in left if not (first <= i < last and x0 <= self._middles[i] <= x1)]
        return [self._glyphs[index] for index in left]

    def layout_in(self, box: BBox) -> Layout:
        if box not in self._layouts:
            self._layouts[box] = lay_out(self.within(box))
        return self._layouts[box]

    def text_in(self, box: BBox) -> str:
        """What stands in the box: the ``raw`` text of a cell."""
        return self.layout_in(box).text


def _twice_middle(glyph: Glyph) -> float:
    return glyph[2] + glyph[4]


LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}


class GlyphFilter:
    """Collects characters without tilted ones and without second copies (rule 1)."""

    def __init__(self) -> None:
        self.glyphs: list[Glyph] = []
        self._drawn: dict[tuple[str, int], list[Glyph]] = {}

    def add(self, glyph: Glyph) -> None:
        """A character that stands upright or turned by a right angle."""
        text, x0, _, _, bottom, size = glyph
        near = max(0.5, min(size / 10, BUCKET / 2))
        row = int(bottom // BUCKET)
        key = (text, row)
        drawn = self._drawn
        own = drawn.get(key)
        other = drawn.get((text, row - 1 if bottom - row * BUCKET < BUCKET / 2 else row + 1))
        for group in (own, other):
            for former in group or ():
                if abs(former[1] - x0) < near and abs(former[4] - bottom) < near:
                    return
        if own is None:
            drawn[key] = [glyph]
        else:
            own.append(glyph)
        self.glyphs.append(glyph)

    def extend(self, text: str) -> None:
        """A further letter of the character added last."""
        self.glyphs[-1] = self.glyphs[-1]._replace(text=self.glyphs[-1].text + text)


def is_tilted(a: float, b: float) -> bool:
    """Neither horizontal nor vertical, by the first two numbers of the character's matrix; pdfplumber's
    ``upright`` is True for a watermark at 45 degrees."""
    return abs(a) > 1e-3 * (abs(a) + abs(b)) and abs(b) > 1e-2 * abs(a)


def glyphs_of(characters: Iterable[dict[str, Any]]) -> list[Glyph]:
    """pdfplumber's characters as glyphs, without tilted ones and without second copies (rule 1)."""
    chosen = GlyphFilter()
    for character in characters:
        if is_tilted(*character["matrix"][:2]):
            continue
        text = character["text"]
        chosen.add(
            Glyph(
                LIGATURES.get(text, text),
                character["x0"],
                character["top"],
                character["x1"],
                character["bottom"],
                character["size"],
            )
        )
    return chosen.glyphs


def lay_out(glyphs: Iterable[Glyph]) -> Layout:
    """Characters in reading order, by the rule at the head of this module."""
    text: list[str] = []
    owners: list[Glyph | None] = []
    lines: list[Line] = []
    position = 0
    for members in _lines(glyphs):
        pieces = _with_blanks(members)
        if not pieces:
            continue
        if lines:
            text.append("\n")
            owners.append(None)
            position += 1
        content = "".join([piece for piece, _ in pieces])
        lines.append(Line(content, tuple([owner for _, owner in pieces if owner is not None]), position))
        for piece, owner in pieces:
            text.append(piece)
            owners.extend([owner] * len(piece))
        position += len(content)
    return Layout("".join(text), tuple(owners), tuple(lines))


def _lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    lines: list[list[Glyph]] = []
    level = size = 0.0
    for glyph in sorted(glyphs, key=_reading_order):
        middle, own = (glyph[2] + glyph[4]) / 2, glyph[5]
        if not lines or middle - level > (own if own > size else size) * SAME_LINE:
            lines.append([])
            level, size = middle, own
        lines[-1].append(glyph)
    return lines


def _reading_order(glyph: Glyph) -> tuple[float, float]:
    return glyph[2] + glyph[4], glyph[1]


def _left_to_right(glyph: Glyph) -> tuple[float, float]:
    return glyph[1], glyph[3]


def _with_blanks(members: list[Glyph]) -> list[tuple[str, Glyph | None]]:
    pieces: list[tuple[str, Glyph | None]] = []
    end = size = 0.0
    first, blank = True, False
    for glyph in sorted(members, key=_left_to_right):
        text, x0, _, x1, _, own = glyph
        if text.isspace() or not text:
            blank = True
            continue
        if not first and (blank or x0 - end > GAP_OF_A_BLANK * (own if own > size else size)):
            pieces.append((" ", None))
        pieces.append((text, glyph))
        end, size, first, blank = x1, own, False, False
    return pieces
