"""Verify: right books have no findings, and every way of damaging them has its own."""

import threading

import pytest
from sqlalchemy import update

from billing_ui.infra.db import Database
from billing_ui.ledger import Finding, verify
from billing_ui.ledger.tables import account_head
from tests.damage import break_in
from tests.ledger.books import DAY, START, Books

HELD = (
    "INSERT INTO hold (account_id, key, quantity, draws, allowance, held_at, expires_at, state, request_hash)"
    " VALUES (:account, 'a', 5, '{}', 0, '2029-01-01 00:00:00.000000', '2030-01-01 00:00:00.000000', 'open', '')"
)


@pytest.fixture
def books(db: Database) -> Books:
    """Books with a bit of everything in them: 8 entries, two lots open, a debt repaid."""
    books = Books.new(db)
    books.bring(100, key="topup:a")
    books.take(80, key="spent:a")
    books.take(50, key="refund:a", into="payout", lot_id=books.lots()[0].id, may_owe=True)
    books.bring(100, key="topup:b")
    books.bring(40, key="grant:a", source="granted", expires_at=START + DAY)
    books.take(10, key="deduct:a", into="issued")
    return books


def damage(books: Books, statement: str) -> None:
    statement = statement.replace("{years}", "90000000000000" if books.db.is_sqlite else "interval '3 years'")
    break_in(books.db, statement, {"account": books.account_id} if ":account" in statement else {})


def test_right_books_have_no_findings(books: Books) -> None:
    assert [row.lot_id is None for row in books.entries()].count(True) == 1
    assert verify(books.db) == []


def test_books_without_entries_are_right_books(db: Database) -> None:
    Books.new(db)
    assert verify(db) == []


@pytest.mark.parametrize("figure", ["balance", "seq", "bought", "granted", "used", "expired", "refunded", "held"])
def test_a_head_that_was_changed_is_found(books: Books, figure: str) -> None:
    damage(books, f"UPDATE account_head SET {figure} = {figure} + 3 WHERE account_id = :account")
    kept = getattr(books.head(), figure)
    assert Finding(figure, books.account_id, "head", kept, kept - 3) in verify(books.db)


@pytest.mark.parametrize(
    ("statement", "checks"),
    [
        ("UPDATE entry SET quantity = 81 WHERE seq = 2", {"balance", "used", "balance_after", "lot_remaining"}),
        ("UPDATE entry SET balance_after = 1 WHERE seq = 2", {"balance_after"}),
        ("UPDATE entry SET recorded_at = recorded_at + {years} WHERE seq = 2", {"recorded_at"}),
        ("UPDATE entry SET request_hash = 'x' WHERE seq = 3", {"key"}),
        ("UPDATE entry SET line = 7 WHERE seq = 2", {"key"}),
        ("UPDATE entry SET lot_id = 4040 WHERE seq = 2", {"entry_lot", "lot_remaining"}),
        ("DELETE FROM entry WHERE seq = 2", {"seq", "balance", "used", "balance_after", "lot_remaining"}),
        ("UPDATE entry SET seq = 99 WHERE seq = 8", {"highest_seq"}),
        ("UPDATE lot SET quantity = quantity + 1 WHERE remaining = 0", {"lot_quantity"}),
        ("UPDATE lot SET remaining = remaining + 1 WHERE remaining = 30", {"lot_remaining", "lots_and_debt"}),
        ("UPDATE lot SET remaining = -5 WHERE remaining = 30", {"lot_remaining", "lots_and_debt", "lot_range"}),
        ("UPDATE lot SET is_open = NOT is_open", {"lot_range"}),
        ("DELETE FROM account_head", {"headless"}),
        (HELD, {"held"}),
    ],
)
def test_damage_is_found_by_the_checks_it_concerns(books: Books, statement: str, checks: set[str]) -> None:
    damage(books, statement)
    assert checks <= {finding.check for finding in verify(books.db)}


def test_debt_without_a_refund_behind_it_is_found(db: Database) -> None:
    books = Books.new(db)
    books.change(update(account_head).values(floor=-5))
    books.take(5)
    assert verify(db) == []
    books.change(update(account_head).values(floor=0))
    assert verify(db) == [Finding("floor", books.account_id, "head", -5, 0)]


def test_a_large_book_is_looked_at_in_pieces_and_nobody_is_missed(db: Database) -> None:
    all_books = [Books.new(db) for _ in range(5)]
    for books in all_books:
        books.bring(10)
        books.change(update(account_head).where(account_head.c.account_id == books.account_id).values(used=1))
    wrong = [books.account_id for books in all_books]
    for at_once in (1, 2, 5, 100):
        assert [finding.account_id for finding in verify(db, accounts_at_once=at_once)] == wrong


def test_verify_sees_one_instant_while_others_write(books: Books) -> None:
    done = threading.Event()

    def keep_posting() -> None:
        while not done.is_set():
            books.bring(1)

    writer = threading.Thread(target=keep_posting)
    writer.start()
    try:
        assert [verify(books.db, accounts_at_once=1) for _ in range(5)] == [[]] * 5
    finally:
        done.set()
        writer.join()
