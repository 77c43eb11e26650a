"""A collection against what was held: the states of releases, sizes out of line, releases gone from the list."""

from __future__ import annotations

import datetime as dt

import pytest

from prosperity.collect.compare import gone, size_warning, taken
from prosperity.collect.model import Document, Held, Release
from prosperity.notation.model import quarter

WHEN = dt.datetime(2021, 5, 1, tzinfo=dt.UTC)


def release(number: int = 1, **changes: object) -> Release:
    material = {
        "source": "caict", "title": f"2020年第{number}季度", "address": f"https://h.example/{number}.pdf",
        "period": quarter(2020, number), "issued": dt.date(2020, 5, 1), "issued_basis": "list_date",
    }  # fmt: skip
    return Release(**(material | changes))  # type: ignore[arg-type]


def document(content: str = "a", size: int = 1000, **changes: object) -> Document:
    return Document(content * 64, "application/pdf", size, "https://h.example/x.pdf", WHEN, **changes)  # type: ignore[arg-type]


HELD: list[Held] = [
    (release(n), document(c, size)) for n, c, size in ((1, "a", 900), (2, "b", 1000), (3, "c", 1200))
]


@pytest.mark.parametrize(
    ("found", "content", "state"),
    [
        (release(1), "a", "unchanged"),
        (release(1), "d", "changed"),
        (release(4), "d", "new"),
        (release(4), "a", "same_content"),
    ],
)
def test_what_a_release_is_against_what_was_held(found: Release, content: str, state: str) -> None:
    entry = taken(found, document(content), HELD)
    assert entry.state == state
    assert (entry.before is None) == (state == "new")


@pytest.mark.parametrize(
    ("size", "flagged"), [(299, True), (301, False), (1000, False), (3600, False), (3601, True)]
)
def test_a_size_out_of_line_is_flagged(size: int, flagged: bool) -> None:
    """Three times smaller than the smallest of 900, 1000 and 1200 bytes, or three times larger than the largest."""
    warning = size_warning(release(4), document("d", size), HELD)
    assert (warning is not None) is flagged
    if warning:
        assert f"{size} bytes, out of line with 900 to 1200" in warning


def test_few_or_other_documents_say_nothing_of_the_usual_size() -> None:
    assert size_warning(release(4), document("d", 1), HELD[:2]) is None
    pages = [
        (entry, Document(kept.sha256, "text/html", kept.size, kept.address, WHEN)) for entry, kept in HELD
    ]
    assert size_warning(release(4), document("d", 1), pages) is None


def test_what_is_listed_no_more_is_named() -> None:
    brought = (release(4, title="brought"), document("e", brought_by="A. Clerk"))
    led_to = (release(4, title="white paper", landing="https://h.example/paper.htm"), document("f"))
    listed = {"https://h.example/1.pdf", "https://h.example/paper.htm"}
    lines = gone([*HELD, brought, led_to], 2020, listed, found={release(2).key})
    assert [line.split(":")[0] for line in lines] == ["2020年第3季度"]
    assert gone(HELD, 2019, set(), set()) == []
