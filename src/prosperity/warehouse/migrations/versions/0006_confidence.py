"""How sure text recognition is of a place: without it nobody can tell a clear scan from a guess

Revision: 0006, after 0005
"""

from __future__ import annotations

from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BEFORE: str = import_module("prosperity.warehouse.migrations.versions.0003_views").VIEWS["evidence_of"]
_AFTER = _BEFORE.replace("e.raw, e.method, e.extractor,", "e.raw, e.method, e.extractor, e.confidence,")


def upgrade() -> None:
    # Neither database alters a table below a view.
    op.execute("DROP VIEW evidence_of")
    op.add_column("evidence", sa.Column("confidence", sa.Float(), nullable=True))
    op.execute(f"CREATE VIEW evidence_of AS {_AFTER}")


def downgrade() -> None:
    op.execute("DROP VIEW evidence_of")
    op.drop_column("evidence", "confidence")
    op.execute(f"CREATE VIEW evidence_of AS {_BEFORE}")
