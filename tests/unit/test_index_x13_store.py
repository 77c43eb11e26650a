"""Adjustments kept on disk: found again by another process, never trusted when damaged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from prosperity.index import x13, x13_store
from prosperity.index.x13 import X13Error, X13Output, run_x13, specification

VALUES = [100.0 * 1.02**n * (1.1, 0.9, 1.05, 0.95)[n % 4] * (1 + 0.003 * (n * 7 % 5)) for n in range(24)]
TEXT = specification(VALUES, 4, (2014, 1))


@pytest.fixture(autouse=True)
def another_process() -> Iterator[None]:
    """Nothing is remembered within the process before and after."""
    run_x13.cache_clear()
    yield
    run_x13.cache_clear()


def test_a_result_is_found_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with x13_store.kept_in(tmp_path):
        first = run_x13(TEXT)
        run_x13.cache_clear()
        monkeypatch.setattr(x13, "_run", _refuse)
        assert run_x13(TEXT) == first
    assert len(first.tables["d11"]) == len(VALUES)
    assert not {"date", "time"} & set(first.diagnostics), "when it was run would make equal results differ"
    assert len(list(tmp_path.iterdir())) == 1


def test_other_figures_are_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with x13_store.kept_in(tmp_path):
        run_x13(TEXT)
        monkeypatch.setattr(x13, "_run", _refuse)
        with pytest.raises(X13Error, match="not to be run"):
            run_x13(specification([*VALUES[:-1], VALUES[-1] + 1e-9], 4, (2014, 1)))
    with pytest.raises(X13Error, match="not to be run"):
        run_x13(TEXT + " ")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"tables": {"d11": ["x"]}, "diagnostics": {}}'])
def test_a_damaged_entry_is_written_anew(tmp_path: Path, content: str) -> None:
    with x13_store.kept_in(tmp_path):
        first = run_x13(TEXT)
        (entry,) = tmp_path.iterdir()
        whole = entry.read_text()
        entry.write_text(content)
        run_x13.cache_clear()
        assert run_x13(TEXT) == first
        assert entry.read_text() == whole


def test_a_folder_that_cannot_be_written_fails_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with x13_store.kept_in(blocked):
        assert len(run_x13(TEXT).tables["d11"]) == len(VALUES)


def _refuse(*_: object) -> X13Output:
    raise X13Error("not to be run")
