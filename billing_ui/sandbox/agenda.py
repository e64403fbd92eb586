"""What the sandbox will do later: retries, expiries, delayed news. Sleeps until the next thing is due."""

import asyncio
import contextlib
import heapq
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from billing_ui.sandbox.clock import VirtualClock

Act = Callable[[], Awaitable[None]]
_LONGEST_SLEEP_S = 60.0


class Agenda:
    """A queue by due time. The loop starts with the first entry and costs nothing while it waits."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._queue: list[tuple[datetime, int, Act]] = []
        self._wake = asyncio.Event()
        self._moving = asyncio.Lock()
        self._loop: asyncio.Task[None] | None = None
        self._running: set[asyncio.Future[None]] = set()
        self._begun: list[asyncio.Future[None]] = []
        """Of those under way, the ones whose time had come."""

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

    @property
    def next_due(self) -> datetime | None:
        return self._queue[0][0] if self._queue else None

    async def advance(self, by: timedelta) -> int:
        """Moves the clock as if the time had passed: it stops at each thing that falls due until that is done.

        What an act puts on the agenda within the same stretch falls due in the same call. Says how many there were.
        """
        async with self._moving:
            until = self._clock() + by
            begun = 0
            while self._begun or (self._queue and self._queue[0][0] <= until):
                if not self._begun:
                    self._clock.move_to(self._queue[0][0])
                    self._begin_due()
                under_way, self._begun = self._begun, []
                await asyncio.gather(*under_way)
                begun += len(under_way)
            self._clock.move_to(until)
        self._wake.set()
        return begun

    def clear(self) -> None:
        """Nothing that was planned happens, and what is under way is broken off."""
        self._queue.clear()
        for task in self._running:
            task.cancel()

    async def close(self) -> None:
        waiting = [task for task in (self._loop, *self._running) if task is not None]
        self.clear()
        if self._loop is not None:
            self._loop.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        self._loop = None

    def _begin_due(self) -> None:
        now = self._clock()
        self._begun = [task for task in self._begun if not task.done()]
        while self._queue and self._queue[0][0] <= now:
            self._begun.append(self.start(heapq.heappop(self._queue)[2]))

    async def _run(self) -> None:
        while True:
            # While the clock is moved by hand, whoever moves it begins what is due, one instant after the other.
            async with self._moving:
                self._begin_due()
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                # Not wait_for: it loses a cancellation that arrives together with the wake-up.
                async with asyncio.timeout(self._nap()):
                    await self._wake.wait()

    def _nap(self) -> float | None:
        if not self._queue:
            return None
        wait = (self._queue[0][0] - self._clock()).total_seconds()
        return min(max(wait, 0.0), _LONGEST_SLEEP_S)
