"""Statements of our own over a connection that psycopg opened: prepared once, sent and awaited without its cursors.

A cursor adapts each value by its type and wakes the loop twice; for one small statement that is most of the work.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import AsyncConnection, DataError, Error
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

Value = bytes | str | int | Sequence[int] | Sequence[str] | None
_PLACE = re.compile(r"%\((\w+)\)s")
_GOOD = {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}


class Statement:
    """Words with places like `%(name)s`, whose types the words themselves say."""

    def __init__(self, words: str) -> None:
        self.names = tuple(dict.fromkeys(_PLACE.findall(words)))
        self.words = _PLACE.sub(lambda place: f"${self.names.index(place[1]) + 1}", words).encode()


class PostgresLine:
    """One statement after the other. Whoever stops waiting for an answer has to close the connection."""

    def __init__(self, connection: AsyncConnection[tuple[Any, ...]]) -> None:
        self.connection = connection
        self._pg = connection.pgconn
        self._reading = Transformer(connection)
        self._prepared: dict[Statement, bytes] = {}

    async def rows(self, statement: Statement, values: Mapping[str, Value]) -> list[tuple[Any, ...]]:
        """What the server answers, read by psycopg's own rules. Raises psycopg's own errors."""
        name = self._prepared.get(statement)
        if name is None:
            name = b"line_%d" % len(self._prepared)
            self._pg.send_prepare(name, statement.words)
            await self._answer()
            self._prepared[statement] = name
        self._pg.send_query_prepared(name, [_written(values[each]) for each in statement.names])
        result = await self._answer()
        self._reading.set_pgresult(result)
        return self._reading.load_rows(0, result.ntuples, tuple)

    async def _answer(self) -> PGresult:
        loop, socket = asyncio.get_running_loop(), self._pg.socket
        answered: asyncio.Future[list[PGresult]] = loop.create_future()
        loop.add_reader(socket, self._take_in, answered, [])
        try:
            if self._pg.flush():
                await self._send_on(loop, socket)
            results = await answered
        finally:
            loop.remove_reader(socket)
        for result in results:
            if result.status not in _GOOD:
                raise error_from_result(result)
        return results[-1]

    async def _send_on(self, loop: asyncio.AbstractEventLoop, socket: int) -> None:
        """What did not fit into the line at once."""
        is_free = asyncio.Event()
        loop.add_writer(socket, is_free.set)
        try:
            while self._pg.flush():
                is_free.clear()
                await is_free.wait()
        finally:
            loop.remove_writer(socket)

    def _take_in(self, answered: asyncio.Future[list[PGresult]], results: list[PGresult]) -> None:
        """What has come so far. The answer is whole when the server is ready for the next statement."""
        try:
            self._pg.consume_input()
            while not answered.done() and not self._pg.is_busy():
                result = self._pg.get_result()
                if result is None:
                    answered.set_result(results)
                else:
                    results.append(result)
        except Error as error:
            if not answered.done():
                answered.set_exception(error)


def _written(value: Value) -> bytes | None:
    """A value as PostgreSQL reads it."""
    if value is None:
        return None
    if isinstance(value, bytes):
        written = value
    elif isinstance(value, str | int):
        written = str(value).encode()
    else:
        written = f"{{{','.join(map(_member, value))}}}".encode()
    if b"\0" in written:
        raise DataError("PostgreSQL keeps no sign NUL")
    return written


def _member(value: int | str) -> str:
    if isinstance(value, int):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
