"""The metering doors as they are reached: before the other doors or through them, and when something breaks or ends."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.api.errors import PROBLEM
from billing_ui.infra.db import Database
from billing_ui.security.wrap import wrap
from tests.api.test_payments_api import bearer, known_as, refusal, with_secret
from tests.world import World, open_world

CHECK = "/api/billing/usage-check"
CHAT = {"external_id": "user-1", "operation": "chat", "input_tokens": 6}


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened:
        known_as(opened, opened.customer(), "user-1")
        yield opened


@pytest.fixture
def http(world: World) -> Iterator[TestClient]:
    with runtime.use(with_secret(world)), TestClient(wrap(build()), raise_server_exceptions=False) as opened:
        yield opened


def test_a_door_below_a_prefix_is_the_same_door(world: World) -> None:
    with runtime.use(with_secret(world)), TestClient(wrap(build()), root_path="/desk") as below:
        answer = below.post(f"/desk{CHECK}", json=CHAT, headers=bearer())
    assert (answer.status_code, answer.json()["allowed"]) == (200, True)
    assert answer.headers["ratelimit-limit"] == "10000"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_is_told_which_one_there_is(http: TestClient, method: str) -> None:
    answer = http.request(method, CHECK, headers=bearer())
    assert refusal(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


def test_an_error_of_ours_is_a_problem_that_tells_nothing_and_stands_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    env = with_secret(world)
    nonsense: dict[str, Any] = {"tokens": None}
    chat = replace(env.catalogue.operations["chat"], draws=nonsense)
    env = replace(env, catalogue=replace(env.catalogue, operations={"chat": chat}))
    with runtime.use(env), TestClient(wrap(build())) as http, caplog.at_level(logging.ERROR):
        answer = http.post(CHECK, json=CHAT, headers=bearer())
    assert refusal(answer) == (500, "internal")
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["ratelimit-remaining"] == "9999"
    assert "TypeError" not in answer.text
    assert "TypeError" in caplog.text


async def test_whoever_hangs_up_in_the_middle_is_told_nothing_and_charged_nothing(world: World) -> None:
    sent: list[Message] = []
    letters: list[Message] = [
        {"type": "http.request", "body": b'{"external_id": ', "more_body": True}, {"type": "http.disconnect"},
    ]  # fmt: skip

    async def receive() -> Message:
        return letters.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(name.lower().encode(), value.encode()) for name, value in bearer().items()]
    scope = {
        "type": "http", "method": "POST", "path": "/api/billing/track-usage", "root_path": "", "query_string": b"",
        "headers": headers, "scheme": "http", "http_version": "1.1",
    }  # fmt: skip
    with runtime.use(with_secret(world)):
        await wrap(build())(scope, receive, send)
    assert (sent, letters) == ([], [])


def test_a_body_in_pieces_is_one_body(http: TestClient) -> None:
    pieces = iter([b'{"external_id": "user-1",', b' "operation": "chat",', b' "input_tokens": 6}'])
    assert http.post(CHECK, content=pieces, headers=bearer()).json()["allowed"] is True
