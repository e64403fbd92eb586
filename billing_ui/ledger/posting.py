"""The one way to write the books, and to look back at the balance of any instant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, text

from billing_ui.infra.db import Tx
from billing_ui.ledger import lots, statements
from billing_ui.ledger.booking import book
from billing_ui.ledger.shapes import Posting, Receipt
from billing_ui.ledger.tables import WALLET
from billing_ui.models.types import UtcMicros
from billing_ui.rules.errors import KeyReused

# Entries of an account are numbered without gaps and their recorded_at never falls, so the last one at an instant is
# found by halving: no index on time is needed.
_LAST_AS_OF = text(
    "WITH RECURSIVE search (low, high) AS ("
    " SELECT CAST(0 AS BIGINT), seq FROM account_head WHERE account_id = :account_id"
    " UNION ALL"
    " SELECT CASE WHEN middle.recorded_at <= :at THEN middle.seq ELSE search.low END,"
    "  CASE WHEN middle.recorded_at <= :at THEN search.high ELSE middle.seq - 1 END"
    " FROM search JOIN entry middle"
    "  ON middle.account_id = :account_id AND middle.seq = (search.low + search.high + 1) / 2"
    " WHERE search.low < search.high"
    ") SELECT seq, balance_after FROM entry"
    " WHERE account_id = :account_id AND seq = (SELECT max(low) FROM search)"
).bindparams(bindparam("at", type_=UtcMicros))


def post(tx: Tx, posting: Posting, now: datetime) -> Receipt:
    """Writes a posting once. The same key again answers the same receipt, or a conflict if it asks for other things."""
    books = statements.read(tx, posting.account_id, posting.key)
    if books.is_known:
        return _receipt_of_before(tx, posting)
    return book(tx, lots.without_due(tx, books, posting.key, now), posting, now)


def _receipt_of_before(tx: Tx, posting: Posting) -> Receipt:
    lines = statements.stored(tx, posting.account_id, posting.key)
    first, last = lines[0], lines[-1]
    if first.request_hash != posting.request_hash():
        raise KeyReused(key=posting.key)
    came = first.quantity * ((first.credit == WALLET) - (first.debit == WALLET))
    return Receipt(last.seq, first.balance_after - came, last.balance_after, replayed=True)


def balance_as_of(tx: Tx, account_id: int, at: datetime) -> int:
    """The balance that stood in the books at an instant, by the time of recording."""
    return _last_as_of(tx, account_id, at)[1]


def last_seq_as_of(tx: Tx, account_id: int, at: datetime) -> int:
    """The number of the last entry that stood in the books at an instant; 0 where there was none."""
    return _last_as_of(tx, account_id, at)[0]


def _last_as_of(tx: Tx, account_id: int, at: datetime) -> tuple[int, int]:
    found = tx.connection().execute(_LAST_AS_OF, {"account_id": account_id, "at": at}).first()
    return (0, 0) if found is None else (int(found.seq), int(found.balance_after))
