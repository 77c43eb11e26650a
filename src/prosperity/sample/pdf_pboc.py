"""The PBoC releases that are a PDF attached to a page, rebuilt (development only): prose with raised footnote marks."""

from __future__ import annotations

from prosperity.sample.model import ESTIMATED_EN, ESTIMATED_ZH
from prosperity.sample.pdf_layout import BODY, CHAPTER, NOTE, SECTION, Report, raised
from prosperity.sample.publishers import pboc


def report(quarter: str) -> Report:
    """One release: the marks stand raised right before figures, where copies glue them to the digits."""
    _, estimated = pboc.issue_of(quarter)
    built = Report(pboc.title_of(quarter))
    built.add(CHAPTER, pboc.title_of(quarter))
    built.add(SECTION, "电子支付")
    marks = {number: raised(number) for number in ("9", "10", "13")}
    built.add(BODY, *pboc.prose(quarter, marks))
    built.add(NOTE, *pboc.notes())
    if estimated:
        built.add(NOTE, ESTIMATED_ZH, ESTIMATED_EN)
    return built
