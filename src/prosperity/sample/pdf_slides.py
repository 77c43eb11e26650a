"""Slide decks with charts as vectors, drawn with reportlab (development only).

What belongs here: appearance. What does not: any figure or sentence (``pdf_decks``). Charts are drawn as
presentation programs do: bars as rectangles, the labels of all kinds one after another in the text layer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from prosperity.sample.figures import PACKAGE
from prosperity.sample.model import NOTICE_EN, NOTICE_ZH

#: The unhinted subset that the evidence pictures use: a third of the size of what Debian's font gives.
FONT_FILE = PACKAGE.parent / "publish" / "fonts" / "WenQuanYiMicroHei-subset.ttf"
FONT = "WQYMicroHeiSlides"

WIDTH, HEIGHT = 720.0, 405.0
MARGIN = 40.0
BLUE, ORANGE, GREY, PALE = (0.18, 0.4, 0.7), (0.93, 0.49, 0.19), (0.65, 0.65, 0.65), (0.85, 0.85, 0.85)
Value = str | None


@dataclass(frozen=True)
class Chart:
    """Bars with values, and a line of growth rates in percent over them; None where no figure is known."""

    title: str
    categories: Sequence[str]
    bars: Sequence[Value]
    bar_name: str
    line: Sequence[Value] = ()
    line_name: str = ""
    ticks: bool = True
    cut: bool = False  #: the foot of the bars is cut off: heights are not in proportion

    @property
    def has_line(self) -> bool:
        """One point makes no line."""
        return sum(point is not None for point in self.line) > 1


def register_font() -> None:
    """:raises OSError: where the file of the font is missing."""
    if FONT not in getRegisteredFontNames():
        font = TTFont(FONT, str(FONT_FILE), asciiReadable=0)
        font.face.name = FONT.encode()  # reportlab takes fonts with one face name for the same font
        registerFont(font)


@dataclass
class Deck:
    """A deck under construction; drawing happens on ``write``."""

    title: str
    slides: list[Slide] = field(default_factory=list)

    def slide(self, heading: str) -> Slide:
        self.slides.append(Slide(heading))
        return self.slides[-1]

    def write(self, path: Path | str | Any) -> None:
        register_font()
        target = str(path) if isinstance(path, Path) else path
        canvas = Canvas(target, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1)
        canvas.setTitle(self.title)
        canvas.setAuthor("sample")
        canvas.setSubject(NOTICE_EN)
        for number, slide in enumerate(self.slides, start=1):
            slide.draw(canvas, number)
            canvas.showPage()
        canvas.save()


@dataclass
class Slide:
    heading: str
    cover: bool = False
    sentences: list[str] = field(default_factory=list)
    chart: Chart | None = None
    pie: Sequence[tuple[str, str]] = ()  #: label, share in percent, in drawing order
    table: Sequence[Sequence[str]] = ()
    footnote: str = ""
    arrow: str = ""  #: a text whose sign is only in the arrow beside it

    def draw(self, canvas: Canvas, number: int) -> None:
        text(canvas, MARGIN, 52, self.heading, 26 if self.cover else 22)
        y = 96.0
        for sentence in self.sentences:
            for line in wrapped(sentence, 15, WIDTH - 2 * MARGIN):
                text(canvas, MARGIN, y, line, 15)
                y += 22
            y += 12
        if self.chart:
            top = max(y + 30, 150)
            draw_chart(canvas, self.chart, 90, top, 460, min(145, 322 - top))
        if self.pie:
            draw_pie(canvas, self.pie, 590, 255)
        if self.table:
            draw_table(canvas, self.table, y)
        if self.arrow:
            triangle(canvas, 640, 120)
            text(canvas, 590, 126, self.arrow, 12)
        if self.footnote:
            text(canvas, MARGIN, 366, self.footnote, 10)
        for height, words in ((384, NOTICE_ZH), (393, NOTICE_EN)):
            text(canvas, WIDTH / 2 - stringWidth(words, FONT, 6) / 2, height, words, 6, 0.4)
        text(canvas, WIDTH - MARGIN, 393, str(number), 9, 0.4)


def wrapped(sentence: str, size: float, width: float) -> list[str]:
    """Lines as full as they can be; no line begins with a closing sign, no number or word is broken."""
    lines, line = [], ""
    for piece in _pieces(sentence):
        if line and stringWidth(line + piece, FONT, size) > width and piece not in "，。；、）":
            lines.append(line)
            line = ""
        line += piece
    return [*lines, line]


def _pieces(sentence: str) -> list[str]:
    pieces: list[str] = []
    for character in sentence:
        joined = pieces and character.isascii() and pieces[-1][-1].isascii()
        if joined:
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def text(canvas: Canvas, x: float, baseline: float, words: str, size: float, grey: float = 0.0) -> None:
    canvas.setFont(FONT, size)
    canvas.setFillGray(grey)
    canvas.drawString(x, HEIGHT - baseline, words)


def centred(canvas: Canvas, x: float, baseline: float, words: str, size: float) -> None:
    text(canvas, x - stringWidth(words, FONT, size) / 2, baseline, words, size)


def nice(step: float) -> float:
    """1, 2 or 5 times a power of ten, not less than ``step``."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step - 1e-9)


