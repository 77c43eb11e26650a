"""A small report made by hand: two indicators, three quarters of which the last cannot be computed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from prosperity import catalogue
from prosperity.catalogue.model import Bilingual, IndexSpec, Indicator, Series, Transform
from prosperity.clean.model import Evidence
from prosperity.collect.model import Document, Release
from prosperity.index.model import Contribution, IndexPoint, IndexResult, IndicatorPoint, Input
from prosperity.publish.model import ComparedValue, Figure, Report, Surroundings, TextAround
from prosperity.warehouse.model import Provenance, SourceCounts, StoredReading, StoredRejection

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


def report(*figures: Figure, sample: bool = True, **changes: Any) -> Report:
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
    made = Report(
        result=result, spec=spec, series={**entries.series, REVENUE.id: REVENUE, USERS.id: USERS},
        sources=entries.sources, run="run1", code_version="0.1.0", sample=sample,
        figures={f.id: f for f in shown}, compared=(compared,),
        counts={"miit_internet": SourceCounts(3, 3, 5, 4, 1, 1.0)}, rejections=(rejected,),
    )  # fmt: skip
    return replace(made, **changes)
