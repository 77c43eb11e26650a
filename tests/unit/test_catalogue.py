"""The catalogue holds together, and says file, place and cause when it does not."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
import yaml

from prosperity import catalogue
from prosperity.catalogue import CatalogueError
from prosperity.catalogue.loader import FOLDER, load


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "catalogue"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_catalogue_is_whole() -> None:
    whole = catalogue.load()
    assert {"miit_internet", "cnnic_report", "nbs_income", "caict_prosperity"} <= set(whole.sources)
    assert len(whole.series) >= 15
    for indicator in whole.index.indicators:
        assert indicator.reason.zh and indicator.reason.en


def test_every_level_with_a_rate_has_a_companion() -> None:
    whole = catalogue.load()
    companion = whole.series["miit_inet_rev_cum_yoy"]
    assert companion.rate_of == "miit_inet_rev_cum"
    assert companion.unit == "%"


def test_unknown_key_is_an_error(copy: Path) -> None:
    edit(copy / "sources" / "nbs_income.yaml", "pause_seconds: 2", "pause_secnds: 2")
    with pytest.raises(CatalogueError, match=r"nbs_income\.yaml.*pause_secnds"):
        load(copy)


def test_unknown_series_is_an_error(copy: Path) -> None:
    edit(copy / "sources" / "nbs_income.yaml", "level: nbs_disp_income_cum", "level: nbs_no_such_series")
    with pytest.raises(CatalogueError, match="unknown series nbs_no_such_series"):
        load(copy)


def test_series_of_another_source_is_an_error(copy: Path) -> None:
    edit(copy / "sources" / "nbs_income.yaml", "level: nbs_disp_income_cum", "level: cnnic_netizens")
    with pytest.raises(CatalogueError, match="cnnic_netizens belongs to cnnic_report"):
        load(copy)


def test_key_that_stands_twice_is_an_error(copy: Path) -> None:
    path = copy / "sources" / "nbs_income.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\ntheme: macro\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="stands twice"):
        load(copy)


def test_file_and_id_have_one_name(copy: Path) -> None:
    (copy / "sources" / "nbs_income.yaml").rename(copy / "sources" / "other.yaml")
    with pytest.raises(CatalogueError, match="file and id must have one name"):
        load(copy)


def test_broken_pattern_is_an_error(copy: Path) -> None:
    edit(copy / "sources" / "cnnic_report.yaml", "'第(\\d+)次'", "'第(\\d+次'")
    with pytest.raises(CatalogueError, match=r"cnnic_report\.yaml"):
        load(copy)


def test_entry_hash_follows_extraction_rules_only() -> None:
    source = catalogue.load().sources["nbs_income"]
    slower = source.model_copy(update={"pause_seconds": 9.0})
    assert slower.entry_hash == source.entry_hash
    era = source.eras[0].model_copy(update={"ignore": ("x",)})
    assert source.model_copy(update={"eras": (era,)}).entry_hash != source.entry_hash


def test_corrections_file_is_a_list() -> None:
    assert yaml.safe_load((FOLDER / "corrections.yaml").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("whole: cnnic_netizens", "whole: cnnic_people", "names unknown series cnnic_people"),
        ("whole: cnnic_netizens", "whole: cnnic_penetration", "adds series of different units"),
        (
            "series: [miit_inet_rd_cum]",
            "series: [miit_inet_servers]",
            "miit_inet_servers does not run from January",
        ),
        ("slowest: 0.5", "slowest: 5", "slowest 5 must lie below fastest 1.8"),
        ("rounding: 0.6", "rounding: 3", "rounding 3 must lie below restated 2"),
        ("id: miit_rd_pace", "id: miit_field_pace", "rule ids stand twice: miit_field_pace"),
        ("minimum: 0.133", "minimum: 0.2", "minimum 0.2 must lie below maximum 0.143"),
    ],
)
def test_checks_that_cannot_be_meant_are_errors(copy: Path, old: str, new: str, message: str) -> None:
    edit(copy / "checks.yaml", old, new)
    with pytest.raises(CatalogueError, match=message):
        load(copy)


# ------------------------------------------------------------------------- series read from several sources


def test_series_may_name_further_sources_and_its_rate_follows() -> None:
    whole = catalogue.load()
    for name in ("nbs_disp_income_cum", "nbs_disp_income_cum_yoy"):
        assert whole.series[name].sources == ("nbs_income", "nbs_data")
    named = {
        row.level or row.rate for era in whole.sources["nbs_data"].eras for t in era.tables for row in t.rows
    }
    assert {"nbs_disp_income_cum", "nbs_disp_income_cum_yoy"} <= named


@pytest.mark.parametrize("further", ["[nbs_dta]", "[nbs_income]", "[nbs_data, nbs_data]"])
def test_further_source_that_cannot_be_meant_is_an_error(copy: Path, further: str) -> None:
    edit(copy / "series.yaml", "also_from: [nbs_data]", f"also_from: {further}")
    with pytest.raises(
        CatalogueError, match=r"series nbs_disp_income_cum: also_from \w+ is unknown or named twice"
    ):
        load(copy)


def test_without_also_from_the_series_belongs_to_one_source(copy: Path) -> None:
    edit(copy / "series.yaml", "  also_from: [nbs_data]\n", "")
    with pytest.raises(CatalogueError, match="nbs_disp_income_cum belongs to nbs_income"):
        load(copy)


def test_release_pages_come_before_the_interface() -> None:
    """On one day the lowest order decides: what a page states of its day before what a database shows."""
    sources = catalogue.load().sources
    order = list(sources)
    assert order.index("nbs_income") < order.index("nbs_data")
    assert order == sorted(order, key=lambda name: (sources[name].order, name))


@pytest.mark.parametrize(
    ("own", "again"), [("cnnic_report", "cnnic_english"), ("nbs_retail", "mofcom_online_retail")]
)
def test_who_says_a_figure_again_comes_behind_its_own_publisher(own: str, again: str) -> None:
    order = list(catalogue.load().sources)
    assert order.index(own) < order.index(again)


def test_mapping_may_be_merged_and_overridden(copy: Path) -> None:
    """`<<: *other` takes over another mapping's keys; a key of its own that stands twice is still an error."""
    first, second = catalogue.load().sources["nbs_data"].discovery[:2]
    assert first.answer == second.answer
    assert first.options["path"] != second.options["path"]
    edit(copy / "sources" / "nbs_data.yaml", "  - <<: *set\n", "  - <<: *set\n    title: 'x'\n")
    with pytest.raises(CatalogueError, match="key 'title' stands twice"):
        load(copy)


