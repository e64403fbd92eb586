"""What all accounts have used together, for operators: by day, model and operation, and who used most in a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, bindparam, literal, select, union_all
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.kit.period import start_of_day
from billing_ui.ledger.tables import account_month, system_day, system_hour, system_zone
from billing_ui.ledger.usage_tables import COUNTERS
from billing_ui.models import Account
from billing_ui.models.types import UtcDateTime
from billing_ui.queries.usage import Used, whole_sum


class SystemUse(NamedTuple):
    """What one operation drew of one meter through one model on one day."""

    day_on: date
    meter: str
    model: str
    operation: str
    used: Used


@dataclass(frozen=True, slots=True)
class AccountUse:
    """What one account drew of a meter in a month of its own calendar."""

    account: str
    name: str
    used: Used


def system_days(tx: Tx, first_on: date, last_on: date, zone: str) -> tuple[SystemUse, ...]:
    """Days of all accounts in the reader's zone, both included: as they are kept where it is the zone of the catalogue,
    else out of their hours. A zone that is off by half an hour has its days moved to the whole hour."""
    if tx.scalar(_ZONE) == zone:
        # On SQLite all processes write into the same rows, so there is nothing to add up.
        query = _AS_KEPT if tx.get_bind().dialect.name == "sqlite" else _SUMMED
        rows = tx.execute(query, {"first_on": first_on, "last_on": last_on}).all()
    else:
        rows = tx.execute(_out_of_hours(first_on, last_on, zone)).all()
    return tuple(SystemUse(day, meter, model, done, Used(*sums)) for day, meter, model, done, *sums in rows)


_ZONE = select(system_zone.c.zone)
_day = system_day.c
_KEYS = (_day.day_on, _day.meter, _day.model, _day.operation)
_ASKED = _day.day_on.between(bindparam("first_on"), bindparam("last_on"))
_AS_KEPT = select(*_KEYS, *(_day[name] for name in COUNTERS)).where(_ASKED).order_by(*_KEYS)
_SUMMED = select(*_KEYS, *(whole_sum(_day[name]) for name in COUNTERS)).where(_ASKED).group_by(*_KEYS).order_by(*_KEYS)


def _out_of_hours(first_on: date, last_on: date, zone: str) -> Select[Any]:
    days = [first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1)]
    spans = union_all(
        *(
            select(
                literal(day, Date).label("day_on"),
                literal(start_of_day(day, zone), UtcDateTime).label("starts_at"),
                literal(start_of_day(day + timedelta(days=1), zone), UtcDateTime).label("ends_at"),
            )
            for day in days
        )
    ).cte("spans")
    hour = system_hour.c
    keys = (spans.c.day_on, hour.meter, hour.model, hour.operation)
    return (
        select(*keys, *(whole_sum(hour[name]).label(name) for name in COUNTERS))
        .join(system_hour, (hour.hour_at >= spans.c.starts_at) & (hour.hour_at < spans.c.ends_at))
        .group_by(*keys)
        .order_by(*keys)
    )


def top_accounts(tx: Tx, month_on: date, meter: str, limit: int = 20) -> tuple[AccountUse, ...]:
    """Who drew most of a meter in the month that a day lies in."""
    month = account_month.c
    mine = (month.month_on == month_on.replace(day=1), month.meter == meter)
    # Everybody's quantity is looked at; the rest is read of those only who are in the list.
    most = (
        select(month.account_id).where(*mine).order_by(month.quantity.desc(), month.account_id).limit(limit).subquery()
    )
    query = (
        select(col(Account.public_id), col(Account.name), *(month[name] for name in COUNTERS))
        .join_from(most, account_month, month.account_id == most.c.account_id)
        .join(Account, col(Account.id) == most.c.account_id)
        .where(*mine)
        .order_by(month.quantity.desc(), month.account_id)
    )
    return tuple(AccountUse(row[0], row[1], Used(*row[2:])) for row in tx.execute(query))
