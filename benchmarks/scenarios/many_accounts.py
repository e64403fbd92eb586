"""64 callers who use any of ten thousand accounts, against connections of their own, with and without the product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks.crowds import crowded
from benchmarks.samples import Variant
from benchmarks.stock import Kind, Stock

NAME = "many_accounts"
TITLE = "64 callers, 10,000 accounts"
DATABASES: tuple[Kind, ...] = ("pg",)


@contextmanager
def variants(stock: Stock, db: Kind) -> Iterator[Mapping[str, Variant]]:
    with crowded(stock, db, accounts=None, connections=(32,) if stock.quick else (4, 8, 16, 32)) as crowd:
        yield crowd
