"""The index: compute it, explain a point of it, show the evidence of a figure."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from prosperity import console
from prosperity.cli.options import emit, json_option, live_option, workspace

DAY = click.DateTime(["%Y-%m-%d"])
GROUP = click.Choice(["leading", "coincident", "lagging"])


@click.command()
@click.argument("period")
@click.option("--index", "group", type=GROUP, default="coincident")
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


@click.group(invoke_without_command=True)
@click.option("--as-of", type=DAY, help="Use only what was published by that day.")
@click.option("--methods", is_flag=True, help="Other methods on the same data, side by side; no run is kept.")
@live_option
@json_option
@click.pass_context
def index(context: click.Context, as_of: Any, methods: bool, live: bool, as_json: bool) -> None:
    """Compute the index from the warehouse and keep the run; or one of the commands below."""
    if context.invoked_subcommand is not None:
        if as_of or methods or live or as_json:
            raise click.UsageError(f"options belong behind {context.invoked_subcommand}")
        return
    from prosperity.workflow.indexing import compute_index, estimated_inputs

    space = workspace(live)
    if methods:
        _methods(space, as_of.date() if as_of else None, as_json)
        return
    computed = compute_index(space, as_of.date() if as_of else None)
    unsure = estimated_inputs(space, computed.result)
    rows = [
        {**console.index_row(point), "estimated_dates": unsure[point.group, point.period]}
        for point in computed.result.points
    ]

    def show() -> None:
        console.rows(rows, title=f"Index, run {computed.run}, as of {computed.result.as_of}")
        console.say(computed.composition)

    emit(
        as_json,
        {
            "run": computed.run,
            "as_of": computed.result.as_of,
            "composition": computed.composition,
            "points": rows,
        },
        show,
    )


def _methods(space: Any, as_of: Any, as_json: bool) -> None:
    from prosperity.workflow.analysis import methods_side_by_side

    rows, notes = methods_side_by_side(space, as_of)

    def show() -> None:
        console.rows(rows, title="By method (diffusion: 50 is the turning line)")
        for note in notes:
            console.say(note)

    emit(as_json, {"points": rows, "notes": notes}, show)


@index.command()
@live_option
@json_option
def runs(live: bool, as_json: bool) -> None:
    """The runs that are kept, the newest first."""
    rows = [
        {
            "run": run.id, "as_of": run.as_of, "spec_version": run.spec_version, "spec_hash": run.spec_hash,
            "code_version": run.code_version, "computed": run.created_at and f"{run.created_at:%Y-%m-%d %H:%M}",
        }
        for run in workspace(live).warehouse.runs()
    ]  # fmt: skip
    emit(as_json, rows, lambda: console.rows(rows, title="Runs"))


@index.command()
@click.argument("run")
@live_option
@json_option
def reproduce(run: str, live: bool, as_json: bool) -> None:
    """Compute a kept run again and compare it to the last digit; status 1 where it differs."""
    from prosperity.workflow import vintages

    try:
        found = vintages.reproduce(workspace(live), run)
    except vintages.RunError as fault:
        raise click.ClickException(str(fault)) from None
    emit(as_json, asdict(found), lambda: console.reproduction(asdict(found)))
    if not found.exact:
        raise SystemExit(1)


@index.command()
@click.argument("run_ids", metavar="[OLD NEW]", nargs=-1)
@click.option("--from", "first", type=DAY, help="Old day, instead of runs.")
@click.option("--to", "last", type=DAY, help="New day, instead of runs.")
@live_option
@json_option
def compare(run_ids: tuple[str, ...], first: Any, last: Any, live: bool, as_json: bool) -> None:
    """Why the index changed between two runs (or two days): new data, revised data, season, specification."""
    from prosperity.workflow import vintages

    by_days = first is not None and last is not None and not run_ids
    if not by_days and (len(run_ids) != 2 or first or last):
        raise click.UsageError("name two runs (prosperity index runs), or --from and --to")
    space = workspace(live)
    try:
        if by_days:
            found = vintages.compare_days(space, first.date(), last.date())
        else:
            found = vintages.compare_runs(space, *run_ids)
    except vintages.RunError as fault:
        raise click.ClickException(str(fault)) from None
    emit(as_json, asdict(found), lambda: console.run_comparison(asdict(found)))


@index.command()
@click.option("--as-of", type=DAY, help="Use only what was published by that day.")
@click.option("--index", "groups", type=GROUP, multiple=True, help="Only this index; may be repeated.")
@click.option("--from", "first", type=DAY, help="First vintage of the table in real time.")
@click.option("--to", "last", type=DAY, help="Last vintage of the table in real time.")
@live_option
@json_option
def analyse(as_of: Any, groups: tuple[str, ...], first: Any, last: Any, live: bool, as_json: bool) -> None:
    """Beside the index: methods, turning points, leads, real time, classification, lights, weights, uncertainty."""
    from prosperity.workflow.analysis import analyse_index
    from prosperity.workflow.vintages import RunError

    days = [day.date() if day else None for day in (as_of, first, last)]
    try:
        found = analyse_index(workspace(live), days[0], groups=groups or None, first=days[1], last=days[2])
    except RunError as fault:
        raise click.ClickException(str(fault)) from None
    emit(as_json, asdict(found), lambda: console.analysis(asdict(found)))


@index.command()
@click.option(
    "--lang", "language", type=click.Choice(["zh", "en"]), default="en", help="Language of the note."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@click.option("--as-of", type=DAY, help="Use only what was published by that day.")
@live_option
def note(language: Any, out: Path | None, as_of: Any, live: bool) -> None:
    """The method note of the run, in Markdown: indicators, sources, weights, formulas, constants, hashes."""
    from prosperity.publish.export.write import put
    from prosperity.workflow.noting import note_of

    text = note_of(workspace(live), language, as_of.date() if as_of else None).markdown()
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        put(out, text.encode())
    except OSError as fault:
        raise click.ClickException(f"{out} cannot be written: {fault}") from None
    click.echo(out)
