"""The one writer of usage in a process: what waits together is read, decided and written together.

No timer: the next batch is whatever has come in while the last one was written, so an idle process writes batches of
one. Answers are given after the commit, and a caller who hears nothing may ask again under the same event id.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as WaitedTooLongError
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.engine import URL

from billing_ui.infra.db import Database
from billing_ui.kit.clock import Clock
from billing_ui.ledger import holds, lots
from billing_ui.ledger.alerts import Alerts, Awaken
from billing_ui.ledger.asks import Ask, Outcome
from billing_ui.ledger.batch_postgres import PostgresBooks
from billing_ui.ledger.batch_sqlite import SqliteBooks
from billing_ui.ledger.lane import PATIENCE_S, Books, Lane, Told
from billing_ui.ledger.terms import PlanTerms
from billing_ui.rules.errors import BillingError, Busy

log = logging.getLogger(__name__)

_STRIPES = 16
_WAIT_AT_MOST = text("SET LOCAL lock_timeout = '3s'")
_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class _Home:
    """The loop on which batches are made, and the lanes that live on it. It is ours when nobody lent one."""

    loop: asyncio.AbstractEventLoop
    thread: threading.Thread
    is_ours: bool
    lanes: dict[str, Lane] = field(default_factory=dict)
    is_closing: bool = False

    @property
    def is_lasting(self) -> bool:
        return not self.loop.is_closed() and (self.is_ours or self.loop.is_running())

    async def empty(self) -> None:
        self.is_closing = True
        try:
            while self.lanes:
                await self.lanes.popitem()[1].close()
        finally:
            self.is_closing = False


class Writer:
    """Takes asks from any thread or loop. `told` hears whose books moved, once they have, and `awaken` of alerts that
    have become jobs."""

    def __init__(self, db: Database, clock: Clock, paid_meter: str | None, told: Told, awaken: Awaken) -> None:
        self.terms = PlanTerms(db, paid_meter)
        self._db = db
        self._clock = clock
        self._told = told
        self._alerts = Alerts(db, clock, awaken)
        self._home: _Home | None = None
        self._moving = threading.Lock()

    def settle_in(self) -> None:
        """The running loop is where batches are made from now on: that of the doors, so that no thread is crossed."""
        loop = asyncio.get_running_loop()
        if self._home is not None and self._home.loop is loop:
            return
        self.close_and_wait()
        with self._moving:
            self._home = _Home(loop, threading.current_thread(), is_ours=False)

    async def ask(self, ask: Ask) -> Outcome:
        """What becomes of one ask. Raises what is wrong with it, or that the books are out of reach for now."""
        home = self._at_home()
        if home.loop is asyncio.get_running_loop():
            return await self._lane(home, ask).put(ask)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._put(home, ask), home.loop))

    def ask_and_wait(self, ask: Ask) -> Outcome:
        """The same for callers that are no coroutines."""
        home = self._at_home()
        return _wait(self._put(home, ask), home)

    async def ask_all(self, asks: Sequence[Ask]) -> list[Outcome | BillingError]:
        """Many asks, each with an answer of its own: one that is wrong loses nobody else's."""
        home = self._at_home()
        if home.loop is asyncio.get_running_loop():
            return await self._put_all(home, asks)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._put_all(home, asks), home.loop))

    def ask_all_and_wait(self, asks: Sequence[Ask]) -> list[Outcome | BillingError]:
        """The same for callers that are no coroutines."""
        home = self._at_home()
        return _wait(self._put_all(home, asks), home)

    def catch_up(self, account_id: int) -> None:
        """Lots and holds past their time leave the books."""
        now, released = self._clock.now(), holds.AT_ONCE
        while released == holds.AT_ONCE:
            with self._db.begin() as tx:
                if not self._db.is_sqlite:
                    tx.execute(_WAIT_AT_MOST)
                lots.expire_due(tx, account_id, now)
                released = holds.release_due(tx, self.terms, account_id, now)

    async def close(self) -> None:
        """Everything that waits is answered first. Whoever asks after that finds the writer open again."""
        home = self._home
        if home is None or not home.is_lasting:
            return
        if home.loop is asyncio.get_running_loop():
            await home.empty()
        else:
            await asyncio.to_thread(self.close_and_wait)

    def close_and_wait(self) -> None:
        """The same for callers that are no coroutines; also ends the thread that the writer made for itself."""
        with self._moving:
            home, self._home = self._home, None
        if home is None or not home.is_lasting:
            return
        try:
            _wait(home.empty(), home)
        except Busy:
            log.error("the usage writer was left before everything was answered")
        if home.is_ours:
            home.loop.call_soon_threadsafe(home.loop.stop)
            home.thread.join()
            home.loop.close()

    async def _put(self, home: _Home, ask: Ask) -> Outcome:
        return await self._lane(home, ask).put(ask)

    async def _put_all(self, home: _Home, asks: Sequence[Ask]) -> list[Outcome | BillingError]:
        answers: list[asyncio.Future[Outcome] | BillingError] = []
        for ask in asks:
            try:
                answers.append(self._lane(home, ask).put(ask))
            except Busy as error:
                answers.append(error)
        return [answer if isinstance(answer, BillingError) else await _told_by(answer) for answer in answers]

    def _lane(self, home: _Home, ask: Ask) -> Lane:
        """Checks write nothing, so they do not queue behind those that do."""
        if home.is_closing:
            raise Busy(retry_after_s=1)
        name = "look" if ask.kind == "check" else "write"
        lane = home.lanes.get(name)
        if lane is None:
            lane = home.lanes[name] = Lane(self._books(), self._clock, self.catch_up, self._told, self._alerts)
        return lane

    def _books(self) -> Books:
        stripe = os.getpid() % _STRIPES
        if self._db.is_sqlite:
            return SqliteBooks(self._db, self.terms, stripe)
        return PostgresBooks(_conninfo(self._db.url), self.terms, stripe)

    def _at_home(self) -> _Home:
        home = self._home
        if home is not None and home.is_lasting:
            return home
        with self._moving:
            if self._home is None or not self._home.is_lasting:
                loop = asyncio.new_event_loop()
                thread = threading.Thread(target=loop.run_forever, name="usage-writer", daemon=True)
                thread.start()
                self._home = _Home(loop, thread, is_ours=True)
            return self._home


def _wait(work: Coroutine[Any, Any, _Answer], home: _Home) -> _Answer:
    """Nobody who waits for a loop waits for ever: it may end underneath."""
    if home.thread is threading.current_thread():
        work.close()
        raise RuntimeError("a loop cannot wait for itself: await the answer")
    try:
        return asyncio.run_coroutine_threadsafe(work, home.loop).result(2 * PATIENCE_S)
    except (WaitedTooLongError, CancelledError):
        raise Busy(retry_after_s=2) from None


async def _told_by(answer: asyncio.Future[Outcome]) -> Outcome | BillingError:
    try:
        return await answer
    except BillingError as error:
        return error


def _conninfo(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
