"""Loading, on SQLite and PostgreSQL alike: what comes in, what becomes of it, what stays when done again."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from prosperity.clean.model import Evidence
from prosperity.collect.model import Failure
from prosperity.warehouse import LoadError, LoadResult, NotFound, Warehouse
from prosperity.warehouse.schema import metadata, reading
from tests.warehouse_fixtures import (
    cleaned,
    collection,
    document_of,
    figure,
    history,
    load,
    prepare,
    release_of,
    sha,
)

pytest_plugins = ("tests.warehouse_databases",)

NOTHING = LoadResult()

#: All columns of a reading but its number and the moment of withdrawal.
COPIED = ", ".join(column.name for column in reading.c if column.name not in ("id", "withdrawn_at"))


def dumps(store: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    return {name: store.dump(name) for name in metadata.tables}


# ------------------------------------------------------------------------------- values and evidence


@pytest.mark.parametrize(
    "printed", ["9.40", "0", "0.00", "-3.50", "1234567890123456789.123456789", "1E+3", "-0.0", "0.0000001"]
)
def test_printed_digits_come_back(warehouse: Warehouse, printed: str) -> None:
    load(warehouse, "a", figure("a", printed, "2019-07-31"))
    shown = {"1E+3": "1000", "-0.0": "0.0"}.get(printed, printed)
    (row,) = warehouse.observations("revenue")
    (found,) = warehouse.provenance("revenue", "2019-06")
    assert row.value is not None
    assert found.reading.value is not None
    assert [format(row.value, "f"), format(found.reading.value, "f")] == [shown, shown]


def test_value_is_kept_in_the_multiplier_of_the_series(warehouse: Warehouse) -> None:
    """1.74 万亿元 is 17400 亿元: 1.74 × 10^12 = 17400 × 10^8."""
    load(warehouse, "a", figure("a", "1.74", "2019-07-31", unit_mult=12))
    (row,) = warehouse.observations("revenue")
    assert str(row.value) == "17400"
    assert str(warehouse.provenance("revenue", "2019-06")[0].reading.value) == "1.74"


def test_evidence_leads_back_to_document_and_release(warehouse: Warehouse) -> None:
    place = Evidence(sha("a"), "5907亿元", "pdf-table", "7", page=3, bbox=(10.5, 20.25, 99.0, 30.125))
    load(warehouse, "a", figure("a", "5907", "2019-07-31", evidence=place))
    (row,) = warehouse.observations("revenue")
    assert warehouse.evidence(row.evidence) == place
    (found,) = warehouse.provenance("revenue", "2019-06")
    assert found.evidence == place
    assert found.document == document_of("a")
    assert found.release == release_of("a")
    assert found.reading.value == 5907
    assert warehouse.counts()["miit"].with_evidence == 1.0
    with pytest.raises(NotFound, match="no evidence nowhere"):
        warehouse.evidence("nowhere")


# ------------------------------------------------------------------------------- repetition and order


def test_loading_again_changes_nothing(warehouse: Warehouse) -> None:
    figures = (figure("a", "5907", "2019-07-31"), figure("a", "17.9", "2019-07-31", name="profit"))
    fault = Failure("miit", "clean", "users", "/html", "no such row")
    first = load(warehouse, "a", *figures, rejections=(fault,))
    assert first == LoadResult(readings_added=2, observations_added=2, rejections_added=1)
    before = dumps(warehouse)
    assert load(warehouse, "a", *figures, rejections=(fault,)) == NOTHING
    assert dumps(warehouse) == before
    assert warehouse.rebuild() == (0, 0)


#: Four documents that speak of the same months: a first figure, its repetition, a revision, an older one.
STORY = {
    "july": [figure("july", "5907", "2019-07-31"), figure("july", "4900", "2019-07-31", period="2019-05")],
    "august": [
        figure("august", "5907.0", "2019-08-30"),
        figure("august", "6999", "2019-08-30", period="2019-07"),
    ],
    "next year": [figure("next year", "5800", "2020-07-31")],
    "june": [figure("june", "4901", "2019-06-28", period="2019-05")],
}


@pytest.mark.parametrize("order", list(permutations(STORY))[1:], ids="-".join)
def test_order_of_loading_does_not_matter(
    order: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("orders")
    found = []
    for number, names in enumerate([tuple(STORY), order]):
        with Warehouse(f"sqlite:///{folder / str(number)}.sqlite") as store:
            prepare(store)
            for name in names:
                load(store, name, *STORY[name])
            found.append(dumps(store))
            assert store.rebuild() == (0, 0), "what was appended is what derives from all readings"
            assert history(store) == [
                ("2019-05", "2019-06-28", "4901"),
                ("2019-05", "2019-07-31", "4900"),
                ("2019-06", "2019-07-31", "5907"),
                ("2019-06", "2020-07-31", "5800"),
                ("2019-07", "2019-08-30", "6999"),
            ]
    assert found[0] == found[1]


@pytest.fixture(scope="module")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite warehouse to copy: migrating one for each example takes most of the time."""
    path = tmp_path_factory.mktemp("prepared") / "warehouse.sqlite"
    with Warehouse(f"sqlite:///{path}") as store:
        prepare(store)
    return path


