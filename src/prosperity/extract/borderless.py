"""Tables without rules: found by gaps that stand under each other, accepted only on evidence.

Lines with several phrases that follow each other closely make a block; columns follow from white space (``words``),
rows and header from ``assemble``. Running text in columns, lists, contents pages and charts look alike: a block
is a table if a column of figures stands in it, or if several short texts are aligned line by line.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Any

from prosperity.extract.assemble import YEAR, assemble
from prosperity.extract.glyphs import Line
from prosperity.extract.grid import Fragment, is_number
from prosperity.extract.model import BBox
from prosperity.extract.rules import CAPTION
from prosperity.extract.surroundings import NOTE, UNIT
from prosperity.extract.words import Piece, Row, boundaries, cut_at, row_of, span_of
from prosperity.extract.zones import zones_of

LONG = 60  #: characters of a line that is running text rather than a heading in a table
WIDE = 0.7  #: share of the widest line from which a single phrase is running text
NEAR = 2.8  #: white space between lines of one block, in character sizes
NEAR_SINGLE = 2.0  #: the same where one of them has a single phrase
NARROW = 0.45  #: share of a table's width that a label takes at most
SINGLES = 4  #: lines with a single phrase in a row within a block
LEADERS = re.compile(r"(?:[.．·…]\s?){4,}")
BULLET = re.compile(
    r"^(?:[•●▪■◆○◦‣·*–—-]|[（(]?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4}|[一二三四五六七八九十]{1,2})[)）.、．]?)$"
)
TEXT_COLUMN = 28  #: characters of the usual line of running text in a narrow column
TEXT_LINES = 5
LEAST_FILLED = 0.35  #: share of the places of a table that hold something
SHORT = 4  #: characters of a mark


def borderless_fragments(
    page: int, lines: Iterable[Line], rules: Sequence[dict[str, Any]] = ()
) -> list[Fragment]:
    """Tables among lines that stand in no other table, without their texts. ``rules``: horizontal edges, which
    separate rows."""
    rows = [row_of(line) for line in lines]
    found: list[Fragment] = []
    for zone in zones_of(rows):
        for block in itertools.chain.from_iterable(map(_stacked, _blocks(zone))):
            fragment = _table(page, block, rules)
            if fragment is not None:
                found.append(fragment)
    return found


# ------------------------------------------------------------------------------------------------ blocks


def _blocks(rows: Sequence[Row]) -> list[list[Row]]:
    """Runs of neighbouring lines, most with several phrases, without running text."""
    if not rows:
        return []
    widest = max(row.x1 - row.x0 for row in rows)
    blocks: list[list[Row]] = [[]]
    waiting: list[Row] = []
    for row in rows:
        before = (blocks[-1] + waiting)[-1:]
        single = len(row.phrases) == 1
        if CAPTION.match(row.text) or UNIT.search(row.phrases[-1].text):
            blocks.append([])
            waiting = []
            continue
        if before and row.top - before[0].bottom > _room(before[0], row, blocks[-1]):
            blocks.append([])
            waiting = []
        if not single:
            blocks[-1] += [*waiting, row]
            waiting = []
        elif _is_running_text(row, widest) or len(waiting) >= _most_singles([*waiting, row], blocks[-1]):
            blocks.append([])
            waiting = []
        else:
            waiting.append(row)
    return [block for block in blocks if sum(len(row.phrases) > 1 for row in block) >= 2]


def _stacked(block: list[Row]) -> list[list[Row]]:
    """The block cut where a heading, set off by white space, stands over another header without figures."""
    parts: list[list[Row]] = [[]]
    figures = False
    for index, row in enumerate(block):
        before = parts[-1][-1] if parts[-1] else None
        if before and figures and len(row.phrases) == 1 and _opens_table(block, index):
            parts.append([])
            figures = False
        parts[-1].append(row)
        figures = figures or _has_figures(row)
    return parts


def _opens_table(block: Sequence[Row], index: int) -> bool:
    following = block[index + 1 : index + 4]
    gap = block[index].top - block[index - 1].bottom
    usual = sorted(lower.top - upper.bottom for upper, lower in itertools.pairwise(block))[
        len(block) // 2 - 1
    ]
    if gap < 1.5 * max(usual, 0) + 0.3 * block[index].size:
        return False
    heads = [row for row in following if len(row.phrases) > 1]
    return bool(heads) and not _has_figures(heads[0])


def _has_figures(row: Row) -> bool:
    return any(is_number(piece.text) and not YEAR.match(piece.text) for piece in row.phrases[1:])


def _most_singles(waiting: Sequence[Row], block: Sequence[Row]) -> int:
    """Labels on several lines are narrow; other lines with a single phrase soon end a table."""
    if not block:
        return SINGLES
    width = max(row.x1 for row in block) - min(row.x0 for row in block)
    narrow = all(row.x1 - row.x0 < NARROW * width for row in waiting)
    return 2 * SINGLES if narrow else SINGLES


def _room(upper: Row, lower: Row, block: Sequence[Row]) -> float:
    size = max(upper.size, lower.size)
    if len(upper.phrases) == 1 or len(lower.phrases) == 1:
        return NEAR_SINGLE * size
    if len(block) > 2:  # widely spaced tables
        return max(NEAR * size, 1.3 * (block[-1].top - block[-2].bottom))
    return NEAR * size


def _is_running_text(row: Row, widest: float) -> bool:
    text = row.text
    if NOTE.match(text):
        return True
    return len(text) >= LONG or (row.x1 - row.x0 > WIDE * widest and len(text) > LONG / 2)


# ------------------------------------------------------------------------------------------------ one table


def _table(page: int, block: list[Row], rules: Sequence[dict[str, Any]]) -> Fragment | None:
    size = sorted(row.size for row in block)[len(block) // 2]
    inner = boundaries(_deciding(block), size)
    if not inner:
        return None
    columns = [min(row.x0 for row in block), *inner, max(row.x1 for row in block)]
    block = _trimmed(block, columns)
    if len(block) < 2:
        return None
    columns = [min(row.x0 for row in block), *inner, max(row.x1 for row in block)]
    if not _is_table(block, columns):
        return None
    low, high = block[0].top, block[-1].bottom
    cuts = [rule["top"] for rule in rules if low < rule["top"] < high and _covers(rule, columns)]
    return assemble(page, block, columns, cuts)


def _covers(rule: dict[str, Any], columns: Sequence[float]) -> bool:
    common = min(rule["x1"], columns[-1]) - max(rule["x0"], columns[0])
    return bool(common > 0.6 * (columns[-1] - columns[0]))


def _deciding(block: Sequence[Row]) -> list[Row]:
    """Lines that decide on the columns: those with figures behind their first phrase, if there are some."""
    several = [row for row in block if len(row.phrases) > 1]
    figures = [row for row in several if _has_figures(row)]
    return figures if len(figures) >= max(2, 0.3 * len(several)) else several


def _trimmed(block: list[Row], columns: Sequence[float]) -> list[Row]:
    """Without lines at both ends that do not fit the columns: headings above, notes below."""
    start, end = 0, len(block)
    while start < end and not _fits_above(block[start], columns):
        start += 1
    while end > start and len(_columns_of(block[end - 1], columns)) < 2:
        end -= 1
    return block[start:end]


def _fits_above(row: Row, columns: Sequence[float]) -> bool:
    """A first line of a table: several columns, or a heading over some of them, the first left out."""
    spans = [span_of(columns, piece) for piece in cut_at(row, columns, 0.45)]
    first, last = spans[0]
    if len(spans) > 1:
        return first > 0 or last == 0 or (last == 1 and len(columns) > 3)
    return first > 0 and len(columns) > 3


def _columns_of(row: Row, columns: Sequence[float]) -> set[int]:
    return {span_of(columns, piece)[0] for piece in cut_at(row, columns)}


def _is_table(block: Sequence[Row], columns: Sequence[float]) -> bool:
    width = len(columns) - 1
    texts: list[list[str]] = [[] for _ in range(width)]
    filled = 0
    for row in block:
        pieces = cut_at(row, columns)
        for piece in pieces:
            first, _ = span_of(columns, piece)
            texts[first].append(piece.text)
        filled += len({span_of(columns, piece)[0] for piece in pieces})
    if sum(bool(LEADERS.search(row.text)) for row in block) > len(block) / 3:
        return False
    if width == 2 and sum(bool(BULLET.match(text)) for text in texts[0]) > len(texts[0]) / 2:
        return False
    if any(_is_running(column) for column in texts) and width <= 3:
        return False
    if filled < LEAST_FILLED * width * len(block):
        return False
    numeric = [col for col in range(1, width) if _is_numeric(texts[col])]
    if len(block) == 2:
        return width > 2 and _head_and_figures(block, columns)
    if numeric:
        return True
    marks = [col for col in range(1, width) if _is_short(texts[col])]
    if width < 3 or not _aligned(block, columns):
        return False
    return len(marks) >= 2 or filled >= 0.5 * width * len(block)


def _is_numeric(texts: Sequence[str]) -> bool:
    figures = [text for text in texts if is_number(text) and any(c.isdigit() for c in text)]
    return len(figures) >= 2 and sum(is_number(text) for text in texts) >= 0.5 * len(texts)


def _is_short(texts: Sequence[str]) -> bool:
    """Marks such as x, yes, no."""
    return len(texts) >= 2 and sum(len(text) <= SHORT for text in texts) >= 0.6 * len(texts)


def _head_and_figures(block: Sequence[Row], columns: Sequence[float]) -> bool:
    """Two lines: words above figures in every column but the first."""
    upper, lower = (cut_at(row, columns) for row in block)
    if len(upper) != len(columns) - 1 or len(lower) != len(upper):
        return False
    return (
        all(is_number(piece.text) for piece in lower[1:])
        and not is_number(lower[0].text)
        and not is_number(upper[0].text)
    )


def _is_running(texts: Sequence[str]) -> bool:
    """Whether a column holds running text: many long lines."""
    long = [text for text in texts if len(text) > TEXT_COLUMN]
    return len(long) >= TEXT_LINES and len(long) > 0.5 * len(texts)


def _aligned(block: Sequence[Row], columns: Sequence[float]) -> bool:
    """Whether most columns have a common left, right or middle."""
    width = len(columns) - 1
    pieces: list[list[Piece]] = [[] for _ in range(width)]
    for row in block:
        for piece in cut_at(row, columns):
            pieces[span_of(columns, piece)[0]].append(piece)
    good = 0
    for column in pieces:
        if len(column) < 2:
            continue
        ways = ([p.x0 for p in column], [p.x1 for p in column], [(p.x0 + p.x1) / 2 for p in column])
        good += any(_common(values) >= 0.7 * len(column) for values in ways)
    return good >= 0.7 * width


def _common(values: Sequence[float]) -> int:
    ordered = sorted(values)
    return max(sum(v - start <= 3 for v in ordered[i:]) for i, start in enumerate(ordered))


def overlaps(one: BBox, others: Iterable[BBox]) -> bool:
    return any(one[0] < o[2] and o[0] < one[2] and one[1] < o[3] and o[1] < one[3] for o in others)
