"""What Alembic runs: the migrations, on the connection and in the transaction that ``migrate`` hands over."""

from __future__ import annotations

from alembic import context

from prosperity.warehouse.schema import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("run migrations through Warehouse.migrate(), which hands over the connection")
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
