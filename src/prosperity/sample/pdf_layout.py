"""Laying out the sample PDFs with reportlab (development only): pages, headings, ruled tables, the notice.

What belongs here: appearance. What does not: any figure or sentence (``pdf_cnnic``, ``pdf_caict``).
Every page carries the notice that the document is rebuilt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from prosperity.sample.model import NOTICE_EN, NOTICE_ZH

Span = tuple[tuple[int, int], tuple[int, int]]  #: merged cells as (column, row) corners

#: Debian package fonts-wqy-microhei (Apache-2.0 or GPL with font exception); only the glyphs used are
#: embedded.
FONT_FILE = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
FONT = "WQYMicroHei"


def _style(name: str, size: float, **options: Any) -> ParagraphStyle:
    options.setdefault("leading", size * 1.7)
    return ParagraphStyle(name, fontName=FONT, fontSize=size, wordWrap="CJK", **options)


COVER = _style("cover", 26, alignment=TA_CENTER, spaceBefore=60, spaceAfter=30)
COVER_LINE = _style("cover-line", 14, alignment=TA_CENTER, spaceAfter=14)
CHAPTER = _style("chapter", 20, spaceAfter=24)
SECTION = _style("section", 14, spaceBefore=14, spaceAfter=10)
BODY = _style("body", 12, firstLineIndent=24, spaceAfter=8)
LIST = _style("list", 12, leftIndent=14, spaceAfter=8)
CAPTION = _style("caption", 11, alignment=TA_CENTER, spaceBefore=10, spaceAfter=2)
UNIT = _style("unit", 9.5, alignment=TA_RIGHT, spaceAfter=3)
NOTE = _style("note", 9, alignment=TA_LEFT, leading=13, spaceBefore=2)
CELL = _style("cell", 10.5, alignment=TA_CENTER, leading=14)
LABEL = _style("label", 10.5, leading=14)


def latin(style: ParagraphStyle) -> ParagraphStyle:
    """The same for English text: lines are broken between words only."""
    return ParagraphStyle(f"{style.name}-latin", style, wordWrap=None)


@dataclass(frozen=True)
class TableStyles:
    """What the parts of a table look like."""

    caption: ParagraphStyle = CAPTION
    unit: ParagraphStyle = UNIT
    cell: ParagraphStyle = CELL
    label: ParagraphStyle = LABEL
    note: ParagraphStyle = NOTE


CHINESE = TableStyles()
LATIN = TableStyles(*(latin(style) for style in (CAPTION, UNIT, CELL, LABEL, NOTE)))


def raised(mark: str) -> str:
    """A footnote mark as a raised figure of about half the size."""
    return f'<super rise="4" size="6">{mark}</super>'


class LeaveOnly(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """White space down to ``height`` points above the foot of the page, so that what follows must break."""

    def __init__(self, height: float) -> None:
        super().__init__()
        self._left = height

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return width, max(0.0, height - self._left)

    def draw(self) -> None: ...


@dataclass
class Report:
    """A document under construction, page by page."""

    title: str
    story: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        """:raises OSError: where the font is not installed."""
        if FONT not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(FONT, str(FONT_FILE), subfontIndex=0))
            pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=FONT, italic=FONT, boldItalic=FONT)

    def add(self, style: ParagraphStyle, *texts: str) -> None:
        self.story += [Paragraph(text, style) for text in texts if text]

    def page(self) -> None:
        self.story.append(PageBreak())

    def leave_only(self, height: float) -> None:
        self.story.append(LeaveOnly(height))

    def space(self, height: float) -> None:
        self.story.append(Spacer(1, height))

    def table(
        self,
        caption: str,
        header: Sequence[Sequence[str]],
        rows: Sequence[Sequence[str]],
        *,
        spans: Sequence[Span] = (),
        unit: str = "",
        notes: Sequence[str] = (),
        padding: float = 4,
        styles: TableStyles = CHINESE,
    ) -> None:
        """A thin-ruled table; ``spans`` are merged cells as (column, row) corners; header rows repeat."""
        self.add(styles.caption, caption)
        self.add(styles.unit, unit)
        grid = [[Paragraph(text, styles.cell) for text in row] for row in header]
        grid += [
            [Paragraph(row[0], styles.label), *(Paragraph(text, styles.cell) for text in row[1:])]
            for row in rows
        ]
        columns = len(header[0])
        widths = [150.0, *([300.0 / (columns - 1)] * (columns - 1))]
        style = [
            ("GRID", (0, 0), (-1, -1), 0.4, colors.black),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), padding),
            ("BOTTOMPADDING", (0, 0), (-1, -1), padding),
            *(("SPAN", first, last) for first, last in spans),
        ]
        self.story.append(Table(grid, colWidths=widths, repeatRows=len(header), style=style))
        self.add(styles.note, *notes)
        self.space(8)

    def write(self, path: Path) -> None:
        document = SimpleDocTemplate(
            str(path), pagesize=A4, invariant=1, pageCompression=1, title=self.title, author="sample",
            subject=NOTICE_EN, leftMargin=72, rightMargin=72, topMargin=72, bottomMargin=72,
        )  # fmt: skip
        document.build(self.story, onFirstPage=_page_notice, onLaterPages=_page_notice)


def _page_notice(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 7.5)
    canvas.setFillGray(0.35)
    middle = A4[0] / 2
    canvas.drawCentredString(middle, 46, NOTICE_ZH)
    canvas.drawCentredString(middle, 36, NOTICE_EN)
    canvas.drawCentredString(middle, 22, f"— {document.page} —")
    canvas.restoreState()
