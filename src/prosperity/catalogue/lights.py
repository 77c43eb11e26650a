"""Thresholds of the warning lights: ours, versioned, marked as such wherever a light is shown."""

from __future__ import annotations

from itertools import pairwise

from pydantic import model_validator

from prosperity.catalogue.base import Bilingual, Model


class Lights(Model):
    """By series four rising bounds of its growth on the year before in percent (of its value, if it is a rate).

    Bounds of a series that no composition uses have no effect; an indicator without bounds has no light, and the
    share of weight that has one is shown.
    """

    version: str
    note: Bilingual  #: whose thresholds they are, and how they were chosen
    bounds: dict[str, tuple[float, float, float, float]]
    falling: tuple[str, ...] = ()  #: series of which high growth is cold

    @model_validator(mode="after")
    def _rise(self) -> Lights:
        for series, bounds in self.bounds.items():
            if not all(low < high for low, high in pairwise(bounds)):
                raise ValueError(f"{series}: bounds must rise, not {bounds}")
        return self
