"""CNNIC, PBoC and CGIGC over all their years: what is loaded is what was published, and is found again."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from prosperity.extract.reread import Reader
from prosperity.sample import SamplePublishers
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.workspace import Workspace

SOURCES = ("cnnic_report", "pboc_payment", "cgigc_games")
#: Unit as the collection of published figures writes it: power of ten and base unit.
UNITS = {
    "亿人": (8, "人"), "亿元": (8, "元"), "万亿元": (12, "元"), "亿美元": (8, "美元"), "亿笔": (8, "笔"),
    "万个": (4, "个"), "块/32": (0, "块/32"), "小时": (0, "小时"), "%": (0, "%"),
}  # fmt: skip

Published = dict[tuple[str, str], set[tuple[Decimal, int, str]]]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, publishers: SamplePublishers) -> Iterator[Workspace]:
    """The three sources with all years of the sample; tests only read it."""
    space = Workspace(Settings(home=tmp_path_factory.mktemp("users")), hosts=publishers.hosts)
    for source in SOURCES:
        for year in range(space.catalogue.sources[source].first_year, 2024):
            stages.run_year(space, source, year)
    yield space
    space.close()


def published(shared: Path) -> Published:
    """Value, power of ten and unit of every published figure that is not suspicious, by series and TIME_PERIOD."""
    found: Published = {}
    for name in ("figures.csv", "figures_macro.csv"):
        with (shared / "data" / name).open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                if row["confidence"] == "C":
                    continue
                period = row["period"].rsplit("..", 1)[-1]
                size, unit = UNITS.get(row["unit"], (0, row["unit"]))
                level = (Decimal(row["value"]), size, unit)
                found.setdefault((row["series_code"], period), set()).add(level)
                if row["yoy_pct"]:
                    rate = (Decimal(row["yoy_pct"]), 0, "%")
                    found.setdefault((f"{row['series_code']}_yoy", period), set()).add(rate)
    return found


@pytest.mark.shared
@pytest.mark.parametrize("source", SOURCES)
def test_observations_are_the_published_figures(loaded: Workspace, shared: Path, source: str) -> None:
    """Every observation is a published figure in the same unit, and none of the known ones is missed."""
    truth = published(shared)
    series = {name: entry for name, entry in loaded.catalogue.series.items() if entry.source == source}
    loaded_keys = set()
    for name, entry in series.items():
        for row in loaded.warehouse.changes([name]):
            assert (row.value, entry.unit_mult, entry.unit) in truth.get((name, row.period), set()), (
                name,
                row.period,
                row.value,
            )
            loaded_keys.add((name, row.period))
    known = {
        (name, period)
        for name, period in truth
        if name in series
        and "2012" <= period < "2024"
        # A single quarter beside the year-to-date figures: another publication's, and not a sum from January.
        and not (series[name].cumulative and "Q" in period)
    }
    assert sorted(known - loaded_keys) == []
    assert len(loaded_keys) >= {"cnnic_report": 180, "pboc_payment": 35, "cgigc_games": 30}[source]


@pytest.mark.parametrize("source", SOURCES)
def test_nothing_is_rejected_and_all_evidence_is_found_again(loaded: Workspace, source: str) -> None:
    assert loaded.warehouse.rejections(source) == []
    media = {document.sha256: document.media_type for _, document in loaded.warehouse.documents(source, None)}
    evidence: dict[str, set[str]] = {}
    for name, entry in loaded.catalogue.series.items():
        if entry.source == source:
            for row in loaded.warehouse.changes([name]):
                found = loaded.warehouse.evidence(row.evidence)
                evidence.setdefault(found.document, set()).add(row.evidence)
    assert evidence
    for sha256, identities in evidence.items():
        with Reader(loaded.archive.get(sha256), media[sha256]) as reader:
            for identity in identities:
                e = loaded.warehouse.evidence(identity)
                assert reader.text_at(page=e.page, bbox=e.bbox, node=e.node, span=e.span) == e.raw


def test_calendar_tells_unknown_releases_from_missing_ones(loaded: Workspace) -> None:
    """Of 2012 no figure is known, and of the payments only six quarters: not among the sample documents."""
    collection, _ = stages.run_year(loaded, "cnnic_report", 2012)
    assert not collection.overdue and not collection.failures
    assert [line.split(":")[0] for line in collection.not_in_sample] == [
        "cnnic_report, 2012-06",
        "cnnic_report, 2012-12",
    ]
    collection, _ = stages.run_year(loaded, "pboc_payment", 2021)
    assert not collection.overdue and len(collection.not_in_sample) == 3


def test_figures_known_before_their_year_has_ended(loaded: Workspace) -> None:
    """The games report on 2023 is issued on 2023-12-15: on that day, and not before, its figures are known."""
    warehouse = loaded.warehouse
    before = warehouse.observations(["cgigc_game_rev"], as_of=dt.date(2023, 12, 14))
    assert "2023-12" not in {row.period for row in before}
    (row,) = [
        row
        for row in warehouse.observations(["cgigc_game_rev"], as_of=dt.date(2023, 12, 15))
        if row.period == "2023-12"
    ]
    assert (row.value, row.known_from) == (Decimal("3029.64"), dt.date(2023, 12, 15))


def test_marks_of_notes_are_kept_out_of_the_figures(loaded: Workspace) -> None:
    """Note 13 stands raised right before 778.33亿笔 on the page of 2017, before 2608.30亿笔 in the PDF of 2021."""
    for period, value, raw in (("2017-Q3", "778.33", "778.33亿笔"), ("2021-Q2", "2608.30", "2608.30亿笔")):
        (row,) = [
            row for row in loaded.warehouse.observations(["pboc_nonbankpay_count"]) if row.period == period
        ]
        assert row.value == Decimal(value)
        assert loaded.warehouse.evidence(row.evidence).raw == raw


def test_one_report_speaks_of_two_dates(loaded: Workspace) -> None:
    """No. 45 surveyed users in March 2020 and gives the companies of December 2019, with their growth on year;
    110.2% on the end of 2018 is growth over fifteen months and no rate on year."""
    rows = {
        name: {row.period: row.value for row in loaded.warehouse.observations([name])}
        for name in ("cnnic_edu_users", "cnnic_listed_mcap", "cnnic_listed_mcap_yoy", "cnnic_ipv6_yoy")
    }
    assert rows["cnnic_edu_users"]["2020-03"] == Decimal("4.23")
    assert rows["cnnic_listed_mcap"]["2019-12"] == Decimal("11.12")
    assert rows["cnnic_listed_mcap_yoy"] == {"2019-12": Decimal("40.8")}
    assert rows["cnnic_ipv6_yoy"] == {"2021-12": Decimal("9.4"), "2022-12": Decimal("6.8")}
