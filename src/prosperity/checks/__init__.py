"""Reconciliation: figures checked against each other, as pure functions over plain rows.

What belongs here: comparing and classifying. What does not: reading the warehouse, storing, showing.
A check never rejects a figure; it says what fits and what does not, with the figures and where they were read.
"""

from prosperity.checks.model import CheckFigure, CheckResult, Vintage
from prosperity.checks.rates import reconcile_rates, verdict_of
from prosperity.checks.run import check_all

__all__ = ["CheckFigure", "CheckResult", "Vintage", "check_all", "reconcile_rates", "verdict_of"]
