"""The characters of a page from pdfium in the terms of pdfplumber: taken in bulk, kept small, made glyphs when needed.

What is taken from where, so that both readers agree: x from the advance width, the foot of a character from the font's
descent, its height from the font size; blanks and hyphens that pdfium adds of its own are left out.
"""

from __future__ import annotations

import ctypes
import itertools
import math
import operator
import re
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from prosperity.extract.glyphs import Glyph, is_tilted, without_copies
from prosperity.extract.pdfium_calls import direct, pointer

LEAST_BLANK = 0.15  #: character sizes
HYPHENS = "\x02\ufffe"  #: what pdfium writes for a hyphen at the end of a line
_ODD = re.compile(f"[\x00{HYPHENS}]")
_CONTROL = re.compile("[\x01-\x20]")
BOX = 16  #: bytes of FS_RECTF: left, top, right, bottom
CHUNK = 4096  #: characters whose boxes are asked for at once


class Unlike(Exception):
    """A page on which pdfium and pdfminer may differ: it must be read with pdfplumber."""


class Level(NamedTuple):
    """How the characters from ``start`` on are set: the matrix of the first, its font size, and their foot in points
    from below. (pdfium's boxes reach below it where a letter does, pdfplumber's do not.)"""

    start: int
    a: float
    b: float
    c: float
    d: float
    size: float
    foot: float

    @property
    def is_upright(self) -> bool:
        return self.b == 0 and self.d > 0


@dataclass(frozen=True)
class Characters:
    """All characters of a page as pdfium counts them, in a few dozen bytes each.

    ``boxes`` holds left, top, right, bottom of each in points from the lower left. ``generated`` are those that pdfium
    added of its own. ``levels``: one for each text that was drawn at once, and for each turned character.
    """

    text: str
    boxes: array[float]
    generated: tuple[int, ...]
    levels: tuple[Level, ...]


@cache
def _room() -> tuple[Any, list[Any]]:
    """A buffer for boxes, and references to its places."""
    import pypdfium2.raw as raw

    boxes = (raw.FS_RECTF * CHUNK)()
    return boxes, [ctypes.byref(boxes, BOX * index) for index in range(CHUNK)]


def characters_on(text_page: Any, text: str) -> Characters:
    """``text``: what ``get_text_range`` gives."""
    handle = pointer(text_page.raw)
    count = text_page.count_chars()
    # pdfium leaves characters without meaning out of a text and never adds any: equal lengths mean equal places.
    if len(text) != count:
        unicode_of = direct("FPDFText_GetUnicode", ctypes.c_uint)
        text = "".join(map(chr, map(unicode_of, itertools.repeat(handle), range(count))))
    boxes = _boxes(handle, count)
    is_generated = direct("FPDFText_IsGenerated")
    generated = [at.start() for at in _CONTROL.finditer(text) if is_generated(handle, at.start())]
    return Characters(text, boxes, tuple(generated), tuple(_levels(handle, boxes, count, set(generated))))


def _boxes(handle: ctypes.c_void_p, count: int) -> array[float]:
    boxes = array("f")
    room, places = _room()
    box_of = direct("FPDFText_GetLooseCharBox")
    for start in range(0, count, CHUNK):
        number = min(CHUNK, count - start)
        ctypes.memset(room, 0, BOX * number)
        deque(map(box_of, itertools.repeat(handle), range(start, start + number), places), maxlen=0)
        boxes.frombytes(memoryview(room).cast("B")[: BOX * number])
    return boxes


def _levels(handle: ctypes.c_void_p, boxes: array[float], count: int, generated: set[int]) -> Iterator[Level]:
    import pypdfium2.raw as raw

    object_of = direct("FPDFText_GetTextObject", ctypes.c_void_p)
    objects = list(map(object_of, itertools.repeat(handle), range(count)))
    changes = itertools.compress(range(1, count), map(operator.ne, objects[1:], objects))
    bottoms = boxes[3::4]
    for index in generated:
        bottoms[index] = -math.inf
    matrix_of, size_of = direct("FPDFText_GetMatrix"), direct("FPDFText_GetFontSize", ctypes.c_double)
    matrix = raw.FS_MATRIX()
    place = ctypes.byref(matrix)
    before: tuple[float, ...] = ()
    for start, end in itertools.pairwise([0, *changes, count] if count else []):
        for index in range(start, end):
            if index in generated:
                continue
            matrix_of(handle, index, place)
            size, foot = size_of(handle, index), max(bottoms[index:end])
            level = Level(index, matrix.a, matrix.b, matrix.c, matrix.d, size, foot)
            if not level.is_upright:  # these are looked at one by one
                before = ()
                yield level
                continue
            if level[1:] != before:
                before = level[1:]
                yield level
            break


