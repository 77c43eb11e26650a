"""Documents: collect them, verify the archive, see what can be read from a file."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import click

from prosperity import console
from prosperity.cli.options import (
    YEARS,
    chosen_years,
    emit,
    json_option,
    live_option,
    sample_publishers,
    source_option,
    workspace,
)

EVERY_YEAR = (1990, 2100)


@click.command()
@click.option("--years", type=YEARS, help="Years the releases report on.")
@source_option
@click.option("--retry-failed", is_flag=True, help="Only what failed the last time (default: of all years).")
@live_option
@json_option
def collect(
    years: tuple[int, int] | None, sources: tuple[str, ...], retry_failed: bool, live: bool, as_json: bool
) -> None:
    """Find and fetch documents into the archive, without Dagster; nothing is extracted or loaded."""
    from prosperity.workflow import runs
    from prosperity.workflow.stages import collect_year

    if years is None and not retry_failed:
        raise click.UsageError("--years says which years to collect; --retry-failed does without")
    space = workspace(live)
    chosen = chosen_years(space, sources, years or EVERY_YEAR)
    wanted = [runs.Retry(name, year, None) for name, of in chosen.items() for year in of]
    if retry_failed:
        wanted = runs.to_retry(space, chosen)
        if not wanted and not as_json:
            console.say("nothing failed the last time")
    found = []
    with sample_publishers(space) if wanted else nullcontext():
        for entry in wanted:
            collection = collect_year(space, entry.source, entry.year, only=entry.only)
            found.append(console.collection_row(collection))
            if not as_json:
                console.collection(collection)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
    if any(row["failed"] and not row["documents"] for row in found):
        raise SystemExit(1)


@click.command()
@click.option("--years", type=YEARS, default=EVERY_YEAR, help="Years the releases report on (default: all).")
@source_option
@click.option("--dry-run", is_flag=True, help="Only print what would be different.")
@live_option
@json_option
def reprocess(
    years: tuple[int, int], sources: tuple[str, ...], dry_run: bool, live: bool, as_json: bool
) -> None:
    """Read the archive again after a change of the catalogue: print the difference in observations, then load it."""
    from prosperity.workflow import reprocess as reprocessing

    space = workspace(live)
    made = reprocessing.plan(space, chosen_years(space, sources, years))
    found = {
        "documents": made.documents,
        "parsed_again": made.parsed,
        "unchanged": made.unchanged,
        "differences": [vars(difference) for difference in made.differences],
        "rejected": [console.failure_row(failure) for failure in made.rejections],
        "loaded": None,
    }
    if not as_json:
        console.reprocessed(found)
    if not dry_run:
        summary = reprocessing.apply(space, made)
        found["loaded"] = {
            "readings_added": summary.readings_added,
            "observations_added": summary.observations_added,
            "rejections_added": summary.rejections_added,
        }
        if not as_json:
            console.say(
                f"loaded: {summary.readings_added} readings and {summary.observations_added} observations added"
                if summary.readings_added or made.differences
                else "loaded: nothing changed"
            )
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))


@click.group()
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


@archive.command("export")
@click.argument("year", type=click.IntRange(1990, 2100))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A zip file by its ending, else a new folder (default: prosperity-archive-YEAR.zip).",
)
@live_option
@json_option
def export_package(year: int, out: Path | None, live: bool, as_json: bool) -> None:
    """Write all documents that report on YEAR as a package that explains itself, with a datapackage.json."""
    from prosperity.workflow.archive_package import PackageError, export_year

    try:
        done = export_year(workspace(live), year, out or Path(f"prosperity-archive-{year}.zip"))
    except PackageError as fault:
        raise click.ClickException(str(fault)) from None
    found = {**vars(done), "path": str(done.path)}
    emit(
        as_json,
        found,
        lambda: console.say(f"{done.path}: {done.documents} documents of {done.releases} releases"),
    )


@archive.command("refused")
@live_option
@json_option
def refused(live: bool, as_json: bool) -> None:
    """What came in place of documents and was put aside, with the reasons."""
    rows = [
        {name: note.get(name) for name in ("when", "address", "reason", "size", "sha256")}
        for note in workspace(live).archive.refused()
    ]
    emit(as_json, rows, lambda: console.rows(rows, title="Put aside"))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--ocr/--no-ocr",
    default=True,
    help="Recognise pages without sound characters, with the extra prosperity[ocr] (default), or refuse them.",
)
@json_option
def extract(file: Path, ocr: bool, as_json: bool) -> None:
    """Tables and statements found in a file, with their places."""
    from prosperity.workflow.inspect import extract_file

    found = extract_file(file, ocr)
    emit(as_json, found, lambda: console.extraction(found))
