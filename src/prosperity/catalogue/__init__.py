"""The catalogue: what is collected, where it stands in documents, what is computed from it.

One YAML per source under ``sources/``, ``series.yaml``, ``derived.yaml``, ``index.yaml``, ``checks.yaml`` and
``corrections.yaml``; ``load()`` checks them against the models and against each other. Partitions, assets,
schedules, checks, the data dictionary and the report are derived from it. Nothing here reads documents or
knows protocols.
"""

from prosperity.catalogue.loader import CatalogueError, load
from prosperity.catalogue.model import Catalogue, IndexSpec, Series, Source

__all__ = ["Catalogue", "CatalogueError", "IndexSpec", "Series", "Source", "load"]
