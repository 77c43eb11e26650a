"""A statement in the making: one figure with what the words around it say of it.

What belongs here: single decisions about one figure (its unit, its exact value, which rate it keeps). The
order in which a sentence is read is in ``sentence``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from prosperity.extract.model import Span
from prosperity.extract.phrases import GENERIC, Phrase
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
    qoq: Decimal | None = None
    qoq_span: Span | None = None
    difference: Decimal | None = None
    comparison: Comparison = "yoy"
    two_year_mean: Decimal | None = None


def settle(draft: Draft, mark: Mark, value: Decimal, span: Span) -> None:
    """Keeps the first value of each kind: what follows is about other periods or a second reading.

    Of 环比下降42.6%,同比下降76.7% the change on the year is ``rate`` and that on the period before ``qoq``.
    """
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
        if draft.comparison == "qoq":
            draft.qoq, draft.qoq_span = draft.rate, draft.rate_span
        draft.rate, draft.rate_span, draft.comparison = value, span, mark.comparison
        draft.flags += [*mark.flags, *(["real rate"] if mark.kind == "real" else [])]
        if draft.quantity is None:
            draft.span = span
    elif mark.kind == "rate" and mark.comparison == "qoq" != draft.comparison and draft.qoq is None:
        draft.qoq, draft.qoq_span = value, span


def is_rounding(rounded: Quantity, exact: Quantity) -> bool:
    """Whether the second reads as the first with more digits (1.58万亿元, 15808亿元)."""
    step = rounded.multiplier.scaleb(int(rounded.value.as_tuple().exponent))
    finer = exact.multiplier.scaleb(int(exact.value.as_tuple().exponent))
    return finer < step and abs(rounded.in_base_units - exact.in_base_units) < step


def read_bracket(draft: Draft, plain: str, brackets: Sequence[Span]) -> None:
    """A bracket right behind a figure: a footnote mark, or the exact value of a rounded figure."""
    for first, last in brackets:
        if plain[draft.span[1] : first].strip() or first < draft.span[1] or draft.quantity is None:
            continue
        inner = plain[first + 1 : last - 1].strip()
        if re.fullmatch(r"[0-9]{1,2}|注[0-9]{0,2}", inner):
            draft.flags.append("footnote mark removed")
            return
        try:
            exact = parse_quantity(inner)
        except QuantityError:
            return
        size = draft.quantity.multiplier
        same = exact.unit == draft.quantity.unit and (exact.multiplier != ONE or size == ONE)
        if same and (draft.quantity.qualifier or is_rounding(draft.quantity, exact)):
            draft.quantity, draft.span = exact, (first + 1, last - 1)
            draft.flags.append("exact value in brackets behind the rounded one")
        return


def with_common_unit(group: list[Figure]) -> list[Figure]:
    """Figures of a list without unit take that of the last, and its multiplier where they have none
    (921.4、518.5和630亿GB; 71.9万、9.7万个)."""
    last = group[-1][0]
    return [(_like(quantity, last), span) for quantity, span in group]


def _like(quantity: Quantity, last: Quantity) -> Quantity:
    if quantity.unit:
        return quantity
    multiplier = last.multiplier if quantity.multiplier == ONE else quantity.multiplier
    return replace(quantity, multiplier=multiplier, unit=last.unit)


def sized_by(quantity: Quantity, printed: str) -> Quantity:
    """The figure with the unit printed behind its name; its own multiplier wins."""
    try:
        unit = parse_quantity(f"1{printed}")
    except QuantityError:
        return quantity
    multiplier = quantity.multiplier if quantity.multiplier != ONE else unit.multiplier
    return replace(quantity, multiplier=multiplier, unit=unit.unit)


def waiting_for(drafts: Sequence[Draft], mark: Mark, name: str) -> list[Draft]:
    """The one figure before a rate that has none yet and is called so: 业务485.78亿笔,金额2075.09万亿元,
    笔数同比增长5.20%,金额同比下降0.47%."""
    if mark.kind != "rate" or len(mark.values) > 1:
        return []
    found = [
        draft
        for draft in drafts
        if draft.kind == "level" and draft.rate is None and draft.quantity and _called(draft, name)
    ]
    return found if len(found) == 1 else []


def _called(draft: Draft, name: str) -> bool:
    """Whether a bare name refers to the figure: a generic measure (金额) or a count by its unit (笔数)."""
    by_unit = draft.quantity is not None and bool(draft.quantity.unit) and name == f"{draft.quantity.unit}数"
    return by_unit or (name in GENERIC and draft.phrase.measure.endswith(name))


def filled(plain: str, spans: list[Span]) -> str:
    """Damaged figures replaced by a sign that nothing matches, so that no part of them is read."""
    characters = list(plain)
    for start, end in spans:
        characters[start:end] = "■" * (end - start)
    return "".join(characters)
