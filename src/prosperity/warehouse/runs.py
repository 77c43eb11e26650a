"""Computed results, kept so that any published number can be computed again.

A run is identified by the specification, the day it looks from, the code, the data and the result: saving the
same again adds nothing, and a result that differs with all else equal shows as a run of its own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from prosperity.warehouse.model import IndexContribution, IndexRun, IndexValue, NotFound, WarehouseError
from prosperity.warehouse.schema import (
    evidence,
    index_contribution,
    index_run,
    index_specification,
    index_value,
    series,
)

#: Two results are the same if they agree to so many digits: libraries differ in the last bits.
DIGITS = 10
IDS_AT_ONCE = 5000


def save(connection: Connection, run: IndexRun, now: dt.datetime) -> str:
    """Store a run, unless it is there already; returns its id.

    Raises WarehouseError for numbers that are not finite, a missing value without reason, inputs or series
    that the warehouse does not hold, and a specification that is not the one kept under its hash.
    """
    _check(connection, run)
    if run.specification:
        _keep_specification(connection, run)
    result = _hash(
        _points(run.values), _points(run.contributions), json.dumps(dict(run.parameters), sort_keys=True)
    )
    identity = _hash(run.spec_hash, str(run.as_of), run.code_version, run.data_hash, result)
    known = connection.execute(select(index_run.c.id).where(index_run.c.id == identity)).first()
    if known is not None:
        connection.execute(update(index_run).where(index_run.c.id == identity).values(last_saved_at=now))
        return identity
    row = {
        "id": identity,
        "spec_version": run.spec_version,
        "spec_hash": run.spec_hash,
        "as_of": run.as_of,
        "code_version": run.code_version,
        "data_hash": run.data_hash,
        "result_hash": result,
        "parameters": dict(run.parameters),
        "created_at": now,
        "last_saved_at": now,
    }
    connection.execute(insert(index_run), row)
    if run.values:
        connection.execute(insert(index_value), [_row(point, identity) for point in run.values])
    if run.contributions:
        connection.execute(insert(index_contribution), [_row(part, identity) for part in run.contributions])
    return identity


def _keep_specification(connection: Connection, run: IndexRun) -> None:
    query = select(index_specification.c.content).where(index_specification.c.spec_hash == run.spec_hash)
    kept = connection.execute(query).scalar_one_or_none()
    if kept is None:
        row = {"spec_hash": run.spec_hash, "content": dict(run.specification)}
        connection.execute(insert(index_specification), row)
    elif kept != dict(run.specification):
        raise WarehouseError(f"specification {run.spec_hash} is kept with another content")


def find(connection: Connection, identity: str) -> IndexRun:
    """The run with its values and contributions, by group and period; NotFound if there is none."""
    return _run(connection, select(index_run).where(index_run.c.id == identity), f"no index run {identity}")


def latest(connection: Connection, spec_hash: str | None = None) -> IndexRun | None:
    """The run that looks from the latest day; of several the one saved last. None if there is none."""
    query = select(index_run).order_by(
        index_run.c.as_of.is_(None).desc(),
        index_run.c.as_of.desc(),
        index_run.c.last_saved_at.desc(),
        index_run.c.id,
    )
    if spec_hash is not None:
        query = query.where(index_run.c.spec_hash == spec_hash)
    try:
        return _run(connection, query.limit(1), "no index run")
    except NotFound:
        return None


def listing(connection: Connection) -> list[IndexRun]:
    """All runs without values and contributions, the newest first."""
    query = select(index_run).order_by(index_run.c.created_at.desc(), index_run.c.id)
    return [_head(row) for row in connection.execute(query).mappings()]


def _run(connection: Connection, query: Select[Any], missing: str) -> IndexRun:
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(missing)
    head = _head(row)
    values = select(index_value).where(index_value.c.run == head.id)
    parts = select(index_contribution).where(index_contribution.c.run == head.id)
    content = select(index_specification.c.content).where(index_specification.c.spec_hash == head.spec_hash)
    return IndexRun(
        **head.__dict__
        | {
            "specification": connection.execute(content).scalar_one_or_none() or {},
            "values": tuple(
                IndexValue(**_attributes(point, IndexValue))
                for point in connection.execute(
                    values.order_by(index_value.c.index_group, index_value.c.period)
                ).mappings()
            ),
            "contributions": tuple(
                IndexContribution(**_attributes(part, IndexContribution))
                for part in connection.execute(
                    parts.order_by(
                        index_contribution.c.index_group,
                        index_contribution.c.period,
                        index_contribution.c.series,
                    )
                ).mappings()
            ),
        }
    )


def _head(row: Any) -> IndexRun:
    return IndexRun(
        spec_version=row["spec_version"],
        spec_hash=row["spec_hash"],
        as_of=row["as_of"],
        code_version=row["code_version"],
        data_hash=row["data_hash"],
        parameters=row["parameters"],
        id=row["id"],
        created_at=row["created_at"],
        last_saved_at=row["last_saved_at"],
    )


def _row(point: IndexValue | IndexContribution, run: str) -> dict[str, Any]:
    row = {field.name: getattr(point, field.name) for field in fields(point)}
    row["run"] = run
    row["index_group"] = row.pop("group")
    if isinstance(point, IndexValue):
        row["reason"] = point.reason or None
        return row
    return row | {"inputs": list(point.inputs), "steps": list(point.steps)}


def _attributes(row: Any, kind: type[IndexValue] | type[IndexContribution]) -> dict[str, Any]:
    attributes = {field.name: row[field.name] for field in fields(kind) if field.name != "group"}
    attributes["group"] = row["index_group"]
    return {name: tuple(value) if isinstance(value, list) else value for name, value in attributes.items()}


def _check(connection: Connection, run: IndexRun) -> None:
    points: list[IndexValue | IndexContribution] = [*run.values, *run.contributions]
    for point in points:
        for field in fields(point):
            number = getattr(point, field.name)
            if isinstance(number, float) and not math.isfinite(number):
                raise WarehouseError(f"{point.group} {point.period}: {field.name} is {number}")
    for value in run.values:
        if (value.value is None) != bool(value.reason):
            raise WarehouseError(f"{value.group} {value.period}: a value or the reason why there is none")
    wanted = {part.series for part in run.contributions if part.inputs}
    unknown = wanted - set(connection.execute(select(series.c.id).where(series.c.id.in_(wanted))).scalars())
    if unknown:
        raise WarehouseError(f"contributions of unknown series: {', '.join(sorted(unknown))}")
    inputs = sorted({identity for part in run.contributions for identity in part.inputs})
    for start in range(0, len(inputs), IDS_AT_ONCE):
        chunk = inputs[start : start + IDS_AT_ONCE]
        held = connection.execute(
            select(func.count()).select_from(evidence).where(evidence.c.id.in_(chunk))
        ).scalar_one()
        if held != len(chunk):
            raise WarehouseError(
                f"{len(chunk) - held} inputs of contributions are no evidence in this warehouse"
            )


def _points(points: Iterable[IndexValue | IndexContribution]) -> str:
    return "\n".join(sorted("\x1f".join(_text(getattr(p, f.name)) for f in fields(p)) for p in points))


def _text(value: Any) -> str:
    return format(value, f".{DIGITS}g") if isinstance(value, float) else str(value or "")


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:16]
