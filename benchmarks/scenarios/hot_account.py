"""64 callers who all use one account, against connections of their own, with and without the product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks.crowds import crowded
from benchmarks.samples import Variant
from benchmarks.stock import Kind, Stock

NAME = "hot_account"
TITLE = "64 callers, one account"
DATABASES: tuple[Kind, ...] = ("pg",)


@contextmanager
def variants(stock: Stock, db: Kind) -> Iterator[Mapping[str, Variant]]:
    with crowded(stock, db, accounts=1, connections=(1, 8) if stock.quick else (1, 4, 8, 16)) as crowd:
        yield crowd
