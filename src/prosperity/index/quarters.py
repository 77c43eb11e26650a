"""Quarters and SDMX period codes as whole numbers, so that neighbours are found by counting.

A quarter's ordinal is ``4 × year + quarter − 1``; a month's is ``12 × year + month − 1``.
"""

from __future__ import annotations

import re

from prosperity.index.model import IndexInputError

_CODE = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|S([12])))?")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")


def last_month(code: str) -> int:
    """Ordinal of the last month of a period: 2019-06, 2019-Q2 and 2019-S1 all end in June 2019."""
    found = _CODE.fullmatch(code)
    if found is None:
        raise IndexInputError(f"not a period code (2019-06, 2019-Q2, 2019-S1 or 2019): {code!r}")
    year, month, quarter, half = found.groups()
    if month:
        number = int(month)
    elif quarter:
        number = 3 * int(quarter)
    else:
        number = 6 * int(half) if half else 12
    return 12 * int(year) + number - 1


def runs_from_january(code: str) -> bool:
    """Whether a figure with this code can be a year-to-date one: a month (cumulative), Q1, S1, a year."""
    found = _CODE.fullmatch(code)
    return found is not None and found.group(3) in (None, "1") and found.group(4) in (None, "1")


def month_code(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def quarter_ordinal(code: str) -> int:
    found = _QUARTER.fullmatch(code)
    if found is None:
        raise IndexInputError(f"not a quarter (2019-Q2): {code!r}")
    return 4 * int(found.group(1)) + int(found.group(2)) - 1


def quarter_code(quarter: int) -> str:
    return f"{quarter // 4}-Q{quarter % 4 + 1}"


def end_month_of(quarter: int) -> int:
    return 3 * quarter + 2
