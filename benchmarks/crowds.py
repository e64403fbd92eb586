"""What 64 callers are measured against on PostgreSQL, whichever accounts they use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial

from benchmarks.pgbench import Pgbench
from benchmarks.product import Product, WithoutQueue
from benchmarks.samples import Variant
from benchmarks.stock import Kind, Stock, shop

CALLERS = 64
POOL = 16


@contextmanager
def crowded(
    stock: Stock, db: Kind, accounts: int | None, connections: tuple[int, ...]
) -> Iterator[Mapping[str, Variant]]:
    """Each in a shop of its own, so that none waits for another's rows or finds its tables grown."""
    with ExitStack() as stack:
        ours, bare, locked = (stack.enter_context(shop(stock, db)) for _ in range(3))
        used = ours.accounts[:accounts]
        product = stack.enter_context(Product(ours, used))
        pool = stack.enter_context(WithoutQueue(locked, used, POOL, "pool-", locking=True))
        told: dict[str, Variant] = {
            f"product, {CALLERS} callers": product.closed(CALLERS),
            "product at half its pace": product.open(),
            f"{POOL} connections that lock": pool.closed(CALLERS),
        }
        assert stock.server is not None
        if stock.server.pgbench is None:
            print("no pgbench beside the server or on PATH: connections of their own are left out")
        else:
            alone = Pgbench(stock.server.pgbench, bare.conninfo, used, stock.folder)
            told |= {f"bare statement, {each} connections": partial(alone.run, each) for each in connections}
        yield told
