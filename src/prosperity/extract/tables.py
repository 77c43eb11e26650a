"""Tables of a PDF: pages to fragments, fragments to logical tables with caption, unit and notes.

``extract_tables`` and ``for_scoring`` are what users call; both work in the sandbox. ``read_page`` and
``tables_of`` do the work there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prosperity.extract.borderless import borderless_fragments, overlaps
from prosperity.extract.celltext import cell_text, plain, without_blanks
from prosperity.extract.edges import crossed
from prosperity.extract.glyphs import Line, PageGlyphs
from prosperity.extract.grid import Fragment, close_sides, merged_edges, read_texts, ruled_fragments
from prosperity.extract.mending import mended
from prosperity.extract.model import BBox, Cell, Table
from prosperity.extract.pdf import PageContent
from prosperity.extract.rules import CAPTION, rule_fragments
from prosperity.extract.shapes import NO_SHAPES
from prosperity.extract.stitch import Logical, Part, join_parts
from prosperity.extract.surroundings import above, below, is_furniture

MARGIN_OF_RULES = 16.0  #: points between a rule and the text next to it


@dataclass(frozen=True)
class PageTables:
    """The tables of one page with what surrounds them. ``dangling``: a caption at the foot without its
    table."""

    content: PageContent
    parts: tuple[Part, ...]
    taken: tuple[Line, ...]  #: captions, unit lines and notes
    dangling: str = ""
    cells: dict[BBox, tuple[str, str]] | None = None  #: text and raw text, see ``settled``

    def runs_on(self, wanted: Sequence[str], continuing: bool) -> bool:
        """Whether a wanted table may go on on the next page. ``continuing``: this page was read only because
        such a table may have come over from the page before."""
        if self.dangling and caption_matches(self.dangling, wanted):
            return True
        if not self.parts or not self.parts[-1].last:
            return False
        if caption_matches(self.parts[-1].caption, wanted):
            return True
        return continuing and self.parts[-1].first


def extract_tables(document: str | Path | bytes, wanted: Sequence[str] | None = None) -> list[Table]:
    """Tables of a PDF or HTML document (path or bytes), in reading order, stitched over page breaks.

    ``wanted``: regular expressions, searched in the captions after NFKC and without blanks; only tables with
    such a caption are read, and pages without are not parsed. Coordinates are points from the upper left.

    :raises ExtractionError: see ``prosperity.extract.sandbox``; a part of a document is never returned
    silently.
    """
    from prosperity.extract.request import Request
    from prosperity.extract.sandbox import read

    captions = None if wanted is None else tuple(wanted)
    return list(read(document, Request(captions=captions, statements=False)).tables)


def for_scoring(pdf_path: str) -> list[tuple[int, BBox | None, list[list[object]]]]:
    """Tables in the form of the ICDAR 2013 scorer: (page, bbox, rows), a merged cell as {text, colspan,
    rowspan}.

    The scorer's truth is per page, so tables over several pages are given page by page.
    """
    scored: list[tuple[int, BBox | None, list[list[object]]]] = []
    for table in extract_tables(pdf_path):
        if table.method:  # a chart is no table to the scorer
            continue
        pages: dict[int, list[Cell]] = defaultdict(list)
        for cell in table.cells:
            pages[cell.page or 1].append(cell)
        for page, cells in sorted(pages.items()):
            scored.append((page, _outline(cells), _rows(cells)))
    return scored


def _outline(cells: Iterable[Cell]) -> BBox | None:
    boxes = [cell.bbox for cell in cells if cell.bbox]
    if not boxes:
        return None
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip


def _rows(cells: list[Cell]) -> list[list[object]]:
    first = min(cell.row for cell in cells)
    height = max(cell.row + cell.rowspan for cell in cells) - first
    width = max(cell.col + cell.colspan for cell in cells)
    rows: list[list[object]] = [[None] * width for _ in range(height)]
    for cell in cells:
        rows[cell.row - first][cell.col] = {
            "text": cell.text, "colspan": cell.colspan, "rowspan": cell.rowspan
        }  # fmt: skip
    return rows


# ------------------------------------------------------------------------------------------------ one page


def read_page(content: PageContent, heads: frozenset[str] = frozenset(), dangling: str = "") -> PageTables:
    """Tables of one page. ``heads``: running heads of the document; ``dangling``: caption at the foot of the
    page before."""
    edges = merged_edges(content.edges, content.bbox)
    ruled, _ = ruled_fragments(content.number, close_sides(edges), content.glyphs)
    strokes = content.strokes
    ruled = [
        mended(fragment, content.glyphs)
        for fragment in _outermost(ruled)
        if not crossed(fragment.bbox, strokes)
    ]
    free = rule_fragments(content.number, edges, content.glyphs, [fragment.bbox for fragment in ruled])
    drawn = [fragment.bbox for fragment in ruled]
    lines = [line for line in _outside(content.glyphs, ruled) if not is_furniture(line, content.bbox, heads)]
    rules = [edge for edge in edges if edge["orientation"] == "h"]
    bare = borderless_fragments(content.number, lines, rules)
    loose = [
        fragment
        for fragment in _with_texts(_better(free, bare), content.glyphs)
        if not crossed(fragment.bbox, strokes)
        and says_something(fragment)
        and not overlaps(fragment.bbox, drawn)
    ]
    fragments = [*ruled, *loose]
    if loose:
        lines = [
            line
            for line in _outside(content.glyphs, fragments)
            if not is_furniture(line, content.bbox, heads)
        ]
    fragments.sort(key=lambda fragment: (fragment.bbox[1], fragment.bbox[0]))
    return _with_surroundings(content, fragments, lines, dangling)


def _outermost(fragments: list[Fragment]) -> list[Fragment]:
    """A grid drawn within a cell of another one is the outer table's content."""
    return [
        fragment
        for fragment in fragments
        if not any(other is not fragment and _within(fragment.bbox, other.bbox) for other in fragments)
    ]


