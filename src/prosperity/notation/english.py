"""Periods and quantities as English editions of Chinese statistics print them: ``As of December 2022``, ``989 million``.

What belongs here: phrases to values. What does not: which measure a figure has (``extract.english``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from prosperity.notation.model import Period, Quantity, half, quarter, stock, whole_year

Span = tuple[int, int]

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_YEAR = r"(?P<{}>20[0-9]{{2}})(?![0-9])"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_PERIOD = re.compile(
    rf"(?:the\s+)?(?:end\s+of\s+)?\b(?P<month>{_MONTH})\b\.?,?\s+(?:of\s+)?(?:{_YEAR.format('of_month')}|(?P<this>this\s+year))"
    rf"|(?:the\s+)?end\s+of\s+(?:the\s+year\s+)?{_YEAR.format('ended')}"
    rf"|(?:the\s+)?(?P<half>first|second)\s+half\s+(?:of\s+)?{_YEAR.format('of_half')}"
    rf"|(?:the\s+)?(?P<quarter>first|second|third|fourth)\s+quarter\s+(?:of\s+)?{_YEAR.format('of_quarter')}"
    rf"|\bQ(?P<q>[1-4])\s*,?\s*{_YEAR.format('of_q')}|(?<![0-9.,$-]){_YEAR.format('alone')}",
    re.IGNORECASE,
)
#: Before a period that a figure is compared with: up 85.4 million from March 2020.
_BASE = re.compile(
    r"\b(?:over|from|than|since|against|versus|relative\s+to|compared\s+(?:with|to))"
    r"(?:\s+(?:that|those|the\s+figures?|the\s+number|the\s+level))?(?:\s+(?:at|in|of|by|as\s+of))?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Named:
    """A period phrase; ``base`` says that it is what a figure is compared with."""

    span: Span
    period: Period
    base: bool


def scan_periods(text: str, issued: dt.date | None = None) -> Iterator[Named]:
    """Period phrases from left to right, bases of comparison included; ``June of this year`` needs the date of issue."""
    for match in _PERIOD.finditer(text):
        if match["this"] and issued is None:
            continue
        base = bool(_BASE.search(text[max(0, match.start() - 60) : match.start()]))
        yield Named(match.span(), _period(match, issued), base)


def _period(match: re.Match[str], issued: dt.date | None) -> Period:
    if match["month"]:
        year = issued.year if match["this"] and issued else int(match["of_month"])
        return stock(year, _NAMES.index(match["month"][:3].lower()) + 1)
    if match["ended"]:
        return stock(int(match["ended"]), 12)
    if match["half"]:
        return half(int(match["of_half"]), _ORDINALS[match["half"].lower()])
    if match["quarter"]:
        return quarter(int(match["of_quarter"]), _ORDINALS[match["quarter"].lower()])
    if match["q"]:
        return quarter(int(match["of_q"]), int(match["q"]))
    return whole_year(int(match["alone"]))


_MULTIPLIERS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
#: Printed unit (blanks made one, lower case) → base unit.
_UNITS = (
    (r"%|per\s?cent\b", "%"),
    (r"(?:percentage\s+)?points?\b|pp\b", "百分点"),
    (r"hours?\b", "小时"),
    (r"blocks?\s*(?:\(\s*/32\s*\)|(?:of\s+)?/\s?32)|/32\s+blocks?\b", "块/32"),
    (r"(?:RMB\s+)?yuan\b|RMB\b", "元"),
    (r"(?:US|U\.S\.)\s+dollars?\b", "美元"),
)
_QUALIFIERS = {
    "nearly": "近", "almost": "近", "close to": "近", "about": "约", "approximately": "约", "around": "约",
    "roughly": "约", "some": "约", "over": "超", "more than": "超", "exceeding": "超", "exceeded": "超",
    "surpassing": "超", "surpassed": "超", "topping": "超", "topped": "超", "less than": "不足", "at least": "至少",
}  # fmt: skip
_QUANTITY = re.compile(
    rf"(?:\b(?P<qualifier>{'|'.join(re.escape(word) for word in _QUALIFIERS)})\s+)?(?P<sign>-)?"
    r"(?<![0-9A-Za-z.,/])(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<digits>\.[0-9]+)?(?![0-9,.]*[0-9])"
    rf"(?:[\s-]*(?P<multiplier>{'|'.join(_MULTIPLIERS)})\b)?"
    rf"(?:\s*(?P<unit>{'|'.join(pattern for pattern, _ in _UNITS)}))?",
    re.IGNORECASE,
)


def scan_quantities(text: str) -> Iterator[tuple[Quantity, Span, Span]]:
    """Figures with a multiplier or a unit: quantity, span of the figure, span with its qualifier.

    Bare numbers (years, ranks, numbers of tables) are none.
    """
    for match in _QUANTITY.finditer(text):
        if not (match["multiplier"] or match["unit"]):
            continue
        number = Decimal(match["number"].replace(",", "") + (match["digits"] or ""))
        multiplier = Decimal(_MULTIPLIERS.get((match["multiplier"] or "").lower(), 1))
        start = match.start("sign") if match["sign"] else match.start("number")
        quantity = Quantity(
            -number if match["sign"] else number,
            multiplier,
            _base_unit(match["unit"] or ""),
            _QUALIFIERS.get(" ".join((match["qualifier"] or "").lower().split()), ""),
        )
        yield quantity, (start, match.end()), match.span()


def _base_unit(printed: str) -> str:
    return next((unit for pattern, unit in _UNITS if re.fullmatch(pattern, printed, re.IGNORECASE)), "")


_TABLE_UNIT = re.compile(
    r"(?:units?\s*:\s*)?(?:in\s+)?(?P<size>10,000|10 thousand|100 million|thousand|million|billion|trillion)?\s*"
    r"(?:of\s+)?(?P<unit>persons?|people|users|%|percent|hours?|yuan|blocks?\s*/\s?32)?",
    re.IGNORECASE,
)
_SIZES = {"10,000": 10**4, "10 thousand": 10**4, "100 million": 10**8, **_MULTIPLIERS}


def table_unit(text: str) -> tuple[Decimal, str] | None:
    """Multiplier and base unit that a table names: ``10,000 persons``, ``Unit: 100 million``, ``%``; None where the
    text names neither. Things and persons counted have the unit ``""``."""
    match = _TABLE_UNIT.fullmatch(" ".join(text.split()))
    if not match or not (match["size"] or match["unit"]):
        return None
    unit = _base_unit(match["unit"] or "")
    return Decimal(_SIZES.get((match["size"] or "").lower(), 1)), unit
