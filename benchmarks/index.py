"""How long a thousand draws of the index take, as a multiple of the bare matrix product.

``python benchmarks/index.py`` measures both in one run, alternating, on 25 indicators × 60 quarters, and
prints the ratios of the medians; exit status 1 where the draws take more than 30 times the product.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from prosperity.index import monte_carlo
from prosperity.index.uncertainty import QUANTILES, ChoiceModel, quantile_of_sorted

INDICATORS, QUARTERS, DRAWS, REPEATS, LIMIT = 25, 60, 1000, 60, 30.0


def made_frame() -> pd.DataFrame:
    random = np.random.default_rng(1)
    levels = 100 * np.exp(random.normal(0.02, 0.02, (QUARTERS, INDICATORS)).cumsum(axis=0))
    columns = [f"x{number:02d}" for number in range(INDICATORS)]
    return pd.DataFrame(levels, pd.period_range("2010Q1", periods=QUARTERS, freq="Q"), columns)


def seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main() -> int:
    frame = made_frame()
    model = ChoiceModel(frame)
    random = np.random.default_rng(2)
    weights, scaled = random.random((DRAWS, INDICATORS)), random.random((INDICATORS, QUARTERS))

    def draw() -> list[object]:
        paths = np.sort(
            model.grouped_paths(np.random.default_rng(0).random((DRAWS, model.inputs)))[0], axis=1
        )
        return [quantile_of_sorted(paths, q) for q in QUANTILES]

    cases: dict[str, Callable[[], object]] = {
        "bare product": lambda: weights @ scaled,
        "draws (numbers, paths, bands)": draw,
        "whole call (checks and tables, too)": lambda: monte_carlo(frame, draws=DRAWS),
    }
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(REPEATS):
        for name, function in cases.items():
            times[name].append(seconds(function))
    product = float(np.median(times["bare product"]))
    for name, found in times.items():
        print(
            f"{name}: {1e3 * float(np.median(found)):.2f} ms, {float(np.median(found)) / product:.1f} times the product"
        )
    return int(float(np.median(times["draws (numbers, paths, bands)"])) > LIMIT * product)


if __name__ == "__main__":
    sys.exit(main())