def _better(ruled: list[Fragment], bare: list[Fragment]) -> list[Fragment]:
    """Of tables found twice, by their rules and by white space: the one between rules, unless white space divides
    all of it as well, or the table goes on beyond the rules (rules round the header only)."""
    kept = [one for one in ruled if not any(_goes_beyond(other, one) for other in bare)]
    found = [_with_rules(other, ruled) for other in bare]
    return [*kept, *(other for other in found if not overlaps(other.bbox, [one.bbox for one in kept]))]


def _with_texts(fragments: Iterable[Fragment], glyphs: PageGlyphs) -> list[Fragment]:
    return [fragment if fragment.texts else read_texts(fragment, glyphs) for fragment in fragments]


def _with_rules(bare: Fragment, ruled: list[Fragment]) -> Fragment:
    """The table with the ends of the rules that it lies between."""
    boxes = [bare.bbox, *(one.bbox for one in ruled if _goes_beyond(bare, one))]
    x0, x1 = min(box[0] for box in boxes), max(box[2] for box in boxes)
    box = (x0, min(box[1] for box in boxes), x1, max(box[3] for box in boxes))
    return replace(bare, bbox=box, columns=(x0, *bare.columns[1:-1], x1))


def _goes_beyond(bare: Fragment, ruled: Fragment) -> bool:
    if not overlaps(bare.bbox, [ruled.bbox]) or bare.width < ruled.width or ruled.spanned:
        return False
    inside = (
        bare.bbox[1] <= ruled.bbox[1] + MARGIN_OF_RULES and bare.bbox[3] >= ruled.bbox[3] - MARGIN_OF_RULES
    )
    return inside or (bare.height > ruled.height and bare.bbox[3] > ruled.bbox[3] + 4)


def says_something(fragment: Fragment) -> bool:
    """Whether a word stands among the figures: else they are the scale of a chart."""
    return any(character.isalpha() for text in fragment.texts.values() for character in text)


