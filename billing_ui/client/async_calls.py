"""The block around an AI call for coroutines. What has begun to be charged is seen through, also when the reader of
the answer has gone and the task is cancelled."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Coroutine, Generator, Mapping
from types import TracebackType
from typing import Any, TypeVar, Unpack

from billing_ui.client import asks
from billing_ui.client.afterwards import Afterwards, Reader
from billing_ui.client.answers import Charged, Held
from billing_ui.client.errors import BillingProblem, Passing
from billing_ui.client.lines import AsyncLine
from billing_ui.client.patience import LETTING_GO, Patience
from billing_ui.client.reservations import (
    Actual,
    Reservation,
    Unsettled,
    hand_over,
    tell_the_log,
    warn_silent_stream,
    warn_unreleased,
    whose,
)
from billing_ui.client.streams import Watched
from billing_ui.client.tokens import Tokens

Chunk = TypeVar("Chunk")


class AsyncCall(Reservation):
    """Made by `AsyncBilling.reserve`."""

    def __init__(
        self, line: AsyncLine, estimate: Mapping[str, Any], held: Held, patience: Patience,
        on_unsettled: Callable[[Unsettled], object], afterwards: Afterwards,
    ) -> None:  # fmt: skip
        super().__init__(estimate, held)
        self._line = line
        self._patience = patience
        self._on_unsettled = on_unsettled
        self._afterwards = afterwards
        self._passing: AsyncGenerator[Any, None] | None = None

    async def settle(self, usage: object = None, /, **told: Unpack[Actual]) -> Charged | None:
        """Charges what the call took: a usage object of its provider, numbers, or nothing for the whole estimate.

        None means that the billing desk is away; the event was given to `on_unsettled`.
        """
        event = self._event(usage, told)
        self._end(is_settled=True)
        return await self._afterwards.see_through(self._settle(event))

    async def release(self) -> None:
        """Lets go of what was set aside: the call was not made. What cannot be told lets go of itself in time."""
        if self.state == "open":
            self._end(is_settled=False)
            await self._afterwards.see_through(self._release())

    def stream(self, chunks: AsyncIterable[Chunk], /, **told: Unpack[Actual]) -> AsyncGenerator[Chunk, None]:
        """Passes the chunks on and settles at their end by what they told. A reader who stops early pays for the input
        as told and for the output as estimated; a provider that breaks off, for what it told, else nothing."""
        self._begin_stream()
        reader = Reader(self._afterwards)
        self._passing = self._pass_on(chunks, told, reader)
        reader.begins(self._passing)
        return self._passing

    async def end(self, error: BaseException | None) -> None:
        """The end of the block."""
        if self._passing is not None and self._has_begun:
            await self._passing.aclose()
        elif not self._is_handed_on or error is not None:
            await self.release()
        # Whoever reads on holds the stream alone, so that it ends when they drop it.
        self._passing = None

    async def _pass_on(self, chunks: AsyncIterable[Chunk], told: Actual, reader: Reader) -> AsyncGenerator[Chunk, None]:
        watched = Watched()
        self._has_begun = True
        reader.reads()
        try:
            async for chunk in chunks:
                watched.see(chunk)
                yield chunk
                reader.reads()
        except (GeneratorExit, asyncio.CancelledError):
            await self._afterwards.see_through(self._stop_early(chunks, watched, told))
            raise
        except BaseException:
            if watched.told() is None:
                await self.release()
            else:
                await self._settle_open(watched.told(), told)
            raise
        if watched.told() is None:
            warn_silent_stream(self)
        await self._settle_open(self._cut_short(watched), told)

    async def _settle_open(self, tokens: Tokens | None, told: Actual) -> None:
        """Whoever reads a stream may have settled it by hand."""
        if self.state == "open":
            await self.settle(tokens, **told)

    async def _stop_early(self, chunks: object, watched: Watched, told: Actual) -> None:
        """Charges, then hangs up at the provider, so that it stops making what nobody reads."""
        await self._settle_open(self._cut_short(watched), told)
        close = getattr(chunks, "aclose", None) or getattr(chunks, "close", None)
        waits = close() if callable(close) else None
        if inspect.isawaitable(waits):
            await waits

    async def _settle(self, event: Mapping[str, Any]) -> Charged | None:
        try:
            self.charged = await self._line.settle(event, self._patience)
        except BaseException as stopped:
            self.state = "unsettled"
            unsettled = Unsettled(event, stopped)
            waits = hand_over(self._on_unsettled, unsettled)
            if inspect.isawaitable(waits):
                await _handed_over(waits, unsettled)
            if isinstance(stopped, Passing):
                return None
            raise
        return self.charged

    async def _release(self) -> None:
        try:
            await self._line.do(asks.release(self.event_id, whose(self._estimate)), LETTING_GO)
        except BillingProblem as problem:
            warn_unreleased(self, problem)


async def _handed_over(waits: Awaitable[object], unsettled: Unsettled) -> None:
    try:
        await waits
    except BaseException:
        tell_the_log(unsettled)
        raise


class AsyncReserving:
    """What `AsyncBilling.reserve` returns: a block (`async with`), or a call to end by oneself (`await`)."""

    def __init__(self, begin: Callable[[], Coroutine[Any, Any, AsyncCall]]) -> None:
        self._begin = begin
        self._call: AsyncCall | None = None

    def __await__(self) -> Generator[Any, None, AsyncCall]:
        return self._begin().__await__()

    async def __aenter__(self) -> AsyncCall:
        self._call = await self._begin()
        return self._call

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._call is not None
        await self._call.end(error)
