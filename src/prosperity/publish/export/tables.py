"""The columns of the exported tables, and their rows from what the warehouse and the index give.

What belongs here: which column holds what, in which order. What does not: file formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from prosperity.catalogue.model import IndexSpec, Series, Source
from prosperity.publish.export.model import Column, Table, Value
from prosperity.warehouse.model import IndexContribution, IndexRun, TracedObservation

SERIES = Column("series", "text", "id of the series", "dimension", "CL_SERIES", required=True)
FREQ = Column("FREQ", "text", "SDMX frequency of the series", "dimension", "CL_FREQ", required=True)
TIME_PERIOD = Column(
    "TIME_PERIOD",
    "period",
    "the period: 2019, 2019-S1, 2019-Q2 or 2019-06",
    "dimension",
    required=True,
)
GROUP = Column(
    "index_group", "text", "leading, coincident or lagging", "dimension", "CL_INDEX_GROUP", required=True
)
LICENCE = Column("licence", "text", "on what terms the publisher's figures may be used")
SOURCE = Column("source", "text", "id of the source", codes="CL_SOURCE")
PUBLISHER = Column("publisher", "text", "who published it")

OBSERVATIONS = (
    SERIES,
    Column("name_zh", "text", "name of the series in Chinese", role=None),
    Column("name_en", "text", "name of the series in English", role=None),
    SOURCE,
    PUBLISHER,
    FREQ,
    TIME_PERIOD,
    Column(
        "OBS_VALUE",
        "decimal",
        "the value with its printed digits, in units of 10**UNIT_MULT; empty: withdrawn",
        "measure",
    ),
    Column("UNIT_MULT", "integer", "power of ten: 4 = 万, 8 = 亿", codes="CL_UNIT_MULT", required=True),
    Column("unit", "text", "base unit of the series", concept="UNIT_MEASURE"),
    Column("DECIMALS", "integer", "number of decimals printed", codes="CL_DECIMALS"),
    Column("OBS_STATUS", "text", "SDMX observation status", codes="CL_OBS_STATUS", required=True),
    Column("qualifier", "text", "word that makes the figure approximate (约, 超, 近 …)"),
    Column("known_from", "date", "vintage: day from which the world knew this value", required=True),
    Column("known_until", "date", "first day on which another value was known; empty: it holds until now"),
    Column("known_from_basis", "text", "how that day is known", codes="CL_KNOWN_FROM_BASIS"),
    Column("conflict", "boolean", "whether documents of that day disagreed", codes="CL_BOOLEAN"),
    LICENCE,
    Column("release_title", "text", "title of the release"),
    Column("document_address", "text", "address of the document"),
    Column("document_sha256", "text", "hash of the archived document"),
    Column(
        "sample",
        "boolean",
        "whether the document was rebuilt from published figures and is not the publisher's own",
        codes="CL_BOOLEAN",
    ),
    Column("evidence", "text", "id of the evidence"),
    Column("place", "text", "place in the document that the figure was read from"),
    Column("raw", "text", "text at that place"),
)

_RUN = (
    Column("run", "text", "id of the computation"),
    Column("as_of", "date", "vintage: the day from which it looks; empty: all that is known"),
)

INDEX_VALUES = (
    GROUP,
    FREQ,
    TIME_PERIOD,
    Column("value", "number", "the index, base quarter = 100", "measure", concept="OBS_VALUE"),
    Column(
        "OBS_STATUS",
        "text",
        "A from observations, E resting on interpolated values, O not computable",
        codes="CL_OBS_STATUS",
    ),
    Column("change", "number", "change on the quarter before, in points"),
    Column("indicators", "integer", "indicators that have a change"),
    Column("indicators_total", "integer", "indicators of the group"),
    Column("weight_share", "number", "share of the group's weight that they have (0..1)"),
    Column("reason", "text", "why there is no value"),
    *_RUN,
    Column("spec_version", "text", "version of the index's specification"),
    Column("spec_hash", "text", "hash of the specification"),
    Column("data_hash", "text", "hash of the observations that went in"),
    Column("code_version", "text", "version of the program"),
    Column("source", "text", "ids of the sources it is computed from"),
    LICENCE,
)

CONTRIBUTIONS = (
    GROUP,
    SERIES,
    FREQ,
    TIME_PERIOD,
    Column(
        "contribution",
        "number",
        "contribution to the index's change, in points",
        "measure",
        concept="OBS_VALUE",
    ),
    Column(
        "OBS_STATUS",
        "text",
        "A from observations, I interpolated, E resting on an interpolated value",
        codes="CL_OBS_STATUS",
    ),
    Column("layer", "text", "layer of the indicator", codes="CL_LAYER"),
    Column("weight", "number", "weight in the group"),
    Column("standardised_change", "number", "change of the indicator, standardised"),
    Column("inputs", "text", "ids of the evidence of all figures used, separated by blanks"),
    Column("steps", "text", "how it was computed"),
    *_RUN,
    SOURCE,
    PUBLISHER,
    LICENCE,
)

_COLUMNS = {
    "observations": OBSERVATIONS,
    "index_values": INDEX_VALUES,
    "index_contributions": CONTRIBUTIONS,
}
_TITLES = {
    "observations": "Observations with source, vintage and the place each was read from",
    "index_values": "Index points",
    "index_contributions": "What each indicator contributed to the change of an index point",
}


def blank(name: str, vintages: bool = False) -> Table:
    """The table of that name without rows. With ``vintages`` the day belongs to the key."""
    columns = _COLUMNS[name]
    if name == "observations" and vintages:
        columns = tuple(_as_dimension(c) if c.name == "known_from" else c for c in columns)
    key = tuple(column.name for column in columns if column.role == "dimension")
    return Table(name, _TITLES[name], columns, (), key)


def _as_dimension(column: Column) -> Column:
    return Column(column.name, column.kind, column.meaning, "dimension", required=True)


def observations(
    found: Iterable[TracedObservation],
    series: Mapping[str, Series],
    sources: Mapping[str, Source],
    vintages: bool,
) -> Table:
    """One row per observation, by series, period and day."""
    table = blank("observations", vintages)
    rows = sorted(
        found,
        key=lambda f: (f.observation.series, f.observation.period, f.observation.known_from),
    )
    return _filled(table, [_observation(row, series, sources) for row in rows])


def source_of(
    found: TracedObservation, series: Mapping[str, Series], sources: Mapping[str, Source]
) -> Source:
    """The source that the figure was read from; where that is not known, the series' own."""
    return sources.get(found.source or "") or sources[series[found.observation.series].source]