def draw_chart(canvas: Canvas, chart: Chart, x: float, top: float, width: float, height: float) -> None:
    """The drawing goes from ``top`` to ``top + height``; title above, categories and legend below."""
    middle = x + width / 2
    width = min(width, 130.0 * len(chart.categories))
    x = middle - width / 2
    base, pitch = top + height, width / len(chart.categories)
    centres = [x + pitch * (number + 0.5) for number in range(len(chart.categories))]
    canvas.setLineWidth(0.5)
    if chart.ticks:
        for share in range(6):
            canvas.setStrokeColorRGB(*PALE)
            level = HEIGHT - base + height * share / 5
            canvas.line(x, level, x + width, level)
    tops = _bars(canvas, chart, centres, base, 0.52 * height, min(0.45 * pitch, 50))
    corners = _line(canvas, chart, centres, base, height)
    for (centre, level), value in zip(tops, [bar for bar in chart.bars if bar], strict=True):
        centred(canvas, centre, level - 3, value, 9)
    for centre, level, value in corners:
        centred(canvas, centre, level - 5, f"{value}%", 9)
    if chart.ticks:
        _ticks(canvas, chart, x, base, width, height)
    for centre, category in zip(centres, chart.categories, strict=True):
        centred(canvas, centre, base + 13, category, 9)
    centred(canvas, x + width / 2, top - 12, chart.title, 11)
    _legend(canvas, chart, x + width / 2 - 90, base + 30)


def _bars(
    canvas: Canvas, chart: Chart, centres: Sequence[float], base: float, room: float, width: float
) -> list[tuple[float, float]]:
    """Draws the bars; gives centre and top of each."""
    known = [float(value) for value in chart.bars if value]
    foot = 0.6 * min(known) if chart.cut else 0.0
    tops = []
    canvas.setFillColorRGB(*BLUE)
    for centre, value in zip(centres, chart.bars, strict=True):
        if value:
            tall = room * (float(value) - foot) / (max(known) - foot)
            canvas.rect(centre - width / 2, HEIGHT - base, width, tall, stroke=0, fill=1)
            tops.append((centre, base - tall))
    return tops


def _percent_scale(chart: Chart) -> tuple[float, float]:
    """Lowest value and range of the second axis: the line runs in the upper third of the drawing."""
    known = [float(value) for value in chart.line if value]
    spread = max(max(known) - min(known), 10.0)
    return min(known) - spread * 0.7 / 0.22, spread / 0.22


def _line(
    canvas: Canvas, chart: Chart, centres: Sequence[float], base: float, height: float
) -> list[tuple[float, float, str]]:
    if not chart.has_line:
        return []
    low, full = _percent_scale(chart)
    points = [
        (centre, base - height * (float(value) - low) / full, value)
        for centre, value in zip(centres, chart.line, strict=True) if value
    ]  # fmt: skip
    canvas.setStrokeColorRGB(*ORANGE)
    canvas.setLineWidth(1.5)
    path = canvas.beginPath()
    path.moveTo(points[0][0], HEIGHT - points[0][1])
    for centre, level, _ in points[1:]:
        path.lineTo(centre, HEIGHT - level)
    canvas.drawPath(path, stroke=1, fill=0)
    return points