#: What an address gave: which of two, the day of fetching, which document, its date of issue, its figures.
fetches = st.tuples(
    st.sampled_from(["one", "two"]),
    st.integers(1, 6),
    st.sampled_from(["a", "b"]),
    st.integers(1, 3),
    st.lists(st.sampled_from(["1", "2", "2.0"]), min_size=1, max_size=2),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(fetches, max_size=6, unique_by=lambda fetch: fetch[:2]), st.randoms())
def test_any_order_gives_what_derives_from_all_readings(
    prepared_file: Path, some: list[tuple[str, int, str, int, list[str]]], random: Random
) -> None:
    """Two addresses whose pages are exchanged and put back; a document has one content wherever it comes from.

    The fetches of one address are recorded in their order of time, as they are made.
    """
    content: dict[str, tuple[int, list[str]]] = {}
    for _, _, name, issued, values in some:
        content.setdefault(name, (issued, values))
    found = []
    by_time = {address: iter(sorted(f for f in some if f[0] == address)) for address in ("one", "two")}
    in_time = sorted(some, key=lambda fetch: fetch[1])
    mixed = [next(by_time[fetch[0]]) for fetch in random.sample(some, len(some))]
    for order in (in_time, mixed):
        path = prepared_file.with_name("copy.sqlite")
        shutil.copy(prepared_file, path)
        with Warehouse(f"sqlite:///{path}") as store:
            for address, fetched, name, _, _ in order:
                release = release_of(address)
                document = document_of(name, f"2024-05-{fetched:02d}T01:00:00+00:00")
                store.record_collection(collection((release, document)))
                issued, values = content[name]
                figures = [
                    figure(
                        name, value, f"2024-05-{issued:02d}", period=f"2019-{month:02d}", place=f"/p[{month}]"
                    )
                    for month, value in enumerate(values, start=1)
                ]
                store.load(cleaned(name, *figures, release=release.key))
            found.append(dumps(store))
            assert store.rebuild() == (0, 0)
    assert found[0] == found[1]


def test_databases_agree(postgres_database: str, tmp_path: Path) -> None:
    found = []
    for url, names in (
        (f"sqlite:///{tmp_path}/w.sqlite", list(STORY)),
        (postgres_database, list(STORY)[::-1]),
    ):
        with Warehouse(url) as store:
            prepare(store)
            for name in names:
                load(store, name, *STORY[name])
            found.append(dumps(store))
    assert found[0] == found[1]


def test_older_document_found_late_is_inserted_in_the_past(warehouse: Warehouse) -> None:
    load(warehouse, "b", figure("b", "5800", "2020-07-31"))
    result = load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    assert (result.observations_added, result.observations_removed) == (1, 0)
    assert history(warehouse) == [("2019-06", "2019-07-31", "5907"), ("2019-06", "2020-07-31", "5800")]


def test_older_document_with_the_same_figure_takes_the_change_over(warehouse: Warehouse) -> None:
    load(warehouse, "b", figure("b", "5907", "2020-07-31"))
    result = load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    assert (result.observations_added, result.observations_removed) == (1, 1)
    assert history(warehouse) == [("2019-06", "2019-07-31", "5907")]


# ------------------------------------------------------------------------------- correction and revision


def test_better_reading_of_the_same_document_is_no_revision(warehouse: Warehouse) -> None:
    load(warehouse, "a", figure("a", "59.07", "2019-07-31"))
    between = dt.datetime(2024, 6, 1, 8, 3, tzinfo=dt.UTC)
    result = load(warehouse, "a", figure("a", "5907", "2019-07-31", extractor="2"))
    assert (result.readings_added, result.readings_withdrawn) == (1, 1)
    assert history(warehouse) == [("2019-06", "2019-07-31", "5907")]
    day = dt.date(2019, 8, 1)
    assert [row.value for row in warehouse.as_of("revenue", day)] == [Decimal(5907)]
    assert [row.value for row in warehouse.as_of("revenue", day, known_to_us=between)] == [Decimal("59.07")]
    assert warehouse.as_of("revenue", day, known_to_us=dt.date(2024, 5, 1)) == []
    assert warehouse.as_of("revenue", day, known_to_us=dt.date(2024, 6, 1)) == warehouse.as_of("revenue", day)
    closed, current = warehouse.provenance("revenue", "2019-06", withdrawn=True)
    assert {closed.reading.withdrawn_at is None, current.reading.withdrawn_at is None} == {True, False}


