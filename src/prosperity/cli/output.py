"""Out of the warehouse: report, exports, data dictionary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from prosperity import console
from prosperity.cli.options import emit, json_option, live_option, workspace


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the site (default: data/report).")
@click.option(
    "--edition",
    type=click.IntRange(2000, 2100),
    help="Year in which the industry report comes out: it says what was known by the end of it.",
)
@click.option(
    "--span",
    metavar="A-B",
    help="Years the industry report treats, e.g. 2016-2020 or 2020 (default: the last year, and 2016-2020).",
)
@live_option
def publish(out: Path | None, edition: int | None, span: str | None, live: bool) -> None:
    """Write index, industry report, series and evidence as a static site; only what changed is made anew."""
    from prosperity.publish.content import ContentError
    from prosperity.workflow.composing import years_of
    from prosperity.workflow.reporting import publish_report

    try:
        years = years_of(span) if span else None
        published = publish_report(workspace(live), out, edition, years)
    except ContentError as fault:
        raise click.UsageError(str(fault)) from None
    click.echo(
        f"{published.pages} pages, {published.evidence} evidence pages, {published.made} files made anew: "
        f"{published.index}"
    )


@click.command()
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


@click.command()
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
