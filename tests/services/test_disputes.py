"""A dispute holds tokens at once on anybody's word, and takes money only on a person's."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from sqlalchemy import select

from billing_ui.kit.amount import Amount
from billing_ui.models import Audit, Capture, Dispute, Topup
from billing_ui.queries.captures import count_undecided, sums_undecided, undecided_of
from billing_ui.queries.payment import PaymentView, payment_view
from billing_ui.rules.access import system
from billing_ui.rules.errors import (
    AlreadyDecided,
    FieldInvalid,
    Forbidden,
    InsufficientBalance,
    NotFound,
    NotRefundable,
)
from billing_ui.rules.facts import DisputeClaim, DisputeState, Refunded
from billing_ui.rules.refunds import Decision
from billing_ui.services import captures, disputes, inbox, refund_requests, refunds
from tests.live_sandbox import CALLBACK_TOKEN, Box
from tests.refunding import FINANCE, SUPPORT, WHY, comes, pockets, spend
from tests.world import Customer, World

WEBHOOK = system("webhook")


def paid(world: World) -> tuple[Customer, str]:
    customer = world.customer()
    ref = world.wants(customer)
    comes(world, ref)
    return customer, ref


def hear(world: World, state: DisputeState = "open", dispute: str = "mi-dspt-1", amount: int = 50_000) -> str:
    return disputes.hear(world.env, WEBHOOK, "xendit", "py-1", DisputeClaim(dispute, state, amount, "IDR", "FRAUD"))


def rows(world: World) -> list[Dispute]:
    with world.env.db.read() as tx:
        return list(tx.scalars(select(Dispute).order_by(Dispute.id)))


def shown(world: World, ref: str, customer: Customer) -> PaymentView:
    with world.env.db.read() as tx:
        view = payment_view(tx, ref, customer.account_id)
    assert view is not None
    return view


def test_a_dispute_holds_what_is_left_of_its_tokens(world: World) -> None:
    customer, ref = paid(world)
    spend(world, customer.account_id, 100_000)
    assert hear(world) == "open"
    assert world.balance(customer) == 400_000
    with pytest.raises(InsufficientBalance):
        spend(world, customer.account_id, 1)
    view = shown(world, ref, customer)
    assert (view.status, view.is_disputed, view.standing) == ("paid", True, "disputed")
    assert customer.account_id in world.signalled
    world.books_are_right()


def test_won_lets_the_tokens_go_and_moves_nothing(world: World) -> None:
    customer, ref = paid(world)
    hear(world)
    assert hear(world, "won") == "won"
    spend(world, customer.account_id, 500_000)
    assert shown(world, ref, customer).standing == ""
    world.books_are_right()


def test_a_loss_told_by_a_webhook_moves_nothing_until_a_person_says_so(world: World) -> None:
    customer, ref = paid(world)
    spend(world, customer.account_id, 200_000)
    hear(world)
    assert hear(world, "lost") == "open"
    assert world.balance(customer) == 300_000
    (row,) = rows(world)
    assert (row.status, row.told) == ("open", "lost")
    done = disputes.conclude(world.env, FINANCE, row.public_id, "lost", WHY)
    assert (done.status, done.tokens, done.balance_after) == ("lost", 500_000, -200_000)
    assert world.balance(customer) == -200_000
    assert ("IDR", "cash:xendit") not in pockets(world, customer.account_id)
    assert shown(world, ref, customer).standing == "refunded"
    with pytest.raises(AlreadyDecided):
        disputes.conclude(world.env, FINANCE, row.public_id, "won", WHY)
    world.books_are_right()


@pytest.mark.parametrize("order", sorted(set(permutations(["open", "won", "lost"]))))
def test_claims_that_contradict_each_other_end_alike_in_any_order(
    world: World, order: tuple[DisputeState, ...]
) -> None:
    customer, _ref = paid(world)
    for state in order:
        hear(world, state)
        hear(world, state)
    (row,) = rows(world)
    assert row.status == "open"
    with pytest.raises(InsufficientBalance):
        spend(world, customer.account_id, 1)
    disputes.conclude(world.env, FINANCE, row.public_id, "won", WHY)
    spend(world, customer.account_id, 500_000)
    hear(world, "lost")
    assert rows(world)[0].status == "won"
    world.books_are_right()


def test_what_was_refunded_cannot_be_lost_a_second_time(world: World) -> None:
    customer, _ref = paid(world)
    capture_id = world.captures()[0].id
    assert capture_id is not None
    told = Refunded("xendit", "rfd-1", "succeeded", Amount(20_000, "IDR"), gateway_payment_id="py-1")
    refunds.settle(world.env, WEBHOOK, capture_id, told)
    hear(world)
    done = disputes.conclude(world.env, FINANCE, rows(world)[0].public_id, "lost", WHY)
    assert done.tokens == 300_000
    assert world.balance(customer) == 0
    hear(world, dispute="mi-dspt-2")
    assert disputes.conclude(world.env, FINANCE, rows(world)[1].public_id, "lost", WHY).tokens == 0
    assert world.balance(customer) == 0
    world.books_are_right()


def test_two_disputes_about_one_payment_hold_it_until_both_are_over(world: World) -> None:
    customer, _ref = paid(world)
    hear(world)
    hear(world, dispute="mi-dspt-2")
    hear(world, "won")
    with pytest.raises(InsufficientBalance):
        spend(world, customer.account_id, 1)
    hear(world, "won", "mi-dspt-2")
    spend(world, customer.account_id, 500_000)
    world.books_are_right()


def test_money_that_bought_nothing_is_lost_out_of_clearing(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    comes(world, ref, amount=40_000)
    hear(world, amount=40_000)
    disputes.conclude(world.env, FINANCE, rows(world)[0].public_id, "lost", WHY)
    assert pockets(world, customer.account_id) == {}
    with world.env.db.read() as tx:
        assert count_undecided(tx) == 0
    world.books_are_right()


def test_money_lost_out_of_clearing_waits_for_nobody_and_its_purchase_may_be_paid_anew(world: World) -> None:
    ref = world.wants(world.customer())
    comes(world, ref, amount=40_000)
    hear(world, amount=40_000)
    disputes.conclude(world.env, FINANCE, rows(world)[0].public_id, "lost", WHY)
    with world.env.db.read() as tx:
        assert (count_undecided(tx), sums_undecided(tx)) == (0, ())
        assert tx.scalar(select(Topup.status)) == "void"
    assert world.payment(ref).status == "canceled"


def test_of_money_lost_in_part_the_rest_waits_for_a_decision(world: World) -> None:
    ref = world.wants(world.customer())
    comes(world, ref, amount=40_000)
    hear(world, amount=15_000)
    disputes.conclude(world.env, FINANCE, rows(world)[0].public_id, "lost", WHY)
    with world.env.db.read() as tx:
        [waits] = undecided_of(tx, world.payment(ref).public_id, world.clock.now())
    done = captures.decide(world.env, FINANCE, waits.capture, "paid_out", WHY, "TRF-0001")
    assert waits.amount == done.amount == 25_000
    world.books_are_right()


def test_tokens_credited_by_a_decision_are_held_while_their_money_is_disputed(world: World) -> None:
    customer = world.customer()
    comes(world, world.wants(customer), amount=40_000)
    hear(world, amount=40_000)
    hear(world, dispute="mi-dspt-2", amount=40_000)
    with world.env.db.read() as tx:
        kept = tx.scalars(select(Capture.public_id)).one()
    captures.decide(world.env, FINANCE, kept, "credited", WHY)
    assert world.balance(customer) == 400_000
    with pytest.raises(InsufficientBalance):
        spend(world, customer.account_id, 1)
    hear(world, "won")
    with pytest.raises(InsufficientBalance):
        spend(world, customer.account_id, 1)
    hear(world, "won", "mi-dspt-2")
    spend(world, customer.account_id, 400_000)
    world.books_are_right()


def test_a_dispute_webhook_settles_its_payment_first_and_a_foreign_one_touches_nobody(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    payment_id = box.pay(ref, drop_webhook=True)["payment_ids"][0]
    told = {
        "event": "dispute.action_required", "id": "mi-dspt-7", "status": "ACTION_REQUIRED", "currency": "IDR",
        "amount": {"initial": "50000", "terminal": None}, "payment_id": payment_id, "reference_id": ref,
        "due_date": "2026-12-01T00:00:00Z", "category": "FRAUD",
    }  # fmt: skip
    for number, body in enumerate([{**told, "id": "mi-dspt-8", "payment_id": "py-else", "reference_id": "else"}, told]):
        headers = {"x-callback-token": CALLBACK_TOKEN, "webhook-id": f"wh-{number}"}
        inbox.receive(world.env, "xendit", headers, json.dumps(body).encode())
    world.work()
    assert world.balance(customer) == 500_000
    (row,) = rows(world)
    assert (row.gateway_dispute_id, row.amount, row.reason, row.status) == ("mi-dspt-7", 50_000, "FRAUD", "open")
    assert row.due_at is not None
    with pytest.raises(InsufficientBalance):
        spend(world, customer.account_id, 1)


def test_who_may_conclude_with_what_and_why(world: World) -> None:
    customer, _ref = paid(world)
    hear(world)
    dispute = rows(world)[0].public_id
    for nobody in (SUPPORT, customer.actor):
        with pytest.raises(Forbidden):
            disputes.conclude(world.env, nobody, dispute, "lost", WHY)
    with pytest.raises(FieldInvalid):
        disputes.conclude(world.env, FINANCE, dispute, "lost", "pendek")
    with pytest.raises(FieldInvalid):
        disputes.conclude(world.env, FINANCE, dispute, "open", WHY)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        disputes.conclude(world.env, FINANCE, "dsp_nobody", "lost", WHY)
    disputes.conclude(world.env, FINANCE, dispute, "lost", WHY)
    with world.env.db.read() as tx:
        audit = tx.scalars(select(Audit).where(Audit.action == "dispute.lost")).one()
    assert (audit.before["balance"], audit.after["balance"], audit.reason) == (500_000, 0, WHY)


@pytest.mark.parametrize("decision", ["refunded", "paid_out"])
def test_kept_money_under_dispute_does_not_leave_by_another_door(world: World, decision: Decision) -> None:
    comes(world, ref := world.wants(world.customer()), amount=40_000)
    hear(world, amount=40_000)
    with world.env.db.read() as tx:
        kept = tx.scalars(select(Capture.public_id)).one()
    with pytest.raises(NotRefundable) as refused:
        captures.decide(world.env, FINANCE, kept, decision, WHY, "TRF-0001")
    assert refused.value.facts["why"] == "disputed"
    disputes.conclude(world.env, FINANCE, rows(world)[0].public_id, "won", WHY)
    captures.decide(world.env, FINANCE, kept, "paid_out", WHY, "TRF-0001")
    assert world.payment(ref).status == "canceled"
    world.books_are_right()


def test_what_paid_a_purchase_is_not_refunded_while_it_is_disputed(world: World) -> None:
    _customer, ref = paid(world)
    hear(world)
    payment = world.payment(ref).public_id
    with pytest.raises(NotRefundable) as refused:
        refund_requests.record_manual(world.env, FINANCE, payment, 10_000, WHY, "TRF-0001", key="by-hand-1")
    assert refused.value.facts["why"] == "disputed"
    hear(world, "won")
    refund_requests.record_manual(world.env, FINANCE, payment, 10_000, WHY, "TRF-0001", key="by-hand-1")
    assert world.balance(_customer) == 400_000
    world.books_are_right()


def test_a_dispute_told_again_about_other_money_touches_neither(world: World) -> None:
    customer, ref = paid(world)
    other = world.customer("lain@pelanggan.test")
    comes(world, world.wants(other), "py-2")
    hear(world)
    claim = DisputeClaim("mi-dspt-1", "lost", 50_000, "IDR", "FRAUD")
    assert disputes.hear(world.env, WEBHOOK, "xendit", "py-2", claim) == "unmatched"
    [row] = rows(world)
    assert (row.status, row.told) == ("open", "")
    spend(world, other.account_id, 1)
    assert shown(world, ref, customer).is_disputed
