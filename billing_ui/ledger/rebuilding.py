"""Writes rollups and counters anew from the events, for whoever found them wrong or moved to another zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, Table, delete, insert, select, update

from billing_ui.infra.db import Tx
from billing_ui.ledger.counting import Sums
from billing_ui.ledger.overall import lock_hours, make_days
from billing_ui.ledger.recounting import Cell, KeptEvent, KeptHold, MonthCell, Recount
from billing_ui.ledger.streams import streamed
from billing_ui.ledger.tables import account_day, account_head, account_month, hold, system_hour, usage_event
from billing_ui.ledger.terms import PlanTerms
from billing_ui.ledger.usage_checks import HOUR_S, hours_told
from billing_ui.ledger.usage_verify import EVENTS, HOLDS
from billing_ui.rules.quotas import Calendar

_head = account_head.c


def recount_account(tx: Tx, terms: PlanTerms, account_id: int, now: datetime, zone: str | None = None) -> int:
    """Days, months and counters of one account, on the calendar of another zone if one is given. The head is locked,
    so that nothing is used meanwhile. Answers how many events there are."""
    connection = tx.connection()
    head = connection.execute(select(account_head).where(_head.account_id == account_id).with_for_update()).one()
    promised, zone = terms[head.plan_version_id], zone or head.zone
    recount = Recount(Calendar(zone, head.period_on, promised.months), promised.paid, now)
    counted = 0
    with streamed(connection, EVENTS.where(usage_event.c.account_id == account_id)) as events:
        for event in events:
            recount.event(KeptEvent._make(event))
            counted += 1
    holds: Iterable[Any] = connection.execute(HOLDS.where(hold.c.account_id == account_id))
    for each in holds:
        recount.hold(KeptHold._make(each))
    _replace(tx, account_day, ("day_on", "meter", "model", "operation"), account_id, recount.days)
    _replace(tx, account_month, ("month_on", "meter"), account_id, recount.months)
    values = {"zone": zone, "windows": recount.windows(now), "version": _head.version + 1}
    connection.execute(update(account_head).where(_head.account_id == account_id).values(**values))
    return counted


def recount_all(tx: Tx, paid: str | None, zone: str) -> None:
    """Hours of all accounts from the events, and days of a zone from those hours. Whoever records use meanwhile waits,
    and is added after it."""
    lock_hours(tx)
    connection = tx.connection()
    connection.execute(delete(system_hour))
    _insert(tx, system_hour, [_hour(row) for row in connection.execute(hours_told(paid)).mappings()])
    make_days(tx, zone)


def _hour(row: RowMapping) -> dict[str, Any]:
    at = datetime.fromtimestamp(row["hour"] * HOUR_S, UTC)
    return {"hour_at": at, "stripe": 0, **{name: value for name, value in row.items() if name != "hour"}}


def _replace(
    tx: Tx, table: Table, key: Sequence[str], account_id: int, cells: Mapping[Cell, Sums] | Mapping[MonthCell, Sums]
) -> None:
    tx.connection().execute(delete(table).where(table.c.account_id == account_id))
    rows = [
        {"account_id": account_id, **dict(zip(key, cell, strict=True)), **sums._asdict()}
        for cell, sums in cells.items()
    ]
    _insert(tx, table, rows)


def _insert(tx: Tx, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        tx.connection().execute(insert(table), rows)
