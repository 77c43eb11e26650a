"""Filled rectangles and drawn lines of a page: what the bars and lines of a chart are made of.

What belongs here: taking them from pdfplumber's page. What they mean is in ``charts``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from prosperity.extract.model import BBox

#: A page with more shapes than this is a drawing or a hostile file, not a chart.
MOST_SHAPES = 4000

Point = tuple[float, float]  #: x, distance from the top of the page


@dataclass(frozen=True)
class Box:
    """A filled rectangle without outline of interest."""

    x0: float
    top: float
    x1: float
    bottom: float
    colour: str

    @property
    def bbox(self) -> BBox:
        return self.x0, self.top, self.x1, self.bottom

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True)
class Trace:
    """A stroked line with all its corners."""

    points: tuple[Point, ...]
    colour: str

    @property
    def is_level(self) -> bool:
        heights = [y for _, y in self.points]
        return max(heights) - min(heights) <= 0.5

    def covers(self, x0: float, x1: float) -> float:
        """Share of the span from ``x0`` to ``x1`` that lies between the ends of the line."""
        xs = [x for x, _ in self.points]
        return (min(max(xs), x1) - max(min(xs), x0)) / (x1 - x0) if x1 > x0 else 0.0


@dataclass(frozen=True)
class Shapes:
    boxes: tuple[Box, ...] = ()
    traces: tuple[Trace, ...] = ()


NO_SHAPES = Shapes()


def shapes_of(page: Any) -> Shapes:
    """The shapes of one of pdfplumber's pages; none where there are more than ``MOST_SHAPES``."""
    if len(page.rects) + len(page.curves) + len(page.lines) > MOST_SHAPES:
        return NO_SHAPES
    boxes = tuple(
        Box(float(rect["x0"]), float(rect["top"]), float(rect["x1"]), float(rect["bottom"]), colour)
        for rect in page.rects
        if rect.get("fill") and (colour := _colour(rect.get("non_stroking_color"))) != WHITE
    )
    traces = tuple(
        Trace(tuple((float(x), float(top)) for x, top in drawn["pts"]), _colour(drawn.get("stroking_color")))
        for drawn in (*page.lines, *page.curves)
        if drawn.get("stroke") and not drawn.get("fill") and drawn.get("pts")
    )
    return Shapes(boxes, traces)


def _colour(value: Any) -> str:
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


WHITE = "white"
