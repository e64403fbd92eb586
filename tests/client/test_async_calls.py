"""The block for coroutines: as the one for threads, and seen through when the task around it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from billing_ui.client import AsyncBilling, Conflict, Patience, Refused, Unsettled
from tests.client.desk import Desk
from tests.client.providers import Provider, chat_chunks, chat_usage, message_events
from tests.client.test_calls import ESTIMATE, used


async def test_a_call_is_charged_what_it_took(async_billing: AsyncBilling, desk: Desk) -> None:
    desk.road.plan = ["unheard"]
    async with async_billing.reserve(**ESTIMATE) as call:
        assert desk.open_holds() == 1
        desk.road.plan = ["lost", "unheard"]
        charged = await call.settle(chat_usage(500, 200))
    assert charged is not None and charged.charged == 700 == used(desk)


async def test_a_call_may_be_ended_by_oneself(async_billing: AsyncBilling, desk: Desk) -> None:
    kept = await async_billing.reserve(**ESTIMATE)
    dropped = await async_billing.reserve(**ESTIMATE)
    named = await async_billing.reserve(**ESTIMATE)
    await dropped.release()
    assert (await async_billing.release(named.event_id, external_id="user-1")).state == "released"
    await kept.settle()
    assert used(desk) == 3_000


async def test_blocks_that_fail_or_forget_let_go_and_refused_ones_never_begin(
    async_billing: AsyncBilling, desk: Desk
) -> None:
    async with async_billing.reserve(**ESTIMATE):
        pass
    with pytest.raises(ConnectionResetError):
        async with async_billing.reserve(**ESTIMATE):
            raise ConnectionResetError
    with pytest.raises(Refused):
        async with async_billing.reserve(**{**ESTIMATE, "input_tokens": 30_000}):
            raise AssertionError("the call was made")
    assert (desk.open_holds(), desk.events()) == (0, [])


async def test_a_cancelled_task_lets_go(async_billing: AsyncBilling, desk: Desk) -> None:
    begun = asyncio.Event()

    async def call_a_slow_provider() -> None:
        async with async_billing.reserve(**ESTIMATE):
            begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(call_a_slow_provider())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await async_billing.aclose()
    assert (desk.open_holds(), desk.events()) == (0, [])


async def test_what_has_begun_to_be_charged_is_seen_through(async_billing: AsyncBilling, desk: Desk) -> None:
    call = await async_billing.reserve(**ESTIMATE)
    task = asyncio.create_task(call.settle(chat_usage(500, 200)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await async_billing.aclose()
    assert used(desk) == 700


async def test_a_stream_settles_by_its_last_word(async_billing: AsyncBilling, desk: Desk) -> None:
    async with async_billing.reserve(**ESTIMATE) as call:
        chunks = [chunk async for chunk in call.stream(Provider(message_events(300, 120, 0, 0)), session_id="s-1")]
    assert len(chunks) == 5 and used(desk) == 420 and desk.events()[0].session == "s-1"


async def test_a_reader_who_stops_early_and_one_who_is_cancelled_pay_alike(
    async_billing: AsyncBilling, desk: Desk
) -> None:
    provider = Provider(message_events(300, 120, 0, 0))
    async with async_billing.reserve(**ESTIMATE) as call:
        async for _chunk in call.stream(provider):
            break
    assert used(desk) == 1_300 and provider.is_closed

    async def slow() -> AsyncIterator[Any]:
        yield message_events(300, 120, 0, 0)[0]
        await asyncio.sleep(60)

    async def read_for_ever() -> None:
        async with async_billing.reserve(**ESTIMATE) as another:
            async for _chunk in another.stream(slow()):
                begun.set()

    begun = asyncio.Event()
    task = asyncio.create_task(read_for_ever())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await async_billing.aclose()
    assert [event.allowance for event in desk.events()] == [1_300, 1_300] and desk.open_holds() == 0


async def test_a_provider_that_breaks_off_is_paid_for_what_it_told(async_billing: AsyncBilling, desk: Desk) -> None:
    async def read(chunks: list[Any]) -> None:
        async with async_billing.reserve(**ESTIMATE) as call:
            async for _chunk in call.stream(Provider(chunks, breaks_after=2)):
                pass

    for chunks in (chat_chunks(chat_usage()), message_events(300, 120, 0, 0)):
        with pytest.raises(ConnectionResetError):
            await read(chunks)
    assert used(desk) == 301


async def test_a_stream_that_is_handed_on_settles_where_it_is_read(async_billing: AsyncBilling, desk: Desk) -> None:
    async with async_billing.reserve(**ESTIMATE) as call:
        answer = call.stream(Provider(chat_chunks(None)))
    assert desk.open_holds() == 1
    assert len([chunk async for chunk in answer]) == 4
    assert used(desk) == 3_000


async def test_a_call_that_cannot_be_charged_is_handed_over(desk: Desk) -> None:
    kept: list[Unsettled] = []

    async def keep(unsettled: Unsettled) -> None:
        await asyncio.sleep(0)
        kept.append(unsettled)

    patience = Patience(total_s=0.1, first_pause_s=0.02)
    async with desk.async_billing(on_unsettled=keep, afterwards=patience) as billing:
        async with billing.reserve(**ESTIMATE, event_id="evt-1") as call:
            desk.road.plan = ["unheard"] * 100
            assert await call.settle(chat_usage(500, 200)) is None
        desk.road.plan.clear()
        again: Any = kept[0].event
        assert (await billing.settle(**again)).charged == 700
        async with billing.reserve(**ESTIMATE, event_id="evt-2") as call:
            await billing.settle(**{**again, "event_id": "evt-2", "input_tokens": 5})
            with pytest.raises(Conflict):
                await call.settle(chat_usage(500, 200))
    assert [each.event["event_id"] for each in kept] == ["evt-1", "evt-2"]


async def test_a_stream_whose_reader_has_gone_is_charged_without_waiting_for_python(
    async_billing: AsyncBilling, desk: Desk
) -> None:
    async with async_billing.reserve(**ESTIMATE) as call:
        events = call.stream(Provider(message_events(300, 120, 0, 0)))

    async def web_server() -> None:
        async for _event in events:
            await asyncio.sleep(60)

    task = asyncio.create_task(web_server())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    assert desk.open_holds() == 1
    await async_billing.aclose()
    assert used(desk) == 1_300


async def test_a_stream_may_be_read_by_a_task_for_each_chunk(async_billing: AsyncBilling, desk: Desk) -> None:
    async with async_billing.reserve(**ESTIMATE) as call:
        events = call.stream(Provider(message_events(300, 120, 0, 0)))
    for _number in range(5):
        await asyncio.create_task(anext(events))  # type: ignore[arg-type]  # an awaitable made by a generator
    assert await anext(events, None) is None
    assert used(desk) == 420
