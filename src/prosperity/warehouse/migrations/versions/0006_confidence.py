"""How sure text recognition is of a place: without it nobody can tell a clear scan from a guess

Revision: 0006, after 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("confidence", sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column("evidence", "confidence")
