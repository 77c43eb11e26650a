"""The first tables

Revision: 0001, the first one
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from prosperity.warehouse.types import ExactDecimal, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document")),
    )
    op.create_table(
        "index_run",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("spec_version", sa.String(), nullable=False),
        sa.Column("spec_hash", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("data_hash", sa.String(), nullable=False),
        sa.Column("result_hash", sa.String(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("last_saved_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_run")),
        sa.UniqueConstraint(
            "spec_hash", "as_of", "code_version", "data_hash", "result_hash", name="uq_index_run_content"
        ),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("publisher_zh", sa.String(), nullable=False),
        sa.Column("publisher_en", sa.String(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("cadence", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("x0", sa.Float(), nullable=True),
        sa.Column("top", sa.Float(), nullable=True),
        sa.Column("x1", sa.Float(), nullable=True),
        sa.Column("bottom", sa.Float(), nullable=True),
        sa.Column("node", sa.String(), nullable=True),
        sa.Column("span_start", sa.Integer(), nullable=True),
        sa.Column("span_end", sa.Integer(), nullable=True),
        sa.Column("pointer", sa.String(), nullable=True),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("extractor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.sha256"], name=op.f("fk_evidence_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_document"), "evidence", ["document"], unique=False)
    op.create_table(
        "index_contribution",
        sa.Column("run", sa.String(length=16), nullable=False),
        sa.Column("index_group", sa.String(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("contribution", sa.Float(), nullable=True),
        sa.Column("standardised_change", sa.Float(), nullable=True),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "period LIKE '____' OR period LIKE '____-__'", name=op.f("ck_index_contribution_period")
        ),
        sa.ForeignKeyConstraint(["run"], ["index_run.id"], name=op.f("fk_index_contribution_run")),
        sa.PrimaryKeyConstraint("run", "index_group", "period", "series", name=op.f("pk_index_contribution")),
    )
    op.create_table(
        "index_value",
        sa.Column("run", sa.String(length=16), nullable=False),
        sa.Column("index_group", sa.String(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("change", sa.Float(), nullable=True),
        sa.Column("indicators", sa.Integer(), nullable=False),
        sa.Column("indicators_total", sa.Integer(), nullable=False),
        sa.Column("weight_share", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("period LIKE '____' OR period LIKE '____-__'", name=op.f("ck_index_value_period")),
        sa.CheckConstraint("(value IS NULL) = (reason IS NOT NULL)", name=op.f("ck_index_value_reason")),
        sa.ForeignKeyConstraint(["run"], ["index_run.id"], name=op.f("fk_index_value_run")),
        sa.PrimaryKeyConstraint("run", "index_group", "period", name=op.f("pk_index_value")),
    )
    op.create_table(
        "release",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("landing", sa.String(), nullable=True),
        sa.Column("period", sa.String(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("period_kind", sa.String(), nullable=True),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("issued_basis", sa.String(), nullable=True),
        sa.Column("stated_date", sa.String(), nullable=True),
        sa.Column("page_date", sa.Date(), nullable=True),
        sa.Column("edition", sa.String(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("first_seen_at", Moment(), nullable=False),
        sa.CheckConstraint("state IN ('found', 'fetched', 'failed')", name=op.f("ck_release_state")),
        sa.ForeignKeyConstraint(["source"], ["source.id"], name=op.f("fk_release_source")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_release")),
    )
    op.create_index("ix_release_source_year", "release", ["source", "year"], unique=False)
    op.create_table(
        "series",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_mult", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.String(length=1), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cumulative", sa.Boolean(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("internet", sa.Boolean(), nullable=False),
        sa.Column("rate_of", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("frequency IN ('M', 'Q', 'S', 'A')", name=op.f("ck_series_frequency")),
        sa.CheckConstraint("unit_mult BETWEEN -9 AND 15", name=op.f("ck_series_unit_mult")),
        sa.ForeignKeyConstraint(["source"], ["source.id"], name=op.f("fk_series_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_table(
        "observation",
        sa.Column("series_id", sa.String(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("known_from", sa.Date(), nullable=False),
        sa.Column("known_from_basis", sa.String(), nullable=False),
        sa.Column("value", ExactDecimal(), nullable=True),
        sa.Column("obs_status", sa.String(length=1), nullable=False),
        sa.Column("qualifier", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.String(length=16), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("ingested_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "known_from_basis IN ('stated', 'list_date', 'estimated', 'first_seen')",
            name=op.f("ck_observation_known_from_basis"),
        ),
        sa.CheckConstraint(
            "obs_status IN ('A', 'B', 'E', 'I', 'M', 'P', 'S', 'U')", name=op.f("ck_observation_obs_status")
        ),
        sa.CheckConstraint("period LIKE '____' OR period LIKE '____-__'", name=op.f("ck_observation_period")),
        sa.CheckConstraint("value IS NOT NULL OR obs_status <> 'A'", name=op.f("ck_observation_withdrawal")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_observation_evidence_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_observation_series_id")),
        sa.PrimaryKeyConstraint("series_id", "period", "known_from", name=op.f("pk_observation")),
    )
    op.create_index("ix_observation_evidence_id", "observation", ["evidence_id"], unique=False)
    op.create_index("ix_observation_known_from", "observation", ["known_from"], unique=False)
    op.create_table(
        "reading",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.String(length=16), nullable=False),
        sa.Column("value", ExactDecimal(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_mult", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=1), nullable=False),
        sa.Column("qualifier", sa.String(), nullable=False),
        sa.Column("known_from", sa.Date(), nullable=False),
        sa.Column("known_from_basis", sa.String(), nullable=False),
        sa.Column("extractor", sa.String(), nullable=False),
        sa.Column("ingested_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "known_from_basis IN ('stated', 'list_date', 'estimated', 'first_seen')",
            name=op.f("ck_reading_known_from_basis"),
        ),
        sa.CheckConstraint("period LIKE '____' OR period LIKE '____-__'", name=op.f("ck_reading_period")),
        sa.CheckConstraint(
            "status IN ('A', 'B', 'E', 'I', 'M', 'P', 'S', 'U')", name=op.f("ck_reading_status")
        ),
        sa.CheckConstraint("value IS NOT NULL OR status <> 'A'", name=op.f("ck_reading_withdrawal")),
        sa.CheckConstraint("unit_mult BETWEEN -9 AND 15", name=op.f("ck_reading_unit_mult")),
        sa.ForeignKeyConstraint(["document"], ["document.sha256"], name=op.f("fk_reading_document")),
        sa.ForeignKeyConstraint(["evidence"], ["evidence.id"], name=op.f("fk_reading_evidence")),
        sa.ForeignKeyConstraint(["release"], ["release.key"], name=op.f("fk_reading_release")),
        sa.ForeignKeyConstraint(["series"], ["series.id"], name=op.f("fk_reading_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    op.create_index("ix_reading_release_document", "reading", ["release", "document"], unique=False)
    op.create_index("ix_reading_series_period", "reading", ["series", "period"], unique=False)
    op.create_index(
        "uq_reading_current",
        "reading",
        ["series", "period", "release", "document", "evidence"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "rejection",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("where", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=True),
        sa.Column("document", sa.String(length=64), nullable=True),
        sa.Column("release", sa.String(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("retryable", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", Moment(), nullable=False),
        sa.Column("last_seen_at", Moment(), nullable=False),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "stage IN ('collect', 'extract', 'clean', 'load')", name=op.f("ck_rejection_stage")
        ),
        sa.ForeignKeyConstraint(["release"], ["release.key"], name=op.f("fk_rejection_release")),
        sa.ForeignKeyConstraint(["source"], ["source.id"], name=op.f("fk_rejection_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejection")),
    )
    op.create_index("ix_rejection_release", "rejection", ["release"], unique=False)
    op.create_index("ix_rejection_source_year", "rejection", ["source", "year"], unique=False)
    op.create_table(
        "release_change",
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("issued", sa.Date(), nullable=False),
        sa.Column("issued_basis", sa.String(), nullable=False),
        sa.Column("previous", sa.Date(), nullable=True),
        sa.Column("previous_basis", sa.String(), nullable=True),
        sa.Column("adopted", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["release.key"], name=op.f("fk_release_change_release")),
        sa.PrimaryKeyConstraint("release", "issued", name=op.f("pk_release_change")),
    )
    op.create_table(
        "release_document",
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("brought_by", sa.String(), nullable=True),
        sa.Column("fetched_at", Moment(), nullable=False),
        sa.Column("last_fetched_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.sha256"], name=op.f("fk_release_document_document")),
        sa.ForeignKeyConstraint(["release"], ["release.key"], name=op.f("fk_release_document_release")),
        sa.PrimaryKeyConstraint("release", "document", name=op.f("pk_release_document")),
    )


def downgrade() -> None:
    op.drop_table("release_document")
    op.drop_table("release_change")
    op.drop_index("ix_rejection_source_year", table_name="rejection")
    op.drop_index("ix_rejection_release", table_name="rejection")
    op.drop_table("rejection")
    op.drop_index(
        "uq_reading_current",
        table_name="reading",
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_index("ix_reading_series_period", table_name="reading")
    op.drop_index("ix_reading_release_document", table_name="reading")
    op.drop_table("reading")
    op.drop_index("ix_observation_known_from", table_name="observation")
    op.drop_index("ix_observation_evidence_id", table_name="observation")
    op.drop_table("observation")
    op.drop_table("series")
    op.drop_index("ix_release_source_year", table_name="release")
    op.drop_table("release")
    op.drop_table("index_value")
    op.drop_table("index_contribution")
    op.drop_index(op.f("ix_evidence_document"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_table("source")
    op.drop_table("index_run")
    op.drop_table("document")
