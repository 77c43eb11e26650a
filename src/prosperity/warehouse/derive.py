"""From the readings of one figure to its list of changes: a pure function, so loading order cannot matter.

What belongs here: the rules. What does not: SQL.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from prosperity.clean.model import KnownFromBasis, ObsStatus

#: The publishers' day: UTC+8, without daylight saving since 1991.
PUBLISHERS_TIME = dt.timezone(dt.timedelta(hours=8))


@dataclass(frozen=True)
class Candidate:
    """A current reading of one (series, period), its value already in the series' unit multiplier."""

    value: Decimal | None
    status: ObsStatus
    qualifier: str
    known_from: dt.date
    basis: KnownFromBasis
    evidence: str
    release: str
    document: str
    fetched_at: dt.datetime  #: when this document was first fetched for this release
    rank: int  #: of the source; the lowest decides
    ingested_at: dt.datetime

    @property
    def figure(self) -> tuple[Decimal | None, ObsStatus]:
        """What changes are changes of. Decimal takes 9.4 and 9.40 as equal: more digits are no revision."""
        return self.value, self.status


@dataclass(frozen=True)
class Change:
    """A figure that the world knew from a day on, unlike the one before."""

    chosen: Candidate
    conflict: bool


def derive(candidates: Iterable[Candidate]) -> list[Change]:
    """The list of changes, by day: one candidate per day, and only days on which value or status changed."""
    changes: list[Change] = []
    for day in by_day(candidates):
        chosen = min(day, key=_preference)
        if not changes or changes[-1].chosen.figure != chosen.figure:
            changes.append(Change(chosen, conflict=len({candidate.figure for candidate in day}) > 1))
    return changes


def by_day(candidates: Iterable[Candidate]) -> list[list[Candidate]]:
    """The candidates of each day of issue, in order of days; days are those after ``_date_replacements``."""
    days: dict[dt.date, list[Candidate]] = defaultdict(list)
    for candidate in _date_replacements(candidates):
        days[candidate.known_from].append(candidate)
    return [days[day] for day in sorted(days)]


def _preference(candidate: Candidate) -> tuple[int, bool, str]:
    """The catalogue's order of sources; exact figures before 约, 超, 近…; the id only settles the rest."""
    return candidate.rank, candidate.qualifier != "", candidate.evidence


def _date_replacements(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Give documents that silently replaced another one under the same address and date the day we saw them.

    A page that is exchanged keeps its printed date, but on that date the world knew the figure of the first
    document. A replacement that repeats the figure says nothing new and is passed over.
    """
    groups: dict[tuple[str, dt.date], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[candidate.release, candidate.known_from].append(candidate)
    return [candidate for group in groups.values() for candidate in _dated(group)]


def _dated(group: Sequence[Candidate]) -> list[Candidate]:
    documents: dict[tuple[dt.datetime, str], list[Candidate]] = defaultdict(list)
    for candidate in group:
        documents[candidate.fetched_at, candidate.document].append(candidate)
    statements: dict[dt.date, list[Candidate]] = {}
    previous: set[tuple[Decimal | None, ObsStatus]] | None = None
    for fetched_at, document in sorted(documents):
        readings = documents[fetched_at, document]
        figures = {reading.figure for reading in readings}
        if figures == previous:
            continue
        if previous is not None:
            readings = [_seen_on(reading, fetched_at) for reading in readings]
        # Replaced on the very day: the later document is what that day ended with.
        statements[readings[0].known_from] = readings
        previous = figures
    return [reading for readings in statements.values() for reading in readings]


def _seen_on(candidate: Candidate, fetched_at: dt.datetime) -> Candidate:
    day = fetched_at.astimezone(PUBLISHERS_TIME).date()
    if day <= candidate.known_from:
        return candidate
    return replace(candidate, known_from=day, basis="first_seen")
