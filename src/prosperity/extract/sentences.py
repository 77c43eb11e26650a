"""Cutting text into sentences, Chinese and English.

What belongs here: where a sentence begins and ends, and in which language it is. What does not: what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from prosperity.notation.changes import brackets

Language = Literal["zh", "en"]

_SENTENCE = re.compile(r"[^。!?\n]*(?:(?<=[0-9])。(?=[0-9])[^。!?\n]*)*[。!?\n]?")
_IDEOGRAPH = re.compile(r"[一-鿿]")
_WORDS = re.compile(r"(?<![A-Za-z])[A-Za-z]{2,30}[ ,]{1,2}[A-Za-z]{2,30}")
#: A line break within an English sentence.
_WRAPPED = re.compile(r"(?<=[a-z,])\n(?=[a-z0-9])")
_STOP = re.compile(r"\.[\"'”)]*\s+(?=[\"“(]?[A-Z0-9])")
_ABBREVIATED = re.compile(
    r"\b(?:U\.S|Co|Ltd|Inc|Corp|No|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mr|Ms|Dr|vs|[A-Z])$"
)


def sentences(plain: str) -> Iterator[tuple[int, int, Language]]:
    """Start, end and language of the sentences of a normalised text, without blanks before them."""
    plain = _WRAPPED.sub(" ", plain)
    for match in _SENTENCE.finditer(plain):
        start, end = match.span()
        start += len(match.group()) - len(match.group().lstrip())
        if start == end:
            continue
        if _english(plain[start:end]):
            yield from _english_sentences(plain, start, end)
        else:
            yield start, end, "zh"


def _english(text: str) -> bool:
    ideographs = len(_IDEOGRAPH.findall(text))
    return bool(_WORDS.search(text)) and sum(map(str.isascii, text)) > 8 * ideographs


def _english_sentences(plain: str, start: int, end: int) -> Iterator[tuple[int, int, Language]]:
    enclosed = [(start + first, start + last) for first, last in reversed(brackets(plain[start:end]))]
    for match in _STOP.finditer(plain, start, end):
        while enclosed and enclosed[-1][1] < match.end():
            enclosed.pop()
        if enclosed and enclosed[-1][0] < match.start():
            continue
        if not _ABBREVIATED.search(plain[max(start, match.start() - 5) : match.start()]):
            yield start, match.end(), "en"
            start = match.end()
    if plain[start:end].strip():
        yield start, end, "en"