def _observation(
    found: TracedObservation, series: Mapping[str, Series], sources: Mapping[str, Source]
) -> dict[str, Value]:
    row = found.observation
    entry = series[row.series]
    source = source_of(found, series, sources)
    return {
        "series": row.series,
        "name_zh": entry.name.zh,
        "name_en": entry.name.en,
        "source": source.id,
        "publisher": source.publisher.en,
        "FREQ": entry.frequency,
        "TIME_PERIOD": row.period,
        "OBS_VALUE": row.value,
        "UNIT_MULT": entry.unit_mult,
        "unit": entry.unit,
        "DECIMALS": None if row.value is None else decimals(row.value),
        "OBS_STATUS": row.status,
        "qualifier": row.qualifier,
        "known_from": row.known_from,
        "known_until": found.known_until,
        "known_from_basis": row.known_from_basis,
        "conflict": row.conflict,
        "licence": source.licence,
        "release_title": found.title,
        "document_address": found.address,
        "document_sha256": found.evidence.document,
        "sample": found.sample,
        "evidence": row.evidence,
        "place": found.evidence.place,
        "raw": found.evidence.raw,
    }


def decimals(value: Decimal) -> int:
    """Number of digits printed after the point."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def index_values(run: IndexRun, spec: IndexSpec, series: Mapping[str, Series], sources: Mapping[str, Source]) -> Table:  # fmt: skip
    """One row per index point, by group and quarter."""
    used = sorted({series[indicator.series].source for indicator in spec.indicators})
    licences = "; ".join(dict.fromkeys(sources[name].licence for name in used))
    statuses: dict[tuple[str, str], set[str]] = {}
    for part in run.contributions:
        statuses.setdefault((part.group, part.period), set()).add(part.status)
    rows: list[dict[str, Value]] = [
        {
            "index_group": point.group,
            "FREQ": "Q",
            "TIME_PERIOD": point.period,
            "value": point.value,
            "OBS_STATUS": _status(point.value, statuses.get((point.group, point.period), set())),
            "change": point.change,
            "indicators": point.indicators,
            "indicators_total": point.indicators_total,
            "weight_share": point.weight_share,
            "reason": point.reason,
            "run": run.id,
            "as_of": run.as_of,
            "spec_version": run.spec_version,
            "spec_hash": run.spec_hash,
            "data_hash": run.data_hash,
            "code_version": run.code_version,
            "source": " ".join(used),
            "licence": licences,
        }
        for point in sorted(run.values, key=lambda point: (point.group, point.period))
    ]
    return _filled(blank("index_values"), rows)


def _status(value: float | None, parts: set[str]) -> str:
    if value is None:
        return "O"
    return "E" if parts - {"A"} else "A"


def contributions(run: IndexRun, series: Mapping[str, Series], sources: Mapping[str, Source]) -> Table:
    """One row per index point and indicator; a term that is no series (the trend) has no source."""
    parts = sorted(run.contributions, key=lambda part: (part.group, part.series, part.period))
    return _filled(
        blank("index_contributions"), [_contribution(part, run, series, sources) for part in parts]
    )


def _contribution(
    part: IndexContribution, run: IndexRun, series: Mapping[str, Series], sources: Mapping[str, Source]
) -> dict[str, Value]:
    source = sources[series[part.series].source] if part.series in series else None
    return {
        "index_group": part.group,
        "series": part.series,
        "FREQ": "Q",
        "TIME_PERIOD": part.period,
        "contribution": part.contribution,
        "OBS_STATUS": part.status,
        "layer": part.layer,
        "weight": part.weight,
        "standardised_change": part.standardised_change,
        "inputs": " ".join(part.inputs),
        "steps": " ".join(part.steps),
        "run": run.id,
        "as_of": run.as_of,
        "source": source.id if source else None,
        "publisher": source.publisher.en if source else None,
        "licence": source.licence if source else None,
    }


def _filled(table: Table, rows: Sequence[Mapping[str, Value]]) -> Table:
    names = [column.name for column in table.columns]
    filled = tuple(tuple(row[name] for name in names) for row in rows)
    return Table(table.name, table.title, table.columns, filled, table.key)
