"""From catalogue and schema to the data dictionary: gather what they say.

What belongs here: gathering, and where each series is read in words. What does not: its layout
(``prosperity.publish.dictionary``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prosperity.catalogue.model import Catalogue, Era, Series, StatementRule, TableRow, TableRule
from prosperity.publish.dictionary import (
    CodeEntry,
    DataDictionary,
    FileColumn,
    FileEntry,
    SeriesEntry,
    SourceEntry,
)
from prosperity.publish.export import codes, tables
from prosperity.warehouse.describe import describe
from prosperity.warehouse.model import TableDescription
from prosperity.warehouse.views import OBSERVATIONS_AS_OF


def dictionary(catalogue: Catalogue) -> DataDictionary:
    """Every source, series, exported column, database column and code."""
    described = describe()
    return DataDictionary(
        sources=tuple(_sources(catalogue)),
        series=tuple(_series(entry, catalogue) for entry in catalogue.series.values()),
        files=tuple(_files()),
        tables=tuple(described),
        codes=tuple(_codes(described)),
        as_of_query=OBSERVATIONS_AS_OF,
    )


def _sources(catalogue: Catalogue) -> Iterator[SourceEntry]:
    for source in catalogue.sources.values():
        yield SourceEntry(
            id=source.id,
            publisher_zh=source.publisher.zh,
            publisher_en=source.publisher.en,
            title_zh=source.title.zh,
            title_en=source.title.en,
            licence=source.licence,
            cadence=source.cadence,
            address=source.base,
        )


def _series(entry: Series, catalogue: Catalogue) -> SeriesEntry:
    source = catalogue.sources[entry.source]
    return SeriesEntry(
        id=entry.id,
        name_zh=entry.name.zh,
        name_en=entry.name.en,
        source=entry.source,
        unit=entry.unit,
        unit_mult=entry.unit_mult,
        frequency=entry.frequency,
        kind=entry.kind,
        cumulative=entry.cumulative,
        rate_of=entry.rate_of,
        minimum=entry.bounds.minimum,
        maximum=entry.bounds.maximum,
        note=entry.note,
        read_at=tuple(place for era in source.eras for place in _places(entry.id, era)),
    )


def _places(series: str, era: Era) -> Iterator[str]:
    span = f" ({era.first or 'from the beginning'} to {era.last or 'now'})" if era.first or era.last else ""
    for rule in era.statements:
        for role in _statement_roles(series, rule):
            yield f"{era.id}{span}: sentence, {role} `{rule.measure}`" + (
                f" in {rule.unit}" if rule.unit else ""
            )
    for table in era.tables:
        for row in table.rows:
            for role in _table_roles(series, table, row):
                yield f"{era.id}{span}: table `{table.caption}`, row `{row.label}`, {role}"


def _statement_roles(series: str, rule: StatementRule) -> Iterator[str]:
    if rule.level == series:
        yield "measure"
    if rule.rate == series:
        yield "growth rate printed beside the measure"
    if rule.difference == series:
        yield "change in points printed beside the measure"


def _table_roles(series: str, table: TableRule, row: TableRow) -> Iterator[str]:
    for name, column in ((row.level, table.level), (row.rate, table.rate)):
        if name == series and column is not None:
            yield f"column `{column.header}`"


def _files() -> Iterator[FileEntry]:
    for name in ("observations", "index_values", "index_contributions"):
        table = tables.blank(name)
        columns = tuple(FileColumn(c.name, c.kind, c.meaning, c.codes) for c in table.columns)
        yield FileEntry(name, table.title, columns)


def _codes(described: Iterable[TableDescription]) -> Iterator[CodeEntry]:
    accepted = {
        ("observation", "obs_status"): "CL_OBS_STATUS",
        ("series", "frequency"): "CL_FREQ",
    }
    used = {
        accepted[table.name, column.name]: column.codes
        for table in described
        for column in table.columns
        if (table.name, column.name) in accepted
    }
    for entry in codes.official().values():
        yield CodeEntry(entry.id, entry.agency, entry.version, entry.codes, used.get(entry.id, ()))
    own = codes.own({}, {})
    for name in ("CL_KNOWN_FROM_BASIS", "CL_INDEX_GROUP", "CL_LAYER"):
        yield CodeEntry(name, own[name].agency, own[name].version, own[name].codes)
