"""History pages by key: every posting on exactly one page, however many lines it has."""

from __future__ import annotations

from itertools import pairwise

from billing_ui import ledger
from billing_ui.kit.amount import Amount
from billing_ui.ledger import Posting, Transfer
from billing_ui.queries.history import history
from billing_ui.queries.topups import open_purchases
from billing_ui.rules.facts import Captured
from tests.world import Customer, World


def pay(world: World, customer: Customer, amount: int, payment_id: str) -> str:
    ref = world.wants(customer, amount=amount)
    world.settle(ref, Captured("xendit", payment_id, "", ref, Amount(amount, "IDR"), None))
    return ref


def use(world: World, customer: Customer, tokens: int, name: str) -> None:
    with world.env.db.begin() as tx:
        spent = (Transfer("TOKEN", "wallet", "consumed", tokens),)
        posting = Posting(customer.account_id, f"usage:{name}", name, "host:test", world.clock.now(), spent)
        ledger.post(tx, posting, world.clock.now())


def test_every_posting_stands_on_exactly_one_page_and_balances_follow_each_other(world: World) -> None:
    customer = world.customer()
    pay(world, customer, 25_000, "py-1")
    pay(world, customer, 50_000, "py-2")
    for number in range(7):
        use(world, customer, 50_000, f"evt-{number}")
    seen, before = [], None
    while True:
        with world.env.db.read() as tx:
            page = history(tx, customer.account_id, before, limit=2)
        seen += page.rows
        before = page.next_cursor
        if before is None:
            break
    assert [row.id for row in seen] == [f"usage:evt-{n}" for n in range(6, -1, -1)] + [
        "topup:xendit:py-2", "topup:xendit:py-1",
    ]  # fmt: skip
    assert all(type(row.tokens) is int for row in seen)
    for newer, older in pairwise(seen):
        assert newer.balance_after - newer.tokens == older.balance_after
    assert seen[-1].balance_after == seen[-1].tokens == 250_000


def test_a_spend_over_two_lots_is_one_row(world: World) -> None:
    customer = world.customer()
    pay(world, customer, 25_000, "py-1")
    pay(world, customer, 50_000, "py-2")
    use(world, customer, 300_000, "evt-1")
    with world.env.db.read() as tx:
        rows = history(tx, customer.account_id).rows
    assert [(row.tokens, row.balance_after) for row in rows] == [
        (-300_000, 450_000), (500_000, 750_000), (250_000, 250_000),
    ]  # fmt: skip


def test_purchases_without_money_are_listed_apart_with_their_state(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    pay(world, customer, 25_000, "py-1")
    with world.env.db.read() as tx:
        waiting = open_purchases(tx, customer.account_id)
    assert [(row.id, row.status, row.amount) for row in waiting] == [(ref, "pending", 50_000)]


def test_a_posting_that_a_read_cuts_in_two_is_shown_whole(world: World) -> None:
    customer = world.customer()
    for number in range(50):
        pay(world, customer, 25_000, f"py-{number}")
        world.later(minutes=16)
    seen, before = [], None
    while True:
        with world.env.db.read() as tx:
            page = history(tx, customer.account_id, before, limit=45)
        seen += page.rows
        before = page.next_cursor
        if before is None:
            break
    assert [row.tokens for row in seen] == [250_000] * 50
    assert [row.balance_after for row in seen] == [250_000 * left for left in range(50, 0, -1)]


def test_a_spend_over_more_lots_than_one_read_holds_is_one_row(world: World) -> None:
    customer = world.customer()
    with world.env.db.begin() as tx:
        for number in range(130):
            given = (Transfer("TOKEN", "issued", "wallet", 10),)
            posting = Posting(
                customer.account_id, f"grant:{number}", "test", "system:test", world.clock.now(), given,
                lot=ledger.LotIn("granted"),
            )  # fmt: skip
            ledger.post(tx, posting, world.clock.now())
    use(world, customer, 1_300, "evt-1")
    with world.env.db.read() as tx:
        page = history(tx, customer.account_id, limit=3)
    assert [(row.id, row.tokens, row.balance_after) for row in page.rows] == [
        ("usage:evt-1", -1_300, 0), ("grant:129", 10, 1_300), ("grant:128", 10, 1_290),
    ]  # fmt: skip
