"""What was refused, and figures checked against each other."""

from __future__ import annotations

import click

from prosperity import console
from prosperity.checks.model import BASES, Basis
from prosperity.cli.options import chosen_sources, emit, json_option, live_option, source_option, workspace


@click.group(invoke_without_command=True)
@source_option
@click.option("--year", type=int, help="Year that the releases report on.")
@click.option("--resolved", is_flag=True, help="Those that are resolved, not the open ones.")
@live_option
@json_option
@click.pass_context
def rejections(
    context: click.Context,
    sources: tuple[str, ...],
    year: int | None,
    resolved: bool,
    live: bool,
    as_json: bool,
) -> None:
    """What was refused, where and why (quarantine)."""
    from prosperity.workflow import quarantine

    context.obj = live
    if context.invoked_subcommand is not None:
        return
    space = workspace(live)
    chosen_sources(space, sources)
    found = quarantine.listing(space, sources, year, resolved)
    rows = [{"number": entry.number} | console.rejection_row(entry.rejection) for entry in found]
    title = "Resolved rejections" if resolved else "Rejections"
    emit(as_json, rows, lambda: console.rows(rows, title=title))


@rejections.command("show")
@click.argument("number")
@json_option
@click.pass_context
def rejections_show(context: click.Context, number: str, as_json: bool) -> None:
    """One rejection with its reason, its place and the files to look at.

    NUMBER is its number in the list of open ones, or at least four characters of its id.
    """
    from prosperity.workflow import quarantine

    try:
        found = quarantine.inspect(workspace(bool(context.obj)), number).as_dict()
    except quarantine.NoSuchRejection as fault:
        raise click.ClickException(str(fault)) from None
    emit(as_json, found, lambda: console.rejection(found))


@click.group()
def check() -> None:
    """Figures checked against each other."""


@check.command("reconcile")
@click.option(
    "--basis",
    type=click.Choice(BASES),
    default=BASES[0],
    show_default=True,
    help="Which vintages of rate and levels are compared: each as first released, as known when both were out, or as known now.",
)
@live_option
@json_option
def check_reconcile(basis: Basis, live: bool, as_json: bool) -> None:
    """Growth rates against the levels beside them, and what else must fit; the results are kept."""
    from prosperity.checks.run import shown
    from prosperity.workflow import checking

    found = checking.reconcile(workspace(live))
    results = shown(found.results, basis)
    summary, worst = checking.summary_rows(results), checking.worst_rows(results)
    material = {
        "basis": basis,
        "saved": vars(found.saved),
        "summary": summary,
        "results": checking.as_rows(results),
    }
    emit(as_json, material, lambda: console.checks(summary, worst, basis))
