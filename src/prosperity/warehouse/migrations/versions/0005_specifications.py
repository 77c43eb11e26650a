"""The specification behind the hash of a run: without it no run can be computed again

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "index_specification",
        sa.Column("spec_hash", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("spec_hash", name=op.f("pk_index_specification")),
    )


def downgrade() -> None:
    op.drop_table("index_specification")
