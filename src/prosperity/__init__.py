"""Prosperity: from a publisher's page to a prosperity-index point, and back to the cell it was read from.

A plain library, usable without Dagster. Data goes one way through the stages
``catalogue < collect < extract < clean < warehouse < index < publish``; ``notation`` (how Chinese
statistics write quantities, changes and periods) lies below all of them.
"""

__version__ = "0.1.0"
