"""What matching gives before it is checked: candidates and problems, and the period a figure can have."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from prosperity.catalogue.model import Series
from prosperity.clean.model import Evidence, ObsStatus
from prosperity.notation.model import Period, QuantityError, cumulative, month, quarter, stock
from prosperity.notation.quantities import parse_quantity


@dataclass(frozen=True)
class Candidate:
    """One figure that a rule claims, not yet checked against its neighbours."""

    series: Series
    period: Period
    value: Decimal
    evidence: Evidence
    place: str
    qualifier: str = ""
    status: ObsStatus = "A"


@dataclass(frozen=True)
class Problem:
    """Why something was not loaded; ``whole_document`` where nothing of the document may be.

    ``decided``: the catalogue itself says that it is not to be loaded, so that nobody needs to look again.
    """

    what: str
    where: str
    reason: str
    whole_document: bool = False
    decided: bool = False


def rounding_step(candidate: Candidate) -> Decimal | None:
    """One unit of the last digit printed, in the series' units (1.58万亿元 → 100亿元); None where the raw text is no
    single quantity in its unit."""
    try:
        printed = parse_quantity(candidate.evidence.raw)
    except QuantityError:
        return None
    if printed.unit != candidate.series.unit:
        return None
    step = printed.multiplier.scaleb(int(printed.value.as_tuple().exponent))
    return step.scaleb(-candidate.series.unit_mult)


def fitting_period(found: Period | None, series: Series, kinds: tuple[str, ...]) -> Period | None:
    """The period in the sense of the series; None where it cannot be that.

    上半年 is a half year to the reader and January to June to a cumulative series; 三季度 (July to September)
    can never be one. A stock stands at the end of whatever period the sentence is about; at the end of June, that
    of a quarterly series is the second quarter's.
    """
    if found is None or (kinds and found.kind not in kinds):
        return None
    if series.cumulative:
        if (
            found.start.month == 1
            and found.kind != "stock"
            and found.months > (1 if found.kind == "month" else 0)
        ):
            return cumulative(found.end.year, found.end.month)
        return None
    if series.kind in ("stock", "rate") and series.frequency == "M":
        return stock(found.end.year, found.end.month)
    if series.frequency == "M":
        return month(found.end.year, found.end.month) if found.months == 1 else None
    if series.frequency == "Q" and series.kind in ("stock", "rate") and found.kind in ("stock", "month"):
        return quarter(found.end.year, found.end.month // 3) if found.end.month % 3 == 0 else None
    return found
