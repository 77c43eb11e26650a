"""One plain form for the many look-alikes of digits, dashes and ideographs, with the way back to the raw
text.

What belongs here: character-level mapping only. Evidence points into the raw text, therefore every function
that changes positions can also give them back.
What does not: any decision about what a figure means, and any mending of damaged figures.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from prosperity.notation.traditional import SIMPLIFIED

#: NFKC leaves the radicals supplement alone; PDFs printed by Chromium contain these in place of the
#: characters.
_RADICALS = dict(
    zip(
        "⺟⺠⺢⺩⺪⺮⺶⺼⺾⻁⻄⻅⻆⻉⻋⻌⻏⻒⻓⻔⻖⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
        "母民水王疋竹羊肉艹虎西见角贝车辶阝镸长门阝青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
)
#: NFKC turns these Kangxi radicals into the traditional character where simplified text means another one.
_KANGXI = {"⼾": "户", "⼴": "广", "⽹": "网"}
_DASHES = dict.fromkeys("‐‑‒–—―−─﹣－﹘︱⁃", "-")
_TILDES = dict.fromkeys("～〜∼˜", "~")
_DOTS = dict.fromkeys("•‧・∙⋅᛫･", "·")
_QUOTES = {"○": "〇", "◯": "〇"}
_EXPLICIT: dict[str, str] = {**_RADICALS, **_KANGXI, **_DASHES, **_TILDES, **_DOTS, **_QUOTES}
#: Footnote marks (②, ³, ⒈) would become plain digits and flow into the figures beside them: kept as they are.
_KEPT_TAGS = ("<circle>", "<super>", "<sub>", "<fraction>")
_KEPT = frozenset("…⋯‥") | {chr(code) for code in range(0x2474, 0x249C)}
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f")

#: Marks that stand for a footnote wherever they touch a word or a figure.
FOOTNOTE_MARKS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳❶❷❸❹❺❻❼❽❾❿¹²³⁰⁴⁵⁶⁷⁸⁹⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇※†‡"


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    """The normal form of one character: possibly empty, possibly several characters."""
    if character in _INVISIBLE:
        return ""
    if character in _EXPLICIT:
        return _EXPLICIT[character]
    if character in _KEPT or unicodedata.decomposition(character).startswith(_KEPT_TAGS):
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    plain = unicodedata.normalize("NFKC", character)
    return "".join(_EXPLICIT.get(part, part) for part in plain if part not in _INVISIBLE)


class _Table(dict[int, str]):
    """The normal forms by code point, found when first asked for: ``str.translate`` is much faster than a loop."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = _plain(character)
        if len(plain) != 1:
            _UNEVEN.add(character)
        if len(self) < MOST_KEPT:
            self[code] = plain
        return plain


MOST_KEPT = 50_000  #: normal forms; all of Chinese text has fewer
_UNEVEN: set[str] = set()  #: characters met whose normal form has another length than one
_TABLE = _Table()


def normalise(text: str) -> str:
    """The text with full-width digits and punctuation, dash variants and look-alike ideographs made plain.

    Like NFKC, character by character, except: radicals become the ideographs they look like, all dashes
    become ``-`` and all tildes ``~``; footnote marks (②, ³, ⑴) and fractions stay; invisible characters go.
    Applying it twice changes nothing.
    """
    return text.translate(_TABLE)


def normalise_with_offsets(text: str) -> tuple[str, list[int]]:
    """``normalise(text)`` and, for each of its characters, the index in ``text`` that it came from.

    The list has one entry more than the string: the length of ``text``.
    """
    plain = normalise(text)
    if _UNEVEN.isdisjoint(text):
        return plain, list(range(len(text) + 1))
    parts: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        plain = _plain(character)
        parts.append(plain)
        offsets.extend([index] * len(plain))
    offsets.append(len(text))
    return "".join(parts), offsets


def raw_span(offsets: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """The span of the raw text behind ``[start, end)`` of the normalised one."""
    if end <= start:
        return offsets[start], offsets[start]
    return offsets[start], offsets[end - 1] + 1


def fold(text: str) -> str:
    """Traditional characters (億, 萬, 業, 務 …) as simplified ones; same length, for matching."""
    return text.translate(SIMPLIFIED)
