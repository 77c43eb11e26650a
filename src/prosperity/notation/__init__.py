"""Chinese statistical notation: numbers, changes and periods as publishers write them.

What belongs here: pure functions from text to values, without knowledge of sources or series.
"""

from prosperity.notation.model import (
    Change,
    ChangeError,
    Comparison,
    Period,
    PeriodError,
    PeriodKind,
    Quantity,
    QuantityError,
)

__all__ = [
    "Change",
    "ChangeError",
    "Comparison",
    "Period",
    "PeriodError",
    "PeriodKind",
    "Quantity",
    "QuantityError",
]
