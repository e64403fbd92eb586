"""Webhooks: stored before they are believed, believed only after asking back, once however often they come."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from billing_ui.gateways.base import Gateway, WebhookRefused
from billing_ui.kit.amount import Amount
from billing_ui.models import InboxMessage, Job
from billing_ui.rules.errors import NotFound
from billing_ui.rules.facts import Captured, Created, PaymentIntent, RequestStatus
from billing_ui.services import inbox, timeline
from tests.live_sandbox import CALLBACK_TOKEN, Box
from tests.world import Crash, World


def delivery(
    world: World, ref: str, event: str = "payment.capture", webhook_id: str = "wh-1"
) -> tuple[dict[str, str], bytes]:
    payment = world.payment(ref)
    data: dict[str, Any] = {
        "payment_id": "py-claimed", "payment_request_id": payment.gateway_request_id, "reference_id": ref,
        "currency": "IDR", "request_amount": 50_000, "status": "SUCCEEDED", "channel_code": "QRIS",
    }  # fmt: skip
    body = json.dumps({"event": event, "business_id": "b", "created": "2026-11-21T03:00:00Z", "data": data}).encode()
    return {"x-callback-token": CALLBACK_TOKEN, "webhook-id": webhook_id}, body


class Remembering:
    """The real gateway; what it answered is remembered although our process died before storing it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.answered = ""

    def create(self, intent: PaymentIntent) -> Created:
        created = self._gateway.create(intent)
        self.answered = created.request_id
        return created

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)


def stored(world: World) -> int:
    with world.env.db.read() as tx:
        return tx.scalar(select(func.count()).select_from(InboxMessage)) or 0


def test_a_webhook_for_a_paid_request_credits_what_the_gateway_says(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    assert inbox.receive(world.env, "xendit", *delivery(world, ref)) is True
    world.work()
    assert world.balance(customer) == 500_000
    world.books_are_right()


def test_a_lying_webhook_credits_nothing(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    inbox.receive(world.env, "xendit", *delivery(world, ref))
    world.work()
    assert world.balance(customer) == 0
    assert world.payment(ref).status == "pending"


def test_the_same_webhook_a_hundred_times_at_once_is_one_credit_and_one_mail(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    sent = delivery(world, ref)
    news: list[bool] = []
    threads = [
        threading.Thread(target=lambda: news.append(inbox.receive(world.env, "xendit", *sent))) for _ in range(100)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(news) == [False] * 99 + [True]
    assert stored(world) == 1
    world.work()
    assert world.balance(customer) == 500_000
    assert len(box.inbox(customer.email)) == 1


def test_the_same_payment_told_by_two_events_is_credited_once(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    for number, event in enumerate(("payment.capture", "payment.succeeded", "payment_request.succeeded")):
        inbox.receive(world.env, "xendit", *delivery(world, ref, event, f"wh-{number}"))
    world.work()
    assert world.balance(customer) == 500_000
    assert len(world.captures()) == 1


@pytest.mark.parametrize("token", ["", "wrong", "salah-é"])
def test_a_webhook_with_a_bad_token_writes_nothing(world: World, token: str) -> None:
    headers, body = delivery(world, world.wants(world.customer()))
    with pytest.raises(WebhookRefused) as refused:
        inbox.receive(world.env, "xendit", {**headers, "x-callback-token": token}, body)
    assert refused.value.status == 401
    assert stored(world) == 0


def test_a_webhook_about_an_unknown_payment_is_kept_and_answered_well(world: World) -> None:
    body = json.dumps({"event": "payment.capture", "data": {"reference_id": "testing_id_123"}}).encode()
    assert inbox.receive(world.env, "xendit", {"x-callback-token": CALLBACK_TOKEN}, body)
    world.work()
    assert stored(world) == 1


def test_a_gateway_nobody_knows_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        inbox.receive(world.env, "nowhere", {}, b"{}")


def test_a_request_id_of_another_purchase_credits_nobody(world: World, box: Box) -> None:
    rich, poor = world.customer(), world.customer("lain@pelanggan.test")
    paid, unpaid = world.wants(rich), world.wants(poor)
    box.pay(paid, drop_webhook=True)
    headers, body = delivery(world, unpaid)
    forged = json.loads(body)
    forged["data"]["payment_request_id"] = world.payment(paid).gateway_request_id
    inbox.receive(world.env, "xendit", headers, json.dumps(forged).encode())
    world.work()
    assert world.balance(poor) == 0


def test_money_for_a_request_whose_answer_was_never_stored_is_credited_by_its_reference(world: World, box: Box) -> None:
    gateway = Remembering(world.env.gateways["xendit"])
    world = replace(world, env=replace(world.env, gateways={"xendit": gateway}))
    customer = world.customer()
    world.crashes.armed["topup.asked"] = Crash()
    with pytest.raises(Crash):
        world.wants(customer, key="form-0001")
    ref = world.wants(customer, key="form-0001")
    paid = box.pay(ref, drop_webhook=True)
    headers, body = delivery(world, ref)
    told = json.loads(body)
    told["data"] |= {"payment_id": paid["payment_ids"][0], "payment_request_id": gateway.answered}
    inbox.receive(world.env, "xendit", headers, json.dumps(told).encode())
    world.work()
    assert world.balance(customer) == 500_000
    world.books_are_right()


class Lagging:
    """The real gateway; it tells of money before its own books show it, the first time somebody asks."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.asked = 0

    def status(self, request_id: str, payment_ids: tuple[str, ...] = ()) -> RequestStatus:
        self.asked += 1
        told = self._gateway.status(request_id, payment_ids)
        return replace(told, state="open", captures=()) if self.asked == 1 else told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)


def test_more_money_for_a_paid_purchase_is_asked_about_until_the_gateway_shows_it(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    ids = box.pay(ref, payments=2, drop_webhook=True)["payment_ids"]
    world.settle(ref, Captured("xendit", ids[1], "", ref, Amount(50_000, "IDR"), None))
    headers, body = delivery(world, ref)
    told = json.loads(body)
    told["data"]["payment_id"] = ids[0]
    late = replace(world, env=replace(world.env, gateways={"xendit": Lagging(world.env.gateways["xendit"])}))
    inbox.receive(late.env, "xendit", headers, json.dumps(told).encode())
    late.work()
    late.later(minutes=1)
    late.work()
    assert [capture.outcome for capture in world.captures()] == ["credited", "extra"]
    world.books_are_right()


def test_a_delivery_told_again_revives_the_job_that_was_given_up(world: World, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    inbox.receive(world.env, "xendit", *delivery(world, ref))
    with world.env.db.begin() as tx:
        tx.execute(update(Job).values(state="dead"))
    assert inbox.receive(world.env, "xendit", *delivery(world, ref)) is False
    world.work()
    assert world.balance(customer) == 500_000


def test_a_message_whose_job_is_tried_often_is_one_line_in_the_story(world: World) -> None:
    ref = world.wants(world.customer())
    inbox.receive(world.env, "xendit", *delivery(world, ref))
    for _ in range(5):
        world.work()
        world.later(minutes=2)
    with world.env.db.read() as tx:
        assert len(timeline.details(tx, world.payment(ref), "webhook")) == 1
