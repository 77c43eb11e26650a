"""Pages and what is drawn on them from pdfium, in the terms of pdfplumber, an order of magnitude faster.

pdfplumber stays the reader of record: ``pdf.PdfFile`` decides which pages are served this way, and tests compare both
readers over all documents at hand. Shapes are taken from path segments with their matrix; characters: ``pdfium_text``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

from prosperity.extract.edges import WHITE, Shape
from prosperity.extract.pdfium_text import Unlike

Matrix = tuple[float, float, float, float, float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
MAXIMUM_DEPTH = 8  #: of forms within forms


def simple_page(page: Any) -> tuple[float, float]:
    """Width and height of a page whose coordinates both readers count alike.

    :raises Unlike: the page is rotated, or its boxes do not begin at the origin or differ.
    """
    import pypdfium2.raw as raw

    box = page.get_mediabox()
    if raw.FPDFPage_GetRotation(page.raw) or box[0] or box[1] or page.get_cropbox() != box:
        raise Unlike("rotated, or its boxes are not alike")
    return float(box[2]), float(box[3])


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
