"""The operators' settings, each with its default."""

from __future__ import annotations

from alembic import op
from billing_ui.services.settings import write_defaults

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    write_defaults(op.get_bind())


def downgrade() -> None:
    """The rows go with their table."""
