"""The industry report as an Excel workbook: one sheet per chapter, and the list of figures.

What belongs here: layout of sheets. What does not: choosing figures, and exports of the warehouse (``export``). Cells
of tables are numbers with their printed digits that lead to their line in the list of figures; charts are Excel's own
and draw from cells of the sheet.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from prosperity.catalogue.versions import month_of
from prosperity.publish.content import (
    Chapter,
    DataTable,
    FigureChart,
    FigureReference,
    NeedsAuthor,
    Paragraph,
    Section,
    SourceList,
)
from prosperity.publish.export.excel import DIGITS, NAME, OPTIONS
from prosperity.publish.rendered import Entry, Printable, entries, key_of, origins_line
from prosperity.publish.words import BASES, STATUSES, Language, period, said

FIGURES = {"zh": "数值清单", "en": "Figures"}
_ABOUT = {"zh": "说明", "en": "About"}
_HEADS = {
    "zh": ("指标", "名称", "时期", "数值", "单位", "状态", "发布日期", "日期依据", "来源", "文件", "位置", "地址", "证据页", "计算"),
    "en": ("series", "name", "period", "value", "unit", "status", "known from", "date is", "source", "document", "place", "address", "evidence page", "calculation"),
}  # fmt: skip
_WIDTHS = (24, 34, 16, 14, 14, 14, 12, 16, 28, 40, 30, 40, 26, 50)


def report_workbook(material: Printable, language: Language) -> bytes:
    """The workbook in one language, the same bytes for the same content.

    Links to evidence pages are relative to the site's folder ``files``.
    """
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, OPTIONS) as book:
        made = dt.datetime.combine(material.report.today, dt.time())
        book.set_properties({"title": getattr(material.report.title, language), "created": made})
        _Writer(book, material, language).write()
    return stream.getvalue()


class _Writer:
    """Writes one workbook; formats are made once each."""

    def __init__(self, book: Any, material: Printable, language: Language) -> None:
        self.book, self.material, self.language = book, material, language
        self.listed = entries(material)
        self.lines = {entry.key: line for line, entry in enumerate(self.listed, 2)}
        self.big = book.add_format({"bold": True, "font_size": 16})
        self.bold = book.add_format({"bold": True, "font_size": 12})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.words = book.add_format({"text_wrap": True, "valign": "top"})
        self.quiet = book.add_format({"italic": True, "font_color": "#555555"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.link = book.add_format({"font_color": "#1F4E79", "underline": 1})
        self.shown: dict[int, Any] = {}

    def write(self) -> None:
        report = self.material.report
        names = [self._name(chapter) for chapter in report.chapters]
        self._about(names)
        for chapter, name in zip(report.chapters, names, strict=True):
            self._chapter(chapter, name)
        self._figures()

    def _of(self, words: Any) -> str:
        said_in: str = getattr(words, self.language)
        return said_in

    def _name(self, chapter: Chapter) -> str:
        return re.sub(r"[\[\]:*?/\\]", "_", f"{chapter.number} {self._of(chapter.title)}")[:NAME]

    def _about(self, names: Sequence[str]) -> None:
        report, zh = self.material.report, self.language == "zh"
        sheet = self.book.add_worksheet(_ABOUT[self.language])
        sheet.set_column(0, 0, 80)
        sheet.write_string(0, 0, self._of(report.title), self.big)
        edition = f"{report.edition}年版,数据截至 {report.as_of}" if zh else f"Edition of {report.edition}, figures as known on {report.as_of}"  # fmt: skip
        sheet.write_string(1, 0, edition)
        if report.notice:
            sheet.write_string(2, 0, self._of(report.notice), self.quiet)
        for line, name in enumerate([*names, FIGURES[self.language]], 4):
            sheet.write_url(line, 0, f"internal:'{name}'!A1", self.link, name)

    # ------------------------------------------------------------------------------------------- chapters

    def _chapter(self, chapter: Chapter, name: str) -> None:
        sheet = self.book.add_worksheet(name)
        sheet.set_column(0, 0, 60)
        sheet.set_column(1, 1, 18)
        sheet.set_column(2, 16, 12)
        sheet.write_string(0, 0, f"{chapter.number} {self._of(chapter.title)}", self.big)
        line = 2
        for section in chapter.sections:
            line = self._section(sheet, name, section, line)

    def _section(self, sheet: Any, name: str, section: Section, line: int) -> int:
        sheet.write_string(line, 0, f"{section.number}. {self._of(section.title)}", self.bold)
        line += 1
        for block in section.blocks:
            if isinstance(block, Paragraph):
                spans = self._of(block.text)
                words = [self._of(one.text) if isinstance(one, FigureReference) else one for one in spans]
                line = self._line(sheet, line, "".join(words), self.words)
            elif isinstance(block, DataTable):
                line = self._table(sheet, block, line)
            elif isinstance(block, FigureChart):
                line = self._chart(sheet, name, block, line)
            elif isinstance(block, NeedsAuthor):
                before = "待撰写:" if self.language == "zh" else "For an author: "
                line = self._line(sheet, line, f"{before}{self._of(block.subject)} ({self._of(block.missing)})", self.quiet)  # fmt: skip
            elif isinstance(block, SourceList):
                titles = [f"{self._of(use.publisher)}: {self._of(use.title)}" for use in block.sources]
                line = self._line(sheet, line, "; ".join(titles), self.quiet)
        return line + 1

    def _line(self, sheet: Any, line: int, words: str, form: Any) -> int:
        sheet.write_string(line, 0, words, form)
        return line + 1

    def _table(self, sheet: Any, table: DataTable, line: int) -> int:
        sheet.write_string(line, 0, self._of(table.title), self.bold)
        unit = "单位" if self.language == "zh" else "unit"
        for column, head in enumerate(["", unit, *(self._of(one) for one in table.columns)]):
            sheet.write_string(line + 1, column, head, self.head)
        line += 2
        for row in table.rows:
            sheet.write_string(line, 0, self._of(row.head))
            sheet.write_string(line, 1, self._of(row.unit))
            for column, cell in enumerate(row.cells, 2):
                if cell is not None:
                    self._figure(sheet, line, column, cell)
            line += 1
        return self._origins(sheet, table, line)

    def _chart(self, sheet: Any, name: str, chart: FigureChart, line: int) -> int:
        """The figures of a chart as a table by period, and the chart beside it."""
        periods = sorted({point.period for one in chart.lines for point in one.points}, key=month_of)
        places = {code: number for number, code in enumerate(periods)}
        title = f"{self._of(chart.title)} ({self._of(chart.unit)})"
        sheet.write_string(line, 0, title, self.bold)
        first = line + 2
        drawn = self.book.add_chart({"type": "column" if chart.mark == "bars" else "line"})
        for number, code in enumerate(periods):
            series = self.material.series.get(chart.lines[0].series)
            sheet.write_string(first + number, 1, period(code, series, self.language))
        for column, one in enumerate(chart.lines, 2):
            sheet.write_string(first - 1, column, self._of(one.name), self.head)
            for point in one.points:
                self._figure(sheet, first + places[point.period], column, point)
            last = first + len(periods) - 1
            drawn.add_series(
                {
                    "name": [name, first - 1, column],
                    "categories": [name, first, 1, last, 1],
                    "values": [name, first, column, last, column],
                    "marker": {"type": "circle", "size": 4},
                }
            )
        drawn.set_title({"name": title, "name_font": {"size": 11}})
        drawn.show_blanks_as("span")
        drawn.set_legend({"position": "bottom"} if len(chart.lines) > 1 else {"none": True})
        # Beside the figures: to the right of the last column.
        sheet.insert_chart(first - 1, len(chart.lines) + 3, drawn, {"description": title})
        return self._origins(sheet, chart, max(first + len(periods), first + 15))

    def _origins(self, sheet: Any, block: DataTable | FigureChart, line: int) -> int:
        return self._line(sheet, line, origins_line(block.origins, self.material.titles, self.language), self.quiet) + 1  # fmt: skip

    def _figure(self, sheet: Any, line: int, column: int, figure: FigureReference) -> None:
        """A number that leads to its line in the list: the address is set first, then the cell's text made a number."""
        key = key_of(figure)
        if key in self.lines:
            sheet.write_url(line, column, f"internal:'{FIGURES[self.language]}'!A{self.lines[key]}")
        self._number(sheet, line, column, figure)

    def _number(self, sheet: Any, line: int, column: int, figure: FigureReference) -> None:
        value = figure.value
        if isinstance(value, Decimal) and len(value.as_tuple().digits) > DIGITS:
            sheet.write_string(line, column, figure.number)
            return
        # The digits that tables show: those printed, or those of the calculation.
        places = len(figure.number.partition(".")[2])
        if places not in self.shown:
            self.shown[places] = self.book.add_format({"num_format": "#,##0" + ("." + "0" * places if places else "")})  # fmt: skip
        sheet.write_number(line, column, float(value), self.shown[places])

    # ------------------------------------------------------------------------------------ list of figures

    def _figures(self) -> None:
        sheet = self.book.add_worksheet(FIGURES[self.language])
        sheet.freeze_panes(1, 0)
        for column, (head, width) in enumerate(zip(_HEADS[self.language], _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, head, self.head)
        for line, entry in enumerate(self.listed, 1):
            self._entry(sheet, line, entry)

    def _entry(self, sheet: Any, line: int, entry: Entry) -> None:
        figure, place = entry.figure, entry.place
        sheet.write_string(line, 0, figure.series)
        sheet.write_string(line, 1, self._of(entry.name))
        sheet.write_string(line, 2, figure.period)
        self._number(sheet, line, 3, figure)
        sheet.write_string(line, 4, self._of(figure.unit))
        sheet.write_string(line, 5, said(STATUSES, figure.status, self.language))
        if figure.known_from:
            sheet.write_datetime(line, 6, dt.datetime.combine(figure.known_from, dt.time()), self.day)
        sheet.write_string(line, 7, said(BASES, figure.basis, self.language) if figure.basis else "")
        if place:
            for column, words in enumerate((self._of(place.source), place.title, place.where), 8):
                sheet.write_string(line, column, words)
            sheet.write_string(line, 11, place.address)
        if figure.evidence:
            page = f"../evidence/{figure.evidence}.html"
            sheet.write_url(line, 12, f"external:{page}", self.link, figure.evidence)
        if entry.calculation:
            used = "; ".join(f"{one.series} {one.period}" for one in entry.calculation.inputs)
            sheet.write_string(line, 13, f"{self._of(entry.calculation.formula)}: {used}")
