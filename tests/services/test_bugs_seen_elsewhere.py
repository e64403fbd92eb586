"""Twenty bugs that cost users of other products their money or their trust. Each test is named after what ours does
instead; bugs of gateways we do not speak to are held to their likeness at the gateway we do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from starlette.testclient import TestClient

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.gateways.base import Gateway
from billing_ui.gateways.xendit import XenditGateway
from billing_ui.gateways.xendit.answers import rupiah
from billing_ui.gateways.xendit.asks import request_body
from billing_ui.kit.amount import Amount
from billing_ui.models import InboxMessage, Job, Topup
from billing_ui.rules.errors import GatewayUnavailable
from billing_ui.rules.facts import Captured, Created, PaymentIntent
from billing_ui.rules.methods import METHODS
from billing_ui.security.wrap import wrap
from billing_ui.services import inbox, topups
from tests.gateways.shapes import payment_method, session, v2_payment, v3_payment
from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, Box
from tests.world import Customer, World

_MOMENT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
DOOR = "/api/webhooks/xendit"
SENDER = {"x-callback-token": CALLBACK_TOKEN, "content-type": "application/json"}


class Waiting:
    """A customer with a code in hand, and the gateway's words about it."""

    def __init__(self, world: World, box: Box, email: str = "sari@pelanggan.test") -> None:
        self.world, self.box = world, box
        self.customer: Customer = world.customer(email)
        self.ref = world.wants(self.customer)
        self.request_id = str(world.payment(self.ref).gateway_request_id)

    def pays(self, **how: Any) -> str:
        return str(self.box.pay(self.ref, drop_webhook=True, **how)["payment_ids"][-1])

    def v3(self, payment_id: str, event: str = "payment.capture", status: str = "SUCCEEDED", **more: Any) -> Any:
        told = {"payment_id": payment_id, "payment_request_id": self.request_id, "reference_id": self.ref, **more}
        return v3_payment(event, status, **told)

    def hears(self, body: dict[str, Any], webhook_id: str = "") -> bool:
        headers = {**SENDER, **({"webhook-id": webhook_id} if webhook_id else {})}
        return inbox.receive(self.world.env, "xendit", headers, json.dumps(body).encode())

    def works(self) -> None:
        self.world.work()
        self.world.later(minutes=2)
        self.world.work()

    @property
    def status(self) -> str:
        return self.world.payment(self.ref).status

    @property
    def balance(self) -> int:
        return self.world.balance(self.customer)


@pytest.fixture
def waiting(world: World, box: Box) -> Waiting:
    return Waiting(world, box)


@pytest.fixture
def door(world: World) -> Iterator[TestClient]:
    with runtime.use(world.env):
        yield TestClient(wrap(build()), raise_server_exceptions=False)


