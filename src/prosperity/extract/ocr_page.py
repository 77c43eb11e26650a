"""A recognised page as characters and rules, so that it is read like any other page; and how sure that is.

Runs of text become glyphs spread over their boxes; dark straight lines of the picture become edges. Tables and
prose are then found by the same code as in documents with characters. A page scanned askew is straightened before
and the places of what was found are turned back afterwards.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from prosperity.extract.edges import Shape, drawn_edges
from prosperity.extract.glyphs import Glyph, PageGlyphs, rounded
from prosperity.extract.grid import is_number
from prosperity.extract.model import BBox, Cell, Span, Statement, Table
from prosperity.extract.ocr import Box, Engine, Point, draw
from prosperity.extract.ocr_marks import with_marks_doubted
from prosperity.extract.pdf import PageContent

METHOD = "ocr"
SHARE_OF_HEIGHT = 0.72  #: a character's size against the height of the box found round its run
WIDE_GAP = 1.2  #: character sizes between two characters of one run: they belong to different columns
ASKEW = 0.15  #: degrees from which a page is straightened
LONG_RUN = (
    8  #: characters of a run whose slant counts, and wide ones of a run that tells the size of its type
)
SAME_SIZE = 1.25  #: ratio of heights up to which a short run is of the type of a long one
SHORTEST_RULE = 24.0  #: points
THICKEST_RULE = 4.0  #: points
DARK = 150  #: brightness (0 to 255) below which a pixel is ink
#: A dash between figures is often read as the character for one (1一11月, 2019一2020年); there it can be nothing else.
_DASH = re.compile(r"(?<=\d)一(?=\d{1,4}(?:[年月日季.\-/]|$))")
_ALONE = re.compile(r"一{1,2}")


@dataclass(frozen=True)
class Scan:
    """One recognised page. ``confidence`` by character; ``angle``: degrees by which it was turned to be straight."""

    content: PageContent
    confidence: dict[Glyph, float] = field(repr=False)
    angle: float = 0.0
    mended: tuple[str, ...] = ()  #: what was read as something else, in words

    @property
    def lowest(self) -> float:
        return min(self.confidence.values(), default=0.0)

    def sure_of(self, glyphs: Iterable[Glyph | None]) -> float | None:
        """Confidence of the least certain character; None without any."""
        found = [self.confidence[glyph] for glyph in glyphs if glyph is not None]
        return round(min(found), 4) if found else None

    def on_paper(self, box: BBox | None) -> BBox | None:
        """The box in the page as it was scanned."""
        if box is None or not self.angle:
            return box
        return _turned_box(box, _middle(self.content.bbox), self.angle)


def recognise(page: Any, number: int, engine: Engine) -> Scan:
    """What stands on one page (pypdfium2's); ``number`` counts from 1."""
    picture, scale = draw(page)
    width, height = page.get_size()
    grey = brightness(picture)
    boxes = [with_marks_doubted(box, grey) for box in engine.read(picture)]
    angle = _slant(boxes)
    middle = (width / 2, height / 2)
    runs = [
        _Run(text, certainty, [_turned((x / scale, y / scale), middle, -angle) for x, y in corners])
        for box in boxes
        for text, certainty, corners in _runs(box)
    ]
    sizes = sorted((run.height, run.size) for run in runs if run.tells_size)
    confidence: dict[Glyph, float] = {}
    mended: list[str] = []
    for run in runs:
        plain = with_dashes(run.text)
        if plain != run.text:
            mended.append(f"{run.text!r} is taken for {plain!r}")
        for glyph, sure in zip(_glyphs(plain, run, _size(run, sizes)), run.certainty, strict=True):
            confidence[glyph] = sure
    edges, strokes = drawn_edges(_rules(grey, scale, angle))
    content = PageContent(number, (0.0, 0.0, width, height), PageGlyphs(confidence), edges, 0, strokes)
    return Scan(content, confidence, angle, tuple(mended))


# ------------------------------------------------------------------------------------------------ characters


@dataclass(frozen=True)
class _Run:
    """Text of one box or of a part of it; ``certainty`` for each character that is no blank; corners in points."""

    text: str
    certainty: list[float]
    corners: list[Point]

    @property
    def height(self) -> float:
        (_, a), (_, b), (_, c), (_, d) = self.corners
        return (c + d - a - b) / 2

    @property
    def ends(self) -> tuple[float, float]:
        xs = [x for x, _ in self.corners]
        return min(xs), max(xs)

    @property
    def tells_size(self) -> bool:
        return sum(map(_is_wide, self.text)) >= LONG_RUN

    @property
    def size(self) -> float:
        """Of a run with many wide characters, which are as wide as their type is high; in points."""
        x0, x1 = self.ends
        return 2 * (x1 - x0) / sum(1 + _is_wide(character) for character in self.text)


def _size(run: _Run, known: Sequence[tuple[float, float]]) -> float:
    """Size of the type: boxes round short runs are uneven, so that those of long ones nearby in height decide."""
    if run.tells_size:
        return run.size
    height, size = min(known, key=lambda one: abs(one[0] - run.height), default=(0.0, 0.0))
    alike = max(height, run.height) <= SAME_SIZE * min(height, run.height)
    return size if alike else SHARE_OF_HEIGHT * run.height


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")


def _runs(box: Box) -> Iterator[tuple[str, list[float], list[Point]]]:
    """Text, confidence of each character that is not a blank, and corners; cut where a column's gap is."""
    text = box.text.strip()
    found = box.characters
    if not found:
        if text:
            yield text, [box.confidence] * sum(not c.isspace() for c in text), list(box.corners)
        return
    (left, top), (right, upper), (_, lower), (_, bottom) = box.corners
    size = SHARE_OF_HEIGHT * (bottom - top)
    start = 0
    for index in range(1, len(found) + 1):
        if index < len(found) and found[index].x0 - found[index - 1].x1 <= WIDE_GAP * size:
            continue
        part = found[start:index]
        x0 = left if start == 0 else part[0].x0
        x1 = right if index == len(found) else part[-1].x1
        whole = start == 0 and index == len(found)
        slope = (upper - top) / max(right - left, 1.0)
        corners = [
            (x0, top + slope * (x0 - left)), (x1, top + slope * (x1 - left)),
            (x1, lower + slope * (x1 - right)), (x0, lower + slope * (x0 - right)),
        ]  # fmt: skip
        words = text if whole else "".join(character.text for character in part)
        yield words, [character.confidence for character in part], corners
        start = index


def _glyphs(text: str, run: _Run, size: float) -> Iterator[Glyph]:
    """The characters, spread over the run's box by their usual widths; none for blanks."""
    x0, x1 = run.ends
    middle = sum(y for _, y in run.corners) / len(run.corners)
    size = round(size, 1)
    widths = [1 + _is_wide(character) for character in text]
    unit = (x1 - x0) / sum(widths)
    place = x0
    for character, width in zip(text, widths, strict=True):
        if not character.isspace():
            yield Glyph(character, place, middle - size / 2, place + width * unit, middle + size / 2, size)
        place += width * unit


def with_dashes(text: str) -> str:
    """Dashes that were read as 一, only where figures on both sides, or nothing at all, leave no other reading."""
    if _ALONE.fullmatch(text):
        return "—" * len(text)
    return _DASH.sub("—", text)


# ------------------------------------------------------------------------------------------------ geometry


def _slant(boxes: Sequence[Box]) -> float:
    """Degrees by which lines of text fall to the right (median over long runs); 0 for a straight page."""
    slants = sorted(
        math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
        for a, b, *_ in (box.corners for box in boxes if len(box.text) >= LONG_RUN)
    )
    if not slants:
        return 0.0
    median = slants[len(slants) // 2]
    return median if abs(median) >= ASKEW else 0.0


def _turned(point: Point, middle: Point, angle: float) -> Point:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = point[0] - middle[0], point[1] - middle[1]
    return middle[0] + x * cos - y * sin, middle[1] + x * sin + y * cos


def _turned_box(box: BBox, middle: Point, angle: float) -> BBox:
    x0, top, x1, bottom = box
    points = [_turned((x, y), middle, angle) for x in (x0, x1) for y in (top, bottom)]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return rounded((min(xs), min(ys), max(xs), max(ys)))


def _middle(box: BBox) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def brightness(picture: Any) -> Any:
    """The picture without colours: height × width, 0 to 255."""
    import cv2

    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def _rules(grey: Any, scale: float, angle: float) -> list[Shape]:
    """Dark straight lines, level or upright, as they would have been drawn."""
    import cv2

    height, width = grey.shape
    if angle:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        grey = cv2.warpAffine(grey, turn, (width, height), borderValue=255)
    ink = (grey < DARK).astype("uint8")
    length = max(3, int(SHORTEST_RULE * scale))
    found: list[Shape] = []
    for level, kernel in ((True, (length, 1)), (False, (1, length))):
        opened = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, kernel))
        _, _, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
        for x, y, w, h, _ in stats[1:].tolist():
            if (h if level else w) > THICKEST_RULE * scale:
                continue  # a picture or a filled box
            x0, x1, top, bottom = x / scale, (x + w) / scale, y / scale, (y + h) / scale
            line = (
                ((x0, (top + bottom) / 2), (x1, (top + bottom) / 2))
                if level
                else (((x0 + x1) / 2, top), ((x0 + x1) / 2, bottom))
            )
            found.append(Shape(line, False, False, False, True, "", "0"))
    return found


