"""The catalogue's types: what is collected, where it stands in documents, and what is computed from it.

Every YAML file is checked against these models on loading; an unknown key is an error, so that a typing
mistake never silently switches something off.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from prosperity.catalogue.answer import Answer
from prosperity.catalogue.base import Bilingual as Bilingual
from prosperity.catalogue.base import Model, Pattern
from prosperity.catalogue.check_model import Checks
from prosperity.catalogue.composition import Coverage as Coverage
from prosperity.catalogue.composition import IndexSpec as IndexSpec
from prosperity.catalogue.composition import Indicator as Indicator
from prosperity.catalogue.composition import Transform as Transform
from prosperity.catalogue.derived import Derived
from prosperity.catalogue.lights import Lights
from prosperity.catalogue.rules import StatementRule as StatementRule
from prosperity.catalogue.rules import TableColumn as TableColumn
from prosperity.catalogue.rules import TableRow as TableRow
from prosperity.catalogue.rules import TableRule as TableRule
from prosperity.catalogue.versions import Predecessor, SeriesVersion, checked, version_of

Frequency = Literal["M", "Q", "S", "A"]  #: SDMX FREQ: monthly, quarterly, half-yearly, annual


# ---------------------------------------------------------------------------------------------- series


class Bounds(Model):
    """Limits of what is plausible; a value outside them is rejected with the reason, never mended."""

    minimum: float | None = None
    maximum: float | None = None


class Series(Model):
    """One statistical series. A change of scope, threshold or price base opens a new version, never a revision."""

    id: str
    name: Bilingual
    source: str
    also_from: tuple[
        str, ...
    ] = ()  #: further sources that print its figures; on one day ``Source.order`` decides
    unit: str  #: base unit: 元, 户, 人, %
    unit_mult: int = 0  #: SDMX UNIT_MULT: the power of ten in which values are kept (8 = 亿)
    frequency: Frequency
    kind: Literal["flow", "stock", "rate", "index"]
    cumulative: bool = False  #: runs from January (SDMX TIME_TRANSFORMATION year-to-date)
    theme: str
    internet: bool = False  #: measures the Internet industry itself, not its surroundings
    rate_of: str | None = None  #: for a published growth rate: the series whose growth it is
    constant_prices: bool = False  #: a rate at constant prices, not comparable with levels at current ones
    bounds: Bounds = Bounds()
    #: A figure further than this factor from what other documents say of neighbouring periods is rejected.
    jump: float | None = Field(default=None, gt=1)
    swing: float | None = Field(default=None, gt=0)  #: the same for a rate, in points
    rate_gap: float | None = Field(default=None, gt=0)  #: points by which rate and ratio of levels may differ
    share_of: str | None = None  #: the whole of which the publisher prints this series' share
    versions: Annotated[tuple[SeriesVersion, ...], AfterValidator(checked)] = ()
    predecessor: Predecessor | None = None
    note: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source whose documents may give figures of this series, its own one first."""
        return (self.source, *self.also_from)

    def version_of(self, period: str) -> SeriesVersion | None:
        """The version that a figure for ``period`` (TIME_PERIOD) belongs to; None where none is declared."""
        return version_of(self.versions, period)


# ---------------------------------------------------------------------------------------------- sources


class Calendar(Model):
    """When a source publishes: periods by their last month, and the lag of the date of issue in days."""

    frequency: Frequency
    months: tuple[int, ...]  #: last months of the periods reported on, e.g. (6, 12)
    expected_days: int  #: usual lag after the end of the period
    latest_days: int  #: later than this is overdue
    #: Shortest lag that a date of issue can have; negative where reports come out before their period ends.
    #: A release dated earlier has a wrong date or a wrong title. None: not judged.
    earliest_days: int | None = None
    #: Every year held is asked for again at least once in so many days: for sources whose past figures change under the
    #: same address. None: only years with a release that is due.
    revisit_days: int | None = Field(default=None, ge=1)
    reported_from: str | None = None  #: first period that exists at all, TIME_PERIOD
    reported_until: str | None = None


class KnownGap(Model):
    """A period for which no release exists or can be had, and how we know."""

    period: str
    state: Literal["never_published", "lost_online"]
    reason: str


