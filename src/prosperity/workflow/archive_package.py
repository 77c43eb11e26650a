"""One year of the archive as a package that explains itself: documents, a table of them, ``datapackage.json``.

The form is a Frictionless Data Package: every file with its size and hash, every document with its source, release,
address, dates and licence. Nothing in it needs this program, its catalogue or its warehouse.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prosperity.collect.archive import ArchiveError
from prosperity.collect.store import write_atomically
from prosperity.workflow.workspace import Workspace

_ENDINGS = {"application/pdf": "pdf", "text/html": "html", "application/json": "json"}
#: Columns of documents.csv: name, type, meaning.
_COLUMNS = (
    ("path", "string", "the file in this package"),
    ("sha256", "string", "of the file"),
    ("bytes", "integer", "size of the file"),
    ("media_type", "string", "by content, not by name"),
    ("encoding", "string", "of a web page, as found"),
    ("source", "string", "id of the source"),
    ("title", "string", "of the release, as printed"),
    ("period", "string", "that the release reports on, SDMX TIME_PERIOD"),
    ("issued", "date", "day of issue"),
    ("issued_basis", "string", "what vouches for the day of issue"),
    ("address", "string", "of the document at the publisher"),
    ("landing", "string", "page that led to it"),
    ("fetched_at", "datetime", "when these bytes were transferred"),
    ("brought_by", "string", "who brought it, where it was not fetched"),
    ("sample", "boolean", "rebuilt from published figures, not the publisher's own bytes"),
    ("licence", "string", "terms of the source"),
)
_STILL = (2000, 1, 1, 0, 0, 0)  #: the same content gives the same package


class PackageError(ValueError):
    """A package that cannot be written; the message says why."""


@dataclass(frozen=True)
class Exported:
    """What was written where."""

    path: Path
    documents: int
    releases: int
    bytes: int


def export_year(space: Workspace, year: int, out: Path) -> Exported:
    """Write all documents that report on ``year`` into ``out``: a zip file by its ending, else a new folder.

    :raises PackageError: where nothing is archived of that year, or ``out`` is there already.
    :raises ArchiveError: for a document that is missing or damaged.
    """
    if out.exists():
        raise PackageError(f"{out} is there already")
    rows = [_row(space, manifest) for manifest in space.archive.manifests(year)]
    if not rows:
        raise PackageError(f"nothing is archived of releases on {year}")
    zipped = out.suffix == ".zip"
    names = sorted({(row["path"], row["sha256"]) for row in rows})
    files = _files(space, year, rows, names)
    size = _zip(out, files) if zipped else _folder(out, files)
    return Exported(out, len(names), len(rows), size)


def _row(space: Workspace, manifest: dict[str, Any]) -> dict[str, Any]:
    try:
        release = manifest["release"]
        ending = _ENDINGS[manifest["media_type"]]
        source = space.catalogue.sources.get(release["source"])
        path = f"documents/{release['source']}/{manifest['sha256']}.{ending}"
        known = {**release, **manifest}
    except (KeyError, TypeError) as fault:
        raise ArchiveError(f"a manifest lacks {fault}: {str(manifest)[:200]}") from None
    known |= {
        "path": path,
        "bytes": manifest.get("size"),
        "licence": source.licence if source else "",
        "source": release["source"],
    }
    return {name: known.get(name) for name, _, _ in _COLUMNS}


def _files(
    space: Workspace, year: int, rows: list[dict[str, Any]], names: list[tuple[str, str]]
) -> Iterator[tuple[str, bytes]]:
    """Every file with its bytes, each document read (and so verified) only when it is written."""
    resources = []
    for path, sha256 in names:
        data = space.archive.get(sha256)
        row = next(row for row in rows if row["path"] == path)
        resources.append(_resource(path, data, row["media_type"]) | {"sources": [{"path": row["address"], "title": row["title"]}]})  # fmt: skip
        yield path, data
    table = _csv(rows)
    schema = {"fields": [{"name": n, "type": t, "description": d} for n, t, d in _COLUMNS]}
    resources.append(
        _resource("documents.csv", table, "text/csv")
        | {"profile": "tabular-data-resource", "encoding": "utf-8", "schema": schema}
    )
    yield "documents.csv", table
    used = {row["source"] for row in rows}
    package = {
        "profile": "data-package",
        "name": f"prosperity-archive-{year}",
        "title": f"Documents that report on {year}, as published",
        "notice": space.settings.notice or None,
        "sources": [
            {
                "name": source.id,
                "title": f"{source.publisher.en}: {source.title.en} ({source.title.zh})",
                "path": source.base,
                "licence": source.licence,
            }
            for source in space.catalogue.sources.values()
            if source.id in used
        ],
        "resources": resources,
    }
    yield "datapackage.json", (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def _resource(path: str, data: bytes, media_type: str) -> dict[str, Any]:
    name = Path(path).name.lower()
    return {
        "name": f"document-{name.partition('.')[0][:16]}" if path.startswith("documents/") else "documents",
        "path": path,
        "mediatype": media_type,
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }


def _csv(rows: list[dict[str, Any]]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, [name for name, _, _ in _COLUMNS])
    writer.writeheader()
    writer.writerows(
        {k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items()} for row in rows
    )
    return stream.getvalue().encode()


def _folder(out: Path, files: Iterator[tuple[str, bytes]]) -> int:
    """``datapackage.json`` comes last: a folder that has it is whole."""
    size = 0
    for name, data in files:
        write_atomically(out / name, data)
        size += len(data)
    return size


def _zip(out: Path, files: Iterator[tuple[str, bytes]]) -> int:
    """Under another name until it is whole."""
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(f".incoming-{out.name}")
    size = 0
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as package:
            for name, data in files:
                package.writestr(zipfile.ZipInfo(name, _STILL), data, zipfile.ZIP_DEFLATED)
                size += len(data)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return size
