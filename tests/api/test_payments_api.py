"""The host app's door to payments: one purchase per key, the secret and nothing else, and no surprise from any body."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update
from sqlmodel import col
from starlette.testclient import TestClient

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.env import Env
from billing_ui.gateways.xendit import XenditGateway
from billing_ui.models import Account, Audit, Job, Payment, PaymentEvent, Topup
from billing_ui.security.wrap import wrap
from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, Box
from tests.services.test_receipts import choose
from tests.world import NEVER, Customer, World

URL = "/api/payments/topup"
SECRET = "k7Qm2Zx9Lr4Tn8Wd3Fv6Hs1Jb5Gc0Py7a"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Host:
    """A host app that knows the secret and calls its user `user-1`."""

    http: TestClient
    env: Env
    customer: Customer

    def post(self, key: str = "order-0001", **body: Any) -> httpx.Response:
        return self.send(json.dumps({"external_id": "user-1", "amount": 50_000, "method": "QRIS", **body}), key)

    def send(self, body: str | bytes, key: str = "order-0001") -> httpx.Response:
        return self.http.post(URL, content=body, headers={**bearer(), "Idempotency-Key": key})

    def get(self, payment_id: str) -> httpx.Response:
        return self.http.get(f"/api/payments/{payment_id}", headers=bearer())


def bearer(secret: str = SECRET) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def with_secret(world: World, secret: str | None = SECRET) -> Env:
    config = world.env.config.model_copy(update={"billing_secret": SecretStr(secret) if secret is not None else None})
    return replace(world.env, config=config)


@pytest.fixture
def host(world: World) -> Iterator[Host]:
    customer = known_as(world, world.customer(), "user-1")
    env = with_secret(world)
    with runtime.use(env):
        yield Host(TestClient(wrap(build()), raise_server_exceptions=False), env, customer)


def known_as(world: World, customer: Customer, external_id: str) -> Customer:
    with world.env.db.begin() as tx:
        tx.execute(update(Account).where(col(Account.id) == customer.account_id).values(external_id=external_id))
    return customer


def rows(world: World) -> tuple[int, ...]:
    tables = (Topup, Payment, PaymentEvent, Job, Audit)
    with world.env.db.read() as tx:
        return tuple(tx.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == PROBLEM
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["request_id"] == answer.headers["x-request-id"]
    return answer.status_code, told["code"]


def test_a_qris_topup_is_payable_and_its_payment_is_seen(host: Host, world: World, box: Box) -> None:
    made = host.post()
    told = made.json()
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/payments/{told['payment_id']}"
    assert made.headers["cache-control"] == "no-store"
    assert (told["status"], told["amount"], told["total"], told["currency"]) == ("pending", 50_000, 50_000, "IDR")
    assert told["qr_string"].startswith("000201")
    assert told["pay_url"] == world.env.config.url(f"/pay/{told['payment_id']}/")
    assert not {"va_number", "redirect_url", "failure_code"} & set(told)
    box.pay(told["payment_id"])
    world.later(seconds=40)
    world.work()
    paid = host.get(told["payment_id"]).json()
    assert (paid["status"], paid["tokens"], paid["is_late"]) == ("paid", 500_000, False)
    assert paid["paid_at"] is not None
    assert [line["kind"] for line in paid["timeline"]][:2] == ["asked", "shown"]
    assert paid["timeline"][-1]["status"] == "paid"
    number = paid["receipt"]["number"]
    assert number == "KW-2026-000001"
    assert paid["receipt"]["url"] == world.env.config.url(f"/receipts/{number}.pdf")
    assert paid["receipt"]["verify_url"].startswith(world.env.config.url(f"/receipts/{number}/?c="))
    assert host.get(paid["attempt"]).json() == paid
    assert paid["external_id"] == "user-1"
    assert "qr_string" not in paid, "nobody is invited to pay twice"
    assert host.post().json()["status"] == "paid"
    assert world.balance(host.customer) == 500_000


def test_a_fee_that_the_customer_bears_is_told_apart(host: Host, world: World) -> None:
    choose(world, "fee.payer", "customer")
    made = host.post(method="VA_BCA").json()
    assert [made[part] for part in ("amount", "fee", "tax", "total")] == [50_000, 4_000, 0, 54_000]
    seen = host.get(made["payment_id"]).json()
    assert [seen[part] for part in ("amount", "fee", "tax", "total")] == [50_000, 4_000, 0, 54_000]


def test_a_virtual_account_is_told_as_a_number_and_an_account_may_be_named_by_its_own_id(host: Host) -> None:
    account = host.get(host.post().json()["payment_id"]).json()["account"]
    body = {"account": account, "amount": 100_000, "method": "VA_BCA"}
    told = host.send(json.dumps(body), "order-0002").json()
    assert told["va_number"].isdigit()
    assert "qr_string" not in told
    unpaid = host.get(told["payment_id"]).json()
    assert unpaid["paid_at"] is None
    assert "receipt" not in unpaid
    assert unpaid["account"] == account


def test_the_same_key_and_body_is_answered_the_same_and_makes_nothing(host: Host, world: World) -> None:
    first, before = host.post(), rows(world)
    again = host.post()
    assert again.status_code == 200
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert again.json() == first.json()
    assert rows(world) == before


def test_another_key_is_another_purchase_however_alike(host: Host) -> None:
    assert host.post("order-0001").json()["payment_id"] != host.post("order-0002").json()["payment_id"]


@pytest.mark.parametrize("other", [{"amount": 100_000}, {"method": "VA_BNI"}, {"external_id": "user-2"}])
def test_the_same_key_with_another_body_is_refused(host: Host, world: World, other: dict[str, Any]) -> None:
    known_as(world, world.customer("budi@pelanggan.test"), "user-2")
    host.post()
    before = rows(world)
    answer = host.post(**other)
    assert refusal(answer) == (409, "key_reused")
    assert answer.json()["facts"] == {"key": "order-0001"}
    assert rows(world) == before


async def test_twenty_at_once_with_one_key_make_one_purchase_and_hear_the_same(host: Host, world: World) -> None:
    body = {"external_id": "user-1", "amount": 50_000, "method": "QRIS"}
    transport = httpx.ASGITransport(host.http.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        headers = {**bearer(), "Idempotency-Key": "order-0001"}
        answers = await asyncio.gather(*(http.post(URL, json=body, headers=headers) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert [answer.json() for answer in answers] == [answers[0].json()] * 20
    assert "qr_string" in answers[0].json()
    assert rows(world)[:2] == (1, 1)


async def test_one_key_for_two_people_at_once_serves_one_and_refuses_the_other(host: Host, world: World) -> None:
    known_as(world, world.customer("budi@pelanggan.test"), "user-2")
    transport = httpx.ASGITransport(host.http.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        headers = {**bearer(), "Idempotency-Key": "order-0001"}
        bodies = [{"external_id": name, "amount": 50_000, "method": "QRIS"} for name in ("user-1", "user-2")]
        answers = await asyncio.gather(*(http.post(URL, json=body, headers=headers) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert rows(world)[:2] == (1, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": SECRET},
        {"Authorization": f"Basic {SECRET}"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        bearer(SECRET[:-1]),
        bearer(SECRET + "a"),
        {b"Authorization": "Bearer kunci-é".encode("latin-1")},
        [("Authorization", f"Bearer {SECRET}"), ("Authorization", f"Bearer {SECRET}")],
        {"Cookie": f"billing_session={SECRET}"},
    ],
    ids=range(10),
)
def test_without_the_secret_nothing_is_told_and_nothing_happens(host: Host, world: World, headers: Any) -> None:
    before = rows(world)
    for answer in (host.http.post(URL, content=b"{}", headers=headers), host.http.get(URL, headers=headers)):
        assert refusal(answer) == (401, "bad_key")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "ratelimit-limit" not in answer.headers
    assert rows(world) == before


@pytest.mark.parametrize("secret", [None, ""])
def test_without_a_configured_secret_the_door_does_not_exist(host: Host, world: World, secret: str | None) -> None:
    with runtime.use(with_secret(world, secret)):
        assert refusal(host.post()) == (404, "not_found")
        assert refusal(host.http.get("/api/payments/x", headers=bearer(""))) == (404, "not_found")


@pytest.mark.parametrize(
    "unknown", ["top_00000000000000000000000000", "pay_0", "x", "topup", "%00", "%F0%9F%98%80", "..."]
)
def test_a_payment_nobody_has_is_404(host: Host, unknown: str) -> None:
    assert refusal(host.get(unknown)) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"external_id": "nobody"}, (404, "not_found")),
        ({"method": "CARD"}, (422, "method_unavailable")),
        ({"method": "CASH"}, (422, "method_unavailable")),
        ({"amount": 1}, (422, "amount_out_of_range")),
        ({"amount": 999_999_999_999}, (422, "amount_out_of_range")),
        ({"amount": 0}, (422, "field_invalid")),
        ({"amount": 10**30}, (422, "field_invalid")),
        ({"amount": True}, (422, "field_invalid")),
        ({"amount": "50000"}, (422, "field_invalid")),
        ({"amount": 50_000.0}, (422, "field_invalid")),
        ({"amount": None}, (422, "field_invalid")),
        ({"external_id": 1}, (422, "field_invalid")),
        ({"external_id": ""}, (422, "field_invalid")),
        ({"external_id": None}, (422, "field_invalid")),
        ({"account": "acc_1"}, (422, "field_invalid")),
        ({"total": 1}, (422, "field_invalid")),
        ({"method": "qris"}, (422, "field_invalid")),
        ({"method": "OVO"}, (422, "field_invalid")),
        ({"method": "OVO", "phone": "021 555 1234"}, (422, "field_invalid")),
        ({"method": "OVO", "phone": ""}, (422, "field_invalid")),
        ({"phone": 81234567890}, (422, "field_invalid")),
    ],
    ids=str,
)
def test_a_wish_that_cannot_be_granted_is_refused_and_nothing_is_kept(
    host: Host, world: World, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    before = rows(world)
    assert refusal(host.post(**body)) == expected
    assert rows(world) == before
    assert host.post().status_code == 201, "a refused wish does not use its key up"


def test_a_refusal_of_a_field_names_it_and_says_why(host: Host) -> None:
    assert host.post(amount="x").json()["facts"] == {"field": "amount", "why": "int_type"}
    assert host.post(colour="x").json()["facts"] == {"field": "colour", "why": "extra_forbidden"}
    assert host.send("[]").json()["facts"] == {"field": "body", "why": "not an object"}
    assert host.send('{"amount": 1, "amount": 2}').json()["facts"] == {"field": "body", "why": "a key appears twice"}
    assert host.send(b" " * 20_000).json()["facts"]["field"] == "body"


@pytest.mark.parametrize("key", [None, "", "short", "x" * 81, "has a space", "kunci-é-panjang"])
def test_a_key_is_needed_and_must_be_plain(host: Host, world: World, key: str | None) -> None:
    before = rows(world)
    headers: Any = {b"authorization": f"Bearer {SECRET}".encode()}
    if key is not None:
        headers[b"idempotency-key"] = key.encode("latin-1")
    answer = host.http.post(URL, content=b"{}", headers=headers)
    assert refusal(answer) == (422, "field_invalid")
    assert answer.json()["facts"]["field"] == "Idempotency-Key"
    assert rows(world) == before


def test_a_gateway_that_is_away_leaves_the_payment_unknown_and_the_key_finds_it_again(host: Host, world: World) -> None:
    away = replace(host.env, gateways={"xendit": XenditGateway(API_KEY, NEVER, (CALLBACK_TOKEN,))})
    with runtime.use(away):
        made, again = host.post(), host.post()
    assert (made.status_code, made.json()["status"]) == (201, "unknown")
    assert "qr_string" not in made.json()
    assert (again.status_code, again.json()) == (200, made.json())
    assert rows(world)[:2] == (1, 1)
