"""Titles are not trusted: the periods that title, text and calendar give must agree (sources.md §6, trap 19).

What belongs here: holding the three against each other, and saying all three where they differ. What does not: several
releases that claim one period (``collect.claims``), single figures (``cleaner``).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from prosperity.catalogue.model import Era, Source
from prosperity.clean.candidates import Candidate, Problem
from prosperity.collect.calendar import periods_by_calendar
from prosperity.collect.model import Release
from prosperity.notation.model import PeriodError
from prosperity.notation.periods import parse_period


def period_disagreement(
    source: Source, eras: Sequence[Era], release: Release, candidates: Sequence[Candidate]
) -> list[Problem]:
    """The text must speak of the release's period (unless it may hold earlier ones only), and of none after it."""
    if release.period is None or not candidates or any(era.period_check == "none" for era in eras):
        return []
    ends = _spoken_of(candidates)
    wanted = (release.period.end.year, release.period.end.month)
    lagging = all(era.period_check == "not_after" for era in eras)
    if max(ends) <= wanted and (lagging or wanted in ends):
        return []
    return [Problem(release.title, "periods", _all_three(source, release, candidates), whole_document=True)]


def too_early(source: Source, release: Release, candidates: Sequence[Candidate]) -> list[Problem]:
    """A date of issue before the source can have published: the date is wrong, or the period in the title.

    A late date proves nothing: publishers re-hang old pages under new dates.
    """
    earliest = source.calendar.earliest_days
    if earliest is None or release.period is None or release.issued is None:
        return []
    first = release.period.end + dt.timedelta(days=earliest)
    if release.issued >= first:
        return []
    reason = (
        f"issued {release.issued}, but {source.id} publishes {_code(release.period.end)} not before {first}: "
        + _all_three(source, release, candidates)
    )
    return [Problem(release.title, "date of issue", reason, whole_document=True)]


def _all_three(source: Source, release: Release, candidates: Sequence[Candidate]) -> str:
    """What title, text and calendar say, in one sentence."""
    spoken = ", ".join(
        f"{year}-{month:02d} ({count} figures)"
        for (year, month), count in sorted(_spoken_of(candidates).items())
    )
    return (
        f"title says {_titled(source, release)}, the text speaks of {spoken or 'no period'}, "
        f"{_by_calendar(source, release.issued)}: nothing loaded"
    )


def _titled(source: Source, release: Release) -> str:
    """The title's period, and the one it was taken for where another release has that title too."""
    taken = _code(release.period.end) if release.period else "none"
    if all(discovery.period != "title" for discovery in source.discovery):
        return taken
    try:
        own = _code(parse_period(release.title, issued=release.issued).end)
    except PeriodError:
        return taken
    return taken if own == taken else f"{own} (taken for {taken})"


def _by_calendar(source: Source, issued: dt.date | None) -> str:
    if issued is None:
        return "no date of issue is known"
    expected = [f"{year}-{month:02d}" for year, month in periods_by_calendar(source, issued)]
    return f"the calendar expects {' or '.join(expected) or 'nothing'} on the date of issue {issued}"


def _spoken_of(candidates: Sequence[Candidate]) -> Counter[tuple[int, int]]:
    return Counter((c.period.end.year, c.period.end.month) for c in candidates)


def _code(end: dt.date) -> str:
    return f"{end.year}-{end.month:02d}"
