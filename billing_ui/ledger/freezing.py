"""Lots held back from spending and expiry while somebody disputes the money they were bought with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from billing_ui.infra.db import Tx
from billing_ui.ledger import statements
from billing_ui.ledger.booking import book
from billing_ui.ledger.shapes import Posting, Transfer
from billing_ui.ledger.tables import CONSUMED, ISSUED, TOKEN, account_head, lot
from billing_ui.ledger.writing import lot_name
from billing_ui.rules.lots import is_due


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot as it stands: how much came in, how much is left, whether it is held back."""

    id: int
    quantity: int
    remaining: int
    is_frozen: bool
    expires_at: datetime | None

    def due(self, now: datetime) -> int:
        """What the next posting takes out first because its time is up."""
        return self.remaining if is_due(self.expires_at, now, is_frozen=self.is_frozen) else 0


def lot_of(tx: Tx, account_id: int, key: str) -> LotView | None:
    """The lot that the posting with this key made."""
    query = select(lot.c.id, lot.c.quantity, lot.c.remaining, lot.c.is_frozen, lot.c.expires_at)
    row = tx.connection().execute(query.where(lot.c.public_id == lot_name(account_id, key))).first()
    return None if row is None else LotView(*row)


def hold_back(tx: Tx, account_id: int, lot_id: int, key: str, actor: str, now: datetime) -> None:
    """Freezes a lot. The same key again changes nothing."""
    _mark(tx, lot_id, _nothing(account_id, key, actor, now), is_frozen=True)


def let_go(tx: Tx, account_id: int, lot_id: int, key: str, actor: str, now: datetime) -> None:
    """Ends a freeze. What expired meanwhile leaves with the next posting."""
    _mark(tx, lot_id, _nothing(account_id, key, actor, now), is_frozen=False)


def _nothing(account_id: int, key: str, actor: str, now: datetime) -> Posting:
    """A line that moves nothing: the head must move on, or a spend that waits for it would see the lot as it was."""
    return Posting(account_id, key, key, actor, now, (Transfer(TOKEN, ISSUED, CONSUMED, 0),))


def _mark(tx: Tx, lot_id: int, posting: Posting, *, is_frozen: bool) -> None:
    books = statements.read(tx, posting.account_id, posting.key)
    if books.is_known:
        return
    book(tx, books, posting, posting.occurred_at)
    connection = tx.connection()
    connection.execute(update(lot).where(lot.c.id == lot_id).values(is_frozen=is_frozen))
    waiting = (lot.c.account_id == posting.account_id, lot.c.is_open, ~lot.c.is_frozen)
    due_at = connection.scalar(select(func.min(lot.c.expires_at)).where(*waiting))
    head = update(account_head).where(account_head.c.account_id == posting.account_id)
    connection.execute(head.values(due_at=due_at, version=account_head.c.version + 1))
