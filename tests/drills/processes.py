"""Processes of a deployment as a drill starts, kills and waits for them; each in a group of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import requests

from pipelines.servers import Dagster, free_port
from prosperity.settings import Settings
from prosperity.warehouse import Warehouse

REPOSITORY = Path(__file__).resolve().parents[2]
PROSPERITY = str(Path(sys.executable).parent / "prosperity")
#: Of these tables every row must be the same after a drill as after an undisturbed run.
TABLES = ("reading", "observation", "evidence", "rejection", "release", "document", "release_document")


def environment(**more: str) -> dict[str, str]:
    """This process's variables without those of another instance."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PROSPERITY_", "DAGSTER_"))
    }
    return {**clean, "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}", **more}


@dataclass
class Child:
    """A process and its descendants."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """SIGKILL to the whole group: what a power cut or the kernel's memory killer does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
                break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


class Processes:
    """All processes of a drill; every one of them is ended with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.children: list[Child] = []

    def start(self, name: str, arguments: list[str], variables: Mapping[str, str]) -> Child:
        log = self.folder / f"{name}.log"
        with log.open("ab") as stream:
            process = subprocess.Popen(
                arguments,
                env=environment(**variables),
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_own_signals,
            )
        child = Child(name, process, log)
        self.children.append(child)
        return child

    def serve(self, name: str, variables: Mapping[str, str], *words: str) -> Child:
        """``prosperity serve …``: exactly what deploy/ names."""
        return self.start(name, [PROSPERITY, "serve", *words], variables)

    def webserver(self, variables: Mapping[str, str]) -> Dagster:
        """The UI, once it answers."""
        port = free_port()
        child = self.serve("webserver", variables, "webserver", "--port", str(port))
        url = f"http://127.0.0.1:{port}"

        def up() -> bool:
            assert child.process.poll() is None, child.words()
            with contextlib.suppress(requests.RequestException):
                return requests.get(f"{url}/server_info", timeout=3).ok
            return False

        wait_until(up, 180, "the webserver answers")
        return Dagster(url)

    def end(self) -> None:
        """Everything, with what is in groups of its own (code servers) or waits for something that is gone."""
        all_of_them = descendants({child.process.pid for child in self.children})
        for child in reversed(self.children):
            child.stop()
        for pid in all_of_them:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def parents() -> dict[int, int]:
    """Every process of this machine with its parent."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:
            continue
    return found


def descendants(roots: set[int]) -> set[int]:
    """Children, their children and so on, whatever group they are in."""
    known = parents()
    found: set[int] = set()
    while more := {pid for pid, parent in known.items() if parent in roots | found} - found - roots:
        found |= more
    return found


def _own_signals() -> None:
    """A child of a script may inherit that both are ignored."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def processes(folder: Path) -> Iterator[Processes]:
    started = Processes(folder)
    try:
        yield started
    finally:
        started.end()


def wait_until(true: Callable[[], bool], seconds: float, what: str, every: float = 0.5) -> None:
    """:raises AssertionError: where it does not come true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(every)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


def dumps(address: str) -> dict[str, list[tuple[object, ...]]]:
    with Warehouse(address) as warehouse:
        return {table: warehouse.dump(table) for table in TABLES}


def undisturbed(home: Path, chosen: Mapping[str, list[int]]) -> dict[str, list[tuple[object, ...]]]:
    """What the plain library makes of the same sources and years, in this process and on SQLite."""
    from prosperity.sample import SamplePublishers
    from prosperity.workflow import stages
    from prosperity.workflow.workspace import Workspace

    with SamplePublishers() as publishers:
        space = Workspace(Settings(home=home), hosts=publishers.hosts)
        for source, years in chosen.items():
            for year in years:
                stages.run_year(space, source, year)
        space.close()
    return dumps(Settings(home=home).warehouse)
