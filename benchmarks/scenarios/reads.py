"""Every query of a dashboard on a shop of a million events and on one of ten, and a page of history far down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial

from benchmarks.asks import DEEP, Read, asks, deep_page
from benchmarks.grown import grown
from benchmarks.product import repeated
from benchmarks.samples import Sample, Variant
from benchmarks.stock import ZONE, Kind, Shop, Stock, opened
from billing_ui.infra.db import Tx
from billing_ui.queries import history
from billing_ui.rules.lists import ListAsk

NAME = "reads"
TITLE = "queries of a dashboard at a million events and at ten"
DATABASES: tuple[Kind, ...] = ("pg", "sqlite")
# So long is one query asked in a turn; there are many of them, and each takes a millisecond or so.
_SECONDS, _QUICK_SECONDS = 0.2, 0.03


@contextmanager
def variants(stock: Stock, db: Kind) -> Iterator[Mapping[str, Variant]]:
    with ExitStack() as stack:
        told: dict[str, Variant] = {}
        seconds = _QUICK_SECONDS if stock.quick else _SECONDS
        shops = {size: stack.enter_context(opened(grown(stock, db, size).url)) for size in ("small", "large")}
        for size, one in shops.items():
            told |= {f"{name} ({size})": partial(asked, one, read, seconds) for name, read in asks(one).items()}
        large = shops["large"]
        depth = DEEP // 10 if stock.quick else DEEP
        for name, page in {"first": "", "deep": deep_page(large, depth)}.items():
            told[f"history, {name} page"] = partial(asked, large, _page(large, page), seconds)
        yield told


def asked(one: Shop, read: Read, seconds: float, _turn: float) -> Sample:
    """The same question over and over, each in a look of its own."""

    def act() -> None:
        with one.env.db.read() as tx:
            read(tx)

    return repeated(act)(seconds)


def _page(one: Shop, page: str) -> Read:
    def read(tx: Tx) -> object:
        found = history.history(tx, one.accounts[0], ListAsk(page=page, per=50), ZONE)
        if len(found.rows) != 50:
            raise RuntimeError(f"a page of {len(found.rows)} rows")
        return found

    return read
