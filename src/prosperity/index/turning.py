"""Turning points of a series as a table, lead and lag against a reference, and how they looked in real time.

What belongs here: labels and tables. What does not: the rules of dating (``cycles.py``, ``bry_boschan.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from prosperity.index.bry_boschan import bry_boschan
from prosperity.index.cycles import MONTHLY, CycleRule, TurningPoint, date_turns, rule_for
from prosperity.index.frames import Floats, check_series
from prosperity.index.labels import calendar, in_time, place
from prosperity.index.model import IndexInputError

Dating = Literal["bbq", "bry_boschan"]
COLUMNS = ["period", "kind", "level"]


def turning_points(
    series: pd.Series[Any], *, method: Dating = "bbq", rule: CycleRule | None = None
) -> pd.DataFrame:
    """Peaks and troughs in order of time: columns ``period`` (label of the series), ``kind``, ``level``.

    ``method``: ``bbq`` dates the values themselves by ``rule``; ``bry_boschan`` goes the full way over
    smoothed curves (months only, at least 24). ``rule`` (periods): default by the frequency of the index,
    months ``MONTHLY`` (window 5, phase 5, cycle 15, ends 6), anything else ``QUARTERLY`` (2, 2, 5, 2).
    Missing values at both ends are passed over, the order of rows does not matter. A series without turning
    points, or too short for one, gives an empty table.

    Raises IndexInputError for a period that occurs twice, a missing or infinite value, or a missing row.
    """
    index, values = run_of(series)
    chosen = rule or rule_for(series.index)
    if method == "bry_boschan":
        if chosen is not MONTHLY and rule is None:
            raise IndexInputError("the procedure of Bry and Boschan is one for months: use 'bbq'")
        turns = bry_boschan(values, chosen)
    elif method == "bbq":
        turns = date_turns(values, chosen)
    else:
        raise IndexInputError(f"unknown method of dating {method!r}")
    return _table(index, values, turns)


def lead_lag(
    indicators: pd.DataFrame | pd.Series[Any],
    reference: pd.Series[Any] | pd.DataFrame,
    *,
    window: int | None = None,
    method: Dating = "bbq",
    rule: CycleRule | None = None,
) -> pd.DataFrame:
    """Each indicator's turning points beside those of the reference.

    ``indicators``: columns (or one series), periods as rows. ``reference``: a series, dated the same way, or
    a table with ``period`` and ``kind`` such as official dates (months may be matched to quarters).
    ``window``: how many periods apart two turns of one kind may be to be matched, default a year and a half;
    nearest pairs first, each turn at most once.

    Rows: ``indicator``, ``kind``, ``reference_period``, ``period``, ``lead`` (periods by which the indicator
    is early; negative is late), ``status``: matched; missed (a reference turn within the indicator's span
    without one of its own); extra (a turn of its own that the reference has not); open (an unmatched turn
    within ``window`` of the reference's end: it may still be followed).
    """
    frame = indicators.to_frame() if isinstance(indicators, pd.Series) else indicators
    places = _Places(frame.index)
    reach = window if window is not None else 3 * places.per_year // 2
    if isinstance(reference, pd.DataFrame):
        marks, last = _marks(reference, places), None
    else:
        dated = turning_points(reference, method=method, rule=rule)
        marks, last = _marks(dated, places), places.of(run_of(reference)[0][-1])
    rows: list[dict[str, Any]] = []
    for name in frame.columns:
        index, _ = run_of(frame[name])
        own = _marks(turning_points(frame[name], method=method, rule=rule), places)
        span = places.of(index[0]), places.of(index[-1])
        end = span[1] if last is None else last
        rows += [{"indicator": name, **row} for row in _compared(own, marks, span, end, reach)]
    columns = ["indicator", "kind", "reference_period", "period", "lead", "status"]
    return pd.DataFrame(rows, columns=columns).astype({"lead": "Int64"})


def lead_lag_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Per indicator of a ``lead_lag`` table: matched, missed, extra, open, and mean, median and std of lead.

    ``std`` has divisor n − 1 and is NaN for fewer than two matched turns.
    """
    rows = {}
    for name, part in table.groupby("indicator", sort=False):
        leads = part.loc[part["status"] == "matched", "lead"].astype(float)
        counts = {status: int((part["status"] == status).sum()) for status in _STATUS}
        rows[name] = {
            **counts, "mean": leads.mean(), "median": leads.median(), "std": leads.std(ddof=1),
        }  # fmt: skip
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=[*_STATUS, "mean", "median", "std"]
    ).rename_axis("indicator")


