"""``python -m prosperity.sample --state DIR``: run all stand-in publishers until SIGTERM."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from prosperity.sample.process import run


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m prosperity.sample", description=__doc__)
    parser.add_argument(
        "--state", type=Path, required=True, help="folder for publishers.json and requests.jsonl"
    )
    parser.add_argument(
        "--until", type=dt.date.fromisoformat, help="releases of after this day are not out yet"
    )
    options = parser.parse_args(arguments)
    return run(options.state, options.until)


if __name__ == "__main__":
    sys.exit(main())
