"""The sample publishers as a background process: started once, found again, stopped only if ours."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from prosperity.sample import Running, ensure_running, stop


@pytest.fixture
def background(tmp_path: Path) -> Iterator[tuple[Path, Running]]:
    state = tmp_path / "sample"
    running = ensure_running(state)
    yield state, running
    stop(state)


def listening(running: Running) -> bool:
    try:
        return requests.get(running.hosts["www.cnnic.net.cn"] + "/6/86/88/index.html", timeout=2).ok
    except requests.ConnectionError:
        return False


def test_start_find_stop(background: tuple[Path, Running]) -> None:
    state, first = background
    assert first.started and listening(first)
    content = json.loads((state / "publishers.json").read_text())
    assert content == {"pid": first.pid, "hosts": dict(first.hosts)}
    second = ensure_running(state)
    assert (second.started, second.pid, second.hosts) == (False, first.pid, first.hosts)
    assert stop(state) is True
    assert not (state / "publishers.json").exists()
    assert not listening(first)
    assert stop(state) is False


def test_a_killed_process_is_replaced(background: tuple[Path, Running]) -> None:
    state, first = background
    os.kill(first.pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while listening(first) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (state / "publishers.json").exists()  # stale
    second = ensure_running(state)
    assert second.started and second.pid != first.pid and listening(second)


def test_a_foreign_pid_is_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        hosts = {"www.cnnic.net.cn": "http://127.0.0.1:9"}
        (tmp_path / "publishers.json").write_text(json.dumps({"pid": other.pid, "hosts": hosts}))
        assert stop(tmp_path) is False
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_nothing_to_stop(tmp_path: Path) -> None:
    assert stop(tmp_path / "absent") is False


def test_a_second_process_for_the_same_folder_gives_up(background: tuple[Path, Running]) -> None:
    state, running = background
    done = subprocess.run(
        [sys.executable, "-m", "prosperity.sample", "--state", str(state)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 1 and "running" in done.stderr
    assert listening(running)
