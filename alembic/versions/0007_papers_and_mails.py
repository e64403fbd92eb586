"""Receipts, the mail log, addresses that take no mail, and what long histories are read along."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op
from billing_ui.models.types import BigId as BIG
from billing_ui.models.types import Json as JSON
from billing_ui.models.types import UtcDateTime

revision = "0007"
down_revision = "0006"

AT = UtcDateTime()


def upgrade() -> None:
    _create_indexes()
    _tell_planner()
    _create_receipt()
    _create_mail_log()
    _create_mail_stop()


def downgrade() -> None:
    op.drop_table("mail_stop")
    op.drop_table("mail_log")
    op.drop_table("receipt")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'entry'")
    op.drop_index("ix_topup_unpaid", "topup")
    op.drop_index("ix_entry_rare", "entry")
    op.drop_index("ix_entry_besides_usage", "entry")


def _create_indexes() -> None:
    """Histories read what is not use, and purchases without money, along indexes of their own."""
    besides, rare = sa.text("substr(key, 1, 5) <> 'usage'"), sa.text("substr(key, 1, 5) NOT IN ('usage', 'topup')")
    unpaid = sa.text("status <> 'paid'")
    op.create_index(
        "ix_entry_besides_usage", "entry", ["account_id", "seq"], sqlite_where=besides, postgresql_where=besides
    )
    op.create_index("ix_entry_rare", "entry", ["account_id", "seq"], sqlite_where=rare, postgresql_where=rare)
    op.create_index(
        "ix_topup_unpaid", "topup", ["account_id", "created_at", "id"], sqlite_where=unpaid,
        postgresql_where=unpaid,
    )  # fmt: skip


def _tell_planner() -> None:
    """SQLite takes every account for a small one until it is told otherwise, and then goes through all its entries to
    find a key. These are the proportions of a grown desk; ANALYZE replaces them with the true ones."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    kinds = {row.origin: row.name for row in connection.execute(sa.text("PRAGMA index_list(entry)"))}
    proportions = {
        "entry": "1000000 1000 1",
        kinds["u"]: "1000000 1000 2 1",
        "ix_entry_besides_usage": "20000 50 1",
        "ix_entry_rare": "2000 5 1",
    }
    op.execute("ANALYZE entry")
    op.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'entry'")
    told = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('entry', :idx, :stat)")
    connection.execute(told, [{"idx": name, "stat": stat} for name, stat in proportions.items()])


def _create_receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", BIG, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("check_code", sa.String(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("payment_id", BIG, nullable=False),
        sa.Column("capture_id", BIG, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("issued_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_receipt_account_id")),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_receipt_capture_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_receipt_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("capture_id", name=op.f("uq_receipt_capture_id")),
        sa.UniqueConstraint("number", name=op.f("uq_receipt_number")),
        sa.UniqueConstraint("series", "seq", name=op.f("uq_receipt_series_seq")),
    )
    op.create_index(op.f("ix_receipt_account_id"), "receipt", ["account_id"], unique=False)
    op.create_index(op.f("ix_receipt_payment_id"), "receipt", ["payment_id"], unique=False)


def _create_mail_log() -> None:
    op.create_table(
        "mail_log",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("payment", sa.String(), nullable=False),
        sa.Column("to_address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("sent_at", AT, nullable=True),
        sa.Column("changed_at", AT, nullable=False),
        sa.CheckConstraint(
            "status IN ('queued', 'sent', 'delivered', 'delayed', 'bounced', 'complained', 'failed', 'stopped')",
            name=op.f("ck_mail_log_status"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_.id"], name=op.f("fk_mail_log_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_log")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_log_key")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_mail_log_provider_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mail_log_public_id")),
    )
    op.create_index(op.f("ix_mail_log_payment"), "mail_log", ["payment"], unique=False)
    op.create_index(op.f("ix_mail_log_user_id_id"), "mail_log", ["user_id", "id"], unique=False)


def _create_mail_stop() -> None:
    op.create_table(
        "mail_stop",
        sa.Column("id", BIG, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("since_at", AT, nullable=False),
        sa.Column("lifted_at", AT, nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=False),
        sa.CheckConstraint("why IN ('bounced', 'complained', 'suppressed')", name=op.f("ck_mail_stop_why")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_stop")),
        sa.UniqueConstraint("address", name=op.f("uq_mail_stop_address")),
    )
