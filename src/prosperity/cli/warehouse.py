"""The database itself: brought to the present schema, its roles, its copies."""

from __future__ import annotations

from pathlib import Path

import click

from prosperity.cli.options import emit, json_option, live_option
from prosperity.settings import Settings
from prosperity.warehouse import Warehouse


@click.group()
@live_option
@click.pass_context
def warehouse(context: click.Context, live: bool) -> None:
    """The database: migrate, roles, backup, restore."""
    context.obj = Settings.from_environment(live=live or None)


@warehouse.command()
@json_option
@click.pass_obj
def migrate(settings: Settings, as_json: bool) -> None:
    """Bring the tables to the present schema, as their owner."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with Warehouse(settings.warehouse) as store:
        before = store.revision()
        store.migrate()
        found = {"before": before, "now": store.revision()}
    emit(as_json, found, lambda: click.echo(f"schema {found['before'] or 'empty'} -> {found['now']}"))


@warehouse.command()
@click.option("--collector", default="prosperity_collector", show_default=True, help="Role that loads.")
@click.option("--reader", default="prosperity_reader", show_default=True, help="Role that only reads.")
@click.option("--print", "only_print", is_flag=True, help="Print the SQL; change nothing.")
@click.pass_obj
def roles(settings: Settings, collector: str, reader: str, only_print: bool) -> None:
    """Two roles with the least rights (PostgreSQL); neither can log in until users are made members of it."""
    from prosperity.warehouse.roles import statements

    if only_print:
        click.echo("\n".join(f"{statement};" for statement in statements(collector, reader)))
        return
    with Warehouse(settings.warehouse) as store:
        store.grant_roles(collector, reader)
    click.echo(
        f"{collector} adds and closes rows, {reader} reads; GRANT {collector} TO <user>; gives a user the role"
    )


@warehouse.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@click.pass_obj
def backup(settings: Settings, target: Path, as_json: bool) -> None:
    """Copy the SQLite warehouse to the file TARGET while others go on writing."""
    with Warehouse(settings.warehouse) as store:
        found = {"file": str(target), "bytes": store.backup(target)}
    emit(as_json, found, lambda: click.echo(f"{found['file']}: {found['bytes']} bytes, checked"))


@warehouse.command()
@click.argument("copy", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@click.pass_obj
def restore(settings: Settings, copy: Path, as_json: bool) -> None:
    """Put the file COPY in the place of the SQLite warehouse; the former one is put aside. Stop everything before."""
    with Warehouse(settings.warehouse) as store:
        aside = store.restore(copy)
        store.migrate()
        found = {"restored": str(copy), "aside": str(aside) if aside else None, "schema": store.revision()}
    emit(as_json, found, lambda: click.echo(f"restored from {copy}; the former warehouse: {aside or 'none'}"))
