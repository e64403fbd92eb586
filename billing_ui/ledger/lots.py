"""Lots whose time is up: each leaves the wallet by a posting of its own, made once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from billing_ui.infra.db import Tx
from billing_ui.ledger import statements
from billing_ui.ledger.booking import book
from billing_ui.ledger.drafting import Books
from billing_ui.ledger.shapes import Posting, Transfer
from billing_ui.ledger.tables import EXPIRED, TOKEN, WALLET, entry
from billing_ui.ledger.writing import lot_name
from billing_ui.rules.lots import OpenLot

_EXPIRY = "expire"


def expire_due(tx: Tx, account_id: int, now: datetime) -> int:
    """Lets every lot of the account that is due expire. Answers how many tokens that took."""
    return _expire(tx, statements.read(tx, account_id, ""), "", now)[1]


def without_due(tx: Tx, books: Books, key: str, now: datetime) -> Books:
    """The same books once nothing in them is due any more."""
    return _expire(tx, books, key, now)[0]


def expired_of(tx: Tx, account_id: int, key: str) -> int:
    """How much of the lot that the posting with this key made has expired."""
    mine = (entry.c.account_id == account_id, entry.c.key == f"{_EXPIRY}:{lot_name(account_id, key)}")
    return int(tx.scalar(select(func.coalesce(func.sum(entry.c.quantity), 0)).where(*mine)) or 0)


def _expire(tx: Tx, books: Books, key: str, now: datetime) -> tuple[Books, int]:
    taken = 0
    for lot in [lot for lot in books.lots if lot.is_due(now)]:
        book(tx, books, _expiry(books.account_id, lot, now), now)
        books = statements.read(tx, books.account_id, key)
        taken += lot.remaining
    return books, taken


def _expiry(account_id: int, lot: OpenLot, now: datetime) -> Posting:
    return Posting(
        account_id=account_id, key=f"{_EXPIRY}:{lot.public_id}", cause=lot.public_id, actor="system:expiry",
        occurred_at=lot.expires_at or now,
        transfers=(Transfer(TOKEN, WALLET, EXPIRED, lot.remaining, lot.id),),
    )  # fmt: skip
