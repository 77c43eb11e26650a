"""A Dagster backfill of every source and year against the plain library calls for the same work.

``python -m benchmarks.backfill [--years 2012-2023] [--source ID …] [--keep FOLDER]``: both in one run, one after the
other, each on an instance of its own with its own sample publishers; prints wall seconds and their ratio (aim: at most
5). What the backfill costs beyond the library: a process a source, the events of each year, previews, charts and pictures
for the UI, and the waits of daemon and queue.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipelines.backfill import launch, wait
from pipelines.instance import prepare
from pipelines.servers import dagster_servers
from prosperity import sample
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.workspace import Workspace

AIM = 5.0


@contextmanager
def instance(home: Path) -> Iterator[Workspace]:
    """A fresh instance with its own sample publishers, which run in a process of their own in both measurements."""
    space = Workspace(Settings(home=home))
    sample.ensure_running(space.settings.sample_state)
    try:
        yield space
    finally:
        space.close()
        sample.stop(space.settings.sample_state)


def plain(home: Path, chosen: Mapping[str, Sequence[int]]) -> float:
    """Seconds of the library alone: every year of every source, one after the other, in this process."""
    with instance(home) as space:
        started = time.perf_counter()
        for source_id, years in chosen.items():
            for year in years:
                stages.run_year(space, source_id, year)
        return time.perf_counter() - started


def backfilled(home: Path, chosen: Mapping[str, Sequence[int]]) -> tuple[float, float, int]:
    """Seconds until the servers are up, seconds of the backfill from its launch to its end, number of runs."""
    with instance(home) as space:
        prepare(space.settings)
        started = time.perf_counter()
        with dagster_servers(space.settings) as dagster:
            up = time.perf_counter()
            outcome = wait(dagster, launch(dagster, chosen), seconds=7200, progress=print)
            ended = time.perf_counter()
        if not outcome.success:
            raise SystemExit(f"the backfill did not succeed: {outcome}")
        return up - started, ended - up, outcome.runs


def figures(home: Path) -> int:
    """How many changes of figures an instance holds: both must hold the same."""
    space = Workspace(Settings(home=home))
    count = len(space.warehouse.changes())
    space.close()
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", default="2012-2023")
    parser.add_argument("--source", action="append", default=[])
    parser.add_argument("--keep", type=Path, help="folder in which the two instances are left")
    arguments = parser.parse_args()
    first, last = (int(part) for part in arguments.years.split("-"))
    with tempfile.TemporaryDirectory() as temporary:
        base = arguments.keep or Path(temporary)
        space = Workspace(Settings(home=base))
        names = arguments.source or list(space.catalogue.sources)
        chosen = {name: stages.years_of(space, name, first, last) for name in names}
        count = sum(map(len, chosen.values()))
        print(f"{len(chosen)} sources, {count} years of a source, {os.cpu_count()} cores")
        library = plain(base / "plain", chosen)
        print(f"library alone:                {library:8.1f} s")
        start, took, runs = backfilled(base / "backfill", chosen)
        print(f"backfill, launch to end:      {took:8.1f} s ({runs} runs; servers up after {start:.1f} s)")
        print(f"ratio:                        {took / library:8.2f} (aim: at most {AIM:g})")
        print(f"ratio with the servers' start:{(start + took) / library:8.2f}")
        held = figures(base / "plain"), figures(base / "backfill")
        print(f"figures held: {held[0]} and {held[1]}{'' if held[0] == held[1] else ' — THEY DIFFER'}")


if __name__ == "__main__":
    main()
