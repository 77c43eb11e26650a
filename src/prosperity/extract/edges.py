"""Edges of what is drawn on a page, as pdfplumber's table finder takes them, without those nobody can see.

Word processors fill the background of every paragraph of a cell apart; the sides of such a rectangle, drawn on a
larger one of the same colour, are no rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from prosperity.extract.model import BBox

Rectangle = dict[str, Any]

MANY = 4000  #: rectangles beyond which none is taken for hidden: a drawing, not a table
FLAT = 1.5  #: points by which a rule may be inclined
STROKES_OF_A_CHART = 3
POINTS_OF_A_CURVE = 24  #: a rounded box has fewer
SLACK = 0.6  #: points by which a rectangle may stand out of the one that hides it


def drawn_edges(
    lines: Sequence[Rectangle], rectangles: Sequence[Rectangle], curves: Sequence[Rectangle]
) -> tuple[list[dict[str, Any]], list[BBox]]:
    """Edges (dictionaries with x0, x1, top, bottom, width, height, orientation) of pdfplumber's objects, and the
    boxes of strokes that are neither horizontal nor vertical: lines and curves of charts."""
    from pdfplumber.utils import obj_to_edges

    edges: list[dict[str, Any]] = []
    strokes: list[BBox] = []
    for item in (*lines, *seen(rectangles), *curves):
        if len(item["pts"]) >= POINTS_OF_A_CURVE:
            strokes += [_box(item)] * STROKES_OF_A_CHART
            continue
        for edge in obj_to_edges(item):
            if edge["x1"] - edge["x0"] > FLAT and edge["bottom"] - edge["top"] > FLAT:
                strokes.append(_box(edge))
            else:
                edges.append(edge)
    return edges, strokes


def _box(item: Rectangle) -> BBox:
    return item["x0"], item["top"], item["x1"], item["bottom"]


def seen(rectangles: Sequence[Rectangle]) -> list[Rectangle]:
    """The rectangles without those filled only, in the colour of a larger one that holds them."""
    if len(rectangles) > MANY:
        return list(rectangles)
    fills: dict[str, list[Rectangle]] = defaultdict(list)
    for item in rectangles:
        if _only_filled(item):
            fills[str(item["non_stroking_color"])].append(item)
    for group in fills.values():
        group.sort(key=lambda item: item["top"])
    return [
        item
        for item in rectangles
        if not (_only_filled(item) and _hidden(item, fills[str(item["non_stroking_color"])]))
    ]


def _only_filled(item: Rectangle) -> bool:
    return bool(item["fill"]) and not item["stroke"]


def _hidden(item: Rectangle, same: Iterable[Rectangle]) -> bool:
    for other in same:
        if other["top"] > item["top"] + SLACK:
            return False
        if (
            other["bottom"] >= item["bottom"] - SLACK
            and other["x0"] <= item["x0"] + SLACK
            and other["x1"] >= item["x1"] - SLACK
            and other["width"] * other["height"] > 1.05 * item["width"] * item["height"]
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
