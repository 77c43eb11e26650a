"""Lines of a page as words and phrases, and the columns that white space divides them into.

A *phrase* is what stands between two wide gaps of a line: a cell, or a part of one. A *boundary* is an x position
at which most lines that reach over it have a wide gap and (nearly) none has a word.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from prosperity.extract.glyphs import GAP_OF_A_BLANK, Glyph, Line
from prosperity.extract.grid import is_number

PHRASE_GAP = 0.75  #: width of the gap between two phrases, in character sizes
FIGURE_GAP = 0.55  #: the same beside a figure
NUMBER_GAP = 0.5  #: the same within what may be one figure; a blank for the thousands is half as wide
THOUSANDS = re.compile(r"^\d{3}(?:[.,]\d+)?[%)]?$")
CROSSING = 0.12  #: share of lines whose words may cross a boundary
SUPPORT = 0.35  #: share of lines that must have a wide gap there
NARROWEST = 0.4  #: width of a boundary's white space, in character sizes


class Piece(NamedTuple):
    """A word or a phrase: its box and its text."""

    x0: float
    top: float
    x1: float
    bottom: float
    text: str


@dataclass(frozen=True)
class Row:
    """One line of text."""

    words: tuple[Piece, ...]
    phrases: tuple[Piece, ...]
    size: float
    top: float
    bottom: float

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @cached_property
    def x1(self) -> float:
        return max([word[2] for word in self.words])

    @cached_property
    def text(self) -> str:
        return " ".join([word[4] for word in self.words])


def row_of(line: Line) -> Row:
    """A line cut at its blanks into words, and at its wide gaps into phrases."""
    glyphs = line.glyphs
    words: list[Piece] = []
    start = 0
    for text in line.text.split(" "):
        end = start + len(text)
        if len(line.text) - line.text.count(" ") != len(glyphs):  # some stand for several letters
            end = _end_of(text, glyphs, start)
        words.append(_word(glyphs[start:end], text))
        start = end
    return row_from(words, line.size)


def _end_of(text: str, glyphs: Sequence[Glyph], start: int) -> int:
    """The number after that of the last character of a word that begins with the ``start``-th."""
    length = 0
    while length < len(text):
        length += len(glyphs[start].text)
        start += 1
    return start


def _word(glyphs: Sequence[Glyph], text: str) -> Piece:
    _, lefts, tops, rights, bottoms, _ = zip(*glyphs, strict=True)
    return Piece(min(lefts), min(tops), max(rights), max(bottoms), text)


def row_from(words: Sequence[Piece], size: float) -> Row:
    top, bottom = min([word[1] for word in words]), max([word[3] for word in words])
    return Row(tuple(words), joined_words(words, size), size, top, bottom)


def joined_words(words: Sequence[Piece], size: float) -> tuple[Piece, ...]:
    """Words joined to phrases."""
    groups: list[list[Piece]] = [[words[0]]]
    sure, never = PHRASE_GAP * size, GAP_OF_A_BLANK * size
    for before, word in itertools.pairwise(words):
        gap = word[0] - before[2]
        if gap > never and (gap > sure or gap > _least_gap(before.text, word.text) * size):
            groups.append([])
        groups[-1].append(word)
    return tuple([joined(group) for group in groups])


def _least_gap(left: str, right: str) -> float:
    """Two figures side by side are two cells, unless they read as one with a blank for the thousands."""
    one, other = _is_figure(left), _is_figure(right)
    if one and other:
        return NUMBER_GAP if THOUSANDS.match(right) and left[-1].isdigit() else GAP_OF_A_BLANK
    return FIGURE_GAP if one or other else PHRASE_GAP


@lru_cache(maxsize=4096)
def _is_figure(text: str) -> bool:
    return is_number(text) and any(character.isdigit() for character in text)


def joined(words: Sequence[Piece]) -> Piece:
    if len(words) == 1:
        return words[0]
    lefts, tops, rights, bottoms, texts = zip(*words, strict=True)
    return Piece(min(lefts), min(tops), max(rights), max(bottoms), " ".join(texts))


# ------------------------------------------------------------------------------------------------ columns


def boundaries(rows: Sequence[Row], size: float) -> list[float]:
    """x positions between columns. ``rows``: the lines that decide, all with several phrases."""
    tolerance = int(CROSSING * len(rows))
    needed = max(2, SUPPORT * len(rows)) if len(rows) > 2 else 2
    found: list[float] = []
    for start, end, best in _white(rows, tolerance, needed):
        if end - start < NARROWEST * size:
            continue
        extra = _columns_within(rows, start, end, size)
        if not extra:
            found.append(best)
            continue
        edges = [start, *itertools.chain.from_iterable(extra), end]
        found += [(edges[index] + edges[index + 1]) / 2 for index in range(0, len(edges), 2)]
    return found


def _white(rows: Sequence[Row], tolerance: int, needed: float) -> Iterable[tuple[float, float, float]]:
    """Intervals (start, end, best position) that hardly a word crosses and where enough lines have a gap."""
    changes: dict[float, list[int]] = {}
    for row in rows:
        for word in row.words:
            changes.setdefault(word.x0, [0, 0])[0] += 1
            changes.setdefault(word.x1, [0, 0])[0] -= 1
        for left, right in itertools.pairwise(row.phrases):
            changes.setdefault(left.x1, [0, 0])[1] += 1
            changes.setdefault(right.x0, [0, 0])[1] -= 1
    crossing = gaps = 0
    start: float | None = None
    best = (0.0, 0.0, 0.0)
    places = sorted(changes)
    for place, following in itertools.pairwise(places):
        crossing += changes[place][0]
        gaps += changes[place][1]
        if crossing > tolerance:
            if start is not None and best[0] >= needed:
                yield start, place, best[2]
            start, best = None, (0.0, 0.0, 0.0)
            continue
        if start is None:
            start = place
        width = following - place
        if width > 0.1 and (gaps - 3 * crossing, width) > best[:2]:
            best = (gaps - 3 * crossing, width, (place + following) / 2)


def _columns_within(rows: Sequence[Row], start: float, end: float, size: float) -> list[tuple[float, float]]:
    """Sparse columns: phrases inside the white space, of lines that have neighbours on both sides too."""
    inside: list[tuple[float, float]] = []
    for row in rows:
        for left, piece, right in zip(row.phrases, row.phrases[1:], row.phrases[2:], strict=False):
            if start <= piece.x0 and piece.x1 <= end and left.x1 <= start + size and right.x0 >= end - size:
                inside.append((piece.x0, piece.x1))
    merged: list[list[float]] = []
    counts: list[int] = []
    for x0, x1 in sorted(inside):
        if merged and x0 < merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], x1)
            counts[-1] += 1
        else:
            merged.append([x0, x1])
            counts.append(1)
    return [(x0, x1) for (x0, x1), count in zip(merged, counts, strict=True) if count >= 2]


def span_of(columns: Sequence[float], piece: Piece) -> tuple[int, int]:
    """First and last column that a piece reaches into by more than a little; ``columns`` as in Fragment."""
    last = len(columns) - 2
    slack = min(3.0, 0.2 * (piece.x1 - piece.x0))
    first = min(max(bisect_right(columns, piece.x0 + slack) - 1, 0), last)
    final = min(max(bisect_left(columns, piece.x1 - slack) - 1, first), last)
    return first, final


def cut_at(row: Row, columns: Sequence[float], least: float = GAP_OF_A_BLANK) -> list[Piece]:
    """The phrases of a row, cut where a boundary falls between two of their words, at least so many character
    sizes apart."""
    pieces: list[Piece] = []
    for phrase in row.phrases:
        words = [word for word in row.words if phrase.x0 <= word.x0 and word.x1 <= phrase.x1]
        groups: list[list[Piece]] = [[words[0]]]
        for before, word in itertools.pairwise(words):
            gap = word.x0 - before.x1
            between = any(before.x1 - 0.5 <= x <= word.x0 + 0.5 for x in columns[1:-1])
            if between and gap > least * row.size:
                groups.append([])
            groups[-1].append(word)
        pieces += [joined(group) for group in groups]
    return pieces
