"""Four sources from one publisher's list: every release of all years, and vintages that really happened.

Every document is read and cleaned in this process; the accounts with their revisions also go the whole way
through collecting, the sandbox and the warehouse for all years.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from prosperity import catalogue
from prosperity.clean.cleaner import clean
from prosperity.clean.model import Cleaned
from prosperity.collect.discover import Item
from prosperity.collect.model import Document, Release
from prosperity.collect.reported import reported_period
from prosperity.extract.request import Limits
from prosperity.extract.reread import Reader
from prosperity.extract.worker import Job, extract_here
from prosperity.sample import Fault, SamplePublishers
from prosperity.settings import Settings
from prosperity.warehouse import all_releases, vintage_dates
from prosperity.workflow import stages
from prosperity.workflow.reading import request_for
from prosperity.workflow.workspace import Workspace

HOST = "www.stats.gov.cn"
SOURCES = ("nbs_income", "nbs_retail", "nbs_industry", "nbs_gdp")
FIRST_YEAR, LAST_YEAR = 2012, 2023
ENTRIES = catalogue.load()
SERIES = {name for name, series in ENTRIES.series.items() if series.source in SOURCES}
Key = tuple[str, str]


@pytest.fixture(scope="module")
def truth(shared: Path) -> dict[Key, set[Decimal]]:
    """The figures as they were really published, all vintages, from the reference material."""
    found: dict[Key, set[Decimal]] = {}
    for name in ("figures.csv", "figures_macro.csv"):
        with (shared / "data" / name).open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                printed = {"": row["value"], "_yoy": row["yoy_pct"]}
                if "real +" in row["note"]:
                    printed["_real_yoy"] = row["note"].split("real +")[1].split("%")[0]
                for end, text in printed.items():
                    key = (row["series_code"] + end, row["period_end"])
                    if text and key[0] in SERIES and row["confidence"] != "C":
                        found.setdefault(key, set()).add(Decimal(text))
    return found


@pytest.fixture(scope="module")
def read(publishers: SamplePublishers) -> list[Cleaned]:
    """What every document of the four sources gives, each by itself."""
    made = []
    site = publishers.publisher(HOST)
    for item in site.lists[0].items:  # type: ignore[attr-defined]
        document = site.documents[item.path]
        for source_id in SOURCES:
            source = ENTRIES.sources[source_id]
            [discovery] = source.discovery
            if not taken(discovery.title, discovery.ignore, item.title):
                continue
            period = reported_period(discovery, Item(item.title, item.path, item.issued, "list_date"))
            release = Release(source_id, item.title, item.path, period, item.issued, "list_date")
            made.append(cleaned(release, document.body))
    return made


def taken(title: str, ignored: tuple[str, ...], text: str) -> bool:
    return not any(re.search(pattern, text) for pattern in ignored) and bool(re.search(title, text))


def cleaned(release: Release, body: bytes) -> Cleaned:
    source = ENTRIES.sources[release.source]
    sha256 = hashlib.sha256(body).hexdigest()
    job = Job("text/html", sha256, request_for(source, release), Limits(), release.issued)
    fetched = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
    document = Document(sha256, "text/html", len(body), release.address, fetched)
    return clean(source, release, document, extract_here(body, job), ENTRIES)


@pytest.mark.shared
def test_every_release_gives_its_published_figures(
    read: list[Cleaned], truth: dict[Key, set[Decimal]]
) -> None:
    """Nothing but published figures, none of them missed, nothing rejected and nothing left unclaimed."""
    assert len(read) == 36 + 108 + 124 + 31
    assert [(failure.where, failure.reason) for one in read for failure in one.rejections] == []
    assert [text for one in read for text in one.unclaimed] == []
    found = {(o.series, o.period, o.value) for one in read for o in one.observations}
    assert [row for row in found if row[2] not in truth.get(row[:2], set())] == []
    wanted = {key for key in truth if f"{FIRST_YEAR}-01" <= key[1] <= f"{LAST_YEAR}-12" and "Q" not in key[1]}
    missed = sorted(wanted - {row[:2] for row in found})
    assert len(missed) <= 0.03 * len(wanted), missed


# --------------------------------------------------------------------- vintages, the whole way, all years


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory, publishers: SamplePublishers) -> Iterator[Workspace]:
    settings = Settings(home=tmp_path_factory.mktemp("accounts"), today_override=dt.date(2026, 6, 30))
    space = Workspace(settings, hosts=publishers.hosts)
    for year in stages.years_of(space, "nbs_gdp", FIRST_YEAR, LAST_YEAR):
        stages.run_year(space, "nbs_gdp", year)
    yield space
    space.close()


def test_nothing_of_the_accounts_is_rejected(accounts: Workspace) -> None:
    assert accounts.warehouse.rejections("nbs_gdp") == []


@pytest.mark.parametrize(
    ("series", "period", "day", "known"),
    [
        # The fourth census: 386762亿元 for January to September 2013 became 425190.9.
        ("nbs_gdp_cum", "2013-09", "2020-05-30", "386762"),
        ("nbs_gdp_cum", "2013-09", "2020-05-31", "425190.9"),
        # The final verification of 2020.
        ("nbs_gdp_cum", "2020-12", "2022-04-29", "1015986"),
        ("nbs_gdp_cum", "2020-12", "2022-04-30", "1013567.0"),
        # The fifth census, levels and the rates beside them.
        ("nbs_gdp_cum", "2021-12", "2026-05-30", "1143669.7"),
        ("nbs_gdp_cum", "2021-12", "2026-05-31", "1173823.0"),
        ("nbs_gdp_cum_yoy", "2021-12", "2026-05-30", "8.1"),
        ("nbs_gdp_cum_yoy", "2021-12", "2026-05-31", "8.6"),
        ("nbs_tertiary_va_cum", "2023-12", "2026-05-30", "688238"),
        ("nbs_tertiary_va_cum", "2023-12", "2026-05-31", "729166.5"),
        # Of these periods only the revised figure is in the material: before it nothing was known.
        ("nbs_gdp_cum", "2018-12", "2020-05-30", None),
        ("nbs_gdp_cum", "2018-12", "2020-05-31", "919281.1"),
        ("nbs_gdp_cum", "2022-09", "2026-05-30", None),
        ("nbs_gdp_cum", "2022-09", "2026-05-31", "891687.0"),
    ],
)
def test_as_of_the_day_before_and_the_day(
    accounts: Workspace, series: str, period: str, day: str, known: str | None
) -> None:
    rows = accounts.warehouse.observations([series], as_of=dt.date.fromisoformat(day))
    [value] = [row.value for row in rows if row.period == period] or [None]
    assert value == (None if known is None else Decimal(known))


def test_vintages_are_listed_and_dated_as_estimates(accounts: Workspace) -> None:
    place = accounts.warehouse
    assert {dt.date(2020, 5, 31), dt.date(2022, 4, 30), dt.date(2026, 5, 31)} < set(
        vintage_dates("nbs_gdp_cum", place)
    )
    rows = [row for row in accounts.warehouse.changes(["nbs_gdp_cum"]) if row.period == "2021-12"]
    assert [(row.value, row.known_from_basis) for row in rows] == [
        (Decimal("1143669.7"), "stated"),
        (Decimal("1173823.0"), "estimated"),
    ]
    listed = all_releases("nbs_gdp_cum", place)
    assert list(listed[listed["period"] == "2021-12"]["value"]) == [1143669.7, 1173823.0]


def test_a_revision_is_no_new_version_of_the_series(accounts: Workspace) -> None:
    assert ENTRIES.series["nbs_gdp_cum"].versions == ()


def test_evidence_of_a_revised_figure_is_read_again(accounts: Workspace) -> None:
    [row] = [
        row
        for row in accounts.warehouse.changes(["nbs_tertiary_va_cum_yoy"])
        if (row.period, row.known_from) == ("2023-12", dt.date(2026, 5, 31))
    ]
    evidence = accounts.warehouse.evidence(row.evidence)
    with Reader(accounts.archive.get(evidence.document), "text/html") as reader:
        assert reader.text_at(node=evidence.node, span=evidence.span) == evidence.raw == "6.3"


@pytest.mark.parametrize(
    ("printed", "changed", "reason"),
    [
        ("1234029.4", "1234。029。4", "holds no single number"),  # a damaged figure
        ("2022年上半年|2022年1-2季度", "2022年2季度", "does not fit nbs_gdp_cum"),  # a single quarter
        ("第三产业增加值", "服务业", "has no level header '第三产业"),  # one of its two columns is not there
    ],
)
def test_revision_that_only_half_matches_loads_nothing(
    space: Workspace, publishers: SamplePublishers, printed: str, changed: str, reason: str
) -> None:
    path = "/sj/zxfb/202605/t20260531_samplerevised2026.html"
    page = requests.get(publishers.hosts[HOST] + path, timeout=10).text
    found = next(text for text in printed.split("|") if text in page)
    publishers.faults[HOST] = [Fault(path=path, body=page.replace(found, changed).encode())]
    try:
        collection, _ = stages.run_year(space, "nbs_gdp", 2023)
    finally:
        publishers.faults.clear()
    assert not collection.failures
    rows = space.warehouse.changes(["nbs_gdp_cum", "nbs_tertiary_va_cum", "nbs_gdp_cum_yoy"])
    assert {row.period for row in rows} == {"2023-12"}, "only the first release of the year"
    assert max(row.known_from for row in rows) < dt.date(2026, 1, 1)
    assert reason in "\n".join(row.reason for row in space.warehouse.rejections("nbs_gdp"))
