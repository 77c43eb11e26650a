"""Periods as Chinese statistics print them: ``1－10月份``, ``前三季度``, ``截至2019年6月末``, ``二〇二一年``.

What belongs here: from a phrase to a span of days with its sense. A year that is not printed is inferred only
from the date of issue or from a year the caller gives; it is never taken from today.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from prosperity.notation.model import Period, PeriodError, PeriodKind, months
from prosperity.notation.normalise import fold, normalise, normalise_with_offsets, raw_span
from prosperity.notation.numerals import small, year_from_chinese

Span = tuple[int, int]

LONGEST = 1000

_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_YEAR4 = r"(?:19|20)[0-9]{2}"
_TO = r"\s*(?:-+|~|至|到|—)\s*"
#: 一 between digits is what recognisers of scanned text make of a dash (1一11月).
_TO_MONTH = rf"(?:{_TO}|(?<=[0-9])一(?=[0-9]))"
_YEAR = (
    rf"(?:(?<![0-9.])(?P<year>{_YEAR4})\s*(?P<nian>年)?|(?P<chinese>[二一][〇零一二三四五六七八九]{{3}})年"
    r"|(?P<relative>今年|本年|去年|上年|前年))"
)
_BODY = rf"""
    (?<![0-9.])(?P<first>{_MONTH})\s*月?份?{_TO_MONTH}(?P<last>{_MONTH})\s*月份?(?!\s*[0-9]{{1,2}}\s*日)
  | [前首]\s*(?P<ahead>{_MONTH}|两)\s*个?\s*月份?
  | 前\s*(?P<quarters>[2-4二两三四])\s*个?季度 | 第?[1一]\s*季?度?{_TO}(?P<quarters2>[2-4二三四])\s*季度
  | (?P<half>[上下])半年
  | 第?(?<![0-9])(?P<quarter>[1-4一二三四])\s*季度 | [Qq]\s?(?P<q>[1-4])(?![0-9A-Za-z]) | (?P<headq>首季度?)
  | (?<![0-9.个第])(?P<month>{_MONTH})\s*月份?(?:\s*(?P<day>[0-9]{{1,2}})\s*日)?
  | (?P<whole>全年)
