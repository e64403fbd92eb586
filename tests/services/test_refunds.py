"""Money going back: heard first or last, in parts or whole, once or often, the books end the same."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from billing_ui.models import Refund
from billing_ui.queries.payment import PaymentView, payment_view
from billing_ui.rules.access import system
from billing_ui.rules.errors import (
    FieldInvalid,
    Forbidden,
    GatewayRejected,
    GatewayUnavailable,
    KeyReused,
    NotFound,
    NotRefundable,
)
from billing_ui.services import inbox, looks, refund_requests, refunds, settings
from tests.live_sandbox import CALLBACK_TOKEN, Box
from tests.refunding import FINANCE, SUPPORT, WHY, Refunding, comes, pockets, refunding, spend
from tests.world import Crash, Customer, World

WEBHOOK = system("webhook")


@pytest.fixture
def desk(world: World) -> Iterator[tuple[World, Refunding]]:
    with refunding(world) as both:
        yield both


def paid(world: World, amount: int = 50_000) -> tuple[Customer, str]:
    customer = world.customer()
    ref = world.wants(customer, amount)
    comes(world, ref, amount=amount)
    return customer, ref


def rows(world: World) -> list[Refund]:
    with world.env.db.read() as tx:
        return list(tx.scalars(select(Refund).order_by(Refund.id)))


def shown(world: World, ref: str, customer: Customer) -> PaymentView:
    with world.env.db.read() as tx:
        view = payment_view(tx, ref, customer.account_id)
    assert view is not None
    return view


def ask(world: World, ref: str, amount: int, key: str = "form-1") -> refund_requests.RefundView:
    return refund_requests.request(world.env, FINANCE, world.payment(ref).public_id, amount, WHY, key=key)


def test_a_full_refund_takes_the_money_and_the_whole_lot(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, ref = paid(world)
    gateway.made(50_000, gateway_payment_id="py-1")
    assert refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1") == "succeeded"
    assert world.balance(customer) == 0
    assert pockets(world, customer.account_id) == {("TOKEN", "issued"): -500_000, ("TOKEN", "payout"): 500_000}
    view = shown(world, ref, customer)
    assert (view.status, view.refunded, view.standing) == ("paid", 50_000, "refunded")
    assert [line.kind for line in view.timeline][-1] == "refunded"
    assert customer.account_id in world.signalled
    world.books_are_right()


@pytest.mark.parametrize("parts", [(20_000, 30_000), (1, 49_999), (33_333, 16_666, 1)])
def test_partial_refunds_add_up_to_the_whole(desk: tuple[World, Refunding], parts: tuple[int, ...]) -> None:
    world, gateway = desk
    customer, ref = paid(world)
    for number, part in enumerate(parts, start=1):
        gateway.made(part, gateway_payment_id="py-1")
        refunds.hear(world.env, WEBHOOK, "xendit", f"rfd-{number}")
        expected = "refunded" if number == len(parts) else "partly_refunded"
        assert shown(world, ref, customer).standing == expected
    assert world.balance(customer) == 0
    assert pockets(world, customer.account_id) == {("TOKEN", "issued"): -500_000, ("TOKEN", "payout"): 500_000}
    world.books_are_right()


def test_tokens_spent_before_the_refund_become_debt_that_the_next_top_up_repays(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, _ref = paid(world)
    spend(world, customer.account_id, 300_000)
    gateway.made(50_000, gateway_payment_id="py-1")
    refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1")
    assert world.balance(customer) == -300_000
    world.books_are_right()
    other = world.wants(customer, 25_000)
    comes(world, other, "py-2", 25_000)
    assert world.balance(customer) == -50_000
    world.books_are_right()


def test_the_same_refund_told_by_ten_at_once_is_booked_once(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, _ref = paid(world)
    gateway.made(20_000, gateway_payment_id="py-1")
    threads = [threading.Thread(target=lambda: refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1")) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.balance(customer) == 300_000
    assert len(rows(world)) == 1
    world.books_are_right()


@pytest.mark.parametrize("point", ["refund.answered", "db.before_commit", "db.after_commit"])
def test_a_process_that_dies_while_booking_a_refund_doubles_nothing(desk: tuple[World, Refunding], point: str) -> None:
    world, gateway = desk
    customer, _ref = paid(world)
    gateway.made(20_000, gateway_payment_id="py-1")
    world.crashes.armed[point] = Crash()
    with pytest.raises(Crash):
        refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1")
    assert refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1") == "succeeded"
    assert world.balance(customer) == 300_000
    world.books_are_right()


def test_more_than_came_is_not_booked_and_stays_in_sight(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, _ref = paid(world)
    gateway.made(40_000, gateway_payment_id="py-1")
    gateway.made(40_000, gateway_payment_id="py-1")
    refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1")
    assert refunds.hear(world.env, WEBHOOK, "xendit", "rfd-2") == "unknown"
    assert refunds.hear(world.env, WEBHOOK, "xendit", "rfd-2") == "unknown"
    assert [(row.status, row.failure_code) for row in rows(world)] == [
        ("succeeded", None), ("unknown", "ABOVE_CAPTURE"),
    ]  # fmt: skip
    assert world.balance(customer) == 100_000
    world.books_are_right()


@pytest.mark.parametrize("state", ["failed", "canceled"])
def test_a_refund_that_did_not_happen_books_nothing_and_is_kept(desk: tuple[World, Refunding], state: str) -> None:
    world, gateway = desk
    customer, ref = paid(world)
    gateway.made(50_000, state, gateway_payment_id="py-1", failure_code="ACCOUNT_NOT_FOUND")  # type: ignore[arg-type]
    assert refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1") == state
    assert refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1") == state
    assert [(row.status, row.tokens) for row in rows(world)] == [(state, 0)]
    assert world.balance(customer) == 500_000
    assert [line.kind for line in shown(world, ref, customer).timeline].count(f"refund_{state}") == 1


def test_a_refund_called_failed_that_went_through_after_all_is_booked(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, _ref = paid(world)
    gateway.made(50_000, "failed", gateway_payment_id="py-1")
    refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1")
    gateway.ends("rfd-1", "succeeded")
    refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1")
    gateway.ends("rfd-1", "failed")
    assert refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1") == "succeeded"
    assert world.balance(customer) == 0


def delivery(world: World, ref: str, refund_id: str, *, nested: bool, payment_id: str) -> tuple[dict[str, str], bytes]:
    inner = {
        "id": refund_id, "payment_id": payment_id, "amount": 50_000, "currency": "IDR", "status": "SUCCEEDED",
        "payment_request_id": world.payment(ref).gateway_request_id, "reference_id": "started there",
    }  # fmt: skip
    data = {"event": "refund.succeeded", "data": inner} if nested else inner
    body = json.dumps({"event": "refund.succeeded", "business_id": "b", "data": data}).encode()
    return {"x-callback-token": CALLBACK_TOKEN, "webhook-id": f"wh-{refund_id}"}, body


@pytest.mark.parametrize("nested", [False, True])
def test_a_refund_heard_before_its_payment_settles_the_payment_first(
    desk: tuple[World, Refunding], box: Box, nested: bool
) -> None:
    world, gateway = desk
    customer = world.customer()
    ref = world.wants(customer)
    payment_id = box.pay(ref, drop_webhook=True)["payment_ids"][0]
    request_id = world.payment(ref).gateway_request_id
    gateway.made(50_000, gateway_payment_id=payment_id, request_id=request_id)
    inbox.receive(world.env, "xendit", *delivery(world, ref, "rfd-1", nested=nested, payment_id=payment_id))
    world.work()
    assert world.balance(customer) == 0
    told = [line.kind for line in shown(world, ref, customer).timeline]
    assert told.index("credited") < told.index("refunded")
    assert shown(world, ref, customer).standing == "refunded"
    world.books_are_right()


def test_a_refund_of_money_that_the_gateway_does_not_show_yet_is_asked_about_again(
    desk: tuple[World, Refunding], box: Box
) -> None:
    world, gateway = desk
    customer = world.customer()
    ref = world.wants(customer)
    gateway.made(50_000, gateway_payment_id="py-later", request_id=world.payment(ref).gateway_request_id)
    with pytest.raises(GatewayUnavailable):
        refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1")
    assert rows(world) == []


def test_a_refund_of_somebody_elses_payment_is_kept_as_heard_and_books_nothing(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, _ref = paid(world)
    gateway.made(50_000, gateway_payment_id="py-foreign", request_id="pr-foreign")
    assert refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1") == "unmatched"
    gateway.made(50_000)
    assert refunds.hear(world.env, WEBHOOK, "xendit", "rfd-2") == "unmatched"
    assert world.balance(customer) == 500_000


def test_a_refund_that_names_no_payment_is_of_the_only_one_of_its_request(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, ref = paid(world)
    gateway.made(50_000, request_id=world.payment(ref).gateway_request_id)
    assert refunds.hear(world.env, WEBHOOK, "xendit", "rfd-1") == "succeeded"
    assert world.balance(customer) == 0


def test_an_operator_asks_once_and_the_job_follows_it_to_the_end(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, ref = paid(world)
    assert ask(world, ref, 20_000).status == "pending"
    assert ask(world, ref, 20_000).status == "pending"
    assert len(gateway.asked) == 1
    assert world.balance(customer) == 500_000
    gateway.ends("rfd-1", "succeeded")
    world.later(minutes=2)
    world.work()
    assert world.balance(customer) == 300_000
    assert [row.status for row in rows(world)] == ["succeeded"]
    world.books_are_right()


def test_the_whole_way_through_the_running_sandbox_without_a_webhook(world: World, box: Box) -> None:
    box.mode(refund_outcome="pending")
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    looks.check(world.env, customer.actor, ref)
    assert ask(world, ref, 50_000).status == "pending"
    box.settle_refund(box.payment(ref)["refunds"][0]["id"])
    world.later(minutes=2)
    world.work()
    assert world.balance(customer) == 0
    assert shown(world, ref, customer).standing == "refunded"
    world.books_are_right()


def test_the_same_key_for_another_amount_is_refused(desk: tuple[World, Refunding]) -> None:
    world, _ = desk
    _customer, ref = paid(world)
    ask(world, ref, 20_000)
    with pytest.raises(KeyReused):
        ask(world, ref, 10_000)


def test_a_gateway_that_times_out_after_the_work_is_not_asked_twice(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, ref = paid(world)
    gateway.loses, gateway.answers = True, "succeeded"
    assert ask(world, ref, 50_000).status == "unknown"
    world.later(minutes=1)
    world.work()
    assert world.balance(customer) == 0
    assert len(gateway.asked) == 1
    assert len(gateway.refunds) == 1
    world.books_are_right()


@pytest.mark.parametrize("point", ["refund.stored", "refund.asked"])
def test_a_process_that_dies_while_asking_asks_under_the_same_reference(
    desk: tuple[World, Refunding], point: str
) -> None:
    world, gateway = desk
    customer, ref = paid(world)
    gateway.answers = "succeeded"
    world.crashes.armed[point] = Crash()
    with pytest.raises(Crash):
        ask(world, ref, 50_000)
    world.later(minutes=1)
    world.work()
    assert world.balance(customer) == 0
    assert len(gateway.refunds) == 1
    world.books_are_right()


def test_what_the_gateway_refuses_is_failed_and_nothing_is_booked(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer, ref = paid(world)
    gateway.answers = GatewayRejected(reason="REFUND_NOT_SUPPORTED")
    view = ask(world, ref, 50_000)
    assert (view.status, view.failure_code) == ("failed", "REFUND_NOT_SUPPORTED")
    assert world.balance(customer) == 500_000


def test_a_refund_nobody_answers_for_two_weeks_is_left_to_a_person(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    _customer, ref = paid(world)
    ask(world, ref, 50_000)
    world.later(days=15)
    refund_id = rows(world)[0].id
    assert refund_id is not None
    assert refund_requests.look(world.env, refund_id) is None
    gateway.ends("rfd-1", "succeeded")
    assert refund_requests.look(world.env, refund_id) is None
    assert rows(world)[0].status == "succeeded"


def test_only_what_is_unspent_and_not_on_its_way_may_be_asked_for(desk: tuple[World, Refunding]) -> None:
    world, _ = desk
    customer, ref = paid(world)
    spend(world, customer.account_id, 300_000)
    with pytest.raises(NotRefundable) as refused:
        ask(world, ref, 20_001)
    assert refused.value.facts == {"why": "amount", "maximum": 20_000, "currency": "IDR"}
    ask(world, ref, 20_000)
    with pytest.raises(NotRefundable):
        ask(world, ref, 20_000, "form-2")
    with pytest.raises(FieldInvalid):
        ask(world, ref, 0, "form-3")


def test_a_virtual_account_is_paid_back_by_hand(desk: tuple[World, Refunding]) -> None:
    world, gateway = desk
    customer = world.customer()
    ref = world.wants(customer, method="VA_BCA")
    comes(world, ref)
    with pytest.raises(NotRefundable):
        ask(world, ref, 50_000)
    payment = world.payment(ref).public_id
    for _ in range(2):
        done = refund_requests.record_manual(world.env, FINANCE, payment, 50_000, WHY, "BCA 0042", key="form-1")
    assert (done.status, done.tokens) == ("succeeded", 500_000)
    assert gateway.asked == []
    assert world.balance(customer) == 0
    assert pockets(world, customer.account_id)["IDR", "cash:bank"] == 50_000
    assert len(rows(world)) == 1
    world.books_are_right()


def test_who_may_ask_and_for_what(desk: tuple[World, Refunding]) -> None:
    world, _ = desk
    customer, ref = paid(world)
    payment = world.payment(ref).public_id
    for nobody in (SUPPORT, customer.actor):
        with pytest.raises(Forbidden):
            refund_requests.request(world.env, nobody, payment, 50_000, WHY, key="form-1")
        with pytest.raises(Forbidden):
            refund_requests.record_manual(world.env, nobody, payment, 50_000, WHY, "BCA 1", key="form-1")
    with pytest.raises(FieldInvalid):
        refund_requests.request(world.env, FINANCE, payment, 50_000, "pendek", key="form-1")
    with pytest.raises(NotFound):
        refund_requests.request(world.env, FINANCE, "pay_nobody", 50_000, WHY, key="form-1")


@pytest.mark.parametrize("parts", [(58_830,), (20_000, 38_830), (1, 1, 58_828)])
def test_fee_and_tax_go_back_in_their_share(desk: tuple[World, Refunding], parts: tuple[int, ...]) -> None:
    world, gateway = desk
    boss = system("test")
    for key, value in (("tax.mode", "added"), ("tax.rate_per_10000", 1100), ("fee.payer", "customer"),
                       ("fee.amount", 3_000)):  # fmt: skip
        settings.set_value(world.env, boss, key, value, "what is charged in this test")
    customer = world.customer()
    ref = world.wants(customer)
    comes(world, ref, amount=58_830)
    assert pockets(world, customer.account_id)["IDR", "tax"] == 5_830
    for number, part in enumerate(parts, start=1):
        gateway.made(part, gateway_payment_id="py-1")
        refunds.hear(world.env, WEBHOOK, "xendit", f"rfd-{number}")
    assert pockets(world, customer.account_id) == {("TOKEN", "issued"): -500_000, ("TOKEN", "payout"): 500_000}
    world.books_are_right()
