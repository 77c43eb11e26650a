"""What a chart calls itself and its series: legend and title.

What belongs here: finding names by place and colour. Whether a series may be read at all is in ``charts``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prosperity.extract.chart_words import Word
from prosperity.extract.model import BBox
from prosperity.extract.shapes import Box, Trace

TITLE_REACH = 4.0  #: the title stands no further above the drawing, in character sizes
LEGEND_REACH = 6.0  #: the same for the legend, above and below
LONGEST_TITLE = 40
_SENTENCE = frozenset("。;；!?！？")


@dataclass(frozen=True)
class Names:
    """The labels around one drawing, whose place with grid and ticks is ``area``; ``samples`` are small pieces of its
    colours."""

    phrases: Sequence[Word]
    samples: Sequence[tuple[str, BBox]]
    area: BBox

    def legend(self, colour: str) -> Word | None:
        """The words right of a sample of the colour, where there is exactly one."""
        found = {
            phrase for own, sample in self.samples if own == colour
            for phrase in self._named_by(sample) if self._is_near(phrase)
        }  # fmt: skip
        return found.pop() if len(found) == 1 else None

    def title(self) -> Word | None:
        """The nearest short line above the drawing and centred over it; no sentence, no entry of the legend."""
        x0, top, x1, _ = self.area
        legend = {phrase for _, sample in self.samples for phrase in self._named_by(sample)}
        above = [
            phrase for phrase in self.phrases
            if not phrase.is_number and phrase not in legend
            and len(phrase.text) <= LONGEST_TITLE and _SENTENCE.isdisjoint(phrase.text)
            and phrase.bbox[3] <= top + 0.5 * phrase.size
            and top - phrase.bbox[3] <= TITLE_REACH * phrase.size
            and abs(phrase.x - (x0 + x1) / 2) <= 0.25 * (x1 - x0)
        ]  # fmt: skip
        return max(above, key=lambda phrase: phrase.bbox[3], default=None)

    def _named_by(self, sample: BBox) -> Iterator[Word]:
        for phrase in self.phrases:
            beside = -1 <= phrase.bbox[0] - sample[2] <= 1.5 * phrase.size
            if beside and sample[1] <= phrase.y <= sample[3]:
                yield phrase

    def _is_near(self, phrase: Word) -> bool:
        x0, top, x1, bottom = self.area
        reach = LEGEND_REACH * phrase.size
        aside = bottom - top
        return x0 - aside <= phrase.x <= x1 + aside and top - reach <= phrase.y <= bottom + reach


def samples_of(boxes: Sequence[Box], traces: Sequence[Trace], bars: frozenset[Box]) -> list[tuple[str, BBox]]:
    """Small filled squares and short level pieces of line with their colours, the bars excepted."""
    found = [
        (box.colour, box.bbox) for box in boxes if box not in bars and box.width <= 30 and box.height <= 14
    ]
    for trace in traces:
        xs, ys = [x for x, _ in trace.points], [y for _, y in trace.points]
        if max(xs) - min(xs) <= 40 and max(ys) - min(ys) <= 1:
            found.append((trace.colour, (min(xs), min(ys) - 4, max(xs), max(ys) + 4)))
    return found
