"""Is a figure possible? Checks against other figures: those of other documents, and those printed beside it.

What belongs here: judgement on candidates that lie within the catalogue's bounds. A figure that fails is
rejected with the figures it was held against; nothing is mended. Pure functions: what other documents say is
passed in (``Known``), because cleaning reads no database.

Order of loading: the verdict on a figure depends on what other documents *print*, never on verdicts on them. So
when the same documents are known the verdicts are the same, in whatever order they came (``workflow.known``
judges again when documents are added).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from prosperity.catalogue.model import Era, Series, StatementRule
from prosperity.catalogue.versions import break_between, month_of, same_size
from prosperity.clean.candidates import Candidate, Problem
from prosperity.extract.model import Extraction
from prosperity.notation.normalise import normalise

#: How far away in months a figure of another document still tells something, and how many are asked.
NEIGHBOUR_MONTHS = 24
MOST_NEIGHBOURS = 6
#: A single other document could be the wrong one.
LEAST_WITNESSES = 2


@dataclass(frozen=True)
class KnownValue:
    """What another document prints for one period of a series, in the series' units."""

    period: str
    value: Decimal
    document: str


#: What the reasons have in common that rest on other documents: these may change when documents are added.
OUT_OF_LINE = "from what other documents say"
CONTRADICTED = "level and rate contradict each other"
VERDICTS = (OUT_OF_LINE, CONTRADICTED)

Known = Mapping[str, Sequence[KnownValue]]  #: by series


def implausible(candidates: Sequence[Candidate], known: Known) -> dict[int, Problem]:
    """Problems of candidates that contradict other documents, by position in ``candidates``."""
    rates = {
        (one.series.rate_of, one.period.code): number
        for number, one in enumerate(candidates)
        if one.series.rate_of is not None
    }
    found: dict[int, Problem] = {}
    for number, candidate in enumerate(candidates):
        if reason := _out_of_line(candidate, known):
            found[number] = Problem(_name(candidate), candidate.place, reason)
            continue
        beside = rates.get((candidate.series.id, candidate.period.code))
        if beside is not None and (reason := _against_year_before(candidate, candidates[beside], known)):
            for contradicted in (number, beside):
                one = candidates[contradicted]
                found[contradicted] = Problem(_name(one), one.place, reason)
    return found


def _name(candidate: Candidate) -> str:
    return f"{candidate.series.id} {candidate.period.code}"


# ------------------------------------------------------------------------------ against other documents


def _out_of_line(candidate: Candidate, known: Known) -> str | None:
    """Beyond the series' ``jump`` or ``swing`` from most of what other documents say of neighbouring periods."""
    series = candidate.series
    if series.jump is None and series.swing is None:
        return None
    near = _neighbours(candidate, known.get(series.id, ()))
    if len(near) < LEAST_WITNESSES:
        return None
    against = [other for other in near if _differs(candidate, other)]
    if 2 * len(against) <= len(near):
        return None
    limit = f"{series.swing} points" if series.swing is not None else f"a factor of {series.jump}"
    listed = ", ".join(f"{other.value} ({other.period})" for other in against)
    return (
        f"{candidate.value} lies more than {limit} {OUT_OF_LINE}: {listed} "
        f"(raw text {candidate.evidence.raw!r})"
    )


def _neighbours(candidate: Candidate, values: Iterable[KnownValue]) -> list[KnownValue]:
    """The nearest figures of other documents within one price base and scope, one a period and document."""
    month, span = month_of(candidate.period.code), NEIGHBOUR_MONTHS
    others = {
        (other.period, other.document, other.value): other
        for other in values
        if other.document != candidate.evidence.document
        and abs(month_of(other.period) - month) <= span
        and same_size(candidate.series.versions, other.period, candidate.period.code)
    }
    ordered = sorted(
        others.values(), key=lambda other: (abs(month_of(other.period) - month), other.period, other.value)
    )
    return ordered[:MOST_NEIGHBOURS]


def _differs(candidate: Candidate, other: KnownValue) -> bool:
    series = candidate.series
    if series.swing is not None:
        return abs(candidate.value - other.value) > Decimal(str(series.swing))
    mine, theirs = (
        _pace(series, candidate.period.code, candidate.value),
        _pace(series, other.period, other.value),
    )
    if mine <= 0 or theirs <= 0:
        return False  # a profit may turn into a loss: a factor says nothing of that
    factor = Decimal(str(series.jump))
    return mine > factor * theirs or theirs > factor * mine


