"""The bars of a chart with the categories under them: rows of equal boxes on one line, with gaps between them.

What belongs here: finding rows that can only be bars (a table's coloured cells touch and are equally high).
What the labels say is in ``charts``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from prosperity.extract.chart_words import LEAST_TICKS, Word, words_of
from prosperity.extract.glyphs import PageGlyphs
from prosperity.extract.model import BBox
from prosperity.extract.shapes import Box

SAME = 0.8  #: points by which the feet of bars may differ
LEAST_GAP = 0.15  #: between neighbouring groups of bars, in widths
MOST_BARS = 500  #: boxes on a page; more are a map or a hostile file
LEAST_WIDTH, LEAST_HEIGHT = 3.0, 0.3
LARGEST = 0.4  #: share of the page; larger boxes are backgrounds
UNEVEN = 0.02  #: boxes whose heights differ by less are no bars
#: Also labels that have run together (9.929.068.00): they make a chart that is refused.
_FIGURES = re.compile(r"[-+]?[\d.,%+-]*\d[\d.,%+-]*")
REGULAR = 0.1  #: share by which the distances of categories may differ


@dataclass(frozen=True)
class Column:
    """One category: its label, and the bars over it (none where a value is missing)."""

    label: Word
    bars: tuple[Box, ...]

    @property
    def x(self) -> float:
        return self.label.x


def columns_of(boxes: Iterable[Box], glyphs: PageGlyphs, page: BBox) -> list[tuple[Column, ...]]:
    """The columns of every bar chart of the page, from left to right."""
    rows = [row for row in _rows(boxes, page) if _can_be_bars(row)]
    if not rows:
        return []
    words = words_of(glyphs)
    return [columns for row in rows for columns in _charts(row, words)]


def _rows(boxes: Iterable[Box], page: BBox) -> list[list[Box]]:
    """Boxes of equal width on one line, from left to right; none where there are too many to be a chart's."""
    surface = (page[2] - page[0]) * (page[3] - page[1])
    bars = [
        box for box in dict.fromkeys(boxes)
        if box.width >= LEAST_WIDTH and box.height >= LEAST_HEIGHT and box.width * box.height <= LARGEST * surface
    ]  # fmt: skip
    if len(bars) > MOST_BARS:
        return []
    rows: list[list[Box]] = []
    for box in bars:
        row = next((row for row in rows if _in_row(box, row[0])), None)
        if row is None:
            rows.append([box])
        else:
            row.append(box)
    return [sorted(row, key=lambda box: box.x0) for row in rows]


def _in_row(box: Box, first: Box) -> bool:
    return abs(first.bottom - box.bottom) <= SAME and abs(first.width - box.width) <= 0.04 * box.width


def _can_be_bars(row: Sequence[Box]) -> bool:
    heights = [box.height for box in row]
    uneven = max(heights) - min(heights) > UNEVEN * max(heights)
    higher = max(heights) > 14  # not the small squares of a legend
    return higher and (len(row) == 1 or uneven)


def _charts(row: Sequence[Box], words: Sequence[Word]) -> list[tuple[Column, ...]]:
    """The row cut into charts: side by side, two may stand on one line."""
    groups = _groups(row)
    if groups is None:
        return []
    foot = max(box.bottom for box in row)
    under = [word for word in words if -0.5 <= word.bbox[1] - foot <= 1.5 * word.size]
    named = [(group, _label(group, under)) for group in groups]
    found = [(group, label) for group, label in named if label is not None]
    if len(found) < len(named) or not found:
        return []
    line = sorted(
        (word for word in under if abs(word.y - found[0][1].y) < 0.4 * word.size), key=lambda word: word.x
    )
    return [
        columns
        for run in _regular_runs(line, [label for _, label in found])
        if (columns := _columns(run, found)) and _is_chart(columns, words)
    ]


def _groups(row: Sequence[Box]) -> list[list[Box]] | None:
    """Bars of one category touch or overlap; between categories there is a gap. None where that is not so."""
    groups: list[list[Box]] = [[row[0]]]
    for left, right in pairwise(row):
        gap = right.x0 - left.x1
        if gap < -SAME:
            return None
        if gap < LEAST_GAP * right.width:
            groups[-1].append(right)
        else:
            groups.append([right])
    distinct = all(len({bar.colour for bar in group}) == len(group) for group in groups)
    whole = len({tuple(bar.colour for bar in group) for group in groups}) == 1
    return groups if distinct and whole else None


def _label(group: Sequence[Box], under: Sequence[Word]) -> Word | None:
    middle, width = (group[0].x0 + group[-1].x1) / 2, group[-1].x1 - group[0].x0
    centred = [word for word in under if abs(word.x - middle) <= max(1.5, 0.12 * width)]
    return min(centred, key=lambda word: word.bbox[1], default=None)


def _skeleton(word: Word) -> str:
    return re.sub(r"[0-9一二三四上下]", "0", word.text)


def _regular_runs(line: Sequence[Word], labels: Sequence[Word]) -> list[list[Word]]:
    """Categories at equal distances: the labels of bars, and words of their kind between and beside them."""
    kinds = {_skeleton(label) for label in labels}
    words = [word for word in line if word in labels or _skeleton(word) in kinds]
    if len(words) < 2:
        return [words]
    pitch = min(right.x - left.x for left, right in pairwise(words))
    runs: list[list[Word]] = [[words[0]]]
    for left, right in pairwise(words):
        if abs(right.x - left.x - pitch) <= REGULAR * pitch:
            runs[-1].append(right)
        else:
            runs.append([right])
    return [run for run in runs if any(word in labels for word in run)]


def _columns(run: Sequence[Word], found: Sequence[tuple[Sequence[Box], Word]]) -> tuple[Column, ...]:
    bars = {label: tuple(group) for group, label in found}
    return tuple(Column(word, bars.get(word, ())) for word in run)


def _is_chart(columns: Sequence[Column], words: Sequence[Word]) -> bool:
    """Figures stand over most of the bars and no text in them, as in shaded cells. A single bar is more likely a
    coloured field of the slide unless ticks stand beside it."""
    bars = [bar for column in columns for bar in column.bars]
    figures = [word for word in words if _FIGURES.fullmatch(word.text)]
    texts = [word for word in words if not _FIGURES.fullmatch(word.text)]
    if any(bar.x0 < word.x < bar.x1 and bar.top < word.y < bar.bottom for word in texts for bar in bars):
        return False
    under = [bar for bar in bars if any(_over(word, bar) for word in figures)]
    if 2 * len(under) <= len(bars):
        return False
    if len(bars) > 1:
        return True
    top, foot = bars[0].top, bars[0].bottom
    beside = [word for word in figures if top - 2 * word.size <= word.y <= foot + word.size]
    return len(beside) >= LEAST_TICKS + 1


def _over(word: Word, bar: Box) -> bool:
    beside = bar.x0 - bar.width / 2 <= word.x <= bar.x1 + bar.width / 2
    across = word.bbox[0] < bar.x1 and word.bbox[2] > bar.x0  # labels run together are wider than the bar
    return (beside or across) and -2.5 * word.size <= word.bbox[3] - bar.top <= word.size
