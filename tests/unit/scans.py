"""Scans made from documents with characters: the upper part of a page as a picture, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pypdfium2
from PIL import Image

SAMPLES = Path(__file__).resolve().parents[2] / "src/prosperity/sample/pdf"
DOTS_PER_INCH = 200


class Sheet(NamedTuple):
    """One page of a sample document, fed askew by so many degrees, of which the upper share is kept."""

    document: str
    page: int
    askew: float = 0.0
    share: float = 1.0


def scanned(sheets: Sequence[Sheet]) -> bytes:
    """A PDF whose pages are grey pictures."""
    pictures = [_picture(sheet) for sheet in sheets]
    stream = BytesIO()
    pictures[0].save(stream, "PDF", resolution=DOTS_PER_INCH, save_all=True, append_images=pictures[1:])
    return stream.getvalue()


def _picture(sheet: Sheet) -> Image.Image:
    document = pypdfium2.PdfDocument(SAMPLES / sheet.document)
    drawn: Image.Image = document[sheet.page - 1].render(scale=DOTS_PER_INCH / 72).to_pil().convert("L")
    document.close()
    turned = drawn.rotate(sheet.askew, fillcolor=255, resample=Image.Resampling.BICUBIC)
    return turned.crop((0, 0, turned.width, round(turned.height * sheet.share)))