def test_the_composition_of_a_day() -> None:
    """The one in force; before the first one the present one, and that is told."""
    loaded = catalogue.load()
    former = loaded.index.model_copy(update={"version": "0", "valid_from": dt.date(2020, 1, 1)})
    present = loaded.index.model_copy(update={"version": "9", "valid_from": dt.date(2022, 7, 1)})
    both = loaded.model_copy(update={"index": present, "former_indices": (former,)})
    found = {
        day: both.index_of(dt.date.fromisoformat(day)) for day in ("2019-12-31", "2020-01-01", "2022-07-01")
    }
    assert {day: (spec.version, in_force) for day, (spec, in_force) in found.items()} == {
        "2019-12-31": ("9", False), "2020-01-01": ("0", True), "2022-07-01": ("9", True),
    }  # fmt: skip
    assert loaded.index_of(dt.date(2019, 1, 1)) == (loaded.index, False)
    assert present.spec_hash == loaded.index.model_copy(update={"version": "9"}).spec_hash, (
        "a day changes no result"
    )


def test_versions_of_the_index_are_read_and_need_days_of_their_own(copy: Path) -> None:
    text = (copy / "index.yaml").read_text(encoding="utf-8")
    (copy / "index_versions").mkdir(exist_ok=True)
    (copy / "index_versions" / "0.yaml").write_text(text + "valid_from: 2019-05-01\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="each needs a valid_from of its own"):
        load(copy)
    (copy / "index.yaml").write_text(text + "valid_from: 2021-05-01\n", encoding="utf-8")
    assert load(copy).index_of(dt.date(2020, 1, 1))[0].valid_from == dt.date(2019, 5, 1)


def test_every_indicator_has_bounds_of_its_lights() -> None:
    whole = catalogue.load()
    assert {indicator.series for indicator in whole.index.indicators} <= set(whole.lights.bounds)
