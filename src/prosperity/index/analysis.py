"""What stands beside an index result: other methods, turning points, which indicator leads, lights, uncertainty.

What belongs here: bringing a result into the frames that the methods of this package take, and their answers
into rows. What does not: the methods themselves, and vintages (handed in by whoever can look back).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from prosperity.catalogue.lights import Lights
from prosperity.catalogue.model import IndexSpec
from prosperity.index.analysis_model import (
    Analysis,
    Band,
    ChoiceShare,
    Constant,
    Dropped,
    LightQuarter,
    MethodPoint,
    Verdict,
    WeightRow,
)
from prosperity.index.classification import classify
from prosperity.index.composite import REFERENCE, decompose
from prosperity.index.conference import Entry, conference_board_indices
from prosperity.index.dating import dating, real_time
from prosperity.index.diffusion import diffusion_index
from prosperity.index.frames import Floats
from prosperity.index.lights import Thresholds, warning_light_index
from prosperity.index.model import IndexInputError, IndexResult
from prosperity.index.panels import Panels, growth_of, known
from prosperity.index.uncertainty import CHOICES, monte_carlo, sobol_shares
from prosperity.index.weighting import Weighting, weights_by

METHODS = ("chinese", "conference_board", "diffusion")
WEIGHTINGS: tuple[Weighting, ...] = ("expert", "equal", "entropy", "critic", "pca")
#: Longest lag, in quarters: K-L information falls with the number of pairs, so that longer lags win by being short of
#: figures.
MAX_LAG = 4
MINIMUM_PAIRS = 12  #: quarters that a correlation rests on, three years
DRAWS = 1000
Found = TypeVar("Found")


def analyse(
    result: IndexResult,
    spec: IndexSpec,
    lights: Lights,
    *,
    groups: Iterable[str] | None = None,
    vintages: Mapping[dt.date, IndexResult] | None = None,
    draws: int = DRAWS,
) -> Analysis:
    """Everything that stands beside a result, for all of its groups or those named.

    ``vintages``: results as of past days, for the table of what turning points looked like in real time.
    """
    panels = Panels.of(result, spec)
    chosen = [name for name in panels.frames if groups is None or name in set(groups)]
    notes: list[str] = []

    def attempt(what: str, function: Callable[[], tuple[Found, ...]]) -> tuple[Found, ...]:
        try:
            return function()
        except IndexInputError as error:
            notes.append(f"{what}: {error}")
            return ()

    turns, leads = dating(panels, chosen, notes)
    weights, weighted = weight_rows(panels, chosen, notes)
    return Analysis(
        as_of=result.as_of,
        spec_version=result.spec_version,
        spec_hash=result.spec_hash,
        lights_version=lights.version,
        constants=constants(panels, chosen),
        methods=method_points(panels, chosen, notes),
        turns=turns,
        leads=leads,
        real_time=real_time(vintages or {}, chosen, notes),
        vintages=tuple(sorted(vintages or {})),
        verdicts=attempt("classification", lambda: verdicts(panels, chosen)),
        lights=attempt("warning lights", lambda: light_quarters(panels, lights, chosen, notes)),
        weights=weights,
        weighted=weighted,
        bands=tuple(
            band
            for name in chosen
            for any_trend in (False, True)
            for band in attempt(f"{name}, band", partial(bands, panels, name, any_trend, draws))
        ),
        dropped=tuple(
            row for name in chosen for row in attempt(f"{name}, one dropped", partial(dropped, panels, name))
        ),
        shares=attempt("shares of the choices", partial(shares, panels, draws)) if chosen else (),
        notes=tuple(dict.fromkeys(notes)),
    )


# ------------------------------------------------------------------------------------------- methods


def constants(panels: Panels, groups: Iterable[str]) -> tuple[Constant, ...]:
    """The mean absolute changes that standardise the indicators, and the scales of the groups."""
    rows: list[Constant] = []
    for group in groups:
        parts = {name: panels.frames[name] for name in dict.fromkeys((group, panels.reference or group))}
        changes = panels.changes_in(group) | panels.changes_in(panels.reference or group)
        weights = {name: panels.weights[name] for name in parts}
        found = decompose(parts, weights=weights, changes=changes, reference=panels.reference or group)[group]
        rows += [
            Constant(group, str(name), float(size), int(found.change[name].notna().sum()), found.scale)
            for name, size in zip(found.mean_change.index, found.mean_change, strict=True)
        ]
    return tuple(rows)


def method_points(panels: Panels, groups: Iterable[str], notes: list[str]) -> tuple[MethodPoint, ...]:
    """The groups by the Chinese method, the Conference Board's, and as diffusion indices."""
    if not panels.frames:
        return ()
    found: dict[str, pd.DataFrame] = {}
    for method, function in (
        ("chinese", _chinese),
        ("conference_board", _conference_board),
        ("diffusion", _diffusion),
    ):
        try:
            found[method] = function(panels)
        except IndexInputError as error:
            notes.append(f"{method}: {error}")
    return tuple(
        MethodPoint(
            group,
            str(quarter),
            *(known(found[method].at[quarter, group]) if method in found else None for method in METHODS),
        )
        for group in groups
        for quarter in panels.frames[group].index
    )