"""
_PHRASE = re.compile(
    rf"(?P<upto>截[至止]到?\s*)?(?:{_YEAR}\s*(?:\(?)\s*)?(?:{_BODY})\s*(?P<end>[末底](?!特))?"
    rf"|(?P<upto_y>截[至止]到?\s*)?(?:{_YEAR.replace('(?P<', '(?P<y_')})"
    rf"(?P<du>度)?(?P<end_y>全年)?(?P<end2>年?[末底](?!特))?"
    rf"|(?<![半0-9全周])年(?P<end3>[末底])|\((?P<dotted>{_YEAR4})\.(?P<dotted_month>1[0-2]|0?[1-9])\)",
    re.VERBOSE,
)
#: Not periods that a figure can refer to: spans over a change of year, and ranges of years.
_REFUSED = re.compile(
    rf"{_YEAR4}\s*年?\s*(?:-+|~|至|到)\s*{_YEAR4}(?:\s*年)?(?:\s*{_MONTH}\s*月份?)?"
    rf"|{_YEAR4}\s*年\s*{_MONTH}\s*月(?:\s*[0-9]{{1,2}}\s*日)?{_TO}(?:{_YEAR4}\s*年\s*)?{_MONTH}\s*月\s*[0-9]{{1,2}}\s*日"
    rf"|{_YEAR4}\s*年\s*{_MONTH}\s*月份?{_TO}{_YEAR4}\s*年\s*{_MONTH}\s*月份?"
)
_BASE_BEFORE = re.compile(
    r"(?:(?<![占同环对])[比较与由从自按]|[同环]比|按照|[高低快慢大小]于|相比于?|对比)(?:我国|全国)?$"
)
_BASE_AFTER = re.compile(r"\s*(?:同期|以来|起(?![数来])|为(?:同比)?(?:增长|下降|上涨|回落))")


@dataclass(frozen=True)
class Found:
    """A period phrase in a text; ``base`` says that it is what a figure is compared with (较2018年底)."""

    span: Span
    base: bool
    first: int
    last: int
    kind: PeriodKind
    year: int | None  #: as printed
    relative: int | None = None  #: years from that of issue: 今年 0, 去年 −1

    def resolve(self, issued: dt.date | None = None, default_year: int | None = None) -> Period:
        """The period, in the year printed, else in ``default_year``, else in the latest year in which it had
        ended strictly before ``issued``. PeriodError if there is none of them."""
        return months(self._year(issued, default_year), self.first, self.last, self.kind)

    def _year(self, issued: dt.date | None, default_year: int | None) -> int:
        if self.year is not None:
            return self.year
        if self.relative is not None:
            anchor = issued.year if issued else default_year
            if anchor is not None:
                return anchor + self.relative
        elif default_year is not None:
            return default_year
        elif issued is not None:
            ended = months(issued.year, self.first, self.last, self.kind).end < issued
            return issued.year if ended else issued.year - 1
        raise PeriodError("the year is not printed and there is no date of issue to infer it from")


def scan_periods(plain: str) -> Iterator[Found]:
    """Period phrases of a normalised and folded text, bases of comparison included, with spans in that
    text."""
    refused = [match.span() for match in _REFUSED.finditer(plain)]
    for match in _PHRASE.finditer(plain):
        start, end = match.span()
        if any(first < end and start < last for first, last in refused):
            continue
        extent = _extent(match)
        if extent is None:
            continue
        first, last, kind = extent
        base = bool(_BASE_BEFORE.search(plain[max(0, start - 6) : start]) or _BASE_AFTER.match(plain, end))
        year, relative = _printed_year(match)
        yield Found((start, end), base, first, last, kind, year, relative)


def _printed_year(match: re.Match[str]) -> tuple[int | None, int | None]:
    if digits := match["year"] or match["y_year"] or match["dotted"]:
        return int(digits), None
    if chinese := match["chinese"] or match["y_chinese"]:
        return year_from_chinese(chinese), None
    relative = match["relative"] or match["y_relative"]
    return None, {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2}[relative] if relative else None


def _extent(match: re.Match[str]) -> tuple[int, int, PeriodKind] | None:
    """First month, last month and kind of a match; None if it is no period after all."""
    stock = bool(match["upto"] or match["end"])
    if match["dotted"]:
        month = int(match["dotted_month"])
        return month, month, "month"
    if match["end3"]:
        return 12, 12, "stock"
    if match["y_year"] or match["y_chinese"] or match["y_relative"]:
        return _year_extent(match)
    if match["first"]:
        return _range(small(match["first"]), small(match["last"]))
    if count := match["ahead"]:
        return 1, small(count), "cumulative"
    if count := match["quarters"] or match["quarters2"]:
        return 1, 3 * small(count), "cumulative"
    if match["half"]:
        first, last = (1, 6) if match["half"] == "上" else (7, 12)
        return (last, last, "stock") if stock else (first, last, "half")
    if match["quarter"] or match["q"] or match["headq"]:
        number = small(match["quarter"] or match["q"] or "1")
        return (3 * number, 3 * number, "stock") if stock else (3 * number - 2, 3 * number, "quarter")
    if match["month"]:
        return _month_extent(match, stock)
    return (12, 12, "stock") if stock else (1, 12, "year")


def _month_extent(match: re.Match[str], stock: bool) -> tuple[int, int, PeriodKind] | None:
    month = small(match["month"])
    if match["day"] and not match["upto"]:
        return None  # a date, such as that of the press conference
    return month, month, "stock" if stock else "month"


def _range(first: int, last: int) -> tuple[int, int, PeriodKind] | None:
    if first == 1 and last > 1:
        return 1, last, "cumulative"
    if last - first == 2 and first in (4, 7, 10):
        return first, last, "quarter"
    return None  # figures for other spans of months are not published by any source


def _year_extent(match: re.Match[str]) -> tuple[int, int, PeriodKind] | None:
    ending = bool(match["upto_y"] or match["end2"])
    named = match["y_nian"] or match["y_chinese"] or match["end_y"] or match["du"]
    if match["end2"] and not (
        match["y_nian"] or match["y_chinese"] or match["y_relative"] or "年" in match["end2"]
    ):
        return None
    if match["y_relative"] and not (ending or match["end_y"] or match["du"]):
        return None  # 今年, 去年 alone only set the scene
    if not (named or ending):
        return None  # four digits without 年
    return (12, 12, "stock") if ending else (1, 12, "year")


def parse_period(text: str, issued: dt.date | None = None) -> Period:
    """The period that a phrase or a title names; the first one that is not a base of comparison.

    A span from January (``1-7月``, ``前三季度``) is cumulative, ``上半年`` a half, ``一季度`` a quarter;
    ``末``, ``底`` and ``截至`` make a stock, which starts and ends in its month. ``issued`` is the date of
    issue: a year that is not printed is the latest in which the period had ended strictly before it.
    PeriodError (a ValueError) if the text names no period or its year cannot be known.
    """
    if len(text) > LONGEST:
        raise PeriodError(f"a text of {len(text)} characters is no phrase or title: {text[:40]!r}…")
    plain = fold(normalise(text)).strip()
    if dotted := re.fullmatch(rf"({_YEAR4})\s?\.\s?(1[0-2]|0?[1-9])", plain):
        return months(int(dotted[1]), int(dotted[2]), int(dotted[2]), "month")
    for found in scan_periods(plain):
        if not found.base:
            return found.resolve(issued)
    raise PeriodError(f"no period in {text[:60]!r}")


def find_periods(
    text: str, issued: dt.date | None = None, default_year: int | None = None
) -> list[tuple[Period, Span]]:
    """All periods that figures of ``text`` can refer to, with spans into ``text``.

    Left out: bases of comparison (``较2018年底``) and phrases whose year cannot be known. A year printed
    wins, then ``default_year``, then the year inferred from ``issued``.
    """
    plain, offsets = normalise_with_offsets(text)
    periods: list[tuple[Period, Span]] = []
    for found in scan_periods(fold(plain)):
        if found.base:
            continue
        try:
            period = found.resolve(issued, default_year)
        except PeriodError:
            continue
        periods.append((period, raw_span(offsets, *found.span)))
    return periods
