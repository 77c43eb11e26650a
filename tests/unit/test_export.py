"""Exported files as others read them: csv, pyarrow, openpyxl, pysdmx."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import os
import random
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pyarrow import parquet
from pysdmx.io import get_datasets, read_sdmx

from prosperity.publish.export import codes, excel
from prosperity.publish.export.model import FORMATS, ExportError, Format
from prosperity.publish.export.write import build, write
from tests.export_fixtures import CHANGES, FORMULAS, LATEST, REVENUE, USERS, bundle, traced


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


# ------------------------------------------------------------------------------------------------ CSV


def test_csv_keeps_printed_digits_and_texts() -> None:
    data = build(bundle(), "csv")["observations.csv"]
    users, june, july = rows_of(data)
    assert users["OBS_VALUE"] == "8.54"
    assert users["raw"] == '一行,"引号"\n第二行'
    assert july["OBS_VALUE"] == "12345678901234567.890"
    assert (june["OBS_VALUE"], june["OBS_STATUS"], june["DECIMALS"]) == ("", "M", "")
    assert data.count(b"\r\n") == 4, "RFC 4180: every record ends with CRLF"
    assert not data.startswith(b"\xef\xbb\xbf")


def test_csv_rows_carry_source_vintage_licence_and_place() -> None:
    first = rows_of(build(bundle(*CHANGES, vintages=True), "csv")["observations.csv"])[1]
    expected = {
        "series": REVENUE,
        "source": "miit_internet",
        "publisher": "Ministry of Industry and Information Technology (MIIT)",
        "FREQ": "M",
        "TIME_PERIOD": "2019-06",
        "OBS_VALUE": "9.40",
        "DECIMALS": "2",
        "UNIT_MULT": "8",
        "unit": "元",
        "OBS_STATUS": "A",
        "known_from": "2019-07-31",
        "known_until": "2019-08-31",
        "known_from_basis": "stated",
        "conflict": "false",
        "licence": "© MIIT; figures may be quoted with source",
        "document_address": "https://www.miit.gov.cn/art/1.html",
        "document_sha256": "ab" * 32,
        "sample": "true",
        "place": "node /html/p[2019-06], characters 0–4",
        "evidence": CHANGES[0].evidence.id,
    }
    assert {name: first[name] for name in expected} == expected


def test_index_rows_carry_run_and_contributions() -> None:
    files = build(bundle(), "csv")
    second, third = rows_of(files["index_values.csv"])
    assert (second["TIME_PERIOD"], second["value"], second["run"]) == ("2019-Q2", "100.5", "0123456789abcdef")
    assert second["OBS_STATUS"] == "E", "its trend term is E"
    assert (third["value"], third["OBS_STATUS"], third["reason"]) == ("", "O", "too few indicators")
    assert second["as_of"] == "2022-03-31"
    assert "© NBS" in second["licence"]
    revenue, trend = rows_of(files["index_contributions.csv"])
    assert (revenue["contribution"], revenue["inputs"], revenue["steps"]) == ("0.6", "e1 e2", "One. Two.")
    assert (revenue["run"], revenue["source"]) == (second["run"], "miit_internet")
    assert (trend["series"], trend["source"], trend["licence"]) == ("trend", "", "")


@pytest.mark.parametrize("form", FORMATS)
def test_order_of_reading_does_not_matter(form: Format) -> None:
    shuffled = list(CHANGES)
    random.Random(1).shuffle(shuffled)
    assert build(bundle(*shuffled, vintages=True), form) == build(bundle(*CHANGES, vintages=True), form)


# ------------------------------------------------------------------------------------------------ Parquet


def test_parquet_keeps_decimals_exactly() -> None:
    table = parquet.read_table(io.BytesIO(build(bundle(), "parquet")["observations.parquet"]))
    found = table.to_pylist()
    assert [row["OBS_VALUE"] for row in found] == [Decimal("8.54"), None, Decimal("12345678901234567.890")]
    assert [row["DECIMALS"] for row in found] == [2, None, 3]
    assert found[0]["known_from"] == dt.date(2019, 8, 30)
    assert found[0]["sample"] is True
    assert table.schema.metadata[b"notice"].startswith(b"sample publishers")
    assert table.schema.field("UNIT_MULT").metadata[b"meaning"].startswith(b"power of ten")


def test_parquet_takes_figures_of_many_digits() -> None:
    long = "1" * 30 + "." + "2" * 20
    found = [traced(value=long), traced(USERS, value="0.5")]
    table = parquet.read_table(io.BytesIO(build(bundle(*found), "parquet")["observations.parquet"]))
    assert table["OBS_VALUE"].to_pylist() == [Decimal("0.5"), Decimal(long)]
    with pytest.raises(ExportError, match="90 digits"):
        build(bundle(traced(value="1" * 90)), "parquet")


# ------------------------------------------------------------------------------------------------ Excel


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_excel_has_a_sheet_per_source() -> None:
    book = opened(build(bundle(), "xlsx")["prosperity.xlsx"])
    assert book.sheetnames == [
        "cnnic_report",
        "miit_internet",
        "index_values",
        "index_contributions",
        "dictionary",
        "sources",
    ]
    header, users = list(book["cnnic_report"].rows)
    names = [cell.value for cell in header]
    cell = users[names.index("OBS_VALUE")]
    assert (cell.value, cell.number_format) == (8.54, "0.00")
    assert users[names.index("known_from")].value == dt.datetime(2019, 8, 30)
    long = [row[names.index("OBS_VALUE")] for row in book["miit_internet"].rows][2]
    assert (long.value, long.data_type) == ("12345678901234567.890", "s"), "more digits than Excel keeps"
    notes = {row[0].value: row[1].value for row in book["sources"].rows}
    assert notes["as of"] == "all that is known"
    assert notes["notice"].startswith("sample publishers")
    described = {row[1].value for row in book["dictionary"].rows}
    assert {REVENUE, "OBS_STATUS", "known_from"} <= described


def test_excel_texts_never_become_formulas() -> None:
    found = [traced(period=f"2019-0{n}", raw=text, title=text) for n, text in enumerate(FORMULAS, 1)]
    data = build(bundle(*found), "xlsx")["prosperity.xlsx"]
    header, *rows = opened(data)["miit_internet"].rows
    place = [cell.value for cell in header].index("raw")
    assert [row[place].value.strip() for row in rows] == [text.strip() for text in FORMULAS]
    assert {row[place].data_type for row in rows} == {"s"}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name]
        assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_excel_refuses_more_rows_than_a_sheet_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 1)
    with pytest.raises(ExportError, match="sheet miit_internet would have 2 rows"):
        build(bundle(), "xlsx")


# ------------------------------------------------------------------------------------------------ SDMX


@pytest.fixture(params=[False, True], ids=["latest", "vintages"])
def sdmx(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    found = CHANGES if request.param else LATEST
    write(bundle(*found, vintages=request.param), "sdmx-csv", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["observations", "index_values", "index_contributions"])
def test_pysdmx_reads_data_with_their_structure(sdmx: Path, name: str) -> None:
    """The structure message passes the SDMX-JSON schema; columns, keys and codes are those it declares."""
    text = (sdmx / f"{name}.sdmx.csv").read_text(encoding="utf-8")
    (dataset,) = get_datasets(text, sdmx / "structure.sdmx.json", validate=True)
    components = dataset.structure.components
    rows = rows_of(text.encode())
    assert set(rows[0]) - {"STRUCTURE", "STRUCTURE_ID", "ACTION"} == {
        component.id for component in components
    }
    assert {(row["STRUCTURE"], row["ACTION"]) for row in rows} == {("dataflow", "R")}
    keys = [tuple(row[component.id] for component in components.dimensions) for row in rows]
    assert len(set(keys)) == len(keys), "a key occurs once"
    assert all(all(key) for key in keys), "no dimension is empty"
    coded = [component for component in components if component.enumeration]
    assert {"FREQ", "OBS_STATUS"} <= {component.id for component in coded}
    for component in coded:
        known = {code.id for code in component.enumeration}
        assert {row[component.id] for row in rows} - {""} <= known, component.id
    for component in components:
        if component.required:
            assert all(row[component.id] for row in rows), component.id


def test_sdmx_values_and_withdrawals(tmp_path: Path) -> None:
    write(bundle(*CHANGES, vintages=True), "sdmx-csv", tmp_path)
    rows = rows_of((tmp_path / "observations.sdmx.csv").read_bytes())
    revenue = [row for row in rows if (row["SERIES"], row["TIME_PERIOD"]) == (REVENUE, "2019-06")]
    assert [(row["KNOWN_FROM"], row["OBS_VALUE"], row["OBS_STATUS"]) for row in revenue] == [
        ("2019-07-31", "9.40", "A"),
        ("2019-08-31", "9.6", "A"),
        ("2019-09-30", "NaN", "M"),
    ]
    assert rows[0]["STRUCTURE_ID"] == "PROSPERITY:OBSERVATIONS_VINTAGES(1.0)"
    assert list(rows[0])[3:7] == ["FREQ", "SERIES", "KNOWN_FROM", "TIME_PERIOD"]


def test_code_lists_are_the_official_ones(sdmx: Path, shared: Path) -> None:
    message = read_sdmx(sdmx / "structure.sdmx.json", validate=True)
    lists = {entry.id: entry for entry in message.get_codelists()}
    for name in ("CL_FREQ", "CL_UNIT_MULT", "CL_OBS_STATUS", "CL_DECIMALS"):
        with (shared / "vectors" / "sdmx" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            official = {row["id"]: row["name"] for row in csv.DictReader(stream)}
        assert {code.id: code.name for code in lists[name]} == official, name
        assert lists[name].agency == "SDMX"


def test_code_that_no_list_has_is_refused() -> None:
    strange = traced()
    strange = replace(strange, observation=replace(strange.observation, status="X"))  # type: ignore[arg-type]
    with pytest.raises(ExportError, match="observations, OBS_STATUS: 'X' is not in CL_OBS_STATUS"):
        build(bundle(strange), "sdmx-csv")


def test_our_codes_are_identifiers() -> None:
    """SDMX ids: letters, digits, @ $ - _; a code in Chinese would be refused by every tool."""
    from tests.export_fixtures import ENTRIES

    for entry in codes.own(ENTRIES.series, ENTRIES.sources).values():
        for code in entry.codes:
            assert code.replace("-", "").replace("_", "").isascii()
            assert code.replace("-", "").replace("_", "").isalnum()


# ------------------------------------------------------------------------------------------------ folder


@pytest.mark.parametrize("form", FORMATS)
def test_package_names_hashes_licences_and_notice(form: Format, tmp_path: Path) -> None:
    done = write(bundle(as_of=dt.date(2020, 1, 1)), form, tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    listed = {entry["path"]: entry for entry in package["resources"]}
    assert set(listed) | {"datapackage.json"} == set(done.files) == {path.name for path in tmp_path.iterdir()}
    for name, entry in listed.items():
        data = (tmp_path / name).read_bytes()
        assert entry["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert entry["bytes"] == len(data)
    assert "dictionary.md" in listed
    assert package["as_of"] == "2020-01-01"
    assert package["notice"].startswith("sample publishers")
    assert package["index_run"] == "0123456789abcdef"
    licences = {source["name"]: source["licence"] for source in package["sources"]}
    assert licences["nbs_income"] == "© NBS; figures may be quoted with source"


def test_package_describes_the_columns_of_the_file(tmp_path: Path) -> None:
    write(bundle(), "csv", tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    for entry in package["resources"]:
        if entry["format"] == "csv":
            rows = rows_of((tmp_path / entry["path"]).read_bytes())
            names = [field["name"] for field in entry["schema"]["fields"]]
            assert names == list(rows[0])
            assert entry["rows"] == len(rows)
            assert set(entry["schema"]["primaryKey"]) <= set(names)
            assert all(field["description"] for field in entry["schema"]["fields"])


@pytest.mark.parametrize("form", FORMATS)
def test_second_run_writes_nothing(form: Format, tmp_path: Path) -> None:
    write(bundle(), form, tmp_path)
    before = {path: (path.stat().st_ino, path.read_bytes()) for path in tmp_path.iterdir()}
    write(bundle(), form, tmp_path)
    assert {path: (path.stat().st_ino, path.read_bytes()) for path in tmp_path.iterdir()} == before


def test_one_folder_may_hold_all_formats(tmp_path: Path) -> None:
    for form in FORMATS:
        write(bundle(), form, tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    names = {entry["path"] for entry in package["resources"]}
    assert names == {path.name for path in tmp_path.iterdir()} - {"datapackage.json"}
    assert {"observations.csv", "observations.parquet", "prosperity.xlsx", "observations.sdmx.csv"} <= names


def test_another_selection_leaves_no_stale_file_of_its_format(tmp_path: Path) -> None:
    write(bundle(), "csv", tmp_path)
    write(bundle(), "parquet", tmp_path)
    (tmp_path / "index_values.csv").write_text("edited by a person")
    (tmp_path / "mine.csv").write_text("mine")
    write(bundle(index=False, series=(REVENUE, USERS)), "csv", tmp_path)
    assert not (tmp_path / "index_contributions.csv").exists()
    assert (tmp_path / "index_values.csv").read_text() == "edited by a person"
    assert (tmp_path / "mine.csv").exists()
    assert (tmp_path / "observations.parquet").exists(), "of another format: left, but not described"
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert {entry["path"] for entry in package["resources"]} == {"dictionary.md", "observations.csv"}


def test_interrupted_write_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(bundle(), "csv", tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def fail(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ExportError, match=r"cannot be written to .*: disk full"):
        write(bundle(traced(value="1")), "csv", tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="cannot be written"):
        write(bundle(), "csv", tmp_path / "file")
