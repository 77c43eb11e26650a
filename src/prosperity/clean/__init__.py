"""Tables and statements to observations: numbers, units, periods, mapping to series, corrections.

What belongs here: judgement on what was extracted. The notation itself is read by ``prosperity.notation``;
its parsers are offered here too, because this is where users look for them.
"""

from prosperity.notation import (
    Change,
    Period,
    Quantity,
    QuantityError,
    parse_change,
    parse_period,
    parse_quantity,
)

__all__ = [
    "Change",
    "Period",
    "Quantity",
    "QuantityError",
    "parse_change",
    "parse_period",
    "parse_quantity",
]
