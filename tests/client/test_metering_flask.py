"""The decorator under Flask: the same words, and its own way of answering."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, g, request
from flask.testing import FlaskClient

from billing_ui.client import Billing, Call, meter, refusals
from tests.client.desk import Desk, problem
from tests.client.providers import Provider, chat_usage, message_events


def host_app(billing: Billing) -> Flask:
    app = Flask(__name__)
    refusals(app)

    @app.before_request
    def sign_in() -> None:
        g.user = request.headers["x-user"]

    @app.post("/chat/<text>")
    @meter(billing, lambda _given: g.user, operation="chat", input_tokens=2_000, output_tokens=1_000)
    def chat(text: str, call: Call) -> dict[str, str]:
        call.settle(chat_usage(500, 200))
        return {"said": text}

    @app.post("/fixed")
    @meter(billing, lambda _given: g.user, operation="chat", input_tokens=300)
    def fixed() -> str:
        return "done"

    @app.post("/long")
    @meter(billing, lambda _given: g.user, operation="chat", input_tokens=30_000)
    def too_long() -> None:
        raise AssertionError("the call was made")

    @app.post("/stream")
    @meter(billing, lambda _given: g.user, operation="chat", input_tokens=2_000, output_tokens=1_000)
    def stream(call: Call) -> Iterator[str]:
        events = call.stream(Provider(message_events(300, 120, 0, 0)))
        return ("word " for _event in events)

    return app


@pytest.fixture
def host(billing: Billing) -> FlaskClient:
    client: Any = host_app(billing).test_client()
    client.environ_base["HTTP_X_USER"] = "user-1"
    return client


def charged(desk: Desk) -> list[int]:
    assert desk.open_holds() == 0
    return [event.allowance for event in desk.events()]


def test_handlers_are_charged_what_their_calls_took(host: FlaskClient, desk: Desk) -> None:
    assert host.post("/chat/halo").json == {"said": "halo"}
    assert host.post("/fixed").text == "done"
    assert charged(desk) == [700, 300]


def test_a_streamed_answer_settles_where_it_is_read_to_its_end_or_left(host: FlaskClient, desk: Desk) -> None:
    assert host.post("/stream").text == "word " * 5
    left = host.post("/stream")
    assert next(left.iter_encoded()) == b"word "
    left.close()
    assert charged(desk) == [420, 1_300]


def test_refusals_and_outages_are_answers(host: FlaskClient, desk: Desk) -> None:
    refused = host.post("/long")
    assert refused.status_code == 402 and refused.json is not None
    assert (refused.json["code"], refused.json["refusal"]["limit"]) == ("quota_exceeded", 20_000)
    desk.road.plan = [problem(503, "busy", Retry_After="60")]
    away = host.post("/fixed")
    assert (away.status_code, away.headers["Retry-After"]) == (503, "60")
