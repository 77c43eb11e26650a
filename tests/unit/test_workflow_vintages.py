"""Why an index changed, by hand on one indicator; which days are looked back from."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import pytest

from prosperity.catalogue.model import Bilingual, Coverage, IndexSpec, Indicator, Transform
from prosperity.index.model import Point
from prosperity.settings import Settings
from prosperity.workflow.indexing import Material
from prosperity.workflow.vintages import RunError, splits_of, vintage_days
from prosperity.workflow.workspace import Workspace

ENDS = ("2019-03", "2019-06", "2019-09", "2019-12", "2020-03", "2020-06", "2020-09", "2020-12")


def found(
    values: list[float | None], first: str = "2019-Q1", ends: tuple[str, ...] = ENDS, **transform: Any
) -> Material:
    indicator = Indicator(
        series="a", group="coincident", layer="business", weight=1, reason=Bilingual(zh="测试", en="test"),
        transform=Transform(**({"method": "last", "seasonal": "none"} | transform)),
    )  # fmt: skip
    spec = IndexSpec(
        version="1", first_quarter=first, groups=("coincident",), indicators=(indicator,),
        coverage=Coverage(indicators=1, weight_share=0.5, internet=0),
    )  # fmt: skip
    points = [
        Point(end, value, "A", f"a-{end}", dt.date(2019, 1, 1))
        for end, value in zip(ends, values, strict=False)
        if value is not None
    ]
    return Material(spec, {"a": points}, {"a": False}, {})


def space(home: Path) -> Workspace:
    return Workspace(Settings(home=home), hosts={})


def test_parts_by_hand(tmp_path: Path) -> None:
    """4 6 4 gives S = ±1. With a fourth 4: changes 40 −40 0, S = 1.5 −1.5 0, third quarter 100 again. Third revised to
    6: changes 40 0 −40, S = 1.5 0 −1.5. Begun a quarter later: 6 6, third quarter 100."""
    old, new = found([4, 6, 4]), found([4, 6, 6, 4], first="2019-Q2")
    split = splits_of(space(tmp_path), old, new, ["coincident"])["coincident"]
    height = 100 * 201.5 / 198.5
    parts = split.of("2019-Q3").to_dict()
    assert parts == pytest.approx({
        "new_data": 0, "revised_data": height - 100, "seasonal_factors": 0, "specification": 100 - height, "total": 0,
    }, abs=1e-9)  # fmt: skip
    assert split.stages.loc["2019-Q2"].tolist() == pytest.approx(
        [100 * 201 / 199, height, height, height, 100], abs=1e-9
    )


def test_season_is_a_part_of_its_own(tmp_path: Path) -> None:
    """A year is added and nothing revised: the quarters both have change by new data and by season alone."""
    season = (1.1, 0.9, 1.05, 0.95)
    ends = tuple(f"{year}-{month}" for year in range(2013, 2020) for month in ("03", "06", "09", "12"))
    values = [100 * 1.02**n * season[n % 4] * (1 + 0.004 * (n * 7 % 5)) for n in range(28)]
    values[26] *= 1.05
    transform: dict[str, Any] = {"seasonal": "auto", "ends": ends}
    old = found([*values[:24]], "2013-Q1", **transform)
    new = found([*values], "2013-Q1", **transform)
    split = splits_of(space(tmp_path), old, new, ["coincident"])["coincident"]
    last = split.of("2018-Q4")
    assert last[["revised_data", "specification"]].tolist() == [0, 0]
    assert abs(last["seasonal_factors"]) > 1e-3 and abs(last["new_data"]) > 1e-3
    assert math.fsum(last.drop("total")) == pytest.approx(last["total"], abs=1e-9)
    assert list((tmp_path / "data" / "cache" / "x13").glob("*.json"))


def test_days_to_look_back_from() -> None:
    days = vintage_days(dt.date(2019, 2, 1), dt.date(2019, 8, 15))
    assert days == [dt.date(2019, 3, 31), dt.date(2019, 6, 30), dt.date(2019, 8, 15)]
    assert vintage_days(dt.date(2019, 6, 30), dt.date(2019, 6, 30)) == [dt.date(2019, 6, 30)]
    with pytest.raises(RunError, match="after"):
        vintage_days(dt.date(2019, 2, 1), dt.date(2019, 1, 1))
    with pytest.raises(RunError, match="at most"):
        vintage_days(dt.date(1999, 2, 1), dt.date(2019, 1, 1))
