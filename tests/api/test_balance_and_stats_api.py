"""The host app looks back at a balance and asks how payments went: one secret, one account or all, integers only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col
from starlette.testclient import TestClient

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.models import Account
from billing_ui.security.wrap import wrap
from tests.api.test_payments_api import bearer, with_secret
from tests.queries.test_payment_stats import ends, pays_after
from tests.world import Customer, World

BALANCE, STATS = "/api/billing/balance", "/api/payments/stats"


@pytest.fixture
def sari(world: World) -> Customer:
    customer = world.customer()
    with world.env.db.begin() as tx:
        tx.execute(update(Account).where(col(Account.id) == customer.account_id).values(external_id="user-1"))
    return customer


@pytest.fixture
def http(world: World, sari: Customer) -> Iterator[TestClient]:
    with runtime.use(with_secret(world)):
        yield TestClient(wrap(build()), raise_server_exceptions=False, headers=bearer())


def told(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refused(answer: httpx.Response) -> tuple[int, str, str | None]:
    problem = answer.json()
    return answer.status_code, problem["code"], problem["facts"].get("field")


def test_a_balance_is_told_now_and_as_it_stood(world: World, sari: Customer, http: TestClient) -> None:
    pays_after(world, sari, 60, 25_000)
    then = world.clock.now()
    world.later(days=2)
    pays_after(world, sari, 60)
    now = told(http.get(BALANCE, params={"external_id": "user-1"}))
    assert (now["balance"], now["unit"], now["external_id"]) == (750_000, "TOKEN", "user-1")
    back = told(http.get(BALANCE, params={"account": now["account"], "as_of": then.isoformat()}))
    assert (back["balance"], back["account"]) == (250_000, now["account"])
    before = (then - timedelta(hours=1)).astimezone().isoformat()
    assert told(http.get(BALANCE, params={"external_id": "user-1", "as_of": before}))["balance"] == 0
    # A plus that nobody escaped is a space when it arrives.
    unescaped = f"{BALANCE}?external_id=user-1&as_of={(then + timedelta(hours=7)).isoformat()[:19]}+07:00"
    assert told(http.get(unescaped))["balance"] == 250_000


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, (422, "field_invalid", "external_id")),
        ({"account": "a", "external_id": "b"}, (422, "field_invalid", "external_id")),
        ({"external_id": "nobody"}, (404, "not_found", None)),
        ({"external_id": "x\x00y"}, (404, "not_found", None)),
        ({"external_id": "x" * 5_000}, (404, "not_found", None)),
        ({"external_id": "user-1", "as_of": "yesterday"}, (422, "field_invalid", "as_of")),
        ({"external_id": "user-1", "as_of": "2026-11-21T10:00:00"}, (422, "field_invalid", "as_of")),
        ({"external_id": "user-1", "as_of": "0001-01-01T00:00:00+14:00"}, (422, "field_invalid", "as_of")),
    ],
)
def test_what_is_no_question_is_refused(
    http: TestClient, params: dict[str, str], expected: tuple[int, str, str | None]
) -> None:
    assert refused(http.get(BALANCE, params=params)) == expected


def test_stats_are_of_one_account_or_of_all(world: World, sari: Customer, http: TestClient) -> None:
    pays_after(world, sari, 30)
    ends(world, sari, "expired")
    pays_after(world, world.customer("budi@pelanggan.test", "Budi"), 90, 100_000, "VA_BCA")
    one = told(http.get(STATS, params={"external_id": "user-1"}))
    assert (one["count"], one["paid"], one["success_percent"], one["median_seconds"]) == (2, 1, 50, 30)
    assert one["paid_amounts"] == [{"amount": 50_000, "currency": "IDR"}]
    assert [each["method"] for each in one["methods"]] == ["QRIS"]
    assert (one["from"], one["to"], len(one["days"])) == ("2026-10-23", "2026-11-21", 30)
    whole = told(http.get(STATS, params={"from": "2026-11-21", "to": "2026-11-21"}))
    assert (whole["account"], whole["count"], whole["paid_amounts"][0]["amount"]) == (None, 3, 150_000)
    assert len(whole["days"]) == 1


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"from": "2026-11-31"}, (422, "field_invalid", "from")),
        ({"to": "today"}, (422, "field_invalid", "to")),
        ({"from": "2026-11-21", "to": "2026-11-20"}, (422, "field_invalid", "from")),
        ({"account": "a", "external_id": "b"}, (422, "field_invalid", "external_id")),
        ({"account": "acc_nobody"}, (404, "not_found", None)),
    ],
)
def test_days_and_accounts_that_are_none_are_refused(
    http: TestClient, params: dict[str, str], expected: tuple[int, str, str | None]
) -> None:
    assert refused(http.get(STATS, params=params)) == expected


@pytest.mark.parametrize("path", [BALANCE, STATS])
def test_nobody_without_the_secret_is_told_anything(http: TestClient, path: str) -> None:
    assert http.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
