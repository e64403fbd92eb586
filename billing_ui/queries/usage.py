"""What an account has used, by day, operation or model. Days are the account's own.

It is read from the rollups, which are written with each event: sums agree with the books to the token.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add
from typing import Any, Literal, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Row, Select, String, cast, func, literal, select, union_all
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from billing_ui.infra.db import Tx
from billing_ui.kit.period import add_months, local_day
from billing_ui.ledger.tables import account_day
from billing_ui.ledger.usage_tables import COUNTERS

GroupBy = Literal["day", "operation", "model", "session"]


class Used(NamedTuple):
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

    def plus(self, other: Used) -> Used:
        return Used(*map(add, self, other))


def sum_of(parts: Iterable[Used]) -> Used:
    """All of them in one."""
    return reduce(Used.plus, parts, Used())


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


def usage(tx: Tx, account_id: int, first_on: date, last_on: date, group_by: GroupBy) -> UsageView:
    """Use over local days, both included."""
    table, group = account_day.c, account_day.c[_COLUMN[group_by]]
    query = select(group.label("group"), table.meter, *(whole_sum(table[name]).label(name) for name in COUNTERS)).where(
        table.account_id == account_id, table.day_on.between(first_on, last_on)
    )
    rows = rows_of(tx.execute(query.group_by(group, table.meter).order_by(group, table.meter)))
    return UsageView(first_on, last_on, group_by, rows, totals_of(rows))


def today(tx: Tx, account_id: int, zone: str, now: datetime) -> UsageView:
    """The use of the account's running day, by operation."""
    day_on = local_day(now, zone)
    return usage(tx, account_id, day_on, day_on, "operation")


def month(tx: Tx, account_id: int, month_on: date) -> MonthView:
    """The month that a local day lies in."""
    first = month_on.replace(day=1)
    table = account_day.c
    mine = (table.account_id == account_id, table.day_on.between(first, add_months(first, 1) - timedelta(days=1)))
    cells = select(*(table[name] for name in (*_PARTS, "meter", *COUNTERS))).where(*mine).cte("cells").c
    parts: list[list[UsedIn]] = [[] for _ in _PARTS]
    for part, group, meter, *sums in tx.execute(union_all(*(_by(cells, number) for number in range(len(_PARTS))))):
        parts[part].append(UsedIn(group, meter, Used(*sums)))
    days, operations, models = (tuple(sorted(rows)) for rows in parts)
    return MonthView(first, days, operations, models, totals_of(operations))


_PARTS = ("day_on", "operation", "model")


def _by(cells: ReadOnlyColumnCollection[str, Any], part: int) -> Select[Any]:
    """The sums of one breakdown, with its number and its groups as words, so that several are one answer."""
    group = cells[_PARTS[part]]
    sums = (whole_sum(cells[name]).label(name) for name in COUNTERS)
    return select(literal(part).label("part"), cast(group, String).label("group"), cells.meter, *sums).group_by(
        group, cells.meter
    )


_COLUMN = {"day": "day_on", "operation": "operation", "model": "model"}


def whole_sum(column: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum as a whole number: PostgreSQL widens sums of BIGINT to NUMERIC."""
    return cast(func.sum(column), BigInteger)


def rows_of(found: Iterable[Row[Any]]) -> tuple[UsedIn, ...]:
    return tuple(UsedIn(str(row.group), row.meter, _used(row)) for row in found)


def _used(row: Row[Any]) -> Used:
    return Used(*(getattr(row, name) for name in COUNTERS))


def _folded(cells: Iterable[tuple[str, str, Used]]) -> tuple[UsedIn, ...]:
    sums: dict[tuple[str, str], Used] = {}
    for group, meter, used in cells:
        sums[group, meter] = sums.get((group, meter), Used()).plus(used)
    return tuple(UsedIn(*key, used) for key, used in sorted(sums.items()))


def totals_of(rows: Sequence[UsedIn]) -> Mapping[str, Used]:
    return {meter: used for _, meter, used in _folded(("", row.meter, row.used) for row in rows)}