def _ticks(canvas: Canvas, chart: Chart, x: float, base: float, width: float, height: float) -> None:
    highest = max(float(value) for value in chart.bars if value) / 0.52
    step = nice(highest / 6)
    for number in range(int(highest / step) + 1):
        label = f"{number * step:.2f}" if step < 10 else f"{number * step:.0f}"
        level = base - height * number * step / highest
        text(canvas, x - 8 - stringWidth(label, FONT, 8), level + 3, label, 8)
    if chart.has_line:
        low, full = _percent_scale(chart)
        step = nice(full / 7)
        for number in range(math.ceil(low / step), math.floor((low + full) / step) + 1):
            level = base - height * (number * step - low) / full
            text(canvas, x + width + 8, level + 3, f"{number * step:.1f}%", 8)


def _legend(canvas: Canvas, chart: Chart, x: float, y: float) -> None:
    canvas.setFillColorRGB(*BLUE)
    canvas.rect(x, HEIGHT - y, 7, 7, stroke=0, fill=1)
    text(canvas, x + 11, y, chart.bar_name, 9)
    if chart.has_line:
        x += 40 + stringWidth(chart.bar_name, FONT, 9)
        canvas.setStrokeColorRGB(*ORANGE)
        canvas.setLineWidth(1.5)
        canvas.line(x, HEIGHT - y + 3, x + 18, HEIGHT - y + 3)
        text(canvas, x + 22, y, chart.line_name, 9)


def draw_pie(canvas: Canvas, parts: Sequence[tuple[str, str]], x: float, y: float) -> None:
    """Shares first, names after, as the text layer of such a slide has them."""
    start, middles = 90.0, []
    total = sum(float(share) for _, share in parts)
    for (_, share), colour in zip(parts, (BLUE, ORANGE, GREY), strict=False):
        extent = -360 * float(share) / total
        canvas.setFillColorRGB(*colour)
        canvas.wedge(x - 60, HEIGHT - y - 60, x + 60, HEIGHT - y + 60, start, extent, stroke=0, fill=1)
        middles.append(math.radians(start + extent / 2))
        start += extent
    for (_, share), angle in zip(parts, middles, strict=True):
        centred(canvas, x + 75 * math.cos(angle), y - 75 * math.sin(angle), f"{share}%", 9)
    for (name, _), angle in zip(parts, middles, strict=True):
        centred(canvas, x + 40 * math.cos(angle), y - 40 * math.sin(angle), name, 9)


def draw_table(canvas: Canvas, rows: Sequence[Sequence[str]], top: float) -> None:
    """A ruled table; the first row is the header."""
    edges = [MARGIN + 40, MARGIN + 100, MARGIN + 300, MARGIN + 460, MARGIN + 580]
    height = 19.0
    canvas.setStrokeGray(0)
    canvas.setLineWidth(0.6)
    for number in range(len(rows) + 1):
        canvas.line(edges[0], HEIGHT - top - number * height, edges[-1], HEIGHT - top - number * height)
    for edge in edges:
        canvas.line(edge, HEIGHT - top, edge, HEIGHT - top - len(rows) * height)
    for number, row in enumerate(rows):
        for column, words in enumerate(row):
            middle = (edges[column] + edges[column + 1]) / 2
            centred(canvas, middle, top + number * height + 13, words, 10)


def triangle(canvas: Canvas, x: float, y: float) -> None:
    """An arrow downwards."""
    path = canvas.beginPath()
    path.moveTo(x, HEIGHT - y)
    path.lineTo(x + 10, HEIGHT - y)
    path.lineTo(x + 5, HEIGHT - y - 10)
    path.close()
    canvas.setFillColorRGB(0.1, 0.6, 0.3)
    canvas.drawPath(path, stroke=0, fill=1)
