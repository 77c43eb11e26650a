"""The command line. Commands that run Dagster join through the entry-point group ``prosperity.commands``.

Exit status: 0 done (rejections allowed), 1 failed, 2 wrong usage. ``--json`` wherever something is printed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click

from prosperity import console
from prosperity.settings import Settings
from prosperity.workflow.workspace import Workspace

live_option = click.option(
    "--live", is_flag=True, help="Real publishers, with their own warehouse and archive."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
source_option = click.option(
    "--source", "sources", multiple=True, metavar="ID", help="Only this source; may be repeated."
)


def years_argument(text: str) -> tuple[int, int]:
    """``2016-2021`` or ``2018`` as (first, last). :raises click.BadParameter: for anything else."""
    first, _, last = text.partition("-")
    try:
        years = int(first), int(last or first)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not a year or a span of years: write 2018 or 2016-2021"
        ) from None
    if not 1990 <= years[0] <= years[1] <= 2100:
        raise click.BadParameter(f"{text!r} is not a sensible span of years")
    return years


class YearsType(click.ParamType[tuple[int, int]]):
    name = "A-B"

    def convert(
        self, value: Any, _param: click.Parameter | None, _context: click.Context | None
    ) -> tuple[int, int]:
        return value if isinstance(value, tuple) else years_argument(str(value))


YEARS = YearsType()


def workspace(live: bool) -> Workspace:
    return Workspace(Settings.from_environment(live=live or None))


def emit(as_json: bool, material: Any, show: Callable[[], None]) -> None:
    """JSON to standard output, or the readable form."""
    if as_json:
        click.echo(json.dumps(material, ensure_ascii=False, indent=2, default=str))
    else:
        show()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="prosperity")
def cli() -> None:
    """Prosperity: from a publisher's page to a prosperity-index point, and back to the cell it was read from."""


@cli.command()
@live_option
@json_option
def sources(live: bool, as_json: bool) -> None:
    """The sources of the catalogue with what the warehouse holds of each."""
    space = workspace(live)
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


@cli.command()
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


@cli.command()
@live_option
@json_option
def status(live: bool, as_json: bool) -> None:
    """What is collected, what is due and what is overdue, by the instance's own today."""
    from prosperity.workflow.status import calendar_rows

    rows = calendar_rows(workspace(live))
    emit(as_json, rows, lambda: console.rows(rows, title="Release calendar"))


@cli.command()
@click.option("--years", type=YEARS, required=True, help="Years the releases report on.")
@source_option
@live_option
@json_option
def collect(years: tuple[int, int], sources: tuple[str, ...], live: bool, as_json: bool) -> None:
    """Find and fetch documents into the archive, without Dagster; nothing is extracted or loaded."""
    from prosperity.workflow.stages import collect_year, years_of

    space = workspace(live)
    found = []
    for source_id in sources or tuple(space.catalogue.sources):
        for year in years_of(_source(space, source_id), *years):
            collection = collect_year(space, source_id, year)
            found.append(console.collection_row(collection))
            if not as_json:
                console.collection(collection)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
    if any(row["failed"] and not row["documents"] for row in found):
        raise SystemExit(1)


def _source(space: Workspace, source_id: str) -> Any:
    try:
        return space.source(source_id)
    except KeyError as fault:
        raise click.UsageError(str(fault.args[0])) from None


@cli.command()
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


@cli.command()
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


@cli.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was published by that day.")
@live_option
@json_option
def index(as_of: Any, live: bool, as_json: bool) -> None:
    """Compute the index from the warehouse and keep the run."""
    from prosperity.workflow.indexing import compute_index

    computed = compute_index(workspace(live), as_of.date() if as_of else None)
    rows = [console.index_row(point) for point in computed.result.points]
    emit(
        as_json,
        {"run": computed.run, "points": rows},
        lambda: console.rows(rows, title=f"Index, run {computed.run}"),
    )


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the site (default: data/report).")
@live_option
def publish(out: Path | None, live: bool) -> None:
    """Write the report as a static site."""
    from prosperity.workflow.reporting import publish_report

    published = publish_report(workspace(live), out)
    click.echo(f"{published.pages} pages, {published.evidence} evidence pages: {published.index}")


@cli.group()
def archive() -> None:
    """The content-addressed archive of documents."""


@archive.command()
@live_option
def verify(live: bool) -> None:
    """Read every archived document and compare its hash."""
    space = workspace(live)
    problems = space.archive.verify()
    click.echo(f"{sum(1 for _ in space.archive)} documents, {len(problems)} damaged")
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise SystemExit(1)


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def extract(file: Path, as_json: bool) -> None:
    """Tables and statements found in a file, with their places."""
    from prosperity.workflow.inspect import extract_file

    found = extract_file(file)
    emit(as_json, found, lambda: console.extraction(found))


@cli.group(invoke_without_command=True)
@live_option
@json_option
@click.pass_context
def rejections(context: click.Context, live: bool, as_json: bool) -> None:
    """What was refused, where and why (quarantine)."""
    context.obj = live
    if context.invoked_subcommand is None:
        found = [console.rejection_row(r) for r in workspace(live).warehouse.rejections()]
        emit(as_json, found, lambda: console.rows(found, title="Rejections"))


@rejections.command("show")
@click.argument("number")
@click.pass_context
def rejections_show(context: click.Context, number: str) -> None:
    """One rejection in full; NUMBER is the first characters of its id."""
    found = [r for r in workspace(bool(context.obj)).warehouse.rejections() if r.id.startswith(number)]
    if len(found) != 1:
        raise click.ClickException(f"{len(found)} rejections have an id beginning with {number!r}")
    for name, value in vars(found[0]).items():
        click.echo(f"{name}: {value}")


for entry in entry_points(group="prosperity.commands"):
    for command in entry.load():
        cli.add_command(command)


def main() -> None:
    """Entry point: a fault of ours is one line on standard error, not a stack of frames."""
    try:
        cli()
    except KeyboardInterrupt:
        sys.exit(130)
