"""The one writer of usage in a process: what waits together is read, decided and written together.

No timer: the next batch is whatever has come in while the last one was written, so an idle process writes batches of
one. Answers are given after the commit, and a caller who hears nothing may ask again under the same event id.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

import psycopg
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from billing_ui.infra.db import Database
from billing_ui.kit.clock import Clock
from billing_ui.ledger import holds, lots
from billing_ui.ledger.asks import Ask, Outcome
from billing_ui.ledger.batch_postgres import PostgresBooks
from billing_ui.ledger.batch_sqlite import SqliteBooks
from billing_ui.ledger.deciding import Page
from billing_ui.ledger.terms import PlanTerms
from billing_ui.rules.errors import BillingError, Busy, NotFound

log = logging.getLogger(__name__)

LARGEST_BATCH = 256
MOST_WAITING = 8192
_LOSSES_BEFORE_LOCK = 3
_STRIPES = 16
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, sqlite3.OperationalError, DBAPIError, OSError)
_Answer = TypeVar("_Answer")
Told = Callable[[Iterable[int]], None]


class Due:
    """The account has lots or holds past their time: they leave first, then the ask comes again."""


DUE = Due()
Decision = Outcome | BillingError | Due


class Books(Protocol):
    """One way into the books for batches: `write` answers also whose pages somebody else moved meanwhile."""

    async def write(
        self, asks: Sequence[Ask], decide: Callable[[dict[int, Page]], _Answer], *, locking: bool
    ) -> tuple[_Answer, set[int]]: ...
    async def look(self, asks: Sequence[Ask], decide: Callable[[dict[int, Page]], _Answer]) -> _Answer: ...
    async def close(self) -> None: ...


@dataclass(slots=True)
class _Waiting:
    ask: Ask
    answer: asyncio.Future[Outcome]
    losses: int = 0


class Writer:
    """Takes asks from any thread or loop. `told` hears whose books moved, once they have."""

    def __init__(self, db: Database, clock: Clock, paid_meter: str | None, told: Told) -> None:
        self.terms = PlanTerms(db, paid_meter)
        self._db = db
        self._clock = clock
        self._told = told
        self._home: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._lanes: dict[str, _Lane] = {}

    def settle_in(self) -> None:
        """The running loop is where batches are made from now on: that of the doors, so that no thread is crossed."""
        self._home = asyncio.get_running_loop()

    async def ask(self, ask: Ask) -> Outcome:
        """What becomes of one ask. Raises what is wrong with it, or that the books are out of reach for now."""
        home = self._at_home()
        if home is asyncio.get_running_loop():
            return await self._lane(ask).put(ask)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._put(ask), home))

    def ask_and_wait(self, ask: Ask) -> Outcome:
        """The same for callers that are no coroutines."""
        return asyncio.run_coroutine_threadsafe(self._put(ask), self._at_home()).result()

    async def ask_all(self, asks: Sequence[Ask]) -> list[Outcome | BillingError]:
        """Many asks, each with an answer of its own: one that is wrong loses nobody else's."""
        answers = await asyncio.gather(*(self.ask(ask) for ask in asks), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, BillingError):
                raise answer
        return answers  # type: ignore[return-value]  # anything else was raised above

    async def close(self) -> None:
        """Everything that waits is written first."""
        for lane in self._lanes.values():
            await lane.close()
        self._lanes.clear()

    def close_and_wait(self) -> None:
        """The same for callers that are no coroutines; also ends the thread the writer made for itself."""
        home, thread = self._home, self._thread
        if home is not None and home.is_running() and self._lanes:
            asyncio.run_coroutine_threadsafe(self.close(), home).result(30)
        if home is not None and thread is not None:
            home.call_soon_threadsafe(home.stop)
            thread.join()
            home.close()
            self._thread = None

    async def _put(self, ask: Ask) -> Outcome:
        return await self._lane(ask).put(ask)

    def _lane(self, ask: Ask) -> _Lane:
        """Checks write nothing, so they do not queue behind those that do."""
        name = "look" if ask.kind == "check" else "write"
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = _Lane(self._books(), self._db, self.terms, self._clock, self._told)
        return lane

    def _books(self) -> Books:
        stripe = os.getpid() % _STRIPES
        if self._db.is_sqlite:
            return SqliteBooks(self._db, self.terms, stripe)
        return PostgresBooks(_conninfo(self._db.url), self.terms, stripe)

    def _at_home(self) -> asyncio.AbstractEventLoop:
        home = self._home
        if home is None or home.is_closed():
            with self._starting:
                home = self._home
                if home is None or home.is_closed():
                    self._lanes = {}
                    home = self._home = asyncio.new_event_loop()
                    self._thread = threading.Thread(target=home.run_forever, name="usage-writer", daemon=True)
                    self._thread.start()
        return home


