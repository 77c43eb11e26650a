"""Code lists: the official SDMX ones (``codelists.csv``) and our own, whose codes come from the catalogue.

What belongs here: codes and their names. What does not: SDMX messages (``sdmx``).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prosperity.catalogue.model import Series, Source

AGENCY = "PROSPERITY"
VERSION = "1.0"

#: How the day from which a figure was known is known.
KNOWN_FROM_BASES = {
    "stated": "date of issue stated in the document",
    "list_date": "date in the publisher's list or address",
    "estimated": "end of the period and the source's usual lag",
    "first_seen": "day on which we first saw it",
}
GROUPS = {"leading": "leading index", "coincident": "coincident index", "lagging": "lagging index"}
LAYERS = {"macro": "macro", "capability": "capability", "industry": "industry", "business": "business",
          "trend": "trend term"}  # fmt: skip
BOOLEANS = {"true": "yes", "false": "no"}
_NAMES = {
    "CL_DECIMALS": "Decimals",
    "CL_FREQ": "Frequency",
    "CL_OBS_STATUS": "Observation status",
    "CL_UNIT_MULT": "Unit multiplier",
}


@dataclass(frozen=True)
class CodeList:
    id: str
    name: str
    agency: str
    version: str
    codes: Mapping[str, str]  #: code → name


@cache
def official() -> Mapping[str, CodeList]:
    """The SDMX cross-domain lists in use, by id."""
    found: dict[str, dict[str, str]] = {}
    versions: dict[str, str] = {}
    with Path(__file__).with_name("codelists.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            versions[row["list"]] = row["version"]
            found.setdefault(row["list"], {})[row["id"]] = row["name"]
    return {
        name: CodeList(name, _NAMES[name], "SDMX", versions[name], codes) for name, codes in found.items()
    }


def own(series: Mapping[str, Series], sources: Mapping[str, Source]) -> Mapping[str, CodeList]:
    """Our lists, by id. ``trend`` is the term of the index that belongs to no series."""
    names = {name: f"{entry.name.en} / {entry.name.zh}" for name, entry in series.items()}
    lists = (
        ("CL_SERIES", "Series", names | {"trend": "trend term of the index"}),
        ("CL_SOURCE", "Source", {name: f"{entry.publisher.en}: {entry.title.en}" for name, entry in sources.items()}),
        ("CL_KNOWN_FROM_BASIS", "Basis of the vintage", KNOWN_FROM_BASES),
        ("CL_INDEX_GROUP", "Index", GROUPS),
        ("CL_LAYER", "Layer", LAYERS),
        ("CL_BOOLEAN", "Yes or no", BOOLEANS),
    )  # fmt: skip
    return {name: CodeList(name, title, AGENCY, VERSION, codes) for name, title, codes in lists}
