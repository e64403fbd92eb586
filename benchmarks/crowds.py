"""What 64 callers are measured against on PostgreSQL, whichever accounts they use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial

from benchmarks.pgbench import Pgbench, script
from benchmarks.product import Product, WithoutQueue
from benchmarks.reference import point_a
from benchmarks.samples import Cold, Variant
from benchmarks.stock import Kind, Shop, Stock, shop

CALLERS = 64
POOL = 16
# Some of them wait for half a second, so a shorter turn would not see it.
_LEAST_S = 0.6


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
        locking = pool.closed(CALLERS)
        told: dict[str, Variant] = {
            f"product, {CALLERS} callers": product.closed(CALLERS),
            f"{POOL} connections that lock": lambda seconds: locking(max(seconds, _LEAST_S)),
        }
        if not stock.quick:
            told["product at half its pace"] = product.open()
        assert stock.server is not None
        if stock.server.pgbench is None:
            print("no pgbench beside the server or on PATH: connections of their own are left out")
        else:
            alone = Pgbench(stock.server.pgbench, bare.conninfo, used, stock.folder)
            told |= {f"bare statement, {each} connections": Cold(partial(alone.run, each)) for each in connections}
            if not stock.quick:
                told |= stack.enter_context(_smallest(stock, locked, used, connections[-2:]))
        yield told


@contextmanager
def _smallest(
    stock: Stock, one: Shop, used: tuple[int, ...], connections: tuple[int, ...]
) -> Iterator[Mapping[str, Variant]]:
    """Point A, which tells no event twice because it could only end there with an error."""
    point_a.prepare(one.url, used)
    assert stock.server is not None and stock.server.pgbench is not None
    written = script(point_a.STATEMENT, repeated=0)
    smallest = Pgbench(stock.server.pgbench, one.conninfo, used, stock.folder, written)
    yield {f"smallest write, {each} connections": Cold(partial(smallest.run, each)) for each in connections}
    point_a.require(one.url)
