"""Tokens whose time ran out were never used: when their money goes back, nobody owes them a second time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from billing_ui.models import Dispute, Payment, Topup
from billing_ui.rules.access import system
from billing_ui.rules.errors import NotRefundable
from billing_ui.rules.facts import DisputeClaim
from billing_ui.services import disputes, expiries, refund_offers, refund_requests, refunds
from tests.refunding import FINANCE, WHY, Refunding, comes, pockets, refunding, spend
from tests.world import Customer, World

WEBHOOK = system("webhook")


@pytest.fixture
def desk(world: World) -> Iterator[tuple[World, Refunding]]:
    with refunding(world) as both:
        yield both


def bought_for_a_month(world: World) -> Customer:
    customer = world.customer()
    ref = world.wants(customer)
    with world.env.db.begin() as tx:
        tx.execute(update(Topup).values(validity_days=30))
    comes(world, ref)
    return customer


def goes_back(world: World, gateway: Refunding, amount: int) -> None:
    made = gateway.made(amount, gateway_payment_id="py-1")
    refunds.hear(world.env, WEBHOOK, "xendit", made.gateway_refund_id)


@pytest.mark.parametrize("swept", [True, False])
@pytest.mark.parametrize("parts", [(50_000,), (25_000, 25_000), (1, 49_999)])
def test_a_refund_of_expired_tokens_leaves_no_debt(
    desk: tuple[World, Refunding], parts: tuple[int, ...], swept: bool
) -> None:
    world, gateway = desk
    customer = bought_for_a_month(world)
    world.later(days=31)
    if swept:
        expiries.expire_lots(world.env)
    for part in parts:
        goes_back(world, gateway, part)
    assert world.balance(customer) == 0
    assert pockets(world, customer.account_id) == {("TOKEN", "issued"): -500_000, ("TOKEN", "expired"): 500_000}
    world.books_are_right()


@pytest.mark.parametrize("parts", [(50_000,), (20_000, 30_000), (40_000, 10_000)])
def test_only_what_was_used_of_an_expired_lot_is_owed(desk: tuple[World, Refunding], parts: tuple[int, ...]) -> None:
    world, gateway = desk
    customer = bought_for_a_month(world)
    spend(world, customer.account_id, 200_000)
    world.later(days=31)
    for part in parts:
        goes_back(world, gateway, part)
    assert world.balance(customer) == -200_000
    world.books_are_right()


def test_a_part_refunded_before_and_the_rest_after_the_expiry_take_all_tokens_once(
    desk: tuple[World, Refunding],
) -> None:
    world, gateway = desk
    customer = bought_for_a_month(world)
    goes_back(world, gateway, 20_000)
    assert world.balance(customer) == 300_000
    world.later(days=31)
    goes_back(world, gateway, 30_000)
    assert world.balance(customer) == 0
    world.books_are_right()


def test_a_dispute_lost_after_its_tokens_expired_takes_only_what_was_used(world: World) -> None:
    customer = bought_for_a_month(world)
    spend(world, customer.account_id, 100_000)
    world.later(days=31)
    expiries.expire_lots(world.env)
    claim = DisputeClaim("mi-dspt-1", "open", 50_000, "IDR", "FRAUD")
    disputes.hear(world.env, WEBHOOK, "xendit", "py-1", claim)
    with world.env.db.read() as tx:
        dispute = tx.scalars(select(col(Dispute.public_id))).one()
    disputes.conclude(world.env, FINANCE, dispute, "lost", WHY)
    assert world.balance(customer) == -100_000
    world.books_are_right()


@pytest.mark.parametrize("swept", [True, False])
def test_what_is_told_before_a_refund_knows_what_has_run_out_even_before_it_is_taken_out(
    desk: tuple[World, Refunding], swept: bool
) -> None:
    world, gateway = desk
    customer = bought_for_a_month(world)
    world.later(days=31)
    lasting = world.wants(customer, 60_000)
    comes(world, lasting, "py-2", amount=60_000)
    bought_late = world.payment(lasting).public_id
    with world.env.db.read() as tx:
        bought_early = tx.scalars(select(col(Payment.public_id)).order_by(col(Payment.id))).first()
    world.later(days=31)
    if swept:
        expiries.expire_lots(world.env)
    gone = refund_offers.offer(world.env, FINANCE, str(bought_early))
    assert (gone.maximum, gone.limit, gone.tokens) == (0, "spent", 0)
    with pytest.raises(NotRefundable) as refused:
        refund_requests.request(world.env, FINANCE, str(bought_early), 1, WHY, key="form-1")
    assert refused.value.facts["maximum"] == 0
    gateway.answers = "succeeded"
    told = refund_offers.offer(world.env, FINANCE, bought_late, 20_000)
    done = refund_requests.request(world.env, FINANCE, bought_late, 20_000, WHY, key="form-2")
    assert (told.balance, told.tokens) == (600_000, 200_000)
    assert (done.tokens, world.balance(customer)) == (told.tokens, told.balance - told.tokens)
    world.books_are_right()
