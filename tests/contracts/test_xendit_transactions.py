"""The gateway's list of money that moved, read through the real SDK: whole, in pages, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from billing_ui.gateways.xendit import XenditGateway
from billing_ui.kit.amount import Amount
from billing_ui.rules.errors import GatewayUnavailable
from tests.contracts.intents import intent
from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, Box, free_port, serving

DAY = timedelta(days=1)


def moved(gateway: XenditGateway) -> list[Any]:
    now = datetime.now(UTC)
    return list(gateway.transactions(now - DAY, now + DAY))


def test_money_that_came_in_is_told_with_our_reference(gateway: XenditGateway, box: Box) -> None:
    created = gateway.create(intent())
    assert moved(gateway) == []
    payment_id = box.pay("top_1", drop_webhook=True)["payment_ids"][0]
    (found,) = moved(gateway)
    assert (found.gateway, found.kind, found.gateway_payment_id) == ("xendit", "payment", payment_id)
    assert (found.reference, found.amount) == ("top_1", Amount(50_000, "IDR"))
    assert abs(found.happened_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert gateway.request_of(payment_id) == created.request_id
    assert gateway.request_of("py-nobody-knows") is None


def test_the_time_asked_for_is_the_time_answered(gateway: XenditGateway, box: Box) -> None:
    gateway.create(intent())
    box.pay("top_1", drop_webhook=True)
    now = datetime.now(UTC)
    assert list(gateway.transactions(now - 3 * DAY, now - 2 * DAY)) == []


def test_a_hundred_and_twenty_payments_come_in_three_pages(gateway: XenditGateway, box: Box) -> None:
    for number in range(120):
        gateway.create(intent(reference=f"top_{number}"))
        box.pay(f"top_{number}", drop_webhook=True)
    assert [found.reference for found in moved(gateway)] == [f"top_{number}" for number in reversed(range(120))]


def test_a_page_that_stumbles_is_asked_for_again(gateway: XenditGateway, box: Box) -> None:
    gateway.create(intent())
    box.pay("top_1", drop_webhook=True)
    box.fault("500", "transactions", times=2)
    assert len(moved(gateway)) == 1
    box.fault("html_502", "transactions", times=3)
    with pytest.raises(GatewayUnavailable):
        moved(gateway)


def test_a_gateway_that_is_asked_too_often_is_left_alone(gateway: XenditGateway, box: Box) -> None:
    box.fault("429", "transactions", times=1)
    with pytest.raises(GatewayUnavailable):
        moved(gateway)
    assert moved(gateway) == []


@contextmanager
def answering(*pages: dict[str, Any]) -> Iterator[XenditGateway]:
    """A gateway that answers with these pages, the last one again and again."""
    told = iter(pages)

    async def answer(_request: Request) -> JSONResponse:
        return JSONResponse(next(told, pages[-1]))

    listener, port = free_port()
    with serving(Starlette(routes=[Route("/transactions", answer)]), listener):
        yield XenditGateway(API_KEY, f"http://127.0.0.1:{port}", (CALLBACK_TOKEN,), timeout_s=(1.0, 1.0))


def row(**changes: Any) -> dict[str, Any]:
    return {
        "id": "txn_1", "product_id": "py-1", "type": "PAYMENT", "status": "SUCCESS", "reference_id": "top_1",
        "currency": "IDR", "amount": 50000.0, "created": "2026-11-20T03:00:00.000Z", **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    "page",
    [
        {},
        {"data": None},
        {"data": ["x"]},
        {"data": [row(amount=None)]},
        {"data": [row(amount=1.5)]},
        {"data": [row(created="yesterday")]},
        {"data": [row(product_id=None)]},
        {"data": [row(currency=None)]},
        {"data": [], "has_more": True},
        {"data": [row()], "has_more": True},
    ],
    ids=[
        "nothing",
        "null",
        "words",
        "no amount",
        "half a rupiah",
        "no time",
        "nobody",
        "no currency",
        "empty",
        "round",
    ],
)
def test_a_list_that_cannot_be_read_whole_is_no_list(page: dict[str, Any]) -> None:
    with answering(page) as gateway, pytest.raises(GatewayUnavailable):
        moved(gateway)


def test_what_is_no_money_of_payers_is_left_out_and_repetitions_count_once() -> None:
    first = {"data": [row(), row(id="txn_2", type="DISBURSEMENT")], "has_more": True}
    last = {"data": [row(), row(id="txn_3", product_id="rfd-1", type="REFUND"), row(id="txn_4", status="PENDING")]}
    with answering(first, last) as gateway:
        found = moved(gateway)
    assert [(one.kind, one.gateway_payment_id) for one in found] == [("payment", "py-1"), ("refund", "rfd-1")]
