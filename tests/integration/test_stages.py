"""The narrow way through every room without Dagster: from the sample publishers to observations with evidence."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from prosperity import catalogue
from prosperity.catalogue.model import Series
from prosperity.cli import cli
from prosperity.collect.calendar import expectations
from prosperity.extract.reread import Reader
from prosperity.sample import Fault, SamplePublishers, challenge
from prosperity.settings import Settings
from prosperity.warehouse import Warehouse
from prosperity.warehouse.schema import metadata
from prosperity.workflow import stages
from prosperity.workflow.indexing import compare_published, compute_index
from prosperity.workflow.workspace import Workspace

pytest_plugins = ("tests.warehouse_databases",)

YEARS = range(2012, 2024)
SHIPPED = catalogue.load()
CHALLENGE_BYTES = 4096


def run_again(space: Workspace, first: int) -> None:
    """Every source once more, from a year on."""
    for source_id in space.catalogue.sources:
        for year in stages.years_of(space, source_id, first, YEARS[-1]):
            stages.run_year(space, source_id, year)


def dumps(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    return {table: warehouse.dump(table) for table in ("reading", "observation", "evidence", "rejection")}


@pytest.fixture(scope="module")
def filled(
    tmp_path_factory: pytest.TempPathFactory,
    publishers: SamplePublishers,
    filled_home: Callable[[Path], Path],
) -> Iterator[Workspace]:
    """All sources and years collected once; tests in this module only read it (or run it again)."""
    space = Workspace(Settings(home=filled_home(tmp_path_factory.mktemp("filled"))), hosts=publishers.hosts)
    yield space
    space.close()


def test_every_source_gives_observations(filled: Workspace) -> None:
    counts = filled.warehouse.counts()
    owners = {series.source for series in filled.catalogue.series.values()}
    for source_id, source in filled.catalogue.sources.items():
        assert counts[source_id].documents > 0, source_id
        assert (counts[source_id].readings > 0) == (source.text_only is None), source_id
        # Sources that say the figures of others again have none of their own.
        if source_id in owners:
            assert counts[source_id].observations > 0, source_id
            assert counts[source_id].with_evidence == 1.0, source_id


def test_second_run_changes_nothing_and_transfers_nothing(
    filled: Workspace, publishers: SamplePublishers
) -> None:
    before, asked = dumps(filled.warehouse), len(publishers.log)
    run_again(filled, 2019)
    assert dumps(filled.warehouse) == before
    again = publishers.log[asked:]
    assert again, "the second run did ask"
    transferred = [entry for entry in again if entry["status"] == 200 and entry["bytes"]]
    # An interface that is asked by POST cannot be asked conditionally: what it says again is not kept again.
    # Nor is a firewall's challenge (a page of under 4 KB in place of list or file) a body of ours.
    assert [
        entry for entry in transferred if entry["method"] != "POST" and entry["bytes"] > CHALLENGE_BYTES
    ] == []


def test_both_databases_hold_equal_content_after_the_same_run(
    filled: Workspace, postgres_database: str, tmp_path: Path
) -> None:
    """PostgreSQL by its URL alone: every table holds what the SQLite warehouse holds, but for clocks and serial numbers."""
    settings = Settings(home=tmp_path, warehouse_url=postgres_database)
    # The same archive and what we remember of answers, since those of an interface differ in their bytes from one
    # server to the next; and what was parsed once for SQLite need not be parsed again.
    shutil.copytree(filled.settings.data, settings.data, ignore=shutil.ignore_patterns("warehouse*"))
    other = Workspace(settings, hosts=filled.hosts)
    run_again(other, YEARS[0])
    assert compute_index(other).run == compute_index(filled).run
    for table in metadata.tables:
        assert other.warehouse.dump(table) == filled.warehouse.dump(table), table
    other.close()


def test_every_evidence_row_is_found_again_in_the_archived_bytes(filled: Workspace) -> None:
    """The raw text is read back at its stated place, for all of them."""
    media = {
        document.sha256: document.media_type
        for source_id in filled.catalogue.sources
        for _, document in filled.warehouse.documents(source_id, None)
    }
    by_document: dict[str, set[str]] = {}
    for series in filled.catalogue.series:
        for row in filled.warehouse.changes([series]):
            found = filled.warehouse.evidence(row.evidence)
            by_document.setdefault(found.document, set()).add(row.evidence)
    checked = 0
    for sha256, identities in by_document.items():
        with Reader(filled.archive.get(sha256), media[sha256]) as reader:
            for identity in sorted(identities):
                e = filled.warehouse.evidence(identity)
                again = reader.text_at(page=e.page, bbox=e.bbox, node=e.node, span=e.span, pointer=e.pointer)
                assert again == e.raw, (sha256, identity)
                checked += 1
    assert checked > 150


#: Powers of ten as printed before a unit, the longest first.
PRINTED_POWERS = (("万亿", 12), ("亿", 8), ("万", 4))


def in_units_of(series: Series, value: Decimal, printed: str) -> Decimal:
    """A published figure in the units in which the series is kept; MIIT counts 1024 MB to the GB."""
    power = next((power for word, power in PRINTED_POWERS if printed.startswith(word)), 0)
    if printed.startswith("MB") and series.unit.startswith("GB"):
        return value / 1024
    return value.scaleb(power - series.unit_mult) if power else value


def published(shared: Path) -> dict[tuple[str, str], set[Decimal]]:
    """The figures as they were really published, from the reference material and not from the sample data."""
    found: dict[tuple[str, str], set[Decimal]] = {}
    for name in ("figures.csv", "figures_macro.csv"):
        with (shared / "data" / name).open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                series = SHIPPED.series.get(row["series_code"])
                period, value = row["period_end"], Decimal(row["value"])
                if series:
                    value = in_units_of(series, value, row["unit"])
                    period = {
                        "A": period[:4], "Q": f"{period[:4]}-Q{int(period[5:]) // 3}"
                    }.get(series.frequency, period)  # fmt: skip
                found.setdefault((row["series_code"], period), set()).add(value)
                if row["yoy_pct"]:
                    found.setdefault((f"{row['series_code']}_yoy", period), set()).add(
                        Decimal(row["yoy_pct"])
                    )
                if real := re.search(r"\breal ([+-][\d.]+)%", row["note"]):
                    found.setdefault((f"{row['series_code']}_real_yoy", period), set()).add(Decimal(real[1]))
    # Published in words: "basically flat" (note of the row, R&D January to March 2020).
    found["miit_inet_rd_cum_yoy", "2020-03"] = {Decimal(0)}
    return found


@pytest.mark.shared
def test_observations_are_the_published_figures(filled: Workspace, shared: Path) -> None:
    """Every observation equals a published figure of that series and period, and hardly any is missed."""
    truth = published(shared)
    wrong = []
    hit = set()
    for series in filled.catalogue.series:
        if series.startswith("caict_"):
            continue
        for row in filled.warehouse.changes([series]):
            if row.value not in truth.get((series, row.period), set()):
                wrong.append((series, row.period, row.value, truth.get((series, row.period))))
            hit.add((series, row.period))
    assert wrong == []
    wanted = {
        key
        for key in truth
        if key[0] in filled.catalogue.series and "2012" <= key[1] < "2024" and not key[0].startswith("caict_")
    }
    missed = sorted(wanted - hit)
    assert len(missed) <= 0.03 * len(wanted), missed


@pytest.mark.shared
@pytest.mark.parametrize(
    ("source_id", "documents"),
    [("bda_penetration", 1), ("bda_speed", 5), ("cnnic_english", 6), ("ipv6_platform", 3), ("mofcom_online_retail", 12)],
)  # fmt: skip
def test_every_reading_of_a_source_is_a_published_figure(
    filled: Workspace, shared: Path, source_id: str, documents: int
) -> None:
    """Readings, not only observations: a source that says again what another has published changes nothing."""
    truth, source = published(shared), filled.catalogue.sources[source_id]
    held = filled.warehouse.documents(source_id, None)
    assert len(held) == documents
    read = {
        (reading.series, reading.period, reading.value)
        for release, document in held
        for reading in filled.warehouse.readings(release.key, document.sha256)
    }
    assert [found for found in sorted(read) if found[2] not in truth.get(found[:2], set())] == []
    assert filled.warehouse.rejections(source_id) == []
    ends = {
        code
        for release, _ in held
        if release.period
        for code in (release.period.code, f"{release.period.end:%Y-%m}")
    }
    asked = {name for era in source.eras for rule in era.statements for name in rule.targets}
    known = {key for key in truth if key[0] in asked and key[1] in ends}
    assert known and sorted(known - {found[:2] for found in read}) == []


@pytest.mark.parametrize("source_id", ["cnnic_english", "mofcom_online_retail"])
def test_what_is_said_again_is_no_revision(filled: Workspace, source_id: str) -> None:
    """Every change of these series stands in a document of their own publisher."""
    series = [name for name, entry in filled.catalogue.series.items() if source_id in entry.also_from]
    again = {document.sha256 for _, document in filled.warehouse.documents(source_id, None)}
    changes = filled.warehouse.changes(series)
    assert len(changes) > 40
    assert [row for row in changes if filled.warehouse.evidence(row.evidence).document in again] == []


def test_a_change_on_the_quarter_before_is_none_on_the_year(filled: Workspace) -> None:
    """The text on 2017-Q2 prints 环比 +14.2% for the 4G speed, against +8.6% by the levels; no rate on year is known."""
    rates = {row.period: row.value for row in filled.warehouse.changes(["bda_4g_speed_yoy"])}
    assert rates == {"2018-Q1": Decimal("54.3"), "2018-Q2": Decimal("50.2")}


#: Published, each with its address in ``further.csv``: enterprises with a licence, of the ministry, of a province.
LICENCES = {
    "2016-03": (34505, 4182, 30323),
    "2017-03": (40854, 6111, 34743),
    "2018-08": (56847, 11590, 45257),
    "2021-06": (106281, 24355, 86826),
    "2022-02": (121824, 27515, 99424),
    "2022-08": (134177, 29462, 110211),
}
#: Documents, and what is rejected and why.
REPORTS = {
    "caict_licences": (89, ["issued 2018-11-14, but caict_licences publishes 2018-11 not before 2018-12-01"]),
    "caict_domains": (7, []),
    "caict_prices": (5, []),
    "caict_white_papers": (18, []),
    "cac_digital_china": (1, []),
    "isc_top100": (5, []),
}


@pytest.mark.parametrize("source_id", REPORTS)
def test_reports_are_kept_dated_and_only_expected_ones_rejected(filled: Workspace, source_id: str) -> None:
    """Of most of these reports no figure is known: each is found in its cell of the calendar all the same."""
    held = filled.warehouse.documents(source_id)
    count, expected = REPORTS[source_id]
    assert len(held) == len({document.sha256 for _, document in held}) == count
    assert all(release.issued and release.period for release, _ in held)
    rejections = [found.reason for found in filled.warehouse.rejections(source_id)]
    assert len(rejections) == len(expected), rejections
    assert all(part in reason for part, reason in zip(expected, rejections, strict=True))
    source = filled.catalogue.sources[source_id]
    found = {release.period for release, _ in held if release.period}
    for year in {period.year for period in found}:
        cells = expectations(source, year, found=found, today=filled.settings.today, sample=True)
        assert not [cell.sentence for cell in cells if cell.state in ("overdue", "failed")]


def test_licences_are_the_published_figures(filled: Workspace) -> None:
    for place, part in enumerate(("total", "ministry", "provinces")):
        loaded = {row.period: row.value for row in filled.warehouse.observations([f"caict_licences_{part}"])}
        assert loaded == {period: Decimal(figures[place]) for period, figures in LICENCES.items()}


def test_titles_of_licences_are_not_trusted(filled: Workspace) -> None:
    """（2023.3） twice and （2023.4） a month late: by their dates of issue one for each month (trap 19)."""
    months = {
        str(release.issued): release.period.code
        for release, _ in filled.warehouse.documents("caict_licences", 2023)
        if release.period
    }
    assert months == {
        "2023-02-09": "2023-01",
        "2023-03-15": "2023-02",
        "2023-04-13": "2023-03",
        "2023-05-12": "2023-04",
        "2023-06-14": "2023-05",
        "2023-07-14": "2023-06",
    }
    # One day for two reports: the list's date of the later one cannot be, the date in its address can.
    autumn = [
        release
        for release, _ in filled.warehouse.documents("caict_licences", 2018)
        if release.issued == dt.date(2018, 11, 14)
    ]
    assert {release.page_date for release in autumn} == {dt.date(2018, 11, 14), dt.date(2018, 12, 17)}


def test_the_digital_economy_is_known_from_the_first_that_prints_it(filled: Workspace) -> None:
    """CAICT's paper of 2023-04-27, and the report on digital China of 2023-05-23."""
    [row] = filled.warehouse.changes(["caict_digital_economy"])
    assert (row.period, row.value, row.known_from) == ("2022", Decimal("50.2"), dt.date(2023, 4, 27))


