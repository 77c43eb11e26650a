"""A statement in the making: one figure with what the words around it say of it.

What belongs here: single decisions about one figure (its unit, its exact value, which rate it keeps). The
order in which a sentence is read is in ``sentence``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from prosperity.extract.model import Span
from prosperity.extract.phrases import Phrase
from prosperity.notation.changes import FALLING_NOUNS, Mark
from prosperity.notation.model import Comparison, Period, Quantity, QuantityError
from prosperity.notation.quantities import parse_quantity

ONE = Decimal(1)
Figure = tuple[Quantity, Span]


@dataclass
class Draft:
    """A statement in the making; positions are those of the normalised sentence."""

    phrase: Phrase
    quantity: Quantity | None
    span: Span
    period: Period | None
    kind: str  #: level, share, amount, growth
    flags: list[str] = field(default_factory=list)
    rate: Decimal | None = None
    rate_span: Span | None = None
    difference: Decimal | None = None
    comparison: Comparison = "yoy"
    two_year_mean: Decimal | None = None


def settle(draft: Draft, mark: Mark, value: Decimal, span: Span) -> None:
    """Keeps the first value of each kind: what follows is about other periods or a second reading."""
    if mark.kind == "difference" and mark.noun in FALLING_NOUNS and draft.rate is not None and draft.rate > 0:
        # 同比增长6.2%,降幅收窄3.1个百分点: either the sign of the rate or the noun is wrong.
        draft.flags.append(f"sign in doubt: a rise of {draft.rate}% beside {mark.noun}")
    if mark.kind == "two_year_mean":
        draft.two_year_mean = value if draft.two_year_mean is None else draft.two_year_mean
    elif mark.kind == "difference":
        if draft.difference is None:
            draft.difference = value
        else:
            draft.flags.append("several differences")
    elif draft.rate is None or (
        draft.comparison != "yoy" and mark.comparison == "yoy" and mark.kind == "rate"
    ):
        if "deflated" in mark.flags:
            return
        draft.rate, draft.rate_span, draft.comparison = value, span, mark.comparison
        draft.flags += [*mark.flags, *(["real rate"] if mark.kind == "real" else [])]
        if draft.quantity is None:
            draft.span = span


def is_rounding(rounded: Quantity, exact: Quantity) -> bool:
    """Whether the second reads as the first with more digits (1.58万亿元, 15808亿元)."""
    step = rounded.multiplier.scaleb(int(rounded.value.as_tuple().exponent))
    finer = exact.multiplier.scaleb(int(exact.value.as_tuple().exponent))
    return finer < step and abs(rounded.in_base_units - exact.in_base_units) < step


def with_common_unit(group: list[Figure]) -> list[Figure]:
    """Figures of a list without unit take multiplier and unit of the last (921.4、518.5和630亿GB)."""
    last = group[-1][0]
    return [
        (replace(quantity, multiplier=last.multiplier, unit=last.unit), span)
        if not quantity.unit and quantity.multiplier == ONE
        else (quantity, span)
        for quantity, span in group
    ]


def sized_by(quantity: Quantity, printed: str) -> Quantity:
    """The figure with the unit printed behind its name; its own multiplier wins."""
    try:
        unit = parse_quantity(f"1{printed}")
    except QuantityError:
        return quantity
    multiplier = quantity.multiplier if quantity.multiplier != ONE else unit.multiplier
    return replace(quantity, multiplier=multiplier, unit=unit.unit)
