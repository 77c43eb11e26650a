"""Whether webserver, daemon and workers answer."""

from __future__ import annotations

import os
import socket

import requests

from pipelines.executors import BROKER, RESULTS
from prosperity.settings import Settings

SECONDS = 5


class HealthError(RuntimeError):
    """A process that does not answer; says which and why."""


def webserver_health(port: int) -> str:
    """:raises HealthError: where it does not answer on this machine within five seconds."""
    try:
        answer = requests.get(f"http://127.0.0.1:{port}/server_info", timeout=SECONDS)
        answer.raise_for_status()
        return f"webserver {answer.json()['dagster_webserver_version']}"
    except (requests.RequestException, ValueError, KeyError) as fault:
        raise HealthError(f"webserver on port {port}: {type(fault).__name__}") from None


def daemon_health(settings: Settings) -> str:
    """By the heartbeats in the instance's storage: of whichever machine. :raises HealthError: where one is missing."""
    from dagster import DagsterInstance
    from dagster._daemon.controller import get_daemon_statuses

    from pipelines.instance import prepare

    prepare(settings)
    with DagsterInstance.get() as instance:
        found = get_daemon_statuses(instance, instance.get_required_daemon_types(), ignore_errors=True)
    silent = sorted(name for name, status in found.items() if not status.healthy)
    if silent:
        raise HealthError(f"no heartbeat of {', '.join(silent)}")
    return f"daemon alive: {', '.join(sorted(found))}"


def worker_health(name: str | None) -> str:
    """A worker of that name, on this machine, or any. :raises HealthError: where none answers within five seconds."""
    from celery import Celery

    try:
        app = Celery(broker=os.environ[BROKER], backend=os.environ[RESULTS])
    except KeyError as fault:
        raise HealthError(f"{fault.args[0]} is not set") from None
    wanted = [f"{name}@{socket.gethostname()}"] if name else None
    try:
        answers = app.control.ping(destination=wanted, timeout=SECONDS)
    except Exception as fault:  # whatever the broker's library raises; its words hold the address
        raise HealthError(f"the broker does not answer: {type(fault).__name__}") from None
    names = sorted(worker for answer in answers for worker in answer)
    if not names:
        raise HealthError(f"no answer of {wanted[0] if wanted else 'any worker'}")
    return f"workers alive: {', '.join(names)}"
