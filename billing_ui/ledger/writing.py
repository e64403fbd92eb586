"""Writes a draft: entries, what is left of the burned lots, and the head, guarded by its `seq`.

One statement on PostgreSQL, where every statement is a trip over the network; three on SQLite, where none is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, bindparam, insert, text, update

from billing_ui.infra.db import Tx
from billing_ui.kit.ids import crockford, digest
from billing_ui.ledger.drafting import STATS, Books, Draft, Line
from billing_ui.ledger.shapes import LotIn, Posting
from billing_ui.ledger.tables import account_head, entry, lot

_INSERT_LOT = insert(lot).returning(lot.c.id)
_INSERT_ENTRIES = insert(entry)
_BURN_LOTS = (
    update(lot).where(lot.c.id == bindparam("lot_key")).values(remaining=bindparam("left"), is_open=bindparam("stays"))
)
_MOVE_HEAD = (
    update(account_head)
    .where(account_head.c.account_id == bindparam("account_key"), account_head.c.seq == bindparam("seq_read"))
    .values(
        seq=bindparam("seq_after"),
        version=account_head.c.version + 1,
        balance=bindparam("new_balance"),
        last_at=bindparam("now"),
        due_at=bindparam("due"),
        **{stat: account_head.c[stat] + bindparam(f"add_{stat}") for stat in STATS},
    )
)
_ALL_IN_ONE = text(
    "WITH written AS ("
    " INSERT INTO entry (account_id, seq, key, line, unit, debit, credit, quantity, balance_after, lot_id, occurred_at,"
    "  recorded_at, actor, cause, request_hash)"
    " SELECT CAST(:account_key AS BIGINT), CAST(:seq_read AS BIGINT) + line, :key, line, unit, debit, credit, quantity,"
    "  balance_after, lot_id, :occurred_at, CAST(:now AS TIMESTAMPTZ), :actor, :cause, decode(:request_hash, 'hex')"
    " FROM unnest(CAST(:numbers AS SMALLINT[]), CAST(:units AS TEXT[]), CAST(:debits AS TEXT[]),"
    "  CAST(:credits AS TEXT[]), CAST(:quantities AS BIGINT[]), CAST(:balances AS BIGINT[]), CAST(:lots AS BIGINT[]))"
    "  AS lines (line, unit, debit, credit, quantity, balance_after, lot_id)"
    "), burned AS ("
    " UPDATE lot SET remaining = left_over.remaining, is_open = left_over.remaining > 0"
    " FROM unnest(CAST(:burned AS BIGINT[]), CAST(:left AS BIGINT[])) AS left_over (id, remaining)"
    " WHERE lot.id = left_over.id"
    ") UPDATE account_head SET seq = CAST(:seq_after AS BIGINT), version = version + 1,"
    "  balance = CAST(:new_balance AS BIGINT), last_at = CAST(:now AS TIMESTAMPTZ), due_at = CAST(:due AS TIMESTAMPTZ),"
    "  bought = bought + CAST(:add_bought AS BIGINT), granted = granted + CAST(:add_granted AS BIGINT),"
    "  used = used + CAST(:add_used AS BIGINT), expired = expired + CAST(:add_expired AS BIGINT),"
    "  refunded = refunded + CAST(:add_refunded AS BIGINT)"
    " WHERE account_id = CAST(:account_key AS BIGINT) AND seq = CAST(:seq_read AS BIGINT)"
)


def write(tx: Tx, books: Books, posting: Posting, draft: Draft, recorded_at: datetime) -> None:
    """Writes everything a draft says. The head cannot have moved: it is locked, and the guard proves it."""
    connection = tx.connection()
    new_lot = _insert_lot(connection, posting, posting.lot, draft) if posting.lot else None
    lots = [new_lot if line.into_new_lot else line.lot_id for line in draft.lines]
    head = {
        "account_key": posting.account_id, "seq_read": books.seq, "seq_after": books.seq + len(draft.lines),
        "new_balance": draft.balance, "now": recorded_at, "due": _next_due(books, posting, draft),
        **{f"add_{stat}": draft.stats[stat] for stat in STATS},
    }  # fmt: skip
    named = {
        "key": posting.key, "occurred_at": posting.occurred_at, "actor": posting.actor, "cause": posting.cause,
        "request_hash": posting.request_hash(),
    }  # fmt: skip
    if connection.dialect.name == "postgresql":
        moved = connection.execute(_ALL_IN_ONE, head | named | _as_arrays(draft, lots))
    else:
        shared = named | {"account_id": posting.account_id, "recorded_at": recorded_at}
        connection.execute(_INSERT_ENTRIES, [shared | row for row in _as_rows(draft.lines, lots, books.seq)])
        if draft.left:
            left = [{"lot_key": lot_id, "left": left, "stays": left > 0} for lot_id, left in draft.left.items()]
            connection.execute(_BURN_LOTS, left)
        moved = connection.execute(_MOVE_HEAD, head)
    if cast("CursorResult[Any]", moved).rowcount != 1:
        raise RuntimeError(f"the head of account {posting.account_id} moved although it was locked")


def _as_arrays(draft: Draft, lots: Sequence[int | None]) -> dict[str, Any]:
    lines = draft.lines
    return {
        "numbers": list(range(1, len(lines) + 1)), "units": [line.unit for line in lines],
        "debits": [line.debit for line in lines], "credits": [line.credit for line in lines],
        "quantities": [line.quantity for line in lines], "balances": [line.balance_after for line in lines],
        "lots": lots, "burned": list(draft.left), "left": list(draft.left.values()),
    }  # fmt: skip


def _as_rows(lines: Sequence[Line], lots: Sequence[int | None], seq: int) -> list[dict[str, Any]]:
    return [
        {
            "seq": seq + number, "line": number, "unit": line.unit, "debit": line.debit, "credit": line.credit,
            "quantity": line.quantity, "balance_after": line.balance_after, "lot_id": lot_id,
        }
        for number, (line, lot_id) in enumerate(zip(lines, lots, strict=True), start=1)
    ]  # fmt: skip


def _next_due(books: Books, posting: Posting, draft: Draft) -> datetime | None:
    """The earliest expiry among the lots that stay open: before it, nobody needs to look."""
    times = [lot.expires_at for lot in books.lots if draft.left.get(lot.id, lot.remaining) and not lot.is_frozen]
    if posting.lot is not None and draft.lot_remaining:
        times.append(posting.lot.expires_at)
    return min((time for time in times if time is not None), default=None)


def lot_name(account_id: int, key: str) -> str:
    """One posting makes one lot, so the posting's own name gives the lot its name: no dice needed in here."""
    name = digest(f"lot of account {account_id} by {key}")
    return f"lot_{crockford(int(name[:32], 16))}"


def _insert_lot(connection: Connection, posting: Posting, lot_in: LotIn, draft: Draft) -> int:
    made = connection.execute(
        _INSERT_LOT,
        {
            "public_id": lot_name(posting.account_id, posting.key), "account_id": posting.account_id,
            "source": lot_in.source, "cause": posting.cause, "priority": lot_in.priority,
            "expires_at": lot_in.expires_at, "quantity": draft.lot_quantity, "remaining": draft.lot_remaining,
            "price_num": lot_in.price_num, "price_den": lot_in.price_den, "currency": lot_in.currency,
            "is_open": draft.lot_remaining > 0, "is_frozen": False,
        },
    )  # fmt: skip
    return int(made.scalar_one())
