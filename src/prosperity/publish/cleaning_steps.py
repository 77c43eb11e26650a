"""How a printed figure became the stored one, told step by step from the raw text.

The steps are worked out again from what is archived, not copied from the run that cleaned it: where they do not
lead to the stored value, the last step says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from prosperity.catalogue.model import Series
from prosperity.notation.model import Quantity, QuantityError
from prosperity.notation.normalise import normalise
from prosperity.notation.quantities import parse_quantity
from prosperity.publish.model import Figure, RowAround, TextAround
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
    steps = [_step(f"原文: “{raw}”", f"As archived: “{raw}”")]
    tidy = " ".join(normalise(raw).split())
    if tidy != raw:
        steps.append(_step(f"统一全角字符与空白: “{tidy}”", f"Full-width characters and blanks made plain: “{tidy}”"))
    quantity = _quantity(tidy)
    if quantity is None or reading.value is None:
        steps.append(_step("原文不含数字", "The text holds no number", amiss=reading.value is not None))
        return steps
    steps.append(_number_step(quantity))
    steps += _unit_steps(quantity, figure)
    steps += _result_steps(quantity, figure)
    bounds = series.bounds
    if bounds.minimum is not None and bounds.maximum is not None:
        limits = f"{plain(bounds.minimum)} – {plain(bounds.maximum)}"
        steps.append(_step(f"合理区间检验: {limits}, 通过", f"Plausible: within {limits}"))
    return steps


def _step(zh: str, en: str, amiss: bool = False) -> Step:
    return Step(typeset(zh), en, amiss)


def _quantity(text: str) -> Quantity | None:
    try:
        return parse_quantity(text)
    except QuantityError:
        found = _NUMBER.search(_BRACKET.sub("", text.replace(" ", "")))
        return Quantity(Decimal(found.group().replace(",", "")), Decimal(1), "") if found else None


def _number_step(quantity: Quantity) -> Step:
    zh, en = f"数字 {plain(quantity.value)}", f"Number {plain(quantity.value)}"
    if quantity.multiplier != 1:
        zh += f", 倍数 {quantity.multiplier:,f}"
        en += f", multiplier {quantity.multiplier:,f}"
    if quantity.unit:
        zh, en = f"{zh}, 单位 {quantity.unit}", f"{en}, unit {quantity.unit}"
    if quantity.qualifier:
        zh, en = f"{zh}, 修饰词 “{quantity.qualifier}”", f"{en}, qualifier “{quantity.qualifier}”"
    return _step(zh, en)


def _unit_steps(quantity: Quantity, figure: Figure) -> list[Step]:
    """Where the unit comes from if the figure is printed without one."""
    around = figure.around
    if quantity.unit or quantity.multiplier != 1 or not isinstance(around, RowAround):
        return []
    named = " · ".join(text for text in (around.label, around.heading, around.unit) if text)
    return [_step(f"单位与倍数见行名、表头或表上方: {named}", f"Unit and multiplier from row label, header or unit line: {named}")]


def _result_steps(quantity: Quantity, figure: Figure) -> list[Step]:
    reading, series = figure.provenance.reading, figure.series
    value = reading.value or Decimal(0)
    factor = quantity.multiplier / Decimal(10) ** series.unit_mult
    scaled = quantity.value * factor
    stored = f"{with_unit(reading.value, series, 'zh')}"
    if abs(scaled) != abs(value) and abs(quantity.value) == abs(value):
        # The multiplier stands in the table, not beside the figure; or a rate is printed without one.
        scaled, factor = quantity.value, Decimal(1)
    if abs(scaled) != abs(value):
        return [
            _step(
                f"存储值 {stored}, 状态 {reading.status}: 与上列步骤不符, 见数据修正",
                f"Stored as {stored} with status {reading.status}: not what the steps above give; see corrections",
                amiss=True,
            )
        ]
    steps = []
    if factor != 1:
        steps.append(_conversion(quantity, factor, value, series))
    if scaled == -value and value:
        words = _words_before(figure)
        steps.append(_step(f"符号: 前文为 “{words}”", f"Sign: the words before the figure are “{words}”"))
    steps.append(_step(f"存储值: {stored}", f"Stored value: {with_unit(reading.value, series, 'en')}"))
    return steps


def _conversion(quantity: Quantity, factor: Decimal, value: Decimal, series: Series) -> Step:
    shown = f"{plain(quantity.value)} × {factor.normalize():,f} = {plain(abs(value))}"
    return _step(f"换算为 {unit(series, 'zh')}: {shown}", f"Converted to {unit(series, 'en')}: {shown}")


def _words_before(figure: Figure) -> str:
    around = figure.around
    if not isinstance(around, TextAround):
        return ""
    start = around.span[0]
    return around.sentence[max(0, start - _DIRECTION_LENGTH) : start]
