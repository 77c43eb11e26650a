"""The rules by which readings become changes: pure, without a database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise, permutations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from prosperity.warehouse.derive import Candidate, by_day, derive

EARLY = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def candidate(day: int, value: str | None, evidence: str, **more: Any) -> Candidate:
    values: dict[str, Any] = {
        "value": None if value is None else Decimal(value),
        "status": "A" if value is not None else "M",
        "qualifier": "",
        "known_from": dt.date(2019, 7, day),
        "basis": "stated",
        "evidence": evidence,
        "release": f"release {evidence}",
        "document": f"document {evidence}",
        "fetches": (EARLY,),
        "rank": 0,
        "ingested_at": EARLY,
    }
    return Candidate(**values | more)


def summary(candidates: list[Candidate]) -> list[tuple[int, str | None, bool]]:
    return [
        (
            change.chosen.known_from.day,
            None if change.chosen.value is None else str(change.chosen.value),
            change.conflict,
        )
        for change in derive(candidates)
    ]


def test_repetition_is_no_change_and_more_digits_are_none_either() -> None:
    repeated = [candidate(1, "9.4", "a"), candidate(2, "9.40", "b"), candidate(3, "9.5", "c")]
    assert summary(repeated) == [(1, "9.4", False), (3, "9.5", False)]


def test_figure_that_returns_is_a_change_again() -> None:
    there_and_back = [candidate(1, "1", "a"), candidate(2, "2", "b"), candidate(3, "1", "c")]
    assert summary(there_and_back) == [(1, "1", False), (2, "2", False), (3, "1", False)]


def test_change_of_status_alone_is_a_change() -> None:
    provisional = candidate(1, "5", "a", status="P")
    assert [change.chosen.status for change in derive([provisional, candidate(2, "5", "b")])] == ["P", "A"]


def test_of_one_day_the_lower_rank_decides_and_disagreement_is_flagged() -> None:
    assert summary([candidate(1, "5", "a", rank=1), candidate(1, "6", "b", rank=0)]) == [(1, "6", True)]
    assert summary([candidate(1, "5", "a", rank=1), candidate(1, "5.0", "b", rank=0)]) == [(1, "5.0", False)]


def test_of_one_day_an_exact_figure_goes_before_a_rounded_one() -> None:
    rounded = candidate(1, "11", "a", qualifier="近")
    assert summary([rounded, candidate(1, "10.9967", "b")]) == [(1, "10.9967", True)]


def test_silently_replaced_page_is_dated_when_we_saw_it() -> None:
    """Same release, same printed date, other bytes: on the printed date the first figure was known."""
    seen = dt.datetime(2019, 9, 30, tzinfo=dt.UTC)
    first = candidate(1, "5", "a", release="r", fetches=(seen,))
    second = candidate(1, "6", "b", release="r", fetches=(EARLY.replace(month=2),))
    changes = derive([second, first])
    assert [(c.chosen.known_from, str(c.chosen.value), c.chosen.basis) for c in changes] == [
        (dt.date(2019, 7, 1), "5", "stated"),
        (dt.date(2024, 2, 1), "6", "first_seen"),
    ]
    assert not any(change.conflict for change in changes)


def test_day_of_a_replacement_is_the_publishers_day() -> None:
    first = candidate(1, "5", "a", release="r")
    late = dt.datetime(2024, 9, 30, 20, tzinfo=dt.UTC)
    second = candidate(1, "6", "b", release="r", fetches=(late,))
    assert derive([first, second])[1].chosen.known_from == dt.date(2024, 10, 1)


def test_replacement_that_repeats_the_figure_leaves_the_first_evidence() -> None:
    first = candidate(1, "5", "z", release="r")
    second = candidate(1, "5", "a", release="r", fetches=(EARLY + dt.timedelta(days=9),))
    assert [change.chosen.evidence for change in derive([first, second])] == ["z"]


def test_page_put_back_as_it_was_is_a_change_of_the_day_we_saw_it() -> None:
    """A on 1 July; exchanged for B, seen on 1 February; A again, seen on 1 March."""
    first = candidate(1, "5", "a", release="r", fetches=(EARLY, EARLY.replace(month=3)))
    second = candidate(1, "6", "b", release="r", fetches=(EARLY.replace(month=2),))
    assert [(c.chosen.known_from, str(c.chosen.value), c.chosen.basis) for c in derive([second, first])] == [
        (dt.date(2019, 7, 1), "5", "stated"),
        (dt.date(2024, 2, 1), "6", "first_seen"),
        (dt.date(2024, 3, 1), "5", "first_seen"),
    ]


def test_page_put_back_after_one_with_a_later_date_of_issue() -> None:
    """The date that a page bears dates its first coming only: on 9 July the page of 1 July was gone."""
    first = candidate(1, "5", "a", release="r", fetches=(EARLY, EARLY.replace(month=3)))
    second = candidate(9, "6", "b", release="r", fetches=(EARLY.replace(month=2),))
    assert [(c.chosen.known_from, str(c.chosen.value), c.chosen.basis) for c in derive([second, first])] == [
        (dt.date(2019, 7, 1), "5", "stated"),
        (dt.date(2019, 7, 9), "6", "stated"),
        (dt.date(2024, 3, 1), "5", "first_seen"),
    ]


def test_document_cannot_be_older_than_the_one_it_replaced() -> None:
    """B bears an earlier date than A, in whose place it came."""
    first = candidate(9, "5", "a", release="r", fetches=(EARLY,))
    second = candidate(1, "6", "b", release="r", fetches=(EARLY.replace(month=2),))
    third = candidate(20, "7", "c", release="r", fetches=(EARLY.replace(month=3),))
    assert [(c.chosen.known_from, str(c.chosen.value)) for c in derive([third, first, second])] == [
        (dt.date(2019, 7, 9), "5"),
        (dt.date(2024, 2, 1), "6"),
        (dt.date(2024, 3, 1), "7"),
    ]


def test_figure_that_another_release_changed_meanwhile_is_not_put_back_by_a_repetition() -> None:
    page = candidate(1, "5", "a", release="r", fetches=(EARLY,))
    other = candidate(9, "6", "b", release="s")
    same = candidate(1, "5", "c", release="r", fetches=(EARLY.replace(month=2),))
    assert summary([page, other, same]) == [(1, "5", False), (9, "6", False)]


def test_table_of_vintages_states_several_days_at_once() -> None:
    """One document with a figure of 1 and one of 5 July; when it is replaced, only its newest row counts."""
    rows = [
        candidate(1, "5", "a", release="r", document="d"),
        candidate(5, "6", "b", release="r", document="d"),
    ]
    assert summary(rows) == [(1, "5", False), (5, "6", False)]
    later = [
        candidate(day, value, name, release="r", document="e", fetches=(EARLY.replace(month=2),))
        for day, value, name in ((1, "4", "f"), (3, "9", "g"), (5, "6", "h"), (8, "7", "i"))
    ]
    assert summary(rows + later) == [(1, "5", False), (3, "9", False), (5, "6", False), (8, "7", False)]


def test_replacement_on_the_day_of_issue_wins() -> None:
    issued = dt.datetime(2019, 7, 1, 1, tzinfo=dt.UTC)
    first = candidate(1, "5", "a", release="r", fetches=(issued,))
    second = candidate(1, "6", "b", release="r", fetches=(issued + dt.timedelta(hours=3),))
    assert summary([first, second]) == [(1, "6", False)]


candidates = st.builds(
    candidate,
    st.integers(1, 5),
    st.sampled_from([None, "1", "1.0", "2"]),
    st.uuids().map(str),
    release=st.sampled_from(["r", "s"]),
    document=st.sampled_from(["d", "e"]),
    rank=st.integers(0, 1),
    fetches=st.sampled_from(
        [(EARLY,), (EARLY + dt.timedelta(days=1),), (EARLY, EARLY + dt.timedelta(days=2))]
    ),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(candidates, max_size=5, unique_by=lambda c: c.evidence))
def test_order_does_not_matter_and_changes_are_changes(some: list[Candidate]) -> None:
    reference = derive(some)
    assert all(derive(order) == reference for order in permutations(some))
    days = [change.chosen.known_from for change in reference]
    assert days == sorted(set(days))
    figures = [change.chosen.figure for change in reference]
    assert all(before != after for before, after in pairwise(figures))
    assert len(by_day(some)) >= len(reference)
    assert bool(some) == bool(reference)


def test_a_source_that_rounds_anothers_figure_does_not_revise_it() -> None:
    """71621 (NBS), then 7.16万亿元 (a ministry's rewording): the same figure; 7.17万亿元 is none."""
    own = candidate(1, "71621", "own")
    assert summary([own, candidate(5, "71600", "rewording", rank=1)]) == [(1, "71621", False)]
    assert summary([own, candidate(5, "71700", "rewording", rank=1)]) == [
        (1, "71621", False),
        (5, "71700", False),
    ]
    # Its own publisher means what it prints, and a finer figure of whomever is a new one.
    assert len(summary([own, candidate(5, "71600", "later", rank=0)])) == 2
    assert len(summary([candidate(1, "71600", "own"), candidate(5, "71621", "finer", rank=1)])) == 2


def test_few_digits_are_not_taken_for_rounding() -> None:
    """5 % after 5.4 % would be rounding by arithmetic; nobody can tell."""
    assert len(summary([candidate(1, "5.4", "own"), candidate(2, "5", "other", rank=1)])) == 2
    assert len(summary([candidate(1, "117601", "own"), candidate(2, "1E+5", "other", rank=1)])) == 2


def test_what_stands_after_a_revision_is_what_rounding_is_held_against() -> None:
    revised = [
        candidate(1, "1143670", "first"),
        candidate(3, "1173823", "revised"),
        candidate(4, "1173800", "rewording", rank=2),
        candidate(5, "1143700", "rewording of the old one", rank=2),
    ]
    assert [day for day, _, _ in summary(revised)] == [1, 3, 5]
