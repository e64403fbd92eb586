"""What an account has used by session of the host app, read from its events: sessions have no rollup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, true

from billing_ui.infra.db import Tx
from billing_ui.kit.period import start_of_day
from billing_ui.ledger.kept import OVERAGE, UNCOVERED, drawn_by_events
from billing_ui.ledger.tables import usage_event
from billing_ui.queries.postings import seq_before
from billing_ui.queries.usage import UsageView, Used, UsedIn, rows_of, totals_of, whole_sum


@dataclass(frozen=True, slots=True)
class SessionView:
    """What one session of the host app has used; without events `first_at` and `last_at` are None."""

    session: str
    first_at: datetime | None
    last_at: datetime | None
    totals: Mapping[str, Used]


def sessions(tx: Tx, paid_meter: str | None, account_id: int, first_on: date, last_on: date, zone: str) -> UsageView:
    """Use over local days by session, from the events; those that named none are together under an empty one."""
    rows = _summed(
        tx, paid_meter, func.coalesce(usage_event.c.session, ""), *_within(tx, account_id, first_on, last_on, zone)
    )
    return UsageView(first_on, last_on, "session", rows, totals_of(rows))


def sessions_page(
    tx: Tx, paid_meter: str | None, meter: str, account_id: int, days: tuple[date, date], zone: str, *,
    operation: str, model: str, after: str | None, limit: int,
) -> tuple[tuple[tuple[str, Used], ...], str | None]:  # fmt: skip
    """A page of sessions and what each drew of one meter, in the order of their names, and the name behind which there
    are more. Pages follow each other by name: new sessions move none."""
    event = usage_event.c
    name = func.coalesce(event.session, "")
    narrowed = [*_within(tx, account_id, *days, zone)]
    narrowed += [event.operation == operation] if operation else []
    narrowed += [event.model == model] if model else []
    narrowed += [name > after] if after is not None else []
    rows = _summed(tx, paid_meter, name, *narrowed, meter=meter, limit=limit + 1)
    shown = tuple((row.group, row.used) for row in rows[:limit])
    return shown, shown[-1][0] if len(rows) > limit else None


def session(tx: Tx, paid_meter: str | None, account_id: int, name: str) -> SessionView:
    """What one session has used, from its events."""
    mine = (usage_event.c.account_id == account_id, usage_event.c.session == name)
    rows = _summed(tx, paid_meter, usage_event.c.session, *mine)
    bounds = select(func.min(usage_event.c.occurred_at), func.max(usage_event.c.occurred_at)).where(*mine)
    first_at, last_at = tx.execute(bounds).one()
    return SessionView(name, first_at, last_at, totals_of(rows))


def _within(tx: Tx, account_id: int, first_on: date, last_on: date, zone: str) -> tuple[ColumnElement[bool], ...]:
    """The events of local days, both included."""
    starts_at, ends_at = start_of_day(first_on, zone), start_of_day(last_on + timedelta(days=1), zone)
    event = usage_event.c
    # What happened from an instant on was written down from then on: what was recorded before need not be read.
    since = seq_before(tx, account_id, starts_at)
    return (
        event.account_id == account_id, event.seq > since, event.occurred_at >= starts_at,
        event.occurred_at < ends_at,
    )  # fmt: skip


def _summed(
    tx: Tx,
    paid_meter: str | None,
    group: ColumnElement[Any],
    *conditions: ColumnElement[bool],
    meter: str = "",
    limit: int | None = None,
) -> tuple[UsedIn, ...]:
    """Events by a group and by what they drew, summed up as the rollups do; of one meter, where it is named."""
    event, draw = usage_event.c, drawn_by_events(paid_meter)
    is_paid = draw.meter == (paid_meter or "")
    sums = {
        "events": func.count(), "input": whole_sum(event.input + event.cached), "output": whole_sum(event.output),
        "quantity": whole_sum(draw.quantity), "charged": whole_sum(case((is_paid, event.from_lots), else_=0)),
        "overage": whole_sum(case((is_paid, OVERAGE), else_=0)),
        "uncovered": whole_sum(case((is_paid, UNCOVERED), else_=0)),
    }  # fmt: skip
    wanted = group.label("group")
    query = select(wanted, draw.meter.label("meter"), *(each.label(name) for name, each in sums.items()))
    query = query.select_from(usage_event).join(draw.rows, true()).where(*conditions)
    query = query.where(draw.meter == meter) if meter else query
    return rows_of(tx.execute(query.group_by(wanted, draw.meter).order_by(wanted, draw.meter).limit(limit)))
