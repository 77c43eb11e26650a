"""Derived series: what is computed from published ones, declared with inputs and formula, never stored as figures.

What belongs here: the declaration. What does not: the computation (``index.derived``).
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from prosperity.catalogue.base import Bilingual, Model

#: Names of the inputs that each formula asks for; ``sum`` takes any names, at least two.
INPUTS: dict[str, tuple[str, ...]] = {
    "share": ("part", "whole"),
    "quarter_from_cumulative": ("cumulative",),
    "comparable_level": ("rate",),
}


class Derived(Model):
    """One derived series.

    - ``share``: 100 × part / whole in the same period, in percent. Concentration (the share of the largest) is
      of this kind.
    - ``sum``: the inputs of one period added up; all must be there.
    - ``quarter_from_cumulative``: year-to-date flow to quarterly flow, never across a version break.
    - ``comparable_level``: published year-on-year rates chained (index.md §1); only relative heights mean
      something.
    """

    id: str
    name: Bilingual
    formula: Literal["share", "sum", "quarter_from_cumulative", "comparable_level"]
    inputs: dict[str, str]  #: role in the formula → series
    unit: str
    unit_mult: int = 0
    note: str = ""

    @model_validator(mode="after")
    def _inputs_fit(self) -> Derived:
        wanted = INPUTS.get(self.formula)
        if wanted is not None and set(wanted) != set(self.inputs):
            raise ValueError(
                f"{self.id}: {self.formula} needs the inputs {', '.join(wanted)}, not {', '.join(self.inputs)}"
            )
        if self.formula == "sum" and len(self.inputs) < 2:
            raise ValueError(f"{self.id}: a sum needs at least two inputs")
        if self.formula == "share" and self.unit != "%":
            raise ValueError(f"{self.id}: a share is in %, not {self.unit!r}")
        return self
