"""The tables of the warehouse, as SQLAlchemy Core metadata.

What belongs here: columns, keys, checks. The migrations in ``migrations/versions`` create them; a test
compares the two. What each column means stands in ``meanings``. Nothing here that PostgreSQL or SQLite
refuses.

Two layers: ``reading`` keeps every value as read from any document; ``observation`` is the list of changes
derived from the current readings (see ``derive``). Two clocks: ``known_from`` is the publisher's date of
issue, ``ingested_at`` the moment we learnt it.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from prosperity.checks.model import BASES, KINDS, SEVERITIES, VERDICTS
from prosperity.warehouse import constraints
from prosperity.warehouse.meanings import describe
from prosperity.warehouse.types import ExactDecimal, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

FREQUENCIES = ("M", "Q", "S", "A")
OBS_STATUSES = ("A", "B", "E", "I", "M", "P", "S", "U")
KNOWN_FROM_BASES = ("stated", "list_date", "estimated", "first_seen")
SERIES_KINDS = ("flow", "stock", "rate", "index")
PERIOD_KINDS = ("cumulative", "month", "quarter", "half", "year", "stock")
ISSUED_BASES = ("stated", "list_date", "address", "estimated", "first_seen")
LANGUAGES = ("zh", "en")
STAGES = ("collect", "extract", "clean", "load")
RELEASE_STATES = ("found", "fetched", "failed")

source = Table(
    "source",
    metadata,
    Column("id", String, primary_key=True),
    Column("publisher_zh", String, nullable=False),
    Column("publisher_en", String, nullable=False),
    Column("title_zh", String, nullable=False),
    Column("title_en", String, nullable=False),
    Column("theme", String, nullable=False),
    Column("licence", String, nullable=False),
    Column("cadence", String, nullable=False),
    Column("base", String, nullable=False),
    Column("first_year", Integer, nullable=False),
    Column("last_year", Integer),
    Column("rank", Integer, nullable=False),  # the catalogue's order decides between documents of one day
)

series = Table(
    "series",
    metadata,
    Column("id", String, primary_key=True),
    Column("source", String, ForeignKey("source.id"), nullable=False),
    Column("name_zh", String, nullable=False),
    Column("name_en", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("unit_mult", Integer, nullable=False),
    Column("frequency", String(1), nullable=False),
    Column("kind", String, nullable=False),
    Column("cumulative", Boolean, nullable=False),
    Column("theme", String, nullable=False),
    Column("internet", Boolean, nullable=False),
    Column("rate_of", String),
    Column("note", String, nullable=False),
    constraints.one_of("frequency", FREQUENCIES),
    constraints.one_of("kind", SERIES_KINDS),
    constraints.unit_mult(),
)

release = Table(
    "release",
    metadata,
    Column("key", String, primary_key=True),
    Column("source", String, ForeignKey("source.id"), nullable=False),
    Column("year", Integer, nullable=False),  # the year it reports on
    Column("title", String, nullable=False),
    Column("address", String, nullable=False),
    Column("landing", String),
    Column("period", String),
    Column("period_start", Date),
    Column("period_end", Date),
    Column("period_kind", String),
    Column("issued", Date),
    Column("issued_basis", String),
    Column("stated_date", String),
    Column("page_date", Date),
    Column("edition", String),
    Column("language", String(2), nullable=False),
    Column("state", String, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    constraints.one_of("state", RELEASE_STATES),
    constraints.one_of("period_kind", PERIOD_KINDS),
    constraints.one_of("issued_basis", ISSUED_BASES),
    constraints.one_of("language", LANGUAGES),
    *constraints.period_code(),
    CheckConstraint("period_start <= period_end", name="span"),
    *constraints.day("issued"),
    Index("ix_release_source_year", "source", "year"),
)

release_change = Table(
    "release_change",
    metadata,
    Column("release", String, ForeignKey("release.key"), primary_key=True),
    Column("issued", Date, primary_key=True),  # the date offered beside the one first known
    Column("issued_basis", String, nullable=False),
    Column("previous", Date),
    Column("previous_basis", String),
    Column("adopted", Boolean, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    constraints.one_of("issued_basis", ISSUED_BASES),
    constraints.one_of("previous_basis", ISSUED_BASES),
    *constraints.day("issued"),
)

document = Table(
    "document",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("media_type", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("encoding", String),
    Column("sample", Boolean, nullable=False),
    CheckConstraint("length(sha256) = 64 AND sha256 = lower(sha256)", name="sha256"),
    CheckConstraint("size >= 0", name="size"),
)

release_document = Table(
    "release_document",
    metadata,
    Column("release", String, ForeignKey("release.key"), primary_key=True),
    Column("document", String(64), ForeignKey("document.sha256"), primary_key=True),
    Column("address", String, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("brought_by", String),
    Column("fetched_at", Moment, nullable=False),  # the first time
    Column("last_fetched_at", Moment, nullable=False),
)

release_fetch = Table(
    "release_fetch",
    metadata,
    Column("release", String, primary_key=True),
    Column("document", String(64), primary_key=True),
    Column("fetched_at", Moment, primary_key=True),  # the first time in this turn
    Column("last_fetched_at", Moment, nullable=False),  # the last time before another document came
    ForeignKeyConstraint(
        ["release", "document"],
        ["release_document.release", "release_document.document"],
        name="fk_release_fetch_release_document",
    ),
    CheckConstraint("fetched_at <= last_fetched_at", name="turn"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("document", String(64), ForeignKey("document.sha256"), nullable=False, index=True),
    Column("page", Integer),
    Column("x0", Float),
    Column("top", Float),
    Column("x1", Float),
    Column("bottom", Float),
    Column("node", String),
    Column("span_start", Integer),
    Column("span_end", Integer),
    Column("pointer", String),
    Column("raw", String, nullable=False),
    Column("method", String, nullable=False),
    Column("extractor", String, nullable=False),
    Column("confidence", Float),  # text recognition only
    CheckConstraint("page >= 1", name="page"),
    CheckConstraint("x0 <= x1 AND top <= bottom", name="box"),
    CheckConstraint("0 <= span_start AND span_start <= span_end", name="span"),
)

reading = Table(
    "reading",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("series", String, ForeignKey("series.id"), nullable=False),
    Column("period", String(7), nullable=False),
    Column("release", String, nullable=False),
    Column("document", String(64), nullable=False),
    Column("evidence", String(16), ForeignKey("evidence.id"), nullable=False),
    Column("value", ExactDecimal),
    Column("unit", String, nullable=False),
    Column("unit_mult", Integer, nullable=False),
    Column("status", String(1), nullable=False),
    Column("qualifier", String, nullable=False),
    Column("known_from", Date, nullable=False),
    Column("known_from_basis", String, nullable=False),
    Column("extractor", String, nullable=False),
    Column("ingested_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),  # by us: a better reading of the same document does not contain it
    constraints.one_of("status", OBS_STATUSES),
    constraints.one_of("known_from_basis", KNOWN_FROM_BASES),
    *constraints.period_code(),
    constraints.unit_mult(),
    constraints.withdrawal("status"),
    *constraints.number(),
    *constraints.day("known_from"),
    Index("ix_reading_figure", "series", "period", "known_from"),
    ForeignKeyConstraint(
        ["release", "document"],
        ["release_document.release", "release_document.document"],
        name="fk_reading_release_document",
    ),
    Index("ix_reading_release", "release"),
)
_current = reading.c.withdrawn_at.is_(None)
Index(
    "uq_reading_current",
    reading.c.evidence,  # says which document
    reading.c.series,
    reading.c.period,
    reading.c.release,
    unique=True,
    sqlite_where=_current,
    postgresql_where=_current,
)

observation = Table(
    "observation",
    metadata,
    Column("series_id", String, ForeignKey("series.id"), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("known_from", Date, primary_key=True),
    Column("known_from_basis", String, nullable=False),
    Column("value", ExactDecimal),  # in units of 10**series.unit_mult
    Column("obs_status", String(1), nullable=False),
    Column("qualifier", String, nullable=False),
    Column("evidence_id", String(16), ForeignKey("evidence.id"), nullable=False),
    Column("conflict", Boolean, nullable=False),
    Column("ingested_at", Moment, nullable=False),
    constraints.one_of("obs_status", OBS_STATUSES),
    constraints.one_of("known_from_basis", KNOWN_FROM_BASES),
    *constraints.period_code(),
    constraints.withdrawal("obs_status"),
    *constraints.number(),
    *constraints.day("known_from"),
)

rejection = Table(
    "rejection",
    metadata,
    Column("id", String(16), primary_key=True),  # hash of the content
    Column("source", String, ForeignKey("source.id"), nullable=False),
    Column("stage", String, nullable=False),
    Column("what", String, nullable=False),
    Column("where", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("period", String),
    Column("document", String(64)),  # no key: what was refused need not have been kept
    Column("release", String, ForeignKey("release.key")),
    Column("year", Integer),  # for failures of collecting, which have no release
    Column("retryable", Boolean, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("resolved_at", Moment),
    constraints.one_of("stage", STAGES),
    Index("ix_rejection_source_year", "source", "year"),
    Index("ix_rejection_release", "release"),
)

index_run = Table(
    "index_run",
    metadata,
    Column("id", String(16), primary_key=True),  # hash of all below but the clocks
    Column("spec_version", String, nullable=False),
    Column("spec_hash", String, nullable=False),
    Column("as_of", Date),  # None: all that was known
    Column("code_version", String, nullable=False),
    Column("data_hash", String, nullable=False),
    Column("result_hash", String, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_saved_at", Moment, nullable=False),
    UniqueConstraint(
        "spec_hash", "as_of", "code_version", "data_hash", "result_hash", name="uq_index_run_content"
    ),
)

index_specification = Table(
    "index_specification",
    metadata,
    Column("spec_hash", String, primary_key=True),
    Column("content", JSON, nullable=False),  # all that decides on the result
)

index_value = Table(
    "index_value",
    metadata,
    Column("run", String(16), ForeignKey("index_run.id"), primary_key=True),
    Column("index_group", String, primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("value", Float),
    Column("change", Float),
    Column("indicators", Integer, nullable=False),
    Column("indicators_total", Integer, nullable=False),
    Column("weight_share", Float, nullable=False),
    Column("reason", String),
    CheckConstraint("(value IS NULL) = (reason IS NOT NULL)", name="reason"),
    *constraints.period_code(),
)

index_contribution = Table(
    "index_contribution",
    metadata,
    Column("run", String(16), ForeignKey("index_run.id"), primary_key=True),
    Column("index_group", String, primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("series", String, primary_key=True),  # or the trend term, which is no series
    Column("layer", String, nullable=False),
    Column("contribution", Float),
    Column("standardised_change", Float),
    Column("weight", Float, nullable=False),
    Column("status", String, nullable=False),
    Column("inputs", JSON, nullable=False),  # ids of evidence
    Column("steps", JSON, nullable=False),  # sentences: how it was computed
    *constraints.period_code(),
)

check_result = Table(
    "check_result",
    metadata,
    Column("check_kind", String, primary_key=True),
    Column("rule", String, primary_key=True),
    Column("series", String, ForeignKey("series.id"), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("basis", String, primary_key=True),  # which vintages were compared
    Column("verdict", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("gap", ExactDecimal),  # none: nothing to compare with
    Column("figures", JSON, nullable=False),  # role, series, period, value, known_from, evidence of each
    Column("explanation", String, nullable=False),
    Column("found_at", Moment, nullable=False),  # when a run first gave this result
    constraints.one_of("check_kind", KINDS),
    constraints.one_of("basis", BASES),
    constraints.one_of("verdict", VERDICTS),
    constraints.one_of("severity", SEVERITIES),
    CheckConstraint("(gap IS NULL) = (verdict = 'unpaired')", name="gap"),
    *constraints.period_code(),
    Index("ix_check_result_series_period", "series", "period"),
)

describe(metadata)
