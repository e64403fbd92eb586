"""Writing into books of ten million events, against writing into empty ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from benchmarks import sums
from benchmarks.crowds import CALLERS
from benchmarks.grown import grown
from benchmarks.product import Product
from benchmarks.samples import Variant
from benchmarks.stock import Kind, Stock, opened, shop

NAME = "flat"
TITLE = "64 callers on books of ten million events, and on empty ones"
DATABASES: tuple[Kind, ...] = ("pg", "sqlite")


@contextmanager
def variants(stock: Stock, db: Kind) -> Iterator[Mapping[str, Variant]]:
    with ExitStack() as stack:
        full = stack.enter_context(opened(grown(stock, db, "large").url))
        empty = stack.enter_context(shop(stock, db))
        with Product(full, full.accounts) as late, Product(empty, empty.accounts) as early:
            yield {"product, full books": late.closed(CALLERS), "product, empty books": early.closed(CALLERS)}
        sums.require(full.env.db, whole=False)
