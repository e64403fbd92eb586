"""People: users, operators, accounts, members, sessions, links, tries, settings, audit, inbox, jobs."""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op
from billing_ui.models.types import BigId as BIG
from billing_ui.models.types import Json as JSON
from billing_ui.models.types import UtcDateTime

revision = "0000"
down_revision = None

AT = UtcDateTime()


def upgrade() -> None:
    _create_account()
    _create_audit()
    _create_auth_attempt()
    _create_inbox_message()
    _create_job()
    _create_setting()
    _create_user()
    _create_auth_session()
    _create_auth_token()
    _create_member()
    _create_operator()


def downgrade() -> None:
    op.drop_table("operator")
    op.drop_table("member")
    op.drop_table("auth_token")
    op.drop_table("auth_session")
    op.drop_table("user_")
    op.drop_table("setting")
    op.drop_table("job")
    op.drop_table("inbox_message")
    op.drop_table("auth_attempt")
    op.drop_table("audit")
    op.drop_table("account")


def _create_account() -> None:
    op.create_table(
        "account",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("billing_details", JSON, nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.CheckConstraint("kind IN ('person', 'team')", name=op.f("ck_account_kind")),
        sa.CheckConstraint("language IN ('id', 'en')", name=op.f("ck_account_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("external_id", name=op.f("uq_account_external_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_public_id")),
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_action"), "audit", ["action"], unique=False)
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)


def _create_auth_attempt() -> None:
    op.create_table(
        "auth_attempt",
        sa.Column("id", BIG, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_attempt")),
    )
    op.create_index(op.f("ix_auth_attempt_subject_at"), "auth_attempt", ["subject", "at"], unique=False)


def _create_inbox_message() -> None:
    op.create_table(
        "inbox_message",
        sa.Column("id", BIG, nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("received_at", AT, nullable=False),
        sa.Column("handled_at", AT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_message")),
        sa.UniqueConstraint("gateway", "dedupe_key", name=op.f("uq_inbox_message_gateway_dedupe_key")),
    )


def _create_job() -> None:
    op.create_table(
        "job",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("args", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String(), nullable=True),
        sa.Column("leased_until", AT, nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("finished_at", AT, nullable=True),
        sa.CheckConstraint("state IN ('queued', 'done', 'dead')", name=op.f("ck_job_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index(op.f("ix_job_state_due_at"), "job", ["state", "due_at"], unique=False)


def _create_setting() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("default_value", JSON, nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", AT, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )


def _create_user() -> None:
    op.create_table(
        "user_",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("email_verified_at", AT, nullable=True),
        sa.Column("disabled_at", AT, nullable=True),
        sa.CheckConstraint("language IN ('id', 'en')", name=op.f("ck_user__language")),
        sa.CheckConstraint("theme IN ('system', 'light', 'dark')", name=op.f("ck_user__theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_")),
        sa.UniqueConstraint("email", name=op.f("uq_user__email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_user__public_id")),
    )


def _create_auth_session() -> None:
    op.create_table(
        "auth_session",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("secret_digest", sa.String(), nullable=False),
        sa.Column("ip", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("seen_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("revoked_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_.id"], name=op.f("fk_auth_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_auth_session_public_id")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_auth_session_secret_digest")),
    )
    op.create_index(op.f("ix_auth_session_user_id"), "auth_session", ["user_id"], unique=False)


def _create_auth_token() -> None:
    op.create_table(
        "auth_token",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("secret_digest", sa.String(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("used_at", AT, nullable=True),
        sa.CheckConstraint("purpose IN ('verify', 'reset')", name=op.f("ck_auth_token_purpose")),
        sa.ForeignKeyConstraint(["user_id"], ["user_.id"], name=op.f("fk_auth_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_token")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_auth_token_secret_digest")),
    )
    op.create_index(op.f("ix_auth_token_user_id"), "auth_token", ["user_id"], unique=False)


def _create_member() -> None:
    op.create_table(
        "member",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.CheckConstraint("role IN ('owner', 'admin', 'member')", name=op.f("ck_member_role")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_member_account_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_.id"], name=op.f("fk_member_user_id")),
        sa.PrimaryKeyConstraint("user_id", "account_id", name=op.f("pk_member")),
    )
    op.create_index(op.f("ix_member_account_id"), "member", ["account_id"], unique=False)


def _create_operator() -> None:
    op.create_table(
        "operator",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.CheckConstraint("role IN ('support', 'finance', 'admin', 'owner')", name=op.f("ck_operator_role")),
        sa.ForeignKeyConstraint(["user_id"], ["user_.id"], name=op.f("fk_operator_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_operator")),
    )
