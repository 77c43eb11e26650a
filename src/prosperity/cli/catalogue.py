"""What the catalogue holds and where collecting stands: sources, series, status."""

from __future__ import annotations

from collections.abc import Sequence

import click

from prosperity import console
from prosperity.cli.options import (
    chosen_sources,
    emit,
    json_option,
    live_option,
    sample_publishers,
    workspace,
)
from prosperity.workflow import status as calendar
from prosperity.workflow.workspace import Workspace


@click.command()
@click.option("--themes", is_flag=True, help="The themes of the yearly report with their sources.")
@live_option
@json_option
def sources(themes: bool, live: bool, as_json: bool) -> None:
    """The sources of the catalogue with what the warehouse holds of each; or the themes they serve."""
    space = workspace(live)
    if themes:
        _show_themes(space, as_json)
        return
    counts = space.warehouse.counts()
    rows = [
        {
            "id": source.id,
            "publisher": source.publisher.en,
            "title": source.title.zh,
            "theme": source.theme,
            "cadence": source.cadence,
            "first_year": source.first_year,
            **console.counted(counts.get(source.id)),
        }
        for source in space.catalogue.sources.values()
    ]
    emit(as_json, rows, lambda: console.rows(rows, title="Sources"))


def _show_themes(space: Workspace, as_json: bool) -> None:
    from prosperity.catalogue.themes import load_themes, served, unassigned

    known = load_themes()
    found = served(space.catalogue, known)
    rows = [
        {
            "theme": entry.theme.id,
            "zh": entry.theme.name.zh,
            "en": entry.theme.name.en,
            "series": sum(entry.sources.values()),
            "sources": list(entry.sources),
            "text_only": {name: text.en for name, text in entry.texts.items()},
            "gap": entry.gap,
        }
        for entry in found
    ]
    emit(
        as_json,
        rows,
        lambda: console.rows(
            [
                {
                    **row,
                    "sources": ", ".join(name for name in entry.sources if name not in entry.texts),
                    "text_only": "; ".join(f"{name}: {text.en}" for name, text in entry.texts.items()),
                }
                for row, entry in zip(rows, found, strict=True)
            ],
            title="Themes of the yearly report",
        ),
    )
    for word in unassigned(space.catalogue, known):
        click.echo(f"theme {word!r} stands in sources or series and belongs to none of these", err=True)


@click.command()
@click.argument("source_id", metavar="SOURCE")
@live_option
@json_option
def doctor(source_id: str, live: bool, as_json: bool) -> None:
    """Ask SOURCE for one list page and one document, and say what is no longer as the catalogue has it."""
    from prosperity.workflow.doctor import examine

    space = workspace(live)
    [name] = chosen_sources(space, [source_id])
    with sample_publishers(space):
        found = [vars(finding) for finding in examine(space, space.source(name))]
    emit(as_json, found, lambda: console.rows(found, title=f"{name}: nothing was archived or loaded"))
    if not all(finding["ok"] for finding in found):
        raise SystemExit(1)


@click.command()
@click.option(
    "--derived",
    "derived_id",
    is_flag=False,
    flag_value="",
    metavar="[ID]",
    help="Derived series: all with inputs and formula, or the values of one.",
)
@live_option
@json_option
def series(derived_id: str | None, live: bool, as_json: bool) -> None:
    """The series of the catalogue, with their versions; or the derived ones."""
    space = workspace(live)
    if derived_id:
        _derived_values(space, derived_id, as_json)
        return
    if derived_id is not None:
        rows = console.derived_rows(space.catalogue)
        emit(as_json, rows, lambda: console.rows(rows, title="Derived series"))
        return
    rows = console.series_rows(space.catalogue)
    short = [{**row, "versions": len(row["versions"])} for row in rows]
    emit(as_json, rows, lambda: console.rows(short, title="Series"))


def _derived_values(space: Workspace, derived_id: str, as_json: bool) -> None:
    from prosperity.workflow.derived import UnknownDerived, derived_series

    try:
        found = derived_series(space, derived_id)
    except UnknownDerived as fault:
        raise click.UsageError(str(fault)) from None
    rows = [console.derived_row(point) for point in found]
    emit(as_json, rows, lambda: console.rows(rows, title=derived_id))


@click.command()
@live_option
@json_option
def status(live: bool, as_json: bool) -> None:
    """What is collected, what is due and what is overdue, by the instance's own today."""
    found = list(calendar.grid(workspace(live)))
    emit(as_json, [calendar.row(entry) for entry in found], lambda: _show(found))


def _show(found: Sequence[calendar.YearStatus]) -> None:
    """The grid of sources and periods with its legend, and below it what needs a look."""
    console.rows(
        [
            {
                "source": status.source,
                "year": status.year,
                "periods": status.marks,
                "last collected": (status.last or {}).get("finished", "never")[:16].replace("T", " "),
                "next": next((c.sentence for c in status.cells if c.state == "not_out_yet"), ""),
            }
            for status in found
        ],
        title="Release calendar",
    )
    console.say("  ".join(f"{mark} {name}" for mark, name in calendar.MARKS.values()))
    for status in found:
        for line in calendar.problems(status):
            console.say(f"  {status.source} {status.year}: {line}")
