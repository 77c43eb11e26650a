"""The command line. Commands that run Dagster join through the entry-point group ``prosperity.commands``.

Exit status: 0 done (rejections allowed), 1 failed, 2 wrong usage. ``--json`` wherever something is printed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click

from prosperity import console, sample
from prosperity.catalogue import CatalogueError
from prosperity.checks.model import BASES, Basis
from prosperity.collect.archive import ArchiveError
from prosperity.extract.model import ExtractionError
from prosperity.publish.model import PublishError
from prosperity.sample.process import SampleError
from prosperity.settings import Settings, SettingsError
from prosperity.warehouse.model import WarehouseError
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
    from prosperity.workflow.stages import collect_year

    space = workspace(live)
    chosen = chosen_years(space, sources, years)
    found = []
    with sample_publishers(space):
        for source_id, source_years in chosen.items():
            for year in source_years:
                collection = collect_year(space, source_id, year)
                found.append(console.collection_row(collection))
                if not as_json:
                    console.collection(collection)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
    if any(row["failed"] and not row["documents"] for row in found):
        raise SystemExit(1)


def chosen_sources(space: Workspace, sources: Sequence[str]) -> list[str]:
    """The sources named, or all. :raises click.UsageError: for one that the catalogue does not have."""
    unknown = [name for name in sources if name not in space.catalogue.sources]
    if unknown:
        raise click.UsageError(
            f"no source {', '.join(unknown)}; the catalogue has {', '.join(space.catalogue.sources)}"
        )
    return list(sources or space.catalogue.sources)


def chosen_years(space: Workspace, sources: Sequence[str], years: tuple[int, int]) -> dict[str, list[int]]:
    """The years of each chosen source (all, if none is named).

    :raises click.UsageError: for an unknown source, or where no chosen source reports on any of the years.
    """
    from prosperity.workflow.stages import years_of

    chosen = {name: years_of(space, name, *years) for name in chosen_sources(space, sources)}
    if not any(chosen.values()):
        spans = "; ".join(
            f"{name} reports from {space.source(name).first_year} to {space.source(name).last_year or space.settings.today.year}"
            for name in chosen
        )
        raise click.UsageError(f"nothing to do for {years[0]}–{years[1]}: {spans}")
    return {name: found for name, found in chosen.items() if found}


@contextmanager
def sample_publishers(space: Workspace) -> Iterator[None]:
    """The sample publishers are up inside the block, and stopped after it if they were started for it."""
    if space.settings.live:
        yield
        return
    state = space.settings.sample_state
    started = sample.ensure_running(state).started
    try:
        yield
    finally:
        if started:
            sample.stop(state)


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


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the site (default: data/report).")
@live_option
def publish(out: Path | None, live: bool) -> None:
    """Write the report as a static site."""
    from prosperity.workflow.reporting import publish_report

    published = publish_report(workspace(live), out)
    click.echo(f"{published.pages} pages, {published.evidence} evidence pages: {published.index}")


@cli.command()
@click.option("--format", "form", type=click.Choice(["csv", "parquet", "xlsx", "sdmx-csv"]), required=True)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write to."
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Only what was published by that day.")
@click.option(
    "--series", multiple=True, metavar="ID", help="Only this series, without index; may be repeated."
)
@click.option("--vintages", is_flag=True, help="Every change ever published, not only the value that holds.")
@live_option
@json_option
def export(
    form: Any, out: Path, as_of: Any, series: tuple[str, ...], vintages: bool, live: bool, as_json: bool
) -> None:
    """Write observations with source, vintage and evidence, and the index, as files with a datapackage.json."""
    from prosperity.publish.export.model import ExportError, Selection
    from prosperity.workflow.exporting import export as write

    space = workspace(live)
    for name in series:
        if name not in space.catalogue.series:
            raise click.UsageError(f"no series {name!r} in the catalogue; prosperity series lists them")
    try:
        done = write(space, form, out, Selection(as_of.date() if as_of else None, series, vintages))
    except ExportError as fault:
        raise click.ClickException(str(fault)) from None
    found = {"folder": str(done.folder), "rows": dict(done.rows), "files": dict(done.files), "notice": space.settings.notice}  # fmt: skip
    emit(as_json, found, lambda: console.exported(found))


@cli.command()
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write, Markdown or JSON."
)
@json_option
def dictionary(out: Path | None, as_json: bool) -> None:
    """Every series, table, column and code, with its meaning."""
    from prosperity.publish.export.write import put
    from prosperity.workflow.dictionary import dictionary as gather

    made = gather(workspace(False).catalogue)
    text = json.dumps(made.as_dict(), ensure_ascii=False, indent=2) + "\n" if as_json else made.markdown()
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        put(out, text.encode())
    except OSError as fault:
        raise click.ClickException(f"{out} cannot be written: {fault}") from None
    click.echo(out)


@cli.group()
def archive() -> None:
    """The content-addressed archive of documents."""


@archive.command()
@live_option
@json_option
def verify(live: bool, as_json: bool) -> None:
    """Read every archived file and compare its hash; every document the warehouse knows must be there."""
    space = workspace(live)
    damaged = space.archive.verify()
    known = {document.sha256: document.address for _, document in space.warehouse.documents()}
    missing = [
        f"document {sha256} is missing ({address})"
        for sha256, address in known.items()
        if sha256 not in space.archive
    ]
    files = sum(1 for _ in space.archive)
    found = {"files": files, "documents": len(known), "damaged": damaged, "missing": missing}

    def show() -> None:
        console.say(
            f"{files} files; {len(known)} documents, {len(missing)} missing; {len(damaged)} files damaged"
        )
        for problem in (*damaged, *missing):
            console.say(problem)

    emit(as_json, found, show)
    if damaged or missing:
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


@cli.group()
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


for entry in entry_points(group="prosperity.commands"):
    for command in entry.load():
        cli.add_command(command)


def main() -> None:
    """Entry point: a fault with a known cause is one line on standard error, not a stack of frames."""
    try:
        cli()
    except SettingsError as fault:
        click.echo(f"Error: {fault}", err=True)
        sys.exit(2)
    except (
        ArchiveError,
        CatalogueError,
        ExtractionError,
        PublishError,
        SampleError,
        WarehouseError,
    ) as fault:
        click.echo(f"Error: {fault}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
