"""News of payments: at once, all together, with the same name on every copy, and again when nobody listened."""

import itertools
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from billing_ui.sandbox.app import build, close
from billing_ui.sandbox.settings import Settings
from billing_ui.sandbox.world import World
from tests.live_sandbox import CALLBACK_TOKEN, Box, running_sandbox
from tests.sandbox.receiver import Receiver
from tests.sandbox.xendit_client import XenditClient


class StoppedClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


async def ask(app: Any, path: str, body: Any = None) -> Any:
    """One call in process, as a program on this machine would make it."""
    headers = {"api-version": "2024-11-11"}
    transport, key = httpx.ASGITransport(app), httpx.BasicAuth("xnd_development_x", "")
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", auth=key) as client:
        answer = await client.request("POST" if body is not None else "GET", path, json=body, headers=headers)
    return answer.json()


ORDER = {
    "reference_id": "top_a",
    "type": "PAY",
    "country": "ID",
    "currency": "IDR",
    "request_amount": 50_000,
    "channel_code": "QRIS",
    "channel_properties": {},
}


def test_a_hundred_copies_of_one_event_are_under_way_together(xendit: XenditClient, box: Box, app: Receiver) -> None:
    app.hold_s = 1.5
    xendit.create("top_a")
    paid = box.pay("top_a", times=100)
    assert app.most_in_flight == 100
    assert len(paid["payment_ids"]) == 1
    assert len(paid["deliveries"]) == 100
    assert {delivery["status"] for delivery in paid["deliveries"]} == {200}
    assert len({message.headers["webhook-id"] for message in app.told}) == 1
    assert len({message.body["data"]["payment_id"] for message in app.told}) == 1


@pytest.mark.alone
def test_the_first_delivery_starts_within_20_ms(xendit: XenditClient, box: Box, app: Receiver) -> None:
    """Measured at the app's door, so the figure holds both networks' ways and more than it must."""
    waits = []
    for number in range(20):
        xendit.create(f"top_{number}")
        begun = time.perf_counter()
        box.pay(f"top_{number}")
        waits.append((app.told[-1].arrived - begun) * 1000)
    assert statistics.median(waits) <= 20


@pytest.mark.alone
def test_the_very_first_delivery_of_a_sandbox_is_no_slower(app: Receiver) -> None:
    app.clear()
    with running_sandbox(app.url) as fresh:
        XenditClient(fresh.xendit_url).create("top_a")
        begun = time.perf_counter()
        fresh.pay("top_a")
        assert (app.told[0].arrived - begun) * 1000 <= 40


def test_a_delivery_looks_like_one_of_xendit(xendit: XenditClient, box: Box, app: Receiver) -> None:
    made = xendit.create("top_a")
    [payment_id] = box.pay("top_a")["payment_ids"]
    [told] = app.told
    assert told.path == "/api/webhooks/xendit"
    assert told.headers["x-callback-token"] == CALLBACK_TOKEN
    assert told.headers["content-type"] == "application/json"
    assert set(told.body) == {"event", "business_id", "created", "api_version", "data"}
    assert told.body["api_version"] == "v3"
    assert told.body["data"]["payment_request_id"] == made["payment_request_id"]
    assert told.body["data"] == xendit.payment(payment_id)


def test_a_wrong_token_is_sent_when_asked_for(xendit: XenditClient, box: Box, app: Receiver) -> None:
    box.switch(wrong_token=True)
    xendit.create("top_a")
    box.pay("top_a")
    assert app.told[0].headers["x-callback-token"] != CALLBACK_TOKEN


def test_all_news_can_be_held_back(xendit: XenditClient, box: Box, app: Receiver) -> None:
    box.switch(webhooks="drop")
    xendit.create("top_a")
    xendit.create("top_b")
    assert box.pay("top_a")["deliveries"] == []
    assert box.expire("top_b")["deliveries"] == []
    assert app.told == []


def test_an_app_that_is_away_is_told_of_in_the_answer() -> None:
    with running_sandbox() as lonely:
        XenditClient(lonely.xendit_url).create("top_a")
        paid = lonely.pay("top_a")
    assert paid["status"] == "SUCCEEDED"
    assert [delivery["status"] for delivery in paid["deliveries"]] == [None]


async def test_a_refused_event_is_told_again_at_the_documented_times(app: Receiver) -> None:
    app.clear()
    app.status = 503
    clock = StoppedClock()
    box = build(Settings(app_url=app.url), clock)
    world: World = box.state.world
    await ask(box, "/xendit/v3/payment_requests", ORDER)
    await ask(box, "/_sim/payments/top_a/pay", {"times": 3})
    started = clock.now
    tries = [len(app.told)]
    for minutes in (14, 15, 59, 60, 180, 360, 720, 1440, 3000):
        clock.now = started + timedelta(minutes=minutes)
        await world.agenda.advance(timedelta())
        tries.append(len(app.told))
    await close(world)
    assert [now - before for before, now in itertools.pairwise(tries)] == [0, 1, 0, 1, 1, 1, 1, 1, 0]
    captures = [told for told in app.told if told.body["event"] == "payment.capture"]
    assert len({told.headers["webhook-id"] for told in captures}) == 1


async def test_an_accepted_event_is_not_told_again(app: Receiver) -> None:
    app.clear()
    clock = StoppedClock()
    box = build(Settings(app_url=app.url), clock)
    await ask(box, "/xendit/v3/payment_requests", ORDER)
    await ask(box, "/_sim/payments/top_a/pay", {})
    clock.now += timedelta(days=3)
    await box.state.world.agenda.advance(timedelta())
    await close(box.state.world)
    assert len(app.told) == 1


async def test_an_unpaid_request_expires_by_itself_and_says_so(app: Receiver) -> None:
    app.clear()
    clock = StoppedClock()
    box = build(Settings(app_url=app.url), clock)
    await ask(box, "/xendit/v3/payment_requests", ORDER)
    clock.now += timedelta(hours=47, minutes=59)
    await box.state.world.agenda.advance(timedelta())
    assert (await ask(box, "/_sim/payments/top_a"))["status"] == "REQUIRES_ACTION"
    clock.now += timedelta(minutes=1)
    await box.state.world.agenda.advance(timedelta())
    assert (await ask(box, "/_sim/payments/top_a"))["status"] == "EXPIRED"
    await close(box.state.world)
    assert [told.body["event"] for told in app.told] == ["payment_request.expiry"]


async def test_the_same_seed_makes_the_same_ids() -> None:
    made = []
    for _ in range(2):
        box = build(Settings(seed=7))
        made.append((await ask(box, "/xendit/v3/payment_requests", ORDER))["payment_request_id"])
        await close(box.state.world)
    assert made[0] == made[1]