def test_changed_judgement_of_the_same_place_is_kept_as_a_correction(warehouse: Warehouse) -> None:
    load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    load(warehouse, "a", figure("a", "5907", "2019-07-30", known_from_basis="list_date"))
    assert history(warehouse) == [("2019-06", "2019-07-30", "5907")]
    assert len(warehouse.provenance("revenue", "2019-06", withdrawn=True)) == 2


def test_reading_that_the_new_set_lacks_is_closed_not_deleted(warehouse: Warehouse) -> None:
    load(warehouse, "a", figure("a", "5907", "2019-07-31"), figure("a", "12", "2019-07-31", name="profit"))
    result = load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    assert result == LoadResult(readings_withdrawn=1, observations_removed=1)
    assert history(warehouse, "profit") == []
    assert len(warehouse.provenance("profit", "2019-06", withdrawn=True)) == 1
    load(warehouse, "a", figure("a", "5907", "2019-07-31"), figure("a", "12", "2019-07-31", name="profit"))
    assert history(warehouse, "profit") == [("2019-06", "2019-07-31", "12")]


def test_document_that_could_not_be_read_this_time_keeps_its_readings(warehouse: Warehouse) -> None:
    load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    result = load(warehouse, "a", rejections=(Failure("miit", "extract", "a", "page 1", "timeout"),))
    assert result == LoadResult(rejections_added=1)
    assert history(warehouse) == [("2019-06", "2019-07-31", "5907")]


def test_withdrawal_is_a_change_without_value(warehouse: Warehouse) -> None:
    load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    load(warehouse, "b", figure("b", None, "2019-09-30"))
    assert history(warehouse) == [("2019-06", "2019-07-31", "5907"), ("2019-06", "2019-09-30", None)]
    (row,) = warehouse.observations("revenue")
    assert (row.value, row.status) == (None, "M")
    assert warehouse.evidence(row.evidence).document == sha("b")
    (before,) = warehouse.observations("revenue", as_of=dt.date(2019, 9, 29))
    assert before.value == 5907


def test_same_day_conflict_is_decided_by_the_order_of_sources_and_flagged(warehouse: Warehouse) -> None:
    load(warehouse, "b", figure("b", "6000", "2019-07-31"), owner="nbs")
    load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    (row,) = warehouse.changes("revenue")
    assert (row.value, row.conflict) == (5907, True)
    ((series, period, day, places),) = warehouse.conflicts()
    assert (series, period, day, len(places)) == ("revenue", "2019-06", dt.date(2019, 7, 31), 2)
    load(warehouse, "a")
    (row,) = warehouse.changes("revenue")
    assert (row.value, row.conflict) == (6000, False)
    warehouse.load(cleaned("a", figure("a", "5907", "2019-07-31")), priority={"nbs": -1})
    (row,) = warehouse.changes("revenue")
    assert (row.value, row.conflict) == (6000, True)


def test_page_exchanged_under_its_address_is_dated_when_we_saw_it(warehouse: Warehouse) -> None:
    release = release_of("a")
    warehouse.record_collection(collection((release, document_of("a"))))
    warehouse.load(cleaned("a", figure("a", "5907", "2019-07-31")))
    exchanged = document_of("a2", "2024-05-20T20:00:00+00:00")
    warehouse.record_collection(collection((release, exchanged)))
    assert warehouse.documents("miit", 2019) == [(release, exchanged)]
    warehouse.load(cleaned("a2", figure("a2", "5910", "2019-07-31"), release=release.key))
    assert history(warehouse) == [("2019-06", "2019-07-31", "5907"), ("2019-06", "2024-05-21", "5910")]
    assert warehouse.changes("revenue")[1].known_from_basis == "first_seen"


