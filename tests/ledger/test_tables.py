"""The database itself keeps history as it was, whoever writes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from billing_ui.infra.db import Database
from billing_ui.ledger.tables import account_head, entry, lot, seal
from billing_ui.models.types import metadata
from tests.ledger.books import START, Books

SEAL = {"upto_seq": 1, "count": 1, "balance": 10, "hash": "a", "previous_hash": ""}


@pytest.fixture
def books(db: Database) -> Books:
    books = Books.new(db)
    books.bring(10, key="topup:a")
    books.change(insert(seal).values(account_id=books.account_id, **SEAL))
    return books


@pytest.mark.parametrize(
    "statement",
    [
        update(entry).values(quantity=11),
        delete(entry),
        update(entry).values(model="m"),
        update(seal).values(hash="b"),
        delete(seal),
    ],
    ids=str,
)
def test_history_cannot_be_changed_or_deleted(books: Books, statement: Any) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        books.change(statement)
    assert [row.quantity for row in books.entries()] == [10]


@pytest.mark.parametrize("table", ["entry", "seal"])
def test_history_cannot_be_truncated(postgres_url: str, table: str) -> None:
    db = Database(postgres_url)
    with pytest.raises(DBAPIError, match="append-only"), db.begin() as tx:
        tx.execute(text(f"TRUNCATE {table} CASCADE"))
    db.dispose()


@pytest.mark.parametrize(
    "change", [{"seq": 1, "key": "other"}, {"seq": 2, "key": "topup:a"}], ids=["same seq", "same key"]
)
def test_an_entry_cannot_be_replaced(sqlite_url: str, change: dict[str, Any]) -> None:
    books = Books.new(Database(sqlite_url))
    books.bring(10, key="topup:a")
    forged = dict(books.entries()[0]._mapping) | {"quantity": 99} | change
    with pytest.raises(IntegrityError, match="append-only"):
        books.change(insert(entry).prefix_with("OR REPLACE").values(**forged))
    assert [row.quantity for row in books.entries()] == [10]
    books.db.dispose()


@pytest.mark.parametrize(
    "forged",
    [
        {"key": "topup:a", "line": 1},
        {"seq": 1},
        {"quantity": -1},
        {"cached": -1},
        {"operation": "chat"},
        {"debit": "elsewhere"},
        {"credit": "elsewhere"},
        {"unit": "IDR"},
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_true_is_refused(books: Books, forged: dict[str, Any]) -> None:
    row = dict(books.entries()[0]._mapping) | {"seq": 2, "key": "b"} | forged
    with pytest.raises(IntegrityError):
        books.change(insert(entry).values(**row))


@pytest.mark.parametrize(
    "forged",
    [{"remaining": -1, "is_open": False}, {"remaining": 11}, {"is_open": False}, {"source": "found"}, {"price_den": 0}],
    ids=str,
)
def test_a_lot_that_cannot_be_true_is_refused(books: Books, forged: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        books.change(update(lot).values(**forged))


def test_the_open_lots_of_an_account_are_found_by_their_index(books: Books) -> None:
    asked = select(lot.c.id).where(lot.c.account_id == books.account_id, lot.c.is_open)
    sql = str(asked.compile(books.db.engine, compile_kwargs={"literal_binds": True}))
    with books.db.begin() as tx:
        if not books.db.is_sqlite:
            tx.execute(text("SET LOCAL enable_seqscan = off"))
        plan = tx.execute(text(f"EXPLAIN {'QUERY PLAN ' if books.db.is_sqlite else ''}{sql}")).all()
    assert "ix_lot_open" in str(plan)


def test_the_migration_makes_the_tables_the_code_knows(db: Database) -> None:
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_an_instant_comes_back_as_it_went_in(books: Books) -> None:
    instant = datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    books.change(update(account_head).values(last_at=instant))
    assert books.head().last_at == instant
    row = dict(books.entries()[0]._mapping) | {"seq": 2, "key": "b", "occurred_at": instant, "recorded_at": START}
    books.change(insert(entry).values(**row))
    assert (books.entries()[1].occurred_at, books.entries()[1].recorded_at) == (instant, START)
    assert books.entries()[1].request_hash == books.entries()[0].request_hash
