"""What is said before money goes back is what then happens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlmodel import col

from billing_ui.models import Capture, Payment, Refund
from billing_ui.queries.captures import undecided_of
from billing_ui.queries.disputes import disputes as open_disputes
from billing_ui.rules.access import system
from billing_ui.rules.errors import Forbidden, NotConfirmed, NotFound
from billing_ui.rules.facts import DisputeClaim
from billing_ui.services import captures, dispute_questions, disputes, refund_offers, refund_requests, settings
from billing_ui.services.refund_offers import Offer
from tests.refunding import FINANCE, SUPPORT, WHY, Refunding, comes, refunding, spend
from tests.world import Customer, World


@pytest.fixture
def desk(world: World) -> Iterator[tuple[World, Refunding]]:
    with refunding(world) as both:
        yield both


def paid(world: World) -> tuple[Customer, str]:
    customer = world.customer()
    ref = world.wants(customer)
    comes(world, ref)
    return customer, world.payment(ref).public_id


def offer(world: World, payment: str, amount: int | None = None) -> Offer:
    return refund_offers.offer(world.env, FINANCE, payment, amount)


def send(world: World, payment: str, amount: int, key: str) -> refund_requests.RefundView:
    return refund_requests.request(world.env, FINANCE, payment, amount, WHY, key=key)


@pytest.mark.parametrize("amount", [1, 16_667, 25_000, 50_000])
def test_the_tokens_and_the_balance_that_were_told_are_those_that_move(
    desk: tuple[World, Refunding], amount: int
) -> None:
    world, gateway = desk
    customer, payment = paid(world)
    told = offer(world, payment, amount)
    assert (told.maximum, told.limit, told.balance, told.is_refundable) == (50_000, "whole", 500_000, True)
    assert offer(world, payment).tokens == 500_000
    assert [offer(world, payment, wrong).tokens for wrong in (0, -5, 50_001)] == [0, 0, 0]
    gateway.answers = "succeeded"
    done = send(world, payment, amount, "form-1")
    assert done.tokens == told.tokens
    assert world.balance(customer) == told.balance - told.tokens


def test_money_that_was_held_and_then_credited_by_a_decision_may_go_back_too(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer = world.customer()
    ref = world.wants(customer)
    comes(world, ref, amount=40_000)
    payment = world.payment(ref).public_id
    with pytest.raises(NotFound):
        offer(world, payment)
    with world.env.db.read() as tx:
        [held] = undecided_of(tx, payment, world.clock.now())
    captures.decide(world.env, FINANCE, held.capture, "credited", WHY)
    gateway.answers = "succeeded"
    assert offer(world, payment).maximum == 40_000
    assert send(world, payment, 40_000, "form-1").tokens == 400_000
    assert world.balance(customer) == 0
    world.books_are_right()


def test_of_two_credited_sums_the_one_that_paid_is_offered(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, payment = paid(world)
    comes(world, reference_of(world, payment), "py-2")
    with world.env.db.read() as tx:
        [extra] = undecided_of(tx, payment, world.clock.now())
    captures.decide(world.env, FINANCE, extra.capture, "credited", WHY)
    gateway.answers = "succeeded"
    send(world, payment, 50_000, "form-1")
    with world.env.db.read() as tx:
        sent = tx.scalars(select(Refund.capture_id)).one()
        first = tx.scalars(select(Capture.id).where(col(Capture.gateway_payment_id) == "py-1")).one()
    assert sent == first
    assert world.balance(customer) == 500_000


def reference_of(world: World, payment: str) -> str:
    with world.env.db.read() as tx:
        return str(tx.scalar(select(col(Payment.reference)).where(col(Payment.public_id) == payment)))


def test_why_no_more_may_go_back(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, payment = paid(world)
    gateway.answers = "succeeded"
    send(world, payment, 10_000, "form-1")
    assert (offer(world, payment).maximum, offer(world, payment).limit) == (40_000, "refunded")
    gateway.answers = "pending"
    send(world, payment, 15_000, "form-2")
    told = offer(world, payment)
    assert (told.maximum, told.limit, told.tokens) == (25_000, "under_way", 250_000)
    spend(world, customer.account_id, 200_000)
    assert (offer(world, payment).maximum, offer(world, payment).limit) == (5_000, "spent")
    spend(world, customer.account_id, 50_000)
    assert (offer(world, payment).maximum, offer(world, payment).limit) == (0, "spent")


def test_a_virtual_account_is_paid_back_by_hand(world: World) -> None:
    ref = world.wants(world.customer(), method="VA_BCA")
    comes(world, ref)
    assert offer(world, world.payment(ref).public_id).no_way == "method"


def test_a_part_of_what_a_wallet_gives_back_whole_has_no_way_through_the_gateway(world: World) -> None:
    ref = world.wants(world.customer(), method="LINKAJA")
    comes(world, ref)
    payment = world.payment(ref).public_id
    assert [offer(world, payment, amount).no_way for amount in (None, 50_000, 20_000)] == [None, None, "whole"]


def test_what_losing_a_dispute_takes_is_told_and_counts_what_went_back(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, payment = paid(world)
    gateway.answers = "succeeded"
    send(world, payment, 10_000, "form-1")
    spend(world, customer.account_id, 100_000)
    for state in ("open", "lost"):
        claim = DisputeClaim("mi-dspt-1", state, 50_000, "IDR", "FRAUD")
        disputes.hear(world.env, system("webhook"), "xendit", "py-1", claim)
    assert offer(world, payment).is_disputed
    (line,) = disputes_of(world)
    told = dispute_questions.question(world.env, FINANCE, line)
    assert (told.told, told.claimed, told.amount, told.tokens, told.balance) == (
        "lost", 50_000, 40_000, 400_000, 300_000,
    )  # fmt: skip
    done = disputes.conclude(world.env, FINANCE, line, "lost", WHY)
    assert (done.booked, done.tokens, done.balance_after) == (told.amount, told.tokens, told.balance - told.tokens)
    world.books_are_right()


def disputes_of(world: World) -> list[str]:
    with world.env.db.read() as tx:
        return [row.id for row in open_disputes(tx, status="open")]


def test_only_who_may_move_money_is_told_of_it_and_nothing_is_made_up(world: World) -> None:
    _, payment = paid(world)
    with pytest.raises(Forbidden):
        refund_offers.offer(world.env, SUPPORT, payment)
    with pytest.raises(Forbidden):
        dispute_questions.question(world.env, SUPPORT, "dsp_x")
    with pytest.raises(NotFound):
        offer(world, "pay_nobody")
    with pytest.raises(NotFound):
        dispute_questions.question(world.env, FINANCE, "dsp_nobody")
    ref = world.wants(world.customer("budi@pelanggan.test", "Budi"))
    with pytest.raises(NotFound):
        offer(world, world.payment(ref).public_id)


@pytest.mark.parametrize("confirmed", [None, 600_000, 600_002])
def test_a_large_sum_leaves_only_when_it_was_typed_once_more(
    desk: tuple[World, Refunding], confirmed: int | None
) -> None:
    world, gateway = desk
    customer = world.customer()
    ref = world.wants(customer, 700_000)
    comes(world, ref, amount=700_000)
    payment, env = world.payment(ref).public_id, world.env
    assert [offer(world, payment, amount).is_large for amount in (500_000, 500_001)] == [False, True]
    for refund in (
        lambda: refund_requests.request(env, FINANCE, payment, 600_001, WHY, key="form-1", confirmed=confirmed),
        lambda: refund_requests.record_manual(
            env, FINANCE, payment, 600_001, WHY, "BCA 42", key="form-2", confirmed=confirmed
        ),
    ):
        with pytest.raises(NotConfirmed) as refused:
            refund()
        assert refused.value.facts == {"amount": 600_001, "currency": "IDR"}
    with env.db.read() as tx:
        assert tx.scalars(select(Refund)).all() == []
    gateway.answers = "succeeded"
    refund_requests.request(env, FINANCE, payment, 600_001, WHY, key="form-1", confirmed=600_001)
    assert send(world, payment, 99_999, "form-3").status == "succeeded"
    assert world.balance(customer) == 0


def test_from_which_sum_on_it_is_typed_once_more_is_a_setting(desk: tuple[World, Refunding]) -> None:
    world, _ = desk
    _, payment = paid(world)
    settings.set_value(world.env, system("test"), "approval.refund_amount", 20_000, "smaller desk")
    with pytest.raises(NotConfirmed):
        send(world, payment, 20_001, "form-1")
    assert send(world, payment, 20_000, "form-1").amount == 20_000
