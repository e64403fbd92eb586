"""What an account has used, by day, operation, model or session. Days are the account's own.

All but sessions is read from the rollups, which are written with each event: sums agree with the books to the token.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Row, case, cast, func, select, true

from billing_ui.infra.db import Tx
from billing_ui.kit.period import add_months, local_day, start_of_day
from billing_ui.ledger.drawn import drawn
from billing_ui.ledger.tables import account_day, account_month, usage_event
from billing_ui.ledger.usage_tables import COUNTERS
from billing_ui.queries.postings import seq_before

GroupBy = Literal["day", "operation", "model", "session"]
GROUPS: tuple[GroupBy, ...] = ("day", "operation", "model", "session")


@dataclass(frozen=True, slots=True)
class Used:
    """Sums over events that drew one meter. Of the `quantity` drawn, `charged` left the balance, `overage` is billed,
    `uncovered` is charged to nobody. `input` counts cached tokens too."""

    events: int = 0
    input: int = 0
    output: int = 0
    quantity: int = 0
    charged: int = 0
    overage: int = 0
    uncovered: int = 0

    @property
    def allowance(self) -> int:
        """What the plan included, where the meter is the paid one."""
        return self.quantity - self.charged - self.overage - self.uncovered

    def __add__(self, other: Used) -> Used:
        return Used(*(getattr(self, name) + getattr(other, name) for name in COUNTERS))


class UsedIn(NamedTuple):
    """One row of a breakdown: a day (ISO), an operation, a model or a session, and one meter it drew."""

    group: str
    meter: str
    used: Used


@dataclass(frozen=True, slots=True)
class UsageView:
    """Use over local days, both included, in the order of the groups; `totals` by meter."""

    first_on: date
    last_on: date
    group_by: GroupBy
    rows: tuple[UsedIn, ...]
    totals: Mapping[str, Used]


@dataclass(frozen=True, slots=True)
class MonthView:
    """One month of the account's calendar, by day, operation and model; `totals` by meter."""

    month_on: date
    days: tuple[UsedIn, ...]
    operations: tuple[UsedIn, ...]
    models: tuple[UsedIn, ...]
    totals: Mapping[str, Used]


@dataclass(frozen=True, slots=True)
class SessionView:
    """What one session of the host app has used; without events `first_at` and `last_at` are None."""

    session: str
    first_at: datetime | None
    last_at: datetime | None
    totals: Mapping[str, Used]


def usage(tx: Tx, account_id: int, first_on: date, last_on: date, group_by: GroupBy) -> UsageView:
    """Use over local days, both included."""
    table, group = account_day.c, account_day.c[_COLUMN[group_by]]
    query = select(group.label("group"), table.meter, *(_whole(table[name]).label(name) for name in COUNTERS)).where(
        table.account_id == account_id, table.day_on.between(first_on, last_on)
    )
    rows = _rows(tx.execute(query.group_by(group, table.meter).order_by(group, table.meter)))
    return UsageView(first_on, last_on, group_by, rows, _totals(rows))


def today(tx: Tx, account_id: int, zone: str, now: datetime) -> UsageView:
    """The use of the account's running day, by operation."""
    day_on = local_day(now, zone)
    return usage(tx, account_id, day_on, day_on, "operation")


def month(tx: Tx, account_id: int, month_on: date) -> MonthView:
    """The month that a local day lies in."""
    first = month_on.replace(day=1)
    days = usage(tx, account_id, first, add_months(first, 1) - timedelta(days=1), "day").rows
    table = account_month.c
    query = select(table.operation, table.model, table.meter, *(table[name] for name in COUNTERS))
    cells = tx.execute(query.where(table.account_id == account_id, table.month_on == first)).all()
    operations = _folded((cell.operation, cell.meter, _used(cell)) for cell in cells)
    models = _folded((cell.model, cell.meter, _used(cell)) for cell in cells)
    return MonthView(first, days, operations, models, _totals(operations))


def sessions(tx: Tx, paid_meter: str | None, account_id: int, first_on: date, last_on: date, zone: str) -> UsageView:
    """Use over local days by session, from the events; those that named none are together under an empty one."""
    starts_at, ends_at = start_of_day(first_on, zone), start_of_day(last_on + timedelta(days=1), zone)
    event = usage_event.c
    # What happened from an instant on was written down from then on: what was recorded before need not be read.
    since = seq_before(tx, account_id, starts_at)
    rows = _summed(
        tx, paid_meter, func.coalesce(event.session, ""), event.account_id == account_id, event.seq > since,
        event.occurred_at >= starts_at, event.occurred_at < ends_at,
    )  # fmt: skip
    return UsageView(first_on, last_on, "session", rows, _totals(rows))


def session(tx: Tx, paid_meter: str | None, account_id: int, name: str) -> SessionView:
    """What one session has used, from its events."""
    mine = (usage_event.c.account_id == account_id, usage_event.c.session == name)
    rows = _summed(tx, paid_meter, usage_event.c.session, *mine)
    bounds = select(func.min(usage_event.c.occurred_at), func.max(usage_event.c.occurred_at)).where(*mine)
    first_at, last_at = tx.execute(bounds).one()
    return SessionView(name, first_at, last_at, _totals(rows))


_COLUMN = {"day": "day_on", "operation": "operation", "model": "model"}


def _summed(
    tx: Tx, paid_meter: str | None, group: ColumnElement[Any], *conditions: ColumnElement[bool]
) -> tuple[UsedIn, ...]:
    """Events by a group and by what they drew, summed up as the rollups do."""
    event, draw = usage_event.c, drawn(usage_event.c.draws)
    is_paid = draw.meter == (paid_meter or "")
    sums = {
        "events": func.count(), "input": _whole(event.input + event.cached), "output": _whole(event.output),
        "quantity": _whole(draw.quantity), "charged": _whole(case((is_paid, event.from_lots), else_=0)),
        "overage": _whole(case((is_paid, event.overage), else_=0)),
        "uncovered": _whole(case((is_paid, event.uncovered), else_=0)),
    }  # fmt: skip
    wanted = group.label("group")
    query = select(wanted, draw.meter.label("meter"), *(each.label(name) for name, each in sums.items()))
    query = query.select_from(usage_event).join(draw.rows, true()).where(*conditions)
    return _rows(tx.execute(query.group_by(wanted, draw.meter).order_by(wanted, draw.meter)))


def _whole(column: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum as a whole number: PostgreSQL widens sums of BIGINT to NUMERIC."""
    return cast(func.sum(column), BigInteger)


def _rows(found: Iterable[Row[Any]]) -> tuple[UsedIn, ...]:
    return tuple(UsedIn(str(row.group), row.meter, _used(row)) for row in found)


def _used(row: Row[Any]) -> Used:
    return Used(*(getattr(row, name) for name in COUNTERS))


def _folded(cells: Iterable[tuple[str, str, Used]]) -> tuple[UsedIn, ...]:
    sums: dict[tuple[str, str], Used] = {}
    for group, meter, used in cells:
        sums[group, meter] = sums.get((group, meter), Used()) + used
    return tuple(UsedIn(*key, used) for key, used in sorted(sums.items()))


def _totals(rows: Sequence[UsedIn]) -> Mapping[str, Used]:
    return {meter: used for _, meter, used in _folded(("", row.meter, row.used) for row in rows)}
