"""Ten thousand bad requests at the doors for gateways and host apps: no server error, and not one row changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.models import InboxMessage, Job
from billing_ui.models.types import metadata
from billing_ui.security.wrap import wrap
from tests.api import fuzz
from tests.api.test_payments_api import SECRET, known_as, with_secret
from tests.gateways.shapes import SHAPES
from tests.live_sandbox import CALLBACK_TOKEN
from tests.world import World

# On each of the two databases; together ten thousand.
DELIVERIES, ORDERS = 3_000, 2_000
WEBHOOKS, PAYMENTS = "/api/webhooks/xendit", "/api/payments/topup"
# What a door may keep of a letter it cannot read yet: the letter, and the work of reading it.
KEPT = {InboxMessage.__tablename__, Job.__tablename__}
SEED = 20_261_121


def prints(world: World, *, without: Iterable[str] = ()) -> dict[str, str]:
    """A fingerprint of the content of every table."""
    tables = [table for table in metadata.sorted_tables if table.name not in set(without)]
    with world.env.db.read() as tx:
        return {
            table.name: hashlib.sha256(repr(sorted(map(repr, tx.execute(select(table)).all()))).encode()).hexdigest()
            for table in tables
        }


def a_door() -> TestClient:
    """Opened for all its requests: else each of them starts a thread and an event loop of its own."""
    return TestClient(wrap(build()), raise_server_exceptions=False)


def about(ref: str, request_id: str) -> list[dict[str, Any]]:
    """Every shape of webhook, telling of a payment that exists and has not been paid."""
    return [_renamed(shape.body, {"top_1": ref, "top_1~2": ref, "pr-1": request_id}) for shape in SHAPES]


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


def test_bad_webhooks_are_never_a_server_error_and_change_nothing(world: World) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    world.work()
    payment = world.payment(ref)
    bodies = about(ref, str(payment.gateway_request_id))
    good = {"x-callback-token": CALLBACK_TOKEN, "content-type": "application/json"}
    whole, outside_the_inbox = prints(world), prints(world, without=KEPT)
    kept = 0
    with runtime.use(world.env), a_door() as door:
        for number, bad in enumerate(fuzz.deliveries(Random(SEED), bodies, good, DELIVERIES)):
            answer = door.post(WEBHOOKS, content=bad.body, headers=bad.headers)
            assert answer.status_code < 500, (number, bad)
            assert not bad.is_spoilt or answer.status_code in {400, 401, 413}, (number, bad, answer.text)
            if answer.status_code == 200:
                kept += 1
            elif kept == 0:
                assert prints(world) == whole, (number, bad)
    assert kept > DELIVERIES // 10, "most of these were no test of what is kept"
    assert prints(world, without=KEPT) == outside_the_inbox


def test_whatever_the_kept_letters_claim_no_money_moves(world: World) -> None:
    """The well-formed liars once more, and this time their letters are read."""
    customer = world.customer()
    ref = world.wants(customer)
    payment = world.payment(ref)
    bodies = about(ref, str(payment.gateway_request_id))
    good = {"x-callback-token": CALLBACK_TOKEN, "content-type": "application/json"}
    money = {"account_head", "lot", "entry", "capture", "topup", "subscription", "refund", "receipt"} & {
        table.name for table in metadata.sorted_tables
    }
    others = {table.name for table in metadata.sorted_tables} - money
    before = prints(world, without=others)
    with runtime.use(world.env), a_door() as door:
        for bad in fuzz.deliveries(Random(SEED + 1), bodies, good, 400):
            door.post(WEBHOOKS, content=bad.body, headers=bad.headers)
    world.work()
    assert prints(world, without=others) == before
    assert world.payment(ref).status == "pending"
    world.books_are_right()


@pytest.mark.timeout(180)
def test_bad_calls_of_the_payments_api_are_4xx_and_change_nothing(world: World) -> None:
    known_as(world, world.customer(), "user-1")
    good = {"authorization": f"Bearer {SECRET}", "content-type": "application/json"}
    body = {"external_id": "user-1", "amount": 50_000, "method": "QRIS"}
    before = prints(world)
    with runtime.use(with_secret(world)), a_door() as door:
        for number, bad in enumerate(fuzz.orders(Random(SEED), body, good, ORDERS)):
            answer = door.post(PAYMENTS, content=bad.body, headers=bad.headers)
            assert 400 <= answer.status_code < 500, (number, bad, answer.text)
            assert answer.headers["content-type"] == "application/problem+json", (number, bad)
    assert prints(world) == before
