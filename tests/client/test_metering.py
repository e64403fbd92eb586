"""The decorator around handlers: FastAPI sees the handler without its call, and a "no" becomes an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Header
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.testclient import TestClient

from billing_ui.client import AsyncBilling, AsyncCall, Billing, Call, meter, refusals
from tests.client.desk import Desk, problem, served
from tests.client.providers import Provider, chat_usage, message_events


class Question(BaseModel):
    text: str


async def signed_in(x_user: Annotated[str, Header()]) -> SimpleNamespace:
    return SimpleNamespace(id=x_user)


User = Annotated[SimpleNamespace, Depends(signed_in)]


def host_app(billing: AsyncBilling) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await billing.aclose()

    app = FastAPI(lifespan=lifespan)
    refusals(app)

    def of_user(given: Any) -> str:
        return str(given["user"].id)

    @app.post("/chat")
    @meter(billing, of_user, operation="chat", input_tokens=2_000, output_tokens=1_000)
    async def chat(question: Question, user: User, call: AsyncCall) -> dict[str, str]:
        if question.text == "break":
            raise ConnectionResetError
        await call.settle(chat_usage(500, 200))
        return {"said": question.text}

    @app.post("/fixed")
    @meter(billing, "user_id", operation="chat", input_tokens=300)
    async def fixed(user_id: str) -> dict[str, str]:
        return {"for": user_id}

    @app.post("/long")
    @meter(billing, of_user, operation="chat", input_tokens=30_000)
    async def too_long(user: User) -> None:
        raise AssertionError("the call was made")

    @app.post("/stream")
    @meter(billing, of_user, operation="chat", input_tokens=2_000, output_tokens=1_000)
    async def stream(user: User, call: AsyncCall, pause_s: float = 0) -> StreamingResponse:
        events = call.stream(Provider(message_events(300, 120, 0, 0)))

        async def words() -> AsyncIterator[str]:
            async for _event in events:
                yield "word "
                await asyncio.sleep(pause_s)

        return StreamingResponse(words())

    return app


@pytest.fixture
async def host(desk: Desk, async_billing: AsyncBilling) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(host_app(async_billing), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://host", headers={"x-user": "user-1"}) as http:
        yield http


async def test_a_handler_is_charged_what_its_call_took(host: httpx.AsyncClient, desk: Desk) -> None:
    answer = await host.post("/chat", json={"text": "halo"})
    assert (answer.status_code, answer.json()) == (200, {"said": "halo"})
    assert [event.allowance for event in desk.events()] == [700] and desk.open_holds() == 0


async def test_a_handler_that_knows_nothing_of_calls_is_charged_its_estimate(
    host: httpx.AsyncClient, desk: Desk
) -> None:
    assert (await host.post("/fixed", params={"user_id": "user-1"})).json() == {"for": "user-1"}
    assert [event.allowance for event in desk.events()] == [300]


async def test_a_handler_that_fails_is_charged_nothing(host: httpx.AsyncClient, desk: Desk) -> None:
    assert (await host.post("/chat", json={"text": "break"})).status_code == 500
    assert (desk.events(), desk.open_holds()) == ([], 0)


async def test_a_refusal_is_an_answer_that_a_banner_can_be_made_of(host: httpx.AsyncClient, desk: Desk) -> None:
    answer = await host.post("/long")
    told = answer.json()
    assert (answer.status_code, told["code"]) == (402, "quota_exceeded")
    assert told["refusal"]["resets_at"] == "2026-11-21T17:00:00+00:00" and told["title"]
    assert told["meters"]["tokens"]["remaining"] == 20_000


async def test_an_outage_is_an_answer_too(host: httpx.AsyncClient, desk: Desk) -> None:
    desk.road.plan = [problem(503, "busy", Retry_After="60")]
    answer = await host.post("/chat", json={"text": "halo"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert answer.json()["code"] == "billing_unavailable"


async def test_the_framework_reads_the_arguments_of_the_handler_and_not_the_call(host: httpx.AsyncClient) -> None:
    assert (await host.post("/chat", json={"text": 5})).status_code == 422
    document = (await host.get("/openapi.json")).json()
    names = [each["name"] for each in document["paths"]["/stream"]["post"]["parameters"]]
    assert sorted(names) == ["pause_s", "x-user"]


async def test_a_streamed_answer_settles_after_the_handler_has_returned(host: httpx.AsyncClient, desk: Desk) -> None:
    assert (await host.post("/stream")).text == "word " * 5
    assert [event.allowance for event in desk.events()] == [420]


def test_a_reader_who_hangs_up_pays_what_is_known_and_what_was_expected(desk: Desk) -> None:
    with served(lambda: host_app(desk.async_billing())) as url, httpx.Client(base_url=url) as http:
        with http.stream("POST", "/stream?pause_s=30", headers={"x-user": "user-1"}) as answer:
            assert next(answer.iter_text()) == "word "
            assert desk.open_holds() == 1
        ends = time.monotonic() + 20
        while not desk.events() and time.monotonic() < ends:
            time.sleep(0.02)
    assert [event.allowance for event in desk.events()] == [1_300] and desk.open_holds() == 0


def test_handlers_in_threads_are_metered_alike(desk: Desk, billing: Billing) -> None:
    app = FastAPI()
    refusals(app)

    @app.post("/chat/{user}")
    @meter(billing, "user", operation="chat", input_tokens=2_000)
    def chat(user: str, call: Call) -> int:
        call.settle(chat_usage(500, 200))
        return 1

    @app.post("/stream/{user}")
    @meter(billing, "user", operation="chat", input_tokens=2_000)
    def stream(user: str, call: Call) -> StreamingResponse:
        chunks = call.stream(Provider(message_events(300, 120, 0, 0)))
        return StreamingResponse("word " for _event in chunks)

    with TestClient(app) as http:
        assert http.post("/chat/user-1").json() == 1
        assert http.post("/stream/user-1").text == "word " * 5
        assert http.post("/chat/user-1").status_code == 200
    assert [event.allowance for event in desk.events()] == [700, 420, 700]


def test_a_handler_needs_the_client_of_its_kind(billing: Billing) -> None:
    async def handler(user: str) -> None: ...

    with pytest.raises(TypeError, match="AsyncBilling"):
        meter(billing, "user", operation="chat")(handler)
