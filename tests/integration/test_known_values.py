"""Documents held against each other in the workflow: the same verdicts in whatever order they come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest

from prosperity.collect.model import Collection, Document, Release
from prosperity.notation import parse_period
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.workspace import Workspace
from tests.traps.reading import page

#: MIIT, 亿元 and %: as published; July's page carries the mark of note 3 glued to its figure (trap 9).
RELEASES = {
    "2": ("2020年1－2月", "1—2月", "1311", "4.5", "2020-03-30"),
    "3": ("2020年1－3月", "1—3月", "2153", "1.5", "2020-05-06"),
    "4": ("2020年1－4月", "1—4月", "3446", "4.9", "2020-05-27"),
    "7": ("2020年1－7月", "1—7月", "36916", "14.9", "2020-10-20"),
    "12": ("2019年", "2019年", "12100", "21.4", "2020-01-23"),
}


def loaded(home: Path, order: Sequence[str]) -> tuple[dict[str, list[tuple[object, ...]]], list[str]]:
    """The warehouse after the documents came one by one: its contents, and why figures were rejected."""
    space = Workspace(Settings(home=home, today_override=dt.date(2021, 1, 1)), hosts={})
    for name in order:
        title, span, figure, rate, day = RELEASES[name]
        issued = dt.date.fromisoformat(day)
        full = f"{title}互联网和相关服务业运行情况"
        data = page(f"{span},我国规模以上互联网企业完成业务收入{figure}亿元,同比增长{rate}%。")
        period = parse_period(full, issued=issued)
        release = Release(
            "miit_internet", full, f"https://www.miit.gov.cn/{name}", period, issued, "list_date"
        )
        seen = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
        document = Document(space.archive.put(data), "text/html", len(data), release.address, seen)
        space.warehouse.record_collection(
            Collection("miit_internet", period.year, (release,), {release.key: document}), complete=False
        )
        stages.load_year(space, "miit_internet", period.year)
    contents = {"observation": space.warehouse.dump("observation")}
    # Open ones only: that a rejection was once held against fewer witnesses is history of our own knowledge.
    open_ones = space.warehouse.rejections("miit_internet")
    contents["rejection"] = sorted((found.what, found.where, found.reason) for found in open_ones)
    space.close()
    return contents, [found.reason for found in open_ones]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    contents, found = loaded(tmp_path_factory.mktemp("ordered"), list(RELEASES))
    assert len(found) == 1
    assert "36916 lies more than a factor of 3.0 from what other documents say" in found[0]
    levels = {row for row in map(str, contents["observation"]) if "miit_inet_rev_cum'" in row}
    assert len(levels) == 4 and not any("36916" in row for row in levels)
    return contents


@pytest.mark.parametrize(
    "order", [["7", "12", "4", "3", "2"], ["7", "2", "3", "12", "4"], ["12", "7", "2", "4", "3"]]
)
def test_order_of_loading_does_not_matter(
    tmp_path: Path, expected: dict[str, list[tuple[object, ...]]], order: list[str]
) -> None:
    """The glued figure comes first and is loaded while nothing speaks against it; once others do, it goes."""
    contents, _ = loaded(tmp_path, order)
    assert contents["observation"] == expected["observation"]
    assert contents["rejection"] == expected["rejection"]
