"""From one document's tables and statements to observations, as the catalogue says.

Nothing is loaded from what only half matches: a table without one of its required rows, two different
figures for one series and period in one document, a value outside its bounds, or a text that speaks of
another period than the title all end in a rejection that names cause and place.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from prosperity.catalogue.model import Catalogue, Correction, Era, Source
from prosperity.clean.agreement import period_disagreement, too_early
from prosperity.clean.candidates import Candidate, Problem, rounding_step
from prosperity.clean.confidence import judged
from prosperity.clean.model import Cleaned, KnownFromBasis, Observation
from prosperity.clean.plausible import Known, contradicted_shares, implausible
from prosperity.clean.statements import from_statements
from prosperity.clean.tables import from_tables
from prosperity.collect.model import Document, Failure, Release
from prosperity.extract.model import Extraction
from prosperity.notation.clock import publishers_day


@dataclass(frozen=True)
class Prepared:
    """What one document gives by itself, before it is held against others: see ``prepare``."""

    source: str
    release: Release
    document: Document
    candidates: tuple[Candidate, ...] = ()
    problems: tuple[Problem, ...] = ()
    unclaimed: tuple[str, ...] = ()
    #: Candidates, by position, whose share printed in the same document is not what part and whole give.
    contradicted: Mapping[int, Problem] = field(default_factory=dict)
    all_or_nothing: bool = False


def clean(
    source: Source,
    release: Release,
    document: Document,
    extraction: Extraction,
    catalogue: Catalogue,
    known: Known = MappingProxyType({}),
) -> Cleaned:
    """Observations, rejections and unclaimed figures of one document. Pure: no clock, no disk.

    ``known``: what other documents print, by series; figures that are out of line with it are rejected.
    """
    return judge(prepare(source, release, document, extraction, catalogue), known)


def prepare(
    source: Source, release: Release, document: Document, extraction: Extraction, catalogue: Catalogue
) -> Prepared:
    """All of cleaning that asks nothing of other documents: the dear part, needed once per document."""
    eras = eras_for(source, release)
    if not eras:
        problem = Problem(release.title, "catalogue", f"no era of {source.id} covers {_code(release)}")
        return Prepared(source.id, release, document, problems=(problem,))
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    unclaimed: list[str] = []
    for era in eras:
        found, faults, leftover = from_statements(era, release, extraction, catalogue.series)
        candidates += found
        problems += faults
        unclaimed += leftover
        found, faults = from_tables(era, release, extraction, catalogue.series)
        candidates += found
        problems += faults
    problems += [
        *too_early(source, release, candidates),
        *_damaged(eras, extraction),
        *_refused_charts(eras, extraction),
    ]
    problems += period_disagreement(source, eras, release, candidates)
    if any(problem.whole_document for problem in problems):
        candidates = []
    kept, faults = _checked(candidates, catalogue)
    return Prepared(
        source.id,
        release,
        document,
        tuple(kept),
        (*problems, *faults),
        tuple(unclaimed),
        contradicted_shares(eras, kept, extraction),
        any(era.all_or_nothing for era in eras),
    )


def judge(prepared: Prepared, known: Known) -> Cleaned:
    """The verdict on what a document gives, as far as ``known`` (what other documents print) reaches."""
    release, document = prepared.release, prepared.document
    kept, faults = _plausible(prepared, known)
    problems = [*prepared.problems, *faults]
    kept, faults = judged(kept)
    problems += faults
    if kept and prepared.all_or_nothing and (open_ones := _undecided(problems)):
        reason = f"nothing loaded of {len(kept)} figures: this kind of document is loaded as a whole or not at all, and {open_ones} of its figures cannot be taken"
        problems.append(Problem(release.title, "document", reason, whole_document=True))
        kept = []
    known_from, basis = _known_from(release, document)
    observations = tuple(
        Observation(
            series=candidate.series.id,
            period=candidate.period.code,
            value=candidate.value,
            unit=candidate.series.unit,
            unit_mult=candidate.series.unit_mult,
            known_from=known_from,
            known_from_basis=basis,
            evidence=candidate.evidence,
            status=candidate.status,
            qualifier=candidate.qualifier,
            release=release.key,
        )
        for candidate in kept
    )
    rejections = tuple(_failure(problem, release, document) for problem in problems)
    return Cleaned(
        prepared.source, release.key, document.sha256, observations, rejections, prepared.unclaimed
    )


def _undecided(problems: Sequence[Problem]) -> int:
    """How many problems no entry of the catalogue has settled."""
    return sum(not problem.decided for problem in problems)


def eras_for(source: Source, release: Release) -> list[Era]:
    """The layouts that cover the release's period and title."""
    code = _code(release)
    return [
        era
        for era in source.eras
        if (era.first is None or code[: len(era.first)] >= era.first)
        and (era.last is None or code[: len(era.last)] <= era.last)
        and (era.title is None or re.search(era.title, release.title))
    ]


def _code(release: Release) -> str:
    if release.period is None:
        return ""
    return f"{release.period.end.year}-{release.period.end.month:02d}"


def _known_from(release: Release, document: Document) -> tuple[dt.date, KnownFromBasis]:
    """The day the world could know it: the date of issue; without one, the day we first saw the document."""
    if release.issued is None:
        return publishers_day(document.fetched_at), "first_seen"
    basis: KnownFromBasis = "stated"
    if release.issued_basis in ("list_date", "address"):
        basis = "list_date"
    elif release.issued_basis in ("estimated", "first_seen"):
        basis = release.issued_basis
    return release.issued, basis


