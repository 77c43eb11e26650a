"""Pictures drawn from archived text, for figures in HTML and JSON: never the publisher's layout, and said so.

Prose: the paragraph with its neighbours. Table: the header and the row with its neighbours. JSON: the objects and
lists around the value. The figure is tinted and framed as in the pictures of PDF pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

from prosperity.extract.model import Span
from prosperity.publish.model import Picture, RowAround, Surroundings, TextAround
from prosperity.publish.pdf_child import FILL, FRAME, Box
from prosperity.publish.pdf_pictures import png_size

FONT = Path(__file__).parent / "fonts" / "WenQuanYiMicroHei-subset.ttf"
WIDTH, EDGE = 860, 28
BODY, SMALL, LARGE = 19, 16, 22  #: sizes of type in pixels
LEADING = 1.6
#: Pictures have a palette of their own: paper, rules, the mark and its frame, then for both inks on both grounds the
#: shades from ground to ink that smooth letters are made of. Nothing has to be reduced to few colours afterwards.
PAPER, RULE, MARK, LINE = 0, 1, 2, 3
INK, PALE = 4, 4 + 2 * 16
SHADES = 16
_GROUNDS = ((255, 255, 255), FILL)
_INKS = ((24, 28, 34), (112, 118, 128))
NEIGHBOUR_LINES = 3  #: lines shown of the paragraphs before and after
LINES_AROUND = 7  #: lines of a long paragraph shown on either side of the figure
MOST_COLUMNS = 7
CELL_PAD = 10
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,%+\-/:]*|.", re.DOTALL)
#: Never at the beginning of a line.
_CLOSING = frozenset("，。、；：！？）》」』】〕％%,.;:!?)]}”’…")

Colour = int  #: place in the palette


@dataclass
class _Canvas:
    """A sheet of places in the palette that grows downwards; drawn on a tall one and cut at the end."""

    image: Image.Image
    draw: ImageDraw.ImageDraw
    y: float = EDGE
    marked: Box | None = None  #: where the last mark lies

    def mark(self, box: Box) -> None:
        """Tint and frame a place; what is written there afterwards stands on the tint."""
        self.draw.rectangle(box, fill=MARK, outline=LINE, width=2)
        self.marked = box


def drawn(title: str, around: Surroundings, *, highlight: bool = True) -> Picture:
    """The picture of a figure in archived text under the document's title; ``highlight=False`` marks nothing."""
    stream = BytesIO()
    _sheet(title, around, highlight).save(stream, "PNG", compress_level=4)
    data = stream.getvalue()
    return Picture(data, png_size(data))


def drawn_all(jobs: Sequence[tuple[str, Surroundings]]) -> list[Picture]:
    """``drawn`` of several, in their order."""
    return [drawn(title, around) for title, around in jobs]


def sheet(title: str, around: Surroundings, highlight: bool = True) -> Image.Image:
    """``drawn`` before it is made a PNG, in colours; ``highlight=False`` leaves the mark out."""
    return _sheet(title, around, highlight).convert("RGB")


def _sheet(title: str, around: Surroundings, highlight: bool) -> Image.Image:
    image = Image.new("L", (WIDTH, 3000), PAPER)
    canvas = _Canvas(image, ImageDraw.Draw(image))
    _paragraph(canvas, title, LARGE, INK, limit=2)
    canvas.y += 6
    canvas.draw.line([(EDGE, canvas.y), (WIDTH - EDGE, canvas.y)], fill=RULE)
    canvas.y += 14
    if isinstance(around, TextAround):
        _prose(canvas, around, highlight)
    elif around.excerpt:
        _excerpt(canvas, around, highlight)
    else:
        _table(canvas, around, highlight)
    cut = image.crop((0, 0, WIDTH, min(image.height, round(canvas.y) + EDGE)))
    found = Image.frombytes("P", cut.size, cut.tobytes())
    found.putpalette(_palette())
    return found


# -------------------------------------------------------------------------------------------------- prose