def test_01_the_same_webhook_again_at_once_or_after_a_restart_credits_once(waiting: Waiting) -> None:
    body = waiting.v3(waiting.pays())
    crowd = [threading.Thread(target=waiting.hears, args=(body, "wh-1")) for _ in range(10)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    waiting.works()
    waiting.world.env.db.dispose()  # what a restart leaves is what stands in the database
    waiting.hears(body, "wh-1")
    waiting.works()
    assert waiting.balance == 500_000
    waiting.world.books_are_right()


def test_02_the_same_payment_under_another_event_and_id_credits_once(waiting: Waiting) -> None:
    payment_id = waiting.pays()
    waiting.hears(waiting.v3(payment_id), "wh-1")
    told = {"payment_id": payment_id, "payment_request_id": waiting.request_id, "reference_id": waiting.ref}
    waiting.hears(session("payment_session.completed", "COMPLETED", **told), "wh-2")
    waiting.hears(waiting.v3(payment_id, "payment_request.succeeded"), "wh-3")
    waiting.works()
    assert waiting.balance == 500_000
    assert len(waiting.world.captures()) == 1


def test_03_a_replay_after_the_inbox_was_emptied_credits_nothing(waiting: Waiting) -> None:
    body = waiting.v3(waiting.pays())
    waiting.hears(body, "wh-1")
    waiting.works()
    with waiting.world.env.db.begin() as tx:
        tx.execute(delete(InboxMessage))
        tx.execute(delete(Job))
    assert waiting.hears(body, "wh-1") is True
    waiting.works()
    assert waiting.balance == 500_000
    waiting.world.books_are_right()


class Forgetful:
    """The real gateway over a line that breaks after it has done its work."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.asked: list[str] = []
        self.lost = ""

    def create(self, intent: PaymentIntent) -> Created:
        self.asked.append(intent.reference)
        created = self._gateway.create(intent)
        if len(self.asked) == 1:
            self.lost = created.request_id
            raise GatewayUnavailable(reason="TIMED_OUT")
        return created

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)


def test_04_a_retry_after_a_slow_success_charges_once_and_a_second_payment_is_kept_apart(
    world: World, box: Box
) -> None:
    gateway = Forgetful(world.env.gateways["xendit"])
    slow = replace(world, env=replace(world.env, gateways={"xendit": gateway}))
    customer = slow.customer()
    ref = slow.wants(customer, key="form-0001")
    assert slow.wants(customer, key="form-0001") == ref, "the same form is the same purchase, whatever the gateway did"
    assert gateway.asked == [ref]
    topups.retry(slow.env, customer.actor, ref)
    assert gateway.asked == [ref, f"{ref}~2"], "an unknown outcome is never asked for under the same name again"
    box.pay(f"{ref}~2", drop_webhook=True)
    slow.later(minutes=1)
    slow.work()
    assert slow.balance(customer) == 500_000
    first = box.pay(ref, drop_webhook=True)
    told = {
        "payment_id": first["payment_ids"][0],
        "payment_request_id": gateway.lost,
        "reference_id": ref,
    }
    inbox.receive(slow.env, "xendit", SENDER, json.dumps(v3_payment("payment.capture", "SUCCEEDED", **told)).encode())
    slow.work()
    assert sorted(capture.outcome for capture in slow.captures()) == ["credited", "extra"]
    assert slow.balance(customer) == 500_000
    slow.books_are_right()


def test_05_a_redelivery_asks_the_gateway_for_nothing_and_makes_no_second_purchase(waiting: Waiting) -> None:
    body = waiting.v3(waiting.pays())
    for number in range(4):
        waiting.hears(body, f"wh-{number}")
        waiting.works()
    with waiting.world.env.db.read() as tx:
        assert tx.scalar(select(func.count()).select_from(Topup)) == 1
    assert len(waiting.box.inbox(waiting.customer.email)) == 1


def test_06_the_amount_is_checked_whatever_field_it_stands_in(waiting: Waiting) -> None:
    payment_id = waiting.pays(amount=40_000)
    body = waiting.v3(payment_id, captures=None)
    del body["data"]["request_amount"]
    waiting.hears(body)
    waiting.works()
    assert (waiting.status, waiting.balance) == ("review", 0)
    assert [capture.outcome for capture in waiting.world.captures()] == ["held"]


@pytest.mark.parametrize("is_paid_first", [True, False])
def test_07_a_method_that_expired_is_no_failure_before_or_after_success(waiting: Waiting, is_paid_first: bool) -> None:
    expired = payment_method("payment_method.expired", "EXPIRED")
    expired["data"] |= {"payment_request_id": waiting.request_id, "reference_id": waiting.ref}
    if not is_paid_first:
        waiting.hears(expired)
        waiting.works()
        assert waiting.status == "pending"
    payment_id = waiting.pays()
    told = {"id": payment_id, "payment_request_id": waiting.request_id, "reference_id": waiting.ref}
    waiting.hears(v2_payment("payment.succeeded", "SUCCEEDED", **told))
    waiting.hears(expired, "wh-again")
    waiting.works()
    assert (waiting.status, waiting.balance) == ("paid", 500_000)


@pytest.mark.parametrize("event", ["payment.failure", "payment.failed"])
def test_08_a_failure_is_heard_by_both_of_its_names(waiting: Waiting, event: str) -> None:
    waiting.box.fail(waiting.ref, code="USER_DECLINED_PAYMENT")
    waiting.hears(waiting.v3("py-unknown", event, "FAILED", failure_code="USER_DECLINED_PAYMENT"))
    waiting.works()
    assert (waiting.status, waiting.balance) == ("failed", 0)
    assert waiting.world.payment(waiting.ref).failure_code == "USER_DECLINED_PAYMENT"


def test_09_without_a_configured_token_nobody_is_let_in(world: World) -> None:
    for tokens in ((), ("",)):
        gateway = XenditGateway(API_KEY, "http://127.0.0.1:1", tokens)
        closed = replace(world.env, gateways={"xendit": gateway})
        with runtime.use(closed):
            door = TestClient(wrap(build()), raise_server_exceptions=False)
            for given in ("", "undefined", "null"):
                answer = door.post(DOOR, json={"event": "payment.capture"}, headers={"x-callback-token": given})
                assert answer.status_code == 404


def test_10_the_dashboards_test_passes_with_the_token_check_on(door: TestClient) -> None:
    body = {"event": "payment.capture", "data": {"reference_id": "testing_id_123", "status": "SUCCEEDED"}}
    assert door.post(DOOR, json=body, headers=SENDER).status_code == 200
    assert door.post(DOOR, json=body).status_code == 401


def test_11_what_could_not_be_stored_is_not_answered_with_200(door: TestClient, world: World) -> None:
    with world.env.db.begin() as tx:
        tx.connection().exec_driver_sql("ALTER TABLE inbox_message RENAME TO away")
    answer = door.post(DOOR, json={"event": "payment.capture", "data": {}}, headers=SENDER)
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)


def test_12_a_completed_session_without_money_credits_nothing_and_with_money_once(waiting: Waiting) -> None:
    done = session("payment_session.completed", "COMPLETED", reference_id=waiting.ref)
    done["data"]["payment_request_id"] = waiting.request_id
    waiting.hears(done, "wh-1")
    waiting.works()
    assert (waiting.status, waiting.balance) == ("pending", 0)
    waiting.pays()
    waiting.hears(done, "wh-2")
    waiting.works()
    assert waiting.balance == 500_000


@pytest.mark.parametrize("generation", ["v3", "v2"])
def test_13_both_generations_of_a_webhook_lead_to_the_same_credit(waiting: Waiting, generation: str) -> None:
    payment_id = waiting.pays()
    told = {"id": payment_id, "payment_request_id": waiting.request_id, "reference_id": waiting.ref}
    waiting.hears(
        waiting.v3(payment_id) if generation == "v3" else v2_payment("capture.succeeded", "SUCCEEDED", **told)
    )
    waiting.works()
    assert (waiting.status, waiting.balance) == ("paid", 500_000)


def test_14_an_expiry_after_money_and_money_after_an_expiry_end_alike(world: World, box: Box) -> None:
    ends = []
    for order in (("expiry", "capture"), ("capture", "expiry")):
        waiting = Waiting(world, box, f"{order[0]}@pelanggan.test")
        payment_id = ""
        for step in order:
            if step == "expiry":
                if not payment_id:
                    box.expire(waiting.ref)
                body = waiting.v3("", "payment_request.expiry", "EXPIRED")
                del body["data"]["payment_id"], body["data"]["captures"]
                waiting.hears(body, f"wh-{waiting.ref}-expiry")
            else:
                payment_id = waiting.pays(after_expiry=True) if order[0] == "expiry" else waiting.pays()
                waiting.hears(waiting.v3(payment_id), f"wh-{waiting.ref}-capture")
            waiting.works()
        ends.append((waiting.status, waiting.balance))
    assert ends == [("paid", 500_000)] * 2
    world.books_are_right()


def test_15_a_webhook_is_kept_byte_by_byte_as_it_came(door: TestClient, world: World) -> None:
    body = b'{ "event" :"payment.capture",\n\t"data": {"reference_id": "testing_id_123", "amount": 1.50} }  '
    assert door.post(DOOR, content=body, headers=SENDER).status_code == 200
    with world.env.db.read() as tx:
        assert tx.scalars(select(InboxMessage)).one().body == body


@given(quantity=st.integers(min_value=1, max_value=50_000_000_000))
def test_16_rupiah_go_out_and_come_back_as_the_same_whole_number(quantity: int) -> None:
    moment = Captured("xendit", "py-1", "pr-1", "top_1", Amount(quantity, "IDR"), None)
    intent = PaymentIntent("top_1", "QRIS", moment.amount, "-", "Sari", _MOMENT)
    asked = request_body(intent, METHODS["QRIS"])["request_amount"]
    assert (type(asked), asked) == (int, quantity)
    assert rupiah(asked) == rupiah(str(asked)) == rupiah(f"{asked}.00") == quantity
    assert rupiah(f"{asked}.5") is None, "half a rupiah is looked at by somebody, not rounded away"


@pytest.mark.parametrize("token", ["salah-é".encode("latin-1"), b"\xff\xfe", "口".encode(), b"x" * 20_000])
def test_17_garbage_in_a_header_is_4xx(door: TestClient, token: bytes) -> None:
    headers = [(b"x-callback-token", token), (b"content-type", b"application/json")]
    assert 400 <= door.post(DOOR, content=b"{}", headers=headers).status_code < 500


@pytest.mark.parametrize("fault", ["html_502", "empty_503", "connection_reset"])
def test_18_a_proxys_odd_answer_while_reading_back_is_tried_again_and_money_found(waiting: Waiting, fault: str) -> None:
    body = waiting.v3(waiting.pays())
    waiting.box.fault(fault)
    waiting.hears(body)
    waiting.works()
    assert (waiting.status, waiting.balance) == ("paid", 500_000)


def test_20_two_payments_on_one_code_are_both_accounted_for_and_one_is_credited(waiting: Waiting) -> None:
    ids = waiting.box.pay(waiting.ref, payments=2, drop_webhook=True)["payment_ids"]
    for payment_id in ids:
        waiting.hears(waiting.v3(payment_id), payment_id)
    waiting.works()
    assert sorted(capture.outcome for capture in waiting.world.captures()) == ["credited", "extra"]
    assert waiting.balance == 500_000
    waiting.world.books_are_right()
