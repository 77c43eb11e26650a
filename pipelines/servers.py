"""Dagster's code server, webserver and daemon as child processes of a command: started, waited for, and always stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from dagster import DagsterInstance

from prosperity.settings import Settings

MODULE = "pipelines.definitions"
_WORKSPACE = "load_from:\n  - grpc_server: {{host: 127.0.0.1, port: {port}, location_name: {name}}}\n"
_LOCATIONS = """
query { workspaceOrError { ... on Workspace { locationEntries {
  name loadStatus locationOrLoadError { __typename ... on PythonError { message } }
} } } }
"""
_START_SECONDS = 120


class ServerError(RuntimeError):
    """A server that did not come up; names its log."""


@dataclass(frozen=True)
class Dagster:
    """Where the UI answers."""

    url: str
    pids: tuple[int, ...] = ()

    def graphql(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """One GraphQL request. :raises ServerError: with the server's own message."""
        answer = requests.post(
            f"{self.url}/graphql", json={"query": query, "variables": variables or {}}, timeout=60
        ).json()
        if answer.get("errors"):
            raise ServerError("; ".join(str(error.get("message")) for error in answer["errors"]))
        data: dict[str, Any] = answer["data"]
        return data


def free_port(preferred: int = 0) -> int:
    """``preferred`` if nobody listens there, else any free port of 127.0.0.1."""
    for port in (preferred, 0):
        with contextlib.closing(socket.socket()) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise ServerError("no free port on 127.0.0.1")


def running(settings: Settings) -> Dagster | None:
    """The UI of this instance, if one was started by ``prosperity ui`` and still answers."""
    note = settings.dagster_home / "ui.url"
    try:
        url = note.read_text(encoding="utf-8").strip()
        if requests.get(f"{url}/server_info", timeout=3).ok:
            return Dagster(url)
    except (OSError, requests.RequestException):
        pass
    return None


@contextlib.contextmanager
def dagster_servers(
    settings: Settings, *, port: int = 0, daemon: bool = True, read_only: bool = False
) -> Iterator[Dagster]:
    """Webserver (on 127.0.0.1) and daemon of this instance until the block ends.

    :raises ServerError: where the webserver does not answer within two minutes.
    """
    # Not "logs": Dagster takes what lies in a folder of that name for its telemetry queue and moves it away.
    logs = settings.dagster_home / "server-logs"
    logs.mkdir(parents=True, exist_ok=True)
    # Three processes that all find no database yet would all begin to make it.
    with DagsterInstance.get():
        pass
    try:
        url, children = _up(settings, logs, port, daemon=daemon, read_only=read_only)
    except ServerError:
        # Between choosing a free port and listening on it somebody else may have taken it: once more.
        url, children = _up(settings, logs, 0, daemon=daemon, read_only=read_only)
    note = settings.dagster_home / "ui.url"
    try:
        note.write_text(url, encoding="utf-8")
        yield Dagster(url, tuple(child.pid for child in children))
    finally:
        with contextlib.suppress(FileNotFoundError):
            if note.read_text(encoding="utf-8").strip() == url:
                note.unlink()
        for child in children:
            _stop(child)


def _up(
    settings: Settings, logs: Path, port: int, *, daemon: bool, read_only: bool
) -> tuple[str, list[subprocess.Popen[bytes]]]:
    """Start them and wait until the webserver has loaded our definitions; else what was started is stopped.

    Webserver and daemon share one process that holds the definitions: loading them takes seconds of processor time.
    """
    number, code = free_port(port), free_port()
    url = f"http://127.0.0.1:{number}"
    place = settings.dagster_home / "workspace.yaml"
    place.write_text(_WORKSPACE.format(port=code, name=MODULE), encoding="utf-8")
    where = ["-h", "127.0.0.1", "-p"]
    commands = {
        "code": [
            "dagster",
            "code-server",
            "start",
            "-m",
            MODULE,
            "--location-name",
            MODULE,
            *where,
            str(code),
        ],
        "webserver": ["dagster_webserver", "-w", str(place), *where, str(number)],
    }
    if read_only:
        commands["webserver"].append("--read-only")
    if daemon:
        commands["daemon"] = ["pipelines.daemon", "run", "-w", str(place)]
    children: list[subprocess.Popen[bytes]] = []
    try:
        for name, arguments in commands.items():
            children.append(_start(arguments, settings, logs / f"{name}.log"))
        _wait(url, children, logs)
    except BaseException:
        for child in children:
            _stop(child)
        raise
    return url, children


def _start(arguments: list[str], settings: Settings, log: Path) -> subprocess.Popen[bytes]:
    """In a process group of its own: code servers and run workers are children of these children."""
    with log.open("ab") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env={**os.environ, **settings.environment()},
            cwd=str(Path(__file__).resolve().parents[1]),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait(url: str, children: list[subprocess.Popen[bytes]], logs: Path) -> None:
    dagster = Dagster(url)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        dead = [child for child in children if child.poll() is not None]
        if dead:
            raise ServerError(f"a Dagster server ended with status {dead[0].returncode}; see {logs}")
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{url}/server_info", timeout=3).ok and _loaded(dagster):
                return
        time.sleep(0.3)
    raise ServerError(f"the Dagster UI did not answer at {url} within {_START_SECONDS} s; see {logs}")


def _loaded(dagster: Dagster) -> bool:
    """Whether the webserver has our definitions: it answers before, and while the code server is still starting."""
    found = dagster.graphql(_LOCATIONS)["workspaceOrError"].get("locationEntries", ())
    places = [entry["locationOrLoadError"] or {} for entry in found]
    return bool(places) and all(place.get("__typename") == "RepositoryLocation" for place in places)


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Ask the whole group, wait, then insist."""
    for sign, patience in ((signal.SIGINT, 10), (signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, sign)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        break
    # The group outlives its leader where a grandchild did not listen.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
