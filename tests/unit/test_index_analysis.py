"""Beside the index: frames taken from a result give its numbers again, and each table is right by hand."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from prosperity.catalogue.lights import Lights
from prosperity.catalogue.model import Bilingual, Coverage, IndexSpec, Indicator, Transform
from prosperity.index import IndexResult, Point, compute, drop_one
from prosperity.index.analysis import (
    analyse,
    bands,
    dropped,
    light_quarters,
    method_points,
    verdict_of,
    verdicts,
    weight_rows,
)
from prosperity.index.dating import dating, real_time
from prosperity.index.panels import Panels, growth_of

ENDS = [f"{year}-{month}" for year in range(2013, 2022) for month in ("03", "06", "09", "12")]
QUARTERS = [f"{year}-Q{n}" for year in range(2013, 2022) for n in (1, 2, 3, 4)]
LIGHTS = Lights(
    version="7", note=Bilingual(zh="自定", en="ours"),
    bounds=dict.fromkeys(("a", "b", "c", "d", "e"), (-4, -1, 4, 8)),
)  # fmt: skip


def wave(shift: float, slope: float = 0.2, height: float = 6) -> list[float]:
    """A cycle of twelve quarters that is ``shift`` quarters early."""
    return [100 + slope * n + height * math.sin(2 * math.pi * (n + shift) / 12) for n in range(36)]


FIGURES = {
    "a": wave(0), "b": wave(0.3, 0.3), "c": wave(-0.2, 0.1, 5),  # coincident
    "d": wave(2), "e": wave(2.2, 0.25), "f": wave(1.9, 0.3, 7),  # leading, of another size of change
    "r": [5 + 2 * math.sin(n / 2) for n in range(36)],
}  # fmt: skip


def indicator(series: str, group: Any, weight: float = 1, **transform: Any) -> Indicator:
    return Indicator(
        series=series, group=group, layer="business", weight=weight, reason=Bilingual(zh="测试", en="test"),
        transform=Transform(**({"method": "last", "seasonal": "none"} | transform)),
    )  # fmt: skip


SPEC = IndexSpec(
    version="1", first_quarter="2013-Q1", later_start={"leading": "2013-Q3"}, groups=("leading", "coincident"),
    coverage=Coverage(indicators=2, weight_share=0.5, internet=0),
    indicators=(
        indicator("a", "coincident", 2), indicator("b", "coincident"), indicator("c", "coincident", 0.5),
        indicator("d", "leading"), indicator("e", "leading", 2), indicator("f", "leading"),
        indicator("r", "coincident", 0.5, method="mean", change="difference"),
    ),
)  # fmt: skip


def result(count: int = 36, spec: IndexSpec = SPEC) -> IndexResult:
    points = {
        name: [
            Point(end, value, "A", f"{name}-{end}", dt.date(2013, 1, 1))
            for end, value in zip(ENDS[:count], values, strict=False)
        ]
        for name, values in FIGURES.items()
    }
    return compute(spec, points, internet=dict.fromkeys(FIGURES, True))


@pytest.fixture(scope="module")
def panels() -> Panels:
    return Panels.of(result(), SPEC)


def test_frames_give_the_indices_again(panels: Panels) -> None:
    values = {(p.group, p.period): p.value for p in result().points}
    for group in ("leading", "coincident"):
        again = panels.indices_with(group)
        assert {(group, q): v for q, v in again.items()} == pytest.approx(
            {key: value for key, value in values.items() if key[0] == group}, abs=1e-10
        )
    found = {(p.group, p.quarter): p.chinese for p in method_points(panels, ["leading", "coincident"], [])}
    assert found == values
    assert panels.frames["leading"].index[0] == "2013-Q3"


def test_growth_on_the_year_before() -> None:
    values = pd.Series({"2013-Q1": 50.0, "2013-Q2": 60.0, "2014-Q1": 55.0, "2014-Q2": 45.0, "2014-Q3": 9.0})
    growth = growth_of(values)
    assert list(growth.index) == ["2013-Q1", "2013-Q2", "2013-Q3", "2013-Q4", "2014-Q1", "2014-Q2", "2014-Q3"]
    assert growth.dropna().to_dict() == pytest.approx({"2014-Q1": 10.0, "2014-Q2": -25.0})
    assert growth_of(values, "difference").dropna().to_dict() == values.to_dict()
    assert growth_of(pd.Series(dtype=float)).empty


def test_the_leading_index_turns_two_quarters_early(panels: Panels) -> None:
    turns, leads = dating(panels, ["leading", "coincident"], [])
    found = {(lead.cycle, lead.name): lead for lead in leads}
    assert found["level", "leading"].matched >= 4
    assert (found["level", "leading"].mean, found["level", "d"].median) == (2, 2)
    assert found["level", "a"].mean == 0
    assert ("level", "r") not in found and ("growth", "r") in found, "a rate has no level"
    own = [(t.kind, t.quarter) for t in turns if (t.cycle, t.name) == ("level", "d")]
    # sin((n + 2)π/6) is greatest at n = 1, 13, 25 and least at 7, 19, 31; the first is too near the beginning.
    assert own == [("trough", QUARTERS[7]), ("peak", QUARTERS[13]), ("trough", QUARTERS[19]), ("peak", QUARTERS[25]),
                   ("trough", QUARTERS[31])]  # fmt: skip


def test_turning_points_as_they_came(panels: Panels) -> None:
    vintages = {dt.date(2013 + count // 4, 12, 31): result(count) for count in (12, 16, 20, 24, 36)}
    rows = [row for row in real_time(vintages, ["coincident"], []) if row.cycle == "level"]
    assert [row.status for row in rows] == ["confirmed"] * len(rows)
    first = next(row for row in rows if row.kind == "trough" and row.quarter == QUARTERS[9])
    assert first.first_vintage == dt.date(2016, 12, 31) and first.delay == 2
    last = [
        (t.kind, t.quarter)
        for t in dating(panels, ["coincident"], [])[0]
        if (t.cycle, t.name) == ("level", "coincident")
    ]
    assert [(row.kind, row.quarter) for row in rows] == last


def test_one_dropped_as_the_library_says(panels: Panels) -> None:
    frame, weights = panels.frames["coincident"], panels.weights["coincident"]
    expected = drop_one(frame, weights=weights, changes=panels.changes_in("coincident"))
    for row in dropped(panels, "coincident"):
        assert [row.last, row.difference, row.largest, row.correlation] == pytest.approx(
            expected.loc[row.series].tolist(), abs=1e-9
        )
    assert len(dropped(panels, "leading")) == 3


def test_bands_stand_about_the_index_of_a_scaled_group_too(panels: Panels) -> None:
    for group in ("coincident", "leading"):
        found = bands(panels, group, False, 200)
        assert [b.baseline for b in found] == pytest.approx(panels.indices[group].tolist(), abs=1e-9)
        assert all(b.low <= b.middle <= b.high for b in found)
        assert found[-1].low < found[-1].high
    assert bands(panels, "leading", True, 200) == ()
    wide, narrow = bands(panels, "coincident", True, 200)[-1], bands(panels, "coincident", False, 200)[-1]
    assert wide.high - wide.low > narrow.high - narrow.low


def test_weights_sum_to_one_and_the_catalogues_give_the_index(panels: Panels) -> None:
    rows, last = weight_rows(panels, ["leading", "coincident"], [])
    for group in ("leading", "coincident"):
        for method in ("expert", "equal", "entropy", "critic", "pca"):
            assert math.fsum(r.weights[method] for r in rows if r.group == group) == pytest.approx(1)
        assert last[group]["expert"] == pytest.approx(panels.indices[group].iloc[-1], abs=1e-9)
    assert next(r for r in rows if r.series == "a").weights["expert"] == pytest.approx(0.5)


def test_lights_by_hand(panels: Panels) -> None:
    """Of b, c and r in some quarter: scores by the bounds −4, −1, 4, 8; index 2/3 · 50 · Σ w s / Σ w."""
    notes: list[str] = []
    found = {row.quarter: row for row in light_quarters(panels, LIGHTS, ["coincident"], notes)}
    assert notes == ["warning lights: thresholds 7 have no bounds for r"]
    row = found["2016-Q2"]
    growth = {name: 100 * (FIGURES[name][13] / FIGURES[name][9] - 1) for name in "abc"}
    marks = {name: 1 + sum(value >= bound for bound in (-4, -1, 4, 8)) for name, value in growth.items()}
    assert row.scores == marks and set(marks.values()) != {3}
    assert row.index == pytest.approx(100 / 3 * (2 * marks["a"] + marks["b"] + 0.5 * marks["c"]) / 3.5)
    assert "2013-Q4" not in found and row.share == 1


def test_classification_puts_early_ones_first(panels: Panels) -> None:
    found = {row.series: row for row in verdicts(panels, ["leading", "coincident"])}
    assert (found["d"].by_correlation, found["d"].lag_correlation) == ("leading", -2)
    assert (found["a"].by_correlation, found["a"].agrees) == ("coincident", True)
    assert found["d"].observations >= 28


def test_a_correlation_that_is_not_above_zero_decides_nothing() -> None:
    row = {"correlation": -0.26, "lag_correlation": 3.0, "by_correlation": "lagging", "lag_information": 2.0,
           "by_information": "lagging"}  # fmt: skip
    found = verdict_of("a", "lagging", row, {3: 23})
    assert (found.by_correlation, found.agrees, found.observations) == ("undecided", False, 23)
    assert verdict_of("a", "lagging", row | {"correlation": 0.26}, {3: 23}).agrees
    nothing = dict.fromkeys(("correlation", "lag_correlation", "lag_information"), math.nan)
    empty = verdict_of("a", "lagging", row | nothing | {"by_information": "undecided"}, {0: 4})
    assert (empty.by_correlation, empty.lag_correlation, empty.agrees) == ("undecided", None, False)


def test_all_together_and_what_cannot_be_had_is_said() -> None:
    whole = analyse(result(), SPEC, LIGHTS, vintages={dt.date(2021, 12, 31): result()}, draws=64)
    assert {row.group for row in whole.bands} == {"leading", "coincident"} and whole.vintages
    assert whole.lights_version == "7" and whole.shares
    only = analyse(result(), SPEC, LIGHTS, groups=["leading"], draws=64)
    assert {row.group for row in (*only.methods, *only.weights, *only.dropped)} == {"leading"}
    short = analyse(result(3), SPEC, LIGHTS, draws=8)
    assert short.turns == () and short.notes
    alone = SPEC.model_copy(update={"groups": ("leading",)})
    apart = analyse(result(spec=alone), alone, LIGHTS, draws=8)
    assert apart.verdicts == () and apart.leads == () and apart.dropped
    nothing = replace(result(), points=())
    assert analyse(nothing, SPEC, LIGHTS).methods == ()


def test_bounds_must_rise() -> None:
    with pytest.raises(ValueError, match="a: bounds must rise"):
        Lights(version="1", note=LIGHTS.note, bounds={"a": (1, 2, 2, 3)})
