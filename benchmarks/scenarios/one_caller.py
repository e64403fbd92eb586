"""One event at a time: the product beside the bare statement, a batch without its queue, and an ordinary program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager

from benchmarks.product import Product, WithoutQueue, repeated
from benchmarks.reference.orm_typical import OrmTypical
from benchmarks.reference.raw_cte import RawCte
from benchmarks.samples import Variant
from benchmarks.stock import Kind, Stock, shop, switched

NAME = "one_caller"
TITLE = "one event at a time, 10,000 accounts"
DATABASES: tuple[Kind, ...] = ("pg",)


@contextmanager
def variants(stock: Stock, db: Kind) -> Iterator[Mapping[str, Variant]]:
    with ExitStack() as stack:
        durable = stack.enter_context(shop(stock, db))
        loose = stack.enter_context(switched(stack.enter_context(shop(stock, db)), "synchronous_commit", "off"))
        product = stack.enter_context(Product(durable, durable.accounts))
        unsafe = stack.enter_context(Product(loose, loose.accounts))
        alone = stack.enter_context(WithoutQueue(durable, durable.accounts, 1, "alone-", locking=False))
        bare, orm = RawCte(durable.conninfo, durable.accounts), OrmTypical(durable.url, durable.accounts)
        unsafe_orm = OrmTypical(loose.url, loose.accounts, durable=False)
        for each in (bare.connection, orm, unsafe_orm):
            stack.enter_context(closing(each))
        yield {
            "product": product.closed(1),
            "batch of one": alone.closed(1),
            "bare statement": repeated(bare, bare.turn),
            "ORM": repeated(orm),
            "product, not durable": unsafe.closed(1),
            "ORM, not durable": repeated(unsafe_orm),
        }
