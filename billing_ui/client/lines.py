"""The two ways to the billing desk, one for threads and one for coroutines: the same request until it is answered or
patience ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx

from billing_ui.client import asks, wire
from billing_ui.client.answers import Charged
from billing_ui.client.asks import Ask
from billing_ui.client.errors import Invalid, Passing
from billing_ui.client.patience import Patience, Tries
from billing_ui.kit.clock import Clock, SystemClock
from billing_ui.kit.ids import Ids

T = TypeVar("T")
# A pool for many threads or tasks; a connection that rests outlives the pause between two calls of a busy app.
_POOL = httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=30.0)


class Line:
    """Keeps connections open and may be shared by all threads of a process."""

    def __init__(
        self, base_url: str, headers: dict[str, str], transport: httpx.BaseTransport | None,
        pause: Callable[[float], None] = time.sleep, clock: Clock | None = None,
    ) -> None:  # fmt: skip
        self._http = httpx.Client(base_url=wire.address(base_url), headers=headers, limits=_POOL, transport=transport)
        self._pause = pause
        self._clock = clock or SystemClock()
        self._ids = Ids()

    def do(self, ask: Ask[T], patience: Patience) -> T:
        tries = Tries(patience, self._clock, self._ids)
        while True:
            try:
                return wire.heard(ask, self._send(ask, tries.attempt_s()))
            except Passing as problem:
                pause = tries.pause_s(problem.retry_after_s) if problem.is_worth_trying else None
                if pause is None:
                    raise
            self._pause(pause)

    def settle(self, event: Mapping[str, Any], patience: Patience) -> Charged:
        """Charges a call that was made. Where our clock is ahead of the desk's, the desk's own is taken."""
        try:
            return self.do(asks.settled(event), patience)
        except Invalid as problem:
            if not wire.runs_ahead(problem):
                raise
        return self.do(asks.settled(wire.without_time(event)), patience)

    def _send(self, ask: Ask[T], seconds: float) -> httpx.Response:
        try:
            return self._http.request(
                ask.verb, ask.path, content=ask.content, params=ask.query, headers=ask.headers, timeout=seconds
            )
        except httpx.RequestError as lost:
            raise wire.silent(ask, lost) from lost

    def close(self) -> None:
        self._http.close()


class AsyncLine:
    """The same for the tasks of one event loop."""

    def __init__(
        self, base_url: str, headers: dict[str, str], transport: httpx.AsyncBaseTransport | None,
        clock: Clock | None = None,
    ) -> None:  # fmt: skip
        self._http = httpx.AsyncClient(
            base_url=wire.address(base_url), headers=headers, limits=_POOL, transport=transport
        )
        self._clock = clock or SystemClock()
        self._ids = Ids()

    async def do(self, ask: Ask[T], patience: Patience) -> T:
        tries = Tries(patience, self._clock, self._ids)
        while True:
            try:
                return wire.heard(ask, await self._send(ask, tries.attempt_s()))
            except Passing as problem:
                pause = tries.pause_s(problem.retry_after_s) if problem.is_worth_trying else None
                if pause is None:
                    raise
            await asyncio.sleep(pause)

    async def settle(self, event: Mapping[str, Any], patience: Patience) -> Charged:
        """Charges a call that was made. Where our clock is ahead of the desk's, the desk's own is taken."""
        try:
            return await self.do(asks.settled(event), patience)
        except Invalid as problem:
            if not wire.runs_ahead(problem):
                raise
        return await self.do(asks.settled(wire.without_time(event)), patience)

    async def _send(self, ask: Ask[T], seconds: float) -> httpx.Response:
        try:
            return await self._http.request(
                ask.verb, ask.path, content=ask.content, params=ask.query, headers=ask.headers, timeout=seconds
            )
        except httpx.RequestError as lost:
            raise wire.silent(ask, lost) from lost

    async def close(self) -> None:
        await self._http.aclose()