def real_time_turning_points(
    vintages: Mapping[Any, pd.Series[Any]] | pd.DataFrame,
    *,
    window: int | None = None,
    method: Dating = "bbq",
    rule: CycleRule | None = None,
) -> pd.DataFrame:
    """What each turning point looked like when it was new.

    ``vintages``: the series as known on each day (a mapping, or a frame with one column a vintage), in any
    order of days. A turn of one vintage is the same as the nearest one of its kind in the newest vintage
    within ``window`` periods (default a year); turns that the newest vintage does not have are listed, too.

    Rows in order of time: ``period`` (in the newest vintage; None if withdrawn), ``kind``, ``status``
    (confirmed, withdrawn), ``first_vintage`` (the first that dates it), ``first_period`` (where it placed
    it), ``delay`` (periods from the turn, as placed then, to the last one known in that vintage),
    ``moves`` (pairs (vintage, period), one for each change of place), ``missing_in`` (later vintages that
    do not date it).
    """
    days = sorted(vintages)
    if not days:
        raise IndexInputError("there is no vintage")
    runs = {day: run_of(vintages[day]) for day in days}
    places = _Places(runs[days[-1]][0].append([run[0] for run in runs.values()]).unique())
    reach = window if window is not None else places.per_year
    found = {day: _marks(turning_points(vintages[day], method=method, rule=rule), places) for day in days}
    known: list[_History] = [_History(turn, {days[-1]: turn}, True) for turn in found[days[-1]]]
    for day in reversed(days[:-1]):
        for history, turn in _assigned(known, found[day], reach):
            if history is None:
                known.append(_History(turn, {day: turn}, False))
            else:
                history.seen[day] = turn
    ends = {day: places.of(run[0][-1]) for day, run in runs.items()}
    rows = [history.row(days, ends) for history in sorted(known, key=lambda item: item.turn.place)]
    columns = ["period", "kind", "status", "first_vintage", "first_period", "delay", "moves", "missing_in"]
    return pd.DataFrame(rows, columns=columns)


# ---------------------------------------------------------------------------------------- comparing

_STATUS = ("matched", "missed", "extra", "open")


@dataclass(frozen=True)
class _Mark:
    """A turning point as a whole number on the line of time, and its label."""

    place: int
    kind: str
    period: Any


@dataclass
class _History:
    """One turning point through the vintages; ``seen``: as dated in each, newest first."""

    turn: _Mark
    seen: dict[Any, _Mark]
    confirmed: bool

    def row(self, days: Sequence[Any], ends: Mapping[Any, int]) -> dict[str, Any]:
        dated = [day for day in days if day in self.seen]
        first = self.seen[dated[0]]
        moves: list[tuple[Any, Any]] = []
        for day in dated:
            if not moves or moves[-1][1] != self.seen[day].period:
                moves.append((day, self.seen[day].period))
        return {
            "period": self.turn.period if self.confirmed else None,
            "kind": self.turn.kind,
            "status": "confirmed" if self.confirmed else "withdrawn",
            "first_vintage": dated[0],
            "first_period": first.period,
            "delay": ends[dated[0]] - first.place,
            "moves": tuple(moves),
            "missing_in": tuple(day for day in days if day > dated[0] and day not in self.seen),
        }


class _Places:
    """Periods as whole numbers: by the calendar, or, where labels say nothing, by their position."""

    def __init__(self, index: pd.Index[Any]) -> None:
        found = calendar(index)
        self.per_year = found.per_year if found is not None else 4
        ordered = index[in_time(index)]
        self._positions = None if found is not None else {label: n for n, label in enumerate(ordered)}

    def of(self, label: Any) -> int:
        if self._positions is None:
            return place(label, self.per_year)
        if label not in self._positions:
            raise IndexInputError(f"{label!r} is not a period of the indicators")
        return self._positions[label]


