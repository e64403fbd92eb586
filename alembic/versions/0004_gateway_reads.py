"""The read-backs of the last minute, counted for the look budget."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op
from billing_ui.models.types import BigId, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gateway_read",
        sa.Column("id", BigId, nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_read")),
    )
    op.create_index(op.f("ix_gateway_read_gateway_at"), "gateway_read", ["gateway", "at"])


def downgrade() -> None:
    op.drop_table("gateway_read")
