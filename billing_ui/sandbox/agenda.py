"""What the sandbox will do later: retries, expiries, delayed news. Sleeps until the next thing is due."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime

from billing_ui.sandbox.clock import Clock

Act = Callable[[], Awaitable[None]]
_LONGEST_SLEEP_S = 60.0


class Agenda:
    """A queue by due time. The loop starts with the first entry and costs nothing while it waits."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._queue: list[tuple[datetime, int, Act]] = []
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._running: set[asyncio.Future[None]] = set()

    def at(self, due: datetime, act: Act) -> None:
        heapq.heappush(self._queue, (due, next(self._order), act))
        self._wake.set()
        if self._loop is None:
            self._loop = asyncio.create_task(self._run())

    def start(self, act: Act) -> asyncio.Future[None]:
        """Begin now, beside the caller; a reference is kept so that it is not collected half-way."""
        task = asyncio.ensure_future(act())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def begin_due(self) -> None:
        while self._queue and self._queue[0][0] <= self._clock():
            self.start(heapq.heappop(self._queue)[2])

    async def catch_up(self) -> None:
        """For a clock that somebody moved by hand: begin what is due and wait until it is done."""
        self.begin_due()
        while self._running:
            await asyncio.wait(self._running)

    def clear(self) -> None:
        self._queue.clear()

    async def close(self) -> None:
        self.clear()
        waiting = [task for task in (self._loop, *self._running) if task is not None]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        self._loop = None

    async def _run(self) -> None:
        while True:
            self.begin_due()
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), self._nap())
            except TimeoutError:
                continue

    def _nap(self) -> float | None:
        if not self._queue:
            return None
        wait = (self._queue[0][0] - self._clock()).total_seconds()
        return min(max(wait, 0.0), _LONGEST_SLEEP_S)
