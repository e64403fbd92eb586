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
    func,
    select,
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
)
from billing_ui.models.types import BigId, HexBytes, Json, JsonOrNothing, UtcDateTime, UtcMicros, metadata, one_of

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
_IN_SESSION = text("session IS NOT NULL")

# Entries carry no foreign keys: the guarded head is their parent, and every posting would pay for the look-up. There is
# one for each event, so they are kept small: on PostgreSQL the columns stand in the order in which they need no gaps
# between them, and what is nothing for most takes no room as NULL.
entry = Table(
    "entry",
    metadata,
    whole("account_id"),
    whole("seq"),
    whole("quantity"),
    whole("balance_after"),
    whole("lot_id", null=True),
    Column("occurred_at", UtcMicros, nullable=False),
    Column("recorded_at", UtcMicros, nullable=False),
    # What follows up to `rate_version`, and after `request_hash`, is the event, on its last entry: see `usage_event`.
    whole("input", null=True),
    whole("output", null=True),
    whole("cached", null=True),
    whole("told", null=True),
    whole("allowance", null=True),
    whole("from_lots", null=True),
    whole("overage", null=True),
    whole("uncovered", null=True),
    Column("rate_version", Integer, nullable=True),
    Column("line", SmallInteger, nullable=False),
    words("key"),
    words("unit"),
    words("debit"),
    words("credit"),
    words("actor"),
    words("cause"),
    Column("request_hash", HexBytes, nullable=False),
    words("operation", null=True),
    words("model", null=True),
    words("session", null=True),
    Column("draws", JsonOrNothing, nullable=True),
    Column("metadata", JsonOrNothing, nullable=True),
    PrimaryKeyConstraint("account_id", "seq"),
    UniqueConstraint("account_id", "key", "line"),
    CheckConstraint("quantity >= 0", name="quantity"),
    CheckConstraint(
        "input >= 0 AND output >= 0 AND cached >= 0 AND told >= 0 AND allowance >= 0 AND from_lots >= 0 "
        "AND overage >= 0 AND uncovered >= 0",
        name="not_negative",
    ),
    CheckConstraint(
        "operation IS NULL OR (model IS NOT NULL AND input IS NOT NULL AND output IS NOT NULL)", name="event"
    ),
    pocket_of("debit"),
    pocket_of("credit"),
    CheckConstraint(f"unit = '{TOKEN}' OR (debit <> '{WALLET}' AND credit <> '{WALLET}')", name="wallet_unit"),
    Index("ix_entry_besides_usage", "account_id", "seq", sqlite_where=_BESIDES_USAGE, postgresql_where=_BESIDES_USAGE),
    Index("ix_entry_rare", "account_id", "seq", sqlite_where=_RARE, postgresql_where=_RARE),
    Index("ix_entry_session", "account_id", "session", sqlite_where=_IN_SESSION, postgresql_where=_IN_SESSION),
    # For comparisons with the gateway: money is a small part of all entries, and its rows never change.
    Index(
        "ix_entry_money",
        "recorded_at",
        sqlite_where=text(f"unit <> '{TOKEN}'"),
        postgresql_where=text(f"unit <> '{TOKEN}'"),
    ),
    sqlite_with_rowid=False,
)

# An event stands on the last entry of its posting, and is read as if it had a table of its own. Of one entry it took
# what that entry says; overage and uncovered are nothing for most, `draws` where it drew the paid meter alone.
_e = entry.c
usage_event = (
    select(
        _e.account_id,
        _e.seq,
        _e.operation,
        _e.model,
        _e.session,
        _e.input,
        _e.output,
        func.coalesce(_e.cached, 0).label("cached"),
        func.coalesce(_e.told, 0).label("quantity"),
        _e.draws,
        _e.rate_version,
        func.coalesce(_e.allowance, 0).label("allowance"),
        func.coalesce(_e.from_lots, _e.quantity).label("from_lots"),
        _e.overage,
        _e.uncovered,
        _e.occurred_at,
        _e.recorded_at,
        _e.metadata,
    )
    .where(_e.operation.is_not(None))
    .subquery("usage_event")
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
