"""What text recognition is not sure of: refused, or loaded with the status of low reliability; never silently.

The confidence of a figure is that of its least certain character, those of its row's label included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from prosperity.clean.candidates import Candidate, Problem

LEAST = 0.80  #: below this a figure is refused
SURE = 0.95  #: below this it is loaded with status U


def judged(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Problem]]:
    """The candidates that may be loaded, the unsure ones marked, and a problem for each that may not."""
    kept: list[Candidate] = []
    problems: list[Problem] = []
    for candidate in candidates:
        sure = candidate.evidence.confidence
        if sure is None or sure >= SURE:
            kept.append(candidate)
        elif sure >= LEAST:
            kept.append(replace(candidate, status="U") if candidate.status == "A" else candidate)
        else:
            reason = (
                f"text recognition is not sure of {candidate.evidence.raw!r}: "
                f"confidence {sure:.2f}, at least {LEAST:.2f} is needed"
            )
            what = f"{candidate.series.id} {candidate.period.code}"
            problems.append(Problem(what, candidate.place, reason))
    return kept, problems
