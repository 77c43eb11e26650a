"""Changes of layout: what is different in a document from the last good one of its source and era."""

from __future__ import annotations

from pathlib import Path

import click

from prosperity import console
from prosperity.cli.options import (
    YEARS,
    chosen_sources,
    emit,
    json_option,
    live_option,
    source_option,
    workspace,
)


@click.command()
@click.option("--years", type=YEARS, help="Years the releases report on (default: all).")
@source_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the side-by-side pictures (default: data/drift).",
)
@live_option
@json_option
def drift(
    years: tuple[int, int] | None, sources: tuple[str, ...], out: Path | None, live: bool, as_json: bool
) -> None:
    """What moved, was renamed, is new or gone in tables and pages since the last good document of the same era."""
    from prosperity.workflow.drift import drifts
    from prosperity.workflow.drift_pictures import keep_picture

    space = workspace(live)
    seen_ones = list(drifts(space, chosen_sources(space, sources), years))
    pictures = [str(keep_picture(space, seen, out)) for seen in seen_ones]
    found = [
        {
            "source": seen.source,
            "period": seen.new.release.period.code if seen.new.release.period else None,
            "document": seen.new.release.title,
            "last_good": seen.good.release.title,
            "changes": [vars(change) | {"sentence": change.sentence} for change in seen.changes],
            "picture": picture,
        }
        for seen, picture in zip(seen_ones, pictures, strict=True)
    ]

    def show() -> None:
        for seen, picture in zip(seen_ones, pictures, strict=True):
            console.heading(f"{seen.source}: {seen.new.release.title} (last good: {seen.good.release.title})")
            for change in seen.changes:
                console.say(change.sentence)
            console.say(picture)
        if not found:
            console.say("no change of layout that the catalogue does not know of")

    emit(as_json, found, show)
