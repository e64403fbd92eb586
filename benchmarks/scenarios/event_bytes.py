"""What one more event takes on the disk: its rows, their indexes, and what its rollups and counters leave behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.product import Product
from benchmarks.samples import Sample, Variant
from benchmarks.stock import Kind, Shop, Stock, shop
from tests import servers

NAME = "event_bytes"
TITLE = "bytes that an event takes"
DATABASES: tuple[Kind, ...] = ("pg", "sqlite")
ROUNDS = 1
EVENTS, QUICK_EVENTS = 200_000, 20_000
# As many as a busy month brings each of them; rows of rollups are few beside their events only then.
ACCOUNTS = 100


@contextmanager
def variants(stock: Stock, db: Kind) -> Iterator[Mapping[str, Variant]]:
    with ExitStack() as stack:
        one = stack.enter_context(shop(stock, db))
        product = stack.enter_context(Product(one, one.accounts[:ACCOUNTS]))

        def measured(_seconds: float) -> Sample:
            before, told = size(one), product.traffic.events
            wanted = QUICK_EVENTS if stock.quick else EVENTS
            while product.traffic.events < told + wanted:
                product.closed(256)(1.0)
            return Sample(value=(size(one) - before) / (product.traffic.events - told))

        yield {"product": measured}


def size(one: Shop) -> int:
    """Whole tables with their indexes, once dead rows are swept and the log is written back."""
    if one.env.db.is_sqlite:
        with one.env.db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(str(one.url.database)).stat().st_size
    with servers.connect(one.url) as connection:
        connection.execute("VACUUM")
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row is not None
    return int(str(row[0]))
