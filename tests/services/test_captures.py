"""Money that paid nothing waits in clearing until a person decides, once, and then nothing of it is left there."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlmodel import col

from billing_ui.kit.amount import Amount
from billing_ui.models import Audit, CaptureDecision, Job, Receipt, Refund
from billing_ui.queries.captures import KeptCapture, count_undecided, undecided, undecided_of
from billing_ui.queries.payment import PaymentView, payment_view
from billing_ui.rules.errors import (
    AlreadyDecided,
    FieldInvalid,
    Forbidden,
    GatewayRejected,
    NotCreditable,
    NotFound,
    NotRefundable,
)
from billing_ui.services import captures, refunds
from tests.refunding import FINANCE, SUPPORT, WHY, Refunding, comes, pockets, refunding
from tests.world import Crash, Customer, World


@pytest.fixture
def desk(world: World) -> Iterator[tuple[World, Refunding]]:
    with refunding(world) as both:
        yield both


def waiting(world: World) -> tuple[KeptCapture, ...]:
    with world.env.db.read() as tx:
        found = undecided(tx, world.clock.now())
        assert count_undecided(tx) == len(found)
        return found


def extra(world: World) -> tuple[Customer, str, str]:
    """Somebody paid twice; answers the customer, the ref and the second capture."""
    customer = world.customer()
    ref = world.wants(customer)
    comes(world, ref)
    comes(world, ref, "py-2")
    (kept,) = waiting(world)
    return customer, ref, kept.capture


def held(world: World, amount: int = 40_000, unit: str = "IDR") -> tuple[Customer, str, str]:
    customer = world.customer()
    ref = world.wants(customer)
    comes(world, ref, "py-1", amount, unit)
    (kept,) = waiting(world)
    return customer, ref, kept.capture


def shown(world: World, ref: str, customer: Customer) -> PaymentView:
    with world.env.db.read() as tx:
        view = payment_view(tx, ref, customer.account_id)
    assert view is not None
    return view


def test_what_waits_is_shown_with_all_that_a_decision_needs(desk: tuple[World, Refunding]) -> None:
    world, _ = desk
    customer, ref, capture = extra(world)
    world.later(hours=2)
    (kept,) = waiting(world)
    assert (kept.ref, kept.outcome, kept.amount, kept.expected_amount) == (ref, "extra", 50_000, 50_000)
    assert (kept.tokens, kept.method, kept.choices) == (500_000, "QRIS", ("credited", "refunded", "paid_out"))
    assert kept.age.total_seconds() == 7200
    with world.env.db.read() as tx:
        assert [each.capture for each in undecided_of(tx, kept.payment, world.clock.now())] == [capture]
        assert undecided(tx, world.clock.now(), before=kept.cursor) == ()
    assert shown(world, ref, customer).kept == (Amount(50_000, "IDR"),)


def test_money_in_another_currency_is_shown_in_its_own(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, ref, extra_capture = extra(world)
    comes(world, ref, "py-3", 400, "USD")
    assert shown(world, ref, customer).kept == (Amount(50_000, "IDR"), Amount(400, "USD"))
    gateway.answers = "succeeded"
    captures.decide(world.env, FINANCE, extra_capture, "refunded", WHY)
    view = shown(world, ref, customer)
    assert (view.returned, view.kept) == ((Amount(50_000, "IDR"),), (Amount(400, "USD"),))


def test_an_extra_payment_credited_brings_the_same_tokens_again(desk: tuple[World, Refunding]) -> None:
    world, _ = desk
    customer, ref, capture = extra(world)
    decided = captures.decide(world.env, FINANCE, capture, "credited", WHY)
    assert (decided.tokens, decided.balance_before, decided.balance_after) == (500_000, 500_000, 1_000_000)
    assert world.balance(customer) == 1_000_000
    assert waiting(world) == ()
    assert ("IDR", "clearing") not in pockets(world, customer.account_id)
    assert shown(world, ref, customer).kept == ()
    world.books_are_right()


@pytest.mark.parametrize(("amount", "tokens"), [(40_000, 400_000), (33_333, 333_330), (75_000, 750_000), (1, 10)])
def test_a_wrong_amount_credited_pays_the_purchase_with_what_it_is_worth(
    desk: tuple[World, Refunding], amount: int, tokens: int
) -> None:
    world, _ = desk
    customer, ref, capture = held(world, amount)
    assert world.payment(ref).status == "review"
    captures.decide(world.env, FINANCE, capture, "credited", WHY)
    assert world.balance(customer) == tokens
    assert shown(world, ref, customer).status == "paid"
    with world.env.db.read() as tx:
        receipt = tx.scalars(select(Receipt)).one()
        mail = tx.scalars(select(Job).where(col(Job.key).startswith(f"mail:paid:{capture}"))).one()
    assert (receipt.content["total"], receipt.content["tokens"]) == (amount, tokens)
    assert (mail.args["args"]["amount"], mail.args["args"]["tokens"]) == (amount, tokens)
    assert pockets(world, customer.account_id)["IDR", "deferred"] == amount
    assert ("IDR", "clearing") not in pockets(world, customer.account_id)
    world.books_are_right()


def test_another_currency_cannot_become_tokens(desk: tuple[World, Refunding]) -> None:
    world, _ = desk
    customer, _ref, capture = held(world, 50_000, "USD")
    assert waiting(world)[0].choices == ("refunded", "paid_out")
    with pytest.raises(NotCreditable):
        captures.decide(world.env, FINANCE, capture, "credited", WHY)
    assert world.balance(customer) == 0
    assert len(waiting(world)) == 1


def test_money_sent_back_leaves_clearing_and_no_tokens(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, ref, capture = extra(world)
    decided = captures.decide(world.env, FINANCE, capture, "refunded", WHY)
    assert (decided.refund_status, decided.tokens) == ("pending", 0)
    assert waiting(world) == ()
    gateway.ends("rfd-1", "succeeded")
    world.later(minutes=2)
    world.work()
    assert world.balance(customer) == 500_000
    assert pockets(world, customer.account_id) == {
        ("IDR", "cash:xendit"): -50_000, ("IDR", "deferred"): 50_000,
        ("TOKEN", "issued"): -500_000, ("TOKEN", "wallet"): 500_000,
    }  # fmt: skip
    view = shown(world, ref, customer)
    assert (view.status, view.refunded, view.standing) == ("paid", 0, "")
    assert (view.returned, view.kept) == ((Amount(50_000, "IDR"),), ())
    world.books_are_right()


def test_a_wrong_amount_sent_back_ends_the_purchase_and_it_may_be_paid_anew(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    gateway.answers = "succeeded"
    customer, ref, capture = held(world)
    captures.decide(world.env, FINANCE, capture, "refunded", WHY)
    assert world.payment(ref).status == "canceled"
    assert pockets(world, customer.account_id) == {}
    comes(world, ref, "py-9")
    assert world.balance(customer) == 500_000
    world.books_are_right()


def test_money_paid_out_by_hand_leaves_through_the_bank_with_its_number(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, _ref, capture = extra(world)
    with pytest.raises(FieldInvalid):
        captures.decide(world.env, FINANCE, capture, "paid_out", WHY)
    captures.decide(world.env, FINANCE, capture, "paid_out", WHY, "BCA 20261121-0007")
    assert gateway.asked == []
    assert pockets(world, customer.account_id)["IDR", "cash:bank"] == 50_000
    assert ("IDR", "clearing") not in pockets(world, customer.account_id)
    with world.env.db.read() as tx:
        row = tx.scalars(select(Refund)).one()
    assert (row.kind, row.status, row.bank_reference) == ("manual", "succeeded", "BCA 20261121-0007")
    world.books_are_right()


def test_money_of_a_virtual_account_cannot_go_back_through_the_gateway(desk: tuple[World, Refunding]) -> None:
    world, _ = desk
    customer = world.customer()
    ref = world.wants(customer, method="VA_BCA")
    comes(world, ref, "py-1", 40_000)
    (kept,) = waiting(world)
    assert kept.choices == ("credited", "paid_out")
    with pytest.raises(NotRefundable):
        captures.decide(world.env, FINANCE, kept.capture, "refunded", WHY)
    assert len(waiting(world)) == 1


def test_a_refund_that_the_gateway_refuses_opens_the_question_again(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, _ref, capture = extra(world)
    gateway.answers = GatewayRejected(reason="INSUFFICIENT_BALANCE")
    decided = captures.decide(world.env, FINANCE, capture, "refunded", WHY)
    assert decided.refund_status == "failed"
    assert [kept.capture for kept in waiting(world)] == [capture]
    assert pockets(world, customer.account_id)["IDR", "clearing"] == 50_000
    gateway.answers = "succeeded"
    captures.decide(world.env, FINANCE, capture, "refunded", WHY)
    assert waiting(world) == ()
    assert ("IDR", "clearing") not in pockets(world, customer.account_id)
    world.books_are_right()


def test_one_decision_is_for_good(desk: tuple[World, Refunding]) -> None:
    world, _ = desk
    customer, _ref, capture = extra(world)
    captures.decide(world.env, FINANCE, capture, "credited", WHY)
    for decision in captures.DECISIONS:
        with pytest.raises(AlreadyDecided):
            captures.decide(world.env, FINANCE, capture, decision, WHY, "BCA 1234")
    assert world.balance(customer) == 1_000_000


def test_of_ten_who_decide_at_once_one_does(desk: tuple[World, Refunding]) -> None:
    world, _ = desk
    customer, _ref, capture = extra(world)
    done: list[str] = []

    def decide() -> None:
        try:
            done.append(captures.decide(world.env, FINANCE, capture, "credited", WHY).decision)
        except AlreadyDecided:
            done.append("refused")

    threads = [threading.Thread(target=decide) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["credited"] + ["refused"] * 9
    assert world.balance(customer) == 1_000_000
    world.books_are_right()


@pytest.mark.parametrize("point", ["db.before_commit", "capture.decided"])
@pytest.mark.parametrize("decision", ["credited", "refunded"])
def test_a_process_that_dies_while_deciding_leaves_nothing_half_done(
    desk: tuple[World, Refunding], point: str, decision: captures.Decision
) -> None:
    world, gateway = desk
    gateway.answers = "succeeded"
    customer, _ref, capture = extra(world)
    world.crashes.armed[point] = Crash()
    with pytest.raises(Crash):
        captures.decide(world.env, FINANCE, capture, decision, WHY)
    if waiting(world):
        captures.decide(world.env, FINANCE, capture, decision, WHY)
    world.later(minutes=1)
    world.work()
    assert ("IDR", "clearing") not in pockets(world, customer.account_id)
    assert world.balance(customer) == (1_000_000 if decision == "credited" else 500_000)
    assert len({intent.reference for intent in gateway.asked}) == (decision == "refunded")
    world.books_are_right()


def test_support_may_look_and_not_decide_and_a_reason_is_required(desk: tuple[World, Refunding]) -> None:
    world, _ = desk
    customer, _ref, capture = extra(world)
    for nobody in (SUPPORT, customer.actor):
        with pytest.raises(Forbidden):
            captures.decide(world.env, nobody, capture, "credited", WHY)
    with pytest.raises(FieldInvalid):
        captures.decide(world.env, FINANCE, capture, "credited", "pendek")
    with pytest.raises(NotFound):
        captures.decide(world.env, FINANCE, "cap_nobody", "credited", WHY)
    assert world.balance(customer) == 500_000


def test_a_decision_is_on_record_with_before_and_after(desk: tuple[World, Refunding]) -> None:
    world, _ = desk
    _customer, _ref, capture = extra(world)
    captures.decide(world.env, FINANCE, capture, "credited", WHY)
    with world.env.db.read() as tx:
        audit = tx.scalars(select(Audit).where(col(Audit.action) == "capture.credited")).one()
        row = tx.scalars(select(CaptureDecision)).one()
    assert (audit.actor, audit.reason) == (FINANCE.name, WHY)
    assert (audit.before["balance"], audit.after["balance"]) == (500_000, 1_000_000)
    assert (row.decided_by, row.reason, row.amount, row.tokens) == (FINANCE.name, WHY, 50_000, 500_000)


def test_kept_money_refunded_at_the_gateway_itself_waits_no_longer(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, _ref, capture = extra(world)
    gateway.made(20_000, gateway_payment_id="py-2")
    refunds.hear(world.env, FINANCE, "xendit", "rfd-1")
    (kept,) = waiting(world)
    assert kept.amount == 30_000
    captures.decide(world.env, FINANCE, capture, "credited", WHY)
    assert world.balance(customer) == 800_000
    gateway.made(30_000, gateway_payment_id="py-2")
    refunds.hear(world.env, FINANCE, "xendit", "rfd-2")
    assert world.balance(customer) == 500_000
    assert ("IDR", "clearing") not in pockets(world, customer.account_id)
    world.books_are_right()
