"""Commands that run Dagster: run, backfill, ui. They join ``prosperity`` through an entry-point group."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from pipelines.alert_command import alerts
from pipelines.serve import serve
from prosperity import console
from prosperity.cli.options import (
    YEARS,
    chosen_years,
    json_option,
    live_option,
    sample_publishers,
    source_option,
    workspace,
)
from prosperity.workflow.summary import RunSummary, print_summary, summarise

if TYPE_CHECKING:
    from pipelines.backfill import FailedYear
    from prosperity.workflow.workspace import Workspace

DEFAULT_YEARS = (2012, 2023)
UI_PORT = 3000


@click.command()
@click.option(
    "--years", type=YEARS, default=DEFAULT_YEARS, help="Years the releases report on (default 2012-2023)."
)
@source_option
@live_option
@json_option
def run(years: tuple[int, int], sources: tuple[str, ...], live: bool, as_json: bool) -> None:
    """Collect, extract, clean, load and compute through the Dagster assets; print the index and where it comes from."""
    from pipelines.execute import AlreadyRunning, HistoryError, Outcome, run_years

    space = workspace(live)
    chosen = chosen_years(space, sources, years)
    started = time.monotonic()
    if not as_json:
        console.heading(f"Prosperity, {years[0]}–{years[1]}: {', '.join(chosen)}")
        if space.settings.notice:
            console.say(space.settings.notice)
    before = space.warehouse.counts()

    def progress(outcome: Outcome) -> None:
        if not as_json:
            mark = "done  " if outcome.success else "FAILED"
            console.say(
                f"[{time.monotonic() - started:5.1f} s] {mark} {outcome.what} {outcome.reason}".rstrip()
            )

    try:
        with sample_publishers(space):
            outcomes = run_years(space, chosen, progress)
    except (AlreadyRunning, HistoryError) as fault:
        raise click.ClickException(str(fault)) from None
    summary = summarise(space, before, [(o.what, o.success, o.reason) for o in outcomes])
    if as_json:
        click.echo(json.dumps(summary.as_dict(), ensure_ascii=False, indent=2, default=str))
    else:
        print_summary(summary)
    if _failed(summary):
        raise SystemExit(1)


def _failed(summary: RunSummary) -> bool:
    return any(not success for _, success, _ in summary.outcomes)


@click.command()
@click.option("--years", type=YEARS, help="Years the releases report on: 2018-2019 or 2018.")
@click.option("--failed", is_flag=True, help="Only the years that stand failed now.")
@click.option("--list", "only_list", is_flag=True, help="With --failed: list them, launch nothing.")
@source_option
@live_option
@json_option
def backfill(
    years: tuple[int, int] | None,
    failed: bool,
    only_list: bool,
    sources: tuple[str, ...],
    live: bool,
    as_json: bool,
) -> None:
    """Launch a Dagster backfill of past years and wait for its end; it is seen in the UI.

    One run a source. A year that fails stops no other: it stands under "failed now", and --failed launches only
    those again.
    """
    from pipelines.backfill import launch, wait
    from pipelines.instance import prepare
    from pipelines.servers import Dagster, ServerError, dagster_servers, running

    if (years is None) != failed or (only_list and not failed):
        raise click.UsageError("give either --years or --failed; --list goes with --failed")
    space = workspace(live)
    prepare(space.settings)
    chosen = chosen_years(space, sources, years) if years else {}
    if failed:
        standing = _failed_now(space, sources)
        for entry in standing:
            chosen.setdefault(entry.source, []).append(entry.year)
        if only_list or not standing:
            _say_failed(standing, as_json=as_json)
            return

    def go(dagster: Dagster) -> None:
        identity = launch(dagster, chosen)
        say = (lambda _: None) if as_json else console.say
        outcome = wait(dagster, identity, progress=say)
        standing = _failed_now(space, tuple(chosen))
        if as_json:
            found = {
                **vars(outcome),
                "success": outcome.success,
                "failed": [vars(entry) for entry in standing],
                "ui": dagster.url,
            }
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            console.say(f"{outcome.status}: {outcome.runs} runs. {outcome.error}".rstrip())
            _say_failed(standing, as_json=False)
        if not outcome.success:
            raise SystemExit(1)

    try:
        up = running(space.settings)
        if up:
            go(up)
        else:
            if not as_json:
                console.say(
                    "the Dagster UI is not up: webserver and daemon are started for the time of this backfill"
                )
            with sample_publishers(space), dagster_servers(space.settings) as servers:
                go(servers)
    except ServerError as fault:
        raise click.ClickException(str(fault)) from None


def _failed_now(space: Workspace, sources: Sequence[str]) -> list[FailedYear]:
    from dagster import DagsterInstance

    from pipelines.backfill import failed_now
    from pipelines.partitions import partitions_of

    chosen = [space.source(name) for name in sources] or list(space.catalogue.sources.values())
    with DagsterInstance.get() as instance:
        return failed_now(instance, {source.id: partitions_of(source, space.settings) for source in chosen})


def _say_failed(standing: Sequence[FailedYear], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"failed": [vars(entry) for entry in standing]}, ensure_ascii=False))
        return
    console.heading("Failed now" if standing else "Nothing stands failed")
    console.rows([vars(entry) for entry in standing])
    if standing:
        console.say("prosperity backfill --failed launches these again, and only these.")


@click.command()
@click.option(
    "--port", default=UI_PORT, show_default=True, help="Port on 127.0.0.1; another free one if it is taken."
)
@click.option("--read-only", is_flag=True, help="Nothing can be launched, switched or deleted in the UI.")
@live_option
def ui(port: int, read_only: bool, live: bool) -> None:
    """Dagster's webserver and daemon on this instance, until Ctrl-C; the sample publishers stay up meanwhile.

    The report is served beside it, so that materialisations can link to evidence pages.
    """
    from pipelines.instance import prepare
    from pipelines.launcher import alive
    from pipelines.report_server import report_served
    from pipelines.servers import ServerError, dagster_servers

    space = workspace(live)
    prepare(space.settings)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with ExitStack() as stack:
            stack.enter_context(sample_publishers(space))
            address = space.settings.report_address
            if not address:
                address = stack.enter_context(report_served(space.settings.report))
            settings = replace(space.settings, report_address=address)
            servers = stack.enter_context(dagster_servers(settings, port=port, read_only=read_only))
            console.heading(f"Dagster UI: {servers.url}")
            console.say(f"report: {address}/en/index.html")
            if space.settings.notice:
                console.say(space.settings.notice)
            console.say("Ctrl-C ends it.")
            while not stop.wait(1):
                # Without its daemon the UI would look well and do nothing.
                if not all(alive(process) for process in servers.pids):
                    raise ServerError(
                        f"a Dagster server ended; see {space.settings.dagster_home}/server-logs"
                    )
    except ServerError as fault:
        raise click.ClickException(str(fault)) from None


commands = [run, backfill, ui, alerts, serve]
