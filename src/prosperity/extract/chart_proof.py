"""Do printed values fit what is drawn? Heights of bars and corners of lines against axes, or against each other.

What belongs here: the arithmetic of the proof. Which label stands at which height is found in ``charts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prosperity.extract.chart_words import Axis, Word, straight

TICK_OFF = 0.5  #: a tick's label stands no further from its height, in character sizes

Mark = tuple[float, Word]  #: height on the page (counted downwards) with the value printed for it


class Refused(Exception):
    """Why a chart, or one of its series, cannot be believed."""


@dataclass(frozen=True)
class Scale:
    """What is known of the heights of one drawing: its axes, the line on which the bars stand, and by how many
    points a drawn height may be off. ``foot``: how far below its height the label of a tick stands, where that is
    known."""

    axes: Sequence[Axis]
    base: float
    slack: float
    foot: float | None = None

    def require_bars(self, marks: Sequence[Mark]) -> None:
        """:raises Refused: unless the values fit an axis, or without any are in proportion to the heights."""
        axes = self._axes(marks)
        if axes:
            self._require_axis(axes, marks)
            return
        if len(marks) < 2:
            raise Refused("a single bar without an axis proves nothing")
        heights = [(self.base - y, word) for y, word in marks]
        scale = sum(float(word.value) * tall for tall, word in heights) / sum(tall**2 for tall, _ in heights)
        for tall, word in heights:
            if abs(float(word.value) - scale * tall) > word.half_step + scale * self.slack:
                raise Refused(f"the height of the bar of {word.text} is not in proportion to its value")

    def require_line(self, marks: Sequence[Mark]) -> None:
        """:raises Refused: unless the values fit an axis, or without any lie on a straight scale (three and more)."""
        if len({word.percent for _, word in marks}) != 1:
            raise Refused("values of the line with and without %")
        if any(abs(word.y - y) > 3 * word.size for y, word in marks):
            raise Refused("a value stands far from its point")
        axes = self._axes(marks)
        if axes:
            self._require_axis(axes, marks)
            return
        fit = straight([(y, float(word.value)) for y, word in marks]) if len(marks) > 2 else None
        if fit is None or fit[1] >= 0:
            raise Refused(
                "too few points without an axis: signs and order of the line's values cannot be proven"
            )
        for y, word in marks:
            if abs(fit[0] + fit[1] * y - float(word.value)) > word.half_step - fit[1] * self.slack:
                raise Refused(f"the point of {word.text} does not lie at the height of its value")

    def _axes(self, marks: Sequence[Mark]) -> list[Axis]:
        return [axis for axis in self.axes if axis.percent == marks[0][1].percent]

    def _require_axis(self, axes: Sequence[Axis], marks: Sequence[Mark]) -> None:
        """The label of a tick is not drawn exactly at its height. Where ``foot`` does not say by how much it is off, it
        is the same unknown amount for two points and more."""
        for axis in axes:
            offs = [axis.at(y + (self.foot or 0)) - float(word.value) for y, word in marks]
            if self.foot is None:
                middle = (max(offs) + min(offs)) / 2
                if len(marks) < 2 or abs(middle) > -axis.slope * TICK_OFF * axis.ticks[0].size:
                    continue
                offs = [off - middle for off in offs]
            allowed = [word.half_step - axis.slope * self.slack for _, word in marks]
            if all(abs(off) <= most for off, most in zip(offs, allowed, strict=True)):
                return
        raise Refused("the values do not fit the ticks of the axis")


def foot_of(axes: Sequence[Axis], base: float, percent: bool) -> float | None:
    """How far the label of the tick at the foot of the bars stands below it: on the bars' own axis, if that has one.

    ``percent``: whether the values of the bars are percentages.
    """
    own = [axis for axis in axes if axis.percent == percent] or list(axes)
    ticks = [tick for axis in own for tick in axis.ticks]
    near = min(ticks, key=lambda tick: abs(tick.y - base), default=None)
    if near is None or abs(near.y - base) > TICK_OFF * near.size:
        return None
    return near.y - base
