"""What belongs to a table and stands outside its grid: caption and unit line above it, notes below it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from prosperity.extract.celltext import join_lines, plain, without_blanks
from prosperity.extract.glyphs import Line
from prosperity.extract.model import BBox
from prosperity.extract.rules import CAPTION, PROSE

UNIT = re.compile(r"[（(\[]?\s*(?:计量)?单\s*位\s*[:：]\s*(?P<unit>[^）)\]\n]+?)\s*[）)\]]?\s*$")
NOTE = re.compile(
    r"^\s*(?:注\s*[\d一二三四五六七八九十]*\s*[:：.]|备注|附注|说明\s*[:：]|(?:资料|数据)?来源\s*[:：]|Notes?\b|Source|\*|[①-⑳]|\[\d)",
    re.IGNORECASE,
)
CONTINUED = re.compile(
    r"^\s*续\s*表|[（(]\s*(?:续|continued)\s*(?:表|[\d一二三四五六七八九十]*)\s*[)）]|（续", re.IGNORECASE
)
PAGE_NUMBER = re.compile(
    r"^\s*(?:[-–—―－·~]*\s*\d{1,4}\s*[-–—―－·~]*|第\s*\d+\s*页.*|\d+\s*/\s*\d+|Page\s+\d+.*|[ivxlc]{1,6})\s*$",
    re.IGNORECASE,
)
MARGIN = 0.12  #: share of the page's height in which running heads and page numbers stand
NEAR = 2.2  #: distance between neighbouring lines above a table, in character sizes
MAXIMUM_OF_LINES = 4


@dataclass(frozen=True)
class Above:
    caption: str = ""
    unit: str = ""
    lines: tuple[Line, ...] = ()  #: what was taken for caption and unit line


def repeated_heads(texts: Mapping[int, str]) -> frozenset[str]:
    """Texts of running heads: first or last lines that several pages share once figures are taken out."""
    counts: Counter[str] = Counter()
    for text in texts.values():
        lines = [line for line in text.splitlines() if line.strip()]
        counts.update({_skeleton(line) for line in lines[:2] + lines[-2:]})
    needed = 2 if len(texts) < 6 else 3
    if len(texts) < 2:
        return frozenset()
    return frozenset(text for text, count in counts.items() if text and count >= needed)


def _skeleton(text: str) -> str:
    return re.sub(r"\d+", "", without_blanks(text))


def is_furniture(line: Line, page: BBox, heads: frozenset[str]) -> bool:
    """Page numbers and running heads: in the margins only."""
    _, top, _, bottom = page
    middle = (line.bbox[1] + line.bbox[3]) / 2
    margin = MARGIN * (bottom - top)
    if top + margin < middle < bottom - margin:
        return False
    if CAPTION.match(line.text) or UNIT.search(line.text):
        return False  # tables of equal build at the top of several pages
    return bool(PAGE_NUMBER.match(line.text)) or _skeleton(line.text) in heads


def above(table: BBox, lines: Sequence[Line], ceiling: float) -> Above:
    """Caption and unit of the table whose top edge is ``table[1]``, from the lines between ``ceiling`` and
    it.

    A caption is a line that begins with 表 N or Table N; else the nearest line that is not running text.
    """
    near = [
        line for line in lines if ceiling - 1 <= line.bbox[1] and line.bbox[3] <= table[1] + line.size / 2
    ]
    near = [line for line in near if line.bbox[0] < table[2] and line.bbox[2] > table[0]]
    near.sort(key=lambda line: -line.bbox[3])
    edge = table[1]
    unit, taken, words = "", [], ""
    for line in near[:MAXIMUM_OF_LINES]:
        if edge - line.bbox[3] > NEAR * line.size:
            break
        text = line.text
        found = UNIT.search(text)
        if found and not unit:
            unit = plain(found["unit"])
            text = text[: found.start()].strip()
        edge = line.bbox[1]
        if found and not text:
            taken.append(line)
            continue
        if CAPTION.match(text) or CONTINUED.search(text):
            return Above(plain(join_lines(text, words)), unit, (*taken, line))
        if words or PROSE.search(text):
            break
        words = text
        taken.append(line)
    return Above(plain(words), unit, tuple(taken))


def below(table: BBox, lines: Iterable[Line], floor: float) -> tuple[list[str], list[Line]]:
    """Notes under the table, each with its continuation lines, and the lines they stand in."""
    under = [line for line in lines if line.bbox[1] >= table[3] - line.size / 2 and line.bbox[3] <= floor + 1]
    under = [line for line in under if line.bbox[0] < table[2] and line.bbox[2] > table[0]]
    under.sort(key=lambda line: line.bbox[1])
    notes: list[str] = []
    taken: list[Line] = []
    edge = table[3]
    for line in under:
        starts = bool(NOTE.match(line.text))
        distance = (line.bbox[1] - edge) / line.size
        if distance > (NEAR if starts else 1.0) or CAPTION.match(line.text) or not (starts or notes):
            break
        if not starts and line.size > 1.1 * taken[-1].size:
            break
        if starts:
            notes.append(line.text)
        else:
            notes[-1] = join_lines(notes[-1], line.text)
        taken.append(line)
        edge = line.bbox[3]
    return [plain(note) for note in notes], taken
