"""The tables of the books. `account_head` is the one mutable row a spend contends for; entries and events only grow."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)

from billing_ui.models.types import BigId, Json, UtcDateTime, metadata, one_of

WALLET = "wallet"
ISSUED = "issued"
CONSUMED = "consumed"
EXPIRED = "expired"
PAYOUT = "payout"
CASH = "cash:"
POCKETS = (WALLET, ISSUED, CONSUMED, EXPIRED, "clearing", "deferred", "revenue", "fee", "tax", PAYOUT)
TOKEN = "TOKEN"  # noqa: S105 - the unit of the wallet, not a secret


def _whole(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


def _words(name: str, size: int | None = None, *, null: bool = False) -> Column[str]:
    return Column(name, String(size), nullable=null)


def _pocket(column: str) -> CheckConstraint:
    listed = ", ".join(f"'{pocket}'" for pocket in POCKETS)
    return CheckConstraint(f"{column} IN ({listed}) OR substr({column}, 1, {len(CASH)}) = '{CASH}'", name=column)


account_head = Table(
    "account_head",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), nullable=False, autoincrement=False),
    _whole("seq"),
    _whole("balance"),
    _whole("held"),
    _whole("floor"),
    _words("access"),
    Column("plan_version_id", BigInteger, ForeignKey("plan_version.id"), nullable=False),
    Column("period_on", Date, nullable=False),
    _words("zone"),
    Column("last_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=True),
    Column("windows", Json, nullable=False),
    _whole("bought"),
    _whole("granted"),
    _whole("used"),
    _whole("expired"),
    _whole("refunded"),
    PrimaryKeyConstraint("account_id"),
    one_of("access", "open", "limited", "locked"),
    CheckConstraint("held >= 0 AND floor <= 0 AND seq >= 0", name="signs"),
)

lot = Table(
    "lot",
    metadata,
    Column("id", BigId, nullable=False),
    _words("public_id"),
    Column("account_id", BigInteger, ForeignKey("account_head.account_id"), nullable=False),
    _words("source"),
    _words("cause"),
    Column("priority", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=True),
    _whole("quantity"),
    _whole("remaining"),
    _whole("price_num", null=True),
    _whole("price_den", null=True),
    _words("currency", 3, null=True),
    Column("is_open", Boolean(create_constraint=False), nullable=False),
    Column("is_frozen", Boolean(create_constraint=False), nullable=False),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("public_id"),
    one_of("source", "bought", "granted", "redeemed"),
    CheckConstraint("remaining >= 0 AND remaining <= quantity", name="remaining"),
    CheckConstraint("is_open = (remaining > 0)", name="is_open"),
    CheckConstraint("price_den > 0 AND price_num >= 0", name="price"),
    # A boolean that flips once: a changing number here would end cheap updates in place on PostgreSQL.
    Index("ix_lot_open", "account_id", sqlite_where=text("is_open = 1"), postgresql_where=text("is_open")),
)

# Entries carry no foreign keys: the guarded head is their parent, and every posting would pay for the look-up.
entry = Table(
    "entry",
    metadata,
    _whole("account_id"),
    _whole("seq"),
    _words("key"),
    Column("line", SmallInteger, nullable=False),
    _words("unit"),
    _words("debit"),
    _words("credit"),
    _whole("quantity"),
    _whole("balance_after"),
    _whole("lot_id", null=True),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    _words("actor"),
    _words("cause"),
    _words("request_hash", 32),
    PrimaryKeyConstraint("account_id", "seq"),
    UniqueConstraint("account_id", "key", "line"),
    CheckConstraint("quantity >= 0", name="quantity"),
    _pocket("debit"),
    _pocket("credit"),
    CheckConstraint(f"unit = '{TOKEN}' OR (debit <> '{WALLET}' AND credit <> '{WALLET}')", name="wallet_unit"),
    sqlite_with_rowid=False,
)

usage_event = Table(
    "usage_event",
    metadata,
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
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("metadata", Json, nullable=False),
    PrimaryKeyConstraint("account_id", "seq"),
    CheckConstraint(
        "input >= 0 AND output >= 0 AND quantity >= 0 AND allowance >= 0 AND from_lots >= 0 AND overage >= 0 "
        "AND uncovered >= 0",
        name="not_negative",
    ),
    sqlite_with_rowid=False,
)

hold = Table(
    "hold",
    metadata,
    Column("id", BigId, nullable=False),
    Column("account_id", BigInteger, ForeignKey("account_head.account_id"), nullable=False),
    _words("key"),
    _whole("quantity"),
    Column("draws", Json, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    _words("state"),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("account_id", "key"),
    CheckConstraint("quantity >= 0", name="quantity"),
    one_of("state", "open", "settled", "released", "expired"),
)

account_day = Table(
    "account_day",
    metadata,
    _whole("account_id"),
    Column("day_on", Date, nullable=False),
    _words("meter"),
    _words("model"),
    _words("operation"),
    _whole("events"),
    _whole("quantity"),
    _whole("charged"),
    _whole("overage"),
    PrimaryKeyConstraint("account_id", "day_on", "meter", "model", "operation"),
    sqlite_with_rowid=False,
)

account_month = Table(
    "account_month",
    metadata,
    _whole("account_id"),
    Column("month_on", Date, nullable=False),
    _words("meter"),
    _words("model"),
    _words("operation"),
    _whole("events"),
    _whole("quantity"),
    _whole("charged"),
    _whole("overage"),
    PrimaryKeyConstraint("account_id", "month_on", "meter", "model", "operation"),
    sqlite_with_rowid=False,
)

system_hour = Table(
    "system_hour",
    metadata,
    Column("hour_at", UtcDateTime, nullable=False),
    _words("meter"),
    _words("model"),
    _words("operation"),
    Column("stripe", SmallInteger, nullable=False),
    _whole("events"),
    _whole("quantity"),
    _whole("charged"),
    _whole("overage"),
    PrimaryKeyConstraint("hour_at", "meter", "model", "operation", "stripe"),
    CheckConstraint("stripe >= 0 AND stripe <= 15", name="stripe"),
    sqlite_with_rowid=False,
)

seal = Table(
    "seal",
    metadata,
    _whole("account_id"),
    _whole("upto_seq"),
    _whole("count"),
    _whole("balance"),
    _words("hash"),
    _words("previous_hash"),
    PrimaryKeyConstraint("account_id", "upto_seq"),
    sqlite_with_rowid=False,
)
