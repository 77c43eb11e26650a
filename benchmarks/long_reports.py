"""Synthetic long reports for measuring extraction: text, charts and tables on many pages, made with reportlab.

They are no publisher's documents. The numbers are drawn from a fixed seed; captions are 表 N-M, so that a benchmark can
ask for some of them.
"""

from __future__ import annotations

import random
from io import BytesIO

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
FONT = "STSong-Light"
SENTENCE = (
    "本页文字为测量解析速度而编写，并非任何机构发布的内容，其中出现的数字均为随机数，不代表任何实际情况。"
)
NAMES = (
    "信息服务",
    "互联网接入",
    "网络销售",
    "生活服务",
    "科技创新",
    "公共服务",
    "数据处理",
    "网络安全",
    "软件开发",
    "其他业务",
)


def long_report(pages: int, seed: int = 6) -> bytes:
    """A report of so many pages with a ruled, three-line or borderless table on two pages of three."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    chance = random.Random(seed)
    buffer = BytesIO()
    # reportlab writes streams as ASCII85 by default, which no publisher's software does.
    rl_config.useA85 = 0
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for number in range(1, pages + 1):
        _page(canvas, number, chance)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def caption(number: int) -> str:
    """Caption of the table on this page."""
    return f"表 {number // 20 + 1}-{number % 20 + 1}"


def _page(canvas: Canvas, number: int, chance: random.Random) -> None:
    canvas.setFont(FONT, 9)
    canvas.drawCentredString(WIDTH / 2, HEIGHT - 40, "合成的长报告（仅供测量）")
    canvas.drawCentredString(WIDTH / 2, 30, str(number))
    y = HEIGHT - 80.0
    y = _text(canvas, y, 6, chance)
    y = _table(canvas, y - 12, number, chance) if number % 3 else _text(canvas, y, 10, chance)
    _text(canvas, y - 20, max(0, int((y - 80) / 17)), chance)


def _text(canvas: Canvas, y: float, lines: int, chance: random.Random) -> float:
    canvas.setFont(FONT, 10.5)
    for _ in range(lines):
        start = chance.randrange(8)
        canvas.drawString(70, y, (SENTENCE * 2)[start : start + 42])
        y -= 17
    return y


def _table(canvas: Canvas, y: float, number: int, chance: random.Random) -> float:
    rows, columns = chance.randint(8, 18), chance.randint(4, 7)
    style = number % 4
    canvas.setFont(FONT, 10.5)
    canvas.drawCentredString(WIDTH / 2, y, f"{caption(number)} 各项业务的收入情况")
    canvas.setFont(FONT, 9)
    canvas.drawRightString(525, y - 14, "单位：亿元")
    top, left, right, step = y - 20, 70.0, 525.0, 16.0
    width = (right - left) / columns
    for row in range(rows + 1):
        base = top - 12 - row * step
        for column in range(columns):
            middle = left + (column + 0.5) * width
            if row == 0:
                text = "业务" if column == 0 else f"{2014 + column}年"
            elif column == 0:
                text = f"{NAMES[row % len(NAMES)]}{row}"
            else:
                text = f"{chance.uniform(1, 9999):,.1f}"
            canvas.drawCentredString(middle, base, text)
    bottom = top - (rows + 1) * step
    canvas.setLineWidth(0.5)
    heights = [top - step * row for row in range(rows + 2)]
    if style == 0:
        for height in heights:
            canvas.line(left, height, right, height)
        for column in range(columns + 1):
            canvas.line(left + column * width, top, left + column * width, bottom)
    elif style in (1, 2):
        for height in (heights[0], heights[1], heights[-1]):
            canvas.line(left, height, right, height)
    return bottom - 20
