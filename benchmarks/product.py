"""The product as a variant: its use case, driven by callers on one loop; and its parts without the queue."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import TracebackType

import uvloop

from benchmarks import sums
from benchmarks.callers import LEAST, crowd, stream
from benchmarks.samples import Sample
from benchmarks.stock import HOST, Shop
from benchmarks.traffic import Traffic
from billing_ui.infra import memory
from billing_ui.infra.postgres_line import PostgresLine
from billing_ui.ledger.asks import Outcome, Taken
from billing_ui.ledger.batch_postgres import PostgresBooks
from billing_ui.ledger.batch_sqlite import SqliteBooks
from billing_ui.ledger.deciding import Page
from billing_ui.ledger.terms import PlanTerms
from billing_ui.services import usage
from billing_ui.services.usage_asks import Usage, ask


def _loop() -> asyncio.Runner:
    """The loop that servers of the product run on."""
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


class Product:
    """`usage.record` on a loop of its own, which stands still between turns."""

    def __init__(self, shop: Shop, accounts: tuple[int, ...], name: str = "event-") -> None:
        self._env, self._loop = shop.env, _loop()
        self.traffic = Traffic(name, accounts)
        self.replays = 0
        self.capacity = 0.0

    def __enter__(self) -> Product:
        # As a process does when it begins to serve.
        memory.set_aside()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._loop.run(self._env.writer.close())
        self._loop.close()
        if kind is not None:
            return
        told = self.traffic
        if self.replays != told.repeats:
            raise sums.FastAndWrongError(f"{told.repeats} told again, {self.replays} answered so")
        sums.require_told(self._env.db, told.name, told.events, told.tokens)

    async def record(self) -> None:
        outcome = await usage.record(self._env, HOST, self.traffic())
        if not isinstance(outcome.result, Taken):
            raise sums.FastAndWrongError(f"refused: {outcome.result}")
        self.replays += outcome.result.replayed

    def closed(self, callers: int) -> Callable[[float], Sample]:
        """So many callers, each asking again once it is answered."""

        async def turn(seconds: float) -> Sample:
            self._env.writer.settle_in()
            sample = await crowd(self.record, callers, seconds)
            self.capacity = sample.operations / sample.seconds
            return sample

        return lambda seconds: self._loop.run(turn(seconds))

    def open(self) -> Callable[[float], Sample]:
        """Half of what the callers reached last, at its own pace."""

        async def turn(seconds: float) -> Sample:
            self._env.writer.settle_in()
            return await stream(self.record, self.capacity / 2, seconds)

        return lambda seconds: self._loop.run(turn(seconds))


class _Patient(PostgresBooks):
    """Waits for a lock as long as it takes, as connections of a pool do."""

    _is_patient = False

    async def _open(self) -> PostgresLine:
        line = await super()._open()
        if not self._is_patient:
            await line.connection.execute("SET lock_timeout = 0")
            self._is_patient = True
        return line


class WithoutQueue:
    """The same reading, deciding and writing, one event at a time for each of so many connections."""

    def __init__(self, shop: Shop, accounts: tuple[int, ...], connections: int, name: str, *, locking: bool) -> None:
        self._env, self._loop, self._locking = shop.env, _loop(), locking
        terms = PlanTerms(shop.env.db, shop.env.catalogue.paid_meter)
        self._books: list[PostgresBooks | SqliteBooks] = [
            SqliteBooks(shop.env.db, terms, 3) if shop.env.db.is_sqlite else _Patient(shop.conninfo, terms, 3)
            for _ in range(connections)
        ]
        self._traffic = Traffic(name, accounts, seed=5)

    def __enter__(self) -> WithoutQueue:
        return self

    def __exit__(self, *_told: object) -> None:
        for books in self._books:
            self._loop.run(books.close())
        self._loop.close()

    def closed(self, callers: int) -> Callable[[float], Sample]:
        async def turn(seconds: float) -> Sample:
            # First come, first served, as in a good pool: in a queue whoever gives one back would take it again while
            # all others wait.
            free, turns = list(self._books), asyncio.Semaphore(len(self._books))

            async def record() -> None:
                event = self._traffic()
                async with turns:
                    books = free.pop()
                    try:
                        await self._write(books, event)
                    finally:
                        free.append(books)

            return await crowd(record, callers, seconds)

        return lambda seconds: self._loop.run(turn(seconds))

    async def _write(self, books: PostgresBooks | SqliteBooks, event: Usage) -> None:
        asked = ask(self._env, HOST, "record", event)

        def decide(pages: dict[int, Page]) -> Outcome:
            page = pages[event.account_id]
            return page.decide(asked, max(self._env.clock.now(), page.last_at))

        outcome, lost = await books.write([asked], decide, locking=self._locking)
        if lost or not isinstance(outcome.result, Taken):
            raise sums.FastAndWrongError(f"refused or lost: {outcome.result}")


def repeated(act: Callable[[], object], turn: Callable[[], None] | None = None) -> Callable[[float], Sample]:
    """One act after the other, timed each, by a program that does nothing else."""

    def run(seconds: float) -> Sample:
        if turn is not None:
            turn()
        taken: list[float] = []
        start = time.perf_counter()
        end = start + seconds
        while (began := time.perf_counter()) < end or len(taken) < LEAST:
            act()
            taken.append(time.perf_counter() - began)
        return Sample(len(taken), time.perf_counter() - start, taken)

    return run
