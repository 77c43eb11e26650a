"""Numbers written in Chinese characters.

What belongs here: numerals alone (一千二百三十四, 二〇二一, 二十一点二). Units and multipliers stand in
``quantities``.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import cn2an

from prosperity.notation.model import QuantityError

#: Characters that a numeral consists of, without the multipliers 万 and 亿, which belong to the quantity.
NUMERAL = "零〇一二两三四五六七八九十百千"
_DIGITS = {character: str(value) for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "两": "2",
}
_LONGEST = 24


def from_chinese(text: str) -> Decimal:
    """The value of a Chinese numeral; QuantityError if it is none, or one in colloquial short form
    (三千五)."""
    if not text or len(text) > _LONGEST or any(character not in NUMERAL + "点万亿" for character in text):
        raise QuantityError(f"not a Chinese numeral: {text[:_LONGEST]!r}")
    if all(character in _DIGITS for character in text):
        return Decimal("".join(_DIGITS[character] for character in text))
    try:
        return Decimal(str(cn2an.cn2an(text.replace("两", "二").replace("〇", "零"), "strict")))
    except (ValueError, KeyError, IndexError, TypeError, InvalidOperation) as error:
        raise QuantityError(f"not a Chinese numeral: {text!r}") from error


def year_from_chinese(text: str) -> int:
    """二〇二一 → 2021; QuantityError unless it is four digits."""
    if len(text) != 4 or any(character not in _DIGITS for character in text):
        raise QuantityError(f"not a year in Chinese digits: {text!r}")
    return int("".join(_DIGITS[character] for character in text))


def small(text: str) -> int:
    """A month, quarter or count in Arabic or Chinese digits: ``7``, ``十一``, ``两``."""
    if text.isascii() and text.isdigit():
        return int(text)
    return int(from_chinese(text))
