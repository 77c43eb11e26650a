"""Seasonal adjustment of a monthly Chinese series: trading days and New Year first, then the season.

By X-13 the windows around New Year are chosen by AICc; where it is missing, both effects are estimated by
OLS on the doubly differenced logarithms, and robust STL takes out the season. Never STL alone: New Year
moves between January and February, and STL would take half of that for a changing season.
"""

from __future__ import annotations

import calendar as days
import math
import re
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from prosperity.index.frames import Floats
from prosperity.index.model import IndexInputError
from prosperity.index.new_year import Window, new_year_regressor
from prosperity.index.x13 import (
    Adjusted,
    Regressors,
    X13Error,
    X13Output,
    kept_diagnostics,
    run_x13,
    specification,
)

#: Days before New Year, the holiday week, the days after it.
WINDOWS: tuple[Window, ...] = ((-20, -1), (0, 6), (7, 20))
FORECAST = 12  #: months the program forecasts, and regressors must cover
STL_SEASONAL = 13
_OUTLIER = re.compile(r"AutoOutlier\$(\w+\.\w+)")


def by_x13(values: Floats, start: int, windows: Sequence[Window] = WINDOWS) -> Adjusted:
    """Adjust by X-13; ``start``: ordinal of the first month.

    1. ARIMA model and outliers are identified with a trading-day regressor and all windows in the model.
    2. With that model and these outliers fixed, every subset of the windows, with and without trading day,
       is estimated; the smallest AICc wins.
    3. The series is adjusted with the winner. Logarithms where all values are positive.

    Raises X13Error where the program is missing or refuses the series.
    """
    write = _Writer(values, start, _effects(start, len(values) + FORECAST, windows))
    first = run_x13(write.text(windows, "td1coef", "", outliers=True, adjust=False), tables=())
    model = first.diagnostics.get("arimamdl", "")
    if not model:
        raise X13Error("X-13ARIMA-SEATS identified no model")
    found = " ".join(match[1] for key in first.diagnostics if (match := _OUTLIER.match(key)))
    best: tuple[float, str, tuple[Window, ...]] | None = None
    plain = math.inf
    for subset in _subsets(windows):
        for trading in ("", "td1coef"):
            variables = f"{trading} {found}".strip()
            output = run_x13(write.text(subset, variables, model, adjust=False), tables=())
            aicc = _aicc(output)
            if not subset:
                plain = min(plain, aicc)
            if best is None or aicc < best[0]:
                best = (aicc, variables, subset)
    if best is None or math.isinf(best[0]):
        raise X13Error("X-13ARIMA-SEATS estimated no model with an AICc")
    return _read(run_x13(write.text(best[2], best[1], model)), values, best[2], best[1], plain)


