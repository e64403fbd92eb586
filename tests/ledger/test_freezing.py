"""A lot that is held back is neither spent nor lost to time, and is its old self once it is let go."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from billing_ui import ledger
from billing_ui.infra.db import Database
from billing_ui.rules.errors import InsufficientBalance
from tests.ledger.books import DAY, START, Books


def freeze(books: Books, key: str = "freeze:1", made_by: str = "in:bought") -> None:
    with books.db.begin() as tx:
        lot = ledger.lot_of(tx, books.account_id, made_by)
        assert lot is not None
        ledger.hold_back(tx, books.account_id, lot.id, key, "test", books.now)


def let_go(books: Books, key: str = "unfreeze:1", made_by: str = "in:bought") -> None:
    with books.db.begin() as tx:
        lot = ledger.lot_of(tx, books.account_id, made_by)
        assert lot is not None
        ledger.let_go(tx, books.account_id, lot.id, key, "test", books.now)


def test_a_lot_is_found_by_the_posting_that_made_it(db: Database) -> None:
    books = Books.new(db)
    books.bring(100, "in:bought")
    books.take(30)
    with db.read() as tx:
        lot = ledger.lot_of(tx, books.account_id, "in:bought")
        assert lot is not None
        assert (lot.quantity, lot.remaining, lot.is_frozen) == (100, 70, False)
        assert ledger.lot_of(tx, books.account_id, "in:nothing") is None


def test_frozen_tokens_stay_in_the_balance_and_cannot_be_spent(db: Database) -> None:
    books = Books.new(db)
    books.bring(100, "in:bought")
    books.bring(40, "in:granted", source="granted")
    freeze(books)
    assert books.head().balance == 140
    with pytest.raises(InsufficientBalance):
        books.take(41)
    books.take(40)
    assert [lot.remaining for lot in books.lots()] == [100, 0]
    let_go(books)
    books.take(100)
    assert books.head().balance == 0
    assert ledger.verify(db) == []


def test_freezing_twice_under_one_key_is_freezing_once(db: Database) -> None:
    books = Books.new(db)
    books.bring(100, "in:bought")
    freeze(books)
    seq = books.head().seq
    freeze(books)
    assert books.head().seq == seq
    let_go(books)
    freeze(books)
    assert not books.lots()[0].is_frozen
    freeze(books, "freeze:2")
    assert books.lots()[0].is_frozen
    assert ledger.verify(db) == []


def test_a_frozen_lot_outlives_its_day_and_leaves_when_it_is_let_go(db: Database) -> None:
    books = Books.new(db)
    books.bring(100, "in:bought", expires_at=START + DAY)
    books.bring(50, "in:other", expires_at=START + 3 * DAY)
    assert books.head().due_at == START + DAY
    freeze(books)
    assert books.head().due_at == START + 3 * DAY
    books.now = START + 2 * DAY
    books.bring(1, "in:later")
    assert books.head().balance == 151
    let_go(books)
    assert books.head().due_at == START + DAY
    books.take(1)
    assert books.head().expired == 100
    assert ledger.verify(db) == []


def test_a_refund_may_take_a_frozen_lot_and_owes_the_rest(db: Database) -> None:
    books = Books.new(db)
    books.bring(100, "in:bought")
    books.take(60)
    freeze(books)
    lot = books.lots()[0].id
    books.take(100, "refund:1", into="payout", lot_id=lot, may_owe=True)
    assert books.head().balance == -60
    assert books.head().refunded == 100
    assert ledger.verify(db) == []


def test_a_spend_that_waited_behind_a_freeze_sees_it(db: Database) -> None:
    books = Books.new(db)
    books.bring(100, "in:bought")
    waits, refused = threading.Event(), []

    def spend() -> None:
        waits.wait(5)
        try:
            books.take(100, "spent:late")
        except InsufficientBalance as error:
            refused.append(error)

    thread = threading.Thread(target=spend)
    thread.start()
    with db.begin() as tx:
        lot = ledger.lot_of(tx, books.account_id, "in:bought")
        assert lot is not None
        ledger.hold_back(tx, books.account_id, lot.id, "freeze:1", "test", books.now + timedelta(seconds=1))
        waits.set()
        thread.join(0.3)
    thread.join(10)
    assert len(refused) == 1
    assert ledger.verify(db) == []
