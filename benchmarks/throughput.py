"""What a document costs: processor seconds and bytes by stage, over sources and years of the sample publishers.

    python -m benchmarks.throughput [--years 2016-2018] [--source ID …]

Every source and year is collected, read, cleaned and loaded once in one process (as one worker does it), then all of it
again with nothing new. Processor seconds include the children that read documents; they are what a machine's number of
processors is divided by, and hardly depend on what else it does. docs/sizing.md is written from this.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prosperity.cli.options import years_argument
from prosperity.sample import SamplePublishers
from prosperity.settings import Settings
from prosperity.workflow import stages
from prosperity.workflow.workspace import Workspace

STAGES = ("collect", "extract", "clean", "load")


def processor_seconds() -> float:
    """Of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(entry.ru_utime + entry.ru_stime for entry in used)


def _of_living_children() -> float:
    """Processor seconds of children that still run (the server that forks a reader for each document)."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            total += sum(int(fields[number]) for number in (11, 12, 13, 14)) / ticks
    return total


@contextmanager
def counted(spent: Counter[str], stage: str) -> Iterator[None]:
    before = processor_seconds() + _of_living_children()
    yield
    spent[stage] += processor_seconds() + _of_living_children() - before  # type: ignore[assignment]


def round_of(space: Workspace, chosen: dict[str, list[int]], say: Callable[[str], None]) -> None:
    """All stages of all chosen years once; a line with what each document cost."""
    spent: Counter[str] = Counter()
    documents = pages = 0
    begun = time.monotonic()
    for source, years in chosen.items():
        for year in years:
            with counted(spent, "collect"):
                stages.collect_year(space, source, year)
            with counted(spent, "extract"):
                read = stages.extract_year(space, source, year)
            with counted(spent, "clean"):
                cleaned = stages.clean_year(space, source, year)
            with counted(spent, "load"):
                stages.load_documents(space, cleaned)
            documents += len(read)
            pages += sum(entry.extraction.pages or 1 for entry in read if entry.extraction)
    total = sum(spent.values())
    each = ", ".join(f"{stage} {1000 * spent[stage] / documents:.0f}" for stage in STAGES)
    say(
        f"{documents} documents, {pages} pages: {total:.1f} processor s ({time.monotonic() - begun:.1f} s by the clock)"
    )
    say(
        f"  ms a document: {each}; {1000 * total / documents:.0f} in all, {3600 * documents / total:,.0f} documents an hour and processor"
    )


def sizes(space: Workspace, documents: int) -> str:
    """What is kept, by place, and how much of it a document makes."""
    data = space.settings.data
    found = {
        name: sum(path.stat().st_size for path in (data / name).rglob("*") if path.is_file())
        for name in ("archive", "cache", "http", "runs")
    }
    found["warehouse"] = sum(path.stat().st_size for path in data.glob("warehouse.sqlite*"))
    return ", ".join(
        f"{name} {size / 2**20:.1f} MB ({size / 1024 / documents:.0f} KB a document)"
        for name, size in found.items()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--years", type=years_argument, default=(2016, 2018))
    parser.add_argument("--source", action="append")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, SamplePublishers() as publishers:
        space = Workspace(Settings(home=Path(home)), hosts=publishers.hosts)
        names = options.source or list(space.catalogue.sources)
        chosen = {name: stages.years_of(space, name, *options.years) for name in names}
        print("first time")
        round_of(space, chosen, print)
        space.lists.forget()
        print("again, nothing new")
        round_of(space, chosen, print)
        counts = space.warehouse.counts()
        documents = sum(entry.documents for entry in counts.values())
        readings = sum(entry.readings for entry in counts.values())
        print(f"kept: {sizes(space, documents)}; {readings / documents:.0f} readings a document")
        peak = max(
            resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        print(f"largest process: {peak / 1024:.0f} MB")
        space.close()


if __name__ == "__main__":
    main()