def test_index_has_the_right_order_of_size(filled: Workspace) -> None:
    """About one point a quarter, as the published index moves (index.md)."""
    result = compute_index(filled).result
    for group in filled.catalogue.index.groups:
        points = [p for p in result.points if p.group == group and p.value is not None]
        assert points[0].period == filled.catalogue.index.first_of(group)
        assert points[0].value == 100
        assert points[-1].period == "2023-Q4" and len(points) >= 24
        mean = (points[-1].value - points[0].value) / (len(points) - 1)  # type: ignore[operator]
        assert 0.3 < mean < 1.5, group


def test_every_published_value_stands_beside_ours_or_has_a_reason(filled: Workspace) -> None:
    rows = compare_published(filled, compute_index(filled).result)
    assert len(rows) == len(filled.catalogue.published) == 12
    by_key = {(row.edition, row.period, row.index): row for row in rows}
    assert by_key["2016", "2016-Q1", "coincident"].published == "105.8"
    assert by_key["2016", "2016-Q1", "coincident"].published_change == Decimal("0.91")
    assert by_key["2018", "2018-Q2", "coincident"].published == "105.67"
    assert by_key["2018", "2018-Q2", "coincident"].ours is not None
    assert by_key["2020", "2020-S1", "coincident"].published_change == Decimal("-0.80")
    assert by_key["2021", "2020-Q4", "coincident"].published == "103.8"
    for row in rows:
        assert row.ours is not None or row.verdict.startswith("not computable: ")


