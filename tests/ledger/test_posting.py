"""Posting: what one posting writes, that it writes it once, and what it refuses."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from billing_ui import ledger
from billing_ui.infra.db import Database
from billing_ui.ledger import LotIn, Receipt, Transfer, booking, statements
from billing_ui.ledger.tables import account_head, lot
from billing_ui.rules.errors import InsufficientBalance, KeyReused, NotFound
from tests.ledger.books import DAY, START, Books


@pytest.fixture
def books(db: Database) -> Books:
    return Books.new(db)


def test_tokens_that_come_in_make_a_lot_and_move_the_balance(books: Books) -> None:
    receipt = books.bring(500, price_num=50_000, price_den=500, currency="IDR")
    assert receipt == Receipt(seq=1, balance_before=0, balance_after=500, replayed=False)
    [made] = books.lots()
    assert (made.source, made.quantity, made.remaining, made.is_open) == ("bought", 500, 500, True)
    assert (made.price_num, made.price_den, made.currency) == (50_000, 500, "IDR")
    assert made.public_id.startswith("lot_")
    [line] = books.entries()
    assert (line.debit, line.credit, line.quantity, line.lot_id) == ("issued", "wallet", 500, made.id)


def test_a_spend_over_three_lots_is_three_lines_of_one_posting(books: Books) -> None:
    for quantity in (10, 20, 30):
        books.bring(quantity)
    receipt = books.take(45, key="spent:1")
    assert receipt == Receipt(seq=6, balance_before=60, balance_after=15, replayed=False)
    lines = [row for row in books.entries() if row.key == "spent:1"]
    assert [(row.line, row.seq, row.quantity, row.balance_after) for row in lines] == [
        (1, 4, 10, 50),
        (2, 5, 20, 30),
        (3, 6, 15, 15),
    ]
    assert [row.remaining for row in books.lots()] == [0, 0, 15]
    assert [row.is_open for row in books.lots()] == [False, False, True]


def test_lots_burn_by_priority_then_earliest_expiry_then_age(books: Books) -> None:
    books.bring(1, key="last", priority=5)
    books.bring(1, key="third")
    books.bring(1, key="second", expires_at=START + 9 * DAY)
    books.bring(1, key="first", expires_at=START + 2 * DAY)
    books.bring(1, key="fourth")
    for number in range(5):
        books.take(1, key=f"spend:{number}")
    born = {row.lot_id: row.key for row in books.entries() if row.credit == "wallet"}
    burned = [born[row.lot_id] for row in books.entries() if row.debit == "wallet"]
    assert burned == ["first", "second", "third", "fourth", "last"]


def test_the_same_key_again_answers_the_same_receipt_and_writes_nothing(books: Books) -> None:
    first = books.bring(100, key="topup:a")
    books.take(30, key="spent:a")
    books.now += DAY
    assert books.bring(100, key="topup:a") == replace(first, replayed=True)
    assert books.take(30, key="spent:a") == Receipt(seq=2, balance_before=100, balance_after=70, replayed=True)
    assert len(books.entries()) == 2
    assert books.head().balance == 70


def test_a_repeat_is_answered_although_the_balance_has_run_dry(books: Books) -> None:
    books.bring(10)
    books.take(10, key="spent:a")
    assert books.take(10, key="spent:a").replayed


@pytest.mark.parametrize("changed", [{"quantity": 2}, {"into": "issued"}, {"cause": "other"}, {"may_owe": True}])
def test_the_same_key_with_other_content_is_a_conflict(books: Books, changed: dict[str, object]) -> None:
    books.bring(10)
    asked: dict[str, object] = {"quantity": 1, "cause": "a"}
    books.take(**asked, key="spent:a")  # type: ignore[arg-type]
    with pytest.raises(KeyReused):
        books.take(**(asked | changed), key="spent:a")  # type: ignore[arg-type]
    assert books.head().balance == 9


def test_the_same_key_for_a_lot_with_other_terms_is_a_conflict(books: Books) -> None:
    books.bring(10, key="grant:a", expires_at=START + DAY)
    with pytest.raises(KeyReused):
        books.bring(10, key="grant:a", expires_at=START + 2 * DAY)


def test_a_spend_beyond_the_balance_is_refused_and_writes_nothing(books: Books) -> None:
    books.bring(10)
    with pytest.raises(InsufficientBalance) as refusal:
        books.take(11)
    assert refusal.value.facts == {"balance": 10, "needed": 11}
    assert (books.head().seq, books.head().balance, len(books.entries())) == (1, 10, 1)


def test_an_overdraft_is_spent_down_to_the_floor_and_no_further(books: Books) -> None:
    books.change(account_head.update().values(floor=-5))
    books.bring(10)
    assert books.take(14).balance_after == -4
    with pytest.raises(InsufficientBalance):
        books.take(2)
    assert books.take(1).balance_after == -5


def test_a_refund_of_spent_tokens_becomes_debt_that_the_next_lot_repays_first(books: Books) -> None:
    books.bring(100, key="topup:a")
    books.take(70)
    first = books.lots()[0].id
    assert books.take(100, into="payout", lot_id=first, may_owe=True).balance_after == -70
    assert [(row.quantity, row.lot_id) for row in books.entries() if row.credit == "payout"] == [
        (30, first),
        (70, None),
    ]
    with pytest.raises(InsufficientBalance):
        books.take(1)
    assert books.bring(50).balance_after == -20
    assert books.bring(50).balance_after == 30
    assert [(row.quantity, row.remaining) for row in books.lots()] == [(100, 0), (50, 0), (50, 30)]
    assert books.take(30).balance_after == 0


def test_money_lines_ride_along_without_touching_the_balance(books: Books) -> None:
    books.post(
        books.posting(
            "topup:a",
            Transfer("IDR", "cash:xendit", "deferred", 50_000),
            Transfer("TOKEN", "issued", "wallet", 500_000),
            Transfer("IDR", "deferred", "fee", 700),
            lot=LotIn("bought"),
        )
    )
    assert [(row.unit, row.quantity, row.balance_after) for row in books.entries()] == [
        ("IDR", 50_000, 0),
        ("TOKEN", 500_000, 500_000),
        ("IDR", 700, 500_000),
    ]
    assert books.head().balance == 500_000


def test_a_spend_of_nothing_is_on_record_too(books: Books) -> None:
    assert books.take(0, key="spent:free").seq == 1
    assert books.take(0, key="spent:free").replayed


def test_lifetime_figures_come_from_the_same_postings(books: Books) -> None:
    books.bring(1000)
    books.bring(50, source="granted")
    books.bring(5, source="redeemed")
    books.take(100)
    books.take(20, into="issued")
    books.take(7, into="expired")
    books.take(3, into="payout")
    head = books.head()
    assert (head.bought, head.granted, head.used, head.expired, head.refunded) == (1000, 35, 100, 7, 3)
    assert head.balance == 1000 + 35 - 100 - 7 - 3


@pytest.mark.parametrize(("pocket", "stat"), [("consumed", "used"), ("expired", "expired"), ("payout", "refunded")])
def test_what_is_given_back_is_taken_out_of_its_figure(books: Books, pocket: str, stat: str) -> None:
    books.bring(10)
    books.take(10, into=pocket)
    books.post(books.posting("back", Transfer("TOKEN", pocket, "wallet", 4), lot=LotIn("granted")))
    assert getattr(books.head(), stat) == 6
    assert books.head().balance == 4


def test_the_recorded_time_never_runs_backwards(books: Books) -> None:
    books.bring(1)
    books.now = START - timedelta(hours=3)
    books.bring(1)
    first, second = books.entries()
    assert second.recorded_at == first.recorded_at == START
    assert second.occurred_at == START - timedelta(hours=3)


def test_held_tokens_cannot_be_spent(books: Books) -> None:
    books.bring(10)
    books.change(account_head.update().values(held=4))
    with pytest.raises(InsufficientBalance):
        books.take(7)
    assert books.take(6).balance_after == 4


def test_frozen_lots_cannot_be_spent_but_a_refund_may_name_one(books: Books) -> None:
    books.bring(10)
    books.change(lot.update().values(is_frozen=True))
    with pytest.raises(InsufficientBalance):
        books.take(1)
    frozen = books.lots()[0].id
    assert books.take(10, into="payout", lot_id=frozen).balance_after == 0


def test_a_named_lot_gives_only_what_is_left_of_it(books: Books) -> None:
    books.bring(10)
    books.bring(10)
    second = books.lots()[1].id
    with pytest.raises(InsufficientBalance) as refusal:
        books.take(11, lot_id=second)
    assert refusal.value.facts == {"balance": 10, "needed": 11}
    books.take(4, lot_id=second)
    assert [row.remaining for row in books.lots()] == [10, 6]


def test_two_transfers_out_of_one_lot_cannot_take_more_than_it_holds(books: Books) -> None:
    books.bring(10)
    only = books.lots()[0].id
    pair = (Transfer("TOKEN", "wallet", "payout", 6, only), Transfer("TOKEN", "wallet", "expired", 6, only))
    with pytest.raises(InsufficientBalance):
        books.post(books.posting("both", *pair))
    books.post(books.posting("both", *(replace(part, quantity=5) for part in pair)))
    assert books.lots()[0].remaining == 0


def test_an_account_without_books_cannot_be_posted_to(db: Database) -> None:
    with pytest.raises(NotFound):
        Books(db, 404).bring(1)


def test_a_head_that_moved_under_the_lock_stops_the_posting_and_leaves_no_trace(books: Books) -> None:
    books.bring(10)
    spend = books.posting("spent:a", Transfer("TOKEN", "wallet", "consumed", 4))
    with books.db.begin() as tx:
        moved = replace(statements.read(tx, books.account_id, spend.key), seq=7)
    with pytest.raises(RuntimeError, match="moved although it was locked"), books.db.begin() as tx:
        booking.book(tx, moved, spend, START)
    assert (books.head().balance, len(books.entries()), books.lots()[0].remaining) == (10, 1, 10)


def test_another_plan_leaves_balance_and_lots_as_they_are(books: Books) -> None:
    books.bring(10)
    plan_version_id = Books.new(books.db).head().plan_version_id
    with books.db.begin() as tx:
        ledger.set_plan(tx, books.account_id, plan_version_id, date(2026, 4, 1))
    head = books.head()
    assert (head.plan_version_id, head.period_on, head.balance) == (plan_version_id, date(2026, 4, 1), 10)
    assert ledger.verify(books.db) == []


def test_the_balance_as_of_an_instant_goes_by_the_time_of_recording(books: Books) -> None:
    for step in range(9):
        books.now = START + step * DAY
        books.bring(10)
    with books.db.read() as tx:
        asked = [(-0.5, 0), (0, 10), (0.5, 10), (3, 40), (3.9, 40), (7, 80), (8, 90), (100, 90)]
        assert [ledger.balance_as_of(tx, books.account_id, START + day * DAY) for day, _ in asked] == [
            balance for _, balance in asked
        ]


def test_the_balance_of_an_account_without_entries_is_nothing(books: Books) -> None:
    with books.db.read() as tx:
        assert ledger.balance_as_of(tx, books.account_id, START) == 0