def _marks(table: pd.DataFrame, places: _Places) -> list[_Mark]:
    for column in ("period", "kind"):
        if column not in table:
            raise IndexInputError(f"a table of turning points has a column {column!r}")
    marks = [
        _Mark(places.of(period), str(kind), period)
        for period, kind in zip(table["period"], table["kind"], strict=True)
    ]
    for mark in marks:
        if mark.kind not in ("peak", "trough"):
            raise IndexInputError(
                f"{mark.period}: a turning point is a 'peak' or a 'trough', not {mark.kind!r}"
            )
    return sorted(marks, key=lambda mark: (mark.place, mark.kind))


def _pairs(own: Sequence[_Mark], marks: Sequence[_Mark], reach: int) -> dict[int, int]:
    """Which mark each own turn belongs to: nearest pairs of one kind first, each used once."""
    near = sorted(
        (abs(one.place - other.place), m, n)
        for n, one in enumerate(own)
        for m, other in enumerate(marks)
        if one.kind == other.kind and abs(one.place - other.place) <= reach
    )
    result: dict[int, int] = {}
    for _, mark, turn in near:
        if turn not in result and mark not in result.values():
            result[turn] = mark
    return result


def _compared(
    own: Sequence[_Mark], marks: Sequence[_Mark], span: tuple[int, int], end: int, reach: int
) -> list[dict[str, Any]]:
    pairs = _pairs(own, marks, reach)
    of_mark = {mark: turn for turn, mark in pairs.items()}
    rows: list[tuple[int, dict[str, Any]]] = []
    for number, mark in enumerate(marks):
        turn = of_mark.get(number)
        if turn is None and not span[0] <= mark.place <= span[1]:
            continue
        rows.append((mark.place, {
            "kind": mark.kind,
            "reference_period": mark.period,
            "period": None if turn is None else own[turn].period,
            "lead": None if turn is None else mark.place - own[turn].place,
            "status": "missed" if turn is None else "matched",
        }))  # fmt: skip
    for number, one in enumerate(own):
        if number not in pairs:
            status = "open" if one.place > end - reach else "extra"
            rows.append((one.place, {
                "kind": one.kind, "reference_period": None, "period": one.period, "lead": None,
                "status": status,
            }))  # fmt: skip
    return [row for _, row in sorted(rows, key=lambda item: item[0])]


def _assigned(
    known: Sequence[_History], turns: Sequence[_Mark], reach: int
) -> list[tuple[_History | None, _Mark]]:
    pairs = _pairs(turns, [history.turn for history in known], reach)
    return [(known[pairs[n]] if n in pairs else None, turn) for n, turn in enumerate(turns)]


# ------------------------------------------------------------------------------------------- series


def run_of(series: pd.Series[Any]) -> tuple[pd.Index[Any], Floats]:
    """Labels and values in order of time, without the missing values at both ends.

    Raises IndexInputError for what ``turning_points`` refuses, and where no value is left.
    """
    values = check_series(series)
    order = in_time(series.index)
    values, index = values[order], series.index[order]
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        raise IndexInputError("the series has no value")
    index, values = index[known[0] : known[-1] + 1], values[known[0] : known[-1] + 1]
    if np.isnan(values).any():
        raise IndexInputError(f"{index[np.isnan(values)][0]}: cycles cannot be dated across a missing value")
    found = calendar(index)
    if found is not None and (np.diff(found.ordinals) != 1).any():
        before = index[int(np.flatnonzero(np.diff(found.ordinals) != 1)[0])]
        raise IndexInputError(f"the period after {before} is missing: cycles cannot be dated across it")
    return index, values


def _table(index: pd.Index[Any], values: Floats, turns: Sequence[TurningPoint]) -> pd.DataFrame:
    rows = [(index[turn.position], turn.kind, float(values[turn.position])) for turn in turns]
    return pd.DataFrame(rows, columns=COLUMNS)
