"""Files a person brought: ``inbox/<source>/`` takes documents that could not be had over HTTP.

A file goes through the same checks as a fetched one and into the same archive. A note beside it says what it
is: ``<file name>.yaml`` with ``title``, ``address`` (where the person found it), ``issued`` (YYYY-MM-DD),
``brought_by``; without that note the file is refused with the reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from prosperity.catalogue.model import Source
from prosperity.collect.archive import Archive
from prosperity.collect.discover import Item
from prosperity.collect.model import Document, Failure, Release
from prosperity.collect.reported import reported_period
from prosperity.collect.text import text_and_encoding
from prosperity.collect.validate import NotTheDocument, require_document
from prosperity.notation.model import PeriodError

_MOST_BYTES = 100 * 1024 * 1024


def brought_documents(
    source: Source, year: int, inbox: Path, archive: Archive, failures: list[Failure]
) -> Iterator[tuple[Release, Document]]:
    """The inbox's documents that report on ``year``; what is refused is added to ``failures``."""
    folder = inbox / source.id
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.suffix == ".yaml" or not path.is_file():
            continue
        try:
            note = _note(path)
            item = Item(note["title"], note["address"], note["issued"], "stated")
            period = reported_period(source.discovery[0], item)
            if period.year != year:
                continue
            if path.stat().st_size > _MOST_BYTES:
                raise NotTheDocument(f"larger than {_MOST_BYTES} bytes")
            body = path.read_bytes()
            media_type = require_document(
                body, {}, accepted=source.media_types, content=source.discovery[0].content
            )
        except (NotTheDocument, PeriodError) as fault:
            failures.append(
                Failure(
                    source.id, "collect", path.name, f"inbox/{source.id}/{path.name}", str(fault), str(year)
                )
            )
            continue
        release = Release(source.id, item.title, item.address, period, item.issued, "stated")
        yield (
            release,
            Document(
                sha256=archive.put(body),
                media_type=media_type,
                size=len(body),
                address=item.address,
                fetched_at=dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC),
                encoding=text_and_encoding(body, {})[1] if media_type == "text/html" else None,
                brought_by=note["brought_by"],
            ),
        )


def _note(path: Path) -> dict[str, Any]:
    """The note beside the file. :raises NotTheDocument: where it is absent or incomplete."""
    beside = path.with_name(f"{path.name}.yaml")
    try:
        note = yaml.safe_load(beside.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotTheDocument(
            f"no note {beside.name} beside it (title, address, issued, brought_by)"
        ) from None
    except (OSError, yaml.YAMLError) as fault:
        raise NotTheDocument(f"note {beside.name} cannot be read: {fault}") from fault
    missing = [name for name in ("title", "address", "issued", "brought_by") if not (note or {}).get(name)]
    if missing:
        raise NotTheDocument(f"note {beside.name} lacks {', '.join(missing)}")
    if not isinstance(note["issued"], dt.date):
        raise NotTheDocument(f"note {beside.name}: issued must be a date YYYY-MM-DD, not {note['issued']!r}")
    return dict(note)