def _prose(canvas: _Canvas, around: TextAround, highlight: bool) -> None:
    text, span = (around.block, around.block_span) if around.block_span else (around.sentence, around.span)
    if around.before:
        _paragraph(canvas, around.before, BODY, PALE, limit=NEIGHBOUR_LINES, keep_end=True)
        canvas.y += 8
    _paragraph(canvas, text, BODY, INK, span=span if highlight else None, around=span)
    if around.after:
        canvas.y += 8
        _paragraph(canvas, around.after, BODY, PALE, limit=NEIGHBOUR_LINES)


def _excerpt(canvas: _Canvas, around: RowAround, highlight: bool) -> None:
    span = around.excerpt_span
    _paragraph(canvas, around.excerpt, SMALL, INK, span=span if highlight else None, around=span)


def _paragraph(
    canvas: _Canvas,
    text: str,
    size: int,
    colour: Colour,
    *,
    limit: int | None = None,
    keep_end: bool = False,
    span: Span | None = None,
    around: Span | None = None,
) -> None:
    """Text over the whole width; of a long one the lines around ``around``, else the first or last ``limit``."""
    lines = wrapped(text, size, WIDTH - 2 * EDGE)
    first, last = 0, len(lines)
    if around is not None:
        holding = [n for n, (start, end) in enumerate(lines) if start < around[1] and around[0] < end] or [0]
        first, last = max(0, holding[0] - LINES_AROUND), min(last, holding[-1] + LINES_AROUND + 1)
    elif limit is not None and last > limit:
        first, last = (last - limit, last) if keep_end else (0, limit)
    if first:
        _line(canvas, "……", size, PALE)
    for start, end in lines[first:last]:
        if span is not None:
            _mark(canvas, text, (start, end), span, size)
        _line(canvas, text[start:end], size, colour)
    if last < len(lines):
        _line(canvas, "……", size, PALE)


def _line(canvas: _Canvas, text: str, size: int, colour: Colour) -> None:
    _write(canvas, (EDGE, canvas.y), text.rstrip(), size, colour)
    canvas.y += size * LEADING


def _write(canvas: _Canvas, place: tuple[float, float], text: str, size: int, colour: Colour) -> None:
    """Letters on paper, or on the mark where it lies under them already."""
    if not text:
        return
    letters, touched = _letters(text, size, colour)
    left, top = round(place[0]), round(place[1]) - size // 4
    box = (left, top, left + letters.width, top + letters.height)
    if canvas.marked and _touch(canvas.marked, box):
        ground = canvas.image.crop(box).point(_ON_MARK)
        letters = ImageChops.add(letters, Image.composite(ground, ground.point(_NOTHING), touched))
    canvas.image.paste(letters, (left, top), touched)


