"""Small parts of operating: charts at a glance, spans of years, what a person is told, an index against the last run."""

from __future__ import annotations

import base64
import datetime as dt
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from dagster import AssetCheckSeverity, AssetKey
from lxml import etree

from pipelines.assets.figures import Checked, check_result
from pipelines.backfill import spans, title_of
from pipelines.faults import NothingToBeHad, told
from pipelines.report_server import report_served
from pipelines.sensors import Cursor
from prosperity.index.model import IndexPoint
from prosperity.publish.series_chart import series_chart
from prosperity.warehouse.model import IndexRun, IndexValue
from prosperity.workflow.last_run import changes_since

SVG = "{http://www.w3.org/2000/svg}"


def drawn(markdown: str) -> etree._Element:
    return etree.fromstring(base64.b64decode(markdown.split("base64,")[1].rstrip(")")))


def test_chart_has_a_dot_for_every_figure_and_names_the_last() -> None:
    """Internet users 2018-12 to 2019-06 as CNNIC printed them (亿): 8.29, 8.54; one figure alone is no line."""
    chart = series_chart(
        {"Internet <users>": [("2018-12", 8.29), ("2019-06", 8.54)], "one": [("2018-12", 1.0)]}, "users"
    )
    root = drawn(chart)
    dots = root.findall(f"{SVG}circle")
    assert len(dots) == 2
    assert float(dots[0].get("cy", "0")) > float(dots[1].get("cy", "0")), "the larger figure stands higher"
    assert [entry.text for entry in root.findall(f"{SVG}text")][-1] == "Internet <users>: 8.54 (2019-06)"
    assert series_chart({"one": [("2018-12", 1.0)]}, "nothing to draw") == ""


@pytest.mark.parametrize(
    ("years", "expected"),
    [([2012, 2013, 2017], [(2012, 2013), (2017, 2017)]), ([2019], [(2019, 2019)]), ([], []), ([2014, 2013], [(2013, 2014)])],
)  # fmt: skip
def test_years_as_spans_without_gaps(years: list[int], expected: list[tuple[int, int]]) -> None:
    assert spans(years) == expected


def test_title_of_a_backfill_is_one_that_dagster_takes() -> None:
    """Dagster refuses titles of more than a hundred characters; all sources by name have more."""
    assert title_of({"nbs_income": [2018, 2019, 2021]}) == "nbs_income 2018–2019, 2021"
    every = {f"source_{number}": [2012, 2013] for number in range(30)}
    assert title_of(every) == "30 sources, 2012–2013"
    assert len(title_of({"long": list(range(1900, 2100, 2))})) <= 100


def test_a_person_is_told_cause_and_place_not_frames() -> None:
    assert told(NothingToBeHad("list: 404 (https://example.org/)")) == "list: 404 (https://example.org/)"
    words = ""
    try:
        spans([2012, "x"])  # type: ignore[list-item]
    except TypeError as fault:
        words = told(fault)
    assert words.startswith("TypeError: ")
    assert "(in spans, backfill.py line " in words
    assert "\n" not in words and "Traceback" not in words


def test_check_of_several_years_adds_up_and_keeps_the_worst() -> None:
    good = Checked(True, {"found": 11})
    late = Checked(False, {"found": 9, "failed": 2}, ["2019-03: could not be had"], AssetCheckSeverity.ERROR)
    result = check_result(AssetKey(["x", "documents"]), "complete", {"2018": good, "2019": late})
    assert not result.passed and result.severity == AssetCheckSeverity.ERROR
    assert result.metadata["found"].value == 20 and result.metadata["failed"].value == 2
    assert result.metadata["worth a look"].value == "- 2019: 2019-03: could not be had"


def test_index_against_the_last_run() -> None:
    """One quarter revised, one lost, one new; what differs in the third decimal is the same."""

    def value(quarter: str, number: float | None) -> IndexValue:
        return IndexValue("coincident", quarter, number, None, 5, 5, 1.0, None)

    def point(quarter: str, number: float | None) -> IndexPoint:
        return IndexPoint("coincident", quarter, number, None, 5, 5, 1.0, "")

    before = IndexRun(
        spec_version="1", spec_hash="a", as_of=dt.date(2021, 1, 1), code_version="0", data_hash="b",
        values=(value("2020-Q1", 100.0), value("2020-Q2", 101.0), value("2020-Q3", 102.0)), contributions=(),
    )  # fmt: skip
    now = [point("2020-Q1", 100.001), point("2020-Q2", 103.5), point("2020-Q3", None), point("2020-Q4", 99.0)]
    found = {change.quarter: change for change in changes_since(before, now)}
    assert set(found) == {"2020-Q2", "2020-Q3", "2020-Q4"}
    assert found["2020-Q2"].difference == pytest.approx(2.5)
    assert found["2020-Q3"].now is None and found["2020-Q4"].before is None
    assert changes_since(None, now) == []


def test_cursor_survives_what_it_cannot_read() -> None:
    kept = Cursor("2021-11-05T02:30:00+00:00", ("https://a", "https://b"))
    assert Cursor.read(kept.write()) == kept
    assert json.loads(kept.write())["asked"] == ["https://a", "https://b"]
    for broken in (None, "", "no json", "[]", '"text"', '{"asked": 3}'):
        assert Cursor.read(broken).asked == ()
    assert kept.is_older_than(dt.timedelta(hours=1), dt.datetime(2021, 11, 5, 4, tzinfo=dt.UTC))
    assert not kept.is_older_than(dt.timedelta(hours=2), dt.datetime(2021, 11, 5, 4, tzinfo=dt.UTC))


def test_report_is_served_and_nothing_above_it(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("not of the report", encoding="utf-8")
    page = tmp_path / "report" / "evidence" / "0123456789abcdef.html"
    page.parent.mkdir(parents=True)
    page.write_text("<p>8.54</p>", encoding="utf-8")
    with report_served(tmp_path / "report") as address:
        with urllib.request.urlopen(f"{address}/evidence/{page.name}") as answer:
            assert answer.read() == b"<p>8.54</p>"
        for path in ("evidence/", "../secret.txt", "%2e%2e/secret.txt"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{address}/{path}")
