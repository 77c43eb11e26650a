"""Periods, rates of change and units of tables as English editions of Chinese statistics word them.

What belongs here: phrases to values with their places (``up 5 percent year on year``, ``in the first seven months``).
What does not: which figure they belong to (``extract.english``), quantities (``quantities`` reads both languages).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from prosperity.notation.changes import Kind, Mark
from prosperity.notation.model import Comparison, PeriodKind
from prosperity.notation.periods import Found
from prosperity.notation.quantities import NUMBER

Span = tuple[int, int]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_COUNTS = {
    word: number
    for number, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=2
    )
}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_TO = r"\s*(?:-|to|through|until)\s*"
_YEAR = r"(?:19|20)[0-9]{2}"
_OF_YEAR = rf"(?:,?\s*(?:of\s+|in\s+)?(?P<year>{_YEAR})\b)?"
_PERIOD = re.compile(
    rf"""
    (?P<end>\b(?:the\s+)?end\s+of\s+(?:the\s+)?)?
    (?:
      (?P<first>{_MONTH}){_TO}(?P<last>{_MONTH}){_OF_YEAR}
    | \bfirst\s+(?P<count>{"|".join(_COUNTS)}|[0-9]{{1,2}})\s+months{_OF_YEAR.replace("year>", "year2>")}
    | \b(?P<quarters>first)\s+(?P<many>two|three|2|3)\s+quarters{_OF_YEAR.replace("year>", "year3>")}
    | \b(?P<half>first|second|1st|2nd)\s+half(?:\s+of\s+(?:the\s+|this\s+)?year\b)?{_OF_YEAR.replace("year>", "year4>")}
    | \b(?P<quarter>{"|".join(_ORDINALS)})[\s-]+quarter(?:\s*\(?Q[1-4]\)?)?{_OF_YEAR.replace("year>", "year5>")}
    | \bQ(?P<q>[1-4])\b{_OF_YEAR.replace("year>", "year6>")} | \bH(?P<h>[12])\b{_OF_YEAR.replace("year>", "year7>")}
    | (?<![A-Za-z])(?P<month>{_MONTH})(?P<day>\s+[0-9]{{1,2}}(?:st|nd|rd|th)?\b(?![0-9,]))?
      {_OF_YEAR.replace("year>", "year8>")}
    | \b(?P<alone>{_YEAR})\b(?![.,]?[0-9])
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_IN = re.compile(
    r"\b(?:in|during|for|of|over|throughout|full[- ]year|as of|by|at|until)\s+(?:the\s+)?(?:year\s+)?$", re.I
)
_STOCK = re.compile(r"\b(?:as of|as|by|at|until|up to)\s+(?:the\s+)?$", re.I)
#: What a figure is compared with: from the end of 2018, than that in the first quarter.
_BASE = re.compile(
    r"(?:\b(?:from|than|since|over|versus|against|compar(?:ed|ing)\s+(?:to|with))"
    r"(?:\s+(?:the\s+)?(?:that|those|same period|level|figure|(?:growth\s+)?rate|pace)"
    r"(?:\s+(?:registered|recorded|seen|reported))?)?(?:\s+(?:in|of|for|at|during))?\s+(?:the\s+|last\s+)?)$",
    re.I,
)

_UP = (
    r"up(?:\s+by)?|r[io]se|risen|rising|gr[eo]w|grown|growing|increas(?:ed|es|ing|e)|surg(?:ed|ing|e)|jump(?:ed|ing)?"
    r"|climb(?:ed|ing)?|soar(?:ed|ing)?|expand(?:ed|ing)?|went\s+up|gain(?:ed|ing)?|edg(?:ed|ing)\s+up|advanc(?:ed|ing)"
    r"|rebound(?:ed|ing)?|widen(?:ed|ing)?"
)
_DOWN = (
    r"down(?:\s+by)?|f[ae]ll|fallen|falling|declin(?:ed|es|ing|e)|drop(?:ped|ping)?|decreas(?:ed|es|ing|e)|dip(?:ped)?"
    r"|shr[aiu]nk|shrinking|slump(?:ed|ing)?|plung(?:ed|ing)|contract(?:ed|ing)?|went\s+down|edg(?:ed|ing)\s+down"
    r"|slid|slip(?:ped|ping)?|narrow(?:ed|ing)?|slow(?:ed|ing)?"
)
_UP_NOUN = r"increases?|growth(?:\s+rates?)?|rise|gain|surge|jump"
_DOWN_NOUN = r"decreases?|declines?|drop|fall"
_ABOUT = r"(?:(?:by|respectively|about|around|nearly|almost|over|roughly|approximately|more\s+than|some)\s+)*"
_YEARLY = r"(?:(?:slight|sharp|net|nominal|real|year-on-year|month-on-month|quarter-on-quarter|average|annual|half-yearly|semi-?annual)\s+)*"
_PERCENT = r"-?(?:percent(?!age)|per\s+cent|%)"
_POINTS = r"(?:percentage\s+points?|percent\s+points?|pct\s+points?)"
_VALUES = (
    rf"{NUMBER}\s*(?:{_PERCENT})?(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){NUMBER}\s*(?:{_PERCENT})?)*(?<![0-9.])"
)
_LIST = rf"(?<![A-Za-z0-9.,])(?P<list>(?:{NUMBER}\s*{_PERCENT}?(?:\s*,\s*(?:and\s+)?|\s+and\s+))*{NUMBER}\s*{_PERCENT})"
_LIST_OF_POINTS = (
    rf"(?<![A-Za-z0-9.,])(?P<list>(?:{NUMBER}(?:\s*,\s*(?:and\s+)?|\s+and\s+))*{NUMBER}\s*{_POINTS})"
)
#: making up 69.5 percent is a share.
_NOT_MADE = r"(?<!making )(?<!makes )(?<!make )(?<!made )(?<!taking )(?<!took )(?<!takes )"
_RATE = re.compile(
    rf"\b{_NOT_MADE}(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\s+{_ABOUT}{_LIST}"
    rf"|\b{_YEARLY}(?:(?P<up_noun>{_UP_NOUN})|(?P<down_noun>{_DOWN_NOUN}))\s+(?:rates?\s+)?(?:of|was|by|at|reached|stood\s+at)\s+"
    rf"{_ABOUT}{_LIST.replace('list>', 'list2>')}"
    rf"|\b(?:an?\s+)?{_LIST.replace('list>', 'list3>')}[\s-]+{_YEARLY}(?:(?P<up_noun3>{_UP_NOUN})|(?P<down_noun3>{_DOWN_NOUN}))\b(?!\s+of)",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<up_noun>{_UP_NOUN})\s+of|(?P<down_noun>{_DOWN_NOUN})\s+of)\s+{_ABOUT}{_LIST_OF_POINTS}"
    rf"|{_LIST_OF_POINTS.replace('list>', 'list2>')}\s+(?:(?P<more>higher|faster|more|up)|(?P<less>lower|slower|less|down))\b"
    r"(?P<than>\s+than\s+[^,;.]*)?",
    re.IGNORECASE,
)
_FLAT = re.compile(
    r"\b(?:(?:basically|roughly|largely|almost|virtually)\s+)?(?:flat|unchanged)\b(?!\s+rate)", re.I
)
#: Words of comparison behind a rate, which belong to it.
_AGAINST = re.compile(
    rf"""\s*(?:,\s*)?(?:
      (?P<yoy>year[\s-]on[\s-]year|y-o-y|yoy|annually|(?:from|than|over|compared\s+(?:to|with))\s+(?:a\s+year\s+(?:earlier|ago|before)
        |(?:the\s+)?(?:same\s+period|corresponding\s+period)[^,;.]{{0,30}}|the\s+previous\s+year|last\s+year|the\s+year\s+before)
        |a\s+year\s+earlier)
    | (?P<mom>month[\s-]on[\s-]month|from\s+(?:a\s+month\s+earlier|the\s+previous\s+month|last\s+month))
    | (?P<qoq>quarter[\s-]on[\s-]quarter|(?:from|over)\s+(?:a\s+quarter\s+earlier|the\s+previous\s+quarter|last\s+quarter))
    | (?P<since>(?:from|since|over|compared\s+(?:to|with))\s+(?:the\s+)?(?:end\s+of\s+)?(?:last\s+year|(?:the\s+)?previous\s+year
        |(?:six\s+months|half\s+a\s+year)\s+(?:ago|earlier|before)|(?:first|second)\s+half\s+of[^,;.]*|last\s+{_MONTH}|(?:{_MONTH}\s+)?{_YEAR}|{_MONTH}|start\s+of\s+{_YEAR}))
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_OTHER_PERIOD = re.compile(
    rf"\bthan\s+(?:(?:that|those|the\s+(?:growth\s+rate|rate|figure|level|growth|pace))\s+)?(?:(?:registered|recorded|seen|reported)\s+)?(?:in|of|for|during)?\s*(?:the\s+)?"
    rf"(?:first|second|third|fourth|previous|prior|last|same\s+period|same\s+month|corresponding|year|end|{_MONTH}|Q[1-4]|H[12]"
    rf"|{_YEAR}|a\s+(?:year|month|quarter))",
    re.IGNORECASE,
)


#: Before the noun of a change that is none on the year before.
_OTHER_SPAN = re.compile(r"\b(?:half-?year(?:ly)?|semi-?annual|average)\b")


def scan_english_periods(plain: str) -> Iterator[Found]:
    """Period phrases of a normalised English sentence, bases of comparison included (``Found.base``)."""
    for match in _PERIOD.finditer(plain):
        before = plain[max(0, match.start() - 60) : match.start()]
        span_opens = match["first"] and re.search(r"\bfrom\s+$", before, re.I)  # from January to April
        base = bool(_BASE.search(before)) and not span_opens
        ending = bool(match["end"]) or bool(_STOCK.search(before))
        extent = _extent(match, ending, before)
        if extent is None:
            continue
        first, last, kind = extent
        years = [value for name, value in match.groupdict().items() if name.startswith("year") and value]
        year = int(years[0]) if years else int(match["alone"]) if match["alone"] else None
        yield Found(match.span(), base, first, last, kind, year)


def _extent(match: re.Match[str], ending: bool, before: str) -> tuple[int, int, PeriodKind] | None:
    if match["first"]:
        first, last = _month(match["first"]), _month(match["last"])
        return (1, last, "cumulative") if first == 1 and last > 1 else None
    if match["alone"]:
        if not ending and not _IN.search(before) and not _BASE.search(before) and before.strip():
            return None
        return (12, 12, "stock") if ending else (1, 12, "year")
    if count := match["count"]:
        number = _COUNTS.get(count.lower()) or int(count)
        return (1, number, "cumulative") if 1 < number <= 12 else None
    if match["quarters"]:
        return 1, 3 * (2 if match["many"] in ("two", "2") else 3), "cumulative"
    if half := match["half"] or match["h"]:
        last = 6 if half.lower() in ("first", "1st", "1") else 12
        return (last, last, "stock") if ending else (last - 5, last, "half")
    if quarter := match["quarter"] or match["q"]:
        last = 3 * (_ORDINALS.get(quarter.lower()) or int(quarter))
        return (last, last, "stock") if ending else (last - 2, last, "quarter")
    if match["day"] or match["month"] in ("may", "march", "mar"):
        return None
    month = _month(match["month"])
    return month, month, "stock" if ending else "month"


def _month(printed: str) -> int:
    return _MONTHS[printed.lower().rstrip(".")]


@dataclass(frozen=True)
class EnglishMark:
    """A change with whether its words are a noun phrase (``an increase of``) that has no subject of its own."""

    mark: Mark
    noun: bool


def scan_english_changes(plain: str) -> list[EnglishMark]:
    """Rates, changes of rates and 'flat' of a normalised English sentence without its brackets, signed."""
    found: list[EnglishMark] = []
    for pattern, read in ((_DIFFERENCE, _difference), (_RATE, _rate), (_FLAT, _flat)):
        for match in pattern.finditer(plain):
            start, end = match.span()
            if any(one.mark.span[0] < end and start < one.mark.span[1] for one in found):
                continue
            if mark := read(plain, match):
                found.append(mark)
    return sorted(found, key=lambda one: one.mark.span)


def _rate(plain: str, match: re.Match[str]) -> EnglishMark:
    sign = -1 if match["down"] or match["down_noun"] or match["down_noun3"] else 1
    name = next(name for name in ("list", "list2", "list3") if match[name])
    noun = name != "list"
    comparison, end = _comparison(plain, match)
    words = plain[match.start() : match.start(name)]
    kind: Kind = (
        "real"
        if re.search(r"\breal\b", plain[max(0, match.start() - 12) : match.start()] + words, re.I)
        else "rate"
    )
    values = _values(match[name], match.start(name), sign)
    return EnglishMark(Mark(kind, values, (match.start(), end), comparison, "growth" if noun else ""), noun)


def _difference(plain: str, match: re.Match[str]) -> EnglishMark | None:
    if match["list2"]:
        if match["than"] and not _OTHER_PERIOD.search(match["than"]):
            return EnglishMark(
                Mark("other", (), match.span(), "yoy"), True
            )  # faster than that of the whole market
        name, sign, noun = "list2", -1 if match["less"] else 1, True
    else:
        name, noun = "list", bool(match["up_noun"] or match["down_noun"])
        sign = -1 if match["down"] or match["down_noun"] else 1
    falls = re.search(
        r"\b(?:decline|fall|drop|decrease)\w*\s+(?:rate\s+)?(?:was\s+)?$", plain[: match.start()], re.I
    )
    sign = -sign if falls else sign
    against = _AGAINST.match(plain, match.end())
    end = against.end() if against else match.end()
    return EnglishMark(
        Mark("difference", _values(match[name], match.start(name), sign), (match.start(), end), "yoy"), noun
    )


def _flat(plain: str, match: re.Match[str]) -> EnglishMark:
    comparison, end = _comparison(plain, match)
    return EnglishMark(
        Mark(
            "rate",
            ((Decimal(0), match.span()),),
            (match.start(), end),
            comparison,
            flags=("no figure printed, flat",),
        ),
        True,
    )


def _comparison(plain: str, match: re.Match[str]) -> tuple[Comparison, int]:
    """What a change is compared with, and where the words that say so end."""
    words = match.group().lower()
    inside: Comparison | None = None
    if "month-on-month" in words:
        inside = "mom"
    elif "quarter-on-quarter" in words:
        inside = "qoq"
    elif _OTHER_SPAN.search(words):
        inside = "since"
    against = _AGAINST.match(plain, match.end())
    end = against.end() if against else match.end()
    if against and against.lastgroup:
        said: dict[str, Comparison] = {"yoy": "yoy", "mom": "mom", "qoq": "qoq", "since": "since"}
        return inside or said[against.lastgroup], end
    return inside or "yoy", end


def _values(printed: str, start: int, sign: int) -> tuple[tuple[Decimal, Span], ...]:
    item = re.compile(rf"({NUMBER})\s*(?:{_POINTS}|{_PERCENT})?", re.IGNORECASE)
    return tuple(
        (sign * Decimal(match[1].replace(",", "")), (start + match.start(), start + match.end()))
        for match in item.finditer(printed)
    )


_TABLE_SIZES = {
    "10,000": 10**4, "10 thousand": 10**4, "100 million": 10**8,
    "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
}  # fmt: skip
#: Units of English tables; persons and things counted have none.
_TABLE_UNITS = (
    ("%|percent", "%"), ("hours?", "小时"), ("yuan", "元"), (r"blocks?\s*/\s?32", "块/32"), ("persons?|people|users", ""),
)  # fmt: skip
_TABLE_UNIT = re.compile(
    rf"(?:units?\s*:\s*)?(?:in\s+)?(?P<size>{'|'.join(_TABLE_SIZES)})?\s*"
    rf"(?:of\s+)?(?P<unit>{'|'.join(pattern for pattern, _ in _TABLE_UNITS)})?",
    re.IGNORECASE,
)


def table_unit(text: str) -> tuple[Decimal, str] | None:
    """Multiplier and base unit that a table names: ``10,000 persons``, ``Unit: 100 million``, ``%``; None where the
    text names neither. Things and persons counted have the unit ``""``."""
    match = _TABLE_UNIT.fullmatch(" ".join(text.split()))
    if not match or not (match["size"] or match["unit"]):
        return None
    named = match["unit"] or ""
    unit = next((unit for pattern, unit in _TABLE_UNITS if re.fullmatch(pattern, named, re.IGNORECASE)), "")
    return Decimal(_TABLE_SIZES.get((match["size"] or "").lower(), 1)), unit
