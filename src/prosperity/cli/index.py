"""The index: compute it, explain a point of it, show the evidence of a figure."""

from __future__ import annotations

from typing import Any

import click

from prosperity import console
from prosperity.cli.options import emit, json_option, live_option, workspace


@click.command()
@click.argument("period")
@click.option(
    "--index", "group", type=click.Choice(["leading", "coincident", "lagging"]), default="coincident"
)
@live_option
@json_option
def explain(period: str, group: str, live: bool, as_json: bool) -> None:
    """Where an index point comes from: contributions, steps, and the cell or sentence of every figure."""
    from prosperity.workflow import explain as explaining

    try:
        found = explaining.explain(workspace(live), period, group)
    except ValueError as fault:
        raise click.ClickException(str(fault)) from None
    emit(as_json, found.as_dict(), lambda: console.explanation(found.as_dict()))


@click.command()
@click.argument("series_id")
@click.argument("period")
@live_option
@json_option
def evidence(series_id: str, period: str, live: bool, as_json: bool) -> None:
    """Every reading of one figure with the place it was read from, and its evidence page."""
    from prosperity.workflow import explain as explaining
    from prosperity.workflow.reporting import evidence_page

    space = workspace(live)
    try:
        readings = explaining.series_provenance(space, series_id, period)
    except ValueError as fault:
        raise click.ClickException(str(fault)) from None
    rows = []
    for found in readings:
        value = found.reading.value
        entry = explaining.observation(
            space, series_id, period, found.evidence.id, float(value) if value is not None else None
        )
        entry["page"] = str(evidence_page(space, found.evidence.id))
        rows.append(entry)
    emit(as_json, rows, lambda: console.evidence(rows))


@click.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was published by that day.")
@live_option
@json_option
def index(as_of: Any, live: bool, as_json: bool) -> None:
    """Compute the index from the warehouse and keep the run."""
    from prosperity.workflow.indexing import compute_index, estimated_inputs

    space = workspace(live)
    computed = compute_index(space, as_of.date() if as_of else None)
    unsure = estimated_inputs(space, computed.result)
    rows = [
        {**console.index_row(point), "estimated_dates": unsure[point.group, point.period]}
        for point in computed.result.points
    ]
    emit(
        as_json,
        {"run": computed.run, "as_of": computed.result.as_of, "points": rows},
        lambda: console.rows(rows, title=f"Index, run {computed.run}"),
    )
