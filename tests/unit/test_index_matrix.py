"""The series × quarter matrix."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from prosperity.index import Point, series_quarter_matrix, write_matrix
from prosperity.index.matrix import main, points_from_figures


def point(period: str) -> Point:
    return Point(period, 1.0, "A", period, dt.date(2020, 1, 1))


def test_marks() -> None:
    known = {
        "x": [point(period) for period in ("2019-03", "2019-06", "2020-06")],
        "x_yoy": [point(period) for period in ("2019-06", "2019-08", "2019-10", "2020-02")],
        "stock": [point("2018-12"), point("2019-06")],
    }
    found = series_quarter_matrix(known, ["x", "stock", "none"], "2019-Q1", "2020-Q2")
    assert found.columns.tolist() == ["2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4", "2020-Q1", "2020-Q2"]
    assert found.loc["x"].tolist() == ["L", "LR", "i", ".", ".", "L"]
    assert found.loc["stock"].tolist() == ["i", "L", ".", ".", ".", "."]
    assert found.loc["none"].tolist() == ["."] * 6
    wide = series_quarter_matrix(known, ["x"], "2019-Q1", "2020-Q2", rates={"x": "other"}, gap=3)
    assert wide.loc["x"].tolist() == ["L", "L", "i", "i", "i", "L"]


def test_csv(tmp_path: Path) -> None:
    matrix = series_quarter_matrix({"x": [point("2019-03")]}, ["x"], "2019-Q1", "2019-Q2")
    write_matrix(matrix, tmp_path / "matrix.csv")
    assert (tmp_path / "matrix.csv").read_bytes() == b"series,2019-Q1,2019-Q2\nx,L,.\n"


@pytest.mark.shared
def test_published_figures(shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [shared / "data" / "figures.csv", shared / "data" / "figures_macro.csv"]
    listed = points_from_figures(files, ["miit_inet_rev_cum", "miit_inet_data_cum"])
    by_period = {entry.period_code: entry for entry in listed["miit_inet_rev_cum_yoy"]}
    assert float(by_period["2018-03"].value) == 23.8
    # Confidence C (ten times the level of the year before) is not read.
    assert "2022-02" not in {entry.period_code for entry in listed["miit_inet_data_cum"]}

    main([*map(str, files), "--series", "miit_inet_rev_cum", "--first", "2018-Q1", "--last", "2019-Q4",
          "--out", str(tmp_path / "m.csv")])  # fmt: skip
    assert "miit_inet_rev_cum" in capsys.readouterr().out
    found = pd.read_csv(tmp_path / "m.csv", index_col="series").loc["miit_inet_rev_cum"]
    assert found.tolist() == ["LR", "LR", "LR", "LR", "i", "LR", "i", "LR"]
