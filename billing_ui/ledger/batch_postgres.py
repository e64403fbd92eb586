"""Batches of usage on PostgreSQL, through one connection of the writer's own, past the ORM."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg.errors import LockNotAvailable
from psycopg.types.json import set_json_loads
from pydantic_core import from_json, to_json

from billing_ui.infra.postgres_line import PostgresLine, Statement, Value
from billing_ui.ledger.apart import apart
from billing_ui.ledger.asks import Ask
from billing_ui.ledger.batch_rows import asked, page_of, written, zone_of
from billing_ui.ledger.deciding import Page
from billing_ui.ledger.lane import Stuck
from billing_ui.ledger.postgres_statements import FREE, LOCK, READ, WRITE
from billing_ui.ledger.terms import PlanTerms

_REPLAN_S = 60
# A top-up keeps a head for some milliseconds; whoever keeps one for longer makes nobody else wait.
_LOCK_WAIT_MS = 250
# A server that vanished without a goodbye is noticed within half a minute.
_LINE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
# Left to itself the server would plan the reading anew for each batch, since a short list looks cheaper than any list.
_PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan -c jit=off"
_READ, _WRITE = Statement(READ), Statement(WRITE)
Answer = TypeVar("Answer")
Decide = Callable[[dict[int, Page]], Answer]


class _Planned(NamedTuple):
    written: int
    at_s: int


class PostgresBooks:
    """The books of one database through one connection of the writer's own, past the ORM."""

    def __init__(self, conninfo: str, terms: PlanTerms, stripe: int) -> None:
        self._conninfo = make_conninfo(conninfo, **_LINE)
        self._terms = terms
        self._stripe = stripe
        self._line: PostgresLine | None = None
        self._written = 0
        self._planned = _Planned(0, 0)

    async def write(self, asks: Sequence[Ask], decide: Decide[Answer], *, locking: bool) -> tuple[Answer, set[int]]:
        """Reads, decides and writes. Answers also the accounts that somebody else moved in between: nothing was
        written for those. `locking` keeps everybody else out meanwhile, for asks that lost too often."""
        line = await self._open()
        try:
            if locking:
                async with line.connection.transaction():
                    await line.connection.execute(LOCK, (_ids(asks),))
                    return await self._write(line, asks, decide)
            await self._replan(line)
            return await self._write(line, asks, decide)
        except LockNotAvailable:
            free = await (await line.connection.execute(FREE, (_ids(asks),))).fetchall()
            raise Stuck({*_ids(asks)} - {row[0] for row in free}) from None

    async def look(self, asks: Sequence[Ask], decide: Decide[Answer]) -> Answer:
        pages, _ = await self._read(await self._open(), asks)
        return decide(pages)

    async def _write(self, line: PostgresLine, asks: Sequence[Ask], decide: Decide[Answer]) -> tuple[Answer, set[int]]:
        pages, zone = await self._read(line, asks)
        answer = decide(pages)
        changed = [page for page in pages.values() if page.is_changed]
        if not changed:
            return answer, set()
        rows: dict[str, Value] = {table: to_json(some) for table, some in written(changed, zone).items()}
        moved = await line.rows(_WRITE, rows | {"stripe": self._stripe, "zone": zone})
        self._written += sum(len(page.events) for page in changed)
        return answer, {page.account_id for page in changed} - {row[0] for row in moved}

    async def _read(self, line: PostgresLine, asks: Sequence[Ask]) -> tuple[dict[int, Page], str | None]:
        """The pages that are asked about, and the zone in which the days of all accounts are kept."""
        rows = await line.rows(_READ, asked(asks))
        missing = self._terms.missing(row[7] for row in rows)
        if missing:
            await apart(self._terms.read, missing)
        return {row[0]: page_of(row, self._terms) for row in rows}, zone_of(rows[0]) if rows else None

    async def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.connection.close()

    async def _open(self) -> PostgresLine:
        if self._line is None or self._line.connection.closed:
            connection = await AsyncConnection.connect(
                self._conninfo, autocommit=True, connect_timeout=5,
                options=f"-c timezone=UTC -c statement_timeout=8000 -c lock_timeout={_LOCK_WAIT_MS} {_PLANNED_ONCE}",
            )  # fmt: skip
            set_json_loads(from_json, connection)
            self._line = PostgresLine(connection)
        return self._line

    async def _replan(self, line: PostgresLine) -> None:
        """Plans made while the tables were small are wrong once they are not."""
        now = int(time.monotonic())
        grown, old = self._written >= 2 * self._planned.written + 1000, now - self._planned.at_s > _REPLAN_S
        if grown or old:
            await line.connection.execute("DISCARD PLANS")
            self._planned = _Planned(self._written, now)


def _ids(asks: Sequence[Ask]) -> list[int]:
    return sorted({ask.account_id for ask in asks})
