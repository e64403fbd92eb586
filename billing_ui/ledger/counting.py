"""What a batch adds to the rollups: one row per day, month or hour, meter, model and operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple, TypeVar

from billing_ui.kit.period import local_day
from billing_ui.ledger.deciding import Event, Page

_QUARTER_S = 900
_Key = TypeVar("_Key", bound=tuple[object, ...])


class Sums(NamedTuple):
    """What is added to one rollup row, in the order of its columns."""

    events: int
    input: int
    output: int
    quantity: int
    charged: int
    overage: int
    uncovered: int


class Rollups(NamedTuple):
    """By account and day, month and hour, always in the order of their keys. The hours of all accounts are one row
    in the database; here they stay apart, because an account may turn out to have moved on."""

    days: Mapping[tuple[int, date, str, str, str], Sums]
    months: Mapping[tuple[int, date, str, str, str], Sums]
    hours: Mapping[tuple[datetime, str, str, str, int], Sums]


def rollups(pages: Iterable[Page]) -> Rollups:
    days: dict[tuple[int, date, str, str, str], Sums] = {}
    months: dict[tuple[int, date, str, str, str], Sums] = {}
    hours: dict[tuple[datetime, str, str, str, int], Sums] = {}
    for page in pages:
        for event in page.events:
            told, need = event.ask.told, event.ask.need
            assert told is not None and need is not None
            day = _day(page.calendar.zone, int(need.at.timestamp()) // _QUARTER_S)
            hour = need.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
            for meter in event.draws:
                sums, what = added(page.terms.paid, meter, event), (meter, told.model, told.operation)
                _add(days, (page.account_id, day, *what), sums)
                _add(months, (page.account_id, day.replace(day=1), *what), sums)
                _add(hours, (hour, *what, page.account_id), sums)
    return Rollups(_in_order(days), _in_order(months), _in_order(hours))


def added(paid: str | None, meter: str, event: Event) -> Sums:
    """What one event adds to the rows of one of its meters. Only the paid meter charges anybody."""
    told, cover = event.ask.told, event.cover
    assert told is not None
    paying = (cover.from_lots, cover.overage, cover.uncovered) if meter == paid else (0, 0, 0)
    return Sums(1, told.input + told.cached, told.output, event.draws[meter], *paying)


def _add(rows: dict[_Key, Sums], key: _Key, sums: Sums) -> None:
    kept = rows.get(key)
    rows[key] = sums if kept is None else Sums(*(a + b for a, b in zip(kept, sums, strict=True)))


def _in_order(rows: dict[_Key, Sums]) -> dict[_Key, Sums]:
    """Writers that touch the same rows touch them in the same order, so that none waits for another in a circle."""
    return {key: rows[key] for key in sorted(rows)}


@lru_cache(8192)
def _day(zone: str, quarter: int) -> date:
    return local_day(datetime.fromtimestamp(quarter * _QUARTER_S, UTC), zone)