def put_back(store: Warehouse, basis: str, *issued: str) -> None:
    """One address gives A, then B, then A again; the figures bear the dates given."""
    release = release_of("a")
    for name, fetched in (("a", "2024-05-01"), ("b", "2024-05-11"), ("a", "2024-05-21")):
        found = document_of(name, f"{fetched}T01:00:00+00:00")
        store.record_collection(collection((release, found)))
        day = {"a": issued[0], "b": issued[1]}[name]
        value = {"a": "5907", "b": "5910"}[name]
        read = figure(name, value, day, known_from_basis=basis)
        store.load(cleaned(name, read, release=release.key))


def test_page_put_back_as_it_was_is_a_change_again(warehouse: Warehouse) -> None:
    put_back(warehouse, "first_seen", "2024-05-01", "2024-05-11")
    expected = [
        ("2019-06", "2024-05-01", "5907"),
        ("2019-06", "2024-05-11", "5910"),
        ("2019-06", "2024-05-21", "5907"),
    ]
    assert history(warehouse) == expected
    for day, value in ((10, 5907), (11, 5910), (20, 5910), (21, 5907)):
        (row,) = warehouse.observations("revenue", as_of=dt.date(2024, 5, day))
        assert row.value == value
    assert warehouse.rebuild() == (0, 0)
    before = dumps(warehouse)
    put_back(warehouse, "first_seen", "2024-05-01", "2024-05-11")
    assert dumps(warehouse) == before, "fetches recorded again are no new ones"


def test_page_put_back_that_states_its_date_of_issue_is_dated_by_it_only_once(warehouse: Warehouse) -> None:
    put_back(warehouse, "stated", "2019-07-31", "2019-08-31")
    assert [(row.known_from.isoformat(), row.known_from_basis) for row in warehouse.changes("revenue")] == [
        ("2019-07-31", "stated"),
        ("2019-08-31", "stated"),
        ("2024-05-21", "first_seen"),
    ]
    known = warehouse.as_of("revenue", None, known_to_us=dt.datetime(2024, 5, 20, tzinfo=dt.UTC))
    assert known == [], "nothing was loaded by then"


def test_order_of_recording_fetches_does_not_matter(tmp_path_factory: pytest.TempPathFactory) -> None:
    fetched = {"a": ("2024-05-01", "2024-05-21"), "b": ("2024-05-11",), "c": ("2024-05-31",)}
    moments = [(name, day) for name, days in fetched.items() for day in days]
    found = []
    for number, order in enumerate([moments, moments[::-1], moments[2:] + moments[:2]]):
        with Warehouse(f"sqlite:///{tmp_path_factory.mktemp('fetches') / str(number)}.sqlite") as store:
            prepare(store)
            release = release_of("a")
            for name, day in order:
                document = document_of(name, f"{day}T01:00:00+00:00")
                store.record_collection(collection((release, document)))
                value = {"a": "1", "b": "2", "c": "3"}[name]
                store.load(cleaned(name, figure(name, value, "2019-07-31"), release=release.key))
            assert [day for _, day, _ in history(store)] == [
                "2019-07-31",
                "2024-05-11",
                "2024-05-21",
                "2024-05-31",
            ]
            found.append(dumps(store))
    assert found[0] == found[1] == found[2]


def test_first_seen_date_never_moves_later(warehouse: Warehouse) -> None:
    load(warehouse, "a", figure("a", "5907", "2024-05-01", known_from_basis="first_seen"))
    again = figure("a", "5907", "2024-06-01", known_from_basis="first_seen")
    assert load(warehouse, "a", again) == NOTHING
    better = figure("a", "5908", "2024-06-02", known_from_basis="first_seen", extractor="2")
    load(warehouse, "a", better)
    assert history(warehouse) == [("2019-06", "2024-05-01", "5908")]


# ------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (figure("a", "1", "2019-07-31", name="unheard_of"), "no series unheard_of"),
        (figure("a", "1", "2019-07-31", unit="户"), "the unit is '户'"),
        (figure("a", "1", "2019-07-31", period="2019-13"), "'2019-13' is no TIME_PERIOD"),
        (figure("a", "1", "2019-07-31", period="２０１９"), "is no TIME_PERIOD"),
        (figure("a", "NaN", "2019-07-31"), "NaN is not a number"),
        (figure("a", "Infinity", "2019-07-31"), "Infinity is not a number"),
        (figure("a", None, "2019-07-31", status="A"), "a missing value whose status is normal"),
        (figure("a", "1", "2019-07-31", status="Z"), "'Z' is no OBS_STATUS"),
        (figure("a", "1", "2019-07-31", unit_mult=99), "multiplier 99 is out of range"),
        (figure("a", "1", "2019-07-31", known_from_basis="guess"), "'guess' is no basis"),
        (
            figure("a", "1", "2019-07-31", evidence=Evidence(sha("a"), "1\x00", "html-prose", "1")),
            "zero byte",
        ),
    ],
)
def test_bad_observation_becomes_a_rejection_and_the_others_are_loaded(
    warehouse: Warehouse, bad: object, reason: str
) -> None:
    result = load(warehouse, "a", bad, figure("a", "5907", "2019-07-31", place="/html/body/p[2]"))  # type: ignore[arg-type]
    assert (result.readings_added, result.rejections_added) == (1, 1)
    (found,) = warehouse.rejections("miit", stage="load")
    assert reason in found.reason
    assert found.document == sha("a")


