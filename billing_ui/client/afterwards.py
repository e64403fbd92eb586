"""What goes on when the task that began it has ended: charging what was made, streams that nobody reads any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, TypeVar
from weakref import WeakSet, ref

R = TypeVar("R")
# Some read each chunk in a task of its own; a stream is given up when nobody has come back for so long.
_GONE_S = 10.0


class Afterwards:
    """The unfinished business of one client."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._readers: WeakSet[Reader] = WeakSet()

    async def see_through(self, work: Coroutine[Any, Any, R]) -> R:
        """Waits for the work, which goes on when the waiting is cancelled."""
        return await asyncio.shield(self.start(work))

    def start(self, work: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def watch(self, reader: Reader) -> None:
        self._readers.add(reader)

    async def all_done(self) -> None:
        for reader in tuple(self._readers):
            reader.give_up()
        await asyncio.gather(*self._running, return_exceptions=True)


class Reader:
    """Whoever reads a stream. A web server whose client hung up just drops the stream, and Python closes what is
    dropped at a time of its own choosing; so this one looks whether the reading task has ended."""

    def __init__(self, afterwards: Afterwards) -> None:
        self._afterwards = afterwards
        self._stream: Callable[[], AsyncGenerator[Any, None] | None] = lambda: None
        self._task: asyncio.Task[Any] | None = None
        self._pulls = 0

    def begins(self, stream: AsyncGenerator[Any, None]) -> None:
        self._stream = ref(stream)
        self._afterwards.watch(self)

    def reads(self) -> None:
        """Somebody asks for the next chunk."""
        self._pulls += 1
        task = asyncio.current_task()
        if task is not None and task is not self._task:
            self._task = task
            task.add_done_callback(self._ended)

    def give_up(self) -> None:
        """Ends the stream unless somebody is reading it. One that has ended already stays as it is."""
        stream = self._stream()
        if stream is not None and self._task is not None and self._task.done():
            self._afterwards.start(_close(stream))

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if self._stream() is not None:
            task.get_loop().call_later(_GONE_S, self._look, self._pulls)

    def _look(self, pulls: int) -> None:
        if pulls == self._pulls:
            self.give_up()


async def _close(stream: AsyncGenerator[Any, None]) -> None:
    await stream.aclose()
