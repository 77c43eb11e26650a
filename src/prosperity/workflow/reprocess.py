"""Reading the archive again after the catalogue or the extractor changed: what would be different, then load it.

Nothing is requested from any publisher. The extraction cache is asked by what the catalogue asks of a document, so
that a changed entry makes only its own documents be parsed again; the others are only cleaned again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from prosperity.clean.model import Cleaned, Observation
from prosperity.collect.model import Failure
from prosperity.warehouse.model import StoredReading
from prosperity.workflow.known import known_values
from prosperity.workflow.stages import LoadSummary, cleaned_document, extract_document, load_documents
from prosperity.workflow.workspace import Workspace

#: What one document says of one series and period: value, status, qualifier, day from which it is known.
Said = tuple[Decimal | None, str, str, str]


@dataclass(frozen=True)
class Difference:
    """One figure of one document that is read otherwise now; ``before`` and ``after`` in the series' units."""

    kind: Literal["added", "gone", "changed"]
    series: str
    period: str
    before: str
    after: str
    document: str  #: title of the release
    address: str


@dataclass(frozen=True)
class Plan:
    """What reading the archive again gives, before anything is loaded."""

    documents: int
    parsed: int  #: documents that had to be parsed again; the others came from the cache
    unchanged: int  #: figures that stay as they are
    differences: tuple[Difference, ...]
    rejections: tuple[Failure, ...]  #: open ones after it
    cleaned: tuple[Cleaned, ...]


def plan(space: Workspace, chosen: Mapping[str, Sequence[int]]) -> Plan:
    """Read the archived documents of the chosen sources and years again and compare with the warehouse."""
    differences: list[Difference] = []
    cleaned: list[Cleaned] = []
    parsed = unchanged = 0
    for source_id, years in chosen.items():
        source = space.source(source_id)
        extracted = [
            extract_document(space, source, release, document)
            for year in years
            for release, document in space.warehouse.documents(source_id, year)
        ]
        parsed += sum(not entry.cached for entry in extracted)
        known = known_values(space, source)
        for entry in extracted:
            result = cleaned_document(space, source, entry, known)
            cleaned.append(result)
            if _unread(result):
                continue
            before = _held(space, result)
            after = _by_figure(result.observations)
            found, same = _compare(before, after, entry.release.title, entry.release.address)
            differences += found
            unchanged += same
    rejections = tuple(failure for result in cleaned for failure in result.rejections if not failure.decided)
    return Plan(len(cleaned), parsed, unchanged, tuple(differences), rejections, tuple(cleaned))


def apply(space: Workspace, made: Plan) -> LoadSummary:
    """Load what the plan found: one transaction a document; without effect where nothing differs."""
    return load_documents(space, made.cleaned)


def _unread(cleaned: Cleaned) -> bool:
    """A document that could not be read this time: it keeps the readings it had."""
    return not cleaned.observations and any(f.stage == "extract" for f in cleaned.rejections)


def _held(space: Workspace, cleaned: Cleaned) -> dict[tuple[str, str], set[Said]]:
    return _by_figure(space.warehouse.readings(cleaned.release, cleaned.document))


def _by_figure(rows: Iterable[StoredReading | Observation]) -> dict[tuple[str, str], set[Said]]:
    found: dict[tuple[str, str], set[Said]] = defaultdict(set)
    for row in rows:
        # The day on which we first saw something is the warehouse's to keep: never a difference.
        day = "first sight" if row.known_from_basis == "first_seen" else row.known_from.isoformat()
        found[row.series, row.period].add((row.value, row.status, row.qualifier, day))
    return found


def _compare(
    before: Mapping[tuple[str, str], set[Said]],
    after: Mapping[tuple[str, str], set[Said]],
    title: str,
    address: str,
) -> tuple[list[Difference], int]:
    differences = []
    same = 0
    for key in sorted({*before, *after}):
        old, new = before.get(key, set()), after.get(key, set())
        if old == new:
            same += 1
            continue
        kind: Literal["added", "gone", "changed"] = "added" if not old else "gone" if not new else "changed"
        # Equal values: the difference is in status, qualifier or day, and must be seen.
        whole = {value for value, *_ in old} == {value for value, *_ in new}
        differences.append(Difference(kind, *key, _words(old, whole), _words(new, whole), title, address))
    return differences, same


def _words(said: Iterable[Said], whole: bool) -> str:
    """The values; all that is said of each where the values alone do not tell the difference."""
    texts = {
        " ".join(filter(None, (_plain(value), status, qualifier, f"from {day}"))) if whole else _plain(value)
        for value, status, qualifier, day in said
    }
    return " / ".join(sorted(texts))


def _plain(value: Decimal | None) -> str:
    return "withdrawn" if value is None else f"{value.normalize():f}"
