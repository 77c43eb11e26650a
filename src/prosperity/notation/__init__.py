"""Chinese statistical notation: numbers, changes and periods as publishers write them.

What belongs here: pure functions from text to values, without knowledge of sources or series.
"""

from prosperity.notation.changes import parse_change
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
from prosperity.notation.normalise import normalise, normalise_with_offsets
from prosperity.notation.periods import find_periods, parse_period
from prosperity.notation.quantities import find_quantities, parse_quantity

__all__ = [
    "Change",
    "ChangeError",
    "Comparison",
    "Period",
    "PeriodError",
    "PeriodKind",
    "Quantity",
    "QuantityError",
    "find_periods",
    "find_quantities",
    "normalise",
    "normalise_with_offsets",
    "parse_change",
    "parse_period",
    "parse_quantity",
]
