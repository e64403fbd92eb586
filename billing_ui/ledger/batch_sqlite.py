"""Batches of usage on SQLite: one thread and one connection of the writer's own, each batch inside one transaction."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

from pydantic_core import from_json, to_json

from billing_ui.infra.db import Database
from billing_ui.ledger.asks import Ask
from billing_ui.ledger.batch_rows import Rows, asked, instant, page_of, written
from billing_ui.ledger.deciding import Page
from billing_ui.ledger.sqlite_statements import (
    DAYS_OF_ALL,
    HOLDS,
    JSON_VALUES,
    KNOWN,
    LOTS,
    READ,
    ROLLUPS,
    WRITES,
    ZONE,
)
from billing_ui.ledger.terms import PlanTerms
from billing_ui.models.types import micros

# A batch touches a page or two of each table for each account; SQLite's own 2 MB hold those of a few hundred accounts.
# Most of those pages are touched again soon, so the log is written back into the file half as often as elsewhere.
# Whoever waits for the file longer than five seconds is told to ask again, before their own patience ends.
OWN_WAYS = ("cache_size = -65536", "wal_autocheckpoint = 8000", "busy_timeout = 5000")
# Of an entry that is no event's last, and of most events.
NOTHING = dict.fromkeys(("t", "i", "o", "c", "tq", "al", "fl", "ov", "un", "r", "op", "m", "ss", "d", "md"))
Answer = TypeVar("Answer")
Decide = Callable[[dict[int, Page]], Answer]


class SqliteBooks:
    """The books in one file. Whoever writes has the file to themselves, so nobody moves a page that was read."""

    def __init__(self, db: Database, terms: PlanTerms, stripe: int) -> None:
        self._db = db
        self._terms = terms
        self._stripe = stripe
        self._thread: ThreadPoolExecutor | None = None
        self._connection: sqlite3.Connection | None = None

    async def write(self, asks: Sequence[Ask], decide: Decide[Answer], *, locking: bool) -> tuple[Answer, set[int]]:  # noqa: ARG002
        """Reads, decides and writes in one transaction. No page is ever lost to somebody else."""
        return await self._apart(self._write, asks, decide), set()

    async def look(self, asks: Sequence[Ask], decide: Decide[Answer]) -> Answer:
        return await self._apart(self._look, asks, decide)

    async def close(self) -> None:
        """Whoever asks after that gets a new connection."""
        await self._apart(self._hang_up)
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown()

    async def _apart(self, work: Callable[..., Answer], *told: Any) -> Answer:
        """In the one thread that uses the connection."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="usage")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *told)

    def _write(self, asks: Sequence[Ask], decide: Decide[Answer]) -> Answer:
        with self._db.alone(), self._transaction("IMMEDIATE") as connection:
            pages = self._read(connection, asks)
            answer = decide(pages)
            (zone,) = connection.execute(ZONE).fetchone() or (None,)
            self._save(connection, written([page for page in pages.values() if page.is_changed], zone))
        return answer

    def _look(self, asks: Sequence[Ask], decide: Decide[Answer]) -> Answer:
        with self._transaction("DEFERRED") as connection:
            return decide(self._read(connection, asks))

    def _read(self, connection: sqlite3.Connection, asks: Sequence[Ask]) -> dict[int, Page]:
        wanted = asked(asks)
        ids = _json(wanted["ids"])
        lots, known, holds = defaultdict(list), defaultdict(list), defaultdict(list)
        for account_id, *lot in connection.execute(LOTS, (ids,)):
            lots[account_id].append(lot)
        for account_id, *event in connection.execute(KNOWN, (_pairs(wanted["accounts"], wanted["keys"]),)):
            event[2] = event[2] and from_json(event[2])
            # Its lines come in order, so the last one stays: it knows the balance after all of them.
            known[account_id].append(event)
        heads = connection.execute(READ, (ids,)).fetchall()
        # Whoever records under the id of an open hold means that call; only accounts that have one are looked through.
        reserving = {account_id for account_id, *_, release_at, _windows in heads if release_at is not None}
        named = [
            (ask.account_id, ask.event_id) for ask in asks
            if ask.kind in {"reserve", "settle", "release"} or (ask.kind == "record" and ask.account_id in reserving)
        ]  # fmt: skip
        if named:
            for account_id, *hold in connection.execute(HOLDS, (_json(named),)):
                hold[3] = from_json(hold[3])
                holds[account_id].append(hold)
        pages = (
            page_of((*_head(head), lots[head[0]], known[head[0]], holds[head[0]], None), self._terms) for head in heads
        )
        return {page.account_id: page for page in pages}

    def _save(self, connection: sqlite3.Connection, rows: dict[str, Rows]) -> None:
        recorded_at = {head["a"]: micros(instant(head["l"])) for head in rows["heads"]}
        rows["lines"] = [
            NOTHING | line | {"at": micros(line["at"]), "n": recorded_at[line["a"]], "h": bytes.fromhex(line["h"])}
            for line in rows["lines"]
        ]
        for table, statement in WRITES.items():
            for name in JSON_VALUES.get(table, ()):
                for row in rows[table]:
                    row[name] = None if row[name] is None else _json(row[name])
            connection.executemany(statement, rows[table])
        for cell in rows["cells"]:
            cell["stripe"] = self._stripe
        for statement in ROLLUPS:
            connection.executemany(statement, rows["cells"])
        connection.executemany(DAYS_OF_ALL, [cell for cell in rows["cells"] if cell["z"] is not None])

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        connection = self._open()
        connection.execute(f"BEGIN {kind}")
        try:
            yield connection
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raw: Any = self._db.engine.raw_connection()
            self._connection = raw.driver_connection
            raw.detach()
            assert self._connection is not None
            for way in OWN_WAYS:
                self._connection.execute(f"PRAGMA {way}").close()
        return self._connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _head(row: tuple[Any, ...]) -> tuple[Any, ...]:
    *plain, period_on, zone, last_at, due_at, release_at, windows = row
    return (*plain, date.fromisoformat(period_on), zone, instant(last_at), due_at and instant(due_at),
            release_at and instant(release_at), from_json(windows))  # fmt: skip


def _pairs(accounts: list[int], names: list[str]) -> str:
    return _json(list(zip(accounts, names, strict=True)))


def _json(told: Any) -> str:
    return to_json(told).decode()
