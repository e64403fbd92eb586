"""The SQL of a posting: one statement that locks and reads an account's books, and the guarded writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Row, and_, bindparam, exists, insert, select, update

from billing_ui.infra.db import Tx
from billing_ui.kit.ids import crockford, digest
from billing_ui.ledger.drafting import STATS, Books, Draft
from billing_ui.ledger.shapes import LotIn, Posting
from billing_ui.ledger.tables import account_head, entry, lot
from billing_ui.rules.errors import NotFound
from billing_ui.rules.usage import OpenLot

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
_INSERT_LOT = insert(lot).returning(lot.c.id)
_INSERT_ENTRY = insert(entry)
_BURN_LOT = (
    update(lot).where(lot.c.id == bindparam("lot_key")).values(remaining=bindparam("left"), is_open=bindparam("stays"))
)
_MOVE_HEAD = (
    update(account_head)
    .where(account_head.c.account_id == bindparam("of_account"), account_head.c.seq == bindparam("read_seq"))
    .values(
        seq=bindparam("new_seq"),
        balance=bindparam("new_balance"),
        last_at=bindparam("new_last_at"),
        due_at=bindparam("new_due_at"),
        **{stat: account_head.c[stat] + bindparam(f"add_{stat}") for stat in STATS},
    )
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


def write(tx: Tx, books: Books, posting: Posting, draft: Draft, recorded_at: datetime) -> None:
    """Writes a draft: the new lot, the entries, what is left of the burned lots, and the head under its `seq`."""
    connection = tx.connection()
    new_lot_id = _insert_lot(tx, posting, posting.lot, draft) if posting.lot else None
    shared = {
        "account_id": posting.account_id, "key": posting.key, "occurred_at": posting.occurred_at,
        "recorded_at": recorded_at, "actor": posting.actor, "cause": posting.cause,
        "request_hash": posting.request_hash(),
    }  # fmt: skip
    lines = [
        shared
        | {
            "seq": books.seq + number, "line": number, "unit": line.unit, "debit": line.debit, "credit": line.credit,
            "quantity": line.quantity, "balance_after": line.balance_after,
            "lot_id": new_lot_id if line.into_new_lot else line.lot_id,
        }
        for number, line in enumerate(draft.lines, start=1)
    ]  # fmt: skip
    connection.execute(_INSERT_ENTRY, lines)
    if draft.left:
        burned = [{"lot_key": lot_id, "left": left, "stays": left > 0} for lot_id, left in draft.left.items()]
        connection.execute(_BURN_LOT, burned)
    moved = connection.execute(
        _MOVE_HEAD,
        {
            "of_account": posting.account_id, "read_seq": books.seq, "new_seq": books.seq + len(lines),
            "new_balance": draft.balance, "new_last_at": recorded_at, "new_due_at": next_due(books, posting, draft),
            **{f"add_{stat}": draft.stats[stat] for stat in STATS},
        },
    )  # fmt: skip
    if cast("CursorResult[Any]", moved).rowcount != 1:
        raise RuntimeError(f"the head of account {posting.account_id} moved although it was locked")


def next_due(books: Books, posting: Posting, draft: Draft) -> datetime | None:
    """The earliest expiry among the lots that stay open: before it, nobody needs to look."""
    times = [lot.expires_at for lot in books.lots if draft.left.get(lot.id, lot.remaining) and not lot.is_frozen]
    if posting.lot is not None and draft.lot_remaining:
        times.append(posting.lot.expires_at)
    return min((time for time in times if time is not None), default=None)


def _insert_lot(tx: Tx, posting: Posting, lot_in: LotIn, draft: Draft) -> int:
    # One posting makes one lot, so the posting's own name gives the lot its name: no dice needed in here.
    name = digest(f"lot of account {posting.account_id} by {posting.key}")
    made = tx.connection().execute(
        _INSERT_LOT,
        {
            "public_id": f"lot_{crockford(int(name[:32], 16))}", "account_id": posting.account_id,
            "source": lot_in.source, "cause": posting.cause, "priority": lot_in.priority,
            "expires_at": lot_in.expires_at, "quantity": draft.lot_quantity, "remaining": draft.lot_remaining,
            "price_num": lot_in.price_num, "price_den": lot_in.price_den, "currency": lot_in.currency,
            "is_open": draft.lot_remaining > 0, "is_frozen": False,
        },
    )  # fmt: skip
    return int(made.scalar_one())
