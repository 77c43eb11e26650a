"""SDMX-CSV 2.0 with its structure message (SDMX-JSON 2.0), for any SDMX tool.

Frequency, unit multiplier, observation status and decimals are coded by the official cross-domain lists. A
vintage export has the day from which a value was known as a dimension, since a key may occur only once.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prosperity.publish.export.codes import AGENCY, VERSION, CodeList, official, own
from prosperity.publish.export.model import Bundle, Column, ExportError, Selection, Table, Value
from prosperity.publish.export.text import csv_bytes, printed

if TYPE_CHECKING:
    from pysdmx.model import Codelist, Component

CONCEPTS = "CS_PROSPERITY"
STRUCTURE_FILE = "structure.sdmx.json"
#: The whole content, to replace what a receiver holds for these keys.
ACTION = "R"
_ORDER = {"dimension": 0, "measure": 1, "attribute": 2}


def flow_id(table: Table, selection: Selection) -> str:
    """Id of the dataflow (and of its data structure) that a table is."""
    vintages = table.name == "observations" and selection.vintages
    return table.name.upper() + ("_VINTAGES" if vintages else "")


def sdmx_file(table: Table, bundle: Bundle) -> bytes:
    """The table as SDMX-CSV 2.0: STRUCTURE, STRUCTURE_ID, ACTION, dimensions, measure, attributes."""
    places = [number for number, column in enumerate(table.columns) if column.role]
    places.sort(key=lambda number: _position(table.columns[number]))
    columns = [table.columns[number] for number in places]
    structure = f"{AGENCY}:{flow_id(table, bundle.selection)}({VERSION})"
    lead = ("dataflow", structure, ACTION)
    rows = ((*lead, *(_cell(column, row[n]) for column, n in zip(columns, places, strict=True))) for row in table.rows)  # fmt: skip
    return csv_bytes(("STRUCTURE", "STRUCTURE_ID", "ACTION", *(c.sdmx for c in columns)), rows)


def _position(column: Column) -> tuple[int, int]:
    """Dimensions first, frequency the first of them and time the last; sorting keeps the order of the rest."""
    among = {"FREQ": 0, "TIME_PERIOD": 2}.get(column.sdmx, 1)
    return _ORDER[column.role or "attribute"], among


def _cell(column: Column, value: Value) -> str:
    """A measure that is missing on purpose is NaN; an attribute without a value is left empty."""
    return "NaN" if value is None and column.role == "measure" else printed(value)


# ------------------------------------------------------------------------------------------- structure


def structure_file(bundle: Bundle) -> bytes:
    """Code lists, concepts, data structures and dataflows of the exported tables, as SDMX-JSON 2.0.

    :raises ExportError: for a value that its code list does not have.
    """
    from pysdmx.io import write_sdmx
    from pysdmx.io.format import Format
    from pysdmx.model import Concept, ConceptScheme, Dataflow, DataStructureDefinition, Organisation
    from pysdmx.model.dataflow import Components
    from pysdmx.model.message import Header

    lists = {**official(), **own(bundle.series, bundle.sources)}
    check_codes(bundle.tables, lists)
    columns = {column.sdmx: column for table in bundle.tables for column in table.columns if column.role}
    concepts = [Concept(id=name, name=name, description=c.meaning) for name, c in sorted(columns.items())]
    scheme = ConceptScheme(id=CONCEPTS, name="Concepts", agency=AGENCY, version=VERSION, items=concepts)
    used = sorted({column.codes for column in columns.values() if column.codes})
    codelists = {name: _codelist(lists[name]) for name in used}
    made: list[Any] = [*codelists.values(), scheme]
    for table in bundle.tables:
        common: dict[str, Any] = {
            "id": flow_id(table, bundle.selection),
            "name": table.title,
            "agency": AGENCY,
        }
        components = [_component(c, codelists) for c in sorted(table.columns, key=_position) if c.role]
        structure = DataStructureDefinition(**common, version=VERSION, components=Components(components))
        made += [structure, Dataflow(**common, version=VERSION, structure=structure)]
    # A moment of writing and a random id would make every export another one.
    day = bundle.selection.as_of or dt.date(2000, 1, 1)
    prepared = dt.datetime.combine(day, dt.time(), dt.UTC)
    header = Header(id=f"{AGENCY}_STRUCTURE", prepared=prepared, sender=Organisation(id=AGENCY))
    written = write_sdmx(made, Format.STRUCTURE_SDMX_JSON_2_0_0, header=header, prettyprint=False)
    return _without_empty_groups(str(written))


def check_codes(tables: Iterable[Table], lists: Mapping[str, CodeList]) -> None:
    """:raises ExportError: naming table, column and value where a value is not in the column's code list."""
    for table in tables:
        for number, column in enumerate(table.columns):
            if column.codes is None:
                continue
            known = lists[column.codes].codes
            found = {printed(row[number]) for row in table.rows} - {""}
            strange = sorted(found - set(known))
            if strange:
                raise ExportError(f"{table.name}, {column.name}: {strange[0]!r} is not in {column.codes}")


def _codelist(entry: CodeList) -> Codelist:
    from pysdmx.model import Code, Codelist

    codes = [Code(id=code, name=name) for code, name in entry.codes.items()]
    return Codelist(id=entry.id, name=entry.name, agency=entry.agency, version=entry.version, items=codes)


def _component(column: Column, codelists: Mapping[str, Codelist]) -> Component:
    from pysdmx.model import Component, DataType, ItemReference, Role

    types = {
        "text": DataType.STRING,
        "decimal": DataType.DECIMAL,
        "number": DataType.DOUBLE,
        "integer": DataType.INTEGER,
        "date": DataType.DATE,
        "boolean": DataType.STRING,
        "period": DataType.PERIOD,
    }
    roles = {"dimension": Role.DIMENSION, "measure": Role.MEASURE, "attribute": Role.ATTRIBUTE}
    role = roles[column.role or "attribute"]
    concept = ItemReference(
        sdmx_type="Concept", agency=AGENCY, id=CONCEPTS, version=VERSION, item_id=column.sdmx
    )
    coded: dict[str, Any] = {"local_dtype": types[column.kind]}
    if column.codes:
        codelist = codelists[column.codes]
        urn = f"urn:sdmx:org.sdmx.infomodel.codelist.{codelist.short_urn}"
        coded = {"local_dtype": DataType.STRING, "local_codes": codelist, "local_enum_ref": urn}
    if role == Role.ATTRIBUTE:
        coded["attachment_level"] = "O"
    return Component(id=column.sdmx, required=column.required, role=role, concept=concept, **coded)


def _without_empty_groups(message: str) -> bytes:
    """pysdmx writes ``groups: []``, which the schema of SDMX-JSON does not allow."""
    content = json.loads(message)
    for structure in content["data"]["dataStructures"]:
        components = structure["dataStructureComponents"]
        if not components.get("groups", True):
            del components["groups"]
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def sdmx_files(tables: Sequence[Table], bundle: Bundle) -> dict[str, bytes]:
    """All files of an SDMX export by name."""
    files = {f"{table.name}.sdmx.csv": sdmx_file(table, bundle) for table in tables}
    return files | {STRUCTURE_FILE: structure_file(bundle)}
