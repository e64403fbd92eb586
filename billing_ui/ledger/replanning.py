"""Moves an account to another plan version: balances, lots and windows stay, and what was taken out of an included
quantity is counted on the periods of the new plan, so that no move gives anything twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.ledger.posting import last_seq_as_of
from billing_ui.ledger.recounting import KeptEvent, KeptHold, Recount, before
from billing_ui.ledger.streams import streamed
from billing_ui.ledger.tables import account_head, hold, usage_event
from billing_ui.ledger.terms import months_of
from billing_ui.ledger.usage_verify import EVENTS, HOLDS
from billing_ui.models import PlanVersion
from billing_ui.rules.quotas import Calendar, Windows

_head = account_head.c
_PERIODS = ("period", "before")


def set_plan(tx: Tx, account_id: int, plan_version_id: int, period_on: date) -> None:
    """The account is on this plan version from now on, and its periods are counted from this day."""
    mine = _head.account_id == account_id
    wanted = select(_head.zone, _head.period_on, _head.plan_version_id, _head.windows, _head.last_at)
    head = tx.execute(wanted.where(mine).with_for_update()).one()
    old = Calendar(head.zone, head.period_on, _months(tx, head.plan_version_id))
    new = Calendar(head.zone, period_on, _months(tx, plan_version_id))
    windows = head.windows
    if not _turn_alike(old, new, head.last_at):
        for meter in [meter for meter, counters in windows.items() if "period" in counters]:
            windows = {**windows, meter: _taken_anew(tx, account_id, meter, windows[meter], new, head.last_at)}
    values = {"plan_version_id": plan_version_id, "period_on": period_on, "windows": windows}
    tx.execute(update(account_head).where(mine).values(**values, version=_head.version + 1))


def _months(tx: Tx, plan_version_id: int) -> int:
    return months_of(tx.scalar(select(col(PlanVersion.interval)).where(col(PlanVersion.id) == plan_version_id)))


def _turn_alike(old: Calendar, new: Calendar, at: datetime) -> bool:
    """Whether the period of an instant and the one before it are the same on both calendars."""
    running = old.period(at)
    return running == new.period(at) and before(old, running) == before(new, running)


def _taken_anew(
    tx: Tx, account_id: int, meter: str, counters: Mapping[str, Any], calendar: Calendar, at: datetime
) -> Mapping[str, Any]:
    """The counters of a meter, with what events and open holds took in the periods that still matter. What belongs to
    those was written down within them, so nothing older needs to be read."""
    recount = Recount(calendar, meter, at)
    since = before(calendar, calendar.period(at)).starts_at - timedelta(microseconds=1)
    young = usage_event.c.seq > last_seq_as_of(tx, account_id, since)
    mine = EVENTS.where(usage_event.c.account_id == account_id, young, usage_event.c.allowance > 0)
    with streamed(tx.connection(), mine) as events:
        for event in events:
            recount.event(KeptEvent._make(event))
    for each in tx.execute(HOLDS.where(hold.c.account_id == account_id)):
        recount.hold(KeptHold._make(each))
    told: Windows = recount.windows(at)
    return {
        **{kind: counter for kind, counter in counters.items() if kind not in _PERIODS},
        **{kind: counter for kind, counter in told.get(meter, {}).items() if kind in _PERIODS},
    }
