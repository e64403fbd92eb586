"""Days of all accounts are kept beside their hours, in one zone; the months of all accounts stand side by side."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COUNTERS = ("events", "input", "output", "quantity", "charged", "overage", "uncovered")


def upgrade() -> None:
    op.create_table(
        "system_day",
        sa.Column("day_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("meter", "model", "operation")),
        sa.Column("stripe", sa.SmallInteger(), nullable=False),
        *_counters(),
        sa.PrimaryKeyConstraint("day_on", "meter", "model", "operation", "stripe", name=op.f("pk_system_day")),
        sa.CheckConstraint("stripe >= 0 AND stripe <= 15", name=op.f("ck_system_day_stripe")),
        sqlite_with_rowid=False,
    )
    # It stays empty until the catalogue is applied, which says the zone and fills the days.
    op.create_table(
        "system_zone",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_zone")),
        sa.CheckConstraint("id = 1", name=op.f("ck_system_zone_one")),
        sqlite_with_rowid=False,
    )
    op.drop_index("ix_account_month_month_on", "account_month")
    _remake_months(("month_on", "meter", "account_id"))
    op.create_index("ix_account_month_account_id", "account_month", ["account_id"])
    # An account may have very many entries even where most have one: whoever looks a key up must not read them all.
    _on_postgresql("ALTER TABLE entry ALTER COLUMN account_id SET (n_distinct = -0.01)")


def downgrade() -> None:
    _on_postgresql("ALTER TABLE entry ALTER COLUMN account_id RESET (n_distinct)")
    op.drop_index("ix_account_month_account_id", "account_month")
    _remake_months(("account_id", "month_on", "meter"))
    op.create_index("ix_account_month_month_on", "account_month", ["month_on", "meter"])
    op.drop_table("system_zone")
    op.drop_table("system_day")


def _on_postgresql(statement: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(statement)


def _counters() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTERS]


def _remake_months(key: tuple[str, ...]) -> None:
    """The same rows under another key."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("pk_account_month", "account_month")
        op.create_primary_key("pk_account_month", "account_month", list(key))
        return
    op.rename_table("account_month", "account_month_before")
    op.create_table(
        "account_month",
        sa.Column("account_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("meter", sa.String(), nullable=False),
        *_counters(),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_account_month")),
        sqlite_with_rowid=False,
    )
    columns = ", ".join(("account_id", "month_on", "meter", *_COUNTERS))
    op.execute(
        f"INSERT INTO account_month ({columns}) SELECT {columns} FROM account_month_before "  # noqa: S608 - our words
        f"ORDER BY {', '.join(key)}"
    )
    op.drop_table("account_month_before")
