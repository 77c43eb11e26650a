"""Numbers as tables print them, and their conversion into the units a series is kept in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from prosperity.catalogue.model import Series
from prosperity.notation.english import scan_english_periods, table_unit
from prosperity.notation.model import Period, QuantityError, stock
from prosperity.notation.normalise import normalise
from prosperity.notation.periods import find_periods
from prosperity.notation.quantities import parse_quantity
from prosperity.notation.sizes import size_factor

#: One plain number, thousands separators allowed; anything else in the cell is not silently ignored.
_NUMBER = re.compile(r"^[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$")
#: A second figure in brackets behind the first: the real rate behind the nominal one.
_BRACKET = re.compile(r"\([^()]*\)$")
_UNIT_IN_BRACKETS = re.compile(r"\(([^()]+)\)")
#: Units that publishers do not print.
UNITLESS = ("指数", "点")
CURRENCIES = frozenset({"元", "美元", "港元", "欧元", "日元", "英镑"})
_ABSENT = {"", "-", "--", "—", "——", "…", "/", "...", "无"}
#: Not the first month of a span (2012年1-6月) and no quarter (2012年1季度): these are read as periods.
_HEADER_MONTH = re.compile(
    r"(20\d\d)\s*[.年/-]\s*(\d{1,2})(?!\d|\s*季|\s*月?份?\s*[-~至到—–]\s*\d)\s*月?(?!\d)"
)


@dataclass(frozen=True)
class Printed:
    """A figure in base units with what was said about it."""

    value: Decimal
    unit: str


def cell_number(text: str) -> Decimal | None:
    """The number of a cell; None where the publisher prints that there is none (``-``).

    :raises QuantityError: where the text is neither, e.g. a damaged decimal: it is never mended.
    """
    plain = normalise(text).replace(" ", "") if _ABSENT.isdisjoint({text.strip()}) else ""
    if plain in _ABSENT:
        return None
    plain = _BRACKET.sub("", plain).rstrip("%").replace("−", "-").replace("－", "-")
    if not _NUMBER.fullmatch(plain):
        raise QuantityError(f"the cell {text!r} holds no single number")
    return Decimal(plain.replace(",", ""))


def unit_of(*texts: str, unit_line: str = "") -> tuple[Decimal, str] | None:
    """Multiplier and base unit named in brackets by the first text that does (``网民规模(亿人)``), else by the
    table's unit line (``单位:亿元`` or ``亿元``); None where none is named."""
    bracketed = [match for text in texts for match in _UNIT_IN_BRACKETS.findall(normalise(text))]
    line = re.sub(r".*单位\s*[:：]?\s*", "", normalise(unit_line)).strip(" ()")
    for candidate in (*bracketed, line):
        if english := table_unit(candidate):
            return english
        try:
            quantity = parse_quantity(f"1{candidate.strip()}")
        except QuantityError:
            continue
        if quantity.unit or quantity.multiplier != 1:
            return quantity.multiplier, quantity.unit
    return None


def in_series_units(value: Decimal, multiplier: Decimal, unit: str, series: Series) -> Decimal:
    """``value × multiplier`` of ``unit`` as a number of ``10**unit_mult`` units of the series, digits kept.

    :raises QuantityError: where the unit is not the series' own.
    """
    size = size_factor(unit, series.unit)
    if size is None and not same_unit(unit, series.unit):
        raise QuantityError(f"unit {unit or 'none'!r} in place of {series.unit!r}")
    factor = multiplier.normalize() / (Decimal(10) ** series.unit_mult) * (size or Decimal(1))
    if factor == 1:
        return value
    scaled = value * factor
    return scaled.quantize(Decimal(1)) if scaled == scaled.to_integral_value() else scaled.normalize()


def same_unit(found: str, wanted: str) -> bool:
    """Units are equal; a figure printed without a unit may be persons (网民规模达8.54亿), things counted
    (域名总数达1109万) or an index number."""
    return (
        found == wanted
        or size_factor(found, wanted) is not None
        or (found == "" and wanted in ("人", "个", *UNITLESS))
        or (found == "个" and wanted == "点")
    )


def header_period(text: str, year: int | None = None, *, alone: bool = False) -> Period | None:
    """The period a header or label names (``2019.6``, ``2019年6月``, ``2016年一季度``, ``June 2019``); None without one.

    ``year`` completes a period printed without its year (``1-6月``); without it such a text names none.
    ``alone``: the header must be the period and nothing else, so that no half of it is taken for the whole.
    """
    plain = normalise(text).strip()
    if found := _HEADER_MONTH.fullmatch(plain) if alone else _HEADER_MONTH.search(plain):
        number, month = int(found.group(1)), int(found.group(2))
        return stock(number, month) if 1 <= month <= 12 else None
    periods = find_periods(plain, default_year=year) or _english_periods(plain)
    return next((period for period, span in periods if not alone or span == (0, len(plain))), None)


def _english_periods(plain: str) -> list[tuple[Period, tuple[int, int]]]:
    """Periods printed in English with their year; a month is the day that it ends with, as in other headers. Four digits
    alone name a year in prose; in a header they need not."""
    return [
        (stock(found.year, found.last) if found.kind == "month" else found.resolve(), found.span)
        for found in scan_english_periods(plain)
        if found.year is not None and not found.base and found.kind != "year"
    ]
