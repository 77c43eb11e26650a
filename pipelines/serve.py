"""``prosperity serve``: one long-lived process for a service manager, with this instance's settings.

The process becomes Dagster's own program, so that signals and the exit status are its. ``prosperity ui`` starts webserver
and daemon together for a person; here each stands alone, to be supervised by systemd, a container engine or k8s.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from prosperity.cli.options import live_option
from prosperity.settings import Settings

MODULE = "pipelines.definitions"


def _become(settings: Settings, program: str, *arguments: str) -> None:
    from pipelines.instance import prepare

    prepare(settings)
    path = Path(sys.executable).parent / program
    os.execv(path, [str(path), *arguments])  # noqa: S606


@click.group()
@live_option
@click.pass_context
def serve(context: click.Context, live: bool) -> None:
    """One long-lived process, for a service manager: webserver, daemon or worker; and their health checks."""
    context.obj = Settings.from_environment(live=live or None)


@serve.command("webserver")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on. There is no login: keep it behind a proxy.",
)
@click.option("--port", default=3000, show_default=True)
@click.option("--read-only", is_flag=True, help="Nothing can be launched, switched or deleted.")
@click.pass_obj
def serve_webserver(settings: Settings, host: str, port: int, read_only: bool) -> None:
    """Dagster's UI."""
    more = ["--read-only"] if read_only else []
    _become(settings, "dagster-webserver", "-m", MODULE, "-h", host, "-p", str(port), *more)


@serve.command("daemon")
@click.pass_obj
def serve_daemon(settings: Settings) -> None:
    """Schedules, sensors, the queue of runs, backfills, run monitoring. Exactly one of an instance."""
    _become(settings, "dagster-daemon", "run", "-m", MODULE)


@serve.command("worker")
@click.option(
    "--queue",
    "queues",
    multiple=True,
    required=True,
    help="collect (on one machine only) or dagster; may be repeated.",
)
@click.option("--concurrency", default=1, show_default=True, help="Steps at a time.")
@click.option("--name", help="Of the worker, unique; needed for its health check.")
@click.pass_obj
def serve_worker(settings: Settings, queues: tuple[str, ...], concurrency: int, name: str | None) -> None:
    """A celery worker that executes steps."""
    from pipelines.executors import BROKER, RESULTS

    # The executor of this process decides nothing, but its definitions must be those of the others.
    os.environ["PROSPERITY_EXECUTOR"] = "celery"
    for variable in (BROKER, RESULTS):
        if not os.environ.get(variable):
            raise click.UsageError(f"{variable} is not set: the worker needs the address of the queue")
    _become(
        settings,
        "celery",
        *("-A", "pipelines.celery_app", "worker", "--loglevel", "INFO", f"--concurrency={concurrency}"),
        *("-Q", ",".join(queues), "-n", f"{name or 'steps'}@%h"),
    )


@serve.command("check")
@click.argument("what", type=click.Choice(["webserver", "daemon", "worker"]))
@click.option("--port", default=3000, show_default=True, help="Of the webserver.")
@click.option("--name", help="Of the worker.")
@click.pass_obj
def serve_check(settings: Settings, what: str, port: int, name: str | None) -> None:
    """Exit status 0 where the process answers: for health checks of containers and for monitoring."""
    from pipelines.health import HealthError, daemon_health, webserver_health, worker_health

    try:
        if what == "webserver":
            click.echo(webserver_health(port))
        elif what == "daemon":
            click.echo(daemon_health(settings))
        else:
            click.echo(worker_health(name))
    except HealthError as fault:
        raise click.ClickException(str(fault)) from None
