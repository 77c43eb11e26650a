"""The process that draws pictures of archived text beside the main one (started by ``drawn_beside``, never by hand).

Reads pickled jobs from standard input and answers with pickled pictures; both ends are this program. Not a pool of
``multiprocessing``: that one would run the caller's main module a second time.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Sequence

from prosperity.publish.evidence_picture import drawn_all
from prosperity.publish.model import Picture, Surroundings
from prosperity.publish.pdf_pictures import child_environment

WALL_SECONDS = 300.0


def drawn_beside(jobs: Sequence[tuple[str, Surroundings]]) -> list[Picture]:
    """``drawn_all`` in a process of its own; in this one where that process does not answer."""
    try:
        child = subprocess.run(
            [sys.executable, "-m", "prosperity.publish.drawing_child"],
            input=pickle.dumps(list(jobs)),
            stdout=subprocess.PIPE,
            env=child_environment(),
            cwd="/",
            timeout=WALL_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        return drawn_all(jobs)
    found: list[Picture] = pickle.loads(child.stdout)  # noqa: S301 - written by this module
    return found


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(drawn_all(pickle.load(sys.stdin.buffer))))  # noqa: S301
