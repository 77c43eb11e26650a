"""Lines that run over several columns of a page, cut apart where these columns do not belong together.

Two columns of running text, a table beside a text, or two tables beside each other put words into one line that
have nothing to do with each other. They are cut at white space that no word crosses over many lines, if one side
is running text or if the lines of both sides do not stand at the same heights.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from prosperity.extract.words import PHRASE_GAP, Piece, Row, row_from

GUTTER = 1.2  #: width of the white space, in character sizes
LINES = 6  #: lines that it must run through
TEXT_LENGTH = 24  #: characters of a line of running text in a column
FULL = 0.8  #: share of the column's width that such a line fills
ALONE = 0.25  #: share of the lines with words on one side only, on each side


def zones_of(rows: Sequence[Row], depth: int = 0) -> list[list[Row]]:
    """The lines in groups that belong together, each from top to bottom."""
    if depth > 3 or len(rows) < LINES:
        return [list(rows)]
    for x in _candidates(rows):
        for start, end in _runs(rows, x):
            sides = _sides(rows[start:end], x)
            if sides is None:
                continue
            left, right = sides
            found = zones_of(rows[:start], depth + 1) if start else []
            found += zones_of(left, depth + 1)
            found += zones_of(right, depth + 1)
            if end < len(rows):
                found += zones_of(rows[end:], depth + 1)
            return found
    return [list(rows)]


def _candidates(rows: Sequence[Row]) -> list[float]:
    """x positions in the middle of wide gaps, those of most lines first."""
    gaps = [
        (left.x1, right.x0)
        for row in rows
        for left, right in itertools.pairwise(row.phrases)
        if right.x0 - left.x1 > GUTTER * row.size
    ]
    counted: dict[int, int] = {}
    for x0, x1 in gaps:
        for place in range(int(x0 // 6) + 1, int(x1 // 6) + 1):
            counted[place] = counted.get(place, 0) + 1
    best = sorted(counted, key=lambda place: -counted[place])
    kept: list[int] = []
    for place in best:
        if counted[place] >= LINES / 2 and all(abs(place - other) > 2 for other in kept):
            kept.append(place)
        if len(kept) == 6:
            break
    return [place * 6.0 for place in kept]


def _runs(rows: Sequence[Row], x: float) -> list[tuple[int, int]]:
    """Stretches of lines of which none has a word over x."""
    found = []
    start = 0
    for index, row in enumerate([*rows, None]):
        if row is None or any(word.x0 < x < word.x1 for word in row.words):
            if index - start >= LINES:
                found.append((start, index))
            start = index + 1
    return found


def _sides(rows: Sequence[Row], x: float) -> tuple[list[Row], list[Row]] | None:
    """The lines left and right of x; None if these belong together."""
    cut = [_cut(row, x) for row in rows]
    left = [(row, words) for row, (words, _) in zip(rows, cut, strict=True) if words]
    right = [(row, words) for row, (_, words) in zip(rows, cut, strict=True) if words]
    if len(left) < 3 or len(right) < 3:
        return None
    both = len(left) + len(right) - len(rows)
    alone = min(len(left), len(right)) - both > ALONE * len(rows) and both < 0.35 * len(rows)
    if not alone and not any(_may_be_text(side) for side in (left, right)):
        return None
    one = [row_from(words, row.size) for row, words in left]
    other = [row_from(words, row.size) for row, words in right]
    return (one, other) if alone or _is_text(one) or _is_text(other) else None


def _cut(row: Row, x: float) -> tuple[list[Piece], list[Piece]]:
    return [word for word in row.words if word[2] <= x], [word for word in row.words if word[2] > x]


def _may_be_text(side: Sequence[tuple[Row, list[Piece]]]) -> bool:
    """A quick look before ``_is_text``: enough lines are long and have one wide gap at most."""
    long = 0
    for row, words in side:
        if sum([len(word[4]) + 1 for word in words]) > TEXT_LENGTH:
            widest = PHRASE_GAP * row.size
            long += sum([right[0] - left[2] > widest for left, right in itertools.pairwise(words)]) <= 1
    return long >= max(4, 0.5 * len(side))


def _is_text(side: Sequence[Row]) -> bool:
    """Running text: most lines are long, without gaps, and full."""
    width = max(row.x1 for row in side) - min(row.x0 for row in side)
    full = [
        row
        for row in side
        if len(row.phrases) <= 1 + (len(row.words) > 6)
        and len(row.text) >= TEXT_LENGTH
        and row.x1 - row.x0 > FULL * width
    ]
    return len(full) >= max(4, 0.5 * len(side))
