"""Words and numbers of a page as charts need them: single labels with their boxes, and scales of axes.

What belongs here: one label or one axis at a time. Which label is whose is in ``charts``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from prosperity.extract.celltext import plain
from prosperity.extract.glyphs import Glyph, PageGlyphs, box_round
from prosperity.extract.model import BBox

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
LEAST_TICKS = 3
PHRASE_GAP = 1.0  #: words of one label are no further apart than so many character sizes


@dataclass(frozen=True)
class Word:
    """Characters without a blank between them; ``raw`` is what is read back at ``bbox``."""

    raw: str
    bbox: BBox
    size: float

    @property
    def text(self) -> str:
        return plain(self.raw)

    @property
    def x(self) -> float:
        return (self.bbox[0] + self.bbox[2]) / 2

    @property
    def y(self) -> float:
        return (self.bbox[1] + self.bbox[3]) / 2

    @property
    def is_number(self) -> bool:
        return bool(_NUMBER.fullmatch(self.text.replace("−", "-")))

    @property
    def percent(self) -> bool:
        return self.text.endswith("%")

    @property
    def value(self) -> Decimal:
        """The number as printed; only where ``is_number``."""
        return Decimal(self.text.replace("−", "-").rstrip("%").replace(",", ""))

    @property
    def half_step(self) -> float:
        """How far the true value may be from the printed one."""
        exponent = self.value.as_tuple().exponent
        return 0.5 * 10.0 ** int(exponent)


def words_of(glyphs: PageGlyphs) -> list[Word]:
    """Every word of the page that is read back from its own box unchanged; words drawn over each other are not."""
    found = [_word(run) for run in _runs(glyphs)]
    return [word for word in found if glyphs.text_in(word.bbox) == word.raw]


def _runs(glyphs: PageGlyphs) -> Iterator[list[Glyph]]:
    layout = glyphs.layout
    run: list[Glyph] = []
    for owner in layout.owners:
        if owner is None:
            if run:
                yield run
            run = []
        elif not run or run[-1] is not owner:
            run.append(owner)
    if run:
        yield run


def _word(run: Sequence[Glyph]) -> Word:
    sizes = sorted(glyph.size for glyph in run)
    return Word("".join(glyph.text for glyph in run), box_round(run), sizes[len(sizes) // 2])


def phrases_of(words: Iterable[Word], glyphs: PageGlyphs) -> list[Word]:
    """Neighbouring words of one line and size as one label."""
    groups: list[list[Word]] = []
    for word in sorted(words, key=lambda item: (round(item.y), item.bbox[0])):
        last = groups[-1][-1] if groups else None
        if (
            last
            and abs(last.y - word.y) < 0.3 * word.size
            and -0.1 * word.size <= word.bbox[0] - last.bbox[2] <= PHRASE_GAP * word.size
            and abs(last.size - word.size) < 0.2 * word.size
        ):
            groups[-1].append(word)
        else:
            groups.append([word])
    return [_joined(group, glyphs) for group in groups]


def _joined(group: Sequence[Word], glyphs: PageGlyphs) -> Word:
    if len(group) == 1:
        return group[0]
    box = (
        min(word.bbox[0] for word in group),
        min(word.bbox[1] for word in group),
        max(word.bbox[2] for word in group),
        max(word.bbox[3] for word in group),
    )
    return Word(glyphs.text_in(box), box, group[0].size)


@dataclass(frozen=True)
class Axis:
    """A printed scale: the value at a height, ``base + slope × y`` (y counts downwards, so slope is negative)."""

    base: float
    slope: float
    percent: bool
    ticks: tuple[Word, ...]

    def at(self, y: float) -> float:
        return self.base + self.slope * y


def axis_of(words: Sequence[Word], tolerance: float) -> Axis | None:
    """The scale that a column of numbers makes: at least three, equally spaced in value and height."""
    if len(words) < LEAST_TICKS or len({word.percent for word in words}) != 1:
        return None
    ticks = sorted(words, key=lambda word: word.y)
    fit = straight([(tick.y, float(tick.value)) for tick in ticks])
    if fit is None or fit[1] >= 0:
        return None
    base, slope = fit
    if any(abs(base + slope * tick.y - float(tick.value)) > -slope * tolerance for tick in ticks):
        return None
    steps = [float(upper.value - lower.value) for upper, lower in pairwise(ticks)]
    if max(steps) - min(steps) > 1e-6 * max(abs(step) for step in steps):
        return None
    return Axis(base, slope, ticks[0].percent, tuple(ticks))


def straight(points: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """Base and slope of the least-squares line through (x, y); None where all x are equal."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if spread < 1e-9:
        return None
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return mean_y - slope * mean_x, slope
