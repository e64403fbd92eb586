"""What a batch adds to the rollups: one cell per account, local day, hour, meter, model and operation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from operator import add
from typing import Any, NamedTuple

from billing_ui.kit.period import local_day
from billing_ui.ledger.deciding import Event, Page

_QUARTER_S = 900
# The columns of a cell, then its sums in the order of `Sums`: short, because PostgreSQL reads them as JSON.
_NAMES = ("a", "d", "h", "m", "md", "op", "n", "i", "o", "q", "c", "v", "u")


class Sums(NamedTuple):
    """What is added to one rollup row, in the order of its columns."""

    events: int
    input: int
    output: int
    quantity: int
    charged: int
    overage: int
    uncovered: int


def counted(pages: Iterable[Page]) -> list[dict[str, Any]]:
    """The cells of a batch. Days, months and hours are sums of them, made in the database as it writes."""
    cells: dict[tuple[int, str, str, str, str, str], tuple[int, ...]] = {}
    for page in pages:
        for event in page.events:
            told, need = event.ask.told, event.ask.need
            assert told is not None and need is not None
            day, hour = _day_and_hour(page.calendar.zone, int(need.at.timestamp()) // _QUARTER_S)
            for meter in event.draws:
                sums = added(page.terms.paid, meter, event)
                key = (page.account_id, day, hour, meter, told.model, told.operation)
                kept = cells.get(key)
                cells[key] = sums if kept is None else tuple(map(add, kept, sums))
    return [dict(zip(_NAMES, (*key, *sums), strict=True)) for key, sums in cells.items()]


def added(paid: str | None, meter: str, event: Event) -> Sums:
    """What one event adds to the rows of one of its meters. Only the paid meter charges anybody."""
    told, cover = event.ask.told, event.cover
    assert told is not None
    paying = (cover.from_lots, cover.overage, cover.uncovered) if meter == paid else (0, 0, 0)
    return Sums(1, told.input + told.cached, told.output, event.draws[meter], *paying)


@lru_cache(8192)
def _day_and_hour(zone: str, quarter: int) -> tuple[str, str]:
    """Every boundary of every zone falls on a quarter of an hour. Both as the databases read them."""
    at = datetime.fromtimestamp(quarter * _QUARTER_S, UTC)
    return local_day(at, zone).isoformat(), f"{at:%Y-%m-%d %H}:00:00.000000"
