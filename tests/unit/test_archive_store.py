"""The archive over an object store: the same behaviour as on a disk, against a local S3 server."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from prosperity.collect.archive import Archive, ArchiveError
from prosperity.collect.model import Document, Release
from prosperity.notation.model import cumulative

pytest_plugins = ("tests.object_store",)

TEXT = "互联网业务收入10125亿元".encode()
SHA256 = hashlib.sha256(TEXT).hexdigest()
WHEN = dt.datetime(2021, 1, 2, tzinfo=dt.UTC)


@pytest.fixture(params=["folder", "s3"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    if request.param == "folder":
        return Archive(tmp_path / "archive")
    return Archive(f"{request.getfixturevalue('s3')}/{tmp_path.name}")


def released(title: str = "2020年前三季度运行情况") -> Release:
    return Release(
        "miit_internet",
        title,
        "https://www.miit.gov.cn/a.html",
        cumulative(2020, 9),
        dt.date(2020, 10, 31),
        "stated",
    )


def document(**changes: object) -> Document:
    material = {
        "sha256": SHA256, "media_type": "text/html", "size": len(TEXT), "address": "https://www.miit.gov.cn/a.html",
        "fetched_at": WHEN, "headers": {"etag": '"v1"'}, "encoding": "utf-8",
    }  # fmt: skip
    return Document(**(material | changes))  # type: ignore[arg-type]


def test_what_is_put_is_got(archive: Archive) -> None:
    assert SHA256 not in archive
    assert archive.put(TEXT) == archive.put(TEXT) == SHA256
    assert SHA256 in archive and archive.get(SHA256) == TEXT
    assert list(archive) == [SHA256]
    assert archive.verify() == []
    archive.remove(SHA256)
    archive.remove(SHA256)
    assert list(archive) == []


def test_damage_and_loss_are_noticed(archive: Archive) -> None:
    archive.put(TEXT)
    archive.describe(released(), document())
    archive.store.write(archive.name(SHA256), b"10126")
    with pytest.raises(ArchiveError, match="is damaged"):
        archive.get(SHA256)
    assert [line.split(":")[0] for line in archive.verify()] == [f"document {SHA256} is damaged"]
    archive.remove(SHA256)
    with pytest.raises(ArchiveError, match="is not in the archive"):
        archive.get(SHA256)
    [problem] = archive.verify()
    assert f"its document {SHA256} is missing" in problem


def test_manifests_say_where_a_document_came_from(archive: Archive) -> None:
    archive.put(TEXT)
    archive.describe(released(), document())
    archive.describe(released(), document())
    archive.describe(released("2020年1-9月运行情况"), document())
    [manifest] = archive.manifests(2020)
    assert manifest["release"]["title"] == "2020年1-9月运行情况", (
        "of one release and document the newest knowledge"
    )
    assert manifest["release"]["period"] == "2020-09" and manifest["release"]["issued"] == "2020-10-31"
    assert manifest["headers"] == {"etag": '"v1"'} and manifest["fetched_at"] == "2021-01-02 00:00:00+00:00"
    assert list(archive.manifests(2019)) == []


def test_many_writers_of_the_same_and_of_others(archive: Archive) -> None:
    bodies = [f"text {number % 5}".encode() for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(archive.put, bodies))
    assert found == [hashlib.sha256(body).hexdigest() for body in bodies]
    assert sorted(archive) == sorted(set(found)) and archive.verify() == []


def test_refused_bodies_lie_apart(archive: Archive) -> None:
    sha256 = archive.refuse(b"<html>challenge</html>", "https://h.example/a.pdf", "a challenge page", WHEN)
    [note] = archive.refused()
    assert (note["sha256"], note["reason"], note["size"]) == (sha256, "a challenge page", 22)
    assert list(archive) == [] and sha256 not in archive


def test_a_store_that_cannot_be_reached_is_named_without_secrets(
    s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ArchiveError, match="s3://no-such-bucket") as fault:
        Archive("s3://no-such-bucket/x").put(TEXT)
    assert "very-secret" not in str(fault.value)
    with pytest.raises(ArchiveError, match="no place that can be written to"):
        Archive("nonsense://x").put(TEXT)


def test_writers_killed_at_any_moment_leave_a_sound_archive(tmp_path: Path) -> None:
    """SIGKILL after a few file operations each, on a disk, where an object is not written in one piece."""
    script = (
        "import os, signal, sys\n"
        "from prosperity.collect import store\n"
        "from prosperity.collect.archive import Archive\n"
        "left, true = [int(sys.argv[2])], os.fsync\n"
        "def fsync(descriptor):\n"
        "    left[0] -= 1\n"
        "    if left[0] < 0: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    true(descriptor)\n"
        "store.os.fsync = fsync\n"
        "archive = Archive(sys.argv[1])\n"
        "for number in range(4): archive.put(b'x' * 100_000 + bytes([number]))\n"
    )
    for steps in (0, 1, 4):
        ended = subprocess.run([sys.executable, "-c", script, str(tmp_path), str(steps)], check=False)
        assert ended.returncode == -9
        assert Archive(tmp_path).verify() == []
    assert len(list(Archive(tmp_path))) == 3
