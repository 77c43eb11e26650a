"""Pictures of places in a PDF, rendered in a child process with limits on memory and time."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from prosperity.publish.model import Picture, Region
from prosperity.publish.pdf_child import LENGTH, MOST_BYTES, Limits

PNG = b"\x89PNG\r\n\x1a\n"
WALL_SECONDS = 120.0
LIMITS = Limits()


def pdf_pictures(
    data: bytes, regions: Sequence[Region], limits: Limits = LIMITS, wall_seconds: float = WALL_SECONDS
) -> list[Picture]:
    """One picture for every region of one document, in that order; never raises for what the document does.

    A picture that cannot be had carries the ``fault``: page or place missing, damaged document, a limit reached.
    """
    job = json.dumps(
        {
            "regions": [(region.page, region.bbox) for region in regions],
            "memory_bytes": limits.memory_bytes,
            "cpu_seconds": limits.cpu_seconds,
        }
    ).encode()
    try:
        child = subprocess.run(
            [sys.executable, "-m", "prosperity.publish.pdf_child"],
            input=LENGTH.pack(len(job)) + job + data,
            capture_output=True,
            env=child_environment(),
            cwd="/",
            timeout=wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        return _read(fault.stdout or b"", len(regions), f"not rendered within {wall_seconds:g} s")
    said = child.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
    ending = f"the rendering process ended with status {child.returncode} {''.join(said)[:200]}".strip()
    return _read(child.stdout, len(regions), ending)


def child_environment() -> dict[str, str]:
    """Only what the interpreter needs: nothing secret near untrusted documents."""
    source = str(Path(__file__).resolve().parents[2])
    search = [source, *(entry for entry in sys.path if entry and Path(entry).is_dir())]
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(dict.fromkeys(search)), "PYTHONDONTWRITEBYTECODE": "1"}


def _read(answer: bytes, count: int, ending: str) -> list[Picture]:
    """The pictures that the child gave before it ended; the others with ``ending`` as fault."""
    pictures: list[Picture] = []
    place = 0
    while len(pictures) < count:
        line, separator, _ = answer[place:].partition(b"\n")
        if not separator:
            break
        try:
            head = json.loads(line)
            image, page, fault = int(head["image"]), int(head["page"]), str(head["fault"])
        except (ValueError, KeyError, TypeError):
            break  # a child that a document has led astray
        start = place + len(line) + 1
        middle, end = start + image, start + image + page
        if not start <= middle <= end <= len(answer):
            break
        pictures.append(_checked(answer[start:middle], answer[middle:end], fault))
        place = end
    return pictures + [Picture(fault=ending)] * (count - len(pictures))


def _checked(image: bytes, page: bytes, fault: str) -> Picture:
    if fault:
        return Picture(fault=fault[:300])
    for data in (image, page):
        if not data.startswith(PNG) or len(data) > MOST_BYTES:
            return Picture(fault="the rendering process gave something that is no small PNG")
    return Picture(image, png_size(image), page, png_size(page))


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the header."""
    width, height = struct.unpack("!II", data[16:24])
    return width, height