# ------------------------------------------------------------------------------------------------ what was found


def marked_table(table: Table, scans: dict[int, Scan]) -> Table:
    """The table with method and confidence, if any of its cells stands on a recognised page."""
    if not any(cell.page in scans for cell in table.cells):
        return table
    first = scans.get(table.page or 0)
    return replace(
        table,
        method=METHOD,
        bbox=first.on_paper(table.bbox) if first else table.bbox,
        cells=tuple(_marked_cell(cell, scans.get(cell.page or 0)) for cell in table.cells),
    )


def _marked_cell(cell: Cell, scan: Scan | None) -> Cell:
    if scan is None or cell.bbox is None:
        return cell
    glyphs = scan.content.glyphs.within(cell.bbox)
    if not is_number(cell.text):  # brackets and commas of a label decide on nothing
        glyphs = [glyph for glyph in glyphs if glyph.text.isalnum()] or glyphs
    sure = scan.sure_of(glyphs)
    return replace(cell, confidence=sure, bbox=scan.on_paper(cell.bbox))


def marked_statement(statement: Statement, scans: dict[int, Scan]) -> Statement:
    """The statement with method and confidence of its figures, if it stands on a recognised page."""
    scan = scans.get(statement.page or 0)
    if scan is None:
        return statement
    owners = scan.content.glyphs.layout.owners
    spans: list[Span] = [
        span for span in (statement.span, statement.rate_span, statement.qoq_span) if span is not None
    ]
    glyphs = [
        glyph for first, last in spans for glyph in owners[statement.offset + first : statement.offset + last]
    ]
    return replace(
        statement, method=METHOD, confidence=scan.sure_of(glyphs), bbox=scan.on_paper(statement.bbox)
    )
