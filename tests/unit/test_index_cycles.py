"""Turning points against the R package BCDating."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from prosperity.index.cycles import MONTHLY, QUARTERLY, date_turns, rule_for

#: The package never tests the last pair for the length of its cycle (vectors/README.md).
UNTESTED_BY_THE_ORACLE = {"iran_bbq_5_2": {("T", "1391Q2"), ("P", "1391Q4")}}


@pytest.mark.shared
@pytest.mark.parametrize("name", ["iran_bbq_5_2", "us_realgdp_log_1959Q1_2009Q3_bbq_5_2"])
def test_bbq_dating(shared: Path, name: str) -> None:
    series = pd.read_csv(shared / "vectors" / "turning_points" / f"{name}.csv")
    listed = pd.read_csv(shared / "vectors" / "turning_points" / f"{name}.tp.csv")
    expected = set(zip(listed["type"], listed["period"], strict=True)) - UNTESTED_BY_THE_ORACLE.get(
        name, set()
    )
    turns = date_turns(series["value"].to_numpy())
    assert {(turn.kind[0].upper(), series["period"][turn.position]) for turn in turns} == expected


def test_a_growing_series_has_no_turning_point() -> None:
    assert date_turns(np.exp(np.arange(40) * 0.02)) == []


def test_rule_by_index() -> None:
    assert rule_for(pd.period_range("2019-01", periods=5, freq="M")) == MONTHLY
    assert rule_for(pd.date_range("2019-01-31", periods=5, freq="ME")) == MONTHLY
    assert rule_for(pd.Index(["2019-01", "2019-02"])) == MONTHLY
    assert rule_for(pd.Index(["2019-Q1", "2019-Q2"])) == QUARTERLY
    assert rule_for(pd.date_range("2019-03-31", periods=5, freq="QE")) == QUARTERLY
