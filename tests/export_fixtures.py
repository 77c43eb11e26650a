"""A small export made by hand: three figures, one of them revised and withdrawn, and two index points."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from prosperity import catalogue
from prosperity.clean.model import Evidence
from prosperity.publish.export import tables
from prosperity.publish.export.model import Bundle, Selection
from prosperity.warehouse.model import (
    IndexContribution,
    IndexRun,
    IndexValue,
    StoredObservation,
    TracedObservation,
)
from prosperity.workflow.dictionary import dictionary

ENTRIES = catalogue.load()
REVENUE, USERS = "miit_inet_rev_cum", "cnnic_netizens"
#: What a publisher's page could say to harm who opens the file in a spreadsheet.
FORMULAS = ('=HYPERLINK("http://example.org","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1")


def traced(
    series: str = REVENUE,
    period: str = "2019-06",
    value: str | None = "9.40",
    known_from: str = "2019-07-31",
    known_until: str | None = None,
    raw: str | None = None,
    title: str = "2019年1－6月情况",
    **more: Any,
) -> TracedObservation:
    text = raw if raw is not None else str(value)
    evidence = Evidence("ab" * 32, text, "html-prose", "1", node=f"/html/p[{period}]", span=(0, len(text)))
    observation = StoredObservation(
        series=series,
        period=period,
        known_from=dt.date.fromisoformat(known_from),
        known_from_basis="stated",
        value=None if value is None else Decimal(value),
        status="M" if value is None else "A",
        qualifier=more.pop("qualifier", ""),
        evidence=evidence.id,
        conflict=False,
        ingested_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    )
    return TracedObservation(
        observation=observation,
        known_until=dt.date.fromisoformat(known_until) if known_until else None,
        evidence=evidence,
        media_type="text/html",
        sample=True,
        release="r",
        title=title,
        address="https://www.miit.gov.cn/art/1.html",
        issued=dt.date.fromisoformat(known_from),
    )


CHANGES = (
    traced(value="9.40", known_until="2019-08-31"),
    traced(value="9.6", known_from="2019-08-31", known_until="2019-09-30", qualifier="约"),
    traced(value=None, known_from="2019-09-30"),
    traced(USERS, "2019-06", "8.54", "2019-08-30", raw='一行,"引号"\n第二行'),
    traced(period="2019-07", value="12345678901234567.890", known_from="2019-08-31"),
)
LATEST = CHANGES[2:]
RUN = IndexRun(
    spec_version="1",
    spec_hash="5pec",
    as_of=dt.date(2022, 3, 31),
    code_version="0.1.0",
    data_hash="da7a",
    id="0123456789abcdef",
    values=(
        IndexValue("coincident", "2019-Q2", 100.5, 0.5, 4, 5, 0.8),
        IndexValue("coincident", "2019-Q3", None, None, 1, 5, 0.2, "too few indicators"),
    ),
    contributions=(
        IndexContribution(
            "coincident", "2019-Q2", REVENUE, "industry", 0.6, 0.35, "A", ("e1", "e2"), ("One.", "Two.")
        ),
        IndexContribution("coincident", "2019-Q2", "trend", "trend", -0.1, 0.0, "E"),
    ),
)


def bundle(*found: TracedObservation, index: bool = True, **selected: Any) -> Bundle:
    """``found`` (default: the values that hold) with the index; ``selected``: fields of the selection."""
    selection = Selection(**selected)
    series, sources = ENTRIES.series, ENTRIES.sources
    made = [tables.observations(found or LATEST, series, sources, selection.vintages)]
    if index:
        made.append(tables.index_values(RUN, ENTRIES.index, series, sources))
        made.append(tables.contributions(RUN, series, sources))
    return Bundle(
        selection=selection,
        tables=tuple(made),
        series=series,
        sources={name: sources[name] for name in ("miit_internet", "cnnic_report", "nbs_income")},
        dictionary=dictionary(ENTRIES),
        code_version="0.1.0",
        notice="sample publishers: documents rebuilt from published figures",
        run=RUN.id if index else None,
    )
