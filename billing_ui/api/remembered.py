"""Answers of the database that a door remembers for some seconds, because it needs them with every request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Generic, TypeVar

from billing_ui import runtime
from billing_ui.env import Env

Key = TypeVar("Key")
Found = TypeVar("Found")


class Remembered(Generic[Key, Found]):
    """What was found, by its key, for `seconds` at most. What was not found is looked for again each time."""

    def __init__(
        self, read: Callable[[Env, Collection[Key]], Mapping[Key, Found]], *, seconds: float, most: int = 1
    ) -> None:
        self._read = read
        self._seconds, self._most = seconds, most
        self._env: Env | None = None
        self._kept: dict[Key, tuple[float, Found]] = {}
        self._asking: dict[object, asyncio.Task[Mapping[Key, Found]]] = {}

    def at_hand(self, env: Env, key: Key) -> Found | None:
        """What is known of one key without asking anybody."""
        kept = self._kept.get(key) if self._env is env else None
        return kept[1] if kept is not None and kept[0] > env.clock.steady() - self._seconds else None

    async def find(self, env: Env, keys: Iterable[Key], *, younger_than: float | None = None) -> dict[Key, Found]:
        """Those of the keys that are there, read anew where too much time has gone."""
        if self._env is not env:
            self._env, self._kept, self._asking = env, {}, {}
        now = env.clock.steady()
        since = now - (self._seconds if younger_than is None else younger_than)
        wanted = set(keys)
        found = {key: kept[1] for key in wanted if (kept := self._kept.get(key)) is not None and kept[0] > since}
        if len(found) < len(wanted):
            missing = frozenset(wanted - found.keys())
            read = await self._ask(env, missing)
            for key in missing:
                self._keep(key, now, read)
            found.update(read)
        return found

    async def _ask(self, env: Env, missing: frozenset[Key]) -> Mapping[Key, Found]:
        """Those who miss the same at the same time wait for one reading, and hear the same when it fails."""
        name = (asyncio.get_running_loop(), missing)
        task = self._asking.get(name)
        if task is None:
            task = self._asking[name] = asyncio.create_task(runtime.run(self._read, env, missing))
            asking = self._asking
            task.add_done_callback(lambda _done: asking.pop(name, None))
        return await asyncio.shield(task)

    def _keep(self, key: Key, now: float, read: Mapping[Key, Found]) -> None:
        self._kept.pop(key, None)
        if key in read:
            self._kept[key] = (now, read[key])
            if len(self._kept) > self._most:
                self._kept.pop(next(iter(self._kept)), None)
