"""A line to PostgreSQL answers as psycopg would, at once or in pieces, and says what went wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
import uvloop
from psycopg import AsyncConnection
from psycopg.errors import UniqueViolation
from sqlalchemy.engine import make_url

from billing_ui.infra.postgres_line import PostgresLine, Statement
from tests import servers

_ECHO = Statement(
    "SELECT %(many)s::bigint[], %(words)s::text[], %(word)s::text, %(number)s::smallint, %(told)s::json,"
    " %(none)s::text, %(word)s::text || '!', date '2026-11-21', timestamptz '2026-11-21 06:44:42.5+00'"
)
_LONG = Statement("SELECT length(%(word)s::text), repeat('y', 3000000)")
_SLOW = Statement("SELECT pg_sleep(%(seconds)s::integer)")
Use = Callable[[PostgresLine], Awaitable[None]]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def using(request: pytest.FixtureRequest, postgres_url: str) -> Callable[[Use], None]:
    """Opens a line, on the loop of the standard library and on that of the servers."""
    conninfo = postgres_url.replace("postgresql+psycopg", "postgresql")

    async def run(use: Use) -> None:
        connection = await AsyncConnection.connect(conninfo, autocommit=True, options="-c timezone=UTC")
        try:
            await asyncio.wait_for(use(PostgresLine(connection)), 20)
        finally:
            await connection.close()

    def opened(use: Use) -> None:
        with asyncio.Runner(loop_factory=request.param) as loop:
            loop.run(run(use))

    return opened


def test_values_go_there_and_come_back_as_psycopg_reads_them(using: Callable[[Use], None]) -> None:
    odd = ["plain", 'with "marks"', "back\\slash", "{a,b}", "NULL", "", "é 你"]
    values: dict[str, Any] = {
        "many": [1, -2, 2**62], "words": odd, "word": "o'clock", "number": 7, "told": b'{"a": [1, null]}', "none": None,
    }  # fmt: skip

    async def echo(line: PostgresLine) -> None:
        for _ in range(3):
            [row] = await line.rows(_ECHO, values)
            assert row == (
                [1, -2, 2**62], odd, "o'clock", 7, {"a": [1, None]}, None, "o'clock!", date(2026, 11, 21),
                datetime(2026, 11, 21, 6, 44, 42, 500_000, tzinfo=UTC),
            )  # fmt: skip
        [row] = await line.rows(_ECHO, values | {"many": [], "words": []})
        assert row[:2] == ([], [])

    using(echo)


def test_what_is_too_long_for_one_breath_goes_in_several(using: Callable[[Use], None]) -> None:
    async def tell(line: PostgresLine) -> None:
        [(told, answered)] = await line.rows(_LONG, {"word": "x" * 20_000_000})
        assert (told, len(answered)) == (20_000_000, 3_000_000)

    using(tell)


def test_an_error_of_the_server_is_psycopgs_own_and_the_line_goes_on(using: Callable[[Use], None]) -> None:
    put = Statement("INSERT INTO once VALUES (%(number)s::integer)")

    async def twice(line: PostgresLine) -> None:
        await line.connection.execute("CREATE TEMPORARY TABLE once (number integer PRIMARY KEY)")
        assert await line.rows(put, {"number": 1}) == []
        with pytest.raises(UniqueViolation):
            await line.rows(put, {"number": 1})
        with pytest.raises(psycopg.errors.SyntaxError):
            await line.rows(Statement("SELEKT 1"), {})
        assert await line.rows(put, {"number": 2}) == []
        assert await line.rows(Statement("SELECT count(*) FROM once"), {}) == [(2,)]

    using(twice)


def test_a_sign_that_cannot_be_kept_is_not_cut_off_in_silence(using: Callable[[Use], None]) -> None:
    async def tell(line: PostgresLine) -> None:
        with pytest.raises(psycopg.DataError):
            await line.rows(_LONG, {"word": "abc\0def"})

    using(tell)


def test_a_connection_that_is_cut_while_somebody_waits_says_so(using: Callable[[Use], None], postgres_url: str) -> None:
    async def wait(line: PostgresLine) -> None:
        waiting = asyncio.create_task(line.rows(_SLOW, {"seconds": 15}))
        await asyncio.sleep(0.2)
        with servers.connect(make_url(postgres_url)) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (line.connection.pgconn.backend_pid,))
        with pytest.raises(psycopg.OperationalError):
            await waiting
        with pytest.raises(psycopg.OperationalError):
            await line.rows(_SLOW, {"seconds": 0})

    using(wait)


def test_whoever_stops_waiting_leaves_no_ear_at_the_line(using: Callable[[Use], None]) -> None:
    async def give_up(line: PostgresLine) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(line.rows(_SLOW, {"seconds": 15}), 0.2)
        assert not asyncio.get_running_loop().remove_reader(line.connection.pgconn.socket)
        with pytest.raises(psycopg.OperationalError):
            await line.rows(_SLOW, {"seconds": 0})

    using(give_up)
