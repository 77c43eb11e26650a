"""Least rights on PostgreSQL: a role that collects and a role that reads, beside the owner who migrates.

What belongs here: what each may do, and granting it. What does not: passwords and logins; both roles are groups without
a login, of which the database's administrator makes users members.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection

from prosperity.warehouse.model import WarehouseError
from prosperity.warehouse.schema import metadata
from prosperity.warehouse.views import metadata as views

#: What collecting does beyond reading and adding rows: all else is append-only for it.
CHANGED: dict[str, str] = {
    "source": "UPDATE",
    "series": "UPDATE",
    "release": "UPDATE",
    "release_document": "UPDATE",
    "release_fetch": "DELETE",
    "reading": "UPDATE (withdrawn_at)",
    "observation": "DELETE",
    "rejection": "UPDATE (last_seen_at, resolved_at)",
    "index_run": "UPDATE (last_saved_at)",
    "check_result": "DELETE",
}
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def statements(collector: str, reader: str, schema: str = "public") -> list[str]:
    """The SQL that the owner of the tables runs; running it again changes nothing.

    :raises WarehouseError: for a name that would need quoting.
    """
    for name in (collector, reader, schema):
        if not _NAME.fullmatch(name):
            raise WarehouseError(f"{name!r}: write a name of lower-case letters, digits and underscores")
    both = f"{collector}, {reader}"
    tables = sorted(metadata.tables)
    shown = ", ".join([*tables, *sorted(views.tables), "alembic_version"])
    return [
        *(_create(name) for name in (collector, reader)),
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {both}",
        f"GRANT USAGE ON SCHEMA {schema} TO {both}",
        f"GRANT SELECT ON {shown} TO {both}",
        f"GRANT INSERT ON {', '.join(tables)} TO {collector}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {collector}",
        *(f"GRANT {rights} ON {table} TO {collector}" for table, rights in CHANGED.items()),
    ]


def _create(name: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') "
        f"THEN CREATE ROLE {name} NOLOGIN; END IF; END $$"
    )


def grant(connection: Connection, collector: str, reader: str) -> None:
    """Create the roles where they are missing and grant what they need. :raises WarehouseError: on SQLite."""
    if connection.dialect.name != "postgresql":
        raise WarehouseError("roles are PostgreSQL's: SQLite has none, the rights of its file decide")
    for statement in statements(collector, reader):
        connection.exec_driver_sql(statement)
