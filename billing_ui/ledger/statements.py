"""Reads an account's books under its lock, and what was posted under a key before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, select

from billing_ui.infra.db import Tx
from billing_ui.ledger.drafting import Books
from billing_ui.ledger.tables import account_head, entry, lot
from billing_ui.rules.errors import NotFound
from billing_ui.rules.lots import OpenLot

_seen = account_head.alias("seen")
_READ = (
    select(
        account_head.c.seq,
        account_head.c.balance,
        account_head.c.held,
        account_head.c.floor,
        account_head.c.last_at,
        account_head.c.due_at,
        select(_seen.c.seq).where(_seen.c.account_id == bindparam("account_id")).scalar_subquery().label("seen_seq"),
        exists()
        .where(entry.c.account_id == bindparam("account_id"), entry.c.key == bindparam("key"))
        .label("is_known"),
        lot.c.id,
        lot.c.public_id,
        lot.c.priority,
        lot.c.expires_at,
        lot.c.remaining,
        lot.c.is_frozen,
    )
    .select_from(account_head.outerjoin(lot, and_(lot.c.account_id == account_head.c.account_id, lot.c.is_open)))
    .where(account_head.c.account_id == bindparam("account_id"))
    .with_for_update(of=account_head)
)
_STORED = (
    select(entry.c.seq, entry.c.debit, entry.c.credit, entry.c.quantity, entry.c.balance_after, entry.c.request_hash)
    .where(entry.c.account_id == bindparam("account_id"), entry.c.key == bindparam("key"))
    .order_by(entry.c.line)
)


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line of a posting made earlier, as far as its receipt needs it."""

    seq: int
    debit: str
    credit: str
    quantity: int
    balance_after: int
    request_hash: str


def read(tx: Tx, account_id: int, key: str) -> Books:
    """Locks the head and reads it with the open lots, and whether the key was posted before.

    PostgreSQL hands out the newest head after a wait, but everything beside it as it was before the wait: if the
    `seq` seen beside the lock is an older one, it asks again, this time with nobody in between.
    """
    connection, asked = tx.connection(), {"account_id": account_id, "key": key}
    rows = connection.execute(_READ, asked).all()
    if rows and rows[0].seq != rows[0].seen_seq:
        rows = connection.execute(_READ, asked).all()
    if not rows:
        raise NotFound(what="account")
    head = rows[0]
    return Books(
        account_id=account_id, seq=head.seq, balance=head.balance, held=head.held, floor=head.floor,
        last_at=head.last_at, due_at=head.due_at, is_known=bool(head.is_known),
        lots=tuple(_open_lot(row) for row in rows if row.id is not None),
    )  # fmt: skip


def _open_lot(row: Row[Any]) -> OpenLot:
    return OpenLot(row.id, row.public_id, row.priority, row.expires_at, row.remaining, row.is_frozen)


def stored(tx: Tx, account_id: int, key: str) -> list[StoredLine]:
    rows = tx.connection().execute(_STORED, {"account_id": account_id, "key": key})
    return [StoredLine(*row) for row in rows]
