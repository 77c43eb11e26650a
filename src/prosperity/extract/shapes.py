"""Filled rectangles and drawn lines of a page: what the bars and lines of a chart are made of.

What belongs here: taking them from what either reader found drawn. What they mean is in ``charts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prosperity.extract.edges import WHITE, Shape, is_rectangle
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


def chart_shapes(drawn: Sequence[Shape]) -> Shapes:
    """The filled rectangles and stroked lines among what is drawn; none where there are more than ``MOST_SHAPES``."""
    if len(drawn) > MOST_SHAPES:
        return NO_SHAPES
    boxes = tuple(
        Box(*shape.bbox, shape.ink)
        for shape in drawn
        if shape.filled and shape.ink != WHITE and is_rectangle(shape)
    )
    traces = tuple(Trace(shape.points, shape.ink) for shape in drawn if shape.stroked and not shape.filled)
    return Shapes(boxes, traces)
