"""Edges of what is drawn on a page, as pdfplumber's table finder takes them, without those nobody can see.

Word processors fill the background of every paragraph of a cell apart; the sides of such a rectangle, drawn on a
larger one of the same colour, are no rules.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from prosperity.extract.model import BBox

MANY = 4000  #: rectangles beyond which none is taken for hidden: a drawing, not a table
FLAT = 1.5  #: points by which a rule may be inclined
STROKES_OF_A_CHART = 3
POINTS_OF_A_CURVE = 24  #: a rounded box has fewer
EQUAL = 0.02  #: points
SLACK = 0.6  #: points by which a rectangle may stand out of the one that hides it


class Shape(NamedTuple):
    """A painted subpath: its points from the upper left of the page (end points only of curved pieces)."""

    points: tuple[tuple[float, float], ...]
    closed: bool
    curved: bool
    filled: bool
    stroked: bool
    colour: str  #: of what is filled and not stroked
    ink: str = ""  #: colour that is seen: of the filling, else of the stroke

    @property
    def bbox(self) -> BBox:
        xs = [x for x, _ in self.points]
        ys = [y for _, y in self.points]
        return min(xs), min(ys), max(xs), max(ys)


#: The colour of paper: what is filled with it is not seen.
WHITE = "white"


def colour_name(value: Any) -> str:
    """One name for a colour in any of pdfminer's forms: a number, a tuple of numbers, a pattern, None."""
    if isinstance(value, (int, float)):
        value = (value,)
    if isinstance(value, Iterable) and not isinstance(value, str):
        parts = list(value)
        if all(isinstance(part, (int, float)) for part in parts):
            whole = [round(float(part), 3) for part in parts]
            return (
                WHITE if whole in ([1.0], [1.0] * 3, [0.0] * 4) else "/".join(f"{part:g}" for part in whole)
            )
    return str(value)


def shapes_of(
    lines: Sequence[dict[str, Any]], rectangles: Sequence[dict[str, Any]], curves: Sequence[dict[str, Any]]
) -> list[Shape]:
    """pdfplumber's lines, rectangles and curves."""
    shapes = []
    for item in (*lines, *curves, *rectangles):
        colour = str(item["non_stroking_color"]) if item["fill"] and not item["stroke"] else ""
        points = tuple(item["pts"])
        curved = any(step[0] in "cvy" for step in item["path"] or ())
        closed = any(step[0] == "h" for step in item["path"] or ()) or item["object_type"] == "rect"
        ink = colour_name(item["non_stroking_color"] if item["fill"] else item["stroking_color"])
        shapes.append(Shape(points, closed, curved, bool(item["fill"]), bool(item["stroke"]), colour, ink))
    return shapes


def drawn_edges(shapes: Iterable[Shape]) -> tuple[list[dict[str, Any]], list[BBox]]:
    """Edges (dictionaries with x0, x1, top, bottom, width, height, orientation), and the boxes of strokes that
    are neither horizontal nor vertical: lines and curves of charts."""
    edges: list[dict[str, Any]] = []
    strokes: list[BBox] = []
    rectangles: list[Shape] = []
    for shape in shapes:
        if len(shape.points) >= POINTS_OF_A_CURVE:
            strokes += [shape.bbox] * STROKES_OF_A_CHART
        elif is_rectangle(shape):
            rectangles.append(shape)
        else:
            for (x0, y0), (x1, y1) in itertools.pairwise(shape.points):
                _add(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), edges, strokes)
    for shape in seen(rectangles):
        x0, top, x1, bottom = shape.bbox
        edges += [
            _edge(x0, top, x1, top, "h"),
            _edge(x0, bottom, x1, bottom, "h"),
            _edge(x0, top, x0, bottom, "v"),
            _edge(x1, top, x1, bottom, "v"),
        ]
    return edges, strokes


def _add(
    x0: float, top: float, x1: float, bottom: float, edges: list[dict[str, Any]], strokes: list[BBox]
) -> None:
    width, height = x1 - x0, bottom - top
    if width > FLAT and height > FLAT:
        strokes.append((x0, top, x1, bottom))
    else:
        edges.append(_edge(x0, top, x1, bottom, "h" if width > height else "v"))


def _edge(x0: float, top: float, x1: float, bottom: float, orientation: str) -> dict[str, Any]:
    return {
        "x0": x0, "x1": x1, "top": top, "bottom": bottom, "width": x1 - x0, "height": bottom - top,
        "orientation": orientation, "object_type": "line",
    }  # fmt: skip


def is_rectangle(shape: Shape) -> bool:
    """Four corners, sides along the axes, closed (or filled, which closes it)."""
    points = shape.points
    if shape.curved or not 4 <= len(points) <= 5 or (len(points) == 5 and not _same(points[4], points[0])):
        return False
    if len(points) == 4 and not (shape.closed or shape.filled):
        return False
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points[:4]
    upright = abs(ax - bx) + abs(by - cy) + abs(cx - dx) + abs(dy - ay)
    lying = abs(ay - by) + abs(bx - cx) + abs(cy - dy) + abs(dx - ax)
    return min(upright, lying) < EQUAL


def _same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) + abs(one[1] - other[1]) < EQUAL


def seen(rectangles: Sequence[Shape]) -> list[Shape]:
    """The rectangles without those filled only, in the colour of a larger one that holds them."""
    if len(rectangles) > MANY:
        return list(rectangles)
    fills: dict[str, list[BBox]] = defaultdict(list)
    for shape in rectangles:
        if shape.filled and not shape.stroked:
            fills[shape.colour].append(shape.bbox)
    for group in fills.values():
        group.sort(key=lambda box: box[1])
    return [
        shape
        for shape in rectangles
        if shape.stroked or not shape.filled or not _hidden(shape.bbox, fills[shape.colour])
    ]


def _hidden(box: BBox, same: Iterable[BBox]) -> bool:
    area = 1.05 * (box[2] - box[0]) * (box[3] - box[1])
    for x0, top, x1, bottom in same:
        if top > box[1] + SLACK:
            return False
        if (
            bottom >= box[3] - SLACK
            and x0 <= box[0] + SLACK
            and x1 >= box[2] - SLACK
            and (x1 - x0) * (bottom - top) > area
        ):
            return True
    return False


def crossed(box: Sequence[float], strokes: Iterable[BBox]) -> bool:
    """Whether slanted strokes run through the box: a chart, not a table."""
    x0, top, x1, bottom = box
    inside = 0
    for stroke in strokes:
        inside += stroke[0] < x1 and stroke[2] > x0 and stroke[1] < bottom and stroke[3] > top
        if inside >= STROKES_OF_A_CHART:
            return True
    return False
