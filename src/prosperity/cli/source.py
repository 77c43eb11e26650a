"""A new source, tried before it enters the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from prosperity import console
from prosperity.cli.options import emit, json_option, live_option, sample_publishers, workspace


@click.group()
def source() -> None:
    """A new source: write a skeleton of its catalogue entry, try it without touching archive or warehouse."""


@source.command("new")
@click.argument("address")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Folder to write to."
)
def new(address: str, out: Path) -> None:
    """Write a commented catalogue entry for a publisher whose list of releases is at ADDRESS."""
    from prosperity.collect.skeleton import SkeletonError, skeleton

    try:
        identity, text = skeleton(address)
    except SkeletonError as fault:
        raise click.UsageError(str(fault)) from None
    path = out / f"{identity}.yaml"
    if path.exists():
        raise click.ClickException(f"{path} is there already")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    click.echo(f"{path}: fill in what is marked TODO, then prosperity source try {path}")


@source.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--series",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Further series, in the form of series.yaml.",
)
@click.option(
    "--document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read this file; no publisher is asked.",
)
@click.option("--title", help="Title of that document (default: the name of the file).")
@click.option("--issued", type=click.DateTime(["%Y-%m-%d"]), help="Day of issue of that document.")
@click.option(
    "--year", type=int, help="Fetch and read the documents on this year; without it only the list is read."
)
@live_option
@json_option
def trial(
    file: Path, series: Path | None, document: Path | None, title: str | None, issued: Any, year: int | None,
    live: bool, as_json: bool,
) -> None:  # fmt: skip
    """What the source in FILE.yaml would find, read and reject; nothing is archived or loaded."""
    from prosperity.workflow import trial as trying

    space = workspace(live)
    catalogue, entry = trying.with_source(space.catalogue, file, series)
    try:
        if document is not None:
            found = trying.document_tried(
                catalogue, entry, document, title, issued.date() if issued else None
            )
            material = trying.as_rows(found)
            emit(as_json, material, lambda: console.tried(material))
            return
        with sample_publishers(space):
            if not live and not any(host in space.publishers() for host in entry.hosts):
                raise trying.TrialError(
                    f"{', '.join(entry.hosts)}: not among the sample publishers; "
                    "--live asks the real one, --document reads a file"
                )
            if year is not None:
                material = trying.as_rows(trying.year_tried(space, catalogue, entry, year))
                emit(as_json, material, lambda: console.tried(material))
                return
            lines = [vars(line) for line in trying.listed(space, entry)]
            emit(
                as_json,
                lines,
                lambda: console.rows(lines, title=f"{entry.id}: {len(lines)} lines in the list"),
            )
    except trying.TrialError as fault:
        raise click.ClickException(str(fault)) from None
