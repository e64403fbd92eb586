"""The statements of the usage writer on PostgreSQL: planned once, and written only while what was read still stands."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import make_url

from billing_ui.infra.db import Database
from billing_ui.infra.postgres_line import Statement
from billing_ui.ledger.asks import Outcome, Taken
from billing_ui.ledger.batch_postgres import PostgresBooks
from billing_ui.ledger.deciding import Page
from billing_ui.ledger.postgres_statements import READ
from billing_ui.ledger.tables import system_day
from billing_ui.rules.access import system
from billing_ui.services import plans
from billing_ui.services.usage_asks import ask
from tests import servers
from tests.metering import HOST, chat, prepaid
from tests.world import open_world


class _Shown(PostgresBooks):
    """Shows how often the statements were planned."""

    async def plans(self) -> list[tuple[Any, ...]]:
        connection = (await self._open()).connection
        told = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%account_head%'"
        return await (await connection.execute(told)).fetchall()


def test_a_statement_is_planned_once_whatever_the_batches_ask(postgres_stocked_url: str) -> None:
    database = Database(postgres_stocked_url)
    with open_world(database) as world:
        sari = prepaid(world, 1_000)
        conninfo = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        books = _Shown(conninfo, world.env.writer.terms, 0)

        async def record(event_id: str) -> None:
            asked = ask(world.env, HOST, "record", chat(sari.account_id, event_id))

            def decide(pages: dict[int, Page]) -> Outcome:
                return pages[sari.account_id].decide(asked, world.clock.now())

            outcome, lost = await books.write([asked], decide, locking=False)
            assert isinstance(outcome.result, Taken) and not lost

        async def twelve_events() -> None:
            for number in range(12):
                await record(f"evt-{number}")
            assert await books.plans() == [(12, 0), (12, 0)]
            await books.close()

        asyncio.run(twelve_events())
    database.dispose()


def test_what_was_decided_before_the_days_of_all_moved_is_decided_again(postgres_stocked_url: str) -> None:
    database = Database(postgres_stocked_url)
    with open_world(database) as world:
        sari = prepaid(world, 1_000)
        conninfo = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        books = PostgresBooks(conninfo, world.env.writer.terms, 0)
        asked = ask(world.env, HOST, "record", chat(sari.account_id, "evt", 30))

        def decide(pages: dict[int, Page], zone: str = "") -> Outcome:
            if zone:
                plans.apply(replace(world.env, catalogue=replace(world.env.catalogue, zone=zone)), system("test"))
            return pages[sari.account_id].decide(asked, world.clock.now())

        async def record_while_they_move() -> None:
            _, lost = await books.write([asked], partial(decide, zone="Pacific/Kiritimati"), locking=False)
            assert lost == {sari.account_id} and world.balance(sari) == 1_000
            _, lost = await books.write([asked], decide, locking=False)
            assert not lost and world.balance(sari) == 970
            await books.close()

        asyncio.run(record_while_they_move())
        with database.read() as tx:
            assert [str(day) for day in tx.scalars(select(system_day.c.day_on))] == ["2026-11-21"]
        world.books_are_right()
    database.dispose()


def test_a_key_is_looked_up_by_its_own_index_also_where_most_accounts_have_one_entry(postgres_stocked_url: str) -> None:
    """Statistics of such books say that reading all entries of an account is as good; for a busy one it is not."""
    grow = (
        "INSERT INTO entry (account_id, seq, quantity, balance_after, occurred_at, recorded_at, line, key, unit, debit,"
        " credit, actor, cause, request_hash) SELECT {account}, n, 1, 1, now(), now(), 1,"
        " 'usage:' || repeat('k', 100) || n, 'TOKEN', 'wallet', 'consumed', 'test', '', ''"
        " FROM generate_series(1, {many}) AS n"
    )
    with servers.connect(make_url(postgres_stocked_url)) as connection:
        connection.execute(grow.format(account="1000 + n", many=2_000).encode())
        connection.execute("ANALYZE entry")
        connection.execute(grow.format(account=999, many=8_000).encode())
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute(b"PREPARE reading AS " + Statement(READ).words)
        arrays = ", ".join("'{}'" for _ in Statement(READ).names)
        plan = str(connection.execute(f"EXPLAIN EXECUTE reading ({arrays})".encode()).fetchall())
    assert "uq_entry_account_id" in plan and "pk_entry" not in plan
