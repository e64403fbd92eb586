"""Callers on one loop: a crowd that asks again once it is answered, or a stream that does not wait for answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from benchmarks.samples import Sample

Act = Callable[[], Awaitable[object]]


async def crowd(act: Act, callers: int, seconds: float) -> Sample:
    """Closed loop: so many callers, each with one ask at a time."""
    taken: list[float] = []
    start = time.perf_counter()
    end = start + seconds

    async def caller() -> None:
        while (asked := time.perf_counter()) < end:
            await act()
            taken.append(time.perf_counter() - asked)

    await asyncio.gather(*(caller() for _ in range(callers)))
    return Sample(len(taken), time.perf_counter() - start, taken)


async def stream(act: Act, per_second: float, seconds: float) -> Sample:
    """Open loop: asks come at their times, and waiting counts from when they should have come."""
    taken: list[float] = []
    start = time.perf_counter()

    async def one(due: float) -> None:
        await act()
        taken.append(time.perf_counter() - due)

    running: set[asyncio.Task[None]] = set()
    for number in range(round(per_second * seconds)):
        due = start + number / per_second
        ahead = due - time.perf_counter()
        # A loop cannot sleep for less than it can count: what is due within a millisecond comes now or a little late.
        if ahead > 0.001:
            await asyncio.sleep(ahead)
        task = asyncio.create_task(one(max(due, start)))
        running.add(task)
        task.add_done_callback(running.discard)
        if number % 64 == 0:
            await asyncio.sleep(0)
    await asyncio.gather(*running)
    return Sample(len(taken), time.perf_counter() - start, taken)