class Editions(Model):
    """Reports that are numbered instead of dated: the period follows from the number."""

    pattern: Pattern  #: first group: the number
    anchor: int
    anchor_period: str  #: month on which the anchor edition reports, 2018-12
    step_months: int
    exceptions: dict[int, str] = Field(default_factory=dict)  #: editions whose reference date moved


class Discovery(Model):
    """How releases are listed: the protocol module does the talking, the rest is its material."""

    protocol: str  #: name of a module in collect/discover
    list_address: str
    title: Pattern  #: titles that are releases of this source
    ignore: tuple[Pattern, ...] = ()  #: titles known to stand in the same list and to be something else
    period: Literal["title", "edition", "year"] = "title"  #: where the reported period is read
    editions: Editions | None = None  #: with period: edition
    content: str | None = None  #: XPath of the article's body; a page without it is not the document
    answer: Answer | None = None  #: for documents in JSON: where the table stands
    page_date: str | None = None  #: XPath of the date that the page itself gives
    stated_date: str | None = (
        None  #: XPath of the date of issue as the text states it (may be a month, may be empty)
    )
    stated_pattern: Pattern = r"(\d{4}年\d{1,2}月(\d{1,2}日)?|([A-Z][a-z]+ )?(\d{1,2}, )?20\d\d)"  #: what a stated date looks like; other text is none
    address_date: Pattern | None = None  #: date in the address, groups year, month, day
    language: Literal["zh", "en"] = "zh"
    options: dict[str, str | int | dict[str, str]] = Field(default_factory=dict)


class Era(Model):
    """One layout of a source's documents, valid for a span of reported periods (TIME_PERIOD, inclusive)."""

    id: str
    first: str | None = None
    last: str | None = None
    title: Pattern | None = None  #: only documents with such a title
    statements: tuple[StatementRule, ...] = ()
    tables: tuple[TableRule, ...] = ()
    ignore: tuple[Pattern, ...] = ()  #: figures known and deliberately not taken
    #: Must the figures' latest period be the title's (month)? Or may all be of earlier ones (not_after)?
    period_check: Literal["month", "not_after", "none"] = "month"
    all_or_nothing: bool = False  #: one figure that cannot be taken, and nothing of the document is loaded


