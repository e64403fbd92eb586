"""Callers on one loop: a crowd that asks again once it is answered, or a stream that does not wait for answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from benchmarks.samples import Sample

Act = Callable[[], Awaitable[object]]
# Of a turn that much goes by before anything counts: until then not every caller is waiting for an answer.
LEAD = 0.2
# Percentiles of fewer would say nothing; on a disk that stands still a turn lasts until there are so many.
LEAST = 5


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a turn in which all callers are under way: neither the start nor the last ones are counted."""

    counted_from: float
    end: float

    @classmethod
    def of(cls, seconds: float) -> Window:
        start = time.perf_counter()
        return cls(start + seconds * LEAD, start + seconds)

    def sample(self, asked: Iterable[tuple[float, float]], each: int = 1) -> Sample:
        """Out of when something was asked and how long it took: each counts with the part of it that lies in the
        window, so that answers which come in lumps count evenly; and how long each took that was answered in it or
        later."""
        told = list(asked)
        within = sum(max(0.0, min(at + took, self.end) - max(at, self.counted_from)) / took for at, took in told)
        taken = [took for at, took in told if self.counted_from <= at + took]
        return Sample(within * each, self.end - self.counted_from, taken)


async def crowd(act: Act, callers: int, seconds: float) -> Sample:
    """Closed loop: so many callers, each with one ask at a time."""
    asked: list[tuple[float, float]] = []
    window = Window.of(seconds)

    async def caller() -> None:
        while (at := time.perf_counter()) < window.end or len(asked) < LEAST:
            await act()
            asked.append((at, time.perf_counter() - at))

    await asyncio.gather(*(caller() for _ in range(callers)))
    return window.sample(asked)


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
