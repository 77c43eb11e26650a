"""The stand-in publishers: one module each, with a function ``publisher() -> Publisher``.

A new publisher is a new module and its name in ``MODULES``.
"""

from __future__ import annotations

from importlib import import_module

from prosperity.sample.model import Publisher

MODULES = (
    "bda",
    "cac",
    "caict",
    "cgigc",
    "cnnic",
    "cnnic_english",
    "ipv6",
    "isc",
    "miit",
    "mofcom",
    "nbs",
    "nbs_data",
    "pboc",
)


def all_publishers() -> list[Publisher]:
    """Build every stand-in (some hundred documents, about a second)."""
    return [import_module(f"{__name__}.{name}").publisher() for name in MODULES]
