"""History pages by key: every row on exactly one page, whatever is asked for and whichever way the pages are turned."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from billing_ui import ledger
from billing_ui.kit.amount import Amount
from billing_ui.ledger import Posting, Taken, Transfer
from billing_ui.models import Refund
from billing_ui.queries.history import CHOICES, HistoryPage, HistoryRow, history, one_row
from billing_ui.rules.facts import Captured
from billing_ui.rules.lists import ListAsk, read_ask
from billing_ui.services import usage
from tests.metering import HOST, chat, goes_prepaid
from tests.world import Customer, World

ZONE = "Asia/Jakarta"


def pay(world: World, customer: Customer, amount: int, payment_id: str, method: str = "QRIS") -> str:
    ref = world.wants(customer, amount=amount, method=method)
    world.settle(ref, Captured("xendit", payment_id, "", ref, Amount(amount, "IDR"), None))
    return ref


def use(world: World, customer: Customer, tokens: int, name: str) -> None:
    """On a plan that includes nothing, so that all of it leaves the balance."""
    goes_prepaid(world, customer)
    taken = usage.record_and_wait(world.env, HOST, chat(customer.account_id, name, tokens)).result
    assert isinstance(taken, Taken) and taken.charged == tokens


def give(world: World, customer: Customer, tokens: int, name: str) -> None:
    with world.env.db.begin() as tx:
        given = (Transfer("TOKEN", "issued", "wallet", tokens),)
        posting = Posting(
            customer.account_id, f"grant:{name}", f"grant:{name}", "system:test", world.clock.now(), given,
            lot=ledger.LotIn("granted"),
        )  # fmt: skip
        ledger.post(tx, posting, world.clock.now())


def page(world: World, customer: Customer, per: int = 25, key: str = "", **query: str) -> HistoryPage:
    ask = read_ask(query, CHOICES)
    asked = ListAsk(ask.q, ask.type, ask.status, ask.method, ask.first_on, ask.last_on, key, per)
    with world.env.db.read() as tx:
        return history(tx, customer.account_id, asked, ZONE)


def turned(world: World, customer: Customer, per: int, **query: str) -> list[HistoryRow]:
    """All rows, page by page to the end; on the way back every page shows what it showed before."""
    pages = [page(world, customer, per, **query)]
    while pages[-1].older:
        pages.append(page(world, customer, per, pages[-1].older, **query))
    for newer, older in pairwise(pages):
        assert page(world, customer, per, older.newer, **query).rows == newer.rows
    assert all(len(each.rows) == per for each in pages[:-1])
    return [row for each in pages for row in each.rows]


def ids(found: HistoryPage) -> list[str]:
    return [row.id for row in found.rows]


@pytest.fixture
def mixed(world: World) -> tuple[World, Customer, dict[str, str]]:
    """A month with something of everything, some of it in the same instant."""
    customer = world.customer()
    refs = {"first": pay(world, customer, 25_000, "py-1"), "waits": world.wants(customer, amount=100_000)}
    use(world, customer, 10_000, "evt-1")
    give(world, customer, 500, "gift-1")
    for number in range(2, 6):
        world.later(days=1)
        use(world, customer, 1_000, f"evt-{number}")
    refs["bank"] = pay(world, customer, 50_000, "py-2", "VA_BCA")
    world.later(days=3)
    refs["late"] = world.wants(customer, amount=50_000, method="VA_BNI")
    use(world, customer, 2_000, "evt-6")
    return world, customer, refs


def test_pages_turn_both_ways_through_postings_and_purchases_without_money(
    mixed: tuple[World, Customer, dict[str, str]],
) -> None:
    world, customer, refs = mixed
    whole = ids(page(world, customer))
    assert whole == [
        "usage:evt-6", refs["late"], refs["bank"], "usage:evt-5", "usage:evt-4", "usage:evt-3", "usage:evt-2",
        "grant:gift-1", "usage:evt-1", refs["first"], refs["waits"],
    ]  # fmt: skip
    for per in (1, 2, 3, 4, 10):
        assert [row.id for row in turned(world, customer, per)] == whole


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"type": "topup"}, "late bank first waits"),
        ({"type": "usage", "to": "2026-11-21"}, "usage:evt-1"),
        ({"type": "adjust"}, "grant:gift-1"),
        ({"type": "refund"}, ""),
        ({"status": "paid"}, "bank first"),
        ({"status": "pending"}, "late waits"),
        ({"status": "expired"}, ""),
        ({"status": "posted", "from": "2026-11-25"}, "usage:evt-6 usage:evt-5"),
        ({"status": "posted", "type": "topup"}, ""),
        ({"status": "paid", "type": "usage"}, ""),
        ({"method": "QRIS"}, "first waits"),
        ({"method": "VA_BCA"}, "bank"),
        ({"method": "VA_BNI", "status": "pending"}, "late"),
        ({"method": "QRIS", "type": "usage"}, ""),
        ({"from": "2026-11-22", "to": "2026-11-23"}, "usage:evt-3 usage:evt-2"),
        ({"from": "2030-01-01"}, ""),
        ({"q": "evt-4"}, "usage:evt-4"),
        ({"q": "py-2"}, "bank"),
        ({"q": "gift-1"}, "grant:gift-1"),
        ({"q": "Rp 100.000"}, "waits"),
        ({"q": "50000"}, "late bank"),
        ({"q": "qris"}, "first waits"),
        ({"q": "penyesuaian"}, "grant:gift-1"),
        ({"q": "adjust", "type": "usage"}, ""),
        ({"q": "nothing of the kind"}, ""),
        ({"q": "%"}, ""),
    ],
)
def test_filters_find_what_they_name_and_nothing_else(
    mixed: tuple[World, Customer, dict[str, str]], query: dict[str, str], wanted: str
) -> None:
    world, customer, refs = mixed
    found = [refs.get(word, word) for word in wanted.split()]
    assert ids(page(world, customer, **query)) == found
    assert [row.id for row in turned(world, customer, 1, **query)] == found


def test_a_purchase_is_found_by_its_ref_and_by_the_beginning_of_it(
    mixed: tuple[World, Customer, dict[str, str]],
) -> None:
    world, customer, refs = mixed
    for name in ("first", "waits"):
        assert ids(page(world, customer, q=refs[name])) == [refs[name]]
        assert ids(page(world, customer, q=refs[name][:18].upper())) == [refs[name]]


def test_nobody_finds_what_belongs_to_somebody_else(mixed: tuple[World, Customer, dict[str, str]]) -> None:
    world, customer, refs = mixed
    other = world.customer("budi@pelanggan.test", "Budi")
    use_none = page(world, other)
    assert use_none == HistoryPage((), "", "")
    for number in (refs["first"], refs["waits"], "py-1", "evt-1", "50000"):
        assert ids(page(world, other, q=number)) == []
    with world.env.db.read() as tx:
        assert one_row(tx, other.account_id, refs["first"]) is None
        assert one_row(tx, other.account_id, refs["waits"]) is None
        assert one_row(tx, other.account_id, "usage:evt-1") is None
        shown = [one_row(tx, customer.account_id, each) for each in (refs["first"], refs["waits"], "usage:evt-1")]
    assert [(row.id, row.is_posted) for row in shown if row] == [
        (refs["first"], True), (refs["waits"], False), ("usage:evt-1", True),
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["", "x", "o.1", "n.0.0.", "o.9999999999999999.0.", "o.0.999999999999999.top_x"])
def test_a_key_nobody_gave_out_leads_to_a_page_and_never_to_an_error(
    mixed: tuple[World, Customer, dict[str, str]], key: str
) -> None:
    world, customer, _refs = mixed
    assert len(page(world, customer, 3, key).rows) <= 3


def test_new_rows_do_not_move_the_pages_that_somebody_is_reading(
    mixed: tuple[World, Customer, dict[str, str]],
) -> None:
    world, customer, _refs = mixed
    second = page(world, customer, 3, page(world, customer, 3).older)
    key = page(world, customer, 3).older
    world.later(seconds=1)
    use(world, customer, 5, "evt-7")
    world.wants(customer, amount=25_000)
    assert page(world, customer, 3, key).rows == second.rows


def test_money_that_went_back_shows_in_the_row(mixed: tuple[World, Customer, dict[str, str]]) -> None:
    world, customer, refs = mixed
    payment = world.payment(refs["bank"])
    assert payment.id is not None
    for number, (amount, status) in enumerate(((20_000, "partly_refunded"), (30_000, "refunded"))):
        with world.env.db.begin() as tx:
            tx.add(
                Refund(
                    public_id=f"ref_{number}", account_id=customer.account_id, payment_id=payment.id, kind="manual",
                    gateway="xendit", reference=f"r{number}", amount=amount, currency="IDR", status="succeeded",
                    created_by="test", created_at=world.clock.now(), changed_at=world.clock.now(),
                )
            )  # fmt: skip
        (row,) = page(world, customer, method="VA_BCA").rows
        assert row.status == status
        assert ids(page(world, customer, status="refunded")) == [refs["bank"]]


def test_days_are_those_of_the_account(mixed: tuple[World, Customer, dict[str, str]]) -> None:
    world, customer, refs = mixed
    ask = ListAsk(first_on=date(2026, 11, 20), last_on=date(2026, 11, 20))
    with world.env.db.read() as tx:
        # Three in the morning UTC is still the day before in Los Angeles, and the same day in Jakarta.
        there = history(tx, customer.account_id, ask, "America/Los_Angeles")
        here = history(tx, customer.account_id, ask, ZONE)
    assert [row.id for row in there.rows] == ["grant:gift-1", "usage:evt-1", refs["first"], refs["waits"]]
    assert here.rows == ()


def test_every_posting_stands_on_exactly_one_page_and_balances_follow_each_other(world: World) -> None:
    customer = world.customer()
    pay(world, customer, 25_000, "py-1")
    pay(world, customer, 50_000, "py-2")
    for number in range(7):
        use(world, customer, 50_000, f"evt-{number}")
    seen = turned(world, customer, 2)
    assert [row.id for row in seen[:-2]] == [f"usage:evt-{n}" for n in range(6, -1, -1)]
    assert all(type(row.tokens) is int for row in seen)
    for newer, older in pairwise(seen):
        assert newer.balance_after - newer.tokens == older.balance_after
    assert seen[-1].balance_after == seen[-1].tokens == 250_000


def test_a_spend_over_two_lots_is_one_row(world: World) -> None:
    customer = world.customer()
    pay(world, customer, 25_000, "py-1")
    pay(world, customer, 50_000, "py-2")
    use(world, customer, 300_000, "evt-1")
    rows = page(world, customer).rows
    assert [(row.tokens, row.balance_after) for row in rows] == [
        (-300_000, 450_000), (500_000, 750_000), (250_000, 250_000),
    ]  # fmt: skip


def test_a_posting_that_a_read_cuts_in_two_is_shown_whole(world: World) -> None:
    customer = world.customer()
    for number in range(50):
        pay(world, customer, 25_000, f"py-{number}")
        world.later(minutes=16)
    seen = turned(world, customer, 45)
    assert [row.tokens for row in seen] == [250_000] * 50
    assert [row.balance_after for row in seen] == [250_000 * left for left in range(50, 0, -1)]


def test_a_spend_over_more_lots_than_one_read_holds_is_one_row(world: World) -> None:
    customer = world.customer()
    for number in range(130):
        give(world, customer, 10, str(number))
    use(world, customer, 1_300, "evt-1")
    found = page(world, customer, 3)
    assert [(row.id, row.tokens, row.balance_after) for row in found.rows] == [
        ("usage:evt-1", -1_300, 0), ("grant:129", 10, 1_300), ("grant:128", 10, 1_290),
    ]  # fmt: skip
