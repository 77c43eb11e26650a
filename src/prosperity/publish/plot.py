"""Small charts drawn straight as SVG: lines over time and bars by year.

A site has hundreds of them, which Vega-Lite (``charts``) draws in a fifth of a second each and this module in one
thousandth; the charts of the index, with layers and stacks, stay with Vega-Lite. Points are links with words; the same
figures stand in a table beside the chart, so the links are left out of the order of the Tab key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 250
RIGHT, TOP, BOTTOM = 14, 12, 30
FAINT = -1  #: tone of lines in the background
#: Years on the axis stand at least so many pixels apart.
APART = 44.0


@dataclass(frozen=True)
class Mark:
    """One figure: ``at`` is its place in time in years (2019.5), ``words`` what is said of it, ``href`` where it leads."""

    at: float
    value: float
    words: str
    href: str
    hollow: bool = False


@dataclass(frozen=True)
class Trace:
    """A line or a row of bars in the colour of ``tone`` (0, 1, …); ``dots``: points without a line."""

    name: str
    marks: tuple[Mark, ...]
    tone: int = 0
    dots: bool = False


def lines_svg(
    traces: Sequence[Trace],
    label: str,
    breaks: Sequence[tuple[float, str]] = (),
) -> str:
    """Lines over time; ``breaks``: places in time where figures before and after do not compare, with words."""
    marks = [mark for trace in traces for mark in trace.marks]
    first, last = min(mark.at for mark in marks), max(mark.at for mark in marks)
    low, high, steps = scale([mark.value for mark in marks])
    edge = _edge(steps)
    span = max(last - first, 0.5)

    def across(at: float) -> float:
        return edge + (at - first) / span * (WIDTH - edge - RIGHT - 12) + 6

    def down(value: float) -> float:
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [_grid(steps, edge, down), _years(first, last, across)]
    parts += [_break(across(at), words) for at, words in breaks if first < at <= last]
    for trace in traces:
        tone = _tone(trace.tone)
        places = [(across(mark.at), down(mark.value)) for mark in trace.marks]
        if not trace.dots and len(places) > 1:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            parts.append(f'<polyline points="{path}" fill="none" stroke="{tone}" stroke-width="2"/>')
        size = 1.6 if trace.tone == FAINT else 2.2 if len(places) > 60 else 3.2
        for mark, (x, y) in zip(trace.marks, places, strict=True):
            fill = "var(--paper)" if mark.hollow else tone
            parts.append(
                _linked(mark, f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="transparent"/>'
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{fill}" stroke="{tone}"/>')
            )  # fmt: skip
    return _svg(parts, label)


def bars_svg(traces: Sequence[Trace], label: str) -> str:
    """Bars by year, those of one year beside each other; ``at`` is the year."""
    marks = [mark for trace in traces for mark in trace.marks]
    years = list(range(math.floor(min(m.at for m in marks)), math.floor(max(m.at for m in marks)) + 1))
    low, high, steps = scale([0.0, *(mark.value for mark in marks)])
    edge = _edge(steps)
    pitch = (WIDTH - edge - RIGHT) / len(years)
    wide = min(0.7 * pitch / len(traces), 54.0)

    def down(value: float) -> float:
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [_grid(steps, edge, down)]
    for number, year in enumerate(years):
        middle = edge + (number + 0.5) * pitch
        parts.append(f'<text x="{middle:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{year}</text>')
        for place, trace in enumerate(traces):
            left = middle + (place - len(traces) / 2) * wide
            parts += [
                _linked(mark, f'<rect x="{left + 1:.1f}" y="{min(down(mark.value), down(0)):.1f}" width="{wide - 2:.1f}" '
                f'height="{max(abs(down(mark.value) - down(0)), 1):.1f}" fill="{_tone(trace.tone)}"/>')
                for mark in trace.marks
                if math.floor(mark.at) == year
            ]  # fmt: skip
    parts.append(f'<line x1="{edge}" x2="{WIDTH - RIGHT}" y1="{down(0):.1f}" y2="{down(0):.1f}" class="zero"/>')  # fmt: skip
    return _svg(parts, label)


def scale(values: Sequence[float]) -> tuple[float, float, list[float]]:
    """Ends of the axis and its round steps (1, 2, 5 by powers of ten), about five of them."""
    low, high = min(values), max(values)
    if high - low < 1e-12:
        low, high = low - (abs(low) * 0.1 or 1), high + (abs(high) * 0.1 or 1)
    raw = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return first * step, last * step, [number * step for number in range(first, last + 1)]


def year_fraction(period: str) -> float:
    """Place in time of the end of a TIME_PERIOD: 2019-06 and 2019-Q2 are 2019.5, a year its end."""
    year, _, rest = period.partition("-")
    if not rest:
        return int(year) + 1.0
    if rest[0] in "QS":
        return int(year) + int(rest[1:]) / (4 if rest[0] == "Q" else 2)
    return int(year) + int(rest) / 12


# -------------------------------------------------------------------------------------------------- parts


def _svg(parts: Sequence[str], label: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart plain" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def _linked(mark: Mark, shape: str) -> str:
    words = escape(mark.words)
    return (
        f'<a href="{escape(mark.href)}" tabindex="-1" aria-label="{words}"><title>{words}</title>{shape}</a>'
    )


def _tone(number: int) -> str:
    if number == FAINT:
        return "var(--faint)"
    return f"var(--series-{number % 8 + 1})"


def _edge(steps: Sequence[float]) -> int:
    """Where the axis stands: right of its longest number."""
    return 14 + 8 * max(len(_written(step, steps)) for step in steps)


def _grid(steps: Sequence[float], edge: int, down: Callable[[float], float]) -> str:
    lines = []
    for step in steps:
        y = down(step)
        lines.append(
            f'<line x1="{edge}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
            f'<text x="{edge - 6}" y="{y + 4:.1f}" text-anchor="end">{_written(step, steps)}</text>'
        )
    return "".join(lines)


def _written(step: float, steps: Sequence[float]) -> str:
    apart = steps[1] - steps[0]
    digits = max(0, -math.floor(math.log10(apart) + 1e-9))
    return f"{step:,.{digits}f}".replace("-", "−")


def _years(first: float, last: float, across: Callable[[float], float]) -> str:
    """The beginning of every year, fewer where they would touch; a short span is marked at its ends."""
    years = range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1)
    if not years:
        years = range(math.floor(first), math.floor(first) + 1)
    wide = (across(last) - across(first)) / max(last - first, 0.5)
    every = max(1, math.ceil(APART / max(wide, 1)))
    marks = []
    for year in years:
        x = across(year)
        marks.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM + 5}" class="tick"/>')  # fmt: skip
        if (year - years[0]) % every == 0:
            # The mark is the first day of the year.
            marks.append(f'<text x="{x:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{year}</text>')
    return "".join(marks)


def _break(x: float, words: str) -> str:
    return (
        f'<g class="break"><title>{escape(words)}</title>'
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/></g>'
    )