class Source(Model):
    id: str
    publisher: Bilingual
    title: Bilingual
    theme: str
    licence: str
    cadence: str
    first_year: int
    last_year: int | None = None
    base: str  #: https://host of the publisher
    hosts: tuple[str, ...]  #: the only hosts that may be asked
    pause_seconds: float = 2.0
    headers: dict[str, str] = Field(default_factory=dict)
    owner: str = "data-engineering"
    #: Of sources that print one figure on one day the lowest decides; equal ones go by name. One that ranks behind does
    #: not revise a figure by rounding it.
    order: int = 0
    media_types: tuple[str, ...]
    discovery: tuple[Discovery, ...]
    calendar: Calendar
    gaps: tuple[KnownGap, ...] = ()
    #: What its documents hold where no series is taken from them: they are collected, archived and dated all the same.
    text_only: Bilingual | None = None
    eras: tuple[Era, ...]

    @property
    def entry_hash(self) -> str:
        """Hash of what extraction and cleaning depend on: a changed entry makes only its own tables stale."""
        material = self.model_dump(mode="json", include={"id", "eras", "media_types"})
        return hashlib.sha256(json.dumps(material, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[
            :12
        ]


class Correction(Model):
    """A correction as data: what to do with one figure, why, and a guard that fails once it is mended."""

    series: str
    period: str
    action: Literal["drop", "override", "scale", "flag"]
    value: float | None = None
    expect: float  #: the figure as it stands in the document; another one means the correction is out of date
    reason: str
    reference: str


# ---------------------------------------------------------------------------------------------- index


class PublishedValue(Model):
    """One published value of the index that ours is shown beside; never tuned to."""

    edition: str
    period: str
    index: str
    series: str | None = None  #: where the value is kept
    change: str | None = None  #: the series of its change in points
    stated: str | None = None  #: what was published, where no series holds it
    reason: str | None = None  #: why ours cannot be set beside it


class Catalogue(Model):
    sources: dict[str, Source]
    series: dict[str, Series]
    index: IndexSpec
    former_indices: tuple[IndexSpec, ...] = ()  #: earlier versions of the composition
    corrections: tuple[Correction, ...] = ()
    published: tuple[PublishedValue, ...] = ()
    checks: Checks = Checks()
    lights: Lights
    derived: dict[str, Derived] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_exist(self) -> Catalogue:
        """Every series that a rule, rate or indicator names must exist, and belong to that source."""
        problems: list[str] = []
        for source in self.sources.values():
            for era in source.eras:
                named = [name for rule in era.statements for name in rule.targets] + [
                    name
                    for table in era.tables
                    for row in table.rows
                    for name in (row.level, row.rate)
                    if name
                ]
                for name in named:
                    if name not in self.series:
                        problems.append(f"{source.id}/{era.id}: unknown series {name}")
                    elif source.id not in self.series[name].sources:
                        problems.append(f"{source.id}/{era.id}: {name} belongs to {self.series[name].source}")
        for series in self.series.values():
            if series.source not in self.sources:
                problems.append(f"series {series.id}: unknown source {series.source}")
            elif self.sources[series.source].text_only:
                problems.append(f"series {series.id}: {series.source} is said to be text only")
            for name in series.also_from:
                if name not in self.sources or series.sources.count(name) > 1:
                    problems.append(f"series {series.id}: also_from {name} is unknown or named twice")
            if series.rate_of and series.rate_of not in self.series:
                problems.append(f"series {series.id}: rate of unknown series {series.rate_of}")
            if series.share_of and series.share_of not in self.series:
                problems.append(f"series {series.id}: share of unknown series {series.share_of}")
            if series.predecessor and series.predecessor.series not in self.series:
                problems.append(f"series {series.id}: unknown predecessor {series.predecessor.series}")
            chained = [v.id for v in series.versions if v.splice and v.splice.method == "chain_rates"]
            if chained and not any(other.rate_of == series.id for other in self.series.values()):
                problems.append(f"series {series.id}: version {chained[0]} chains rates, but there are none")
        for derived in self.derived.values():
            problems += [
                f"derived series {derived.id}: unknown series {name}"
                for name in derived.inputs.values()
                if name not in self.series
            ]
            if derived.id in self.series:
                problems.append(f"derived series {derived.id} is a published one too")
        problems += self._index_problems()
        problems += [
            f"published index: unknown series {name}"
            for value in self.published
            for name in (value.series, value.change)
            if name and name not in self.series
        ]
        problems += [
            f"correction: unknown series {c.series}" for c in self.corrections if c.series not in self.series
        ]
        problems += self._check_problems()
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def index_of(self, day: dt.date) -> tuple[IndexSpec, bool]:
        """The composition of that day, and whether it was in force then: where none was, the present one."""
        listed = [spec for spec in (*self.former_indices, self.index) if spec.valid_from]
        in_force = [spec for spec in listed if spec.valid_from and spec.valid_from <= day]
        if not in_force:
            return self.index, False
        return max(in_force, key=lambda spec: spec.valid_from or dt.date.min), True

    def _index_problems(self) -> list[str]:
        """Indicators must be series that exist; of several compositions each says from when it holds."""
        specs = (*self.former_indices, self.index)
        problems = [
            f"index version {spec.version}: unknown series {name}"
            for spec in specs
            for indicator in spec.indicators
            for name in (indicator.series, indicator.transform.rate_series)
            if name and name not in self.series
        ]
        days = [spec.valid_from for spec in specs]
        if len(specs) > 1 and (None in days or len(set(days)) < len(days)):
            problems.append("index: of several versions each needs a valid_from of its own")
        return problems

    def _check_problems(self) -> list[str]:
        """Checks must name series that exist, and parts must be measured like their whole."""
        problems = [
            f"checks: {rule} names unknown series {name}"
            for rule, name in self.checks.named()
            if name not in self.series
        ]
        for rule in self.checks.parts:
            units = {
                (self.series[name].unit, self.series[name].unit_mult)
                for name in (rule.whole, *rule.parts)
                if name in self.series
            }
            if len(units) > 1:
                problems.append(f"checks: {rule.id} adds series of different units")
        for timed in [
            *(entry.series for entry in self.checks.may_fall),
            *(name for rule in self.checks.pace for name in rule.series),
        ]:
            if timed in self.series and not self.series[timed].cumulative:
                problems.append(f"checks: {timed} does not run from January")
        return problems