# -------------------------------------------------------------------------------------- faults, each alone


def test_unreachable_publisher_is_named_and_others_load(space: Workspace) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}"
    hosts = {**dict(space.publishers()), "www.cnnic.net.cn": closed}
    broken = Workspace(space.settings, hosts=hosts)
    collection, _ = stages.run_year(broken, "cnnic_report", 2019)
    assert not collection.documents
    assert "www.cnnic.net.cn" in collection.failures[0].where
    stages.run_year(broken, "nbs_income", 2019)
    counts = broken.warehouse.counts()
    assert counts["nbs_income"].observations > 0
    assert counts["cnnic_report"].rejections > 0
    broken.close()


def test_garbled_pdf_is_rejected_and_the_other_report_loads(
    space: Workspace, publishers: SamplePublishers
) -> None:
    """Of the two reports on 2021, no. 48 (file P020210915523670981527.pdf) arrives with its inside overwritten."""
    name = "P020210915523670981527.pdf"
    whole = requests.get(
        f"{publishers.hosts['www.cnnic.net.cn']}/NMediaFile/old_attach/{name}", timeout=10
    ).content
    third = len(whole) // 3
    garbled = whole[:third] + bytes(255 - byte for byte in whole[third : 2 * third]) + whole[2 * third :]
    publishers.faults["www.cnnic.net.cn"] = [Fault(path=name, body=garbled)]
    try:
        collection, summary = stages.run_year(space, "cnnic_report", 2021)
    finally:
        publishers.faults.clear()
    assert len(collection.releases) == 2
    assert summary.rejections
    rejected = space.warehouse.rejections("cnnic_report")
    assert any(name in found.where or "第48次" in found.where + found.what for found in rejected)
    assert all(found.reason for found in rejected)
    periods = {row.period for row in space.warehouse.observations(["cnnic_netizens"])}
    assert "2021-12" in periods, "no. 49 is loaded all the same"
    assert "2021-06" not in periods, "nothing of the garbled one is"