def _within(inner: BBox, outer: BBox) -> bool:
    return (
        inner != outer
        and outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


def _outside(glyphs: PageGlyphs, fragments: list[Fragment]) -> tuple[Line, ...]:
    return glyphs.layout_outside([fragment.bbox for fragment in fragments]).lines


def _with_surroundings(
    content: PageContent, fragments: list[Fragment], lines: list[Line], dangling: str
) -> PageTables:
    parts: list[Part] = []
    taken: list[Line] = []
    for number, fragment in enumerate(fragments):
        ceiling = max(
            (f.bbox[3] for f in fragments[:number] if f.bbox[3] <= fragment.bbox[1] + 1),
            default=content.bbox[1],
        )
        floor = min(
            (f.bbox[1] for f in fragments[number + 1 :] if f.bbox[1] >= fragment.bbox[3] - 1),
            default=content.bbox[3],
        )
        free = [line for line in lines if line not in taken]
        over = above(fragment.bbox, free, ceiling)
        notes, noted = below(fragment.bbox, [line for line in free if line not in over.lines], floor)
        taken += [*over.lines, *noted]
        first = number == 0 and not any(
            line.bbox[3] <= fragment.bbox[1] + 1 and line not in over.lines for line in lines
        )
        last = number == len(fragments) - 1 and not any(
            line.bbox[1] >= fragment.bbox[3] - 1 and line not in noted for line in lines
        )
        caption = over.caption or (dangling if first else "")
        parts.append(Part(fragment, caption, over.unit, tuple(notes), first, last))
    rest = replace(content, edges=[], strokes=[])  # long documents keep what is still needed only
    return PageTables(rest, tuple(parts), tuple(taken), _dangling(parts, lines, taken))


def _dangling(parts: list[Part], lines: list[Line], taken: list[Line]) -> str:
    """The caption at the very foot of the page, if its table must be on the next one."""
    if not lines or lines[-1] in taken or (parts and parts[-1].last):
        return ""
    for line in reversed(lines[-2:]):
        if CAPTION.match(line.text) and line not in taken:
            return plain(line.text)
    return ""


# ----------------------------------------------------------------------------------------- the document


def tables_of(pages: Sequence[PageTables], wanted: Sequence[str] | None = None) -> list[Table]:
    """Logical tables of the pages that were read (in rising order), reduced to the wanted captions."""
    cells = {page.content.number: _cells(page) if page.cells is None else page.cells for page in pages}
    joined = join_parts([part for page in pages for part in page.parts])
    return wanted_tables([_table(logical, cells) for logical in joined], wanted)


def wanted_tables(tables: list[Table], wanted: Sequence[str] | None) -> list[Table]:
    """The tables with a wanted caption; all of them for None."""
    if wanted is None:
        return tables
    return [table for table in tables if caption_matches(table.caption, wanted)]


def caption_matches(caption: str, wanted: Sequence[str]) -> bool:
    """Whether any expression is found in the caption, as printed or without blanks."""
    forms = {caption, without_blanks(caption)}
    return any(re.search(pattern, form) for pattern in wanted for form in forms)


def _table(logical: Logical, texts: dict[int, dict[BBox, tuple[str, str]]]) -> Table:
    cells = []
    for placed, part, original in logical.cells:
        page = part.fragment.page
        text, raw = texts[page][original.bbox]
        cells.append(
            Cell(
                row=placed.row,
                col=placed.col,
                text=text,
                raw=raw,
                rowspan=placed.rowspan,
                colspan=placed.colspan,
                bbox=original.bbox,
                page=page,
            )
        )
    first, last = logical.parts[0], logical.parts[-1]
    return Table(
        cells=tuple(cells),
        page=first.fragment.page,
        bbox=first.fragment.bbox,
        caption=first.caption,
        unit=first.unit,
        notes=last.notes,
        header_rows=logical.header_rows,
    )


def settled(page: PageTables) -> PageTables:
    """What the tables of the document need of the page: texts instead of characters, so that they can go."""
    rest = replace(page.content, glyphs=PageGlyphs(()), edges=[], strokes=[], shapes=NO_SHAPES)
    return replace(page, content=rest, taken=(), cells=_cells(page))


def _cells(page: PageTables) -> dict[BBox, tuple[str, str]]:
    cells: dict[BBox, tuple[str, str]] = {}
    for cell in (cell for part in page.parts for cell in part.fragment.cells):
        layout = page.content.glyphs.layout_in(cell.bbox)
        text, raw = cell_text(layout), layout.text
        cells[cell.bbox] = (raw if text == raw else text, raw)  # one string, if they are equal
    return cells
