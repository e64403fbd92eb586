"""The books: heads, lots, entries, events, holds, rollups, seals, and the triggers that keep history as it was."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from alembic import op
from billing_ui.models.types import BigId, Json, UtcDateTime

revision = "0002"
down_revision = "0001"

AT = UtcDateTime()
POCKETS = "'wallet', 'issued', 'consumed', 'expired', 'clearing', 'deferred', 'revenue', 'fee', 'tax', 'payout'"
# What makes a row of these tables the same row: on SQLite `INSERT OR REPLACE` would delete it without a trigger.
APPEND_ONLY = {
    "entry": ("seq = NEW.seq", "key = NEW.key AND line = NEW.line"),
    "usage_event": ("seq = NEW.seq",),
    "seal": ("upto_seq = NEW.upto_seq",),
}


def upgrade() -> None:
    _create_account_head()
    _create_lot()
    _create_entry()
    _create_usage_event()
    _create_hold()
    _create_rollups()
    _create_seal()
    if op.get_bind().dialect.name == "sqlite":
        _refuse_changes_on_sqlite()
    else:
        _refuse_changes_on_postgresql()
        # Room for a head and a lot to be rewritten on their own page.
        op.execute("ALTER TABLE account_head SET (fillfactor = 60)")
        op.execute("ALTER TABLE lot SET (fillfactor = 80)")


def downgrade() -> None:
    for table in ("seal", "system_hour", "account_month", "account_day", "hold", "usage_event", "entry", "lot",
                  "account_head"):  # fmt: skip
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change()")


def _refuse_changes_on_sqlite() -> None:
    for table, sames in APPEND_ONLY.items():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        known = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE account_id = NEW.account_id AND {same})"  # noqa: S608 - our words
            for same in sames
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} WHEN {known} "
            f"BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: {table} is append-only'); END"
        )


def _refuse_changes_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _whole(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def _words(name: str, size: int | None = None, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), nullable=null)


def _create_account_head() -> None:
    op.create_table(
        "account_head",
        _whole("account_id"),
        _whole("seq"),
        _whole("balance"),
        _whole("held"),
        _whole("floor"),
        _words("access"),
        _whole("plan_version_id"),
        sa.Column("period_on", sa.Date(), nullable=False),
        _words("zone"),
        sa.Column("last_at", AT, nullable=False),
        sa.Column("due_at", AT, nullable=True),
        sa.Column("windows", Json, nullable=False),
        _whole("bought"),
        _whole("granted"),
        _whole("used"),
        _whole("expired"),
        _whole("refunded"),
        sa.CheckConstraint("access IN ('open', 'limited', 'locked')", name=op.f("ck_account_head_access")),
        sa.CheckConstraint("held >= 0 AND floor <= 0 AND seq >= 0", name=op.f("ck_account_head_signs")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_head_account_id")),
        sa.ForeignKeyConstraint(["plan_version_id"], ["plan_version.id"], name=op.f("fk_account_head_plan_version_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_head")),
    )


def _create_lot() -> None:
    op.create_table(
        "lot",
        sa.Column("id", BigId, nullable=False),
        _words("public_id"),
        _whole("account_id"),
        _words("source"),
        _words("cause"),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("expires_at", AT, nullable=True),
        _whole("quantity"),
        _whole("remaining"),
        _whole("price_num", null=True),
        _whole("price_den", null=True),
        _words("currency", 3, null=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_frozen", sa.Boolean(), nullable=False),
        sa.CheckConstraint("source IN ('bought', 'granted', 'redeemed')", name=op.f("ck_lot_source")),
        sa.CheckConstraint("remaining >= 0 AND remaining <= quantity", name=op.f("ck_lot_remaining")),
        sa.CheckConstraint("is_open = (remaining > 0)", name=op.f("ck_lot_is_open")),
        sa.CheckConstraint("price_den > 0 AND price_num >= 0", name=op.f("ck_lot_price")),
        sa.ForeignKeyConstraint(["account_id"], ["account_head.account_id"], name=op.f("fk_lot_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lot_public_id")),
    )
    op.create_index("ix_lot_open", "lot", ["account_id"], sqlite_where=sa.text("is_open = 1"),
                    postgresql_where=sa.text("is_open"))  # fmt: skip


def _create_entry() -> None:
    op.create_table(
        "entry",
        _whole("account_id"),
        _whole("seq"),
        _words("key"),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        _words("unit"),
        _words("debit"),
        _words("credit"),
        _whole("quantity"),
        _whole("balance_after"),
        _whole("lot_id", null=True),
        sa.Column("occurred_at", AT, nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        _words("actor"),
        _words("cause"),
        _words("request_hash", 32),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_entry_quantity")),
        *(
            sa.CheckConstraint(
                f"{side} IN ({POCKETS}) OR substr({side}, 1, 5) = 'cash:'", name=op.f(f"ck_entry_{side}")
            )
            for side in ("debit", "credit")
        ),
        sa.CheckConstraint(
            "unit = 'TOKEN' OR (debit <> 'wallet' AND credit <> 'wallet')", name=op.f("ck_entry_wallet_unit")
        ),
        sa.PrimaryKeyConstraint("account_id", "seq", name=op.f("pk_entry")),
        sa.UniqueConstraint("account_id", "key", "line", name=op.f("uq_entry_account_id_key_line")),
        sqlite_with_rowid=False,
    )


def _create_usage_event() -> None:
    counts = ("input", "output", "quantity", "allowance", "from_lots", "overage", "uncovered")
    op.create_table(
        "usage_event",
        _whole("account_id"),
        _whole("seq"),
        _words("event_id"),
        _words("operation"),
        _words("model"),
        _words("session", null=True),
        _whole("input"),
        _whole("output"),
        _whole("quantity"),
        _whole("rate_version", null=True),
        _whole("allowance"),
        _whole("from_lots"),
        _whole("overage"),
        _whole("uncovered"),
        sa.Column("occurred_at", AT, nullable=False),
        sa.Column("metadata", Json, nullable=False),
        sa.CheckConstraint(" AND ".join(f"{count} >= 0" for count in counts), name=op.f("ck_usage_event_not_negative")),
        sa.PrimaryKeyConstraint("account_id", "seq", name=op.f("pk_usage_event")),
        sqlite_with_rowid=False,
    )


def _create_hold() -> None:
    op.create_table(
        "hold",
        sa.Column("id", BigId, nullable=False),
        _whole("account_id"),
        _words("key"),
        _whole("quantity"),
        sa.Column("draws", Json, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        _words("state"),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_hold_quantity")),
        sa.CheckConstraint("state IN ('open', 'settled', 'released', 'expired')", name=op.f("ck_hold_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account_head.account_id"], name=op.f("fk_hold_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_hold_account_id_key")),
    )


def _create_rollups() -> None:
    _create_rollup("account_day", _whole("account_id"), sa.Column("day_on", sa.Date(), nullable=False))
    _create_rollup("account_month", _whole("account_id"), sa.Column("month_on", sa.Date(), nullable=False))
    _create_rollup(
        "system_hour", sa.Column("hour_at", AT, nullable=False),
        last=sa.Column("stripe", sa.SmallInteger(), nullable=False),
        check=sa.CheckConstraint("stripe >= 0 AND stripe <= 15", name=op.f("ck_system_hour_stripe")),
    )  # fmt: skip


def _create_rollup(
    table: str,
    *firsts: sa.Column[Any],
    last: sa.Column[Any] | None = None,
    check: sa.CheckConstraint | None = None,
) -> None:
    keys = [*firsts, _words("meter"), _words("model"), _words("operation"), *([] if last is None else [last])]
    op.create_table(
        table,
        *keys,
        _whole("events"),
        _whole("quantity"),
        _whole("charged"),
        _whole("overage"),
        sa.PrimaryKeyConstraint(*(key.name for key in keys), name=op.f(f"pk_{table}")),
        *([] if check is None else [check]),
        sqlite_with_rowid=False,
    )


def _create_seal() -> None:
    op.create_table(
        "seal",
        _whole("account_id"),
        _whole("upto_seq"),
        _whole("count"),
        _whole("balance"),
        _words("hash"),
        _words("previous_hash"),
        sa.PrimaryKeyConstraint("account_id", "upto_seq", name=op.f("pk_seal")),
        sqlite_with_rowid=False,
    )
