"""A whole run: coverage rule, reasons, exact contributions, as-of, determinism."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pytest

from prosperity.catalogue.model import Bilingual, Coverage, IndexSpec, Indicator, Transform
from prosperity.index import IndexInputError, IndexResult, Point, compute

REASON = Bilingual(zh="测试", en="test")
ENDS = ["2019-03", "2019-06", "2019-09", "2019-12", "2020-03"]
QUARTERS = ["2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4", "2020-Q1"]
#: C of a alternates between 40 and −40, so S is 1, −1, 1, −1; b and c likewise with 2/3·100.
FIGURES = {"a": [4, 6, 4, 6, 4], "b": [1, 2, 1, 2, 1], "c": [2, 1, 2, 1, 2]}
INTERNET = {"a": True, "b": False, "c": False, "d": False, "r": True}


def indicator(series: str, weight: float = 1, group: Any = "coincident", **transform: Any) -> Indicator:
    return Indicator(
        series=series, group=group, layer="business", weight=weight, reason=REASON,
        transform=Transform(**({"method": "last", "seasonal": "none"} | transform)),
    )  # fmt: skip


def spec(*indicators: Indicator, first: str = "2019-Q1", **options: Any) -> IndexSpec:
    groups = options.pop("groups", ("coincident",))
    return IndexSpec(version="1", first_quarter=first, groups=groups, indicators=indicators, **options)


def points(figures: dict[str, list[float | None]]) -> dict[str, list[Point]]:
    return {
        series: [
            Point(end, Decimal(str(value)), "A", f"{series}-{end}", dt.date(int(end[:4]), int(end[5:]), 28))
            for end, value in zip(ENDS, values, strict=True)
            if value is not None
        ]
        for series, values in figures.items()
    }


def run(specification: IndexSpec, figures: dict[str, list[float | None]], **options: Any) -> IndexResult:
    return compute(specification, points(figures), internet=INTERNET, **options)


def test_values_and_contributions_by_hand() -> None:
    found = run(spec(indicator("a", 2), indicator("b"), indicator("c")), FIGURES)
    assert [point.period for point in found.points] == QUARTERS
    # R = (2·1 + 1 − 1) / 4 = ±0.5
    up = 100 * 200.5 / 199.5
    assert [point.value for point in found.points] == pytest.approx([100, up, 100, up, 100], abs=1e-12)
    first, second = found.points[:2]
    assert (first.change, first.contributions, first.indicators, first.weight_share) == (None, (), 3, 1.0)
    assert second.change == pytest.approx(up - 100)
    height = (100 + up) / 200
    assert {c.series: c.points for c in second.contributions} == pytest.approx(
        {"a": height * 0.5, "b": height * 0.25, "c": -height * 0.25}
    )
    a = second.contributions[0]
    assert (a.layer, a.weight, a.status) == ("business", 2, "A")
    assert a.standardised_change == pytest.approx(1)
    assert [(entry.period, entry.evidence, entry.value) for entry in a.inputs] == [
        ("2019-03", "a-2019-03", 4.0),
        ("2019-06", "a-2019-06", 6.0),
    ]
    assert found.notes["coincident"]["a"] == "not adjusted for season, as specified"


@pytest.mark.parametrize("trend", ["none", "mean_growth", "log_linear"])
def test_contributions_add_up(trend: Any) -> None:
    figures = {"a": [4, 6, 5, 8, 9], "b": [3, 2, 4, 5, 4], "c": [2, 1.5, 2, 2.5, 3], "d": [7, 8, 8.5, 9, 8]}
    leading = [indicator(name, 1 + n, "leading") for n, name in enumerate("acd")]
    found = run(
        spec(*(indicator(name, 1 + n) for n, name in enumerate("abc")), *leading,
             groups=("leading", "coincident"), trend=trend),
        figures,
    )  # fmt: skip
    assert {point.group for point in found.points} == {"leading", "coincident"}
    for point in found.points:
        assert point.value is not None
        if point.change is not None:
            assert sum(c.points for c in point.contributions) == pytest.approx(point.change, abs=1e-9)
            assert ("trend" in {c.series for c in point.contributions}) == (trend != "none")


def test_a_quarter_below_the_coverage_rule_ends_the_chain_with_the_reason() -> None:
    figures = FIGURES | {"d": [5, 6, 7, 8, 9], "b": [1, 2, 1, None, 1], "c": [2, 1, 2, None, 2]}
    found = run(spec(indicator("a"), indicator("b", 3), indicator("c"), indicator("d", 5)), figures)
    assert [point.value is None for point in found.points] == [False, False, False, True, True]
    assert found.points[3].reason == (
        "2 of 4 indicators (60 % of weight, 1 of the Internet industry) have a change: "
        "need 3, 60 % and 1; missing: b, c"
    )
    # The last quarter has no change of b and c either: no value in the quarter before.
    assert found.points[4].indicators == 2
    assert found.points[3].contributions == ()


def test_a_later_quarter_with_enough_is_not_bridged_to() -> None:
    short = {"a": [4, 6, 4, 6, 4], "b": [1, 2, 1, 2, 1], "c": [2, 1, 2, 1, 2], "d": [2, 3, 2, 3, 2]}
    gone: dict[str, list[float | None]] = {
        name: [*values[:1], None, *values[2:]] for name, values in short.items()
    }
    found = run(spec(*(indicator(name) for name in "abcd")), gone | {"d": short["d"], "a": short["a"]})
    assert [point.value for point in found.points] == [None] * 5
    assert found.points[1].reason.startswith("2 of 4 indicators")
    assert found.points[3].reason.startswith("the chain ended at 2019-Q2 (2 of 4 indicators")
    assert found.points[0].reason.startswith("the chain ended at 2019-Q2")


def test_the_rule_asks_for_weight_and_for_the_internet_industry() -> None:
    light = run(spec(indicator("a"), indicator("b"), indicator("c"), indicator("d", 3)), FIGURES)
    assert light.points[0].reason == (
        "3 of 4 indicators (50 % of weight, 1 of the Internet industry) have a value: "
        "need 3, 60 % and 1; missing: d"
    )
    macro = run(spec(*(indicator(name) for name in "bcd")), FIGURES | {"d": [1, 2, 1, 2, 1]})
    assert "0 of the Internet industry" in macro.points[1].reason
    assert "missing: none" in macro.points[1].reason
    relaxed = spec(*(indicator(name) for name in "bcd"), coverage=Coverage(internet=0))
    assert run(relaxed, FIGURES | {"d": [1, 2, 1, 2, 1]}).points[1].value is not None


def test_sixty_percent_of_tenths_is_sixty_percent() -> None:
    weights = spec(*(indicator(name, 0.2) for name in "abc"), indicator("d", 0.4))
    assert run(weights, FIGURES).points[1].value is not None


def test_an_indicator_with_one_change_is_left_out_and_named() -> None:
    figures = FIGURES | {"d": [None, None, None, 5, 6]}
    found = run(spec(*(indicator(name) for name in "abcd")), figures)
    assert found.points[4].indicators == 3
    assert {c.series for c in found.points[4].contributions} == {"a", "b", "c"}
    tight = spec(*(indicator(name) for name in "abcd"), coverage=Coverage(indicators=4))
    assert "d" in run(tight, figures).points[0].reason


def test_a_group_may_start_later_than_the_others() -> None:
    """The leading group has no figure before 2019-Q2: it is 100 there, the coincident one in 2019-Q1."""
    late = {name: [None, *values[1:]] for name, values in FIGURES.items()}
    named = {"a": "d", "b": "r", "c": "e"}
    figures = FIGURES | {named[name]: values for name, values in late.items()}
    parts = [indicator(name) for name in "abc"] + [
        indicator(name, group="leading") for name in named.values()
    ]
    composed = spec(*parts, groups=("leading", "coincident"), later_start={"leading": "2019-Q2"})
    found = compute(composed, points(figures), internet=INTERNET | {"d": True, "e": False})
    leading = [point for point in found.points if point.group == "leading"]
    assert [point.period for point in leading] == QUARTERS[1:] and leading[0].value == 100
    assert leading[1].value is not None


def test_too_short_a_run_gives_no_value() -> None:
    figures: dict[str, list[float | None]] = {name: [*v[:2], None, None, None] for name, v in FIGURES.items()}
    found = run(spec(*(indicator(name) for name in "abc")), figures)
    assert [point.value for point in found.points] == [None, None]
    assert found.points[0].reason == "only 2 of the 3 quarters that an index needs are computable"


def test_no_observation_at_all() -> None:
    found = compute(spec(indicator("a"), indicator("b"), indicator("c")), {}, internet=INTERNET)
    assert len(found.points) == 1
    assert found.points[0].reason.startswith("0 of 3 indicators (0 % of weight")
    empty = compute(spec(groups=("leading",)), {}, internet={})
    assert empty.points[0].reason.startswith("0 of 0 indicators")


def test_as_of_uses_only_what_was_known() -> None:
    figures = points(FIGURES)
    chosen = spec(*(indicator(name) for name in "abc"))
    early = compute(chosen, figures, internet=INTERNET, as_of=dt.date(2019, 9, 28))
    assert [point.period for point in early.points] == QUARTERS[:3]
    only = {name: listed[:3] for name, listed in figures.items()}
    later = compute(chosen, only, internet=INTERNET)
    assert early.points == later.points
    assert early.data_hash == later.data_hash != compute(chosen, figures, internet=INTERNET).data_hash


def test_result_does_not_depend_on_any_order() -> None:
    noise = random.Random(2)
    figures = {name: [noise.uniform(1, 2) for _ in ENDS] for name in "abcd"}
    listed = [indicator(name, noise.random()) for name in "abcd"]
    given = points(figures)
    expected = compute(spec(*listed), given, internet=INTERNET)
    for values in given.values():
        noise.shuffle(values)
    turned = compute(spec(*reversed(listed)), dict(reversed(given.items())), internet=INTERNET)
    assert turned.points == expected.points
    assert turned.data_hash == expected.data_hash
    assert turned.indicators == expected.indicators


def test_only_the_points_used_count_in_the_hash() -> None:
    chosen = spec(*(indicator(name) for name in "abc"))
    expected = run(chosen, FIGURES).data_hash
    assert run(chosen, FIGURES | {"d": [1, 2, 3, 4, 5]}).data_hash == expected
    assert run(chosen, FIGURES | {"a": [4, 6, 4, 6, 4.5]}).data_hash != expected


def test_status_of_a_change_tells_of_interpolation() -> None:
    figures = FIGURES | {"c": [2, 1, None, 1.5, 2]}
    found = run(spec(indicator("a"), indicator("b"), indicator("c", interpolate=1)), figures)
    statuses = [{c.series: c.status for c in point.contributions}.get("c") for point in found.points]
    assert statuses == [None, "A", "I", "E", "A"]
    interpolated = next(c for c in found.points[2].contributions if c.series == "c")
    assert {entry.period for entry in interpolated.inputs} == {"2019-03", "2019-06", "2019-12"} - {"2019-03"}
    assert any("interpolated log-linearly" in step for step in interpolated.steps)


def test_difference_indicator() -> None:
    figures = FIGURES | {"c": [-2, 0, -2, 0, -2]}
    with pytest.raises(IndexInputError, match="needs levels above zero"):
        run(spec(*(indicator(name) for name in "abc")), figures)
    found = run(spec(indicator("a"), indicator("b"), indicator("c", change="difference")), figures)
    assert found.points[1].contributions[2].standardised_change == pytest.approx(1)


def test_faulty_specifications_are_refused() -> None:
    with pytest.raises(IndexInputError, match="a stands in it twice"):
        run(spec(indicator("a"), indicator("a")), FIGURES)
    with pytest.raises(IndexInputError, match="not said whether zz"):
        run(spec(indicator("zz")), FIGURES)


def test_income_is_adjusted_and_says_so() -> None:
    shape = [1.14, 0.89, 0.98, 0.99]
    listed = []
    for year in range(2014, 2020):
        total = 0.0
        for n in range(4):
            total += (
                5000 * 1.02 ** (4 * (year - 2014) + n) * shape[n] * (1 + 0.001 * ((year * 7 + n * 3) % 5))
            )
            listed.append(
                Point(f"{year}-{3 * n + 3:02d}", total, "A", f"{year}-{n}", dt.date(year + 1, 1, 1))
            )
    relaxed = Coverage(indicators=1, weight_share=0.5, internet=0)
    chosen = spec(indicator("d", method="decumulate", seasonal="auto"), first="2014-Q1", coverage=relaxed)
    found = compute(chosen, {"d": listed}, internet=INTERNET)
    assert found.notes["coincident"]["d"].startswith("adjusted for season by X-13ARIMA-SEATS")
    steps = found.points[-1].contributions[0].steps
    assert steps[-1].startswith("2019-Q4: ") and "divided by the seasonal factor" in steps[-1]
    assert all(point.change is None or 0 < point.change < 2 for point in found.points)
