"""Beside the index: methods, turning points, lights, uncertainty, from the warehouse and from past vintages.

What belongs here: getting results and vintages. What does not: the analysis itself (``prosperity.index.analysis``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import pandas as pd

from prosperity.index.analysis import analyse, method_points
from prosperity.index.analysis_model import Analysis
from prosperity.index.model import IndexResult
from prosperity.index.panels import Panels
from prosperity.workflow.indexing import index_result
from prosperity.workflow.vintages import VINTAGES, vintage_days, vintages
from prosperity.workflow.workspace import Workspace

#: Quarters an index needs before its turning points are looked for in real time, and for which it is watched after.
EARLIEST, WATCHED = 8, 6


def analyse_index(
    space: Workspace,
    as_of: dt.date | None = None,
    *,
    groups: Collection[str] | None = None,
    first: dt.date | None = None,
    last: dt.date | None = None,
    result: IndexResult | None = None,
) -> Analysis:
    """Everything beside the index as of a day (default: the instance's today).

    ``first``, ``last``: days between which the index is computed as of each quarter's end, for the table of turning
    points in real time; default: from two years after the first quarter until a year and a half after the last one.
    ``result``: the result of that day where it is known already. :raises RunError: for too many vintages.
    """
    day = as_of or space.settings.today
    found = result or index_result(space, day)
    spec = space.catalogue.index_of(day)[0]
    start, end = _span(found, day)
    days = vintage_days(first or start, last or end) if start and end else []
    return analyse(
        found,
        spec,
        space.catalogue.lights,
        groups=groups,
        # The last vintage is the result itself, so that what is dated now is what it dates.
        vintages=vintages(space, [past for past in days if past < day]) | ({day: found} if days else {}),
    )


def vintages_of(space: Workspace, result: IndexResult) -> list[dt.date]:
    """The ends of quarters on which ``analyse_index`` looks back by default; none where nothing can be computed."""
    first, last = _span(result, space.settings.today)
    return vintage_days(first, last) if first and last else []


def methods_side_by_side(
    space: Workspace, as_of: dt.date | None = None
) -> tuple[list[dict[str, object]], list[str]]:
    """The index by the Chinese method, the Conference Board's and as a diffusion index; and what could not be had."""
    day = as_of or space.settings.today
    result = index_result(space, day)
    panels = Panels.of(result, space.catalogue.index_of(day)[0])
    notes: list[str] = []
    return [vars(point) for point in method_points(panels, panels.frames, notes)], notes


def _span(result: IndexResult, day: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """From when until when turning points could be seen as new; of a long index the newest vintages."""
    quarters = sorted(point.period for point in result.points if point.value is not None)
    if not quarters:
        return None, None
    first = (pd.Period(quarters[0].replace("-", "")) + EARLIEST).end_time.date()
    last = min((pd.Period(quarters[-1].replace("-", "")) + WATCHED).end_time.date(), day)
    oldest = (pd.Period(last, "Q") - (VINTAGES - 2)).end_time.date()
    return min(max(first, oldest), last), last