@lru_cache(maxsize=3000)
def _letters(text: str, size: int, colour: Colour) -> tuple[Image.Image, Image.Image]:
    """A line of text as places in the palette, and which of its pixels are letters; lines come again and again."""
    wide = round(font(size).getlength(text)) + 4
    mask = Image.new("L", (max(1, min(wide, WIDTH)), round(size * 1.8)), 0)
    ImageDraw.Draw(mask).text((0, size // 4), text, font=font(size), fill=255)
    return mask.point(_shades(colour)), mask.point([0] * 8 + [255] * 248)


@lru_cache(maxsize=4)
def _shades(colour: Colour) -> list[int]:
    return [colour + value * (SHADES - 1) // 255 for value in range(256)]


#: What is added to a letter's place in the palette where it lies on the mark: the shades on its ground come next.
_ON_MARK = [SHADES if value == MARK else 0 for value in range(256)]
_NOTHING = [0] * 256


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@lru_cache(maxsize=1)
def _palette() -> list[int]:
    colours = [_GROUNDS[0], (170, 176, 186), FILL, FRAME]
    for ink in _INKS:
        for ground in _GROUNDS:
            for shade in range(SHADES):
                part = shade / (SHADES - 1)
                colours.append(tuple(round(g + (i - g) * part) for g, i in zip(ground, ink, strict=True)))  # type: ignore[arg-type]
    return [part for colour in colours for part in colour]


def _mark(canvas: _Canvas, text: str, line: Span, span: Span, size: int) -> None:
    """Tint and frame the part of the line that belongs to the span."""
    start, end = max(line[0], span[0]), min(line[1], span[1])
    if start >= end:
        return
    left = EDGE + font(size).getlength(text[line[0] : start])
    right = EDGE + font(size).getlength(text[line[0] : end])
    canvas.mark((left - 1, canvas.y - 3, right + 1, canvas.y + size * 1.3))


def wrapped(text: str, size: int, width: float) -> list[Span]:
    """The text as lines of at most ``width`` pixels: spans of characters, words and figures kept whole."""
    lines: list[Span] = []
    start, length = 0, 0.0
    for match in _WORD.finditer(text):
        word = match.group()
        if word == "\n":
            lines.append((start, match.start()))
            start, length = match.end(), 0.0
            continue
        advance = font(size).getlength(word)
        if length + advance > width and start < match.start() and word not in _CLOSING:
            lines.append((start, match.start()))
            start, length = match.start(), 0.0
        length += advance
    return [*lines, (start, len(text))] if start < len(text) or not lines else lines


# -------------------------------------------------------------------------------------------------- table


def _table(canvas: _Canvas, around: RowAround, highlight: bool) -> None:
    if around.caption:
        _paragraph(canvas, around.caption, BODY, INK, limit=2)
    if around.unit:
        _paragraph(canvas, around.unit, SMALL, PALE, limit=1)
    canvas.y += 6
    columns = _shown_columns(around)
    widths = _column_widths(around, columns)
    for row in around.header:
        _row(canvas, row, columns, widths, PALE, None)
    for number, row in enumerate(around.rows):
        marked = columns.index(around.column) if highlight and number == around.row else None
        _row(canvas, row, columns, widths, INK if number == around.row else PALE, marked)
    canvas.y += 8
    for note in around.notes[:2]:
        _paragraph(canvas, note, SMALL, PALE, limit=2)


def _shown_columns(around: RowAround) -> list[int]:
    """The stub, and as many columns around the figure's as fit."""
    count = max(len(row) for row in (*around.header, *around.rows))
    if count <= MOST_COLUMNS:
        return list(range(count))
    first = min(max(1, around.column - MOST_COLUMNS // 2), count - MOST_COLUMNS + 1)
    return [0, *range(first, first + MOST_COLUMNS - 1)]


def _column_widths(around: RowAround, columns: list[int]) -> list[float]:
    """Widths that fill the sheet: by the longest text of each column, none below a minimum."""
    rows = (*around.header, *around.rows)
    longest = [max(font(SMALL).getlength(_cell(row, column)) for row in rows) for column in columns]
    wanted = [min(max(length, 48.0), 320.0) + 2 * CELL_PAD for length in longest]
    factor = (WIDTH - 2 * EDGE) / sum(wanted)
    return [width * factor for width in wanted]


def _row(
    canvas: _Canvas,
    row: tuple[str, ...],
    columns: list[int],
    widths: list[float],
    colour: Colour,
    marked: int | None,
) -> None:
    cells = [_cell(row, column) for column in columns]
    broken = [
        wrapped(cell, SMALL, width - 2 * CELL_PAD)[:4] for cell, width in zip(cells, widths, strict=True)
    ]
    height = max(len(lines) for lines in broken) * SMALL * LEADING + CELL_PAD
    left: float = EDGE
    for number, (cell, lines, width) in enumerate(zip(cells, broken, widths, strict=True)):
        box = (left, canvas.y, left + width, canvas.y + height)
        canvas.draw.rectangle(box, outline=RULE)
        if number == marked:
            inner = (box[0] + 3, box[1] + 3, box[2] - 3, box[3] - 3)
            canvas.mark(inner)
        for count, (start, end) in enumerate(lines):
            place = (left + CELL_PAD, canvas.y + CELL_PAD / 2 + 2 + count * SMALL * LEADING)
            _write(canvas, place, cell[start:end], SMALL, colour)
        left += width
    canvas.y += height


def _cell(row: tuple[str, ...], column: int) -> str:
    return " ".join(row[column].split()) if column < len(row) else ""


@lru_cache(maxsize=8)
def font(size: int) -> ImageFont.FreeTypeFont:
    """The package's own font, so that pictures are the same on every machine."""
    return ImageFont.truetype(str(FONT), size, layout_engine=ImageFont.Layout.BASIC)
