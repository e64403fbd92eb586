"""Lots end: by a posting, once, whoever looks first."""

import pytest
from sqlalchemy import update

from billing_ui import ledger
from billing_ui.infra.db import Database
from billing_ui.ledger.tables import lot
from billing_ui.rules.errors import InsufficientBalance
from tests.ledger.books import DAY, START, Books


@pytest.fixture
def books(db: Database) -> Books:
    """A hundred tokens that stay, twenty that end after one day, thirty that end after three."""
    books = Books.new(db)
    books.bring(100)
    books.bring(20, expires_at=START + DAY)
    books.bring(30, expires_at=START + 3 * DAY)
    return books


def expire(books: Books) -> int:
    with books.db.begin() as tx:
        return ledger.expire_due(tx, books.account_id, books.now)


def due_accounts(books: Books) -> list[int]:
    with books.db.read() as tx:
        return list(ledger.with_due_lots(tx, books.now, 10))


def test_a_lot_expires_once_and_by_a_posting(books: Books) -> None:
    books.now = START + DAY
    assert due_accounts(books) == [books.account_id]
    assert (expire(books), expire(books)) == (20, 0)
    assert due_accounts(books) == []
    assert (books.head().balance, books.head().expired, books.head().due_at) == (130, 20, START + 3 * DAY)
    last = books.entries()[-1]
    assert (last.debit, last.credit, last.quantity, last.actor) == ("wallet", "expired", 20, "system:expiry")
    assert last.occurred_at == START + DAY
    assert ledger.verify(books.db) == []


def test_all_lots_that_are_due_expire_together(books: Books) -> None:
    books.now = START + 9 * DAY
    assert expire(books) == 50
    assert (books.head().balance, books.head().due_at) == (100, None)


def test_a_lot_is_good_until_the_instant_it_ends(books: Books) -> None:
    assert expire(books) == 0
    assert books.take(150).balance_after == 0
    assert books.head().due_at is None


def test_what_is_due_leaves_before_anything_else_is_posted(books: Books) -> None:
    books.now = START + DAY
    with pytest.raises(InsufficientBalance) as refusal:
        books.take(131)
    assert refusal.value.facts == {"balance": 130, "needed": 131}
    receipt = books.take(130, key="spent:a")
    assert (receipt.balance_before, receipt.balance_after) == (130, 0)
    assert books.head().expired == 20
    assert ledger.verify(books.db) == []


def test_a_frozen_lot_does_not_expire_until_it_thaws(books: Books) -> None:
    books.change(update(lot).where(lot.c.quantity == 20).values(is_frozen=True))
    books.now = START + DAY
    assert due_accounts(books) == []
    assert expire(books) == 0
    books.change(update(lot).values(is_frozen=False))
    assert expire(books) == 20


def test_only_what_is_left_of_a_lot_expires(books: Books) -> None:
    books.take(15)
    books.now = START + DAY
    assert expire(books) == 5


def test_tokens_that_end_earlier_move_the_next_look_forward(books: Books) -> None:
    assert books.head().due_at == START + DAY
    books.bring(1, expires_at=START + DAY / 2)
    assert books.head().due_at == START + DAY / 2