def _pace(series: Series, period: str, value: Decimal) -> Decimal:
    """Year-to-date figures by month, so that February compares with December."""
    return value / (month_of(period) % 12 + 1) if series.cumulative else value


# --------------------------------------------------------------- level, its rate, and the level a year before


def _against_year_before(level: Candidate, rate: Candidate, known: Known) -> str | None:
    """Level and rate of this document against the level that others print for the year before.

    Only where the catalogue states by how much the two may differ (``rate_gap``): where the publisher replaces
    its sample, they contradict each other rightly.
    """
    gap = level.series.rate_gap
    if gap is None:
        return None
    code = level.period.code
    earlier = f"{int(code[:4]) - 1}{code[4:]}"
    if break_between(level.series.versions, earlier, code):
        return None
    before = {
        other.value
        for other in known.get(level.series.id, ())
        if other.period == earlier and other.document != level.evidence.document and other.value > 0
    }
    if not before:
        return None
    ratios = {value: 100 * (level.value / value - 1) for value in sorted(before)}
    if any(abs(ratio - rate.value) <= Decimal(str(gap)) for ratio in ratios.values()):
        return None
    value, ratio = next(iter(ratios.items()))
    return (
        f"{CONTRADICTED}: {level.value} is {ratio:+.1f}% on {value} of {earlier}, printed "
        f"{rate.value:+}% (raw texts {level.evidence.raw!r}, {rate.evidence.raw!r}); neither is loaded"
    )


# ------------------------------------------------------------------------------------- within a document


def contradicted_shares(
    eras: Sequence[Era], candidates: Sequence[Candidate], extraction: Extraction
) -> dict[int, Problem]:
    """Parts whose printed share of the whole is not what part and whole give, by position in ``candidates``."""
    wholes = {(one.series.id, one.period.code): one for one in candidates}
    shares = _printed_shares(eras, extraction)
    found: dict[int, Problem] = {}
    for number, part in enumerate(candidates):
        whole = wholes.get((part.series.share_of or "", part.period.code))
        printed = shares.get((part.series.id, part.period.code), ())
        if whole is None or not printed or whole.value <= 0 or part.qualifier or whole.qualifier:
            continue
        lowest = 100 * (part.value - _half_step(part.value)) / (whole.value + _half_step(whole.value))
        highest = 100 * (part.value + _half_step(part.value)) / (whole.value - _half_step(whole.value))
        if any(lowest - _half_step(share) <= share <= highest + _half_step(share) for share in printed):
            continue
        reason = (
            f"{part.value} of {whole.value} ({whole.series.id}) is {100 * part.value / whole.value:.1f}%, the text "
            f"prints a share of {', '.join(f'{share}%' for share in printed)} (raw text {part.evidence.raw!r})"
        )
        found[number] = Problem(_name(part), part.place, reason)
    return found


def _half_step(value: Decimal) -> Decimal:
    """Half a unit of the last digit printed: how far the true value may be from the rounded one."""
    return Decimal((0, (5,), int(value.as_tuple().exponent) - 1))


def _printed_shares(
    eras: Sequence[Era], extraction: Extraction
) -> dict[tuple[str, str], tuple[Decimal, ...]]:
    """Shares printed in the text, by the series whose rule the subject of the share fits, and period."""
    found: dict[tuple[str, str], tuple[Decimal, ...]] = {}
    rules = [rule for era in eras for rule in era.statements if rule.level]
    for statement in extraction.statements:
        if not statement.measure.startswith("占比:") or statement.value is None or statement.period is None:
            continue
        rule = next((rule for rule in rules if _names(rule, statement.subject)), None)
        if rule is not None and rule.level is not None:
            end = statement.period.end
            key = (rule.level, f"{end.year}-{end.month:02d}")
            found[key] = (*found.get(key, ()), statement.value)
    return found


def _names(rule: StatementRule, subject: str) -> bool:
    plain = normalise(subject)
    return bool(re.search(rule.measure, plain)) and not (rule.exclude and re.search(rule.exclude, plain))
