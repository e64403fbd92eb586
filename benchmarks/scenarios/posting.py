"""One spend through `ledger.post` on PostgreSQL, durable, against raw psycopg that writes the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count

from benchmarks.product import repeated
from benchmarks.reference.raw_posting import RawPosting
from benchmarks.samples import Variant
from benchmarks.stock import Kind, Stock, shop
from billing_ui import ledger
from billing_ui.ledger import Posting, Transfer

NAME = "posting"
TITLE = "one durable posting outside the usage writer"
DATABASES: tuple[Kind, ...] = ("pg",)


@contextmanager
def variants(stock: Stock, db: Kind) -> Iterator[Mapping[str, Variant]]:
    with shop(stock, db, by_usage=False) as one:
        loop, single = (RawPosting(one.conninfo, account_id) for account_id in one.accounts[1:3])
        numbers = count(1)

        def product() -> None:
            now, key = datetime.now(UTC), f"post:{next(numbers)}"
            transfer = Transfer("TOKEN", "wallet", "consumed", 1)
            with one.env.db.begin() as tx:
                ledger.post(tx, Posting(one.accounts[0], key, key, "benchmark", now, (transfer,)), now)

        with closing(loop.connection), closing(single.connection):
            yield {
                "ledger.post": repeated(product),
                "raw loop": repeated(loop.loop),
                "raw single statement": repeated(single.one_statement),
            }
