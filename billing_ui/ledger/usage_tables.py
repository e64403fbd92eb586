"""The tables of metering beside the entries: holds reserve, rollups are kept in the transaction of their event."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)

from billing_ui.ledger.columns import whole, words
from billing_ui.models.types import BigId, Json, UtcDateTime, metadata, one_of

COUNTERS = ("events", "input", "output", "quantity", "charged", "overage", "uncovered")


def _counters() -> list[Column[int]]:
    """Of the `quantity` drawn, `charged` left the balance; the rest is allowance, overage and uncovered."""
    return [whole(name) for name in COUNTERS]


hold = Table(
    "hold",
    metadata,
    Column("id", BigId, nullable=False),
    Column("account_id", BigInteger, ForeignKey("account_head.account_id"), nullable=False),
    words("key"),
    whole("quantity"),
    Column("draws", Json, nullable=False),
    whole("allowance"),
    Column("held_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    words("state"),
    words("request_hash", 32),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("account_id", "key"),
    Index("ix_hold_open", "account_id", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    CheckConstraint("quantity >= 0 AND allowance >= 0", name="quantity"),
    one_of("state", "open", "settled", "released", "expired"),
)

account_day = Table(
    "account_day",
    metadata,
    whole("account_id"),
    Column("day_on", Date, nullable=False),
    words("meter"),
    words("model"),
    words("operation"),
    *_counters(),
    PrimaryKeyConstraint("account_id", "day_on", "meter", "model", "operation"),
    sqlite_with_rowid=False,
)

# Every account has a row in a month, and whoever asks who used most reads all of them: they stand side by side.
account_month = Table(
    "account_month",
    metadata,
    whole("account_id"),
    Column("month_on", Date, nullable=False),
    words("meter"),
    *_counters(),
    PrimaryKeyConstraint("month_on", "meter", "account_id"),
    Index("ix_account_month_account_id", "account_id"),
    sqlite_with_rowid=False,
)

system_hour = Table(
    "system_hour",
    metadata,
    Column("hour_at", UtcDateTime, nullable=False),
    words("meter"),
    words("model"),
    words("operation"),
    Column("stripe", SmallInteger, nullable=False),
    *_counters(),
    PrimaryKeyConstraint("hour_at", "meter", "model", "operation", "stripe"),
    CheckConstraint("stripe >= 0 AND stripe <= 15", name="stripe"),
    sqlite_with_rowid=False,
)

# Days of all accounts, each the sum of its hours, in one zone: the one that `system_zone` names.
system_day = Table(
    "system_day",
    metadata,
    Column("day_on", Date, nullable=False),
    words("meter"),
    words("model"),
    words("operation"),
    Column("stripe", SmallInteger, nullable=False),
    *_counters(),
    PrimaryKeyConstraint("day_on", "meter", "model", "operation", "stripe"),
    CheckConstraint("stripe >= 0 AND stripe <= 15", name="stripe"),
    sqlite_with_rowid=False,
)

# One row at most. Without one nobody keeps days of all accounts, and they are read from the hours.
system_zone = Table(
    "system_zone",
    metadata,
    Column("id", SmallInteger, nullable=False),
    words("zone"),
    PrimaryKeyConstraint("id"),
    CheckConstraint("id = 1", name="one"),
    sqlite_with_rowid=False,
)
