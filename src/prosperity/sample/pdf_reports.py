"""Reports of a sentence or two for which a figure is known, laid out (development only)."""

from __future__ import annotations

from collections.abc import Sequence

from prosperity.sample.model import ESTIMATED_EN, ESTIMATED_ZH, RealItem
from prosperity.sample.pdf_layout import BODY, CHAPTER, NOTE, Report


def report(item: RealItem, sentences: Sequence[str]) -> Report:
    """Title, sentences, and the notice that every page carries."""
    built = Report(item.title)
    built.add(CHAPTER, item.title)
    built.add(BODY, *sentences)
    if item.estimated:
        built.add(NOTE, ESTIMATED_ZH, ESTIMATED_EN)
    return built
