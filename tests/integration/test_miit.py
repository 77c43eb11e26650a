"""MIIT over all its years: from the columns of the sample publisher to observations, against the published figures."""

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
from prosperity.workflow.checking import reconcile
from prosperity.workflow.workspace import Workspace
from tests.integration.test_stages import published

#: The years of the Internet column before 2022 are run with all sources in ``test_stages``.
YEARS = {"miit_internet": range(2022, 2024), "miit_telecom": range(2012, 2024)}
#: Known figures that are not loaded, and why.
EXPECTED_MISSING = {
    ("miit_5g_users", "2021-10"): "5G手机终端连接数, another scope: loaded as miit_5g_connections",
    ("miit_5g_users", "2021-11"): "5G手机终端连接数, another scope: loaded as miit_5g_connections",
    ("miit_dou", "2015-01"): "a figure for January from a book; there is no January release",
    # Readings that the reference material itself calls suspicious: not in the sample.
    (
        "miit_inet_profit_cum",
        "2022-03",
    ): "154.5 after 135 for two months, 495.2 for five: misprint in a translation",
    ("miit_inet_profit_cum_yoy", "2022-03"): "stands beside it",
    ("miit_inet_data_cum", "2022-02"): "321 after 180.5 for nine months of 2021: redefined or misprinted",
    ("miit_inet_data_cum_yoy", "2022-02"): "stands beside it",
}


@pytest.fixture(scope="module")
def miit(tmp_path_factory: pytest.TempPathFactory, publishers: SamplePublishers) -> Iterator[Workspace]:
    settings = Settings(home=tmp_path_factory.mktemp("miit"), today_override=dt.date(2024, 6, 30))
    space = Workspace(settings, hosts=publishers.hosts)
    for source, years in YEARS.items():
        assert years[0] >= space.catalogue.sources[source].first_year
        for year in years:
            stages.run_year(space, source, year)
    yield space
    space.close()


def loaded(space: Workspace) -> dict[tuple[str, str], set[Decimal | None]]:
    found: dict[tuple[str, str], set[Decimal | None]] = {}
    names = [name for name, series in space.catalogue.series.items() if series.source in YEARS]
    for row in space.warehouse.changes(names):
        found.setdefault((row.series, row.period), set()).add(row.value)
    return found


@pytest.mark.shared
def test_every_observation_is_a_published_figure_and_hardly_any_is_missed(
    miit: Workspace, shared: Path
) -> None:
    truth, found = published(shared), loaded(miit)
    wrong = {
        key: (values, truth.get(key)) for key, values in found.items() if not values <= truth.get(key, set())
    }
    assert wrong == {}
    for source, years in YEARS.items():
        wanted = {
            key
            for key in truth
            if key[0] in miit.catalogue.series
            and miit.catalogue.series[key[0]].source == source
            and int(key[1][:4]) in years
        }
        assert len(wanted) > (80 if source == "miit_internet" else 550)
        assert wanted - set(found) == {key for key in EXPECTED_MISSING if key in wanted}


def test_nothing_is_rejected(miit: Workspace) -> None:
    """The column's one lying title is of 2018 (``test_stages``); lists hold other subjects, which are ignored."""
    for source in YEARS:
        assert [(found.what, found.reason) for found in miit.warehouse.rejections(source)] == []


def test_evidence_is_found_again_in_the_archived_bytes(miit: Workspace) -> None:
    names = [name for name, series in miit.catalogue.series.items() if series.source in YEARS]
    found = [
        miit.warehouse.evidence(identity)
        for identity in {row.evidence for row in miit.warehouse.changes(names)}
    ]
    assert {evidence.method for evidence in found} == {"html-prose", "html-table"}
    for sha256 in {evidence.document for evidence in found}:
        with Reader(miit.archive.get(sha256), "text/html") as reader:
            for e in (evidence for evidence in found if evidence.document == sha256):
                again = reader.text_at(page=e.page, bbox=e.bbox, node=e.node, span=e.span, pointer=e.pointer)
                assert again == e.raw


def test_a_year_s_tables_say_what_its_communique_said_and_are_no_revision(miit: Workspace) -> None:
    """15808亿元 for 2022 stands in the communiqué (2023-01-19), rounded in its lead, and in table one (2023-02-14)."""
    rows = miit.warehouse.changes(["miit_tel_rev_cum"])
    of_2022 = [row for row in rows if row.period == "2022-12"]
    assert [(row.value, row.known_from) for row in of_2022] == [(Decimal(15808), dt.date(2023, 1, 19))]
    assert len(miit.warehouse.provenance("miit_tel_rev_cum", "2022-12")) == 2


def test_approximate_figures_keep_their_qualifier(miit: Workspace) -> None:
    """Written 8万余个, 超13万个, 超16亿户."""
    found = {
        (row.period, row.value, row.qualifier)
        for series in ("miit_5g_bs", "miit_mobile_users")
        for row in miit.warehouse.changes([series])
        if row.qualifier
    }
    assert found == {
        ("2019-09", Decimal(8), "余"),
        ("2019-12", Decimal(13), "超"),
        ("2019-12", Decimal(16), "超"),
    }


@pytest.mark.shared
def test_published_rates_against_levels_are_judged_as_by_the_oracle(miit: Workspace, shared: Path) -> None:
    """From the page to the verdict: revenue 2015 and the price bases of the volume are restated, most others fit."""
    with (shared / "data" / "restatement_check.csv").open(encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["series_code"].startswith(("miit_tel_", "miit_mobile_"))
        ]
    oracle = {(row["series_code"], row["period"].split("..")[-1]): row["verdict"] for row in rows}
    results = reconcile(miit).results
    found = {
        (row.series.removesuffix("_yoy"), row.period): row.verdict
        for row in results
        if row.basis == "first_release" and row.check == "rate_against_levels"
    }
    assert len(oracle) == 24
    for key, verdict in oracle.items():
        assert found[key] == verdict.removesuffix("_or_rebased"), key
    strikes = [
        (row.rule, row.series, row.period)
        for row in results
        if row.verdict == "strikes" and miit.catalogue.series[row.series].source == "miit_telecom"
    ]
    assert strikes == []
    held = {row.rule for row in results if row.verdict == "fits"}
    assert {"miit_telecom_revenue_pace", "miit_telecom_fixed_and_mobile", "miit_mobile_generations"} <= held
