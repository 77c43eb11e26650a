"""What the catalogue asks of a document, and the versions by which a changed entry makes only its own work stale."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from prosperity.catalogue.model import Catalogue, Source
from prosperity.clean.cleaner import eras_for
from prosperity.collect.model import Release
from prosperity.extract.ocr import available
from prosperity.extract.request import EXTRACTOR_VERSION, AnswerShape, Request


def request_for(source: Source, release: Release) -> Request:
    """What the catalogue asks of this document: the captions of its tables, prose if any rule needs it."""
    eras = eras_for(source, release)
    discovery = next((d for d in source.discovery if d.language == release.language), source.discovery[0])
    shape = discovery.answer
    return Request(
        captions=tuple(table.caption for era in eras for table in era.tables),
        statements=any(era.statements for era in eras),
        content=discovery.content,
        answer=AnswerShape(**shape.model_dump()) if shape else None,
        title=release.title if shape else "",
        # Part of the cache's key: what was left out for want of the extra is read once it is there.
        ocr=available(),
    )


def documents_version(source: Source) -> str:
    """Changes with where and how releases are listed, and with what is taken for a document."""
    return _hash(
        {
            "base": source.base,
            "media_types": list(source.media_types),
            "discovery": [discovery.model_dump(mode="json") for discovery in source.discovery],
        }
    )


def tables_version(source: Source) -> str:
    """Changes with what is read from the source's documents: captions, prose or not, content, extractor."""
    return _hash(
        {
            "extractor": EXTRACTOR_VERSION,
            "content": [discovery.content for discovery in source.discovery],
            "eras": [
                [era.first, era.last, era.title, [t.caption for t in era.tables], bool(era.statements)]
                for era in source.eras
            ],
        }
    )


def observations_version(catalogue: Catalogue, source: Source) -> str:
    """Changes with what is made of it: the source's eras, its series, and their corrections."""
    own = {name: series for name, series in catalogue.series.items() if source.id in series.sources}
    return _hash(
        {
            "tables": tables_version(source),
            "entry": source.entry_hash,
            "series": [series.model_dump(mode="json") for series in own.values()],
            "corrections": [c.model_dump(mode="json") for c in catalogue.corrections if c.series in own],
        }
    )


def _hash(material: Mapping[str, Any]) -> str:
    text = json.dumps(material, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
