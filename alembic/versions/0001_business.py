"""Business: catalogue versions, subscriptions, purchases, payments, captures, timelines."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op
from billing_ui.models.types import BigId as BIG
from billing_ui.models.types import Json as JSON
from billing_ui.models.types import UtcDateTime

revision = "0001"
down_revision = "0000"

AT = UtcDateTime()


def upgrade() -> None:
    _create_catalogue_state()
    _create_plan_version()
    _create_token_package()
    _create_subscription()
    _create_topup()
    _create_payment()
    _create_capture()
    _create_payment_event()


def downgrade() -> None:
    op.drop_table("payment_event")
    op.drop_table("capture")
    op.drop_table("payment")
    op.drop_table("topup")
    op.drop_table("subscription")
    op.drop_table("token_package")
    op.drop_table("plan_version")
    op.drop_table("catalogue_state")


def _create_catalogue_state() -> None:
    op.create_table(
        "catalogue_state",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("file_hash", sa.String(), nullable=False),
        sa.Column("applied_at", AT, nullable=False),
        sa.Column("applied_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_catalogue_state")),
    )


def _create_plan_version() -> None:
    op.create_table(
        "plan_version",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("price_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("interval", sa.String(), nullable=True),
        sa.Column("included_tokens", sa.BigInteger(), nullable=False),
        sa.Column("overage_num", sa.BigInteger(), nullable=True),
        sa.Column("overage_den", sa.BigInteger(), nullable=True),
        sa.Column("is_highlighted", sa.Boolean(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("changed_at_desk", sa.Boolean(), nullable=False),
        sa.Column("valid_from", AT, nullable=False),
        sa.Column("valid_to", AT, nullable=True),
        sa.CheckConstraint("kind IN ('free', 'prepaid', 'subscription')", name=op.f("ck_plan_version_kind")),
        sa.CheckConstraint("price_amount >= 0 AND included_tokens >= 0", name=op.f("ck_plan_version_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_version_public_id")),
        sa.UniqueConstraint("slug", "version", name=op.f("uq_plan_version_slug_version")),
    )
    op.create_index(
        "uq_plan_version_current",
        "plan_version",
        ["slug"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )


def _create_token_package() -> None:
    op.create_table(
        "token_package",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plan_slug", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("price_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("bonus_tokens", sa.BigInteger(), nullable=False),
        sa.Column("validity_days", sa.Integer(), nullable=True),
        sa.Column("is_popular", sa.Boolean(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("changed_at_desk", sa.Boolean(), nullable=False),
        sa.Column("valid_from", AT, nullable=False),
        sa.Column("valid_to", AT, nullable=True),
        sa.CheckConstraint(
            "price_amount > 0 AND tokens > 0 AND bonus_tokens >= 0", name=op.f("ck_token_package_positive")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_package")),
        sa.UniqueConstraint("public_id", name=op.f("uq_token_package_public_id")),
        sa.UniqueConstraint("slug", "version", name=op.f("uq_token_package_slug_version")),
    )
    op.create_index(
        "uq_token_package_current",
        "token_package",
        ["slug"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )


def _create_subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("plan_version_id", BIG, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("started_at", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("period_starts_at", AT, nullable=False),
        sa.Column("period_ends_at", AT, nullable=False),
        sa.Column("next_plan_version_id", BIG, nullable=True),
        sa.CheckConstraint("access IN ('open', 'limited', 'locked')", name=op.f("ck_subscription_access")),
        sa.CheckConstraint(
            "status IN ('trialing', 'active', 'past_due', 'unpaid', 'canceled', 'paused')",
            name=op.f("ck_subscription_status"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_subscription_account_id")),
        sa.ForeignKeyConstraint(
            ["next_plan_version_id"], ["plan_version.id"], name=op.f("fk_subscription_next_plan_version_id")
        ),
        sa.ForeignKeyConstraint(["plan_version_id"], ["plan_version.id"], name=op.f("fk_subscription_plan_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("public_id", name=op.f("uq_subscription_public_id")),
    )
    op.create_index(op.f("ix_subscription_account_id"), "subscription", ["account_id"], unique=False)
    op.create_index(
        "uq_subscription_current",
        "subscription",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _create_topup() -> None:
    op.create_table(
        "topup",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("plan_version_id", BIG, nullable=False),
        sa.Column("token_package_id", BIG, nullable=True),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("form_hash", sa.String(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("bonus_tokens", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("validity_days", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("paid_at", AT, nullable=True),
        sa.CheckConstraint("status IN ('open', 'paid', 'review', 'void')", name=op.f("ck_topup_status")),
        sa.CheckConstraint("amount > 0 AND tokens > 0 AND bonus_tokens >= 0", name=op.f("ck_topup_positive")),
        sa.CheckConstraint("total_amount = amount + fee_amount + tax_amount", name=op.f("ck_topup_total")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_topup_account_id")),
        sa.ForeignKeyConstraint(["plan_version_id"], ["plan_version.id"], name=op.f("fk_topup_plan_version_id")),
        sa.ForeignKeyConstraint(["token_package_id"], ["token_package.id"], name=op.f("fk_topup_token_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topup")),
        sa.UniqueConstraint("account_id", "form_key", name=op.f("uq_topup_account_id_form_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_topup_public_id")),
    )
    op.create_index(op.f("ix_topup_account_id"), "topup", ["account_id"], unique=False)


def _create_payment() -> None:
    op.create_table(
        "payment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("topup_id", BIG, nullable=True),
        sa.Column("invoice_id", BIG, nullable=True),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("gateway_request_id", sa.String(), nullable=True),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("instruction", JSON, nullable=False),
        sa.Column("failure_code", sa.String(), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.Column("looked_at", AT, nullable=True),
        sa.Column("watched_at", AT, nullable=True),
        sa.CheckConstraint(
            "status IN ('created', 'pending', 'processing', 'paid', 'failed', 'expired', 'canceled', 'unknown', "
            "'review')",
            name=op.f("ck_payment_status"),
        ),
        sa.CheckConstraint("(topup_id IS NULL) <> (invoice_id IS NULL)", name=op.f("ck_payment_one_purchase")),
        sa.CheckConstraint("total_amount > 0", name=op.f("ck_payment_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_payment_account_id")),
        sa.ForeignKeyConstraint(["topup_id"], ["topup.id"], name=op.f("fk_payment_topup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("gateway", "gateway_request_id", name=op.f("uq_payment_gateway_gateway_request_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payment_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_reference")),
    )
    op.create_index(op.f("ix_payment_account_id"), "payment", ["account_id"], unique=False)
    op.create_index(op.f("ix_payment_created_at"), "payment", ["created_at"], unique=False)
    op.create_index(op.f("ix_payment_topup_id"), "payment", ["topup_id"], unique=False)


def _create_capture() -> None:
    op.create_table(
        "capture",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("payment_id", BIG, nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("gateway_payment_id", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("captured_at", AT, nullable=True),
        sa.Column("recorded_at", AT, nullable=False),
        sa.CheckConstraint("outcome IN ('credited', 'extra', 'held')", name=op.f("ck_capture_outcome")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_capture_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
        sa.UniqueConstraint("gateway", "gateway_payment_id", name=op.f("uq_capture_gateway_gateway_payment_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_capture_public_id")),
    )
    op.create_index(op.f("ix_capture_payment_id"), "capture", ["payment_id"], unique=False)


def _create_payment_event() -> None:
    op.create_table(
        "payment_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("payment_id", BIG, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_event_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_event")),
        sa.UniqueConstraint("payment_id", "seq", name=op.f("uq_payment_event_payment_id_seq")),
    )
