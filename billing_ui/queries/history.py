"""The transactions of an account: one row per posting, newest first, paged by key; purchases still open on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.ledger.tables import WALLET, entry
from billing_ui.models import Payment, Topup

PAGE = 25
# Lines read at a time: a page of postings of a few lines each comes in one read.
_LINES = 120


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """`tokens` is signed; `cursor` is the key of the next page; `kind` is what the key of the posting says."""

    id: str
    kind: str
    at: datetime
    tokens: int
    balance_after: int
    status: str
    cause: str
    actor: str
    amount: int
    currency: str
    method: str
    cursor: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    rows: tuple[HistoryRow, ...]
    next_cursor: int | None


_KINDS = {
    "topup": "topup",
    "usage": "usage",
    "grant": "adjust",
    "deduct": "adjust",
    "expire": "adjust",
    "refund": "refund",
}


def history(tx: Tx, account_id: int, before: int | None = None, limit: int = PAGE) -> HistoryPage:
    """One page of postings that moved the balance, older than the cursor. It reads along the account's own numbering,
    so a page costs the same however long the history is."""
    found: list[_Posting] = []
    size, is_last = _LINES, False
    while len(found) <= limit and not is_last:
        lines = tx.execute(_lines(account_id, before, size)).all()
        is_last = len(lines) < size
        whole = _postings(lines, is_last=is_last)
        found += [posting for posting in whole if posting.moved]
        if whole:
            before = whole[-1].first_seq
        else:
            size *= 4  # one posting longer than the read
    purchases = _purchases(tx, account_id, {posting.cause for posting in found[:limit]})
    rows = tuple(_row(posting, purchases.get(posting.cause)) for posting in found[:limit])
    return HistoryPage(rows, rows[-1].cursor if len(found) > limit else None)


@dataclass(slots=True)
class _Posting:
    """The lines of one key, newest first while they are read."""

    key: str
    first_seq: int
    at: datetime
    actor: str
    cause: str
    balance_after: int
    tokens: int = 0
    moved: bool = False


def _lines(account_id: int, before: int | None, size: int) -> Select[*tuple[Any, ...]]:
    newest = select(entry).where(entry.c.account_id == account_id).order_by(entry.c.seq.desc()).limit(size)
    return newest if before is None else newest.where(entry.c.seq < before)


def _postings(lines: Sequence[Row[*tuple[Any, ...]]], *, is_last: bool) -> list[_Posting]:
    """Whole postings in the order of reading; one that the limit cut in two is left for the next read."""
    read: list[_Posting] = []
    for line in lines:
        if not read or read[-1].key != line.key:
            read.append(_Posting(line.key, line.seq, line.recorded_at, line.actor, line.cause, line.balance_after))
        posting = read[-1]
        posting.first_seq = line.seq
        if line.debit != line.credit and WALLET in {line.debit, line.credit}:
            posting.tokens += line.quantity if line.credit == WALLET else -line.quantity
            posting.moved = True
    return read if is_last else read[:-1]


def _purchases(tx: Tx, account_id: int, refs: set[str]) -> dict[str, tuple[int, str, str]]:
    """Ref → total, currency and method of the purchases that these postings paid."""
    query = (
        select(col(Topup.public_id), col(Topup.total_amount), col(Topup.currency), col(Payment.method))
        .join(Payment, col(Payment.topup_id) == col(Topup.id))
        .where(col(Topup.account_id) == account_id, col(Topup.public_id).in_(refs), col(Payment.status) == "paid")
    )
    return {ref: (total, currency, method) for ref, total, currency, method in tx.execute(query)} if refs else {}


def _row(posting: _Posting, purchase: tuple[int, str, str] | None) -> HistoryRow:
    amount, currency, method = purchase or (0, "", "")
    return HistoryRow(
        id=posting.key, kind=_KINDS.get(posting.key.partition(":")[0], "adjust"), at=posting.at,
        tokens=posting.tokens, balance_after=posting.balance_after, status="paid" if method else "done",
        cause=posting.cause, actor=posting.actor, amount=amount, currency=currency, method=method,
        cursor=posting.first_seq,
    )  # fmt: skip
