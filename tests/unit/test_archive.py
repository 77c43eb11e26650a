"""The archive keeps bytes by content, notices damage, and leaves nothing half written."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from prosperity.collect.archive import Archive, ArchiveError
from prosperity.collect.store import write_atomically


def test_content_is_kept_under_its_hash(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.put("互联网".encode())
    assert sha256 == hashlib.sha256("互联网".encode()).hexdigest()
    assert archive.get(sha256) == "互联网".encode()
    assert archive.put("互联网".encode()) == sha256
    assert list(archive) == [sha256]


def test_damage_is_noticed_on_reading(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.put(b"10125")
    (tmp_path / archive.name(sha256)).write_bytes(b"10126")
    with pytest.raises(ArchiveError, match="damaged"):
        archive.get(sha256)
    assert len(archive.verify()) == 1


def test_missing_document_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="is not in the archive"):
        Archive(tmp_path).get("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "G" * 64, "a" * 63])
def test_only_hashes_become_paths(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveError, match="not a sha256"):
        Archive(tmp_path).name(name)


def test_killed_writer_leaves_no_document(tmp_path: Path) -> None:
    """SIGKILL between writing and renaming: the final name never holds a part."""
    target = tmp_path / "objects" / "x"
    script = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from prosperity.collect import store\n"
        "store.os.fsync = lambda fd: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"store.write_atomically(Path({str(target)!r}), b'x' * 1000)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False)
    assert ended.returncode == -9
    assert not target.exists()
    write_atomically(target, b"whole")
    assert target.read_bytes() == b"whole"


def test_what_killed_writers_left_is_swept_after_a_day(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    kept = archive.put(b"a document")
    held = tmp_path / Archive.name(kept)
    old, new = held.parent / ".incoming-old", held.parent / ".incoming-new"
    for path in (old, new, held):
        path.touch()
    for path in (old, held):
        os.utime(path, (time.time() - 25 * 3600, time.time() - 25 * 3600))
    os.utime(new, (time.time() - 23 * 3600, time.time() - 23 * 3600))
    Archive(tmp_path).get(kept)
    assert old.exists(), "reading takes nothing away"
    Archive(tmp_path).put(b"another one")
    assert not old.exists()
    assert new.exists(), "its writer may still be at work"
    assert archive.get(kept) == b"a document"
