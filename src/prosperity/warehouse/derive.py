"""From the readings of one figure to its list of changes: a pure function, so loading order cannot matter.

What belongs here: the rules. What does not: SQL.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from prosperity.clean.model import KnownFromBasis, ObsStatus
from prosperity.notation.clock import publishers_day

#: What changes are changes of: value and status.
Figure = tuple[Decimal | None, ObsStatus]


class Candidate(NamedTuple):
    """A current reading of one (series, period), its value already in the series' unit multiplier."""

    value: Decimal | None
    status: ObsStatus
    qualifier: str
    known_from: dt.date
    basis: KnownFromBasis
    evidence: str
    release: str
    document: str
    fetches: tuple[dt.datetime, ...]  #: when this document came in for this release in place of another one
    rank: int  #: of the source; the lowest decides
    ingested_at: dt.datetime

    @property
    def figure(self) -> Figure:
        """Decimal takes 9.4 and 9.40 as equal: more digits are no revision."""
        return self.value, self.status


class Change(NamedTuple):
    """A figure that the world knew from a day on, unlike the one before."""

    chosen: Candidate
    conflict: bool


def derive(candidates: Sequence[Candidate]) -> list[Change]:
    """The list of changes, by day: one candidate per day, and only days on which value or status changed."""
    if len(candidates) == 1 and len(candidates[0].fetches) == 1:  # most figures of a new release
        return [Change(candidates[0], conflict=False)]
    changes: list[Change] = []
    for day in by_day(candidates):
        chosen = min(day, key=_preference)
        standing = changes[-1].chosen if changes else None
        if standing is None or not (standing.figure == chosen.figure or _rounds(chosen, standing)):
            changes.append(Change(chosen, conflict=len({candidate.figure for candidate in day}) > 1))
    return changes


def _rounds(later: Candidate, standing: Candidate) -> bool:
    """Whether a source that words another one's figure again only rounds it: 7.16万亿元 for 71621亿元 is no revision.

    Zeros at the end may be rounded digits or true ones; of a source that ranks behind the figure's own they are taken
    for rounded. A publisher's own 5 % after its 5.4 % is a revision, and so is a figure of fewer than three digits.
    """
    if later.rank <= standing.rank or later.status != standing.status:
        return False
    if later.value is None or standing.value is None:
        return False
    step = Decimal(1).scaleb(int(later.value.normalize().as_tuple().exponent))
    apart = abs(later.value - standing.value)
    return 2 * apart <= step and 200 * apart <= abs(standing.value)


def by_day(candidates: Iterable[Candidate]) -> list[list[Candidate]]:
    """The candidates of each day of issue, in order of days; days are those after ``_dated``."""
    releases: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        releases[candidate.release].append(candidate)
    days: dict[dt.date, list[Candidate]] = defaultdict(list)
    for said in releases.values():
        for day, readings in _dated(said).items():
            days[day] += readings
    return [days[day] for day in sorted(days)]


def _preference(candidate: Candidate) -> tuple[int, bool, str]:
    """The catalogue's order of sources; exact figures before 约, 超, 近…; the id only settles the rest."""
    return candidate.rank, candidate.qualifier != "", candidate.evidence


def _dated(said: Sequence[Candidate]) -> dict[dt.date, list[Candidate]]:
    """What one release said of the figure, by the day on which the world could know it.

    A date of issue dates the first document of a release, and any later one that states a later date. A
    document that took the place of one with the same or a later date (a page exchanged silently, or one put
    back as it was before) was not there on the date it bears: it is dated when we saw it. One that repeats
    the figure says nothing new and is passed over.
    """
    documents: dict[str, dict[dt.date, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    for candidate in said:
        documents[candidate.document][candidate.known_from].append(candidate)
    turns = sorted({(moment, candidate.document) for candidate in said for moment in candidate.fetches})
    statements: dict[dt.date, list[Candidate]] = {}
    newest: dt.date | None = None  # day from which the last document seen so far was known
    standing: set[Figure] = set()
    for moment, document in turns:
        # A table of vintages states days of the past besides: they count where nothing is said of them yet.
        *earlier, stated = sorted(documents[document])
        for past in earlier:
            statements.setdefault(past, documents[document][past])
        readings = documents[document][stated]
        figures = {reading.figure for reading in readings}
        if newest is None or stated > newest:
            newest = stated
            statements[stated] = readings
        else:
            newest = max(newest, publishers_day(moment))
            if figures != standing:
                # Replaced on the very day: the later document is what that day ended with.
                statements[newest] = [_seen_on(reading, newest) for reading in readings]
        standing = figures
    return statements


def _seen_on(candidate: Candidate, day: dt.date) -> Candidate:
    if day == candidate.known_from:
        return candidate
    return candidate._replace(known_from=day, basis="first_seen")
