"""Bar charts with labelled values (and a line over them) to tables: only where the drawing proves the labels.

The text layer of a slide gives labels without order: values, growth rates, ticks of both axes, categories and
legend. Here a label is taken only for what is drawn under it, and only if all of this holds; otherwise the chart is
refused with the reason, because a guess cannot be told from a figure afterwards:

1. bars of one colour and width stand on one line with gaps between them; under each stands a category;
2. each bar has exactly one number right above it, centred on it;
3. the numbers fit the heights: by the ticks of an axis, else (two bars and more) in proportion;
4. a line has a corner over a category for each of its numbers, and the numbers fit the heights of the corners: by
   the ticks of an axis, else (three points and more) on a straight scale. A minus sign that is only a picture of an
   arrow does not pass this;
5. each series is named by the legend with its own colour, or by the title where there is only one;
6. no number within the drawing is left over.

The result is a ``Table`` with method ``pdf-chart``: categories in the header, a row for each series.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from prosperity.extract.celltext import cell_text
from prosperity.extract.chart_names import Names, samples_of
from prosperity.extract.chart_proof import Refused, Scale, foot_of
from prosperity.extract.chart_words import Axis, Word, axis_of, phrases_of, words_of
from prosperity.extract.columns import Column, columns_of
from prosperity.extract.glyphs import lay_out
from prosperity.extract.model import BBox, Cell, Table
from prosperity.extract.pdf import PageContent
from prosperity.extract.shapes import Box, Trace
from prosperity.extract.tables import PageTables

METHOD = "pdf-chart"
SLACK = 0.008  #: how far a drawn height may be off, as a share of the height of the drawing
LEAST_SLACK = 0.6  #: the same in points
REACH = 3.0  #: lines and grid reach no higher above the bars, in heights of the highest
MOST_OF = 0.6  #: a line of the grid runs over so much of the drawing
ABOVE = 1.3  #: a value stands no further above its bar, in character sizes


@dataclass(frozen=True)
class PageCharts:
    """The charts of one page, what was refused, and the page without the drawings."""

    content: PageContent  #: without the edges of the drawings, which are no rules of tables
    tables: tuple[Table, ...] = ()
    refused: tuple[str, ...] = ()
    areas: tuple[BBox, ...] = ()  #: what the drawings cover

    def left_out_of(self, page: PageTables) -> PageTables:
        """The page with all labels of the drawings marked as read: they are no running text."""
        inside = [glyph for area in self.areas for glyph in page.content.glyphs.within(area)]
        return replace(page, taken=(*page.taken, *lay_out(inside).lines)) if inside else page


@dataclass
class _Drawing:
    """One chart while it is read."""

    columns: Sequence[Column]
    words: Sequence[Word]  #: of the page
    traces: Sequence[Trace]
    left: float
    right: float
    top: float
    base: float
    names: Names
    slack: float
    axes: Sequence[Axis]
    percent: bool = False  #: whether the values of the bars are percentages
    claimed: set[Word] = field(default_factory=set)

    @property
    def scale(self) -> Scale:
        return Scale(self.axes, self.base, self.slack, foot_of(self.axes, self.base, self.percent))

    def inside(self, word: Word) -> bool:
        return self.left <= word.x <= self.right and self.top <= word.y <= self.base


def charts_on(content: PageContent) -> PageCharts:
    """The charts of a page. Refusals name the chart by its title and say why."""
    rows = columns_of(content.shapes.boxes, content.glyphs, content.bbox)
    if not rows:
        return PageCharts(content)
    words = words_of(content.glyphs)
    tables: list[Table] = []
    refused: list[str] = []
    areas: list[BBox] = []
    for columns in rows:
        drawing = _drawing(columns, words, content)
        title = drawing.names.title()
        try:
            series, faults = _series(drawing, title)
            tables.append(_table(drawing, series, title, content))
        except Refused as reason:
            faults = [str(reason)]
        name = title.text if title else "without a title"
        refused += [f"page {content.number}: chart refused, {name}: {fault}" for fault in faults]
        areas.append(_area(drawing))
    edges = [edge for edge in content.edges if not any(_belongs(edge, area) for area in areas)]
    return PageCharts(replace(content, edges=edges), tuple(tables), tuple(refused), tuple(areas))


# ------------------------------------------------------------------------------------------- the drawing


def _drawing(columns: Sequence[Column], words: Sequence[Word], content: PageContent) -> _Drawing:
    bars = [bar for column in columns for bar in column.bars]
    pitch = _pitch(columns)
    left, right = columns[0].x - pitch / 2, columns[-1].x + pitch / 2
    base = max(bar.bottom for bar in bars)
    size = columns[0].label.size
    highest = min(bar.top for bar in bars)
    # A line may run above the bars, but what is drawn much higher is not this chart's.
    far = highest - REACH * (base - highest)
    over = [trace for trace in content.shapes.traces if any(left <= x <= right for x, _ in trace.points)]
    corners = [
        y
        for trace in over
        if not trace.is_level
        for x, y in trace.points
        if left <= x <= right and far < y < base
    ]
    grid = [
        trace.points[0][1] for trace in content.shapes.traces
        if trace.is_level and trace.covers(left, right) > MOST_OF and far < trace.points[0][1] < base
    ]  # fmt: skip
    top = min([highest, *corners]) - 2.2 * size
    ceiling = min([top, *grid])
    axes = _axes(words, (left, ceiling, right, base), max(LEAST_SLACK, SLACK * (base - highest)))
    ceiling = min([ceiling, *(tick.bbox[1] for axis in axes for tick in axis.ticks)])
    names = Names(
        phrases_of(words, content.glyphs),
        samples_of(content.shapes.boxes, content.shapes.traces, frozenset(bars)),
        (left, ceiling, right, base),
    )
    slack = max(LEAST_SLACK, SLACK * (base - highest))
    return _Drawing(columns, words, over, left, right, top, base, names, slack, axes)


def _pitch(columns: Sequence[Column]) -> float:
    gaps = [right.x - left.x for left, right in pairwise(columns)]
    return min(gaps) if gaps else 1.6 * max(bar.width for bar in columns[0].bars)


def _axes(words: Sequence[Word], area: BBox, slack: float) -> list[Axis]:
    """Ticks left and right of the bars, in columns that begin, end or are centred together."""
    x0, top, x1, base = area
    found: list[Axis] = []
    width = max(x1 - x0, 2 * (base - top))
    for first, last in ((x0 - width, x0), (x1, x1 + width)):
        numbers = [
            word for word in words
            if word.is_number and first <= word.x <= last and top - word.size <= word.y <= base + word.size
        ]  # fmt: skip
        for word in numbers:
            axis = axis_of([other for other in numbers if _aligned(word, other)], slack + 0.5)
            if axis and not any(axis.ticks == other.ticks for other in found):
                found.append(axis)
    return found


def _aligned(one: Word, two: Word) -> bool:
    return one.percent == two.percent and (
        abs(one.bbox[0] - two.bbox[0]) < 1.5
        or abs(one.bbox[2] - two.bbox[2]) < 1.5
        or abs(one.x - two.x) < 1.5
    )


# -------------------------------------------------------------------------------------------- the labels


@dataclass(frozen=True)
class _Series:
    name: Word
    labels: dict[int, Word]  #: by column


def _series(drawing: _Drawing, title: Word | None) -> tuple[list[_Series], list[str]]:
    """The series whose labels are proven; a line that is not is refused alone, bars with the whole chart."""
    colours = sorted({bar.colour for column in drawing.columns for bar in column.bars})
    percent = drawing.percent = _bars_in_percent(drawing)
    by_colour = {colour: _bar_labels(drawing, colour, percent) for colour in colours}
    for labels in by_colour.values():
        drawing.claimed |= set(labels.values())
    lines = _lines(drawing)
    loose = [
        word for word in drawing.words
        if word.is_number and word not in drawing.claimed and drawing.inside(word) and not (lines and word.percent != percent)
    ]  # fmt: skip
    if loose and not lines:
        raise Refused(f"the number {loose[0].text} belongs to no bar")
    made = []
    for colour in colours:
        if name := drawing.names.legend(colour) or (title if len(colours) == 1 and not lines else None):
            made.append(_Series(name, by_colour[colour]))
        else:
            raise Refused("no legend names the bars")
    faults: list[str] = []
    if lines:
        try:
            made.append(_line_series(drawing, lines))
        except Refused as reason:
            faults.append(str(reason))
        else:
            loose = [word for word in loose if word not in drawing.claimed]
        if loose:
            raise Refused(f"the number {loose[0].text} belongs to no bar")
    return made, faults


def _bars_in_percent(drawing: _Drawing) -> bool:
    """Whether the values of the bars are percentages: where numbers of both kinds stand about, the kind of which
    every bar has one."""
    bars = [bar for column in drawing.columns for bar in column.bars]
    kinds = [kind for kind in (False, True) if all(_above(drawing, bar, kind) for bar in bars)]
    if len(kinds) == 1:
        return kinds[0]
    if kinds:
        raise Refused("numbers with and without % stand over every bar")
    bare = next(bar for bar in bars if not (_above(drawing, bar, False) and _above(drawing, bar, True)))
    near = [word.text for word in drawing.words if _touches(word, bar=bare)]
    raise Refused(f"a bar has no value of its own above it (there stands {' '.join(near) or 'nothing'!r})")


def _touches(word: Word, bar: Box) -> bool:
    over = word.bbox[0] < bar.x1 and word.bbox[2] > bar.x0
    return over and -ABOVE * word.size <= word.bbox[3] - bar.top <= 0.35 * word.size


def _above(drawing: _Drawing, bar: Box, percent: bool) -> list[Word]:
    return [
        word for word in drawing.words
        if word.is_number and word.percent == percent and _touches(word, bar)
        and abs(word.x - bar.centre) <= max(1.5, 0.12 * bar.width)
    ]  # fmt: skip


def _bar_labels(drawing: _Drawing, colour: str, percent: bool) -> dict[int, Word]:
    labels: dict[int, Word] = {}
    heights: list[tuple[Box, Word]] = []
    for number, column in enumerate(drawing.columns):
        for bar in column.bars:
            if bar.colour != colour:
                continue
            over = _above(drawing, bar, percent)
            if len(over) != 1:
                raise Refused(f"{len(over)} values over the bar of {column.label.text}")
            labels[number] = over[0]
            heights.append((bar, over[0]))
    if len(set(labels.values())) != len(heights):
        raise Refused("bars share a value")
    drawing.scale.require_bars([(bar.top, word) for bar, word in heights])
    return labels


# ----------------------------------------------------------------------------------------------- the line


def _lines(drawing: _Drawing) -> dict[str, dict[int, float]]:
    """Corners over the categories, by colour and column: of lines that have two and more."""
    found: dict[str, dict[int, float]] = {}
    near = max(1.0, 0.03 * _pitch(drawing.columns))
    for colour in {trace.colour for trace in drawing.traces}:
        corners: dict[int, float] = {}
        for number, column in enumerate(drawing.columns):
            heights = [
                y for trace in drawing.traces if trace.colour == colour for x, y in trace.points
                if abs(x - column.x) <= near and drawing.top <= y <= drawing.base + drawing.slack
            ]  # fmt: skip
            if heights and max(heights) - min(heights) <= 1.0:
                corners[number] = sum(heights) / len(heights)
        if len(corners) > 1:
            found[colour] = corners
    return found


def _line_series(drawing: _Drawing, lines: dict[str, dict[int, float]]) -> _Series:
    if len(lines) > 1:
        raise Refused(f"{len(lines)} lines: which label is whose cannot be told")
    [(colour, corners)] = lines.items()
    name = drawing.names.legend(colour)
    if name is None:
        raise Refused("no legend names the line")
    pitch = _pitch(drawing.columns)
    labels: dict[int, Word] = {}
    for number, column in enumerate(drawing.columns):
        own = [
            word for word in drawing.words
            if word.is_number and word not in drawing.claimed and drawing.inside(word) and abs(word.x - column.x) <= 0.3 * pitch
        ]  # fmt: skip
        if len(own) != (1 if number in corners else 0):
            raise Refused(f"the line has {len(own)} values over {column.label.text}")
        if own:
            labels[number] = own[0]
    drawing.scale.require_line([(corners[number], word) for number, word in labels.items()])
    drawing.claimed |= set(labels.values())
    return _Series(name, labels)


# --------------------------------------------------------------------------------------------- the result


def _table(drawing: _Drawing, series: Sequence[_Series], title: Word | None, content: PageContent) -> Table:
    cells = [Cell(0, 0, "", page=content.number)]
    cells += [_cell(0, n + 1, column.label, content) for n, column in enumerate(drawing.columns)]
    for row, one in enumerate(series, start=1):
        cells.append(_cell(row, 0, one.name, content))
        for number in range(len(drawing.columns)):
            label = one.labels.get(number)
            empty = Cell(row, number + 1, "", page=content.number)
            cells.append(_cell(row, number + 1, label, content) if label else empty)
    return Table(
        cells=tuple(cells),
        page=content.number,
        bbox=_area(drawing),
        caption=title.text if title else "",
        method=METHOD,
    )


def _cell(row: int, column: int, word: Word, content: PageContent) -> Cell:
    layout = content.glyphs.layout_in(word.bbox)
    return Cell(row, column, cell_text(layout), layout.text, bbox=word.bbox, page=content.number)


def _area(drawing: _Drawing) -> BBox:
    """All that belongs to the drawing: bars, labels, ticks, categories."""
    ticks = [tick.bbox for axis in drawing.axes for tick in axis.ticks]
    boxes = [*ticks, *(column.label.bbox for column in drawing.columns)]
    return (
        min([drawing.left, *(box[0] for box in boxes)]),
        min([drawing.top, *(box[1] for box in boxes)]),
        max([drawing.right, *(box[2] for box in boxes)]),
        max(box[3] for box in boxes),
    )


def _belongs(edge: dict[str, float], area: BBox) -> bool:
    """Whether an edge is drawn in the area; a frame round the whole slide is not."""
    x0, top, x1, bottom = area
    across = edge["x0"] <= x1 and edge["x1"] >= x0 and edge["x1"] - edge["x0"] <= 1.5 * (x1 - x0)
    along = (
        edge["top"] <= bottom
        and edge["bottom"] >= top
        and edge["bottom"] - edge["top"] <= 1.5 * (bottom - top)
    )
    return bool(across and along)
