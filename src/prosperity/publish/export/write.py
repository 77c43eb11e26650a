"""From a bundle to files in a folder: every file whole or not at all, the package last.

One folder may hold several formats: the package lists those of the same selection. Files of the same format that
an earlier export left, that nobody has changed since and that the new one does not have are removed, so that a
format is never a mixture of two exports.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from prosperity.publish.export.excel import workbook
from prosperity.publish.export.model import Bundle, Exported, ExportError, Format
from prosperity.publish.export.package import FILE, package
from prosperity.publish.export.parquet import parquet_file
from prosperity.publish.export.sdmx import sdmx_files
from prosperity.publish.export.text import csv_file

#: What two exports must have in common to be described by one package.
IDENTITY = ("version", "as_of", "vintages", "series", "index_run")


def write(bundle: Bundle, form: Format, folder: Path) -> Exported:
    """Write the bundle in one format. The same bundle gives the same bytes, and unchanged files are left alone.

    :raises ExportError: where a format cannot hold the content or the folder cannot be written.
    """
    files = build(bundle, form)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        earlier = _unchanged(folder)
        beside = [entry for name, entry in earlier.items() if name not in files and not _is_of(name, form)]
        described = package(bundle, files, beside if _selection(folder) == _identity(bundle) else [])
        for name, data in files.items():
            put(folder / name, data)
        for name in earlier.keys() - files.keys():
            if _is_of(name, form):
                (folder / name).unlink()
        files[FILE] = described
        put(folder / FILE, described)
    except OSError as fault:
        raise ExportError(f"the export cannot be written to {folder}: {fault}") from fault
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return Exported(folder, {table.name: len(table.rows) for table in bundle.tables}, hashes)


def build(bundle: Bundle, form: Format) -> dict[str, bytes]:
    """The files of one format by name, without the package."""
    files: dict[str, bytes] = {"dictionary.md": bundle.dictionary.markdown().encode()}
    if form == "csv":
        return files | {f"{table.name}.csv": csv_file(table) for table in bundle.tables}
    if form == "parquet":
        notes = _notes(bundle)
        return files | {f"{table.name}.parquet": parquet_file(table, notes) for table in bundle.tables}
    if form == "xlsx":
        return files | {"prosperity.xlsx": workbook(bundle)}
    return files | sdmx_files(bundle.tables, bundle)


def _notes(bundle: Bundle) -> dict[str, str]:
    as_of = bundle.selection.as_of
    notes = {"prosperity": bundle.code_version, "as_of": as_of.isoformat() if as_of else ""}
    return notes | {"notice": bundle.notice}


def _is_of(name: str, form: Format) -> bool:
    if ".sdmx." in name:
        return form == "sdmx-csv"
    return name.endswith(f".{form}")


def _listed(folder: Path) -> dict[str, Any]:
    """The package that an earlier export left; empty where there is none that can be read."""
    try:
        found = json.loads((folder / FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _unchanged(folder: Path) -> dict[str, dict[str, Any]]:
    """Resources of an earlier export by name, as far as their files are what they were."""
    entries = _listed(folder).get("resources", [])
    named = {str(entry.get("path")): entry for entry in entries if isinstance(entry, dict)}
    return {
        name: entry
        for name, entry in named.items()
        if Path(name).name == name and entry.get("hash") == _hash(folder / name)
    }


def _selection(folder: Path) -> dict[str, Any]:
    found = _listed(folder)
    return {name: found.get(name) for name in IDENTITY}


def _identity(bundle: Bundle) -> dict[str, Any]:
    content = json.loads(package(bundle, {}))
    return {name: content[name] for name in IDENTITY}


def _hash(path: Path) -> str:
    try:
        return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    except OSError:
        return ""


def put(path: Path, data: bytes) -> None:
    """Write one file: temporary name in the same folder, then rename; nothing where the content is there already."""
    if _hash(path) == f"sha256:{hashlib.sha256(data).hexdigest()}":
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
