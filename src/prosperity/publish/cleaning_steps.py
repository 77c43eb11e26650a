"""How a printed figure became the stored one, told step by step from the raw text.

The steps are worked out again from what is archived, not copied from the run that cleaned it: where they do not
lead to the stored value, the last step says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from prosperity.catalogue.model import Series
from prosperity.clean.values import unit_of
from prosperity.notation.changes import parse_change
from prosperity.notation.model import ChangeError, Quantity, QuantityError
from prosperity.notation.normalise import normalise
from prosperity.notation.quantities import parse_quantity
from prosperity.notation.sizes import size_factor
from prosperity.publish.model import Figure, RowAround, Surroundings, TextAround
from prosperity.publish.words import plain, typeset, unit, with_unit

_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")
_BRACKET = re.compile(r"\([^()]*\)$")
_DIRECTION_LENGTH = 6  #: characters before a rate that show its direction


@dataclass(frozen=True)
class Step:
    """One step in both languages; ``amiss`` if it does not lead where it should."""

    zh: str
    en: str
    amiss: bool = False


def cleaning_steps(figure: Figure) -> list[Step]:
    """From the raw text to the stored value: characters, number, multiplier, unit, sign, plausibility."""
    reading, series = figure.provenance.reading, figure.series
    raw = figure.provenance.evidence.raw
    steps = [_step("原文:“{}”", "As archived: “{}”", raw)]
    tidy = " ".join(normalise(raw).split())
    if tidy != raw:
        steps.append(
            _step("统一全角字符与空白:“{}”", "Full-width characters and blanks made plain: “{}”", tidy)
        )
    read = _cell_text(figure, tidy)
    if read != tidy:
        steps.append(_step("去掉脚注标记:“{}”", "Footnote mark taken off: “{}”", read))
    quantity = _quantity(read)
    if reading.value == 0 and _says_unchanged(read):
        zero = with_unit(reading.value, series, "zh"), with_unit(reading.value, series, "en")
        return [*steps, _step("文字表示没有变动,即 {}", "The words say that nothing changed: {1}", *zero)]
    if quantity is None or reading.value is None:
        return [*steps, Step("原文不含数字", "The text holds no number", amiss=reading.value is not None)]
    steps.append(_number_step(quantity))
    steps += _unit_steps(quantity, figure)
    steps += _result_steps(quantity, reading.value, figure)
    bounds = series.bounds
    if bounds.minimum is not None and bounds.maximum is not None:
        low, high = plain(bounds.minimum), plain(bounds.maximum)
        steps.append(_step("在合理区间 {} 至 {} 之内", "Plausible: within {} to {}", low, high))
    return steps


def _step(zh: str, en: str, *values: str, amiss: bool = False) -> Step:
    """``zh`` and ``en`` are patterns; values, which may be raw text, are put in as they are."""
    return Step(typeset(zh).format(*values), en.format(*values), amiss)


def _cell_text(figure: Figure, tidy: str) -> str:
    """The text of a table cell without what extraction took off; other text as it is."""
    around = figure.around
    if not isinstance(around, RowAround) or around.column >= len(around.rows[around.row]):
        return tidy
    cell = " ".join(around.rows[around.row][around.column].split())
    return cell if cell and len(cell) < len(tidy) else tidy


def _quantity(text: str) -> Quantity | None:
    try:
        return parse_quantity(text)
    except QuantityError:
        found = _NUMBER.search(_BRACKET.sub("", text.replace(" ", "")))
        return Quantity(Decimal(found.group().replace(",", "")), Decimal(1), "") if found else None


def _says_unchanged(text: str) -> bool:
    """持平 and the like: a rate of zero without a figure."""
    try:
        return parse_change(text).rate == 0
    except ChangeError:
        return False


def _number_step(quantity: Quantity) -> Step:
    zh, en, values = "数字 {}", "Number {}", [plain(quantity.value)]
    parts = (
        (quantity.multiplier != 1, "倍数 {}", "multiplier {}", f"{quantity.multiplier:,f}"),
        (quantity.unit, "单位 {}", "unit {}", quantity.unit),
        (quantity.qualifier, "修饰词 {}", "qualifier {}", quantity.qualifier),
    )
    for present, chinese, english, value in parts:
        if present:
            zh, en = f"{zh}、{chinese}", f"{en}, {english}"
            values.append(value)
    return _step(zh, en, *values)


def _unit_steps(quantity: Quantity, figure: Figure) -> list[Step]:
    """Where the unit comes from if the figure is printed without one."""
    around = figure.around
    if quantity.unit or quantity.multiplier != 1 or not isinstance(around, RowAround):
        return []
    named = " · ".join(text for text in (around.label, around.heading, around.unit) if text)
    return [_step("单位见行名、表头或单位行:{}", "Unit from row label, header or unit line: {}", named)]


def _completed(quantity: Quantity, around: Surroundings | None) -> Quantity:
    """With multiplier and unit that the table names for a figure printed without either."""
    if quantity.unit or quantity.multiplier != 1 or not isinstance(around, RowAround):
        return quantity
    named = unit_of(around.label, around.heading, unit_line=around.unit)
    return replace(quantity, multiplier=named[0], unit=named[1]) if named else quantity


def _result_steps(quantity: Quantity, value: Decimal, figure: Figure) -> list[Step]:
    """Conversion into the unit of the series, the sign, and the value as stored."""
    series, quantity = figure.series, _completed(quantity, figure.around)
    factor = quantity.multiplier / Decimal(10) ** series.unit_mult * _size(quantity.unit, series.unit)
    if abs(quantity.value * factor) != abs(value) and abs(quantity.value) == abs(value):
        factor = Decimal(1)  # the multiplier stands in the table, not beside the figure
    scaled = quantity.value * factor
    stored = Step(
        typeset(f"存储值:{with_unit(value, series, 'zh')}"), f"Stored value: {with_unit(value, series, 'en')}"
    )
    if abs(scaled) != abs(value):
        words = (
            "与以上步骤不符(状态 {}):见数据修正",
            "Not what the steps above give (status {}): see the corrections",
        )
        return [stored, _step(*words, figure.provenance.reading.status, amiss=True)]
    steps = []
    if factor != 1:
        steps.append(_conversion(quantity, factor, value, series))
    if scaled == -value and value:
        words_before = _words_before(figure)
        steps.append(_step("符号:前文为“{}”", "Sign: the words before the figure are “{}”", words_before))
    return [*steps, stored]


def _size(printed: str, wanted: str) -> Decimal:
    """1/1024 for MB where the series is in GB; what it is counted for (户·月) may be left off beside the figure."""
    per = wanted.partition("/")[2]
    whole = printed if "/" in printed or not per else f"{printed}/{per}"
    return size_factor(whole, wanted) or Decimal(1)


def _conversion(quantity: Quantity, factor: Decimal, value: Decimal, series: Series) -> Step:
    shown = f"{plain(quantity.value)} × {factor.normalize():,f} = {plain(abs(value))}"
    return Step(f"换算为{unit(series, 'zh')}: {shown}", f"Converted to {unit(series, 'en')}: {shown}")


def _words_before(figure: Figure) -> str:
    around = figure.around
    if not isinstance(around, TextAround):
        return ""
    start = around.span[0]
    return around.sentence[max(0, start - _DIRECTION_LENGTH) : start]
