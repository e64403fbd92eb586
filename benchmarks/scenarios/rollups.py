"""Thirty days of all accounts together, from the rollups and from the events themselves, at ten million events."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, text

from benchmarks.asks import Days
from benchmarks.grown import grown
from benchmarks.samples import Sample, Variant
from benchmarks.stock import ZONE, Kind, Shop, Stock, opened
from billing_ui.kit.period import start_of_day
from billing_ui.models.types import UtcMicros
from billing_ui.queries.usage_overall import SystemUse, system_days

NAME = "rollups"
TITLE = "thirty days of all accounts, from rollups and from events"
DATABASES: tuple[Kind, ...] = ("pg", "sqlite")
ROUNDS = 3
_PLAIN = Path(__file__).parents[1] / "reference" / "plain_groupby.sql"
_DAY = {
    "pg": f"(occurred_at AT TIME ZONE '{ZONE}')::date",
    "sqlite": "date(occurred_at / 1000000 + 25200, 'unixepoch')",
}


@contextmanager
def variants(stock: Stock, db: Kind) -> Iterator[Mapping[str, Variant]]:
    with opened(grown(stock, db, "large").url) as one:
        days = Days.of(one)
        kept, plain = partial(kept_days, one, days), partial(plain_days, one, db, days)
        if _as_plain(kept()) != plain():
            raise RuntimeError("rollups and events do not tell the same")
        yield {"rollups": partial(timed, kept, 20), "events": partial(timed, plain, 1)}


def timed(read: Callable[[], object], times: int, _seconds: float) -> Sample:
    start = time.perf_counter()
    for _ in range(times):
        read()
    return Sample(times, time.perf_counter() - start)


def kept_days(one: Shop, days: Days) -> tuple[SystemUse, ...]:
    with one.env.db.read() as tx:
        return system_days(tx, days.first, days.last, ZONE)


def _as_plain(told: tuple[SystemUse, ...]) -> list[tuple[Any, ...]]:
    return [(str(row.day_on), row.meter, row.model, row.operation, *row.used) for row in told]


def plain_days(one: Shop, db: Kind, days: Days) -> list[tuple[Any, ...]]:
    query = text(_PLAIN.read_text(encoding="utf-8").replace("%(day)s", _DAY[db]).replace("::", "\\:\\:"))
    typed = query.bindparams(bindparam("since", type_=UtcMicros), bindparam("until", type_=UtcMicros))
    since, until = start_of_day(days.first, ZONE), days.now.replace(year=days.now.year + 1)
    with one.env.db.read() as tx:
        found = tx.execute(typed, {"since": since, "until": until}).all()
    return [(str(row[0]), *row[1:4], *(int(each) for each in row[4:])) for row in found]
