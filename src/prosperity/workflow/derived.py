"""Derived series from the warehouse: computed when asked for, with the evidence of their inputs."""

from __future__ import annotations

import datetime as dt

from prosperity.index.derived import DerivedPoint, derive
from prosperity.workflow.indexing import points
from prosperity.workflow.workspace import Workspace


class UnknownDerived(ValueError):
    """There is no such derived series; the message names those there are."""


def derived_series(space: Workspace, name: str, as_of: dt.date | None = None) -> list[DerivedPoint]:
    """All periods of one derived series from what was known on ``as_of`` (default: the instance's today).

    :raises UnknownDerived: naming the derived series of the catalogue.
    """
    definition = space.catalogue.derived.get(name)
    if definition is None:
        known = ", ".join(sorted(space.catalogue.derived))
        raise UnknownDerived(f"no derived series {name!r}; the catalogue has {known}")
    inputs = sorted(set(definition.inputs.values()))
    versions = {series: space.catalogue.series[series].versions for series in inputs}
    return derive(definition, points(space, as_of or space.settings.today, inputs), versions)