def test_two_figures_from_one_place_are_refused(warehouse: Warehouse) -> None:
    first = figure("a", "5907", "2019-07-31")
    result = load(warehouse, "a", first, first, figure("a", "59.07", "2019-07-31", evidence=first.evidence))
    assert (result.readings_added, result.rejections_added) == (1, 1)
    assert "a second reading of the same place: 59.07, the first is 5907" in warehouse.rejections()[0].reason


def test_unknown_or_foreign_documents_are_refused_as_a_whole(warehouse: Warehouse) -> None:
    known = figure("a", "1", "2019-07-31")
    with pytest.raises(LoadError, match="the release is unknown"):
        warehouse.load(cleaned("a", known))
    warehouse.record_collection(collection((release_of("a"), document_of("a"))))
    with pytest.raises(LoadError, match="not known as one of this release"):
        warehouse.load(cleaned("b", release=release_of("a").key))
    with pytest.raises(LoadError, match="belongs to miit, not to nbs"):
        warehouse.load(cleaned("a", known, owner="nbs", release=release_of("a").key))
    with pytest.raises(LoadError, match="evidence in another document"):
        warehouse.load(cleaned("a", figure("b", "1", "2019-07-31")))
    with pytest.raises(LoadError, match="belongs to the release elsewhere"):
        warehouse.load(cleaned("a", figure("a", "1", "2019-07-31", release="elsewhere")))
    with pytest.raises(LoadError, match="rejections of other sources: nbs"):
        warehouse.load(cleaned("a", known, rejections=(Failure("nbs", "clean", "w", "w", "r"),)))
    assert warehouse.counts()["miit"].readings == 0


def test_error_in_the_middle_leaves_the_database_as_before(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    warehouse.record_collection(collection((release_of("b"), document_of("b"))), complete=False)
    before = dumps(warehouse)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("prosperity.warehouse.rejections.record", fail)
    with pytest.raises(OSError, match="disk full"):
        warehouse.load(cleaned("b", figure("b", "5800", "2020-07-31")))
    assert dumps(warehouse) == before


# ------------------------------------------------------------------------------- quarantine


def test_rejection_is_kept_once_resolved_when_mended_and_opened_again(warehouse: Warehouse) -> None:
    fault = Failure("miit", "clean", "revenue", "/html/body/p[1]", "two figures", "2019-06", sha("a"))
    assert load(warehouse, "a", rejections=(fault,)).rejections_added == 1
    assert load(warehouse, "a", rejections=(fault,)).rejections_added == 0
    (first,) = warehouse.rejections("miit", 2019)
    assert first.last_seen_at > first.first_seen_at
    assert load(warehouse, "b").rejections_resolved == 0, "another release resolves nothing"
    assert load(warehouse, "a").rejections_resolved == 1
    assert warehouse.rejections() == []
    (mended,) = warehouse.rejections(resolved=True)
    assert mended.id == first.id
    assert load(warehouse, "a", rejections=(fault,)).rejections_added == 1
    (back,) = warehouse.rejections()
    assert (back.id, back.first_seen_at) == (first.id, first.first_seen_at)


# ------------------------------------------------------------------------------- the database's own checks


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE observation SET evidence_id = NULL",
        "UPDATE observation SET evidence_id = 'nowhere'",
        "UPDATE observation SET obs_status = 'Z'",
        "UPDATE observation SET period = '2019-1'",
        "UPDATE observation SET value = NULL",
        "UPDATE reading SET unit_mult = 40",
        "UPDATE series SET frequency = 'W'",
        "DELETE FROM evidence",
        f"INSERT INTO reading ({COPIED}) SELECT {COPIED} FROM reading",
    ],
)
def test_database_refuses_what_must_not_be(warehouse: Warehouse, statement: str) -> None:
    load(warehouse, "a", figure("a", "5907", "2019-07-31"))
    with pytest.raises(IntegrityError), warehouse.engine.begin() as connection:
        connection.execute(text(statement))
