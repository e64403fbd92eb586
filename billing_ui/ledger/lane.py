"""One queue of asks and its batches: whatever has come in while the last batch was written is the next one."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

import psycopg
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from billing_ui.infra.tireless import Outage
from billing_ui.kit.clock import Clock
from billing_ui.ledger.alerts import Alerts
from billing_ui.ledger.apart import apart
from billing_ui.ledger.asks import Ask, Outcome
from billing_ui.ledger.deciding import Page
from billing_ui.rules.errors import BillingError, Busy, EventFailed, NotFound

log = logging.getLogger(__name__)

LARGEST_BATCH = 256
MOST_WAITING = 8192
# No answer of the database takes so long in health; whoever waits is told to ask again under the same event id.
PATIENCE_S = 12
_ROUNDS_BEFORE_LOCK = 3
_MOST_ROUNDS = 20
_AWAY = (
    psycopg.OperationalError, psycopg.InterfaceError, sqlite3.OperationalError, OperationalError, InterfaceError,
    PoolTimeoutError, OSError,
)  # fmt: skip
_Answer = TypeVar("_Answer")
Told = Callable[[Iterable[int]], None]


class Due:
    """The account has lots or holds past their time: they leave first, then the ask comes again."""


class Stuck(Exception):
    """Somebody else has kept the heads of these accounts to themselves for longer than others can wait."""

    def __init__(self, accounts: set[int]) -> None:
        super().__init__(accounts)
        self.accounts = accounts


DUE = Due()
Decision = Outcome | BillingError | Due


class Books(Protocol):
    """One way into the books for batches: `write` answers also whose pages somebody else moved meanwhile. Raises
    Stuck when it would have to wait for somebody."""

    async def write(
        self, asks: Sequence[Ask], decide: Callable[[dict[int, Page]], _Answer], *, locking: bool
    ) -> tuple[_Answer, set[int]]: ...
    async def look(self, asks: Sequence[Ask], decide: Callable[[dict[int, Page]], _Answer]) -> _Answer: ...
    async def close(self) -> None: ...


@dataclass(slots=True, eq=False)
class _Waiting:
    """An ask, who waits for its answer, how often it had to come again, and whether it broke a batch of one."""

    ask: Ask
    answer: asyncio.Future[Outcome]
    rounds: int = 0
    is_broken: bool = False


class Lane:
    """Serves its queue in batches, one after the other, on one connection. Lives on one loop.

    An account that cannot be decided at once, because lots or holds of it are due or somebody keeps its head, is set
    aside with all its asks, and holds nobody else up.
    """

    def __init__(self, books: Books, clock: Clock, catch_up: Callable[[int], None], told: Told, alerts: Alerts) -> None:
        self._books = books
        self._clock = clock
        self._catch_up = catch_up
        self._told = told
        self._alerts = alerts
        self._waiting: deque[_Waiting] = deque()
        self._aside: dict[int, list[_Waiting]] = {}
        self._outage = Outage("usage: reaching the books")
        self._attending: set[asyncio.Task[None]] = set()
        self._work: asyncio.Task[None] | None = None
        self._watch: asyncio.TimerHandle | None = None

    def put(self, ask: Ask) -> asyncio.Future[Outcome]:
        """The answer to be. Whoever stops waiting for it takes nothing back: what was asked is done all the same."""
        if len(self._waiting) + sum(map(len, self._aside.values())) >= MOST_WAITING:
            raise Busy(retry_after_s=1)
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(ask, answer))
        self._begin()
        return answer

    async def close(self) -> None:
        """Everything that waits is answered first."""
        while self._attending or (self._work is not None and not self._work.done()):
            await asyncio.wait({*self._attending, *({self._work} if self._work else ())})
        await self._hang_up()

    def _begin(self) -> None:
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        while batch := self._next():
            self._watch_over(batch)
            try:
                await self._serve(batch)
            except BaseException:
                # The loop ends underneath.
                self._give_up(batch)
                await self._hang_up()
                raise
            finally:
                if self._watch is not None:
                    self._watch.cancel()

    def _next(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < LARGEST_BATCH:
            one = self._waiting.popleft()
            self._aside.get(one.ask.account_id, batch).append(one)
        return batch

    async def _serve(self, batch: list[_Waiting]) -> None:
        """Answers a batch. What breaks it is looked for in halves, so that one poisoned ask spoils nobody else's."""
        broken: list[_Waiting] = []
        try:
            await self._try(batch)
            self._outage.worked()
        except Stuck as stuck:
            self._set_aside([one for one in batch if one.ask.account_id in stuck.accounts])
            self._put_back([one for one in batch if one.ask.account_id not in stuck.accounts])
        except _AWAY as error:
            self._outage.failed(error)
            await self._hang_up()
            _refuse(batch)
        except Exception as error:
            # It may be the connection that is spoiled, by a plan of before a migration: the next one is fresh, so
            # whoever is alone is tried on it once more. That also finds out whether it was written before it broke.
            await self._hang_up()
            broken = [one for one in batch if not one.answer.done()]
            if len(broken) == 1 and broken[0].is_broken:
                failed = broken.pop()
                log.exception("event %r of account %s breaks us", failed.ask.event_id, failed.ask.account_id)
                failed.answer.set_exception(EventFailed(event_id=failed.ask.event_id))
            elif broken:
                log.warning("a batch of %d broke and is tried again: %r", len(batch), error)
            else:
                log.exception("everybody was answered, and then something broke")
        if len(broken) == 1:
            broken[0].is_broken = True
            await self._serve(broken)
        elif broken:
            await self._serve(broken[: len(broken) // 2])
            await self._serve(broken[len(broken) // 2 :])

    async def _try(self, batch: list[_Waiting]) -> None:
        asks = [one.ask for one in batch]
        moved: dict[int, Page] = {}

        def decide(pages: dict[int, Page]) -> list[Decision]:
            now = self._clock.now()
            before = {account_id: page.balance for account_id, page in pages.items()}
            decided = [_decide(pages.get(ask.account_id), ask, now) for ask in asks]
            moved.update({account_id: page for account_id, page in pages.items() if page.is_changed})
            for account_id, page in moved.items():
                if page.events:
                    self._alerts.raise_in(page, before[account_id], max(now, page.last_at))
            return decided

        lost: set[int] = set()
        if asks[0].kind == "check":
            decisions = await self._books.look(asks, decide)
        else:
            await self._alerts.prepare()
            locking = any(one.rounds >= _ROUNDS_BEFORE_LOCK for one in batch)
            decisions, lost = await self._books.write(asks, decide, locking=locking)
        again = [one for one in batch if one.ask.account_id in lost]
        due = [
            one
            for one, decision in zip(batch, decisions, strict=True)
            if one.ask.account_id not in lost and not _answer(one, decision)
        ]
        for account_id in lost:
            moved.pop(account_id, None)
        if moved:
            self._alerts.remember(moved.values())
            self._told(moved)
        self._set_aside(due)
        self._put_back(again)

    def _set_aside(self, waiting: Iterable[_Waiting]) -> None:
        for one in waiting:
            account_id = one.ask.account_id
            if account_id not in self._aside:
                self._aside[account_id] = []
                task = asyncio.create_task(self._attend(account_id))
                self._attending.add(task)
                task.add_done_callback(self._attending.discard)
            self._aside[account_id].append(one)

    async def _attend(self, account_id: int) -> None:
        """Brings one account up to date, then its asks come again."""
        try:
            await asyncio.wait_for(apart(self._catch_up, account_id), PATIENCE_S)
        except Exception as error:
            log.log(logging.WARNING if isinstance(error, _AWAY) else logging.ERROR,
                    "account %s could not be brought up to date: %r", account_id, error)  # fmt: skip
            _refuse(self._aside.pop(account_id))
            return
        self._put_back(self._aside.pop(account_id))
        self._begin()

    def _put_back(self, again: list[_Waiting]) -> None:
        """They come first in the next batch. Who had to come again too often is told so instead of going round."""
        for one in again:
            one.rounds += 1
        tired = [one for one in again if one.rounds > _MOST_ROUNDS]
        if tired:
            log.error("account %s stays due or keeps moving on", tired[0].ask.account_id)
            _refuse(tired)
        self._waiting.extendleft(one for one in reversed(again) if not one.answer.done())

    def _watch_over(self, batch: list[_Waiting]) -> None:
        self._watch = asyncio.get_running_loop().call_later(PATIENCE_S, self._lose_patience, batch)

    def _lose_patience(self, batch: list[_Waiting]) -> None:
        """Nobody waits for ever: neither for a batch that does not come back, nor behind it while it lasts."""
        log.error("a batch of %d did not come back", len(batch))
        self._give_up(batch)
        self._watch_over(batch)

    def _give_up(self, batch: list[_Waiting]) -> None:
        _refuse(batch)
        _refuse(self._waiting)
        self._waiting.clear()

    async def _hang_up(self) -> None:
        try:
            await self._books.close()
        except _AWAY:
            log.debug("a broken connection did not close")


def _decide(page: Page | None, ask: Ask, now: datetime) -> Decision:
    if page is None:
        return NotFound(what="account")
    if page.is_due(now):
        return DUE
    try:
        # Times of an account never fall, even where clocks of two processes differ or one is put back.
        return page.decide(ask, max(now, page.last_at))
    except BillingError as error:
        return error


def _answer(one: _Waiting, decision: Decision) -> bool:
    """Whether there is an answer; what is due comes again. Who stopped waiting is not told."""
    if isinstance(decision, Due):
        return one.answer.done()
    if not one.answer.done():
        if isinstance(decision, BillingError):
            one.answer.set_exception(decision)
        else:
            one.answer.set_result(decision)
    return True


def _refuse(asked: Iterable[_Waiting]) -> None:
    for one in asked:
        if not one.answer.done():
            one.answer.set_exception(Busy(retry_after_s=2))
