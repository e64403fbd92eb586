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
    Table,
    UniqueConstraint,
    text,
)

from billing_ui.ledger.columns import (
    CASH,
    CONSUMED,
    EXPIRED,
    ISSUED,
    PAYOUT,
    POCKETS,
    TOKEN,
    WALLET,
    pocket_of,
    whole,
    words,
)
from billing_ui.ledger.usage_tables import (
    account_day,
    account_month,
    hold,
    system_day,
    system_hour,
    system_zone,
    usage_event,
)
from billing_ui.models.types import BigId, Json, UtcDateTime, metadata, one_of

account_head = Table(
    "account_head",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), nullable=False, autoincrement=False),
    whole("seq"),
    whole("balance"),
    whole("held"),
    whole("floor"),
    words("access"),
    Column("plan_version_id", BigInteger, ForeignKey("plan_version.id"), nullable=False),
    Column("period_on", Date, nullable=False),
    words("zone"),
    Column("last_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=True),
    # The first time at which an open hold is past its own, or earlier; never later.
    Column("release_at", UtcDateTime, nullable=True),
    # Every change of a head raises it, so that whoever read the head can tell whether it still stands as read.
    Column("version", BigInteger, nullable=False, server_default=text("0")),
    Column("windows", Json, nullable=False),
    whole("bought"),
    whole("granted"),
    whole("used"),
    whole("expired"),
    whole("refunded"),
    PrimaryKeyConstraint("account_id"),
    one_of("access", "open", "limited", "locked"),
    CheckConstraint("held >= 0 AND floor <= 0 AND seq >= 0", name="signs"),
)

lot = Table(
    "lot",
    metadata,
    Column("id", BigId, nullable=False),
    words("public_id"),
    Column("account_id", BigInteger, ForeignKey("account_head.account_id"), nullable=False),
    words("source"),
    words("cause"),
    Column("priority", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=True),
    whole("quantity"),
    whole("remaining"),
    whole("price_num", null=True),
    whole("price_den", null=True),
    words("currency", 3, null=True),
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

# Most of what happens is use, and most of the rest are top-ups. What is left has indexes of its own, for which a spend
# does not pay; whoever wants one used repeats these very words in the question. `usage` and `topup` are first words of
# keys, and no other word begins with them.
BESIDES_USAGE = text("substr(entry.key, 1, 5) <> 'usage'")
RARE = text("substr(entry.key, 1, 5) NOT IN ('usage', 'topup')")
_BESIDES_USAGE = text("substr(key, 1, 5) <> 'usage'")
_RARE = text("substr(key, 1, 5) NOT IN ('usage', 'topup')")

# Entries carry no foreign keys: the guarded head is their parent, and every posting would pay for the look-up.
entry = Table(
    "entry",
    metadata,
    whole("account_id"),
    whole("seq"),
    words("key"),
    Column("line", SmallInteger, nullable=False),
    words("unit"),
    words("debit"),
    words("credit"),
    whole("quantity"),
    whole("balance_after"),
    whole("lot_id", null=True),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    words("actor"),
    words("cause"),
    words("request_hash", 32),
    PrimaryKeyConstraint("account_id", "seq"),
    UniqueConstraint("account_id", "key", "line"),
    CheckConstraint("quantity >= 0", name="quantity"),
    pocket_of("debit"),
    pocket_of("credit"),
    CheckConstraint(f"unit = '{TOKEN}' OR (debit <> '{WALLET}' AND credit <> '{WALLET}')", name="wallet_unit"),
    Index("ix_entry_besides_usage", "account_id", "seq", sqlite_where=_BESIDES_USAGE, postgresql_where=_BESIDES_USAGE),
    Index("ix_entry_rare", "account_id", "seq", sqlite_where=_RARE, postgresql_where=_RARE),
    # For comparisons with the gateway: money is a small part of all entries, and its rows never change.
    Index(
        "ix_entry_money",
        "recorded_at",
        sqlite_where=text(f"unit <> '{TOKEN}'"),
        postgresql_where=text(f"unit <> '{TOKEN}'"),
    ),
    sqlite_with_rowid=False,
)

seal = Table(
    "seal",
    metadata,
    whole("account_id"),
    whole("upto_seq"),
    whole("count"),
    whole("balance"),
    words("hash"),
    words("previous_hash"),
    PrimaryKeyConstraint("account_id", "upto_seq"),
    sqlite_with_rowid=False,
)

__all__ = [
    "BESIDES_USAGE",
    "CASH",
    "CONSUMED",
    "EXPIRED",
    "ISSUED",
    "PAYOUT",
    "POCKETS",
    "RARE",
    "TOKEN",
    "WALLET",
    "account_day",
    "account_head",
    "account_month",
    "entry",
    "hold",
    "lot",
    "seal",
    "system_day",
    "system_hour",
    "system_zone",
    "usage_event",
]
