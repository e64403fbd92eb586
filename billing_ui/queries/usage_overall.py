"""What all accounts have used together, for operators: by day, model and operation, and who used most in a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Date, literal, select, union_all
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.kit.period import start_of_day
from billing_ui.ledger.tables import account_month, system_hour
from billing_ui.ledger.usage_tables import COUNTERS
from billing_ui.models import Account
from billing_ui.models.types import UtcDateTime
from billing_ui.queries.usage import Used, whole_sum


@dataclass(frozen=True, slots=True)
class SystemUse:
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
    """Hours of all accounts summed up to days of the reader's zone, both included. A zone that is off by half an hour
    has its days moved to the whole hour."""
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
    query = (
        select(*keys, *(whole_sum(hour[name]).label(name) for name in COUNTERS))
        .join(system_hour, (hour.hour_at >= spans.c.starts_at) & (hour.hour_at < spans.c.ends_at))
        .group_by(*keys)
        .order_by(*keys)
    )
    return tuple(SystemUse(row[0], row[1], row[2], row[3], Used(*row[4:])) for row in tx.execute(query))


def top_accounts(tx: Tx, month_on: date, meter: str, limit: int = 20) -> tuple[AccountUse, ...]:
    """Who drew most of a meter in the month that a day lies in."""
    month = account_month.c
    query = (
        select(col(Account.public_id), col(Account.name), *(month[name] for name in COUNTERS))
        .join(account_month, month.account_id == col(Account.id))
        .where(month.month_on == month_on.replace(day=1), month.meter == meter)
        .order_by(month.quantity.desc(), month.account_id)
        .limit(limit)
    )
    return tuple(AccountUse(row[0], row[1], Used(*row[2:])) for row in tx.execute(query))