def _chinese(panels: Panels) -> pd.DataFrame:
    return pd.DataFrame(panels.indices)


def _conference_board(panels: Panels) -> pd.DataFrame:
    entries: dict[str, Entry] = {}
    for name in panels.frames:
        entries |= panels.changes_in(name)
    return conference_board_indices(panels.frames, changes=entries, reference=panels.reference or None)


def _diffusion(panels: Panels) -> pd.DataFrame:
    columns = {
        name: diffusion_index(frame, weights=panels.weights[name], changes=panels.changes_in(name))
        for name, frame in panels.frames.items()
    }
    return pd.DataFrame(columns)


# ------------------------------------------------------------------------------------ classification


def verdicts(panels: Panels, groups: Iterable[str]) -> tuple[Verdict, ...]:
    """Growth of every indicator against that of the coincident index, both as 100 + percent on the year before.

    A member of the coincident group is thereby held against an index that it is part of: a weak test for it.
    """
    if REFERENCE not in panels.indices:
        return ()
    chosen = set(groups)
    names = [name for name, member in panels.members.items() if member.group in chosen]
    frame = 100 + panels.growth[names].dropna(axis=1, how="all")
    if frame.empty:
        return ()
    reference = 100 + growth_of(panels.indices[REFERENCE])
    found = classify(frame, reference, max_lag=MAX_LAG, minimum=MINIMUM_PAIRS)
    pairs = found.observations.to_dict("index")
    return tuple(
        verdict_of(str(name), panels.members[str(name)].group, row, pairs[name])
        for name, row in found.verdicts.to_dict("index").items()
    )


def verdict_of(series: str, group: str, row: Mapping[Any, Any], pairs: Mapping[Any, Any]) -> Verdict:
    """A greatest correlation that is not above zero decides nothing."""
    correlation, lag, other = (
        known(row[name]) for name in ("correlation", "lag_correlation", "lag_information")
    )
    above = correlation is not None and correlation > 0
    by_correlation = str(row["by_correlation"]) if above else "undecided"
    by_information = str(row["by_information"])
    return Verdict(
        series,
        group,
        by_correlation,
        None if lag is None else int(lag),
        correlation,
        int(pairs[0 if lag is None else int(lag)]),
        by_information,
        None if other is None else int(other),
        by_correlation == by_information == group,
    )


# -------------------------------------------------------------------------------------------- lights


def light_quarters(
    panels: Panels, lights: Lights, groups: Iterable[str], notes: list[str]
) -> tuple[LightQuarter, ...]:
    """The lights of all quarters in which enough of the weight has one."""
    chosen = set(groups)
    members = {name: member for name, member in panels.members.items() if member.group in chosen}
    without = [name for name in members if name not in lights.bounds]
    if without:
        notes.append(f"warning lights: thresholds {lights.version} have no bounds for {', '.join(without)}")
    names = [name for name in members if name in lights.bounds and panels.growth[name].notna().any()]
    if not names:
        return ()
    found = warning_light_index(
        panels.growth[names],
        Thresholds(lights.version, lights.bounds, frozenset(lights.falling), lights.note.en),
        weights={name: members[name].weight for name in names},
    )
    marks = found.scores.to_dict("index")
    return tuple(
        LightQuarter(
            str(quarter),
            float(index),
            str(found.light[quarter]),
            float(found.share[quarter]),
            {name: _score(marks[quarter][name]) for name in names},
        )
        for quarter, index in zip(found.index.index, found.index, strict=True)
        if not math.isnan(index)
    )


