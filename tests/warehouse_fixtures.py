"""Small documents to fill a warehouse with; the databases themselves are in ``warehouse_databases``."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Any

from prosperity.catalogue.model import Bilingual, Calendar, Series, Source
from prosperity.clean.model import Cleaned, Evidence, Observation
from prosperity.collect.model import Collection, Document, Release
from prosperity.notation.model import month
from prosperity.warehouse import LoadResult, Warehouse


class Clock:
    """A clock that moves a minute at every look, from 2024-06-01 08:00 UTC on."""

    def __init__(self) -> None:
        self.now = dt.datetime(2024, 6, 1, 8, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(minutes=1)
        return self.now


def prepare(store: Warehouse) -> None:
    store.migrate()
    store.record_catalogue([source("miit"), source("nbs")], SERIES)


def source(name: str) -> Source:
    return Source(
        id=name,
        publisher=Bilingual(zh="某部", en="Some ministry"),
        title=Bilingual(zh="运行情况", en="Operation"),
        theme="industry",
        licence="public",
        cadence="monthly",
        first_year=2013,
        base="https://example.gov.cn",
        hosts=("example.gov.cn",),
        media_types=("text/html",),
        discovery=(),
        calendar=Calendar(frequency="M", months=(1,), expected_days=30, latest_days=60),
        eras=(),
    )


def series(name: str, owner: str = "miit", unit: str = "元", unit_mult: int = 8, **more: Any) -> Series:
    values = {
        "id": name,
        "name": Bilingual(zh=name, en=name),
        "source": owner,
        "unit": unit,
        "unit_mult": unit_mult,
        "frequency": "M",
        "kind": "flow",
        "theme": "industry",
    }
    return Series(**values | more)


SERIES = [series("revenue"), series("profit"), series("users", "nbs", "户", 4)]


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def figure(
    document: str,
    value: str | None,
    known_from: str,
    *,
    period: str = "2019-06",
    name: str = "revenue",
    place: str = "/html/body/p[1]",
    extractor: str = "1",
    **more: Any,
) -> Observation:
    """One reading of the document of that name; ``known_from`` as 2019-07-31."""
    raw = value if value is not None else "…"
    values: dict[str, Any] = {
        "series": name,
        "period": period,
        "value": None if value is None else Decimal(value),
        "unit": "元",
        "unit_mult": 8,
        "known_from": dt.date.fromisoformat(known_from),
        "known_from_basis": "stated",
        "evidence": Evidence(sha(document), raw, "html-prose", extractor, node=place, span=(3, 3 + len(raw))),
        "status": "A" if value is not None else "M",
    }
    return Observation(**values | more)


def release_of(document: str, owner: str = "miit", address: str | None = None, **more: Any) -> Release:
    values: dict[str, Any] = {
        "source": owner,
        "title": f"2019年1－6月情况 {document}",
        "address": address or f"https://example.gov.cn/{document}.html",
        "period": month(2019, 6),
        "issued": dt.date(2019, 7, 31),
        "issued_basis": "stated",
    }
    return Release(**values | more)


def document_of(name: str, fetched: str = "2024-05-01T00:00:00+00:00", **more: Any) -> Document:
    values: dict[str, Any] = {
        "sha256": sha(name),
        "media_type": "text/html",
        "size": 1000,
        "address": f"https://example.gov.cn/{name}.html",
        "fetched_at": dt.datetime.fromisoformat(fetched),
        "headers": {"content-type": "text/html"},
        "encoding": "utf-8",
    }
    return Document(**values | more)


def collection(
    *pairs: tuple[Release, Document], owner: str = "miit", year: int = 2019, **more: Any
) -> Collection:
    return Collection(
        owner, year, tuple(found for found, _ in pairs), {found.key: kept for found, kept in pairs}, **more
    )


def cleaned(document: str, *figures: Observation, owner: str = "miit", **more: Any) -> Cleaned:
    key = more.pop("release", None) or release_of(document, owner).key
    return Cleaned(owner, key, sha(document), figures, **more)


def load(
    store: Warehouse, document: str, *figures: Observation, owner: str = "miit", **more: Any
) -> LoadResult:
    """Record release and document of that name, and load the figures."""
    store.record_collection(
        collection((release_of(document, owner), document_of(document)), owner=owner), complete=False
    )
    return store.load(cleaned(document, *figures, owner=owner, **more))


def history(store: Warehouse, name: str = "revenue") -> list[tuple[str, str, str | None]]:
    """(period, day, value) of all changes."""
    return [
        (row.period, row.known_from.isoformat(), None if row.value is None else str(row.value))
        for row in store.changes(name)
    ]
