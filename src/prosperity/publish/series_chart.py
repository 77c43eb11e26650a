"""A small line chart of one source's series as plain SVG, for places where a chart is a glance and not a page.

What belongs here: drawing. The charts of the report are drawn by Vega-Lite (``charts``), which takes a second each; one
of these is drawn for every year of every source that is loaded.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise

from prosperity.publish.charts import PALETTE

WIDTH, HEIGHT = 520, 180
LEFT, RIGHT, TOP, BOTTOM = 12, 12, 12, 22
LINE = 16  #: height of a line of the legend

Points = Sequence[tuple[str, float]]  #: TIME_PERIOD and value, in order of time


def series_chart(series: Mapping[str, Points], words: str) -> str:
    """Markdown with an inline SVG: each series over its own range, so that shapes and gaps can be compared.

    Values in the legend are the last ones as they stand. '' where no series has two points.
    """
    drawn = {name: points for name, points in series.items() if len(points) > 1}
    if not drawn:
        return ""
    periods = sorted({period for points in drawn.values() for period, _ in points})
    place = {period: number for number, period in enumerate(periods)}
    height = HEIGHT + LINE * len(drawn)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="11">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        _axis(periods),
    ]
    for number, (name, points) in enumerate(drawn.items()):
        tone = PALETTE[number % len(PALETTE)]
        parts += _line([(place[period], value) for period, value in points], len(periods), tone)
        last = points[-1]
        parts.append(
            f'<text x="{LEFT}" y="{HEIGHT + LINE * (number + 0.7):.0f}" fill="{tone}">{escape(name)}: {last[1]:,.6g} ({last[0]})</text>'
        )
    data = base64.b64encode("".join([*parts, "</svg>"]).encode()).decode()
    return f"![{words}](data:image/svg+xml;base64,{data})"


def _axis(periods: Sequence[str]) -> str:
    y = HEIGHT - BOTTOM
    return (
        f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}" stroke="#999"/>'
        f'<text x="{LEFT}" y="{y + 14}" fill="#555">{periods[0]}</text>'
        f'<text x="{WIDTH - RIGHT}" y="{y + 14}" fill="#555" text-anchor="end">{periods[-1]}</text>'
    )


def _line(points: Sequence[tuple[int, float]], count: int, tone: str) -> list[str]:
    """The line, a dot at each figure; scaled to its own lowest and highest value."""
    values = [value for _, value in points]
    low, span = min(values), max(values) - min(values) or 1.0
    across, up = (WIDTH - LEFT - RIGHT) / max(1, count - 1), HEIGHT - TOP - BOTTOM
    placed = [(LEFT + across * x, TOP + up * (1 - (value - low) / span)) for x, value in points]
    lines = [
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{u:.1f}" y2="{v:.1f}" stroke="{tone}" stroke-width="1.6"/>'
        for (x, y), (u, v) in pairwise(placed)
    ]
    return lines + [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="{tone}"/>' for x, y in placed]
