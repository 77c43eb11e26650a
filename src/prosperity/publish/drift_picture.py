"""Two layouts side by side: the last good document and the one that is different, with what changed written above.

What belongs here: putting pictures together. What does not: rendering pages (``pdf_pictures``), drawing archived text
(``evidence_picture``), finding changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw

from prosperity.publish.evidence_picture import BODY, EDGE, LEADING, font, wrapped
from prosperity.publish.model import Picture

INK, PALE, RULE, PAPER = (24, 28, 34), (112, 118, 128), (170, 176, 186), (255, 255, 255)
COLUMN = 860  #: pixels of each side
TALLEST = 2400
MOST_LINES = 20


def side_by_side(old: Picture, new: Picture, titles: tuple[str, str], lines: Sequence[str]) -> bytes:
    """A PNG: ``lines`` (what changed) above, under them both pictures, each with its title; a picture that cannot
    be had is replaced by its reason."""
    width = 2 * COLUMN + 3 * EDGE
    sheet = Image.new("RGB", (width, TALLEST), PAPER)
    draw = ImageDraw.Draw(sheet)
    y = float(EDGE)
    for line in lines[:MOST_LINES]:
        y = _text(draw, line, EDGE, y, width - 2 * EDGE, INK)
    if len(lines) > MOST_LINES:
        y = _text(draw, f"… and {len(lines) - MOST_LINES} more", EDGE, y, width - 2 * EDGE, PALE)
    y += EDGE / 2
    ends = []
    for number, (picture, title) in enumerate(zip((old, new), titles, strict=True)):
        left = EDGE + number * (COLUMN + EDGE)
        top = _text(draw, title, left, y, COLUMN, PALE)
        if picture.fault or not picture.image:
            ends.append(_text(draw, picture.fault or "nothing to show", left, top, COLUMN, INK))
            continue
        image = _fitted(picture.image, int(TALLEST - top - EDGE))
        sheet.paste(image, (left, round(top)))
        draw.rectangle((left, top, left + image.width - 1, top + image.height - 1), outline=RULE)
        ends.append(top + image.height)
    stream = BytesIO()
    sheet.crop((0, 0, width, min(TALLEST, round(max(ends)) + EDGE))).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _fitted(data: bytes, height: int) -> Image.Image:
    image = Image.open(BytesIO(data)).convert("RGB")
    factor = min(COLUMN / image.width, max(height, 1) / image.height)
    return image.resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))))


def _text(
    draw: ImageDraw.ImageDraw, text: str, x: float, y: float, width: float, colour: tuple[int, int, int]
) -> float:
    for start, end in wrapped(text, BODY, width):
        draw.text((x, y), text[start:end].rstrip(), font=font(BODY), fill=colour)
        y += BODY * LEADING
    return y