def glyphs_from(characters: Characters, width: float, height: float) -> list[Glyph]:
    """The characters of the page by the rules of ``glyphs``.

    :raises Unlike: a character stands upside down.
    """
    found: list[Glyph] = []
    text, boxes, generated = characters.text, characters.boxes, set(characters.generated)
    levels = {level.start: level for level in characters.levels}
    cuts = {0, len(text), *levels, *generated, *(index + 1 for index in generated)}
    level: Level | None = None
    blank = False
    for start, end in itertools.pairwise(sorted(cuts)):
        if start in generated:
            blank = text[start] == " "
            continue
        level = levels.get(start, level)
        if level is None:
            continue
        sides = boxes[4 * start : 4 * end]
        read = _upright if level.is_upright else _turned
        run = read(text[start:end], sides, level, height)
        if min(sides) < 0 or max(sides[2::4]) > width or max(sides[1::4]) > height:
            run = _on_page(run, width, height)
        if found and run and _same_place(found[-1], run[0]):
            found[-1] = found[-1]._replace(text=found[-1].text + run[0].text)
            del run[0]
        if not run:
            continue
        if blank and found and _is_gap(found[-1], run[0]):
            last = found[-1]
            found.append(Glyph(" ", last.x1, last.top, last.x1, last.bottom, last.size))
        found += run
        blank = False
    return without_copies(found)


def _upright(text: str, boxes: array[float], level: Level, height: float) -> list[Glyph]:
    """Characters that stand upright in one line."""
    lefts, rights = boxes[::4], boxes[2::4]
    foot = height - level.foot
    size = level.size * level.d
    repeated = itertools.repeat
    run = list(map(Glyph, text, lefts, repeated(foot - size), rights, repeated(foot), repeated(size)))
    if any(map(operator.eq, lefts, lefts[1:])):
        run = _with_ligatures(run)
    return _without_odd_ones(run) if _ODD.search(text) else run


def _with_ligatures(run: Sequence[Glyph]) -> list[Glyph]:
    """The letters of a ligature stand at the same place."""
    joined: list[Glyph] = []
    for glyph in run:
        if joined and _same_place(joined[-1], glyph):
            joined[-1] = joined[-1]._replace(text=joined[-1].text + glyph.text)
        else:
            joined.append(glyph)
    return joined


def _same_place(one: Glyph, other: Glyph) -> bool:
    return one.x0 == other.x0 and one.x1 == other.x1 and one.bottom == other.bottom


def _without_odd_ones(run: Sequence[Glyph]) -> list[Glyph]:
    """Without characters without meaning; hyphens at the end of a line as such."""
    hyphens = dict.fromkeys(map(ord, HYPHENS), "-")
    meant = (glyph._replace(text=glyph.text.replace("\0", "").translate(hyphens)) for glyph in run)
    return [glyph for glyph in meant if glyph.text]


def _turned(text: str, boxes: array[float], level: Level, height: float) -> list[Glyph]:
    """A character that stands otherwise: none if it is tilted. Turned by a right angle, its size is its height, as
    pdfplumber counts it.

    :raises Unlike: it stands upside down.
    """
    if is_tilted(level.a, level.b):
        return []
    if level.a or level.d:
        raise Unlike("characters upside down")
    left, top, right, bottom = boxes[:4]
    width = level.size * abs(level.c)
    if level.b > 0:
        left = right - width
    foot, size = height - bottom, top - bottom
    return _without_odd_ones([Glyph(text, left, foot - size, left + width, foot, size)])


def _on_page(run: list[Glyph], width: float, height: float) -> list[Glyph]:
    """The characters whose middle lies on the page."""
    return [
        glyph
        for glyph in run
        if 0 <= glyph.x0 + glyph.x1 <= 2 * width and 0 <= glyph.top + glyph.bottom <= 2 * height
    ]


def _is_gap(before: Glyph, glyph: Glyph) -> bool:
    """Whether a blank that pdfium puts between two letters can be seen: it replaces real ones by its own."""
    sides = before.text[-1] + glyph.text
    if not sides.isascii() or not any(side.isalpha() for side in sides):
        return False
    level = abs(before.bottom - glyph.bottom) < 0.5 * before.size
    return level and glyph.x0 - before.x1 > LEAST_BLANK * before.size
