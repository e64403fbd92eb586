"""Many spenders of one balance: exactly as many succeed as it covers, on both databases, in threads and processes."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from billing_ui import ledger
from billing_ui.infra.db import Database
from billing_ui.ledger import Posting, Transfer
from billing_ui.rules.errors import InsufficientBalance
from tests.ledger.books import START, Books

ATTEMPTS = 200
BALANCE = 100
ROOT = Path(__file__).parents[2]


def spend_one(db: Database, account_id: int, key: str) -> bool:
    transfer = Transfer("TOKEN", "wallet", "consumed", 1)
    try:
        with db.begin() as tx:
            ledger.post(tx, Posting(account_id, key, key, "test", START, (transfer,)), START)
    except InsufficientBalance:
        return False
    return True


@pytest.fixture
def books(db: Database) -> Books:
    books = Books.new(db)
    for _ in range(4):
        books.bring(BALANCE // 4)
    return books


def assert_exactly_the_balance_was_spent(books: Books, succeeded: int) -> None:
    assert succeeded == BALANCE
    assert (books.head().balance, books.head().used, books.head().seq) == (0, BALANCE, BALANCE + 4)
    assert [lot.remaining for lot in books.lots()] == [0, 0, 0, 0]
    assert ledger.verify(books.db) == []


def test_two_hundred_spends_of_one_from_a_hundred_in_threads(books: Books) -> None:
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(spend_one, books.db, books.account_id, f"spent:{at}") for at in range(ATTEMPTS)]
    assert_exactly_the_balance_was_spent(books, sum(answer.result() for answer in asked))


def test_two_hundred_spends_of_one_from_a_hundred_in_processes(books: Books) -> None:
    url = books.db.url.render_as_string(hide_password=False)
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.ledger.test_concurrency", url, str(books.account_id), str(first)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for first in range(0, ATTEMPTS, ATTEMPTS // 4)
    ]  # fmt: skip
    succeeded = sum(int(worker.communicate(timeout=120)[0]) for worker in workers)
    assert [worker.returncode for worker in workers] == [0, 0, 0, 0]
    assert_exactly_the_balance_was_spent(books, succeeded)


def test_one_key_posted_by_many_threads_at_once_is_posted_once(books: Books) -> None:
    def topup(_: int) -> bool:
        return books.bring(50, key="topup:xendit:py-1").replayed

    with ThreadPoolExecutor(8) as threads:
        replayed = list(threads.map(topup, range(100)))
    assert replayed.count(False) == 1
    assert books.head().balance == BALANCE + 50
    assert ledger.verify(books.db) == []


def test_a_spend_that_waited_sees_what_the_one_before_it_left(books: Books) -> None:
    """The second spend takes its snapshot before the first commits, and must still not burn the same lot twice."""
    started, results = threading.Event(), []

    def wait_and_spend() -> None:
        started.set()
        results.append(spend_one(books.db, books.account_id, "spent:second"))

    second = threading.Thread(target=wait_and_spend)
    with books.db.begin() as tx:
        first = books.posting("spent:first", Transfer("TOKEN", "wallet", "consumed", 30))
        ledger.post(tx, first, START)
        second.start()
        started.wait(5)
        second.join(0.3)
        assert second.is_alive()
    second.join(10)
    assert results == [True]
    assert [lot.remaining for lot in books.lots()] == [0, 19, 25, 25]
    assert ledger.verify(books.db) == []


def main(url: str, account_id: str, first: str) -> None:
    """One of the processes: a quarter of the attempts."""
    db = Database(url)
    attempts = range(int(first), int(first) + ATTEMPTS // 4)
    sys.stdout.write(str(sum(spend_one(db, int(account_id), f"spent:{at}") for at in attempts)))
    db.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
