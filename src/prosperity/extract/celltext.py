"""From the characters of a cell to its text: footnote marks off, lines joined, look-alike characters
mapped."""

from __future__ import annotations

import re
import unicodedata

from prosperity.extract.glyphs import Glyph, Layout, Line
from prosperity.notation.normalise import normalise

MARK_SIZE = 0.8  #: smaller than this share of the line's largest character is a mark, if raised
MARK_RISE = 0.15  #: its foot stands this much higher, in sizes of the largest character
NEARBY = 20  #: characters looked at to tell the language of a line break
_MARKS = "①-⑳❶-❿⑴-⒇"
_SUPERSCRIPTS = re.compile(r"(?<=[\d%％)）\u4e00-\u9fff])[¹²³⁰⁴-⁹]+")
_TRAILING_MARKS = re.compile(rf"(?<=\S)\s*[{_MARKS}]+$")
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff]"
_BLANK_IN_CHINESE = re.compile(rf"(?<={_WIDE})\s+(?={_WIDE})")
_POWER_OF = re.compile(r"(?:^|[^A-Za-z])[kcdm]?m$")  #: m², km³: the raised figure belongs to the unit
_NUMERIC = re.compile(r"[\d.,，．%％+\-−－]")


def cell_text(layout: Layout) -> str:
    """Text of a cell without footnote marks; its lines are joined as they would be read."""
    text = ""
    for line in layout.lines:
        text = join_lines(text, _without_marks(line))
    if text.isascii():
        return " ".join(text.split())
    text = plain(_TRAILING_MARKS.sub("", _SUPERSCRIPTS.sub("", text)))
    return _BLANK_IN_CHINESE.sub("", text)


def plain(text: str) -> str:
    """Look-alike characters mapped (see ``prosperity.notation.normalise``), runs of white space made one
    blank."""
    return " ".join(normalise(text).split())


def without_blanks(text: str) -> str:
    """For comparing and for finding captions: NFKC, no white space at all."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def join_lines(upper: str, lower: str, prose: bool = False) -> str:
    """Two lines of one cell or paragraph: with a blank between Latin words, without one in Chinese text and
    within a broken number. In prose, where lines are full, digits on both sides are one number if the text is
    Chinese; in a cell only if nothing but numbers stands there."""
    upper, lower = upper.rstrip(), lower.strip()
    if not upper or not lower:
        return upper + lower
    last, first = upper[-1], lower[0]
    if _is_wide(last) or _is_wide(first):
        return upper + lower
    if _NUMERIC.fullmatch(last) and _NUMERIC.fullmatch(first):
        around = upper[-NEARBY:] + lower[:NEARBY]
        chinese = prose and any(_is_wide(character) for character in around)
        if chinese or all(_NUMERIC.match(character) for character in upper + lower):
            return upper + lower
    return f"{upper} {lower}"


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F")


def marks_of(line: Line) -> set[Glyph]:
    """The raised small characters of a line, save the powers of units."""
    sizes = [glyph[5] for glyph in line.glyphs]
    if min(sizes) >= MARK_SIZE * max(sizes):
        return set()
    main = max(line.glyphs, key=lambda glyph: glyph.size)
    foot = max(glyph.bottom for glyph in line.glyphs if glyph.size > MARK_SIZE * main.size)
    marks: set[Glyph] = set()
    before = ""
    for glyph in line.glyphs:
        raised = glyph.size < MARK_SIZE * main.size and foot - glyph.bottom > MARK_RISE * main.size
        if raised and not (glyph.text in ("2", "3") and _POWER_OF.search(before)):
            marks.add(glyph)
        else:
            before += glyph.text
    return marks


def _without_marks(line: Line) -> str:
    marks = marks_of(line)
    if not marks:
        return line.text
    kept: list[str] = []
    rest = line.text
    for glyph in line.glyphs:
        place = rest.index(glyph.text)
        kept.append(rest[:place] if glyph not in marks else "")
        if glyph not in marks:
            kept.append(glyph.text)
        rest = rest[place + len(glyph.text) :]
    return "".join(kept)
