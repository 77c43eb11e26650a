"""Raised footnote marks that recognition glues to a figure: 业务¹³2608.30亿笔 becomes 业务132608.30亿笔, with confidence.

Only the picture tells: a digit of type is as high as its neighbours and stands on their line, a mark does neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from prosperity.extract.ocr import Box, Character

DOUBTFUL = 0.5  #: confidence that such a digit has at most: too little to be loaded
FULL = 0.85  #: share of the usual height of digits that a digit has at least
MARK = (0.4, 0.8)  #: the same of a mark
RISE = 0.2  #: by which a mark's foot stands higher, in heights of a digit
LEAST_DIGITS = 4  #: of a run, to know how high digits are


class _Ink(NamedTuple):
    """One connected patch of ink, in pixels of the picture."""

    middle: float
    top: float
    height: float

    @property
    def foot(self) -> float:
        return self.top + self.height


def with_marks_doubted(box: Box, grey: Any) -> Box:
    """The box with little confidence in digits that are drawn small and raised. ``grey``: the page, height × width."""
    digits = [character for character in box.characters if character.text.isdigit()]
    if len(digits) < LEAST_DIGITS:
        return box
    inks = list(_inks(box, grey))
    heights = sorted(max((ink.height for ink in _of(digit, inks)), default=0.0) for digit in digits)
    usual = heights[len(heights) * 3 // 4]
    feet = sorted(ink.foot for ink in inks if ink.height >= FULL * usual)
    if not feet:
        return box
    line = feet[len(feet) // 2]
    characters = tuple(
        replace(character, confidence=min(character.confidence, DOUBTFUL))
        if character.text.isdigit() and _is_mark(_of(character, inks), usual, line)
        else character
        for character in box.characters
    )
    return replace(box, characters=characters)


def _is_mark(inks: list[_Ink], usual: float, line: float) -> bool:
    if any(ink.height >= FULL * usual for ink in inks):
        return False
    return any(
        MARK[0] * usual <= ink.height <= MARK[1] * usual and line - ink.foot > RISE * usual for ink in inks
    )


def _of(character: Character, inks: list[_Ink]) -> list[_Ink]:
    """The patches over which the character stands; its place is known to about half its width."""
    slack = (character.x1 - character.x0) / 4
    return [ink for ink in inks if character.x0 - slack <= ink.middle <= character.x1 + slack]


def _inks(box: Box, grey: Any) -> Iterator[_Ink]:
    import cv2

    xs, ys = [x for x, _ in box.corners], [y for _, y in box.corners]
    left, top = max(0, int(min(xs))), max(0, int(min(ys)))
    part = grey[top : int(max(ys)) + 1, left : int(max(xs)) + 1]
    if not part.size:
        return
    _, ink = cv2.threshold(part, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    for x, y, w, h, area in stats[1:].tolist():
        if area > 4:
            yield _Ink(left + x + w / 2, float(top + y), float(h))
