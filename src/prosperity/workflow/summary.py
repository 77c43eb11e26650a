"""The end of a run in figures: the index, the published values beside it, what was collected, what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from prosperity import console
from prosperity.index.model import IndexPoint
from prosperity.warehouse.model import SourceCounts
from prosperity.workflow.indexing import Comparison, compare_published, index_result, latest_quarters
from prosperity.workflow.workspace import Workspace


@dataclass(frozen=True)
class RunSummary:
    """All that is printed at the end of a run."""

    outcomes: Sequence[tuple[str, bool, str]]  #: what, success, reason
    quarters: Sequence[IndexPoint]
    comparison: Sequence[Comparison]
    sources: Sequence[dict[str, Any]]
    requests: int
    transferred: int
    not_modified: int
    rows_changed: (
        int  #: releases and documents found, readings, observations and rejections added, closed or removed
    )
    failures: Sequence[str]
    expected: Sequence[str]
    report: str
    index_spec: str
    notice: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def summarise(
    space: Workspace, before: Mapping[str, SourceCounts], outcomes: Sequence[tuple[str, bool, str]]
) -> RunSummary:
    """Compare the warehouse with what it held ``before``, and gather the rest."""
    after = space.warehouse.counts()
    result = index_result(space)
    nothing = SourceCounts()
    found = sum(
        abs(getattr(after[name], field) - getattr(before.get(name, nothing), field))
        for name in after
        for field in ("releases", "documents")
    )
    loaded = sum(sum(vars(result).values()) for result in space.loads)
    return RunSummary(
        outcomes=outcomes,
        quarters=[
            point for group in space.catalogue.index.groups for point in latest_quarters(result, group)
        ],
        comparison=compare_published(space, result),
        sources=[{"source": name, **console.counted(after.get(name))} for name in space.catalogue.sources],
        requests=sum(c.requests for c in space.collections),
        transferred=sum(c.transferred for c in space.collections),
        not_modified=sum(c.not_modified for c in space.collections),
        rows_changed=found + loaded,
        failures=[f"{f.what}: {f.reason} ({f.where})" for c in space.collections for f in c.failures],
        expected=[line for c in space.collections for line in (*c.expected, *c.overdue)],
        report=str(space.settings.report / "en" / "index.html"),
        index_spec=f"version {space.catalogue.index.version}; "
        + ", ".join(f"{g} {space.catalogue.index.first_of(g)} = 100" for g in space.catalogue.index.groups),
        notice=space.settings.notice,
    )


def print_summary(found: RunSummary) -> None:
    """The readable form."""
    console.heading(f"Prosperity index, the last computable quarters ({found.index_spec})")
    console.rows(
        [
            {
                "index": point.group,
                "quarter": point.period,
                "value": point.value,
                "change": None if point.change is None else f"{point.change:+.2f}",
                "indicators": f"{point.indicators} of {point.indicators_total}",
                "weight": f"{point.weight_share:.0%}",
            }
            for point in found.quarters
        ]
    )
    console.heading(
        "Published values beside ours (theirs: 2014Q1 = 100 where stated; other base, so compare the changes)"
    )
    console.rows(
        [
            {
                "edition": row.edition,
                "period": row.period,
                "index": row.index,
                "published": row.published,
                "change": None if row.published_change is None else f"{row.published_change:+}",
                "ours": row.ours,
                "our_change": None if row.our_change is None else f"{row.our_change:+.2f}",
                "as_of_then": None if row.our_change_then is None else f"{row.our_change_then:+.2f}",
                "": row.verdict,
            }
            for row in found.comparison
        ]
    )
    console.heading("Sources")
    console.rows(list(found.sources))
    for line in found.failures:
        console.say(f"  failed: {line}")
    for line in found.expected:
        console.say(f"  {line}")
    console.heading("This run")
    console.say(
        f"{found.requests} requests, {found.transferred} bodies transferred, {found.not_modified} not modified"
        + ("" if found.transferred else ": nothing new was transferred")
    )
    console.say(
        f"{found.rows_changed} rows added or changed in the warehouse"
        if found.rows_changed
        else "no row added to the warehouse: nothing changed"
    )
    failed = [(what, reason) for what, success, reason in found.outcomes if not success]
    for what, reason in failed:
        console.say(f"FAILED {what}: {reason}")
    console.say(f"report: {found.report}")
    console.say("Dagster UI: make ui (or prosperity ui), then http://127.0.0.1:3000")
    if found.notice:
        console.say(found.notice)
