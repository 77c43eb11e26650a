"""The process that renders pages of one untrusted PDF (started by ``pdf_pictures``, never by hand).

Reads a job from standard input (8 bytes of length, JSON, then the document to the end) and answers on standard
output, for every region: one line of JSON, then the bytes of two PNG images. Works under the limits that it sets
for itself before it opens the document; whatever the document does, only this process pays.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageChops, ImageDraw

LENGTH = struct.Struct("!Q")
WIDTH = 900  #: pixels of the page's width, at most
THUMBNAIL = 220  #: pixels of the small whole page, longest side 1.6 times that
MOST_PIXELS = 4_000_000
MOST_BYTES = 80_000
ABOVE, BELOW = 130.0, 90.0  #: points shown above and below the figure
MARGIN = 3.0  #: points between figure and frame
FRAME = (200, 30, 30)
FILL = (255, 236, 130)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Limits:
    """Limits of one rendering process."""

    memory_bytes: int = 1024 * 1024 * 1024
    cpu_seconds: int = 60


def confine(limits: Limits) -> None:
    """Limit memory, processor time, written files and core dumps of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """One job from standard input to standard output."""
    (length,) = LENGTH.unpack(sys.stdin.buffer.read(LENGTH.size))
    job = json.loads(sys.stdin.buffer.read(length))
    confine(Limits(job["memory_bytes"], job["cpu_seconds"]))
    data = sys.stdin.buffer.read()
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as fault:
        for _ in job["regions"]:
            _answer(b"", b"", f"the document cannot be opened: {fault}")
        return
    for number, box in job["regions"]:
        try:
            image, page = render(document, number, tuple(box))
        except (pypdfium2.PdfiumError, ValueError, MemoryError, IndexError) as fault:
            _answer(b"", b"", f"page {number} cannot be rendered: {type(fault).__name__}: {fault}")
        else:
            _answer(packed(image), packed(page), "")


def _answer(image: bytes, page: bytes, fault: str) -> None:
    head = {"image": len(image), "page": len(page), "fault": fault}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + image + page)
    sys.stdout.buffer.flush()


def render(document: Any, number: int, box: Box, highlight: bool = True) -> tuple[Image.Image, Image.Image]:
    """The strip of the page around ``box`` and the whole page in small, the box framed in both.

    ``document``: a pypdfium2 PdfDocument; ``number`` from 1; ``box``: x0, top, x1, bottom in points from the
    upper left corner of the page's media box, as pdfplumber counts. ``highlight=False`` leaves the frame out.

    :raises ValueError: for a page that does not exist, or a box that is not on it.
    """
    if not 1 <= number <= len(document):
        raise ValueError(f"the document has {len(document)} pages")
    page = document[number - 1]
    try:
        width, height = page.get_size()
        right, down = _offset(page)
        x0, top, x1, bottom = box[0] - right, box[1] - down, box[2] - right, box[3] - down
        if not (-1 <= x0 < x1 <= width + 1 and -1 <= top < bottom <= height + 1):
            raise ValueError(f"the place {box} lies outside the page of {width:g} × {height:g} points")
        above, below = max(0.0, top - ABOVE), min(height, bottom + BELOW)
        scale = min(WIDTH / width, (MOST_PIXELS / (width * (below - above))) ** 0.5)
        strip = _bitmap(page, scale, (0, height - below, 0, above))
        small = min(THUMBNAIL / width, 1.6 * THUMBNAIL / height)
        whole = _bitmap(page, small, (0, 0, 0, 0))
    finally:
        page.close()
    if highlight:
        strip = framed(strip, scaled((x0, top - above, x1, bottom - above), scale), 2)
        whole = framed(whole, scaled((x0, top, x1, bottom), small), 2)
    return strip, whole


def _bitmap(page: Any, scale: float, crop: Box) -> Image.Image:
    image: Image.Image = page.render(scale=scale, crop=crop, draw_annots=False, may_draw_forms=False).to_pil()
    return image.convert("RGB")


def _offset(page: Any) -> tuple[float, float]:
    """What the visible part of the page (its crop box) leaves out of the media box at the left and at the top."""
    media, crop = page.get_mediabox(), page.get_cropbox()
    left, bottom = max(0.0, crop[0] - media[0]), max(0.0, crop[1] - media[1])
    right, top = max(0.0, media[2] - crop[2]), max(0.0, media[3] - crop[3])
    return {0: (left, top), 90: (bottom, left), 180: (right, bottom), 270: (top, right)}[
        page.get_rotation() % 360
    ]


def scaled(box: Box, scale: float) -> Box:
    """The box in pixels, with ``MARGIN`` points around it, at least two pixels."""
    x0, top, x1, bottom = (edge * scale for edge in box)
    margin = max(MARGIN * scale, 2.0)
    return x0 - margin, top - margin, x1 + margin, bottom + margin


def framed(image: Image.Image, box: Box, line: int) -> Image.Image:
    """The image with the box tinted, so that what is printed stays readable, and framed."""
    corners = [round(edge) for edge in box]
    tint = Image.new("RGB", image.size, (255, 255, 255))
    ImageDraw.Draw(tint).rectangle(corners, fill=FILL)
    marked = ImageChops.multiply(image, tint)
    ImageDraw.Draw(marked).rectangle(corners, outline=FRAME, width=line)
    return marked


def packed(image: Image.Image) -> bytes:
    """A PNG of few colours and at most ``MOST_BYTES``; a page full of photographs loses size for that."""
    for colours in (32, 12, 6):
        data = _png(image.quantize(colours, method=Image.Quantize.FASTOCTREE))
        if len(data) <= MOST_BYTES:
            return data
    half = image.resize((max(1, image.width * 2 // 3), max(1, image.height * 2 // 3)))
    return packed(half) if min(half.size) > 8 else data


def _png(image: Image.Image) -> bytes:
    stream = BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


if __name__ == "__main__":
    main()
