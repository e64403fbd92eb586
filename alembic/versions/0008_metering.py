"""Metering: what every event drew is kept beside what it cost, heads tell when they changed, host keys are rows."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from alembic import op
from billing_ui.models.types import BigId, Json, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AT = UtcDateTime()
# Nothing has written these before, so they are made anew instead of being changed.
_UNUSED = ("usage_event", "hold", "account_day", "account_month", "system_hour")
_COUNTERS = ("events", "input", "output", "quantity", "charged", "overage", "uncovered")


def upgrade() -> None:
    _drop_unused()
    op.add_column("account_head", sa.Column("release_at", AT, nullable=True))
    op.add_column("account_head", sa.Column("version", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    _create_usage_event()
    _create_index("ix_usage_event_session", "usage_event", ["account_id", "session"], "session IS NOT NULL")
    _create_hold(
        "quantity >= 0 AND allowance >= 0",
        _whole("allowance"),
        sa.Column("held_at", AT, nullable=False),
        sa.Column("request_hash", sa.String(32), nullable=False),
    )
    _create_index("ix_hold_open", "hold", ["account_id"], "state = 'open'")
    _create_rollups(_COUNTERS, _words("meter"))
    op.create_index("ix_account_month_month_on", "account_month", ["month_on", "meter"])
    _create_api_key()


def downgrade() -> None:
    op.drop_table("api_key")
    _drop_unused()
    with op.batch_alter_table("account_head") as head:
        head.drop_column("version")
        head.drop_column("release_at")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE account_head SET (fillfactor = 60)")
    _create_first_usage_event()
    _create_hold("quantity >= 0")
    _create_rollups(("events", "quantity", "charged", "overage"), _words("meter"), _words("model"), _words("operation"))


def _drop_unused() -> None:
    connection = op.get_bind()
    for table in _UNUSED:
        if connection.scalar(sa.text(f"SELECT count(*) FROM {table}")):  # noqa: S608 - our own words
            raise RuntimeError(f"{table} holds rows that this step would lose")
        op.drop_table(table)


def _create_index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _whole(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def _words(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)


def _create_usage_event() -> None:
    told, paid = ("input", "output", "cached", "quantity"), ("allowance", "from_lots", "overage", "uncovered")
    _create_events(
        *(_whole(name) for name in told),
        sa.Column("draws", Json, nullable=True),
        sa.Column("rate_version", sa.Integer(), nullable=True),
        *(_whole(name, null=name in ("overage", "uncovered")) for name in paid),
        sa.Column("occurred_at", AT, nullable=False),
        sa.Column("metadata", Json, nullable=True),
        counts=(*told, *paid),
    )


def _create_first_usage_event() -> None:
    told, paid = ("input", "output", "quantity"), ("allowance", "from_lots", "overage", "uncovered")
    _create_events(
        _words("event_id"),
        *(_whole(name) for name in told),
        _whole("rate_version", null=True),
        *(_whole(name) for name in paid),
        sa.Column("occurred_at", AT, nullable=False),
        sa.Column("metadata", Json, nullable=False),
        counts=(*told, *paid),
    )


def _create_events(*columns: sa.Column[Any], counts: tuple[str, ...]) -> None:
    op.create_table(
        "usage_event",
        _whole("account_id"),
        _whole("seq"),
        _words("operation"),
        _words("model"),
        _words("session", null=True),
        *columns,
        sa.CheckConstraint(" AND ".join(f"{name} >= 0" for name in counts), name=op.f("ck_usage_event_not_negative")),
        sa.PrimaryKeyConstraint("account_id", "seq", name=op.f("pk_usage_event")),
        sqlite_with_rowid=False,
    )
    _refuse_changes()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE TRIGGER usage_event_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON usage_event "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER usage_event_refuses_{act.lower()} BEFORE {act} ON usage_event "
            "BEGIN SELECT RAISE(ABORT, 'usage_event is append-only'); END"
        )
    op.execute(
        "CREATE TRIGGER usage_event_refuses_replace BEFORE INSERT ON usage_event WHEN EXISTS "
        "(SELECT 1 FROM usage_event WHERE account_id = NEW.account_id AND seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: usage_event is append-only'); END"
    )


def _create_hold(signs: str, *more: sa.Column[Any]) -> None:
    op.create_table(
        "hold",
        sa.Column("id", BigId, nullable=False),
        _whole("account_id"),
        _words("key"),
        _whole("quantity"),
        sa.Column("draws", Json, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        _words("state"),
        *more,
        sa.CheckConstraint(signs, name=op.f("ck_hold_quantity")),
        sa.CheckConstraint("state IN ('open', 'settled', 'released', 'expired')", name=op.f("ck_hold_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account_head.account_id"], name=op.f("fk_hold_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_hold_account_id_key")),
    )


def _create_rollups(counters: tuple[str, ...], *of_months: sa.Column[Any]) -> None:
    day, month = sa.Column("day_on", sa.Date(), nullable=False), sa.Column("month_on", sa.Date(), nullable=False)
    hour, stripe = sa.Column("hour_at", AT, nullable=False), sa.Column("stripe", sa.SmallInteger(), nullable=False)
    whole_stripe = sa.CheckConstraint("stripe >= 0 AND stripe <= 15", name=op.f("ck_system_hour_stripe"))
    _create_rollup("account_day", [_whole("account_id"), day, *_what()], counters)
    _create_rollup("account_month", [_whole("account_id"), month, *of_months], counters)
    _create_rollup("system_hour", [hour, *_what(), stripe], counters, whole_stripe)


def _what() -> tuple[sa.Column[str], ...]:
    return _words("meter"), _words("model"), _words("operation")


def _create_rollup(
    table: str, keys: list[sa.Column[Any]], counters: tuple[str, ...], *checks: sa.CheckConstraint
) -> None:
    op.create_table(
        table,
        *keys,
        *(_whole(name) for name in counters),
        sa.PrimaryKeyConstraint(*(key.name for key in keys), name=op.f(f"pk_{table}")),
        *checks,
        sqlite_with_rowid=False,
    )


def _create_api_key() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", BigId, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=True),
        sa.Column("revoked_at", AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_key_public_id")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_key_secret_hash")),
    )
