"""Characters and drawn shapes of a page from pdfium, in the terms of pdfplumber, an order of magnitude faster.

pdfplumber stays the reader of record: ``pdf.PdfFile`` decides which pages are served this way, and tests compare both
readers over all documents at hand. What is taken from where, so that both agree: x from the advance width, the foot
of a character from the font's descent, its height from the font size, shapes from path segments with their matrix;
blanks and hyphens that pdfium adds of its own are left out.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

from prosperity.extract.edges import WHITE, Shape
from prosperity.extract.glyphs import Glyph, GlyphFilter, is_tilted

Matrix = tuple[float, float, float, float, float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
MAXIMUM_DEPTH = 8  #: of forms within forms
LEAST_BLANK = 0.15  #: character sizes
HYPHENS = (0x02, 0xFFFE)  #: what pdfium writes for a hyphen at the end of a line


class Unlike(Exception):
    """A page on which pdfium and pdfminer may differ: it must be read with pdfplumber."""


def simple_page(page: Any) -> tuple[float, float]:
    """Width and height of a page whose coordinates both readers count alike.

    :raises Unlike: the page is rotated, or its boxes do not begin at the origin or differ.
    """
    import pypdfium2.raw as raw

    box = page.get_mediabox()
    if raw.FPDFPage_GetRotation(page.raw) or box[0] or box[1] or page.get_cropbox() != box:
        raise Unlike("rotated, or its boxes are not alike")
    return float(box[2]), float(box[3])


def glyphs_on(page: Any, width: float, height: float) -> list[Glyph]:
    """The characters of the page by the rules of ``glyphs``.

    :raises Unlike: a character stands for more than one, or its font is unknown to pdfium.
    """
    import pypdfium2.raw as raw

    text_page = page.get_textpage()
    try:
        handle = text_page.raw
        box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        box_place, matrix_place = ctypes.byref(box), ctypes.byref(matrix)
        unicode_of, generated = raw.FPDFText_GetUnicode, raw.FPDFText_IsGenerated
        box_of, matrix_of, size_of = (
            raw.FPDFText_GetLooseCharBox,
            raw.FPDFText_GetMatrix,
            raw.FPDFText_GetFontSize,
        )
        chosen = GlyphFilter()
        before: Glyph | None = None
        blank = turned = False
        top, level, size = -1.0, 0.0, 0.0
        for index in range(raw.FPDFText_CountChars(handle)):
            code = unicode_of(handle, index)
            if code <= 32 and generated(handle, index):
                blank = code == 32
                continue
            if code == 0:
                continue
            if code in HYPHENS:
                code = 0x2D
            box_of(handle, index, box_place)
            left, right, foot = box.left, box.right, height - box.bottom
            if (
                box.top != top or foot != level
            ):  # else it stands in the line of the one before, and is as large
                top, level = box.top, foot
                matrix_of(handle, index, matrix_place)
                turned = bool(matrix.b) or matrix.d <= 0
                if not turned:
                    size = size_of(handle, index) * matrix.d
            if turned:
                top = -1.0
                if is_tilted(matrix.a, matrix.b):
                    continue
                if matrix.a or matrix.d:
                    raise Unlike("characters upside down")
                size = size_of(handle, index) * abs(matrix.c)
                left = right - size if matrix.b > 0 else left
                right = left + size
                size = box.top - box.bottom  # as pdfplumber counts it
            glyph = Glyph(chr(code), left, foot - size, right, foot, size)
            if before is not None and before.x0 == left and before.x1 == right and before.bottom == foot:
                chosen.extend(glyph.text)  # the letters of a ligature
                continue
            if not (0 <= left + right <= 2 * width and 0 <= 2 * foot - size <= 2 * height):
                continue
            if blank and before is not None and _is_gap(before, glyph):
                chosen.add(Glyph(" ", before.x1, before.top, before.x1, before.bottom, before.size))
            chosen.add(glyph)
            before, blank = glyph, False
        return chosen.glyphs
    finally:
        text_page.close()


def _is_gap(before: Glyph, glyph: Glyph) -> bool:
    """Whether a blank that pdfium puts between two letters can be seen: it replaces real ones by its own."""
    sides = before.text[-1] + glyph.text
    if not sides.isascii() or not any(side.isalpha() for side in sides):
        return False
    level = abs(before.bottom - glyph.bottom) < 0.5 * before.size
    return level and glyph.x0 - before.x1 > LEAST_BLANK * before.size


# ------------------------------------------------------------------------------------------------ shapes


def shapes_on(page: Any, height: float) -> list[Shape]:
    """Painted subpaths of the page, those within forms included."""
    import pypdfium2.raw as raw

    shapes: list[Shape] = []
    for index in range(max(0, raw.FPDFPage_CountObjects(page.raw))):
        _collect(raw.FPDFPage_GetObject(page.raw, index), IDENTITY, height, shapes, 0)
    return shapes


def _collect(item: Any, outer: Matrix, height: float, shapes: list[Shape], depth: int) -> None:
    import pypdfium2.raw as raw

    kind = raw.FPDFPageObj_GetType(item)
    if kind == raw.FPDF_PAGEOBJ_PATH:
        shapes += _shapes_of(item, _times(_matrix_of(item), outer), height)
    elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAXIMUM_DEPTH:
        inner = _times(_matrix_of(item), outer)
        for index in range(max(0, raw.FPDFFormObj_CountObjects(item))):
            _collect(raw.FPDFFormObj_GetObject(item, index), inner, height, shapes, depth + 1)


def _matrix_of(item: Any) -> Matrix:
    import pypdfium2.raw as raw

    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, ctypes.byref(matrix))
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    if outer == IDENTITY:
        return inner
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _shapes_of(item: Any, matrix: Matrix, height: float) -> Iterator[Shape]:
    import pypdfium2.raw as raw

    fill_mode, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, ctypes.byref(fill_mode), ctypes.byref(stroked))
    filled = fill_mode.value != 0
    if not filled and not stroked.value:
        return
    ink = _ink(item, filled)
    colour = ink if filled and not stroked.value else ""
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    x_place, y_place = ctypes.byref(x), ctypes.byref(y)
    points: list[tuple[float, float]] = []
    curved = 0
    bezier = closed = False
    for index in range(raw.FPDFPath_CountSegments(item)):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield Shape(tuple(points), closed, bezier, filled, bool(stroked.value), colour, ink)
            points, curved, bezier, closed = [], 0, False, False
        elif kind == raw.FPDF_SEGMENT_BEZIERTO:
            bezier, curved = True, curved + 1
            if curved % 3:
                continue
        raw.FPDFPathSegment_GetPoint(segment, x_place, y_place)
        points.append((a * x.value + c * y.value + e, height - (b * x.value + d * y.value + f)))
        closed = closed or bool(raw.FPDFPathSegment_GetClose(segment))
    if len(points) > 1:
        yield Shape(tuple(points), closed, bezier, filled, bool(stroked.value), colour, ink)


def _ink(item: Any, filled: bool) -> str:
    import pypdfium2.raw as raw

    parts = [ctypes.c_uint() for _ in range(4)]
    ask = raw.FPDFPageObj_GetFillColor if filled else raw.FPDFPageObj_GetStrokeColor
    ask(item, *(ctypes.byref(part) for part in parts))
    values = [part.value for part in parts]
    return WHITE if values[:3] == [255] * 3 else ",".join(str(value) for value in values)
