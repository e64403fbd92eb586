"""The statements of the usage writer on PostgreSQL: planned once, not again for each batch."""

import asyncio
from typing import Any

from billing_ui.infra.db import Database
from billing_ui.ledger.asks import Outcome, Taken
from billing_ui.ledger.batch_postgres import PostgresBooks
from billing_ui.ledger.deciding import Page
from billing_ui.services.usage_asks import ask
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
