"""What the publish stage receives and produces.

What belongs here: immutable types. What does not: words, HTML, drawing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from prosperity.catalogue.check_model import RateThresholds
from prosperity.catalogue.lights import Lights
from prosperity.catalogue.model import IndexSpec, Series, Source
from prosperity.checks.model import CheckResult
from prosperity.extract.model import BBox, Span
from prosperity.index.analysis_model import Analysis
from prosperity.index.model import IndexResult
from prosperity.publish.content import Report
from prosperity.publish.dictionary import DataDictionary
from prosperity.publish.rendered import Printable
from prosperity.warehouse.model import Provenance, SourceCounts, StoredObservation, StoredRejection


class PublishError(Exception):
    """A report that cannot be written; the message names cause and place."""


@dataclass(frozen=True)
class TextAround:
    """A figure in prose. ``span`` holds the figure's characters in ``sentence``, ``block_span`` those in ``block``.

    ``before`` and ``after`` are the neighbouring paragraphs, '' where there are none.
    """

    sentence: str
    span: Span
    block: str = ""
    block_span: Span | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class RowAround:
    """A figure in a table: header rows, the row with its neighbours, and which of ``rows`` and which column it is.

    ``excerpt``: where the table was made from JSON, the JSON around the figure, whose characters ``excerpt_span`` are.
    """

    caption: str
    unit: str
    header: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    row: int
    column: int
    notes: tuple[str, ...] = ()
    excerpt: str = ""
    excerpt_span: Span = (0, 0)

    @property
    def label(self) -> str:
        return self.rows[self.row][0]

    @property
    def heading(self) -> str:
        """Header text above the figure, all header rows joined."""
        words = (row[self.column] for row in self.header if self.column < len(row))
        return " ".join(dict.fromkeys(word for word in words if word))


Surroundings = TextAround | RowAround


@dataclass(frozen=True)
class Origin:
    """For a sample document: where the figure was really read, how, and how surely."""

    address: str
    reading: str
    confidence: str
    note: str


@dataclass(frozen=True)
class Figure:
    """One piece of evidence with all that its page shows."""

    provenance: Provenance
    series: Series
    source: Source
    around: Surroundings | None
    #: Every reading of the same series and period, this one included, those we withdrew too.
    readings: tuple[Provenance, ...] = ()
    #: Other (series, period) read from the very same place.
    also: tuple[tuple[str, str], ...] = ()
    origins: tuple[Origin, ...] = ()
    checks: tuple[CheckResult, ...] = ()  #: comparisons that rest on this figure, those that fit too

    @property
    def id(self) -> str:
        return self.provenance.evidence.id

    @property
    def others(self) -> frozenset[str]:
        """Evidence of the other figures that its page speaks of: readings, and what it was held against."""
        found = {reading.evidence.id for reading in self.readings}
        found |= {used.evidence for row in self.checks for used in row.figures}
        return frozenset(found - {self.id})


@dataclass(frozen=True)
class Region:
    """A place on a page of a PDF: ``page`` from 1, ``bbox`` in points from the page's top left."""

    page: int
    bbox: BBox


@dataclass(frozen=True)
class Picture:
    """PNG images of one piece of evidence. ``page`` is the whole page in small, PDF only.

    ``fault`` says why there is no picture.
    """

    image: bytes = b""
    size: tuple[int, int] = (0, 0)
    page: bytes = b""
    page_size: tuple[int, int] = (0, 0)
    fault: str = ""


@dataclass(frozen=True)
class ComparedValue:
    """One published value of the index beside ours; ``evidence`` of the value and of its change, where read.

    ``level_gap``: ours less theirs; ``…_then``: ours as of ``edition_day``, the day the edition came out, or why not.
    """

    edition: str
    period: str
    index: str
    published: str
    published_change: Decimal | None
    ours: float | None
    our_change: float | None
    verdict: str
    evidence: str | None = None
    level_gap: float | None = None
    edition_day: dt.date | None = None
    ours_then: float | None = None
    our_change_then: float | None = None
    reason_then: str = ""
    change_evidence: str | None = None


@dataclass(frozen=True)
class PeriodHistory:
    """All that was ever known of one figure, until today: its changes in order of time, at least one."""

    period: str
    changes: tuple[StoredObservation, ...]

    @property
    def now(self) -> StoredObservation:
        return self.changes[-1]


@dataclass(frozen=True)
class SeriesHistory:
    """One series with every period in order of time, and what the checks say of its figures."""

    series: Series
    periods: tuple[PeriodHistory, ...]
    checks: tuple[CheckResult, ...] = ()

    @property
    def revised(self) -> tuple[PeriodHistory, ...]:
        """Periods whose figure was another one before."""
        return tuple(period for period in self.periods if len(period.changes) > 1)


@dataclass(frozen=True)
class CalendarRow:
    """A source and year of the release calendar: (period, state, sentence) in order of time."""

    source: str
    year: int
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class RevisedPoint:
    """One quarter of the index as known on a past day, beside now. ``parts``: why it changed, points, by step; they
    sum to ``now − then``; empty where no split was made."""

    group: str
    quarter: str
    then: float
    now: float | None
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class IndexVintage:
    """The index as it was known on ``day``; ``composition`` says in whose composition."""

    day: dt.date
    points: tuple[RevisedPoint, ...]
    composition: str = ""


@dataclass(frozen=True)
class SiteMaterial:
    """Everything the site is made from; ``figures`` by id of evidence, one for every figure shown.

    Pages for which there is nothing are not made.
    """

    result: IndexResult
    spec: IndexSpec
    series: Mapping[str, Series]
    sources: Mapping[str, Source]
    run: str
    code_version: str
    sample: bool
    figures: Mapping[str, Figure]
    compared: Sequence[ComparedValue] = ()
    counts: Mapping[str, SourceCounts] = field(default_factory=dict)
    rejections: Sequence[StoredRejection] = ()
    compared_series: frozenset[str] = (
        frozenset()
    )  #: series that hold published values of the index and their changes
    checks: Sequence[CheckResult] = ()
    rate_thresholds: RateThresholds = field(default_factory=RateThresholds)
    analysis: Analysis | None = None  #: what stands beside the index
    lights: Lights | None = None  #: the thresholds behind its warning lights
    parameters: Mapping[str, Any] = field(default_factory=dict)  #: kept with the run beside the specification
    reports: Sequence[Report] = ()  #: industry reports
    printable: Sequence[Printable] = ()  #: the same, with what a PDF and a workbook show beside them
    histories: Sequence[SeriesHistory] = ()  #: one for every series of which a figure is known
    calendar: Sequence[CalendarRow] = ()
    vintages: Sequence[IndexVintage] = ()  #: the index as it was known on past days, in order of time
    dictionary: DataDictionary | None = None
    downloads: Mapping[str, bytes] = field(default_factory=dict)  #: files by name


@dataclass(frozen=True)
class Published:
    """What was written: ``contents`` are lines of path and sha256, the same for the same material.

    ``made``: files that were rendered; the others were made from the same before.
    """

    index: Path
    pages: int
    evidence: int
    contents: tuple[str, ...]
    made: int = field(default=0, compare=False)
