"""Money on its way back, disputes, decisions, reconciliation, and the phone a push goes to."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op
from billing_ui.models.types import BigId as BIG
from billing_ui.models.types import Json as JSON
from billing_ui.models.types import UtcDateTime

revision = "0006"
down_revision = "0005"

AT = UtcDateTime()


def upgrade() -> None:
    op.add_column("payment", sa.Column("payer_phone", sa.String(), nullable=True))
    op.create_index("ix_payment_status_created_at", "payment", ["status", "created_at"])
    op.create_index("ix_payment_method_created_at", "payment", ["method", "created_at"])
    op.create_index("ix_capture_outcome", "capture", ["outcome"])
    op.create_index(
        "ix_capture_late", "capture", ["payment_id"], sqlite_where=sa.text("is_late = 1"),
        postgresql_where=sa.text("is_late"),
    )  # fmt: skip
    _create_refund()
    _create_dispute()
    _create_capture_decision()
    _create_reconcile_run()
    _create_difference()
    op.create_index(
        "ix_entry_money",
        "entry",
        ["recorded_at"],
        sqlite_where=sa.text("unit <> 'TOKEN'"),
        postgresql_where=sa.text("unit <> 'TOKEN'"),
    )


def downgrade() -> None:
    op.drop_index("ix_entry_money", "entry")
    op.drop_table("difference")
    op.drop_table("reconcile_run")
    op.drop_table("capture_decision")
    op.drop_table("dispute")
    op.drop_table("refund")
    op.drop_index("ix_capture_late", "capture")
    op.drop_index("ix_capture_outcome", "capture")
    op.drop_index("ix_payment_method_created_at", "payment")
    op.drop_index("ix_payment_status_created_at", "payment")
    op.drop_column("payment", "payer_phone")


def _create_refund() -> None:
    op.create_table(
        "refund",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("payment_id", BIG, nullable=False),
        sa.Column("capture_id", BIG, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("gateway_refund_id", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("failure_code", sa.String(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.CheckConstraint("kind IN ('gateway', 'manual')", name=op.f("ck_refund_kind")),
        sa.CheckConstraint(
            "status IN ('asked', 'pending', 'succeeded', 'failed', 'canceled', 'unknown')",
            name=op.f("ck_refund_status"),
        ),
        sa.CheckConstraint("amount > 0 AND tokens >= 0", name=op.f("ck_refund_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_refund_account_id")),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_refund_capture_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("gateway", "gateway_refund_id", name=op.f("uq_refund_gateway_gateway_refund_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_refund_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_refund_reference")),
    )
    op.create_index(op.f("ix_refund_account_id"), "refund", ["account_id"], unique=False)
    op.create_index(op.f("ix_refund_payment_id"), "refund", ["payment_id"], unique=False)


def _create_dispute() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("payment_id", BIG, nullable=False),
        sa.Column("capture_id", BIG, nullable=True),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("gateway_dispute_id", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("freezes", sa.Integer(), nullable=False),
        sa.Column("booked_amount", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("concluded_by", sa.String(), nullable=False),
        sa.Column("due_at", AT, nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.CheckConstraint("status IN ('open', 'won', 'lost')", name=op.f("ck_dispute_status")),
        sa.CheckConstraint("told IN ('', 'won', 'lost')", name=op.f("ck_dispute_told")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_dispute_account_id")),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_dispute_capture_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_dispute_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("gateway", "gateway_dispute_id", name=op.f("uq_dispute_gateway_gateway_dispute_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dispute_public_id")),
    )
    op.create_index(op.f("ix_dispute_account_id"), "dispute", ["account_id"], unique=False)
    op.create_index(op.f("ix_dispute_payment_id"), "dispute", ["payment_id"], unique=False)


def _create_capture_decision() -> None:
    op.create_table(
        "capture_decision",
        sa.Column("id", BIG, nullable=False),
        sa.Column("capture_id", BIG, nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", AT, nullable=False),
        sa.Column("refund_id", BIG, nullable=True),
        sa.CheckConstraint(
            "decision IN ('credited', 'refunded', 'paid_out')", name=op.f("ck_capture_decision_decision")
        ),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_capture_decision_capture_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_capture_decision_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture_decision")),
        sa.UniqueConstraint("capture_id", name=op.f("uq_capture_decision_capture_id")),
    )


def _create_reconcile_run() -> None:
    op.create_table(
        "reconcile_run",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("from_at", AT, nullable=False),
        sa.Column("to_at", AT, nullable=False),
        sa.Column("totals", JSON, nullable=False),
        sa.Column("started_at", AT, nullable=False),
        sa.Column("finished_at", AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconcile_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reconcile_run_public_id")),
    )


def _create_difference() -> None:
    op.create_table(
        "difference",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("gateway_payment_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("payment_id", BIG, nullable=True),
        sa.Column("gateway_amount", sa.BigInteger(), nullable=True),
        sa.Column("our_amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("happened_at", AT, nullable=True),
        sa.Column("first_seen_at", AT, nullable=False),
        sa.Column("last_seen_at", AT, nullable=False),
        sa.Column("resolved_at", AT, nullable=True),
        sa.Column("resolved_by", sa.String(), nullable=False),
        sa.Column("resolution", sa.String(), nullable=False),
        sa.CheckConstraint(
            "bucket IN ('gateway_only', 'ours_only', 'amount', 'ledger')", name=op.f("ck_difference_bucket")
        ),
        sa.CheckConstraint("kind IN ('payment', 'refund')", name=op.f("ck_difference_kind")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_difference_payment_id")),
        sa.ForeignKeyConstraint(["run_id"], ["reconcile_run.id"], name=op.f("fk_difference_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_difference")),
        sa.UniqueConstraint(
            "gateway", "gateway_payment_id", "bucket", name=op.f("uq_difference_gateway_gateway_payment_id_bucket")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_difference_public_id")),
    )
