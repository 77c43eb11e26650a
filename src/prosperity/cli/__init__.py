"""The command line. Commands that run Dagster join through the entry-point group ``prosperity.commands``.

Exit status: 0 done (rejections allowed), 1 failed, 2 wrong usage. ``--json`` wherever something is printed.
"""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import click

from prosperity.catalogue import CatalogueError
from prosperity.cli import catalogue, documents, drift, index, output, quality, source, warehouse
from prosperity.collect.archive import ArchiveError
from prosperity.extract.model import ExtractionError
from prosperity.publish.model import PublishError
from prosperity.sample.process import SampleError
from prosperity.settings import SettingsError
from prosperity.warehouse.model import WarehouseError

COMMANDS = (
    catalogue.sources,
    catalogue.series,
    catalogue.status,
    catalogue.doctor,
    source.source,
    documents.collect,
    documents.reprocess,
    documents.archive,
    documents.extract,
    index.index,
    index.explain,
    index.evidence,
    output.publish,
    output.export,
    output.dictionary,
    quality.rejections,
    quality.check,
    drift.drift,
    warehouse.warehouse,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="prosperity")
def cli() -> None:
    """Prosperity: from a publisher's page to a prosperity-index point, and back to the cell it was read from."""


for command in COMMANDS:
    cli.add_command(command)
for entry in entry_points(group="prosperity.commands"):
    for command in entry.load():
        cli.add_command(command)


def main() -> None:
    """Entry point: a fault with a known cause is one line on standard error, not a stack of frames."""
    try:
        cli()
    except SettingsError as fault:
        click.echo(f"Error: {fault}", err=True)
        sys.exit(2)
    except (
        ArchiveError,
        CatalogueError,
        ExtractionError,
        PublishError,
        SampleError,
        WarehouseError,
    ) as fault:
        click.echo(f"Error: {fault}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