def test_document_with_one_table_missing(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue asks for a table that the report does not have: a rejection names it, the rest loads."""
    source = space.catalogue.sources["cnnic_report"]
    era = source.eras[0]
    absent = era.tables[0].model_copy(update={"caption": "网站数量变化"})
    changed = source.model_copy(
        update={"eras": (era.model_copy(update={"tables": (absent, *era.tables[1:])}),)}
    )
    catalogue = space.catalogue.model_copy(
        update={"sources": {**space.catalogue.sources, "cnnic_report": changed}}
    )
    asking = Workspace(space.settings, hosts=space.hosts, catalogue=catalogue)
    _, summary = stages.run_year(asking, "cnnic_report", 2019)
    reasons = [failure.reason for failure in summary.rejections]
    assert any("no table with caption like '网站数量变化'" in reason for reason in reasons)
    assert asking.warehouse.counts()["cnnic_report"].observations > 0
    asking.close()


def test_challenge_page_is_never_an_empty_list(space: Workspace, publishers: SamplePublishers) -> None:
    publishers.faults["www.caict.ac.cn"] = [challenge("/bps/index.htm", status=200)]
    try:
        collection, _ = stages.run_year(space, "caict_prosperity", 2018)
    finally:
        publishers.faults.clear()
    assert any(
        "not a list page: 'kxyj_text' does not occur" in failure.reason for failure in collection.failures
    )


def test_412_challenges_heal(space: Workspace, publishers: SamplePublishers) -> None:
    publishers.faults["www.caict.ac.cn"] = [challenge("/bps/index.htm", times=2)]
    try:
        collection, _ = stages.run_year(space, "caict_prosperity", 2018)
    finally:
        publishers.faults.clear()
    assert not collection.failures
    assert len(collection.documents) == 1


def test_file_a_person_brought(space: Workspace, publishers: SamplePublishers) -> None:
    """The publisher is down; somebody puts report no. 44 into the inbox with a note."""
    name = "P020190830356787490958.pdf"
    address = f"http://www.cnnic.net.cn/NMediaFile/old_attach/{name}"
    body = requests.get(
        f"{publishers.hosts['www.cnnic.net.cn']}/NMediaFile/old_attach/{name}", timeout=10
    ).content
    folder = space.settings.inbox / "cnnic_report"
    folder.mkdir(parents=True)
    (folder / "no44.pdf").write_bytes(body)
    (folder / "no44.pdf.yaml").write_text(
        f"title: 第44次《中国互联网络发展状况统计报告》\naddress: {address}\nissued: 2019-08-30\nbrought_by: an analyst\n",
        encoding="utf-8",
    )
    (folder / "unknown.pdf").write_bytes(body)
    publishers.faults["www.cnnic.net.cn"] = [Fault(status=404)]
    try:
        collection, _ = stages.run_year(space, "cnnic_report", 2019)
    finally:
        publishers.faults.clear()
    assert [document.brought_by for document in collection.documents.values()] == ["an analyst"]
    assert any("no note unknown.pdf.yaml beside it" in failure.reason for failure in collection.failures)
    assert space.warehouse.observations(["cnnic_netizens"])[-1].value == Decimal("8.54")


def test_english_pages_keep_their_dates_apart(filled: Workspace) -> None:
    """2020: "Published in" is empty, address of 2020-08-05. 2021: "September 2021", address of 2021-12-24."""
    pages = {
        release.period.year: release
        for release in filled.warehouse.releases("caict_prosperity")
        if release.language == "en" and release.period
    }
    assert pages[2020].stated_date is None
    assert pages[2020].page_date == dt.date(2020, 8, 5)
    assert pages[2021].stated_date == "September 2021"
    assert pages[2021].page_date == dt.date(2021, 12, 24)


@pytest.mark.parametrize("printed", ["2020-13-45", "2020-02-31", "yesterday"])
def test_impossible_date_on_a_page_harms_nothing(
    space: Workspace, publishers: SamplePublishers, printed: str
) -> None:
    """A page whose PubDate is no day: the list's date counts, the figures load."""
    path = "/gxsj/tjfx/hlw/art/2020/art_sample20200600000000000000000000.html"
    headers = {"User-Agent": "Mozilla/5.0", "Referer": "https://www.miit.gov.cn"}
    page = requests.get(publishers.hosts["www.miit.gov.cn"] + path, headers=headers, timeout=10).text
    changed = re.sub(r'(name="PubDate" content=")[^"]*', rf"\g<1>{printed}", page)
    assert changed != page
    publishers.faults["www.miit.gov.cn"] = [Fault(path=path, body=changed.encode())]
    try:
        collection, _ = stages.run_year(space, "miit_internet", 2020)
    finally:
        publishers.faults.clear()
    assert not collection.failures
    assert len(collection.releases) == 9


def test_list_answer_without_a_count_is_refused(space: Workspace, publishers: SamplePublishers) -> None:
    body = b'{"success":true,"data":{"html":"<li></li>"}}'
    publishers.faults["www.miit.gov.cn"] = [Fault(path="/build/unit", body=body)]
    try:
        collection, _ = stages.run_year(space, "miit_internet", 2020)
    finally:
        publishers.faults.clear()
    assert "is not the JSON expected" in collection.failures[0].reason


def test_missing_document_is_noticed(space: Workspace) -> None:
    stages.run_year(space, "nbs_income", 2019)
    [(_, document), *_] = space.warehouse.documents("nbs_income", 2019)
    Path(space.archive.store.place(space.archive.name(document.sha256))).unlink()
    ended = CliRunner().invoke(cli, ["archive", "verify", "--json"])
    assert ended.exit_code == 1
    assert document.sha256 in json.loads(ended.output)["missing"][0]