def _failure(problem: Problem, release: Release, document: Document) -> Failure:
    return Failure(
        source=release.source,
        stage="clean",
        what=problem.what,
        where=f"{release.title}: {problem.where}",
        reason=problem.reason,
        period=release.period.code if release.period else None,
        document=document.sha256,
        decided=problem.decided,
    )


def _damaged(eras: Sequence[Era], extraction: Extraction) -> list[Problem]:
    """Figures that could not be read, where the source's text is of interest at all: seen, never mended."""
    if not any(era.statements and "." not in era.ignore for era in eras):
        return []
    found = dict.fromkeys(warning for warning in extraction.warnings if "damaged figure" in warning)
    problems = []
    for warning in found:
        where, _, reason = warning.partition(": damaged figure, ")
        problems.append(Problem("damaged figure", where, reason))
    return problems


def _refused_charts(eras: Sequence[Era], extraction: Extraction) -> list[Problem]:
    """Charts that a table rule asks for by their title and whose labels could not be proven."""
    problems = []
    for warning in extraction.warnings:
        where, refused, named = warning.partition(": chart refused, ")
        title, _, reason = named.partition(": ")
        wanted = any(rule.caption and re.search(rule.caption, title) for era in eras for rule in era.tables)
        if refused and wanted:
            problems.append(Problem(f"chart {title}", where, reason))
    return problems


def _plausible(prepared: Prepared, known: Known) -> tuple[list[Candidate], list[Problem]]:
    """Without the figures that other figures contradict, in this document or in others. A correction that
    overrides a figure is a person's judgement and is not judged again."""
    candidates = prepared.candidates
    found = {**implausible(candidates, known), **prepared.contradicted}
    found = {number: problem for number, problem in found.items() if candidates[number].status == "A"}
    kept = [candidate for number, candidate in enumerate(candidates) if number not in found]
    return kept, [found[number] for number in sorted(found)]


def _checked(candidates: Sequence[Candidate], catalogue: Catalogue) -> tuple[list[Candidate], list[Problem]]:
    """Bounds, corrections and agreement within the document, per series and period."""
    groups: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[candidate.series.id, candidate.period.code].append(candidate)
    kept: list[Candidate] = []
    problems: list[Problem] = []
    for (series_id, period), group in sorted(groups.items()):
        readings, faults = _corrected(series_id, period, group, catalogue.corrections)
        problems += faults
        readings, faults = _within_bounds(readings)
        problems += faults
        exact = [reading for reading in readings if not reading.qualifier]
        readings = _without_rounded(exact or readings)
        values = {reading.value for reading in readings}
        if len(values) > 1:
            printed = "; ".join(f"{r.evidence.raw!r} at {r.place}" for r in readings)
            problems.append(
                Problem(
                    f"{series_id} {period}",
                    readings[0].place,
                    f"figures of one document contradict each other: {printed}",
                )
            )
            continue
        kept += readings
    return kept, problems


def _without_rounded(readings: Sequence[Candidate]) -> list[Candidate]:
    """Without readings that are others rounded: 1.58万亿元 in the lead, 15808亿元 in the text; 8.29亿 and 82851万."""
    steps = [_step(one) for one in readings]
    return [
        one
        for one, step in zip(readings, steps, strict=True)
        if not any(
            finer < step and 2 * abs(one.value - other.value) <= step
            for other, finer in zip(readings, steps, strict=True)
        )
    ]


def _step(reading: Candidate) -> Decimal:
    """One unit of the last digit printed; of a bare cell that of its value."""
    return rounding_step(reading) or Decimal((0, (1,), int(reading.value.as_tuple().exponent)))


def _within_bounds(readings: Sequence[Candidate]) -> tuple[list[Candidate], list[Problem]]:
    kept, problems = [], []
    for reading in readings:
        bounds = reading.series.bounds
        low, high = bounds.minimum, bounds.maximum
        if (low is not None and reading.value < Decimal(str(low))) or (
            high is not None and reading.value > Decimal(str(high))
        ):
            reason = f"{reading.value} is outside the bounds {low} to {high} of {reading.series.id} (raw text {reading.evidence.raw!r})"
            problems.append(Problem(f"{reading.series.id} {reading.period.code}", reading.place, reason))
        else:
            kept.append(reading)
    return kept, problems


def _corrected(
    series: str, period: str, readings: Sequence[Candidate], corrections: Sequence[Correction]
) -> tuple[list[Candidate], list[Problem]]:
    """Apply the catalogue's corrections; one whose guard no longer fits is reported and not applied."""
    kept = list(readings)
    problems: list[Problem] = []
    for correction in corrections:
        if (correction.series, correction.period) != (series, period):
            continue
        after: list[Candidate] = []
        for reading in kept:
            if reading.value != Decimal(str(correction.expect)):
                reason = f"correction expects {correction.expect}, the document says {reading.value}: out of date, not applied"
                problems.append(Problem(f"{series} {period}", reading.place, reason))
                after.append(reading)
                continue
            if correction.action == "drop":
                reason = f"dropped by correction: {correction.reason} ({correction.reference})"
                problems.append(Problem(f"{series} {period}", reading.place, reason, decided=True))
                continue
            if correction.action == "flag":
                after.append(replace(reading, status="U"))
                continue
            amount = Decimal(str(correction.value))
            value = amount if correction.action == "override" else reading.value * amount
            after.append(replace(reading, value=value, status="E"))
        kept = after
    return kept, problems
