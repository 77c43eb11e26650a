"""A small report made by hand: two indicators, three quarters of which the last cannot be computed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from prosperity import catalogue
from prosperity.catalogue.lights import Lights
from prosperity.catalogue.model import Bilingual, IndexSpec, Indicator, Series, Transform
from prosperity.catalogue.outline import OutlineAuthor, OutlineChapter, OutlineSection
from prosperity.clean.model import Evidence
from prosperity.collect.model import Document, Release
from prosperity.index.analysis_model import (
    Analysis,
    Band,
    ChoiceShare,
    Constant,
    Dropped,
    Lead,
    LightQuarter,
    MethodPoint,
    RealTimeTurn,
    Turn,
    Verdict,
    WeightRow,
)
from prosperity.index.model import Contribution, IndexPoint, IndexResult, IndicatorPoint, Input
from prosperity.publish.compose.facts import Facts
from prosperity.publish.compose.report import compose
from prosperity.publish.content import Years
from prosperity.publish.model import (
    CalendarRow,
    ComparedValue,
    Figure,
    IndexVintage,
    PeriodHistory,
    RevisedPoint,
    SeriesHistory,
    SiteMaterial,
    Surroundings,
    TextAround,
)
from prosperity.publish.words import SAMPLE
from prosperity.warehouse.model import (
    Provenance,
    SourceCounts,
    StoredObservation,
    StoredReading,
    StoredRejection,
)
from prosperity.workflow.dictionary import dictionary

SHA = "ab" * 32
DAY = dt.datetime(2020, 1, 31, 8, 30, tzinfo=dt.UTC)
REVENUE = Series(
    id="revenue_cum", name=Bilingual(zh="业务收入(累计)", en="Revenue (year to date)"), source="miit_internet",
    unit="元", unit_mult=8, frequency="M", kind="flow", cumulative=True, theme="industry",
)  # fmt: skip
USERS = Series(
    id="users", name=Bilingual(zh="用户规模", en="Users"), source="cnnic_report",
    unit="人", unit_mult=8, frequency="M", kind="stock", theme="users",
)  # fmt: skip


def figure(
    series: Series = REVENUE,
    period: str = "2019-12",
    value: str = "10125",
    raw: str = "10125亿元",
    around: Surroundings | None = None,
    title: str = "2019年互联网和相关服务业运行情况",
    **changes: Any,
) -> Figure:
    """One figure in prose; ``changes`` are those of its evidence, document, release and figure by field name."""
    sentence = f"全年完成业务收入{raw},同比增长20%。"
    start = sentence.index(raw)
    evidence = Evidence(
        SHA, raw, "html-prose", "0.1.0", node=f"/html/body/p[{period[-2:]}]", span=(start, start + len(raw))
    )
    release = Release(
        "miit_internet", title, "https://www.miit.gov.cn/art/1.html", None, DAY.date(), "list_date"
    )
    document = Document(SHA, "text/html", 1234, release.address, DAY)
    reading = StoredReading(
        series=series.id, period=period, value=Decimal(value), unit=series.unit, unit_mult=series.unit_mult, status="A",
        qualifier="", known_from=DAY.date(), known_from_basis="list_date", release=release.key, extractor="0.1.0",
        ingested_at=DAY, withdrawn_at=None,
    )  # fmt: skip
    parts = {"reading": reading, "evidence": evidence, "document": document, "release": release}
    for name, part in parts.items():
        own = {field: changes.pop(field) for field in list(changes) if field in part.__dataclass_fields__}
        parts[name] = replace(part, **own)
    provenance = Provenance(**parts)  # type: ignore[arg-type]
    source = catalogue.load().sources[series.source]
    return replace(
        Figure(
            provenance=provenance,
            series=series,
            source=source,
            around=around
            or TextAround(sentence, (start, start + len(raw)), sentence, (start, start + len(raw))),
            readings=(provenance,),
        ),
        **changes,
    )


def indicator(series: Series, weight: float, method: Any) -> Indicator:
    return Indicator(
        series=series.id, group="coincident", layer="industry", weight=weight,
        reason=Bilingual(zh="衡量规模", en="measures size"), transform=Transform(method=method),
    )  # fmt: skip


def report(*figures: Figure, sample: bool = True, **changes: Any) -> SiteMaterial:
    """The report; without ``figures`` one of revenue and one of users."""
    shown = figures or (figure(), figure(USERS, "2019-12", "9.04", "9.04亿人"))
    inputs = tuple(
        Input(f.series.id, f.provenance.reading.period, f.id, float(f.provenance.reading.value or 0))
        for f in shown
    )
    spec = IndexSpec(
        version="1", first_quarter="2019-Q3", groups=("coincident",),
        indicators=(indicator(REVENUE, 0.6, "decumulate"), indicator(USERS, 0.4, "last")),
    )  # fmt: skip
    step = ("2019-Q4: 9.04 at the end of 2019-12, as published.",)
    parts = (
        Contribution("revenue_cum", "industry", 0.6, 1.5, 0.75, "A", inputs[:1], step),
        Contribution("users", "industry", 0.4, -0.5, -0.25, "I", inputs[1:], step),
    )
    points = (
        IndexPoint("coincident", "2019-Q3", 100.0, None, 2, 2, 1.0, ""),
        IndexPoint("coincident", "2019-Q4", 100.5, 0.5, 2, 2, 1.0, "", parts),
        IndexPoint("coincident", "2020-Q1", None, None, 0, 2, 0.0, "no observation of revenue_cum"),
    )
    quarters = {
        series: tuple(IndicatorPoint(quarter, 9.0, "A", inputs, step) for quarter in ("2019-Q3", "2019-Q4"))
        for series in ("revenue_cum", "users")
    }
    result = IndexResult("1", "5pec" * 3, dt.date(2020, 3, 31), "da7a" * 16, points, {"coincident": quarters})
    entries = catalogue.load()
    rejected = StoredRejection(
        "r1", "miit_internet", "clean", "标题", "第1段", "title says 2018-10, the text speaks of 2018-11", None, None,
        None, 2018, False, DAY, DAY, None,
    )  # fmt: skip
    compared = ComparedValue(
        "2020", "2019-Q4", "coincident", "103.8", Decimal("0.17"), 100.5, 0.5, "change has the same sign"
    )
    made = SiteMaterial(
        result=result, spec=spec, series={**entries.series, REVENUE.id: REVENUE, USERS.id: USERS},
        sources=entries.sources, run="run1", code_version="0.1.0", sample=sample,
        figures={f.id: f for f in shown}, compared=(compared,),
        counts={"miit_internet": SourceCounts(3, 3, 5, 4, 1, 1.0)}, rejections=(rejected,),
    )  # fmt: skip
    return replace(made, **changes)


LIGHTS = Lights(
    version="3", note=Bilingual(zh="自定界限", en="bounds of our own"), bounds={"users": (1, 5, 10, 20)}
)


def analysis(**changes: Any) -> Analysis:
    """What stands beside ``report``: one downturn, a turning point withdrawn since, two quarters of lights."""
    made = Analysis(
        as_of=dt.date(2020, 3, 31),
        spec_version="1",
        spec_hash="5pec",
        lights_version="3",
        constants=(Constant("coincident", "users", 1.25, 4, 1.0),),
        methods=(
            MethodPoint("coincident", "2019-Q3", 100.0, 100.0, None),
            MethodPoint("coincident", "2019-Q4", 100.5, 101.5, 75.0),
        ),
        turns=(
            Turn("level", "coincident", "peak", "2019-Q3", 100.0),
            Turn("level", "coincident", "trough", "2019-Q4", 100.5),
            Turn("growth", "users", "peak", "2019-Q4", 12.0),
        ),
        leads=(Lead("growth", "users", 2, 1, 0, 0, 1.5, 1.5),),
        real_time=(
            RealTimeTurn(
                "level", "coincident", "peak", None, "withdrawn", dt.date(2020, 1, 1), "2019-Q2", 2,
                ((dt.date(2020, 1, 1), "2019-Q2"),), (dt.date(2020, 3, 31),),
            ),
        ),
        vintages=(dt.date(2020, 1, 1), dt.date(2020, 3, 31)),
        verdicts=(Verdict("users", "coincident", "leading", -2, 0.75, 13, "undecided", None, False),),
        lights=(
            LightQuarter("2019-Q3", 73.4, "light_blue", 1.0, {"users": 2, "revenue_cum": None}),
            LightQuarter("2019-Q4", 140.0, "red", 1.0, {"users": 5, "revenue_cum": 4}),
        ),
        weights=(WeightRow("coincident", "users", {"expert": 0.4, "equal": 0.5}),),
        weighted={"coincident": {"expert": 100.5, "equal": 100.25}},
        bands=(
            Band("coincident", "2019-Q3", 100.0, 100.0, 100.0, 100.0, False),
            Band("coincident", "2019-Q4", 99.75, 100.5, 101.25, 100.5, False),
            Band("coincident", "2019-Q4", 98.0, 101.0, 123.4, 100.5, True),
        ),
        dropped=(Dropped("coincident", "users", 101.0, 0.5, 0.75, 0.875),),
        shares=(ChoiceShare("coincident", "trend", 0.9, 0.95),),
        notes=("warning lights: thresholds 3 have no bounds for revenue_cum",),
    )  # fmt: skip
    return replace(made, **changes)


def full() -> SiteMaterial:
    """``report`` with everything a site can have: an industry report, a series revised once, a past day, a calendar."""
    made = report(
        figure(), figure(USERS, "2019-12", "9.04", "9.04亿人"), figure(value="10226.25", raw="10226.25亿元")
    )
    first, _, revised = made.figures.values()
    if first.provenance.reading.value != Decimal("10125"):
        first, revised = revised, first
    changes = tuple(
        StoredObservation(
            "revenue_cum",
            "2019-12",
            day,
            "stated",
            found.provenance.reading.value,
            "A",
            "",
            found.id,
            False,
            DAY,
        )
        for day, found in ((dt.date(2020, 1, 31), first), (dt.date(2020, 2, 28), revised))
    )
    facts = Facts(
        made.series, made.sources, changes, made.result, made.spec, dt.date(2020, 3, 31), notice=SAMPLE
    )
    outline = OutlineChapter(
        id="development",
        title=Bilingual(zh="发展", en="Development"),
        sections=(
            OutlineSection(
                id="all", title=Bilingual(zh="总体", en="All"), headline=("revenue_cum",), index=True,
                author=(OutlineAuthor(subject=Bilingual(zh="判断", en="Judgement"), missing=Bilingual(zh="无", en="none")),),
            ),
        ),
    )  # fmt: skip
    history = SeriesHistory(
        REVENUE, (PeriodHistory("2019-12", changes), PeriodHistory("2020-01", changes[1:]))
    )
    vintage = IndexVintage(
        dt.date(2020, 1, 31),
        (RevisedPoint("coincident", "2019-Q4", 100.4, 100.5, {"new_data": 0.07, "revised_data": 0.03}),),
    )
    row = CalendarRow("miit_internet", 2019, (("2019-06", "found", ""), ("2019-12", "not_in_sample", "")))
    return replace(
        made,
        reports=(compose(facts, (outline,), 2020, Years(2019, 2019)),),
        histories=(history,),
        vintages=(vintage,),
        calendar=(row,),
        dictionary=dictionary(catalogue.load()),
        downloads={"revenue_cum.csv": b"a,b\n"},
    )
