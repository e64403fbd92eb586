"""The host app's door: a secret or a key with the right scope and nothing else; cookies mean nothing here."""

from __future__ import annotations

import itertools
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from billing_ui import runtime
from billing_ui.api.app import ROUTERS, build
from billing_ui.api.auth import HostRoute
from billing_ui.infra.db import Database
from billing_ui.rules.access import system
from billing_ui.rules.scopes import PREFIX, SCOPES
from billing_ui.security.redaction import redact
from billing_ui.security.wrap import wrap
from billing_ui.services import api_keys, identity
from billing_ui.services.identity import Device, SignUp
from tests.api.test_payments_api import SECRET, bearer, known_as, refusal, with_secret
from tests.world import PASSWORD, World, open_world

CLI = system("test")


@pytest.fixture
def world(stocked_db: Database) -> Iterator[World]:
    with open_world(stocked_db) as opened:
        yield opened


@dataclass(frozen=True)
class Door:
    http: TestClient
    world: World

    def ask(self, method: str, path: str, secret: str) -> httpx.Response:
        body = json.dumps({"external_id": "user-1"}) if method == "POST" else None
        told = {"Authorization": f"Bearer {secret}".encode("latin-1")}
        return self.http.request(method, path, content=body, headers=told)


@pytest.fixture
def door(world: World) -> Iterator[Door]:
    known_as(world, world.customer(), "user-1")
    with runtime.use(with_secret(world)), TestClient(wrap(build()), raise_server_exceptions=False) as http:
        yield Door(http, world)


def routes() -> list[tuple[str, str, str]]:
    """(method, path, scope) of everything behind the secret."""
    found = [route for router in ROUTERS for route in router.routes if isinstance(route, HostRoute)]
    return [
        (method, re.sub(r"{\w+}", "x", route.path), (route.openapi_extra or {})["x-required-scope"])
        for route in found
        for method in sorted(route.methods)
    ]


def test_every_path_for_host_apps_stands_behind_the_door() -> None:
    open_paths = {"/api/health", "/api/ready"}
    unguarded = {
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and not isinstance(route, HostRoute) and route.include_in_schema
    }
    assert unguarded <= open_paths
    assert len(routes()) >= 10


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_opens_the_paths_of_its_scope_and_no_other(door: Door, scope: str) -> None:
    secret = api_keys.create(door.world.env, CLI, "key", [scope]).secret
    for method, path, needed in routes():
        answer = door.ask(method, path, secret)
        if needed == scope:
            assert answer.status_code not in {401, 403}, (method, path)
        else:
            assert refusal(answer) == (403, "forbidden"), (method, path)
            assert answer.json()["facts"] == {"scope": needed}


def test_no_path_opens_without_a_secret_or_with_a_wrong_one(door: Door) -> None:
    wrong = ("", "x", SECRET + "x", SECRET[:-1], PREFIX, PREFIX + "0" * 52, PREFIX + "é", "Bearer")
    for (method, path, _scope), secret in itertools.product(routes(), wrong):
        assert refusal(door.ask(method, path, secret)) == (401, "bad_key"), (method, path, secret)


def test_the_deployments_own_secret_opens_everything(door: Door) -> None:
    for method, path, _scope in routes():
        assert door.ask(method, path, SECRET).status_code not in {401, 403}


def test_a_cookie_of_somebody_signed_in_means_nothing(door: Door) -> None:
    session = identity.sign_up(door.world.env, SignUp("ayu@pelanggan.test", PASSWORD, "Ayu"), Device())
    for (method, path, _scope), name in itertools.product(routes(), ("billing_session", "__Host-billing_session")):
        answer = door.http.request(method, path, headers={"Cookie": f"{name}={session}"})
        assert refusal(answer) == (401, "bad_key")
        assert "set-cookie" not in answer.headers


def test_a_revoked_key_is_dead_within_five_seconds_and_one_that_ran_out_at_once(door: Door) -> None:
    world = door.world
    new = api_keys.create(world.env, CLI, "key", ["usage:read"])
    path = "/api/billing/balance?external_id=user-1"
    assert door.ask("GET", path, new.secret).status_code == 200
    api_keys.revoke(world.env, CLI, new.key.public_id, "lost")
    world.later(seconds=5)
    assert refusal(door.ask("GET", path, new.secret)) == (401, "bad_key")
    short = api_keys.create(world.env, CLI, "short", ["usage:read"], world.clock.now() + timedelta(hours=1))
    world.later(seconds=2)
    assert door.ask("GET", path, short.secret).status_code == 200, "a new key lives at once"
    world.later(hours=1)
    assert refusal(door.ask("GET", path, short.secret)) == (401, "bad_key")


def test_without_a_secret_a_key_is_enough_and_without_both_there_is_no_door(world: World) -> None:
    known_as(world, world.customer(), "user-1")
    with runtime.use(with_secret(world, None)), TestClient(wrap(build())) as http:
        door = Door(http, world)
        assert refusal(door.ask("GET", "/api/billing/balance", SECRET)) == (404, "not_found")
        key = api_keys.create(world.env, CLI, "key", SCOPES)
        world.later(seconds=6)
        assert door.ask("GET", "/api/billing/balance?external_id=user-1", key.secret).status_code == 200
        assert refusal(door.ask("GET", "/api/billing/balance", SECRET)) == (401, "bad_key")


def test_made_up_keys_ask_the_database_once_a_second_at_most(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Any] = []
    read = Database.read

    def counted(self: Database) -> Any:
        reads.append(self)
        return read(self)

    monkeypatch.setattr(Database, "read", counted)
    for number in range(50):
        door.ask("GET", "/api/billing/balance", f"{PREFIX}{number:052d}")
    assert len(reads) <= 2


def test_each_key_has_its_own_rate(door: Door) -> None:
    first, second = (api_keys.create(door.world.env, CLI, name, SCOPES).secret for name in ("a", "b"))
    left = [door.ask("GET", "/api/payments/x", each).headers["ratelimit-remaining"] for each in (first, first, second)]
    assert left == ["99", "98", "99"]


def test_a_key_never_reaches_the_log(caplog: pytest.LogCaptureFixture, door: Door) -> None:
    secret = api_keys.create(door.world.env, CLI, "key", SCOPES).secret
    assert secret not in redact(f"somebody printed {secret} here")
    with caplog.at_level(logging.DEBUG):
        door.ask("GET", "/api/payments/x", secret)
    assert secret not in caplog.text


def test_another_hosts_id_of_a_user_is_no_way_in_by_odd_spellings(door: Door) -> None:
    for name in ("USER-1", " user-1", "user-1 ", "user-1\u200b", "user-1%00", "ｕser-1", "user-1' OR '1'='1"):
        answer = door.http.get("/api/billing/balance", params={"external_id": name}, headers=bearer())
        assert refusal(answer) == (404, "not_found"), name
