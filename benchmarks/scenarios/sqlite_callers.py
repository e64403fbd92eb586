"""64 callers on SQLite, every commit on the disk, against a program that makes one transaction for each event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager

from benchmarks.crowds import CALLERS
from benchmarks.product import Product, repeated
from benchmarks.reference.raw_sqlite import RawSqlite
from benchmarks.samples import Variant
from benchmarks.stock import Kind, Stock, shop

NAME = "sqlite_callers"
TITLE = "64 callers on SQLite, 10,000 accounts"
DATABASES: tuple[Kind, ...] = ("sqlite",)


@contextmanager
def variants(stock: Stock, db: Kind) -> Iterator[Mapping[str, Variant]]:
    with ExitStack() as stack:
        ours, bare = (stack.enter_context(shop(stock, db)) for _ in range(2))
        product = stack.enter_context(Product(ours, ours.accounts))
        alone = RawSqlite(str(bare.url.database), bare.accounts)
        stack.enter_context(closing(alone.connection))
        yield {
            f"product, {CALLERS} callers": product.closed(CALLERS),
            "product at half its pace": product.open(),
            "one transaction each": repeated(alone, alone.turn),
        }
