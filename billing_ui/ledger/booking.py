"""Writes one posting into books that are already read and locked."""

from __future__ import annotations

from datetime import datetime

from billing_ui.infra.db import Tx
from billing_ui.ledger.drafting import Books, draft
from billing_ui.ledger.shapes import Posting, Receipt
from billing_ui.ledger.writing import write


def book(tx: Tx, books: Books, posting: Posting, now: datetime) -> Receipt:
    """Drafts and writes. The time on record never runs backwards within an account, whatever the clocks say."""
    made = draft(books, posting, now)
    write(tx, books, posting, made, max(now, books.last_at))
    return Receipt(books.seq + len(made.lines), books.balance, made.balance, replayed=False)
