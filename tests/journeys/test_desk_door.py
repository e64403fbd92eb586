"""The door of the operators' desk as an attacker meets it: over a raw websocket, with a cookie of every kind."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.desk import Desk
from tests.journeys.gateway import Gateway
from tests.security.raw_socket import RawSocket
from tests.stack import Stack

pytestmark = pytest.mark.journey

STATE = "reflex___state____state.billing_ui___state___"
DESK, HOME = f"{STATE}admin_desk____admin_desk.", f"{STATE}admin_desk____admin_home."
PAYMENTS, PAYMENT = f"{STATE}admin_payments____admin_payments.", f"{STATE}admin_payment____admin_payment."
RESOLVE = f"{STATE}admin_resolve____admin_resolve."
READS: list[tuple[str, dict[str, object]]] = [
    (HOME + "open", {}), (PAYMENTS + "open", {}), (PAYMENTS + "find", {"q": "customer@demo.billing.test"}),
    (PAYMENTS + "narrow", {"name": "status", "value": "paid"}), (PAYMENTS + "reread", {}),
    (PAYMENT + "open", {}), (PAYMENT + "refresh", {}),
    (PAYMENT + "recheck", {}), (PAYMENT + "replay", {"message": 1}), (PAYMENT + "show_body", {"message": 1}),
    (RESOLVE + "ask", {"capture": "cap_x"}), (RESOLVE + "choose", {"decision": "credited"}),
    (RESOLVE + "because", {"reason": "something"}), (RESOLVE + "write_note", {"words": "x"}), (RESOLVE + "decide", {}),
]  # fmt: skip
# Each dialog about money that goes back, from its question to the act.
REFUND, DISPUTE = f"{STATE}admin_refund____admin_refund.", f"{STATE}admin_dispute____admin_dispute."
MOVES: list[tuple[str, dict[str, object]]] = [
    (REFUND + "ask", {}), (REFUND + "type_amount", {"amount": 25_000}), (REFUND + "go", {"way": "manual"}),
    (REFUND + "because", {"reason": "something"}), (REFUND + "write", {"box": "note", "words": "x" * 20}),
    (REFUND + "write", {"box": "number", "words": "BCA-1234"}), (REFUND + "send", {}),
    (DISPUTE + "ask", {"dispute": "dsp_x"}), (DISPUTE + "choose", {"end": "lost"}),
    (DISPUTE + "write_note", {"words": "x" * 20}), (DISPUTE + "conclude", {}),
]  # fmt: skip


@contextmanager
def line(stack: Stack, context: BrowserContext | None) -> Iterator[RawSocket]:
    jar = context.cookies() if context else []
    cookie = "; ".join(f"{each['name']}={each['value']}" for each in jar)
    with RawSocket(stack.app_url, uuid4().hex, cookie, origin=stack.app_url) as socket:
        socket.settle()
        yield socket


def held(socket: RawSocket) -> str:
    """What the desk's states hold, as the browser was told."""
    return json.dumps({name: value for name, value in socket.vars.items() if name.startswith("admin_")}, sort_keys=True)


def payment_of(context: BrowserContext, stack: Stack, ref: str) -> str:
    page = context.new_page()
    page.goto(f"{stack.app_url}/admin/payments/?q={ref}")
    row = page.get_by_test_id("desk-payment")
    expect(row).to_have_count(1)
    return row.get_attribute("data-id") or ""


@pytest.mark.parametrize("who", ["stranger", "customer"])
def test_nobody_outside_gets_a_byte_of_the_desk(
    customer: Desk, stack: Stack, gateway: Gateway, seat: Callable[..., Desk], who: str
) -> None:
    ref = customer.asks_for(50_000)
    gateway.pay(ref, payments=2)
    payment = payment_of(seat("finance").page.context, stack, ref)
    path = f"/admin/payments/{payment}/"
    with line(stack, customer.page.context if who == "customer" else None) as socket:
        before = held(socket)
        for event, payload in [*READS, *MOVES]:
            socket.emit(event, payload, path)
        socket.settle()
        assert held(socket) == before
        told = "\n".join(socket.seen)
    assert "py-" not in told
    assert payment not in re.sub(re.escape(path), "", told)


