"""Pages and what is drawn on them from pdfium, in the terms of pdfplumber, an order of magnitude faster.

pdfplumber stays the reader of record: ``pdf.PdfFile`` decides which pages are served this way, and tests compare both
readers over all documents at hand. Shapes are taken from path segments with their matrix; characters: ``pdfium_text``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

from prosperity.extract.edges import WHITE, Shape
from prosperity.extract.pdfium_calls import direct, objects_of, pointer
from prosperity.extract.pdfium_text import Characters, Unlike, characters_on

Matrix = tuple[float, float, float, float, float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
MAXIMUM_DEPTH = 8  #: of forms within forms
BYTES_OF_A_CHARACTER = 24
BYTES_OF_A_POINT = 120
BYTES_OF_A_SHAPE = 250


class Drawn(NamedTuple):
    """All that is read from one page: its size in points, its characters, its painted subpaths."""

    width: float
    height: float
    characters: Characters
    shapes: list[Shape]

    @property
    def bytes(self) -> int:
        """Memory taken, about."""
        points = sum(len(shape.points) for shape in self.shapes)
        drawn = BYTES_OF_A_SHAPE * len(self.shapes) + BYTES_OF_A_POINT * points
        return BYTES_OF_A_CHARACTER * len(self.characters.text) + drawn


def drawn_on(page: Any, text_page: Any, text: str) -> Drawn:
    """``text``: what ``get_text_range`` gives for the text page.

    :raises Unlike: the page is rotated, or its boxes do not begin at the origin or differ.
    """
    width, height = _simple_page(page)
    return Drawn(width, height, characters_on(text_page, text), _shapes_on(page, height))


def _simple_page(page: Any) -> tuple[float, float]:
    """Width and height of a page whose coordinates both readers count alike."""
    import pypdfium2.raw as raw

    box = page.get_mediabox()
    if raw.FPDFPage_GetRotation(page.raw) or box[0] or box[1] or page.get_cropbox() != box:
        raise Unlike("rotated, or its boxes are not alike")
    return float(box[2]), float(box[3])


# ------------------------------------------------------------------------------------------------ shapes


def _shapes_on(page: Any, height: float) -> list[Shape]:
    """Painted subpaths of the page, those within forms included."""
    shapes: list[Shape] = []
    _collect(pointer(page.raw), IDENTITY, height, shapes, 0)
    return shapes


def _collect(holder: ctypes.c_void_p, outer: Matrix, height: float, shapes: list[Shape], depth: int) -> None:
    import pypdfium2.raw as raw

    for item, kind in objects_of(holder, is_form=depth > 0):
        if kind == raw.FPDF_PAGEOBJ_PATH:
            shapes += _shapes_of(item, _times(_matrix_of(item), outer), height)
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAXIMUM_DEPTH:
            _collect(item, _times(_matrix_of(item), outer), height, shapes, depth + 1)


def _matrix_of(item: ctypes.c_void_p) -> Matrix:
    import pypdfium2.raw as raw

    matrix = raw.FS_MATRIX()
    direct("FPDFPageObj_GetMatrix")(item, ctypes.byref(matrix))
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    if outer == IDENTITY:
        return inner
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _shapes_of(item: ctypes.c_void_p, matrix: Matrix, height: float) -> Iterator[Shape]:
    import pypdfium2.raw as raw

    fill_mode, is_stroked = ctypes.c_int(), ctypes.c_int()
    direct("FPDFPath_GetDrawMode")(item, ctypes.byref(fill_mode), ctypes.byref(is_stroked))
    filled, stroked = fill_mode.value != 0, bool(is_stroked.value)
    if not filled and not stroked:
        return
    ink = _ink(item, filled)
    colour = ink if filled and not stroked else ""
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    x_place, y_place = ctypes.byref(x), ctypes.byref(y)
    segment_at = direct("FPDFPath_GetPathSegment", ctypes.c_void_p)
    type_of, point_of = direct("FPDFPathSegment_GetType"), direct("FPDFPathSegment_GetPoint")
    closes = direct("FPDFPathSegment_GetClose")
    points: list[tuple[float, float]] = []
    curved = 0
    bezier = closed = False
    for index in range(direct("FPDFPath_CountSegments")(item)):
        segment = ctypes.c_void_p(segment_at(item, index))
        kind = type_of(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield Shape(tuple(points), closed, bezier, filled, stroked, colour, ink)
            points, curved, bezier, closed = [], 0, False, False
        elif kind == raw.FPDF_SEGMENT_BEZIERTO:
            bezier, curved = True, curved + 1
            if curved % 3:
                continue
        point_of(segment, x_place, y_place)
        points.append((a * x.value + c * y.value + e, height - (b * x.value + d * y.value + f)))
        closed = closed or bool(closes(segment))
    if len(points) > 1:
        yield Shape(tuple(points), closed, bezier, filled, stroked, colour, ink)


def _ink(item: ctypes.c_void_p, filled: bool) -> str:
    parts = [ctypes.c_uint() for _ in range(4)]
    ask = direct("FPDFPageObj_GetFillColor" if filled else "FPDFPageObj_GetStrokeColor")
    ask(item, *(ctypes.byref(part) for part in parts))
    values = [part.value for part in parts]
    return WHITE if values[:3] == [255] * 3 else ",".join(str(value) for value in values)
