"""Why the index as known on past days differs from that of today, for many days at once.

The index between two steps depends on material and season alone, so that what several days share is computed once, and
what a former build computed is read from the cache (by hash of all that it rests on).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import prosperity
from prosperity.index.indicators import data_hash, known_points
from prosperity.workflow.indexing import Material, index_series, material
from prosperity.workflow.vintages import RunError, splits_of
from prosperity.workflow.workspace import Workspace

#: By group and quarter, the parts of the difference by step.
Parts = dict[tuple[str, str], dict[str, float]]


def vintage_splits(space: Workspace, days: Iterable[dt.date]) -> dict[dt.date, Parts]:
    """For each day the split of the difference to today; a day on which nothing can be computed is left out."""
    today = space.settings.today
    found: dict[dt.date, Parts] = {}
    for day in days:
        used = {name for own in (day, today) for name in index_series(space.catalogue.index_of(own)[0])}
        old, new = (material(space, own, also=used) for own in (day, today))
        kept = space.settings.cache / "splits" / f"{_identity(old, new, day, today)}.json"
        parts = _read(kept)
        if parts is None:
            try:
                parts = _split(space, old, new)
            except RunError:
                continue
            _write(kept, parts)
        found[day] = parts
    return found


def _split(space: Workspace, old: Material, new: Material) -> Parts:
    groups = [name for name in old.spec.groups if name in new.spec.groups]
    found: Parts = {}
    for group, split in splits_of(space, old, new, groups).items():
        for quarter in split.parts.index:
            row = split.parts.loc[quarter].astype(float).to_dict()
            if not any(math.isnan(part) for part in row.values()):
                found[group, str(quarter)] = {
                    str(name): part for name, part in row.items() if name != "total"
                }
    return found


def _identity(old: Material, new: Material, day: dt.date, today: dt.date) -> str:
    """Of all that a split rests on."""
    sides = [
        (found.spec.spec_hash, data_hash(known_points(found.points, found.spec, own)))
        for found, own in ((old, day), (new, today))
    ]
    return hashlib.sha256(repr((sides, prosperity.__version__)).encode()).hexdigest()[:24]


def _read(path: Path) -> Parts | None:
    """What a former build kept; None where there is nothing, or it is damaged."""
    try:
        rows = json.loads(path.read_bytes())
        return {(str(group), str(quarter)): dict(parts) for group, quarter, parts in rows}
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, parts: Mapping[tuple[str, str], Mapping[str, float]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".incoming")
    temporary.write_text(json.dumps([[*key, own] for key, own in parts.items()]))
    temporary.replace(path)
