"""The gateways' door from outside: good deliveries are kept, everything else is 4xx and changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from starlette.testclient import TestClient

from billing_ui import runtime
from billing_ui.gateways.base import Gateway
from billing_ui.gateways.xendit import XenditGateway
from billing_ui.jobs import schedule
from billing_ui.models import Audit, InboxMessage, Job
from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, Box
from tests.world import World

URL = "/api/webhooks/xendit"
GOOD = {"x-callback-token": CALLBACK_TOKEN, "content-type": "application/json"}


def rows(world: World) -> tuple[int, ...]:
    with world.env.db.read() as tx:
        return tuple(tx.scalar(select(func.count()).select_from(table)) or 0 for table in (InboxMessage, Job, Audit))


def test_the_dashboards_test_event_is_answered_200(client: TestClient) -> None:
    body = {"event": "payment.capture", "data": {"reference_id": "testing_id_123"}}
    assert client.post(URL, json=body, headers=GOOD).json() == {"received": True, "new": True}


def test_a_repetition_is_answered_200_too(client: TestClient) -> None:
    sent = {"event": "payment.capture", "data": {"reference_id": "testing_id_123"}}
    client.post(URL, json=sent, headers={**GOOD, "webhook-id": "one"})
    assert client.post(URL, json=sent, headers={**GOOD, "webhook-id": "one"}).json()["new"] is False


@pytest.mark.parametrize("token", [b"", b"forged", "salah-\u00e9".encode("latin-1"), CALLBACK_TOKEN.encode() + b" "])
def test_a_forged_empty_or_non_ascii_token_is_401_and_changes_nothing(
    client: TestClient, world: World, token: bytes
) -> None:
    before = rows(world)
    headers: Any = {b"x-callback-token": token, b"content-type": b"application/json"}
    assert client.post(URL, content=b'{"event": "payment.capture"}', headers=headers).status_code == 401
    assert client.post(URL, content=b'{"event": "payment.capture"}').status_code == 401
    assert rows(world) == before


def test_without_a_configured_token_the_door_does_not_exist(world: World, client: TestClient) -> None:
    closed = replace(world.env, gateways={"xendit": XenditGateway(API_KEY, "http://127.0.0.1:1", ())})
    with runtime.use(closed):
        assert client.post(URL, json={}, headers=GOOD).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'"text"',
        b'{"event": NaN}',
        b'{"event": Infinity}',
        b'{"event": "a\\u0000b"}',
        b'{"event": "\\ud800"}',
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
        b"\xff\xfe",
        b'{"event": "x"' + b" " * 300_000 + b"}",
    ],
    ids=range(14),
)
def test_bodies_nobody_should_send_are_4xx_and_change_nothing(client: TestClient, world: World, body: bytes) -> None:
    before = rows(world)
    assert 400 <= client.post(URL, content=body, headers=GOOD).status_code < 500
    assert rows(world) == before


def test_fifty_megabytes_are_refused_without_being_read_whole(client: TestClient, world: World) -> None:
    before, read = rows(world), 0

    def chunks() -> Any:
        nonlocal read
        for _ in range(50):
            read += 1
            yield b"x" * 1_000_000

    assert client.post(URL, content=chunks(), headers=GOOD).status_code == 413
    assert rows(world) == before


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=2_000),
    st.dictionaries(st.sampled_from(["webhook-id", "content-type"]), st.text("az09-/", max_size=40)),
)
def test_no_body_or_header_makes_a_server_error(client: TestClient, body: bytes, headers: dict[str, str]) -> None:
    assert client.post(URL, content=body, headers={**GOOD, **headers}).status_code < 500


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["event", "data", "id", "status", "payment_id", "amount"]), inner, max_size=5
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_makes_a_server_error(client: TestClient, world: World, value: Any) -> None:
    assert client.post(URL, content=json.dumps(value).encode(), headers=GOOD).status_code < 500
    world.work()


def test_a_database_that_is_away_is_a_503_so_that_the_gateway_comes_again(client: TestClient, world: World) -> None:
    world.env.db.dispose()
    with world.env.db.begin() as tx:
        tx.connection().exec_driver_sql("ALTER TABLE inbox_message RENAME TO away")
    answer = client.post(URL, json={"event": "payment.capture", "data": {}}, headers=GOOD)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_health_needs_no_secret_and_ready_names_what_is_missing(client: TestClient, world: World, box: Box) -> None:
    assert client.get("/api/health").json() == {"ok": True}
    answer = client.get("/api/ready")
    assert answer.status_code == 503
    assert [line.partition(":")[0] for line in answer.json()["missing"]] == ["worker"]
    world.later(seconds=1)
    schedule.arm(world.env)
    world.work()
    assert client.get("/api/ready").json() == {"ready": True, "missing": []}
    world.later(seconds=6)
    assert client.get("/api/ready").status_code == 503


def test_many_questions_within_a_second_ask_the_gateway_once(client: TestClient, world: World) -> None:
    gateway = Pinged(world.env.gateways["xendit"])
    with runtime.use(replace(world.env, gateways={"xendit": gateway})):
        for _ in range(50):
            client.get("/api/ready")
    assert gateway.pings == 1


class Pinged:
    """The real gateway, and how often it was asked whether it is there."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.pings = 0

    def ping(self) -> bool:
        self.pings += 1
        return self._gateway.ping()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)
