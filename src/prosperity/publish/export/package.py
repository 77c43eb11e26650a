"""The sidecar ``datapackage.json`` (Frictionless Data Package 1): files with hashes, columns, sources, licences."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from prosperity.publish.export.model import Bundle, Column, Table

FILE = "datapackage.json"
_TYPES = {"text": "string", "period": "string", "decimal": "number", "number": "number"}
_MEDIA = {
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
    ".md": "text/markdown",
}


def package(bundle: Bundle, files: Mapping[str, bytes], beside: Iterable[dict[str, Any]] = ()) -> bytes:
    """The description of these files and of resources ``beside`` them; the same for the same content."""
    selection = bundle.selection
    resources = [*(_resource(name, data, bundle) for name, data in files.items()), *beside]
    content: dict[str, Any] = {
        "profile": "data-package",
        "name": "prosperity",
        "title": "Prosperity: observations with vintage and evidence, and the prosperity index",
        "version": bundle.code_version,
        "as_of": selection.as_of.isoformat() if selection.as_of else None,
        "vintages": selection.vintages,
        "series": list(selection.series),
        "index_run": bundle.run,
        "notice": bundle.notice or None,
        "sources": [
            {
                "name": source.id,
                "title": f"{source.publisher.en}: {source.title.en} ({source.title.zh})",
                "path": source.base,
                "licence": source.licence,
            }
            for source in bundle.sources.values()
        ],
        "resources": sorted(resources, key=lambda resource: str(resource["path"])),
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _resource(name: str, data: bytes, bundle: Bundle) -> dict[str, Any]:
    stem, _, _ = name.partition(".")
    ending = name[name.rindex(".") :]
    resource: dict[str, Any] = {
        "name": name.lower().replace(".", "-"),
        "path": name,
        "format": ending[1:],
        "mediatype": _MEDIA[ending],
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }
    table = next((table for table in bundle.tables if table.name == stem), None)
    if table is None:
        return resource
    if ending == ".csv":
        resource |= {"encoding": "utf-8", "dialect": {"delimiter": ",", "lineTerminator": "\r\n"}}
    return resource | {"profile": "tabular-data-resource", "rows": len(table.rows), "schema": _schema(table, name)}  # fmt: skip


def _schema(table: Table, name: str) -> dict[str, Any]:
    """Columns as they stand in the file: SDMX-CSV has three more, other names and another order."""
    if name.endswith(".sdmx.csv"):
        key = [column.sdmx for column in table.columns if column.role == "dimension"]
        return {"primaryKey": key}
    return {"fields": [_field(column) for column in table.columns], "primaryKey": list(table.key)}


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.kind, column.kind),
        "description": column.meaning,
    }
    return field | ({"constraints": {"required": True}} if column.required else {})
