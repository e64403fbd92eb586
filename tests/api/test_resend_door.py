"""Resend's door from outside: signed deliveries are kept, everything else is 4xx and changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import func, select
from starlette.testclient import TestClient

from billing_ui import runtime
from billing_ui.models import Audit, InboxMessage, Job, MailStop
from tests.mail_news import event, signature, signed
from tests.world import World

URL = "/api/webhooks/resend"


def rows(world: World) -> tuple[int, ...]:
    tables = (InboxMessage, Job, Audit, MailStop)
    with world.env.db.read() as tx:
        return tuple(tx.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def delivered(world: World) -> bytes:
    return event("email.delivered", "sari@pelanggan.test", world.clock.now())


def test_a_signed_event_is_stored_byte_by_byte_and_a_repetition_is_known(client: TestClient, world: World) -> None:
    body = delivered(world)
    headers = signed(body, world.clock.now())
    assert client.post(URL, content=body, headers=headers).json() == {"received": True, "new": True}
    world.later(seconds=30)
    again = signed(body, world.clock.now())
    assert client.post(URL, content=body, headers=again).json() == {"received": True, "new": False}
    with world.env.db.read() as tx:
        (kept,) = tx.scalars(select(InboxMessage)).all()
    assert (kept.gateway, kept.event, kept.body, kept.times) == ("resend", "email.delivered", body, 2)
    assert "svix-signature" not in kept.headers


def test_one_of_several_signatures_is_enough(client: TestClient, world: World) -> None:
    body = delivered(world)
    headers = signed(body, world.clock.now())
    headers["svix-signature"] = f"v1,b2xk v2,x {headers['svix-signature']}"
    assert client.post(URL, content=body, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"svix-signature": "v1,Zm9yZ2Vk"}, {"svix-signature": ""}, {"svix-signature": "v1,"}, {"svix-id": "msg_other"},
        {"svix-id": ""}, {"svix-timestamp": ""}, {"svix-timestamp": "soon"}, {"svix-timestamp": "9" * 40},
        {"svix-timestamp": "-1"},
    ],
)  # fmt: skip
def test_a_forged_delivery_is_401_and_changes_nothing(client: TestClient, world: World, change: dict[str, str]) -> None:
    before, body = rows(world), delivered(world)
    headers = {**signed(body, world.clock.now()), **change}
    assert client.post(URL, content=body, headers=headers).status_code == 401
    assert rows(world) == before


def test_a_signature_is_good_for_its_body_its_secret_and_five_minutes_only(client: TestClient, world: World) -> None:
    before, body, now = rows(world), delivered(world), world.clock.now()
    strangers = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"
    for headers in (
        signed(body + b" ", now),
        signed(body, now, secret=strangers),
        signed(body, now - timedelta(minutes=6)),
        signed(body, now + timedelta(minutes=6)),
        {name: value for name, value in signed(body, now).items() if not name.startswith("svix")},
    ):
        assert client.post(URL, content=body, headers=headers).status_code == 401
    assert rows(world) == before
    assert client.post(URL, content=body, headers=signed(body, now - timedelta(minutes=4))).status_code == 200


@pytest.mark.parametrize("secret", [None, SecretStr("")])
def test_without_a_configured_secret_the_door_does_not_exist(
    client: TestClient, world: World, secret: SecretStr | None
) -> None:
    closed = replace(world.env, config=world.env.config.model_copy(update={"resend_webhook_secret": secret}))
    body = delivered(world)
    with runtime.use(closed):
        assert client.post(URL, content=body, headers=signed(body, world.clock.now())).status_code == 404


def test_an_empty_key_signs_nothing(client: TestClient, world: World) -> None:
    body, at = delivered(world), str(int(world.clock.now().timestamp()))
    headers = {"svix-id": "m", "svix-timestamp": at, "svix-signature": signature("", "m", at, body)}
    for secret in ("whsec_", "whsec_???"):
        told = {"resend_webhook_secret": SecretStr(secret)}
        with runtime.use(replace(world.env, config=world.env.config.model_copy(update=told))):
            assert client.post(URL, content=body, headers=headers).status_code == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_served(client: TestClient, method: str) -> None:
    assert client.request(method, URL).status_code == 405


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b'{"type": NaN}', b'{"a": "\\u0000"}', b'{"a":' * 5_000, b"\xff\xfe"]
)
def test_signed_bodies_that_are_no_message_are_400_and_change_nothing(
    client: TestClient, world: World, body: bytes
) -> None:
    before = rows(world)
    assert client.post(URL, content=body, headers=signed(body, world.clock.now())).status_code == 400
    assert rows(world) == before


def test_a_body_beyond_the_cap_is_413(client: TestClient, world: World) -> None:
    body = b'{"type": "email.sent"' + b" " * 300_000 + b"}"
    assert client.post(URL, content=body, headers=signed(body, world.clock.now())).status_code == 413


@pytest.mark.parametrize("kind", ["contact.created", "domain.updated", "email.opened", "suppression.added", "x", "é"])
def test_events_that_are_not_about_our_mails_are_taken_and_ignored(client: TestClient, world: World, kind: str) -> None:
    body = json.dumps({"type": kind, "created_at": "2026-11-21T00:00:00Z", "data": {"id": "1"}}).encode()
    assert client.post(URL, content=body, headers=signed(body, world.clock.now())).status_code == 200
    world.work()
    with world.env.db.read() as tx:
        assert tx.scalars(select(InboxMessage.outcome)).all() == ["ignored"]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["type", "created_at", "data"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text()
            | st.sampled_from(["email.bounced", "email.complained", "email.suppressed", "0001-01-01T00:00:00+14:00"]),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                st.sampled_from(["to", "tags", "mail", "email_id", "bounce", "type", "suppressed"]), inner, max_size=5
            ),
            max_leaves=12,
        ),
    ),
    st.uuids(),
)  # fmt: skip
def test_no_signed_json_makes_a_server_error_or_a_job_that_fails(
    client: TestClient, world: World, value: Any, name: Any
) -> None:
    body = json.dumps(value).encode()
    assert client.post(URL, content=body, headers=signed(body, world.clock.now(), str(name))).status_code in {200, 400}
    world.work()
    with world.env.db.read() as tx:
        assert tx.scalar(select(func.count()).select_from(Job).where(Job.state == "dead", Job.attempts > 0)) == 0
        assert tx.scalar(select(func.count()).select_from(Job).where(Job.last_error != "")) == 0


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=500), st.dictionaries(st.sampled_from(["svix-id", "svix-timestamp", "svix-signature"]),
                                                st.text("az09-/,= ", max_size=60)))  # fmt: skip
def test_nobody_without_the_secret_comes_in(client: TestClient, body: bytes, headers: dict[str, str]) -> None:
    assert client.post(URL, content=body, headers=headers).status_code == 401