def _score(mark: float) -> int | None:
    return None if math.isnan(mark) else int(mark)


# ----------------------------------------------------------------------------- weights and uncertainty


def weight_rows(
    panels: Panels, groups: Iterable[str], notes: list[str]
) -> tuple[tuple[WeightRow, ...], dict[str, dict[str, float]]]:
    """Weights by every method, from the changes that enter the index; and the last value of the index under each."""
    rows: list[WeightRow] = []
    last: dict[str, dict[str, float]] = {}
    for group in groups:
        frame = panels.frames[group]
        moved = decompose({group: frame}, changes=panels.changes_in(group), reference=group)[group].change
        by_method: dict[str, dict[str, float]] = {}
        for method in WEIGHTINGS:
            try:
                found = weights_by(moved.iloc[1:], method, expert=panels.weights[group])
                by_method[method] = {str(name): float(weight) for name, weight in found.items()}
                index = panels.indices_with(group, weights=by_method[method])
            except IndexInputError as error:
                notes.append(f"{group}, {method} weights: {error}")
                continue
            last.setdefault(group, {})[method] = float(index.iloc[-1])
        rows += [
            WeightRow(group, str(name), {method: found[str(name)] for method, found in by_method.items()})
            for name in frame
        ]
    return tuple(rows), last


def bands(panels: Panels, group: str, any_trend: bool, draws: int) -> tuple[Band, ...]:
    """Bands over weights, normalisation and one indicator dropped; with ``any_trend`` over the trend step, too.

    A group that is scaled to the coincident one keeps the scale F of the specification in all draws, and has no band
    over trend steps.
    """
    scaled = bool(panels.reference) and group != panels.reference
    if scaled and any_trend:
        return ()
    if scaled and panels.spec.trend != "none":
        raise IndexInputError("no band for a group that is scaled to another and has a trend step")
    found = monte_carlo(
        panels.frames[group],
        draws=draws,
        weights=panels.weights[group],
        changes=panels.changes_in(group),
        trends=None if any_trend else [panels.spec.trend],
    )
    paths = np.column_stack([found.draws, found.bands["baseline"].dropna()])
    if scaled:
        paths = _scaled(paths, constants(panels, [group])[0].scale)
    quarters = found.bands.index[found.bands["baseline"].notna()]
    low, middle, high = np.quantile(paths[:, :-1], (0.05, 0.5, 0.95), axis=1)
    return tuple(
        Band(group, str(quarter), float(five), float(half), float(most), float(own), any_trend)
        for quarter, five, half, most, own in zip(quarters, low, middle, high, paths[:, -1], strict=True)
    )


def _scaled(paths: Floats, scale: float) -> Floats:
    """Paths of F = 1 with their symmetric changes divided by the scale, chained from 100 again."""
    change = 200 * (paths[1:] - paths[:-1]) / (paths[1:] + paths[:-1]) / scale
    steps = np.vstack([np.full(paths.shape[1], 100.0), (200 + change) / (200 - change)])
    return np.asarray(np.cumprod(steps, axis=0))


def dropped(panels: Panels, group: str) -> tuple[Dropped, ...]:
    """The index of a group without each of its indicators in turn, as ``uncertainty.drop_one``, scaled anew."""
    frame, whole = panels.frames[group], panels.indices[group]
    if frame.shape[1] < 2:
        return ()
    rows = []
    for name in frame:
        index = panels.indices_with(group, frame.drop(columns=[name]))
        left = index.dropna()
        apart = (left - whole).dropna()
        rows.append(
            Dropped(
                group,
                str(name),
                float(left.iloc[-1]),
                known(apart.iloc[-1]),
                known(apart.abs().max()),
                known(index.diff().corr(whole.diff())),
            )
        )
    return tuple(rows)


def shares(panels: Panels, draws: int) -> tuple[ChoiceShare, ...]:
    """Sobol shares of the choices in the last quarter of the group that sets the scale."""
    group = panels.reference or next(iter(panels.frames))
    found = sobol_shares(
        panels.frames[group],
        draws=max(draws, 2),
        weights=panels.weights[group],
        changes=panels.changes_in(group),
    ).iloc[-1]
    return tuple(
        ChoiceShare(group, choice, known(found[choice, "first"]), known(found[choice, "total"]))
        for choice in CHOICES
    )
