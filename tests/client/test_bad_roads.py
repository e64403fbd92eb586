"""Many threads on a road where much is lost: no call is charged twice, none is forgotten, nothing stays set aside."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import httpx

from billing_ui.client import Patience, Refused
from tests.client.desk import CHAT, Desk, Road, problem
from tests.client.providers import chat_usage

PERSEVERING = Patience(attempt_s=5.0, total_s=60.0, first_pause_s=0.002, longest_pause_s=0.02)
CALLS, TOKENS = 240, 100


@dataclass
class BadRoad(Road):
    """Of ten requests four meet something."""

    dice: random.Random = field(default_factory=lambda: random.Random(7))
    lock: Any = field(default_factory=Lock)

    def before(self, request: httpx.Request) -> httpx.Response | None:
        with self.lock:
            throw = self.dice.random()
        if throw < 0.15:
            raise httpx.ConnectError("no road", request=request)
        return problem(503, "busy", Retry_After="0") if throw < 0.2 else None

    def after(self, request: httpx.Request) -> None:
        with self.lock:
            throw = self.dice.random()
        if throw < 0.25:
            raise httpx.ReadError("nothing heard", request=request)


def outcome(number: int) -> str:
    """Three of four calls succeed, every eighth fails, every eighth is forgotten."""
    return "failed" if number % 8 == 3 else "forgotten" if number % 8 == 5 else "made"


def is_right(desk: Desk, outcomes: list[str]) -> None:
    """The desk took exactly what the callers were told."""
    told = Counter(outcomes)
    assert told["made"] == len(desk.events()) == len({event.event_id for event in desk.events()})
    assert desk.world.balance(desk.customer) == 50 * TOKENS - sum(event.from_lots for event in desk.events())
    assert sum(event.allowance + event.from_lots for event in desk.events()) == told["made"] * TOKENS
    desk.world.books_are_right()


def test_threads_on_a_bad_road_are_charged_to_the_token(desk: Desk) -> None:
    desk.give(50 * TOKENS)
    bad = replace(desk, road=BadRoad())
    with bad.billing(before=PERSEVERING, afterwards=PERSEVERING) as billing:

        def call(number: int) -> str:
            try:
                with billing.reserve(**{**CHAT, "input_tokens": 200, "output_tokens": 0}) as made:
                    if outcome(number) == "failed":
                        raise ConnectionResetError
                    if outcome(number) == "made":
                        made.settle(chat_usage(60, 40))
                    return outcome(number)
            except Refused:
                return "refused"
            except ConnectionResetError:
                return "failed"

        with ThreadPoolExecutor(16) as pool:
            outcomes = list(pool.map(call, range(CALLS)))
    assert bad.unsettled == [] and outcomes.count("made") > 150
    is_right(desk, outcomes)


async def test_tasks_on_a_bad_road_are_charged_to_the_token(desk: Desk) -> None:
    desk.give(50 * TOKENS)
    bad, at_once = replace(desk, road=BadRoad()), asyncio.Semaphore(16)
    async with bad.async_billing(before=PERSEVERING, afterwards=PERSEVERING) as billing:

        async def call(number: int) -> str:
            try:
                async with at_once, billing.reserve(**{**CHAT, "input_tokens": 200, "output_tokens": 0}) as made:
                    if outcome(number) == "failed":
                        raise ConnectionResetError
                    if outcome(number) == "made":
                        await made.settle(chat_usage(60, 40))
                    return outcome(number)
            except Refused:
                return "refused"
            except ConnectionResetError:
                return "failed"

        outcomes = await asyncio.gather(*map(call, range(CALLS)))
    assert bad.unsettled == [] and outcomes.count("made") > 150
    is_right(desk, outcomes)
