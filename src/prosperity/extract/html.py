"""HTML pages to blocks, tables and statements, each with the path of its node.

What belongs here: walking the page and finding what stands around tables. What does not: the network, the
meaning of figures. Evidence is re-read with ``text_at`` by the very functions that extraction used.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from prosperity.extract.html_nodes import (
    NodeMissing,
    collapse,
    decode,
    element_at,
    node_text,
    parse,
    paths_of,
    pieces,
    select,
)
from prosperity.extract.html_tables import is_data_table, is_note, read_table, split_unit
from prosperity.extract.model import Block, ExtractionError, Span, Statement, Table
from prosperity.extract.prose import Context, read_block
from prosperity.notation.model import PeriodError
from prosperity.notation.normalise import normalise
from prosperity.notation.periods import parse_period

__all__ = ["HtmlContent", "NodeMissing", "decode", "node_text", "read_html", "text_at"]

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NUMBERED_HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}\s*、|\([一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十]{1,3}[章节])"
    r"[^。;]{0,40}$"
)
_LEGEND = re.compile(r"^附?[图表]\s*[0-9一二三四五六七八九十]")
_NUMBERED_TABLE = re.compile(r"^附?表\s*[0-9一二三四五六七八九十]")
_NUMBERED_NOTE = re.compile(r"^\(?[0-9]{1,2}\s*[).、]")
MOST_NESTING = 20
_LONGEST_CAPTION = 80
_LOOK_BACK = 4
_MOST_NOTES = 12


@dataclass(frozen=True)
class HtmlContent:
    """What a page holds. For every statement ``s``: ``text_at(data, s.node, (s.offset + s.span[0], s.offset
    + s.span[1]))`` is ``s.text[s.span[0]:s.span[1]]``; for every cell: ``text_at(data, cell.node)`` is
    ``cell.raw``."""

    blocks: tuple[Block, ...]
    tables: tuple[Table, ...]
    statements: tuple[Statement, ...]
    title: str
    meta: dict[str, str]
    encoding: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Piece:
    """A run of text of one block element, or a table."""

    text: str = ""
    element: etree._Element | None = None
    table: etree._Element | None = None


def read_html(
    data: bytes,
    *,
    declared: str | None = None,
    issued: dt.date | None = None,
    content: str | None = None,
    statements: bool = True,
) -> HtmlContent:
    """Blocks, tables and statements of a page, in document order.

    ``declared``: charset that the server stated. ``issued``: date of issue, to infer years that are not
    printed. ``content``: XPath or simple CSS selector of the article; without it the whole body is read.
    Headings and legends of charts are blocks but make no statements: they repeat figures rounded.

    :raises ExtractionError: ``empty``, ``too-large``, ``too-complex``, ``encoding``, ``corrupt`` or
    ``layout``.
    """
    root, encoding = parse(data, declared)
    body = root.find("body")
    articles = select(root, content) if content else [body if body is not None else root]
    paths = paths_of(root)
    blocks: list[Block] = []
    tables: list[tuple[int, Table]] = []
    for article in articles:
        places = _Places(MOST_NESTING * (len(node_text(article)) + 10_000))
        for piece in _runs(article):
            if piece.table is not None:
                tables.append((len(blocks), read_table(piece.table, paths)))
            elif piece.element is not None:
                blocks.append(_block(piece.element, paths[piece.element], piece.text, places))
    meta = _meta(root)
    title = _title(root, meta)
    read: list[Statement] = []
    warnings: list[str] = []
    if statements:
        read, warnings = _statements(blocks, title, issued)
    surrounded = _surrounded(blocks, tables)
    return HtmlContent(tuple(blocks), surrounded, tuple(read), title, meta, encoding, tuple(warnings))


def text_at(data: bytes, node: str, span: Span | None = None, declared: str | None = None) -> str:
    """The text at a node of the archived page, or the part of it that ``span`` names.

    :raises NodeMissing: (an ExtractionError and a KeyError) if the page has no such node or span.
    """
    root, _ = parse(data, declared)
    text = node_text(element_at(root, node))
    if span is None:
        return text
    if not 0 <= span[0] <= span[1] <= len(text):
        raise NodeMissing(f"{node}: characters {span[0]}–{span[1]} of {len(text)}")
    return text[span[0] : span[1]]


# -------------------------------------------------------------------------------------------- walking


def _runs(article: etree._Element) -> Iterator[_Piece]:
    """Runs of text between the edges of block elements, and data tables, in document order."""
    tables = [table for table in article.iter("table") if is_data_table(table)]
    inside = {element: table for table in tables for element in table.iter()}
    given: set[etree._Element] = set()
    owner: etree._Element | None = None
    words: list[str] = []
    for element, text in pieces(article):
        table = inside.get(element) if element is not None else None
        if element is None or element is not owner or table is not None:
            if owner is not None and (run := collapse("".join(words))):
                yield _Piece(run, owner)
            owner, words = None, []
        if table is not None and table not in given:
            given.add(table)
            yield _Piece(table=table)
        elif element is not None and table is None:
            owner = element
            words.append(text)
    if owner is not None and (run := collapse("".join(words))):
        yield _Piece(run, owner)


class _Places:
    """Where runs of text stand in the text of their elements, which may hold further blocks in between.

    ``allowance``: characters that may be looked through in all, so that blocks nested in text nested in blocks
    cannot take hours.
    """

    def __init__(self, allowance: int) -> None:
        self._found: dict[etree._Element, tuple[str, int]] = {}
        self._allowance = allowance

    def of(self, element: etree._Element, run: str) -> int:
        if element not in self._found:
            whole = node_text(element)
            self._allowance -= len(whole)
            if self._allowance < 0:
                raise ExtractionError(
                    "too-complex", f"text and blocks alternate on more than {MOST_NESTING} levels"
                )
            self._found[element] = (whole, 0)
        whole, start = self._found[element]
        offset = max(whole.find(run, start), 0)
        self._found[element] = (whole, offset + len(run))
        return offset


def _block(element: etree._Element, path: str, run: str, places: _Places) -> Block:
    heading = element.tag in _HEADINGS or bool(_NUMBERED_HEADING.match(normalise(run)))
    return Block(text=run, node=path, heading=heading, offset=places.of(element, run))


def _statements(blocks: list[Block], title: str, issued: dt.date | None) -> tuple[list[Statement], list[str]]:
    try:
        context = Context(parse_period(title, issued))
    except PeriodError:
        context = Context()
    found: list[Statement] = []
    warnings: list[str] = []
    for block in blocks:
        if _LEGEND.match(normalise(block.text)):
            continue
        reading = read_block(block.text, issued=issued, context=context, node=block.node)
        context = reading.context
        if not block.heading:
            found += [
                replace(statement, offset=statement.offset + block.offset) for statement in reading.statements
            ]
            warnings += [f"{block.node}: {warning}" for warning in reading.warnings]
    return found, warnings


# ------------------------------------------------------------------------------------- around tables


def _surrounded(blocks: list[Block], tables: list[tuple[int, Table]]) -> tuple[Table, ...]:
    """Tables with caption and unit from the blocks before them, and notes from those behind."""
    complete = []
    floor = 0
    for number, (index, table) in enumerate(tables):
        ceiling = tables[number + 1][0] if number + 1 < len(tables) else len(blocks)
        table = _with_caption(table, blocks[max(floor, index - _LOOK_BACK) : index])
        behind: list[str] = []
        for block in blocks[index : min(ceiling, index + _MOST_NOTES)]:
            if not is_note(block.text) and not (behind and _NUMBERED_NOTE.match(normalise(block.text))):
                break
            behind.append(block.text)
        floor = index + len(behind)
        complete.append(replace(table, notes=(*table.notes, *behind)))
    return tuple(complete)


def _with_caption(table: Table, before: list[Block]) -> Table:
    caption, unit = table.caption, table.unit
    for block in reversed(before):
        text, named = split_unit(block.text)
        unit = unit or named
        if not text:
            continue
        numbered = _NUMBERED_TABLE.match(normalise(text))
        sentence = normalise(text).rstrip().endswith(("。", ";", ":")) or _LEGEND.match(normalise(text))
        if not caption and (numbered or (len(text) <= _LONGEST_CAPTION and not sentence)):
            caption = text
        break
    return replace(table, caption=caption, unit=unit)


# ------------------------------------------------------------------------------------------- the head


def _meta(root: etree._Element) -> dict[str, str]:
    """``name``/``property`` → ``content`` of the meta elements; the first of a name wins."""
    meta: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property")
        if name:
            meta.setdefault(name, collapse(element.get("content") or ""))
    return meta


def _title(root: etree._Element, meta: dict[str, str]) -> str:
    """The article's own title: meta ArticleTitle, else the only h1, else the page's title."""
    if meta.get("ArticleTitle"):
        return meta["ArticleTitle"]
    headings = [text for text in (node_text(element) for element in root.iter("h1")) if text]
    if len(headings) == 1:
        return headings[0]
    titles = [collapse("".join(element.itertext())) for element in root.iter("title")]
    return titles[0] if titles else (headings[0] if headings else "")
