"""Results of reconciliation, kept as the last run gave them.

What belongs here: replacing and reading the rows of ``check_result``. What does not: the comparing
(``prosperity.checks``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, bindparam, delete, insert, select

from prosperity.checks.model import CheckFigure, CheckResult
from prosperity.warehouse.model import SavedChecks, WarehouseError
from prosperity.warehouse.schema import check_result, evidence, series
from prosperity.warehouse.types import canonical

IDS_AT_ONCE = 5000
KEY = ("check_kind", "rule", "series", "period", "basis")


def save(connection: Connection, results: Iterable[CheckResult], now: dt.datetime) -> SavedChecks:
    """Replace what was kept by these results; rows that stayed the same are left alone.

    Raises WarehouseError for two results of one key, and for series or evidence that are not here.
    """
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for result in results:
        if result.key in rows:
            raise WarehouseError(f"two results of {' '.join(result.key)}")
        rows[result.key] = _row(result)
    _check(connection, rows.values())
    kept = {
        tuple(row[name] for name in KEY): _without_clock(row)
        for row in connection.execute(select(check_result)).mappings()
    }
    stale = [key for key, row in kept.items() if not _same(row, rows.get(key))]
    fresh = [row for key, row in rows.items() if key not in kept or not _same(kept[key], row)]
    if stale:
        at = and_(*(check_result.c[name] == bindparam(f"at_{name}") for name in KEY))
        connection.execute(
            delete(check_result).where(at),
            [{f"at_{name}": value for name, value in zip(KEY, key, strict=True)} for key in stale],
        )
    if fresh:
        connection.execute(insert(check_result), [row | {"found_at": now} for row in fresh])
    return SavedChecks(total=len(rows), added=len(fresh), removed=len(stale))


def find(
    connection: Connection,
    check: str | None = None,
    names: Collection[str] | None = None,
    basis: str | None = None,
    severity: str | None = None,
) -> list[CheckResult]:
    """Results by their key."""
    query = select(check_result).order_by(*(check_result.c[name] for name in KEY))
    for column, wanted in (("check_kind", check), ("basis", basis), ("severity", severity)):
        if wanted is not None:
            query = query.where(check_result.c[column] == wanted)
    if names is not None:
        query = query.where(check_result.c.series.in_(names))
    found = [_result(row) for row in connection.execute(query).mappings()]
    # PostgreSQL sorts text by its own locale.
    return sorted(found, key=lambda result: result.key)


def _row(result: CheckResult) -> dict[str, Any]:
    return {
        "check_kind": result.check,
        "rule": result.rule,
        "series": result.series,
        "period": result.period,
        "basis": result.basis,
        "verdict": result.verdict,
        "severity": result.severity,
        "gap": result.gap,
        "figures": [
            {
                "role": figure.role,
                "series": figure.series,
                "period": figure.period,
                "value": canonical(figure.value),
                "known_from": figure.known_from.isoformat(),
                "evidence": figure.evidence,
            }
            for figure in result.figures
        ],
        "explanation": result.explanation,
    }


def _result(row: RowMapping) -> CheckResult:
    figures = tuple(
        CheckFigure(
            role=figure["role"],
            series=figure["series"],
            period=figure["period"],
            value=Decimal(figure["value"]),
            known_from=dt.date.fromisoformat(figure["known_from"]),
            evidence=figure["evidence"],
        )
        for figure in row["figures"]
    )
    return CheckResult(
        check=row["check_kind"],
        rule=row["rule"],
        series=row["series"],
        period=row["period"],
        basis=row["basis"],
        verdict=row["verdict"],
        severity=row["severity"],
        gap=row["gap"],
        figures=figures,
        explanation=row["explanation"],
    )


def _without_clock(row: RowMapping) -> dict[str, Any]:
    return {str(name): value for name, value in row.items() if name != "found_at"}


def _same(kept: dict[str, Any], wanted: dict[str, Any] | None) -> bool:
    return wanted is not None and kept == wanted


def _check(connection: Connection, rows: Collection[dict[str, Any]]) -> None:
    named = {row["series"] for row in rows} | {f["series"] for row in rows for f in row["figures"]}
    known = set(connection.execute(select(series.c.id)).scalars())
    if named - known:
        raise WarehouseError(f"checks of unknown series: {', '.join(sorted(named - known))}")
    wanted = sorted({figure["evidence"] for row in rows for figure in row["figures"]})
    for start in range(0, len(wanted), IDS_AT_ONCE):
        chunk = wanted[start : start + IDS_AT_ONCE]
        held = set(connection.execute(select(evidence.c.id).where(evidence.c.id.in_(chunk))).scalars())
        lacking = [identity for identity in chunk if identity not in held]
        if lacking:
            raise WarehouseError(f"checks rest on evidence that is not here: {', '.join(lacking[:5])}")
