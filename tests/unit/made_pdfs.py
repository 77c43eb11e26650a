"""Small PDFs made for the tests of extraction: what is drawn is what must be read."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.0, 842.0
MICRO_HEI = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")


@cache
def chinese_font() -> str:
    """WenQuanYi Micro Hei where installed, else the font that readers bring along."""
    if MICRO_HEI.is_file():
        pdfmetrics.registerFont(TTFont("Chinese", str(MICRO_HEI), subfontIndex=0))
        return "Chinese"
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def made(draw: Callable[[Sheet], None], **options: Any) -> bytes:
    """The PDF that ``draw`` draws; ``options`` go to reportlab's Canvas."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=1, **options)
    draw(Sheet(canvas, chinese_font()))
    canvas.save()
    return buffer.getvalue()


class Sheet:
    """Drawing with the origin at the upper left, as the results are given."""

    def __init__(self, canvas: Canvas, font: str) -> None:
        self.canvas, self.font = canvas, font

    def text(self, x: float, baseline: float, text: str, size: float = 10) -> float:
        """Write; returns the x position behind the text."""
        self.canvas.setFont(self.font, size)
        self.canvas.drawString(x, HEIGHT - baseline, text)
        return x + float(pdfmetrics.stringWidth(text, self.font, size))

    def centred(self, x: float, baseline: float, text: str, size: float = 10) -> None:
        self.text(x - pdfmetrics.stringWidth(text, self.font, size) / 2, baseline, text, size)

    def justified(self, x0: float, x1: float, baseline: float, text: str, size: float = 14) -> None:
        """A full line: blanks between the characters widened or narrowed until it ends at x1."""
        natural = pdfmetrics.stringWidth(text, self.font, size)
        spacing = (x1 - x0 - natural) / (len(text) - 1)
        assert abs(spacing) < 0.2 * size, f"{text!r} is {natural} wide, for {x1 - x0}"
        self.canvas.setFont(self.font, size)
        self.canvas.drawString(x0, HEIGHT - baseline, text, charSpace=spacing)

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.6) -> None:
        self.canvas.setLineWidth(width)
        self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    def rule(self, x0: float, x1: float, y: float, width: float = 0.6) -> None:
        self.line(x0, y, x1, y, width)

    def row(self, columns: Sequence[float], baseline: float, texts: Sequence[str], size: float = 10) -> None:
        for x, text in zip(columns, texts, strict=True):
            self.centred(x, baseline, text, size)

    def grid(
        self, xs: Sequence[float], top: float, rows: Sequence[Sequence[str]], height: float = 20
    ) -> None:
        """A fully ruled table without merged cells."""
        bottom = top + height * len(rows)
        for x in xs:
            self.line(x, top, x, bottom)
        for number in range(len(rows) + 1):
            self.rule(xs[0], xs[-1], top + number * height)
        middles = [(a + b) / 2 for a, b in pairwise(xs)]
        for number, row in enumerate(rows):
            self.row(middles, top + number * height + 14, row)

    def page(self) -> None:
        self.canvas.showPage()


def by_hand(objects: Sequence[bytes]) -> bytes:
    """A PDF from the bodies of its objects (the first is the catalogue), with its cross-reference table."""
    out = BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def with_content(content: bytes, more: bytes = b"") -> bytes:
    """One page with this content stream (as it stands; ``more``: further entries of its dictionary)."""
    return by_hand(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
            b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), more, content),
        ]
    )


@cache
def deflated(megabytes: int, times: int = 1) -> bytes:
    """So many megabytes of blanks, deflated ``times`` times (after a full flush a block can be repeated)."""
    block = b" " * 2**20
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(megabytes):
        check = zlib.adler32(block, check)
    packed = b"\x78\xda" + piece * megabytes + packer.flush() + check.to_bytes(4, "big")
    for _ in range(times - 1):
        packed = zlib.compress(packed, 9)
    return packed


def image_only() -> bytes:
    """A scan: a page with a picture and no characters."""
    from PIL import Image

    picture = BytesIO()
    Image.new("L", (64, 64), 128).save(picture, "PNG")
    picture.seek(0)
    return made(lambda sheet: sheet.canvas.drawImage(ImageReader(picture), 50, 50, 400, 400))