def test_support_reads_but_can_neither_decide_nor_lay_open_what_a_gateway_sent(
    customer: Desk, stack: Stack, gateway: Gateway, seat: Callable[..., Desk]
) -> None:
    ref = customer.asks_for(50_000)
    gateway.pay(ref, payments=2)
    customer.awaits_status("paid")
    support = seat("support")
    payment = payment_of(support.page.context, stack, ref)
    path = f"/admin/payments/{payment}/"
    support.goes_to(path)
    expect(support.page.get_by_test_id("desk-waits")).to_have_count(1)
    expect(support.page.get_by_test_id("desk-resolve")).to_have_count(0)
    expect(support.page.get_by_test_id("desk-body")).to_have_count(0)
    capture = support.page.get_by_test_id("desk-waits").get_attribute("data-capture")
    with line(stack, support.page.context) as socket:
        assert socket.call(PAYMENT + "open", {}, path)["admin_payment.found"] is True
        message = socket.vars["admin_payment.file"]["webhooks"][0]["id"]
        before = held(socket)
        for event, payload in (
            (RESOLVE + "ask", {"capture": capture}), (RESOLVE + "choose", {"decision": "credited"}),
            (RESOLVE + "because", {"reason": "something"}), (RESOLVE + "write_note", {"words": "x" * 20}),
            (RESOLVE + "decide", {}), (PAYMENT + "show_body", {"message": message}),
        ):  # fmt: skip
            socket.emit(event, payload, path)
        socket.settle()
        assert held(socket) == before
        assert '"payment_request_id"' not in "\n".join(socket.seen)
    with line(stack, seat("finance").page.context) as socket:
        socket.call(PAYMENT + "open", {}, path)
        assert socket.call(RESOLVE + "ask", {"capture": capture}, path)["admin_resolve.opened"] is True
        assert socket.call(PAYMENT + "show_body", {"message": message}, path)["admin_payment.raw"]["id"] == message
    support.page.reload()
    expect(support.page.get_by_test_id("desk-waits")).to_have_count(1)


def test_support_can_neither_send_money_back_nor_end_a_dispute(
    customer: Desk, stack: Stack, gateway: Gateway, seat: Callable[..., Desk]
) -> None:
    ref = customer.asks_for(50_000)
    gateway.pay(ref)
    customer.awaits_status("paid")
    gateway.dispute(ref)
    support = seat("support")
    path = f"/admin/payments/{payment_of(support.page.context, stack, ref)}/"
    support.goes_to(path)
    dispute = support.sees("desk-disputed").get_attribute("data-dispute")
    for act in ("desk-refund-ask", "desk-dispute-end"):
        expect(support.page.get_by_test_id(act)).to_have_count(0)
    moves = [(name, {"dispute": dispute} if "dispute" in payload else payload) for name, payload in MOVES]
    with line(stack, support.page.context) as socket:
        assert socket.call(PAYMENT + "open", {}, path)["admin_payment.found"] is True
        socket.settle(quiet_s=2)  # the mails and jobs of a young dispute still move in its file
        before = held(socket)
        for event, payload in moves:
            socket.emit(event, payload, path)
        socket.settle()
        assert held(socket) == before
    with line(stack, seat("finance").page.context) as socket:
        socket.call(PAYMENT + "open", {}, path)
        assert socket.call(REFUND + "ask", {}, path)["admin_refund.opened"] is True
        assert socket.call(DISPUTE + "ask", {"dispute": dispute}, path)["admin_dispute.opened"] is True
        for amount in (-1, 10**17, "25000", None):
            socket.emit(REFUND + "type_amount", {"amount": amount}, path)
            socket.emit(REFUND + "send", {}, path)
        assert socket.settle()["admin_refund.error"]["code"] == "field_invalid"
    support.page.reload()
    expect(support.sees("desk-disputed")).to_be_visible()
    expect(support.page.get_by_test_id("desk-refunds-row")).to_have_count(0)


def test_a_customer_meets_a_closed_door_and_a_stranger_the_way_to_sign_in(
    customer: Desk, seat: Callable[..., Desk], stack: Stack
) -> None:
    for path in ("/admin/", "/admin/payments/", "/admin/payments/pay_x/"):
        customer.goes_to(path)
        expect(customer.page.get_by_test_id("error")).to_have_attribute("data-code", "forbidden")
    stranger = seat()
    stranger.page.goto(stack.app_url + "/admin/payments/")
    stranger.page.wait_for_url("**/auth/?redirect_url=/admin/payments/")
