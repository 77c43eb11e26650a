"""In which order the documents of a release came; narrower keys; more that the database itself refuses

Revision: 0004, after 0003
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa
from alembic import op

from prosperity.warehouse.types import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PERIOD = {
    "postgresql": "CHECK (period ~ '^(19|20)[0-9]{2}(-(0[1-9]|1[0-2]|Q[1-4]|S[12]))?$')",
    "sqlite": "CHECK ((period GLOB '19[0-9][0-9]*' OR period GLOB '20[0-9][0-9]*') AND (period GLOB '????' "
    "OR period GLOB '????-0[1-9]' OR period GLOB '????-1[0-2]' OR period GLOB '????-Q[1-4]' "
    "OR period GLOB '????-S[12]'))",
}
LOOSE_PERIOD = "CHECK (period LIKE '____' OR period LIKE '____-__')"
BASES = "('stated', 'list_date', 'address', 'estimated', 'first_seen')"
NUMBER = {
    "postgresql": "CHECK (value NOT IN ('NaN', 'Infinity', '-Infinity'))",
    "sqlite": "CHECK (value GLOB '*[0-9]' AND value NOT GLOB '*[^-.0-9]*' AND value NOT GLOB '?*-*' "
    "AND value NOT GLOB '*.*.*' AND value NOT GLOB '.*' AND value NOT GLOB '-.*')",
}
KNOWN_FROM = {
    "postgresql": "CHECK (isfinite(known_from))",
    "sqlite": "CHECK (known_from IS date(known_from, '+0 days'))",
}
ISSUED = {"postgresql": "CHECK (isfinite(issued))", "sqlite": "CHECK (issued IS date(issued, '+0 days'))"}

Text = str | dict[str, str] | None
#: By table: name of the constraint, its text until now, its text from now on.
CONSTRAINTS: dict[str, list[tuple[str, Text, Text]]] = {
    "series": [("ck_series_kind", None, "CHECK (kind IN ('flow', 'stock', 'rate', 'index'))")],
    "release": [
        (
            "ck_release_period_kind",
            None,
            "CHECK (period_kind IN ('cumulative', 'month', 'quarter', 'half', 'year', 'stock'))",
        ),
        ("ck_release_issued_basis", None, f"CHECK (issued_basis IN {BASES})"),
        ("ck_release_language", None, "CHECK (language IN ('zh', 'en'))"),
        ("ck_release_period", None, PERIOD),
        ("ck_release_span", None, "CHECK (period_start <= period_end)"),
        ("ck_release_issued", None, ISSUED),
    ],
    "release_change": [
        ("ck_release_change_issued_basis", None, f"CHECK (issued_basis IN {BASES})"),
        ("ck_release_change_previous_basis", None, f"CHECK (previous_basis IN {BASES})"),
        ("ck_release_change_issued", None, ISSUED),
    ],
    "document": [
        ("ck_document_sha256", None, "CHECK (length(sha256) = 64 AND sha256 = lower(sha256))"),
        ("ck_document_size", None, "CHECK (size >= 0)"),
    ],
    "evidence": [
        ("ck_evidence_page", None, "CHECK (page >= 1)"),
        ("ck_evidence_box", None, "CHECK (x0 <= x1 AND top <= bottom)"),
        ("ck_evidence_span", None, "CHECK (0 <= span_start AND span_start <= span_end)"),
    ],
    "reading": [
        ("ck_reading_period", LOOSE_PERIOD, PERIOD),
        ("ck_reading_number", None, NUMBER),
        ("ck_reading_known_from", None, KNOWN_FROM),
        ("fk_reading_release", "FOREIGN KEY(release) REFERENCES release (key)", None),
        ("fk_reading_document", "FOREIGN KEY(document) REFERENCES document (sha256)", None),
        (
            "fk_reading_release_document",
            None,
            "FOREIGN KEY(release, document) REFERENCES release_document (release, document)",
        ),
    ],
    "observation": [
        ("ck_observation_period", LOOSE_PERIOD, PERIOD),
        ("ck_observation_number", None, NUMBER),
        ("ck_observation_known_from", None, KNOWN_FROM),
    ],
    "index_value": [("ck_index_value_period", LOOSE_PERIOD, PERIOD)],
    "index_contribution": [("ck_index_contribution_period", LOOSE_PERIOD, PERIOD)],
    "check_result": [("ck_check_result_period", LOOSE_PERIOD, PERIOD)],
}
CURRENT = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    _create_turns()
    _indexes(
        dropped=[
            ("reading", "ix_reading_series_period"),
            ("reading", "ix_reading_release_document"),
            ("reading", "uq_reading_current"),
            ("observation", "ix_observation_known_from"),
            ("observation", "ix_observation_evidence_id"),
        ],
        created=[
            ("ix_reading_figure", "reading", ["series", "period", "known_from"]),
            ("ix_reading_release", "reading", ["release"]),
        ],
        unique=["evidence", "series", "period", "release"],
    )
    _constraints(CONSTRAINTS)


def downgrade() -> None:
    _constraints(
        {
            table: [(name, new, old) for name, old, new in changes]
            for table, changes in CONSTRAINTS.items()
        }
    )
    _indexes(
        dropped=[
            ("reading", "ix_reading_figure"),
            ("reading", "ix_reading_release"),
            ("reading", "uq_reading_current"),
        ],
        created=[
            ("ix_reading_series_period", "reading", ["series", "period"]),
            ("ix_reading_release_document", "reading", ["release", "document"]),
            ("ix_observation_known_from", "observation", ["known_from"]),
            ("ix_observation_evidence_id", "observation", ["evidence_id"]),
        ],
        unique=["series", "period", "release", "document", "evidence"],
    )
    op.drop_table("release_fetch")


def _create_turns() -> None:
    """The table, filled with what first and last fetches tell: one fetched again after another one came back."""
    turn = op.create_table(
        "release_fetch",
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("fetched_at", Moment(), nullable=False),
        sa.Column("last_fetched_at", Moment(), nullable=False),
        sa.CheckConstraint("fetched_at <= last_fetched_at", name=op.f("ck_release_fetch_turn")),
        sa.ForeignKeyConstraint(
            ["release", "document"],
            ["release_document.release", "release_document.document"],
            name=op.f("fk_release_fetch_release_document"),
        ),
        sa.PrimaryKeyConstraint("release", "document", "fetched_at", name=op.f("pk_release_fetch")),
    )
    link = sa.table(
        "release_document",
        sa.column("release", sa.String()),
        sa.column("document", sa.String()),
        sa.column("fetched_at", Moment()),
        sa.column("last_fetched_at", Moment()),
    )
    fetches = set()
    for row in op.get_bind().execute(sa.select(link)):
        fetches |= {(row.release, moment, row.document) for moment in (row.fetched_at, row.last_fetched_at)}
    rows = []
    for (release, document), group in groupby(sorted(fetches), key=itemgetter(0, 2)):
        moments = [moment for _, moment, _ in group]
        rows.append(
            {
                "release": release,
                "document": document,
                "fetched_at": moments[0],
                "last_fetched_at": moments[-1],
            }
        )
    op.bulk_insert(turn, rows)


def _indexes(
    dropped: list[tuple[str, str]], created: list[tuple[str, str, list[str]]], unique: list[str]
) -> None:
    for table, name in dropped:
        op.drop_index(name, table_name=table)
    for name, table, columns in created:
        op.create_index(name, table, columns)
    op.create_index(
        "uq_reading_current",
        "reading",
        unique,
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )


def _constraints(changes: dict[str, list[tuple[str, Text, Text]]]) -> None:
    """Put the last text of each constraint in place of the one before it."""
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(changes)
        return
    for table, altered in changes.items():
        for name, old, new in altered:
            if old:
                op.execute(sa.text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
            if new:
                text = new if isinstance(new, str) else new["postgresql"]
                op.execute(sa.text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {text}".replace(":", "\\:")))


def _rewrite(changes: dict[str, list[tuple[str, Text, Text]]]) -> None:
    """SQLite alters no constraint: each table is made anew, filled from the old one, and takes its name.

    The way that SQLite's documentation gives; foreign keys are switched off meanwhile (``migrate``), views
    are taken away, because renaming looks at all of them.
    """
    views = _stored("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY rowid")
    for name, _ in reversed(views):
        op.execute(f"DROP VIEW {name}")
    for table, altered in changes.items():
        ((_, text),) = _stored(f"SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name = '{table}'")
        indexes = _stored(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = '{table}' AND sql IS NOT NULL"
        )
        _execute(_rewritten(text, table, altered))
        _execute(f"INSERT INTO new_{table} SELECT * FROM {table}")
        _execute(f"DROP TABLE {table}")
        _execute(f"ALTER TABLE new_{table} RENAME TO {table}")
        for _, index in indexes:
            _execute(index)
    for _, text in views:
        _execute(text)


def _rewritten(text: str, table: str, altered: Iterable[tuple[str, Text, Text]]) -> str:
    body = re.sub(rf'^CREATE TABLE "?{table}"? ', f"CREATE TABLE new_{table} ", text.strip())
    for name, old, new in altered:
        if old:
            # One constraint a line, as SQLAlchemy writes them.
            body, removed = re.subn(rf",\s*\n?\s*CONSTRAINT {name} .*?(?=, ?\n|\n\)$)", "", body)
            if removed != 1:
                raise RuntimeError(f"table {table}: constraint {name} not found")
        if new:
            clause = new if isinstance(new, str) else new["sqlite"]
            body = re.sub(r"\s*\)$", lambda _: f", \n\tCONSTRAINT {name} {clause}\n)", body)  # noqa: B023
    return body


def _stored(query: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in op.get_bind().exec_driver_sql(query)]


def _execute(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement)
