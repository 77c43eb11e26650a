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
from typing import Any, NamedTuple

from prosperity.extract.model import BBox

GAP_OF_A_BLANK = 0.3
SAME_LINE = 0.5


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

    @property
    def bbox(self) -> BBox:
        return box_round(self.glyphs)

    @property
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
    items = list(glyphs)
    return rounded(
        (
            min(glyph.x0 for glyph in items),
            min(glyph.top for glyph in items),
            max(glyph.x1 for glyph in items),
            max(glyph.bottom for glyph in items),
        )
    )


def rounded(box: Sequence[float]) -> BBox:
    """Boxes are kept to hundredths of a point, so that stored evidence selects what the reader selected."""
    x0, top, x1, bottom = (round(float(edge), 2) for edge in box)
    return x0, top, x1, bottom


class PageGlyphs:
    """The characters of one page, quickly selected by box."""

    def __init__(self, glyphs: Iterable[Glyph]) -> None:
        self._glyphs = sorted(glyphs, key=lambda glyph: glyph.centre[1])
        self._heights = [glyph.centre[1] for glyph in self._glyphs]

    def __len__(self) -> int:
        return len(self._glyphs)

    @property
    def all(self) -> Sequence[Glyph]:
        return self._glyphs

    def within(self, box: BBox) -> list[Glyph]:
        """The characters whose centre lies in the box (borders included)."""
        x0, top, x1, bottom = box
        first = bisect_left(self._heights, top)
        last = bisect_right(self._heights, bottom)
        return [glyph for glyph in self._glyphs[first:last] if x0 <= glyph.centre[0] <= x1]

    def text_in(self, box: BBox) -> str:
        """What stands in the box: the ``raw`` text of a cell."""
        return lay_out(self.within(box)).text


LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}


class GlyphFilter:
    """Collects characters without tilted ones and without second copies (rule 1)."""

    def __init__(self) -> None:
        self.glyphs: list[Glyph] = []
        self._drawn: dict[tuple[str, int], list[Glyph]] = {}

    def add(self, glyph: Glyph) -> None:
        """A character that stands upright or turned by a right angle."""
        text, x0, _, _, bottom, size = glyph
        near = max(0.5, size / 10)
        row = int(bottom // 2)
        for key in ((text, row), (text, row - 1), (text, row + 1)):
            for other in self._drawn.get(key, ()):
                if abs(other[1] - x0) < near and abs(other[4] - bottom) < near:
                    return
        self._drawn.setdefault((text, row), []).append(glyph)
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
        content = "".join(piece for piece, _ in pieces)
        lines.append(Line(content, tuple(owner for _, owner in pieces if owner is not None), position))
        for piece, owner in pieces:
            text.append(piece)
            owners.extend([owner] * len(piece))
        position += len(content)
    return Layout("".join(text), tuple(owners), tuple(lines))


def _lines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    lines: list[list[Glyph]] = []
    anchor: Glyph | None = None
    for glyph in sorted(glyphs, key=lambda item: (item.centre[1], item.x0)):
        if anchor is None or glyph.centre[1] - anchor.centre[1] > max(glyph.size, anchor.size) * SAME_LINE:
            lines.append([])
            anchor = glyph
        lines[-1].append(glyph)
    return lines


def _with_blanks(members: list[Glyph]) -> list[tuple[str, Glyph | None]]:
    pieces: list[tuple[str, Glyph | None]] = []
    previous: Glyph | None = None
    blank = False
    for glyph in sorted(members, key=lambda item: (item.x0, item.x1)):
        if not glyph.text.strip():
            blank = True
            continue
        if previous is not None:
            gap = glyph.x0 - previous.x1
            if blank or gap > GAP_OF_A_BLANK * max(glyph.size, previous.size):
                pieces.append((" ", None))
        pieces.append((glyph.text, glyph))
        previous, blank = glyph, False
    return pieces
