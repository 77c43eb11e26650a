"""The real path for the tests of traps: bytes of a page or PDF → extraction in the sandbox → cleaning by a catalogue."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from prosperity import catalogue
from prosperity.catalogue.model import Catalogue, Source
from prosperity.clean.cleaner import clean
from prosperity.clean.model import Cleaned
from prosperity.collect.model import Document, Release
from prosperity.extract import sandbox
from prosperity.extract.model import Extraction
from prosperity.notation import parse_period
from prosperity.workflow.reading import request_for

SHIPPED = catalogue.load()


def page(*paragraphs: str, table: str = "") -> bytes:
    """An article as the publishers' pages hold it; ``table`` is HTML of its own."""
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return f'<html><body><div id="con_con" class="TRS_Editor">{body}{table}</div></body></html>'.encode()


def rows(*lines: Sequence[str]) -> str:
    """An HTML table; the first line is the header."""
    cells = ["".join(f"<{tag}>{text}</{tag}>" for text in line) for tag, line in _tagged(lines)]
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in cells) + "</table>"


def _tagged(lines: Sequence[Sequence[str]]) -> list[tuple[str, Sequence[str]]]:
    return [("th" if number == 0 else "td", line) for number, line in enumerate(lines)]


def released(source: str, title: str, issued: str, **changes: Any) -> Release:
    day = dt.date.fromisoformat(issued)
    period = changes.pop("period", None) or parse_period(title, issued=day)
    return replace(Release(source, title, "https://publisher.example/1", period, day, "stated"), **changes)


def extracted(
    data: bytes, release: Release, whole: Catalogue = SHIPPED, media_type: str = "text/html"
) -> Extraction:
    return sandbox.extract(
        data,
        media_type=media_type,
        sha256=hashlib.sha256(data).hexdigest(),
        request=request_for(whole.sources[release.source], release),
        issued=release.issued,
    )


def read(
    data: bytes, release: Release, whole: Catalogue = SHIPPED, media_type: str = "text/html", **options: Any
) -> Cleaned:
    """What one document gives."""
    extraction = extracted(data, release, whole, media_type)
    seen = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    document = Document(extraction.document, media_type, len(data), release.address, seen)
    return clean(whole.sources[release.source], release, document, extraction, whole, **options)


def miit(*paragraphs: str, title: str, issued: str, **options: Any) -> Cleaned:
    """What a page of the ministry's Internet series gives."""
    return read(page(*paragraphs), released("miit_internet", title, issued), **options)


def values(cleaned: Cleaned) -> dict[tuple[str, str], Decimal | None]:
    return {(found.series, found.period): found.value for found in cleaned.observations}


def reasons(cleaned: Cleaned) -> str:
    """All reasons for which something was not loaded, one a line."""
    return "\n".join(f"{failure.what}: {failure.reason}" for failure in cleaned.rejections)


def small_catalogue(series: Sequence[Mapping[str, Any]], era: Mapping[str, Any], **source: Any) -> Catalogue:
    """The shipped catalogue with one more source ``other`` that is not in it yet."""
    entry: dict[str, Any] = {
        "id": "other", "publisher": {"zh": "某机构", "en": "A publisher"}, "title": {"zh": "报告", "en": "Report"},
        "theme": "x", "licence": "x", "cadence": "x", "first_year": 2010, "base": "https://publisher.example",
        "hosts": ["publisher.example"], "media_types": ["text/html", "application/pdf"],
        "discovery": [{"protocol": "html_list", "list_address": "/", "title": "."}],
        "calendar": {"frequency": "Q", "months": [3], "expected_days": 1, "latest_days": 2},
        "eras": [{"id": "era", **era}],
    }  # fmt: skip
    made = [
        {"name": {"zh": one["id"], "en": one["id"]}, "source": "other", "theme": "x", "frequency": "M", **one}
        for one in series
    ]
    material = SHIPPED.model_dump()
    material["sources"]["other"] = Source.model_validate(entry | source).model_dump()
    material["series"] |= {one["id"]: one for one in made}
    return Catalogue.model_validate(material)
