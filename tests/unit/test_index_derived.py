"""Derived series: declared by formula and inputs, computed, compared with what publishers print of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from prosperity import catalogue
from prosperity.catalogue.derived import Derived
from prosperity.index import Point
from prosperity.index.derived import DerivedPoint, derive

CATALOGUE = catalogue.load()


def computed(name: str, figures: Mapping[str, Mapping[str, float]]) -> dict[str, DerivedPoint]:
    definition = CATALOGUE.derived[name]
    points = {
        series: [Point(period, value, "A", f"{series}-{period}", dt.date(2024, 1, 1)) for period, value in of.items()]
        for series, of in figures.items()
    }  # fmt: skip
    versions = {name: CATALOGUE.series[name].versions for name in definition.inputs.values()}
    return {point.period: point for point in derive(definition, points, versions)}


def test_share_of_the_largest_field_is_the_published_one() -> None:
    """MIIT: 4146 of 6916亿元 for January to July 2020, printed as 60 %; 91 % in 2017, 55 % in 2020."""
    found = computed(
        "miit_inet_infoserv_share",
        {
            "miit_inet_infoserv_cum": {"2017-12": 6469, "2020-07": 4146, "2020-12": 7068, "2021-06": 3974},
            "miit_inet_rev_cum": {"2017-12": 7101, "2020-07": 6916, "2020-12": 12838},
        },
    )
    shares = {period: round(point.value or 0) for period, point in found.items()}
    assert shares == {"2017-12": 91, "2020-07": 60, "2020-12": 55}
    assert [source.evidence for source in found["2020-07"].inputs] == [
        "miit_inet_infoserv_cum-2020-07",
        "miit_inet_rev_cum-2020-07",
    ]
    assert found["2020-07"].steps == ("2020-07: 100 × 4,146 / 6,916 is 59.94795 %.",)


def test_part_greater_than_its_whole_gives_no_share_but_the_reason() -> None:
    """农村网民 3.62 in a report's text where 3.26亿 is meant (trap 21); the whole swapped in to show the check."""
    found = computed(
        "cnnic_rural_share", {"cnnic_rural_netizens": {"2023-12": 32.6}, "cnnic_netizens": {"2023-12": 10.92}}
    )
    assert found["2023-12"].value is None and found["2023-12"].status == "M"
    assert "is no part of" in found["2023-12"].steps[0]


def test_rural_share_as_cnnic_prints_it() -> None:
    """2.22 of 8.29亿 in December 2018: 26.7 % in print, from figures with more digits."""
    found = computed(
        "cnnic_rural_share", {"cnnic_rural_netizens": {"2018-12": 2.22}, "cnnic_netizens": {"2018-12": 8.29}}
    )
    assert found["2018-12"].value == pytest.approx(26.7, abs=0.15)


def test_sum_needs_all_terms() -> None:
    """January to June 2020, 亿元: 3577 + 1728 + 212.7 + 87.6; one month without data services has no sum."""
    found = computed(
        "miit_inet_services_sum",
        {
            "miit_inet_infoserv_cum": {"2020-06": 3577, "2020-07": 4146},
            "miit_inet_platform_cum": {"2020-06": 1728, "2020-07": 2137},
            "miit_inet_access_cum": {"2020-06": 212.7, "2020-07": 242.1},
            "miit_inet_data_cum": {"2020-06": 87.6},
        },
    )
    assert list(found) == ["2020-06"]
    assert found["2020-06"].value == pytest.approx(5605.3)


def test_quarters_of_income() -> None:
    """NBS, 元: 8493.21 to March, 15294.37 to June 2019."""
    found = computed(
        "nbs_disp_income_quarter", {"nbs_disp_income_cum": {"2019-03": 8493.21, "2019-06": 15294.37}}
    )
    assert found["2019-Q2"].value == pytest.approx(6801.16)


def test_quarter_across_a_replaced_sample_is_refused_by_name() -> None:
    """MIIT 2021: 6951 to June, 11633 to September; the sample was widened in July."""
    found = computed(
        "miit_inet_rev_quarter", {"miit_inet_rev_cum": {"2020-09": 8956, "2020-12": 12838, "2021-06": 6951, "2021-09": 11633}}
    )  # fmt: skip
    assert found["2020-Q4"].value == 12838 - 8956
    assert found["2021-Q3"].value is None
    assert (
        "two sides of a break (version sample-2021-07, sample): not differenced" in found["2021-Q3"].steps[-1]
    )


def test_comparable_level_grows_at_the_published_rate() -> None:
    """MIIT: +21.4 % for 2019, though 12100 is +26.5 % on the 9562亿元 of 2018."""
    rates = {
        "2018-03": 23.8, "2018-06": 22.9, "2018-09": 19.4, "2018-12": 20.3,
        "2019-06": 17.9, "2019-12": 21.4,
    }  # fmt: skip
    found = computed("miit_inet_rev_comparable", {"miit_inet_rev_cum_yoy": rates})
    ratio = (found["2019-Q4"].value or 0) / (found["2018-Q4"].value or 1)
    assert ratio == pytest.approx(1.214)


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": {"part": "a"}},
        {"formula": "sum", "inputs": {"one": "a"}},
        {"unit": "元"},
        {"formula": "product"},
    ],
)
def test_declarations_are_checked(change: dict[str, object]) -> None:
    material = {
        "id": "x", "name": {"zh": "x", "en": "x"}, "formula": "share", "inputs": {"part": "a", "whole": "b"}, "unit": "%",
    }  # fmt: skip
    Derived.model_validate(material)
    with pytest.raises(ValidationError):
        Derived.model_validate(material | change)
