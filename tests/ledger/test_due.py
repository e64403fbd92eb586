"""What is due leaves with the next posting: until then everybody can tell how much that will be."""

from __future__ import annotations

from datetime import timedelta

from billing_ui import ledger
from billing_ui.infra.db import Database
from tests.ledger.books import DAY, Books


def test_what_the_next_posting_takes_out_is_known_before_it_comes(db: Database) -> None:
    books = Books.new(db)
    books.bring(100, "in:bought", expires_at=books.now + DAY)
    books.bring(40, "in:granted", source="granted")
    books.take(30)
    later = books.now + 2 * DAY
    with db.read() as tx:
        lot = ledger.lot_of(tx, books.account_id, "in:bought")
        assert lot is not None
        assert (lot.due(books.now), lot.due(later)) == (0, lot.remaining)
        assert ledger.balance_without_due(tx, books.account_id, books.now) == 110
        assert ledger.balance_without_due(tx, books.account_id, later) == 110 - lot.remaining
        assert ledger.expired_of(tx, books.account_id, "in:bought") == 0
    left = lot.remaining
    with db.begin() as tx:
        assert ledger.expire_due(tx, books.account_id, later) == left
    with db.read() as tx:
        assert ledger.expired_of(tx, books.account_id, "in:bought") == left
        assert ledger.balance_without_due(tx, books.account_id, later + timedelta(hours=1)) == 110 - left
    assert ledger.verify(db) == []


def test_nobody_has_holds_past_their_time_where_nobody_reserved(db: Database) -> None:
    books = Books.new(db)
    books.bring(100, "in:bought")
    with db.read() as tx:
        assert ledger.with_due_holds(tx, books.now + DAY, 10) == []
        assert ledger.balance_without_due(tx, -1, books.now) == 0
