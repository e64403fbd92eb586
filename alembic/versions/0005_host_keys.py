"""The keys of purchases can be found across accounts: a host app's key means one purchase, whoever it is for."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_topup_form_key"), "topup", ["form_key"])


def downgrade() -> None:
    op.drop_index(op.f("ix_topup_form_key"), table_name="topup")
