"""What extraction produces: tables and statements, every one with the place it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from prosperity.notation.model import Comparison, Period

BBox = tuple[float, float, float, float]  #: x0, top, x1, bottom in points, origin at the top left of the page
Span = tuple[int, int]  #: offsets of characters, end exclusive


class ExtractionError(Exception):
    """A document that cannot be read: ``status`` names the limit or the fault, the message cause and place."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; ``row`` and ``col`` are those of its upper left corner."""

    row: int
    col: int
    text: str  #: cleaned: footnote marks taken off, look-alike characters mapped, NFKC
    raw: str = ""  #: exactly what is read back from the archived bytes at this place
    rowspan: int = 1
    colspan: int = 1
    bbox: BBox | None = None  #: PDF
    page: int | None = None  #: PDF, 1-based; differs from the table's first page after a page break
    node: str | None = None  #: HTML: absolute path of the element, as lxml's getpath
    pointer: str | None = None  #: JSON: pointer to the value (RFC 6901)
    confidence: float | None = None  #: text recognition: of its least certain character, 0 to 1
    doubt: str = ""  #: why the text must not be believed: does not add up, a letter among digits


@dataclass(frozen=True)
class Table:
    """One logical table (stitched over page breaks), located by its caption and header texts."""

    cells: tuple[Cell, ...]
    page: int | None = None  #: first page, 1-based (PDF)
    bbox: BBox | None = None
    node: str | None = None  #: HTML: path of the table element
    caption: str = ""
    unit: str = ""  #: text of the unit line, e.g. 亿元
    notes: tuple[str, ...] = ()
    header_rows: int = 1
    pointer: str | None = None  #: JSON: pointer to what the table is made from
    method: str = ""  #: how it was read, where that is not from a drawn table: pdf-chart, ocr

    @property
    def rows(self) -> list[list[str | None]]:
        """The grid as lists of texts; None where a span covers the position, '' where the cell is empty."""
        if not self.cells:
            return []
        height = max(cell.row + cell.rowspan for cell in self.cells)
        width = max(cell.col + cell.colspan for cell in self.cells)
        grid: list[list[str | None]] = [[None] * width for _ in range(height)]
        for cell in self.cells:
            grid[cell.row][cell.col] = cell.text
        return grid


@dataclass(frozen=True)
class Statement:
    """One figure stated in prose, with the rate of change printed beside it.

    ``text`` is the sentence, ``node``/``page`` its place, ``span`` the characters of the sentence that
    hold the figure; ``rate_span`` those that hold the rate. ``text`` is raw: as archived, footnotes included.
    """

    subject: str
    measure: str
    value: Decimal | None
    multiplier: Decimal
    unit: str
    rate: Decimal | None
    period: Period | None
    qualifier: str
    text: str
    span: Span
    difference: Decimal | None = None  #: change of the rate, in points
    comparison: Comparison = "yoy"
    two_year_mean: Decimal | None = None
    rate_span: Span | None = None
    qoq: Decimal | None = None  #: the change on the period before (环比), printed beside ``rate``
    qoq_span: Span | None = None
    flags: tuple[
        str, ...
    ] = ()  #: doubts about the reading, e.g. "footnote mark removed", "figure contains a blank"
    node: str | None = None  #: HTML: path of the block element that holds the sentence
    offset: int = 0  #: offset of the sentence in the text of that block (or of the page, for PDF)
    page: int | None = None  #: PDF: ``offset`` counts in the text of this page
    bbox: BBox | None = None  #: PDF: around the characters of the figure
    method: str = ""  #: how it was read, where not from characters: ocr
    confidence: float | None = (
        None  #: text recognition: of the least certain character of its figures, 0 to 1
    )


@dataclass(frozen=True)
class Block:
    """A heading or paragraph of a document, for evidence pictures and for reading dates and titles."""

    text: str
    node: str | None = None
    page: int | None = None
    bbox: BBox | None = None
    heading: bool = False
    offset: int = 0  #: HTML: offset in the text of ``node``, where that element holds further blocks


@dataclass(frozen=True)
class Outline:
    """The outer form of a document, from which a change of its layout is seen: see ``outline``."""

    form: tuple[str, ...] = ()  #: PDF: formats of pages; HTML: path to the article; JSON: paths of keys
    fonts: tuple[str, ...] = ()  #: PDF
    captions: tuple[str, ...] = ()  #: of all tables that it seems to have, those not asked for included


@dataclass(frozen=True)
class Extraction:
    """All that was read from one document for one request; cached by content, version and request."""

    document: str  #: sha256
    media_type: str
    version: str  #: extractor version
    tables: tuple[Table, ...] = ()
    statements: tuple[Statement, ...] = ()
    blocks: tuple[Block, ...] = ()
    pages: int | None = None
    warnings: tuple[str, ...] = field(default_factory=tuple)
    outline: Outline = Outline()
