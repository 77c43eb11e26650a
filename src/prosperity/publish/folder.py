"""A folder brought up to date: only pages whose content changed are made, only files that differ are written.

``pages.json`` in the folder says of every file what it was made from and what came out; a page made from the same, whose
file is what it was, is not even rendered again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from prosperity.publish.model import PublishError

MANIFEST = "pages.json"
#: Evidence that no manifest knows of (an earlier version's): only such files are removed beside those listed.
_OWNED = re.compile(r"[0-9a-f]{16}(-page\.png|\.png|\.html)")


@dataclass(frozen=True)
class Page:
    """A file of the site: ``key`` is a hash of all that it is made from, '' for one that is always made."""

    path: str
    key: str
    make: Callable[[], bytes]


@dataclass(frozen=True)
class Brought:
    """What a folder holds now: sha256 by path, and how many files were rendered and written."""

    files: Mapping[str, str]
    made: int
    written: int


def key_of(*parts: object) -> str:
    """One hash for all that a page is made from; parts are told apart by their ``repr``."""
    return hashlib.sha256("\x1f".join(repr(part) for part in parts).encode()).hexdigest()[:24]


def bring_up(out: Path, pages: Iterable[Page], *, remove_stale: bool = True) -> Brought:
    """Make what has changed and replace it file by file from a temporary folder on the same disk, start pages last, so
    that no page ever links to what is not there. Files that an earlier build wrote and this one has not are removed;
    files of others stay.

    :raises PublishError: where the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        before = _manifest(out)
        found: dict[str, tuple[str, str]] = {}
        changed: dict[str, bytes] = {}
        made = 0
        for page in pages:
            key, was = before.get(page.path, ("", ""))
            if page.key and page.key == key and _hash(out / page.path) == was:
                found[page.path] = (key, was)
                continue
            data = page.make()
            made += 1
            digest = hashlib.sha256(data).hexdigest()
            found[page.path] = (page.key, digest)
            if _hash(out / page.path) != digest:
                changed[page.path] = data
        if changed:
            _replace(out, dict(sorted(changed.items(), key=lambda item: (item[0].endswith("index.html"), item[0]))))  # fmt: skip
        if remove_stale:
            for path in _stale(out, before, found):
                path.unlink(missing_ok=True)
            kept = found
        else:
            kept = before | found
        _write_manifest(out, kept)
    except OSError as fault:
        raise PublishError(f"the report cannot be written to {out}: {fault}") from fault
    return Brought({path: digest for path, (_, digest) in sorted(found.items())}, made, len(changed))


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _manifest(out: Path) -> dict[str, tuple[str, str]]:
    """What the last build noted; nothing where it is missing or damaged, so that everything is made again."""
    try:
        noted = json.loads((out / MANIFEST).read_bytes())
        return {str(path): (str(key), str(digest)) for path, (key, digest) in noted.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write_manifest(out: Path, found: Mapping[str, tuple[str, str]]) -> None:
    data = json.dumps(dict(sorted(found.items())), indent=0).encode()
    if _hash(out / MANIFEST) != hashlib.sha256(data).hexdigest():
        _replace(out, {MANIFEST: data})


def _replace(out: Path, files: Mapping[str, bytes]) -> None:
    staging = Path(tempfile.mkdtemp(dir=out, prefix=".incoming-"))
    try:
        for number, (path, data) in enumerate(files.items()):
            temporary, target = staging / str(number), out / path
            temporary.write_bytes(data)
            temporary.chmod(0o644)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(temporary, target)  # noqa: PTH105 - replaces a file atomically
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(staging)


def _stale(
    out: Path, before: Mapping[str, tuple[str, str]], found: Mapping[str, tuple[str, str]]
) -> list[Path]:
    """Files of an earlier build that are not wanted any more, as far as nobody has changed them since."""
    evidence = [*(out / "evidence").glob("*.html"), *(out / "evidence" / "pictures").glob("*.png")]
    owned = [path for path in evidence if _OWNED.fullmatch(path.name)]
    inside = out.resolve()
    listed = [out / path for path, (_, digest) in before.items() if path not in found and _hash(out / path) == digest]  # fmt: skip
    owned += [path for path in listed if path.resolve().is_relative_to(inside)]
    return [path for path in owned if path.relative_to(out).as_posix() not in found]
