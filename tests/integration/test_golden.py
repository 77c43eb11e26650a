"""One kept document per source: every published figure is read, and nothing else."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from prosperity import catalogue
from prosperity.clean.cleaner import clean
from prosperity.collect.discover import Item
from prosperity.collect.model import Document, Release
from prosperity.collect.reported import reported_period
from prosperity.collect.validate import media_type
from prosperity.extract import sandbox
from prosperity.workflow.stages import request_for

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
RELEASES = sorted(path.parent.relative_to(GOLDEN).as_posix() for path in GOLDEN.glob("*/*/expected.csv"))


@pytest.mark.parametrize("name", RELEASES)
def test_release(name: str) -> None:
    folder = GOLDEN / name
    whole = catalogue.load()
    source = whole.sources[name.split("/")[0]]
    lines = (folder / "expected.csv").read_text(encoding="utf-8").splitlines()
    title, _, day = lines[0].removeprefix("# ").partition(" | ")
    expected = {(row["series"], row["period"]): Decimal(row["value"]) for row in csv.DictReader(lines[1:])}

    data = next(folder.glob("input.*")).read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    issued = dt.date.fromisoformat(day)
    period = reported_period(source.discovery[0], Item(title, "", issued, "list_date"))
    release = Release(source.id, title, f"golden/{name}", period, issued, "list_date")
    document = Document(
        sha256, media_type(data), len(data), release.address, dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
    )
    extraction = sandbox.extract(
        data,
        media_type=document.media_type,
        sha256=sha256,
        request=request_for(source, release),
        issued=issued,
    )
    cleaned = clean(source, release, document, extraction, whole)
    assert {(o.series, o.period): o.value for o in cleaned.observations} == expected
    assert not cleaned.rejections
    assert not cleaned.unclaimed


def test_every_source_has_a_golden_release() -> None:
    assert {name.split("/")[0] for name in RELEASES} == set(catalogue.load().sources)