class _Writer:
    """Specifications for one series; the regressors by window are computed once."""

    def __init__(self, values: Floats, start: int, effects: Mapping[Window, Floats]) -> None:
        self.values, self.start, self.effects = values, start, effects
        self.transform = "log" if (values > 0).all() else "none"

    def text(
        self,
        windows: Sequence[Window],
        variables: str,
        model: str,
        *,
        outliers: bool = False,
        adjust: bool = True,
    ) -> str:
        month = (self.start // 12, self.start % 12 + 1)
        columns = {f"cny{n}": self.effects[window].tolist() for n, window in enumerate(windows, 1)}
        return specification(
            self.values.tolist(), 12, month, transform=self.transform, variables=variables, model=model,
            outliers=outliers, regressors=Regressors(columns, month), adjust=adjust,
        )  # fmt: skip


def _effects(start: int, count: int, windows: Sequence[Window]) -> dict[Window, Floats]:
    return {window: new_year_regressor(start, count, window) for window in windows}


def _subsets(windows: Sequence[Window]) -> list[tuple[Window, ...]]:
    return [chosen for size in range(len(windows) + 1) for chosen in combinations(windows, size)]


def _aicc(output: X13Output) -> float:
    try:
        return float(output.diagnostics["aicc"])
    except (KeyError, ValueError):
        return math.inf


def _read(
    output: X13Output, values: Floats, windows: Sequence[Window], variables: str, plain: float
) -> Adjusted:
    adjusted = np.array(output.tables["d11"])
    if len(adjusted) != len(values):
        raise X13Error(f"X-13ARIMA-SEATS returned {len(adjusted)} values for {len(values)}")
    diagnostics = kept_diagnostics(output)
    diagnostics |= {"new_year": _named(windows), "variables": variables, "aicc_without_new_year": plain}
    note = (
        f"adjusted for season by X-13ARIMA-SEATS build {output.diagnostics.get('build', '?')} (X-11, "
        f"{diagnostics['mode']}, model {diagnostics.get('model', '?')}, regressors {variables or 'none'}, "
        f"Chinese New Year {_named(windows)} by AICc {diagnostics.get('aicc', '?')} against {plain} without, "
        f"M7 = {diagnostics.get('m7', '?')}, Q = {diagnostics.get('q', '?')})"
    )
    additive = diagnostics["mode"] == "additive"
    # All factors together: the season, New Year and trading days are all taken out.
    return Adjusted(adjusted, values - adjusted if additive else values / adjusted, "x13", diagnostics, note)


def _named(windows: Sequence[Window]) -> str:
    return " and ".join(f"{begin}..{end} days" for begin, end in windows) or "without regressor"


# ------------------------------------------------------------------------------------------ fallback


def by_regression_and_stl(values: Floats, start: int, windows: Sequence[Window] = WINDOWS) -> Adjusted:
    """The fallback: OLS on ``(1 − B)(1 − B¹²) ln y`` for trading day and New Year, then robust STL(13).

    The windows are chosen by the AICc of the regression. ``values`` above zero, at least three years.
    """
    from statsmodels.tsa.seasonal import STL  # heavy, and needed in the fallback only

    logs = np.log(values)
    effects = _effects(start, len(values), windows)
    trading = _trading_days(start, len(values))
    changes = _doubly_differenced(logs)
    best: tuple[float, Floats, tuple[Window, ...]] | None = None
    for subset in _subsets(windows):
        columns = np.column_stack([trading, *(effects[window] for window in subset)])
        design = np.column_stack([_doubly_differenced(column) for column in columns.T])
        coefficients, *_ = np.linalg.lstsq(design, changes, rcond=None)
        aicc = _regression_aicc(changes - design @ coefficients, len(coefficients) + 1)
        if best is None or aicc < best[0]:
            best = (aicc, columns @ coefficients, subset)
    if best is None:
        raise IndexInputError("no regression for trading day and New Year could be estimated")
    fitted = STL(logs - best[1], period=12, seasonal=STL_SEASONAL, robust=True).fit()
    factor = np.exp(best[1] + np.asarray(fitted.seasonal, dtype=float))
    diagnostics: dict[str, float | str] = {
        "mode": "multiplicative", "aicc": best[0], "new_year": _named(best[2]), "variables": "td1coef",
    }  # fmt: skip
    note = (
        "adjusted without X-13ARIMA-SEATS: trading day and Chinese New Year "
        f"({_named(best[2])}) by OLS on the doubly differenced logarithms, season by robust STL({STL_SEASONAL})"
    )
    return Adjusted(values / factor, factor, "stl", diagnostics, note)


def _doubly_differenced(values: Floats) -> Floats:
    yearly = values[12:] - values[:-12]
    return yearly[1:] - yearly[:-1]


def _trading_days(start: int, count: int) -> Floats:
    """Weekdays less 5/2 of the days of the weekend, by month."""
    result = np.empty(count)
    for number, month in enumerate(range(start, start + count)):
        first, length = days.monthrange(month // 12, month % 12 + 1)
        weekend = sum((first + day) % 7 >= 5 for day in range(length))
        result[number] = length - weekend - 2.5 * weekend
    return result


def _regression_aicc(residuals: Floats, parameters: int) -> float:
    count = len(residuals)
    spread = float(residuals @ residuals) / count
    if count <= parameters + 1 or spread <= 0:
        return math.inf
    fit = count * (math.log(2 * math.pi * spread) + 1) + 2 * parameters
    return fit + 2 * parameters * (parameters + 1) / (count - parameters - 1)
