"""Dagster's daemon, with a shorter wait between two looks at backfills.

Dagster 1.13 looks at backfills every thirty seconds and has no setting for it (``DEFAULT_DAEMON_INTERVAL_SECONDS``, read
at each start of the loop). A backfill of a year takes ten seconds here; nobody should wait half a minute to be told. Where
a later version no longer has that name, the daemon runs with that version's own interval.
"""

from __future__ import annotations

import sys

from dagster._daemon import controller
from dagster._daemon.cli import cli

#: Seconds between two looks at backfills; one look costs milliseconds where none is going on.
BACKFILL_SECONDS = 3


def main(arguments: list[str] | None = None) -> None:
    """``python -m pipelines.daemon run -m pipelines.definitions``: as ``dagster-daemon``."""
    if hasattr(controller, "DEFAULT_DAEMON_INTERVAL_SECONDS"):
        controller.DEFAULT_DAEMON_INTERVAL_SECONDS = BACKFILL_SECONDS
    cli(args=arguments, prog_name="dagster-daemon")


if __name__ == "__main__":
    main(sys.argv[1:])
