"""Turning points of a result's indices and indicators, their leads, and how they looked when they were new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import pandas as pd

from prosperity.index.analysis_model import Lead, RealTimeTurn, Turn
from prosperity.index.composite import REFERENCE
from prosperity.index.model import IndexInputError, IndexResult
from prosperity.index.panels import Panels, growth_of, index_of, known
from prosperity.index.turning import lead_lag, lead_lag_summary, real_time_turning_points, turning_points

CYCLES = ("level", "growth")  #: of the series itself, and of its growth on the year before


def dating(
    panels: Panels, groups: Iterable[str], notes: list[str]
) -> tuple[tuple[Turn, ...], tuple[Lead, ...]]:
    """Turning points of every index and indicator, and their leads against the coincident index.

    Twice: of the series themselves (``level``) and of their growth on the year before (``growth``), since an index
    that nearly always rises has few turns of its level. A rate has no level to date.
    """
    chosen = list(groups)
    turns: list[Turn] = []
    leads: list[Lead] = []
    for cycle in CYCLES:
        every = _dated(panels, cycle)
        reference = every.get(REFERENCE)
        dated = {name: series for name, series in every.items() if _shown(panels, name, chosen)}
        for name, series in dated.items():
            try:
                found = turning_points(series).to_dict("records")
            except IndexInputError as error:
                notes.append(f"{name}, {cycle}: {error}")
                continue
            turns += [
                Turn(cycle, name, str(row["kind"]), str(row["period"]), float(row["level"])) for row in found
            ]
            if reference is not None and name != REFERENCE:
                leads.append(_lead(cycle, name, series, reference))
    return tuple(turns), tuple(leads)


def _dated(panels: Panels, cycle: str) -> dict[str, pd.Series[float]]:
    """Indices by group, then indicators by series; without those of which nothing is known."""
    if cycle == "growth":
        found = {name: growth_of(index) for name, index in panels.indices.items()}
        found |= {str(name): panels.growth[name] for name in panels.growth}
    else:
        found = dict(panels.indices)
        for frame in panels.frames.values():
            found |= {str(name): frame[name] for name in frame if panels.changes[str(name)] == "symmetric"}
    return {name: series for name, series in found.items() if series.notna().any()}


def _shown(panels: Panels, name: str, groups: list[str]) -> bool:
    member = panels.members.get(name)
    return (member.group if member else name) in groups


def _lead(cycle: str, name: str, series: pd.Series[float], reference: pd.Series[float]) -> Lead:
    rows = series.index.union(reference.index)
    table = lead_lag(series.reindex(rows).to_frame(name), reference)
    if table.empty:
        return Lead(cycle, name, 0, 0, 0, 0, None, None)
    row = lead_lag_summary(table).to_dict("index")[name]
    counts = {status: int(row[status]) for status in ("matched", "missed", "extra", "open")}
    return Lead(cycle, name, **counts, mean=known(row["mean"]), median=known(row["median"]))


def real_time(
    vintages: Mapping[dt.date, IndexResult], groups: Iterable[str], notes: list[str]
) -> tuple[RealTimeTurn, ...]:
    """What each turning point of the indices looked like from vintage to vintage."""
    rows: list[RealTimeTurn] = []
    for group in groups:
        levels = {day: index_of(result, group) for day, result in vintages.items()}
        for cycle in CYCLES:
            seen = {day: level if cycle == "level" else growth_of(level) for day, level in levels.items()}
            seen = {day: series for day, series in seen.items() if series.notna().any()}
            try:
                table = real_time_turning_points(seen).to_dict("records") if seen else []
            except IndexInputError as error:
                notes.append(f"{group}, {cycle} in real time: {error}")
                continue
            rows += [_seen(cycle, group, row) for row in table]
    return tuple(rows)


def _seen(cycle: str, group: str, row: Mapping[Hashable, Any]) -> RealTimeTurn:
    return RealTimeTurn(
        cycle,
        group,
        row["kind"],
        row["period"] if row["status"] == "confirmed" else None,
        row["status"],
        row["first_vintage"],
        row["first_period"],
        int(row["delay"]),
        row["moves"],
        row["missing_in"],
    )
