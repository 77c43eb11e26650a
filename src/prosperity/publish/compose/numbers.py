"""Figures in words of a sentence: no digit is added or lost, only the point moves."""

from __future__ import annotations

import re
from decimal import Decimal

from prosperity.catalogue.model import Bilingual, Series
from prosperity.publish.words import english_unit, period, unit

_LARGE = ((12, "trillion"), (9, "billion"), (6, "million"))
_APPROXIMATE = {"约": "about", "近": "nearly", "超": "more than", "超过": "more than", "余": "more than", "多": "more than", "突破": "more than"}  # fmt: skip
_COUNTED = frozenset("户人个台家笔")
_SCOPE = re.compile(r"\s*[(（](累计|当季|当月|季末|year to date|quarter|month|end of quarter)[)）]")


def counted(value: Decimal | float) -> str:
    """With thousands separated and all printed digits, a true minus."""
    shown = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,.2f}"
    return shown.replace("-", "−")


def spoken(value: Decimal, series: Series, qualifier: str = "") -> Bilingual:
    """``约10,125亿元``, ``about 1.0125 trillion yuan``."""
    en = _english(value, series)
    word = _APPROXIMATE.get(qualifier)
    zh = f"{counted(value)}{unit(series, 'zh')}"
    before = qualifier if qualifier not in ("余", "多") else ""
    return Bilingual(zh=f"{before}{zh}{'余' if qualifier in ('余', '多') else ''}", en=f"{word} {en}" if word else en)  # fmt: skip


def _english(value: Decimal, series: Series) -> str:
    if series.unit == "%":
        return f"{counted(value)}%"
    # The name of such a series says what is counted: "Internet users reached 989 million".
    name = "" if series.unit in _COUNTED else english_unit(series.unit)
    whole = value.scaleb(series.unit_mult)
    for power, word in _LARGE:
        if abs(whole) >= Decimal(10) ** power:
            return f"{counted(_trimmed(whole.scaleb(-power)))} {word} {name}".strip()
    return f"{counted(_trimmed(whole) if series.unit_mult else whole)} {name}".strip()


def _trimmed(value: Decimal) -> Decimal:
    """Without zeros that moving the point has brought, and without an exponent."""
    short = value.normalize()
    exponent = short.as_tuple().exponent
    return short.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else short


def percent(value: float, sign: bool = False) -> Bilingual:
    """One decimal; without its sign unless asked for: the verb says it."""
    shown = f"{value:+.1f}%" if sign else f"{abs(value):.1f}%"
    return Bilingual(zh=shown.replace("-", "−"), en=shown.replace("-", "−"))


def points(value: float) -> Bilingual:
    """A difference of percentages, without sign."""
    return Bilingual(zh=f"{abs(value):.1f}个百分点", en=f"{abs(value):.1f} percentage points")


def plain_name(series: Series) -> Bilingual:
    """The name without what its period says already."""
    return Bilingual(zh=_SCOPE.sub("", series.name.zh), en=_SCOPE.sub("", series.name.en))


def when(code: str, series: Series) -> Bilingual:
    """The period in words; a year to date that reaches December is the year."""
    year = code[:4]
    if code.endswith("-12") and series.cumulative:
        return Bilingual(zh=f"{year}年", en=year)
    return Bilingual(zh=period(code, series, "zh"), en=period(code, series, "en"))
