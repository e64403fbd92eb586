"""Money that went back, tied like money that came: told, lost, partial, foreign."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import col

from billing_ui.models import Refund
from billing_ui.queries.reconciliation import RunView
from billing_ui.rules.access import system
from billing_ui.rules.reconciliation import Span
from billing_ui.services import reconciliation
from tests.live_sandbox import Box
from tests.sandbox.xendit_client import XenditClient
from tests.services.same_clock import box, clocks, world
from tests.world import Customer, World

__all__ = ["box", "clocks", "world"]


def run(world: World, *, is_trial: bool = False) -> RunView:
    now = world.clock.now()
    span = Span(now - timedelta(days=3), now)
    return reconciliation.reconcile(world.env, system("reconcile"), span, is_trial=is_trial)


def paid(world: World, box: Box, customer: Customer) -> str:
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    world.later(seconds=45)
    world.work()
    assert world.balance(customer) == 500_000
    return ref


def test_a_refund_whose_webhook_was_lost_is_found_and_booked(world: World, box: Box) -> None:
    customer = world.customer()
    box.refund(paid(world, box, customer), amount=20_000, drop_webhook=True)
    tried = run(world, is_trial=True)
    assert [(one.bucket, one.kind, one.gateway_amount) for one in tried.differences] == [
        ("gateway_only", "refund", 20_000)
    ]
    view = run(world)
    assert (view.unexplained, view.totals["settled"].count) == (0, 1)
    assert world.balance(customer) == 300_000
    assert view.totals["gateway_out"].sums == view.totals["ours_out"].sums == {"IDR": 20_000}
    assert view.totals["ledger_out"].sums == {"IDR": 20_000}
    assert view.totals["cash"].sums == {"IDR": 30_000}
    world.books_are_right()


def test_parts_that_went_back_tie_one_by_one(world: World, box: Box) -> None:
    customer = world.customer()
    ref = paid(world, box, customer)
    for part in (10_000, 15_000):
        box.refund(ref, amount=part, drop_webhook=True)
    assert run(world).unexplained == 0
    assert run(world).totals["match"].count == 3
    assert world.balance(customer) == 250_000


def test_a_payment_and_its_refund_both_lost_are_both_found(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    box.refund(ref, drop_webhook=True)
    world.later(hours=60)
    assert run(world).unexplained == 0
    assert world.balance(customer) == 0
    assert world.payment(ref).status == "paid"
    world.books_are_right()


def test_an_extra_payment_that_went_back_no_longer_waits_in_clearing(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, payments=2, drop_webhook=True)
    (extra,) = run(world).undecided
    extra_id = next(one.gateway_payment_id for one in world.captures() if one.public_id == extra.public_id)
    box.refund(ref, payment_id=extra_id, amount=30_000, drop_webhook=True)
    view = run(world)
    assert (view.unexplained, [one.amount for one in view.undecided]) == (0, [20_000])
    assert view.totals["clearing"].sums == {"IDR": 20_000}
    box.refund(ref, payment_id=extra_id, amount=20_000, drop_webhook=True)
    view = run(world)
    assert (view.unexplained, view.undecided, view.totals["clearing"].sums) == (0, (), {})
    assert world.balance(customer) == 500_000


def test_a_refund_of_money_nobody_here_asked_for_is_reported(world: World, box: Box) -> None:
    XenditClient(box.xendit_url).create("of_another_shop")
    box.pay("of_another_shop", drop_webhook=True)
    box.refund("of_another_shop", drop_webhook=True)
    assert sorted((one.kind, one.action) for one in run(world).differences) == [
        ("payment", "identify"),
        ("refund", "identify"),
    ]


def test_a_refund_only_we_know_of_is_reported(world: World, box: Box) -> None:
    customer = world.customer()
    box.refund(paid(world, box, customer), drop_webhook=True)
    run(world)
    with world.env.db.begin() as tx:
        tx.execute(update(Refund).values(gateway_refund_id="rfd-faked"))
    world.later(hours=2)
    found = {(one.bucket, one.gateway_payment_id) for one in run(world, is_trial=True).differences}
    assert ("ours_only", "rfd-faked") in found
    with world.env.db.begin() as tx:
        tx.execute(delete(Refund).where(col(Refund.gateway_refund_id) == "rfd-faked"))
    buckets = sorted(one.bucket for one in run(world, is_trial=True).differences)
    assert buckets == ["gateway_only", "ledger"]
