"""Results of reconciliation

Revision: 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from prosperity.warehouse.types import ExactDecimal, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "check_result",
        sa.Column("check_kind", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("gap", ExactDecimal(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("found_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "check_kind IN ('rate_against_levels', 'cumulative_fall', 'pace_within_year', "
            "'parts_within_whole', 'twins')",
            name=op.f("ck_check_result_check_kind"),
        ),
        sa.CheckConstraint(
            "basis IN ('first_release', 'at_release', 'latest')", name=op.f("ck_check_result_basis")
        ),
        sa.CheckConstraint(
            "verdict IN ('rounding', 'small', 'restated', 'unpaired', 'fits', 'strikes')",
            name=op.f("ck_check_result_verdict"),
        ),
        sa.CheckConstraint("severity IN ('none', 'note', 'warn')", name=op.f("ck_check_result_severity")),
        sa.CheckConstraint(
            "(gap IS NULL) = (verdict = 'unpaired')", name=op.f("ck_check_result_gap")
        ),
        sa.CheckConstraint(
            "period LIKE '____' OR period LIKE '____-__'", name=op.f("ck_check_result_period")
        ),
        sa.ForeignKeyConstraint(["series"], ["series.id"], name=op.f("fk_check_result_series")),
        sa.PrimaryKeyConstraint(
            "check_kind", "rule", "series", "period", "basis", name=op.f("pk_check_result")
        ),
    )
    op.create_index("ix_check_result_series_period", "check_result", ["series", "period"])


def downgrade() -> None:
    op.drop_index("ix_check_result_series_period", table_name="check_result")
    op.drop_table("check_result")