class _Lane:
    """One queue and its batches, one after the other, on one connection."""

    def __init__(self, books: Books, db: Database, terms: PlanTerms, clock: Clock, told: Told) -> None:
        self._books = books
        self._db = db
        self._terms = terms
        self._clock = clock
        self._told = told
        self._waiting: deque[_Waiting] = deque()
        self._work: asyncio.Task[None] | None = None

    async def put(self, ask: Ask) -> Outcome:
        if len(self._waiting) >= MOST_WAITING:
            raise Busy(retry_after_s=1)
        mine = _Waiting(ask, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._drain())
        return await asyncio.shield(mine.answer)

    async def close(self) -> None:
        if self._work is not None:
            await self._work
        await self._books.close()

    async def _drain(self) -> None:
        while self._waiting:
            size = min(len(self._waiting), LARGEST_BATCH)
            await self._serve([self._waiting.popleft() for _ in range(size)])

    async def _serve(self, batch: list[_Waiting]) -> None:
        """Answers a batch. What breaks it is looked for in halves, so that one poisoned ask spoils nobody else's."""
        try:
            await self._try(batch)
        except _AWAY as error:
            log.warning("the books are out of reach: %r", error)
            await self._hang_up()
            self._fail(batch, Busy(retry_after_s=2))
        except Exception as error:
            if len(batch) == 1:
                log.exception("an ask broke its batch of one")
                self._fail(batch, error)
                return
            middle = len(batch) // 2
            await self._serve(batch[:middle])
            await self._serve(batch[middle:])

    async def _try(self, batch: list[_Waiting]) -> None:
        now = self._clock.now()
        asks = [one.ask for one in batch]

        moved: set[int] = set()

        def decide(pages: dict[int, Page]) -> list[Decision]:
            decided = [_decide(pages.get(ask.account_id), ask, now) for ask in asks]
            moved.update(account_id for account_id, page in pages.items() if page.is_changed)
            return decided

        if asks[0].kind == "check":
            decisions, lost = await self._books.look(asks, decide), set[int]()
        else:
            locking = any(one.losses >= _LOSSES_BEFORE_LOCK for one in batch)
            decisions, lost = await self._books.write(asks, decide, locking=locking)
        again: list[_Waiting] = []
        for one, decision in zip(batch, decisions, strict=True):
            if one.ask.account_id in lost:
                one.losses += 1
                again.append(one)
            elif isinstance(decision, Due):
                again.append(one)
            else:
                _answer(one, decision)
        if moved - lost:
            self._told(moved - lost)
        await self._catch_up({one.ask.account_id for one in again} - lost)
        self._waiting.extendleft(reversed(again))

    async def _catch_up(self, accounts: set[int]) -> None:
        for account_id in sorted(accounts):
            await asyncio.to_thread(catch_up, self._db, self._terms, account_id, self._clock)

    async def _hang_up(self) -> None:
        try:
            await self._books.close()
        except _AWAY:
            log.debug("a broken connection did not close")

    def _fail(self, batch: Iterable[_Waiting], error: Exception) -> None:
        for one in batch:
            _answer(one, error)


def catch_up(db: Database, terms: PlanTerms, account_id: int, clock: Clock) -> None:
    """Lots and holds past their time leave the books."""
    now = clock.now()
    with db.begin() as tx:
        lots.expire_due(tx, account_id, now)
        holds.release_due(tx, terms, account_id, now)


def _decide(page: Page | None, ask: Ask, now: datetime) -> Decision:
    if page is None:
        return NotFound(what="account")
    if page.is_due(now):
        return DUE
    try:
        return page.decide(ask, now)
    except BillingError as error:
        return error


def _answer(one: _Waiting, answer: Decision | Exception) -> None:
    if one.answer.done():
        return
    if isinstance(answer, Exception):
        one.answer.set_exception(answer)
    elif isinstance(answer, Outcome):
        one.answer.set_result(answer)


def _conninfo(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
