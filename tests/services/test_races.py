"""Two at the same instant: what happens once although it was asked for from several sides together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlmodel import col

from billing_ui.gateways.base import Gateway
from billing_ui.kit.amount import Amount
from billing_ui.kit.ids import Ids
from billing_ui.models import Capture, Payment, Receipt, Topup
from billing_ui.queries.overview import head
from billing_ui.rules.errors import TooManyTries
from billing_ui.rules.facts import Captured, Created, PaymentIntent
from billing_ui.services import asking, captures, topups
from billing_ui.services.missing_receipts import issue_missing
from tests.live_sandbox import Box
from tests.refunding import FINANCE, WHY, comes
from tests.world import Customer, World


def together(*acts: Callable[[], object]) -> list[BaseException]:
    """Runs the acts at the same instant; answers what they raised."""
    start = threading.Barrier(len(acts))
    raised: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        start.wait(10)
        try:
            act()
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def meeting_at(world: World, point: str, parties: int) -> World:
    """All of them reach this point before any goes on, unless the database lets only one at a time come so far."""
    meeting = threading.Barrier(parties)

    def wait(name: str) -> None:
        if name == point:
            try:
                meeting.wait(0.5)
            except threading.BrokenBarrierError:
                return

    return replace(world, env=replace(world.env, failpoint=wait))


def rows(world: World, customer: Customer, table: type[Topup | Payment]) -> int:
    with world.env.db.read() as tx:
        mine = select(func.count()).select_from(table).where(col(table.account_id) == customer.account_id)
        return tx.scalar(mine) or 0


def test_the_first_two_purchases_of_an_account_paid_at_once_are_both_credited(world: World) -> None:
    customer = world.customer()
    refs = {25_000: world.wants(customer, 25_000), 50_000: world.wants(customer, 50_000)}
    racing = meeting_at(world, "settle.stored", len(refs))

    def pay(amount: int, ref: str) -> Callable[[], object]:
        captured = Captured("xendit", f"py-{amount}", "", ref, Amount(amount, "IDR"), None)
        return lambda: racing.settle(ref, captured)

    assert together(*(pay(amount, ref) for amount, ref in refs.items())) == []
    assert len(world.captures()) == 2
    with world.env.db.read() as tx:
        assert head(tx, customer.account_id).plan_slug == "bpp"
    world.books_are_right()


def test_the_same_wish_from_eight_tabs_at_once_is_one_purchase(world: World) -> None:
    customer = world.customer()
    acts = [partial(world.wants, customer, key=f"form-000{number}") for number in range(8)]
    assert together(*acts) == []
    assert rows(world, customer, Topup) == 1


def test_a_new_code_asked_for_by_eight_clicks_at_once_is_one_attempt(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    topups.cancel(world.env, customer.actor, ref)
    assert together(*[lambda: topups.retry(world.env, customer.actor, ref) for _ in range(8)]) == []
    assert rows(world, customer, Payment) == 2
    assert world.payment(ref).reference == f"{ref}~2"


@pytest.mark.parametrize("point", ["settle.stored", "settle.booked"])
def test_a_cancel_that_meets_money_loses(world: World, point: str) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    racing = meeting_at(world, point, 2)
    captured = Captured("xendit", "py-1", "", ref, Amount(50_000, "IDR"), None)
    together(lambda: racing.settle(ref, captured), lambda: topups.cancel(world.env, customer.actor, ref))
    assert world.payment(ref).status == "paid"
    assert world.balance(customer) == 500_000
    with world.env.db.read() as tx:
        assert tx.scalar(select(col(Topup.status)).where(col(Topup.public_id) == ref)) == "paid"


def test_another_method_closes_the_code_shown_before(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    topups.retry(world.env, customer.actor, ref, "VA_BCA")
    with world.env.db.read() as tx:
        old = tx.scalars(select(Payment).where(col(Payment.reference) == ref)).one()
    assert world.env.gateways["xendit"].status(str(old.gateway_request_id)).state == "canceled"
    assert (old.status, world.payment(ref).status) == ("canceled", "pending")


def test_another_method_asked_for_after_paying_credits_what_was_paid(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    topups.retry(world.env, customer.actor, ref, "VA_BCA")
    assert world.balance(customer) == 500_000
    world.books_are_right()


class Slow:
    """The real gateway; something happens here before its answer arrives."""

    def __init__(self, gateway: Gateway, meanwhile: Callable[[str], object]) -> None:
        self._gateway = gateway
        self._meanwhile = meanwhile

    def create(self, intent: PaymentIntent) -> Created:
        created = self._gateway.create(intent)
        self._meanwhile(intent.reference)
        return created

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)


def test_a_code_that_arrives_after_the_customer_gave_up_is_closed(world: World, box: Box) -> None:
    customer = world.customer()
    slow = Slow(world.env.gateways["xendit"], lambda ref: topups.cancel(world.env, customer.actor, ref))
    ref = replace(world, env=replace(world.env, gateways={"xendit": slow})).wants(customer)
    assert world.payment(ref).status == "canceled"
    assert box.payment(ref)["status"] == "CANCELED"


def test_a_push_sent_again_by_eight_clicks_at_once_rings_once(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer, method="OVO", phone="+6281234567890")
    world.later(seconds=70)
    world.work()
    assert together(*[lambda: topups.retry(world.env, customer.actor, ref) for _ in range(8)]) == []
    assert rows(world, customer, Payment) == 2
    other = partial(topups.retry, world.env, customer.actor, ref, None, "085711112222")
    assert together(*[other for _ in range(8)]) == []
    assert rows(world, customer, Payment) == 3
    assert world.payment(ref).payer_phone == "+6285711112222"


def test_a_phone_that_many_accounts_ask_at_once_rings_no_more_often(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_PUSHES_PER_HOUR", 2)
    customers = [world.customer(f"orang{number}@pelanggan.test") for number in range(6)]
    acts = [partial(world.wants, customer, method="OVO", phone="+6281234567890") for customer in customers]
    refused = together(*acts)
    assert [type(error) for error in refused] == [TooManyTries] * 4
    assert sum(rows(world, customer, Payment) for customer in customers) == 2


class Meeting(Ids):
    """Whoever is about to write a mail or a receipt waits a moment for the other."""

    def __init__(self) -> None:
        super().__init__()
        self._meeting = threading.Barrier(2)

    def public(self, prefix: str) -> str:
        if prefix == "mail":
            self._wait()
        return super().public(prefix)

    def code(self, length: int) -> str:
        self._wait()
        return super().code(length)

    def _wait(self) -> None:
        try:
            self._meeting.wait(0.5)
        except threading.BrokenBarrierError:
            return


def test_an_old_receipt_made_up_for_while_more_money_of_its_payment_is_credited_holds_nobody_up(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    comes(world, ref)
    comes(world, ref, "py-2")
    with world.env.db.begin() as tx:
        tx.execute(delete(Receipt))
        extra = tx.scalars(select(col(Capture.public_id)).where(col(Capture.outcome) == "extra")).one()
    env = replace(world.env, ids=Meeting())
    issued: list[int] = []
    raised = together(
        lambda: captures.decide(env, FINANCE, extra, "credited", WHY), lambda: issued.append(issue_missing(env))
    )
    assert (raised, issued) == ([], [1])
    with world.env.db.read() as tx:
        assert sorted(tx.scalars(select(col(Receipt.seq)))) == [1, 2]
    world.books_are_right()
