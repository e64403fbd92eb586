"""Days of all accounts: sums of their hours in one zone, kept as they are written, made anew when the zone moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text

from billing_ui.infra.db import Tx
from billing_ui.kit.period import local_day
from billing_ui.ledger.check_terms import total
from billing_ui.ledger.counting import Sums
from billing_ui.ledger.recounting import add
from billing_ui.ledger.tables import system_day, system_hour, system_zone
from billing_ui.ledger.usage_tables import COUNTERS

DayCell = tuple[date, str, str, str]
_hour = system_hour.c
_HOURS = select(
    _hour.hour_at, _hour.meter, _hour.model, _hour.operation, *(total(_hour[name]).label(name) for name in COUNTERS)
).group_by(_hour.hour_at, _hour.meter, _hour.model, _hour.operation)


def zone_of_days(connection: Connection) -> str | None:
    """The zone in which the days of all accounts are kept, if they are."""
    return connection.scalar(select(system_zone.c.zone))


def move_days(tx: Tx, zone: str) -> None:
    """The days of all accounts are those of a zone from now on, and those that are over with them."""
    if zone_of_days(tx.connection()) != zone:
        lock_hours(tx)
        make_days(tx, zone)


def lock_hours(tx: Tx) -> None:
    """Whoever records use meanwhile waits, and is added after it."""
    connection = tx.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE system_hour IN SHARE ROW EXCLUSIVE MODE"))


def make_days(tx: Tx, zone: str) -> None:
    """Writes the days anew from the hours, which are locked, and says their zone: no batch that was decided under
    another one is written after that."""
    connection = tx.connection()
    connection.execute(delete(system_zone))
    connection.execute(insert(system_zone).values(id=1, zone=zone))
    connection.execute(delete(system_day))
    names = ("day_on", "meter", "model", "operation")
    rows: list[dict[str, Any]] = [
        {**dict(zip(names, cell, strict=True)), "stripe": 0, **sums._asdict()}
        for cell, sums in days_told(connection, zone).items()
    ]
    if rows:
        connection.execute(insert(system_day), rows)


def days_told(connection: Connection, zone: str) -> Mapping[DayCell, Sums]:
    """The days as the hours come to. Where a zone is off by half an hour, its days begin at the whole one."""
    days: dict[DayCell, Sums] = {}
    hours: Iterable[Any] = connection.execute(_HOURS.order_by(_hour.hour_at))
    for hour_at, meter, model, operation, *sums in hours:
        add(days, (_day(hour_at, zone), meter, model, operation), Sums._make(sums))
    return days


@lru_cache(64)
def _day(hour_at: datetime, zone: str) -> date:
    return local_day(hour_at, zone)


def days_kept(connection: Connection) -> Mapping[DayCell, Sums]:
    """The days as they stand, over all stripes."""
    day = system_day.c
    keys = (day.day_on, day.meter, day.model, day.operation)
    rows: Iterable[Any] = connection.execute(select(*keys, *(total(day[name]) for name in COUNTERS)).group_by(*keys))
    return {(row[0], row[1], row[2], row[3]): Sums._make(row[4:]) for row in rows}
