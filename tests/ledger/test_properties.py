"""Whatever happens to an account, in whatever order: the books add up."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_ui import ledger
from billing_ui.infra.db import Database
from billing_ui.ledger import LotIn, Posting, Transfer
from billing_ui.ledger.drafting import STATS
from billing_ui.rules.errors import InsufficientBalance
from tests.ledger.books import START, Books

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Act:
    """One thing that happens: tokens come or go, at some hour, perhaps to a lot that ends."""

    comes: bool
    quantity: int
    hour: int
    priority: int
    lasts: int | None
    pocket: str
    owes: bool

    def posting(self, account_id: int, key: str) -> Posting:
        at = START + self.hour * HOUR
        if self.comes:
            lot = LotIn("bought", self.priority, at + self.lasts * HOUR if self.lasts else None)
            transfers = (
                Transfer("IDR", "cash:xendit", "deferred", self.quantity),
                Transfer("TOKEN", "issued", "wallet", self.quantity),
            )
            return Posting(account_id, key, key, "test", at, transfers, lot)
        out = (Transfer("TOKEN", "wallet", self.pocket, self.quantity),)
        return Posting(account_id, key, key, "test", at, out, may_owe=self.owes and self.pocket == "payout")


acts = st.lists(
    st.builds(
        Act,
        comes=st.booleans(),
        quantity=st.integers(0, 40),
        hour=st.integers(0, 30),
        priority=st.integers(0, 2),
        lasts=st.none() | st.integers(1, 20),
        pocket=st.sampled_from(["consumed", "issued", "payout", "expired"]),
        owes=st.booleans(),
    ),
    max_size=14,
)
slow_setup = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def live(books: Books, happening: list[Act]) -> list[tuple[Posting, Any]]:
    """Lets it happen; answers the postings that were taken, with their receipts."""
    done = []
    for number, act in enumerate(happening):
        posting = act.posting(books.account_id, f"act:{number}")
        books.now = max(books.now, posting.occurred_at)
        try:
            done.append((posting, books.post(posting)))
        except InsufficientBalance:
            continue
    return done


@slow_setup
@given(happening=acts)
def test_the_sum_of_entries_is_the_balance_is_the_lots_less_debt(db: Database, happening: list[Act]) -> None:
    books = Books.new(db)
    live(books, happening)
    head, entries = books.head(), books.entries()
    moved = sum(row.quantity * ((row.credit == "wallet") - (row.debit == "wallet")) for row in entries)
    owed = sum(row.quantity for row in entries if row.debit == "wallet" and row.lot_id is None)
    repaid = sum(row.quantity for row in entries if row.debit == row.credit == "wallet")
    assert head.balance == moved == sum(lot.remaining for lot in books.lots()) - (owed - repaid)
    assert head.balance == head.bought + head.granted - head.used - head.expired - head.refunded
    assert [row.seq for row in entries] == list(range(1, head.seq + 1))
    assert [row.recorded_at for row in entries] == sorted(row.recorded_at for row in entries)
    assert [finding for finding in ledger.verify(db) if finding.account_id == books.account_id] == []


@slow_setup
@given(happening=acts)
def test_everything_posted_again_answers_the_same_and_changes_nothing(db: Database, happening: list[Act]) -> None:
    books = Books.new(db)
    done = live(books, happening)
    before = (books.head(), books.entries(), books.lots())
    for posting, receipt in done:
        again = books.post(posting)
        assert again.replayed
        assert (again.seq, again.balance_before, again.balance_after) == (
            receipt.seq,
            receipt.balance_before,
            receipt.balance_after,
        )
    assert (books.head(), books.entries(), books.lots()) == before


@slow_setup
@given(happening=acts)
def test_the_balance_as_of_each_entry_is_the_balance_after_it(db: Database, happening: list[Act]) -> None:
    books = Books.new(db)
    live(books, happening)
    last_at_an_instant = {row.recorded_at: row.balance_after for row in books.entries()}
    with db.read() as tx:
        for instant, balance in last_at_an_instant.items():
            assert ledger.balance_as_of(tx, books.account_id, instant) == balance


def test_a_stat_for_every_column_of_the_head(db: Database) -> None:
    assert set(STATS) <= set(Books.new(db).head()._mapping)
