"""Units of data by size: publishers count 1024 of one to the next (2752MB is printed as 2.69GB)."""

from __future__ import annotations

from decimal import Decimal

SIZES = ("KB", "MB", "GB", "TB", "PB", "EB")


def size_factor(found: str, wanted: str) -> Decimal | None:
    """What a figure in ``found`` is multiplied by to be in ``wanted``: MB/户·月 to GB/户·月 is 1/1024.

    None where they are no two sizes, or sizes for different things (``/户·月``).
    """
    size, _, per = found.partition("/")
    wanted_size, _, wanted_per = wanted.partition("/")
    if per != wanted_per or size == wanted_size or size not in SIZES or wanted_size not in SIZES:
        return None
    return Decimal(1024) ** (SIZES.index(size) - SIZES.index(wanted_size))
