"""Options, arguments and small helpers that commands share, here and in ``pipelines.cli``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from prosperity import sample
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
            f"{name} reports from {space.source(name).first_year} to {space.source(name).last_year or space.settings.last_year}"
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
