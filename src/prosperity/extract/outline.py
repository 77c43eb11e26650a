"""The outer form of a document, kept with its extraction so that a change of layout can be seen later.

Cheap and the same on every machine: page formats, fonts and captions of a PDF; the path to the article and the
captions of a page; the keys of an answer in JSON. What a change means is judged in ``clean.drift``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from prosperity.extract.celltext import plain
from prosperity.extract.model import Block, Outline, Table
from prosperity.extract.rules import CAPTION

MOST_CAPTIONS = 200
MOST_PAGES = 40  #: whose fonts are looked at
MOST_KEYS = 200
DEEPEST = 8  #: levels of an answer
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_INDEX = re.compile(r"\[\d+\]")


def of_pdf(body: bytes, pages: Iterable[Any], texts: Mapping[int, str]) -> Outline:
    """``pages``: pdfminer's, of those that were read; ``texts`` of all pages, by number."""
    import pypdfium2

    formats: set[str] = set()
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError:
        pass  # pdfminer reads some documents that pdfium does not
    else:
        for number in range(len(document)):
            width, height = document.get_page_size(number)
            formats.add(f"{width:.0f} × {height:.0f} points")
        document.close()
    fonts: set[str] = set()
    for page, _ in zip(pages, range(MOST_PAGES), strict=False):
        fonts |= _fonts(page)
    lines = (plain(line) for _, text in sorted(texts.items()) for line in text.splitlines())
    captions = [line for line in lines if CAPTION.match(line)]
    return Outline(tuple(sorted(formats)), tuple(sorted(fonts)), tuple(captions[:MOST_CAPTIONS]))


def _fonts(page: Any) -> set[str]:
    """Names of the fonts that a page can use, without the mark of a subset."""
    from pdfminer.pdftypes import resolve1

    fonts = resolve1((resolve1(page.resources) or {}).get("Font"))
    names = set()
    for reference in fonts.values() if isinstance(fonts, dict) else ():
        font = resolve1(reference)
        name = getattr(font.get("BaseFont"), "name", None) if isinstance(font, dict) else None
        if isinstance(name, str):
            names.add(_SUBSET.sub("", name))
    return names


def of_html(blocks: Sequence[Block], tables: Sequence[Table]) -> Outline:
    """Of the article: the path of the element that holds all of it, without positions, and its captions."""
    nodes = [block.node for block in blocks if block.node] + [table.node for table in tables if table.node]
    captions = tuple(table.caption for table in tables if table.caption)
    return Outline((_common(nodes),) if nodes else (), (), captions[:MOST_CAPTIONS])


def _common(nodes: Sequence[str]) -> str:
    """Path of the nearest element around all of them."""
    paths = [node.split("/")[:-1] for node in nodes]
    shared = []
    for steps in zip(*paths, strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(_INDEX.sub("", steps[0]))
    return "/".join(shared)


def of_json(value: Any, table: Table) -> Outline:
    """The paths of all keys, those in lists once."""
    keys: set[str] = set()
    _collect(value, "", keys, 0)
    return Outline(tuple(sorted(keys)), (), (table.caption,))


def _collect(value: Any, path: str, keys: set[str], depth: int) -> None:
    if depth > DEEPEST or len(keys) >= MOST_KEYS:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            keys.add(f"{path}/{name}")
            _collect(inner, f"{path}/{name}", keys, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, f"{path}/*", keys, depth + 1)
