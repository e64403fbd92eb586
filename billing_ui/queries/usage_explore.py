"""A look back at one meter of an account: sums of the days asked for, by day, and a page of them by group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select

from billing_ui.infra.db import Tx
from billing_ui.ledger.tables import account_day
from billing_ui.ledger.usage_tables import COUNTERS
from billing_ui.queries.usage import Used, sum_of, whole_sum
from billing_ui.queries.usage_sessions import sessions_page
from billing_ui.rules.usage_lists import UsageAsk

Group = tuple[str, Used]
Kind = tuple[str, str, Used]
_SUMS = tuple(whole_sum(account_day.c[name]).label(name) for name in COUNTERS)


@dataclass(frozen=True, slots=True)
class ExploreView:
    """`days` holds every day, used or not; `rows` a page of groups, and `after` the group behind which there are more.
    `operations` and `models` are what can be filtered by: all that the days hold, filtered or not."""

    first_on: date
    last_on: date
    zone: str
    meter: str
    days: tuple[tuple[date, Used], ...]
    rows: tuple[Group, ...]
    after: str | None
    totals: Used
    operations: tuple[str, ...]
    models: tuple[str, ...]


def explore(
    tx: Tx, meter: str, paid_meter: str | None, account_id: int, ask: UsageAsk, days: tuple[date, date], zone: str,
    per: int,
) -> ExploreView:  # fmt: skip
    """Days, operations and models come from the sums that are kept with each event, sessions from the events: the
    totals are the same."""
    rows: Sequence[Group]
    kinds = _kinds(tx, account_id, meter, days)
    told = _by_day(tx, account_id, meter, days, ask)
    every = tuple((day, told.get(day, Used())) for day in _each(*days))
    if ask.by == "session":
        rows, after = sessions_page(
            tx, paid_meter, meter, account_id, days, zone, operation=ask.operation, model=ask.model, after=ask.after,
            limit=per,
        )  # fmt: skip
    elif ask.by == "day":
        rows, after = _page([(day.isoformat(), used) for day, used in reversed(every) if used.events], ask.after, per)
    else:
        rows, after = _page(_grouped(ask, kinds), ask.after, per)
    return ExploreView(
        *days, zone, meter, every, tuple(rows), after, sum_of(used for _day, used in every),
        tuple(sorted({kind[0] for kind in kinds})), tuple(sorted({kind[1] for kind in kinds if kind[1]})),
    )  # fmt: skip


def _kinds(tx: Tx, account_id: int, meter: str, days: tuple[date, date]) -> list[Kind]:
    """All that was done in these days, whatever is filtered: what can be filtered by."""
    table = account_day.c
    query = select(table.operation, table.model, *_SUMS).where(*_within(account_id, meter, days))
    found = tx.execute(query.group_by(table.operation, table.model))
    return [(row.operation, row.model, Used(*row[2:])) for row in found]


def _by_day(tx: Tx, account_id: int, meter: str, days: tuple[date, date], ask: UsageAsk) -> dict[date, Used]:
    table = account_day.c
    query = select(table.day_on, *_SUMS).where(*_within(account_id, meter, days))
    query = query.where(table.operation == ask.operation) if ask.operation else query
    query = query.where(table.model == ask.model) if ask.model else query
    return {row.day_on: Used(*row[1:]) for row in tx.execute(query.group_by(table.day_on))}


def _within(account_id: int, meter: str, days: tuple[date, date]) -> tuple[ColumnElement[bool], ...]:
    table = account_day.c
    return table.account_id == account_id, table.meter == meter, table.day_on.between(*days)


def _grouped(ask: UsageAsk, kinds: Sequence[Kind]) -> list[Group]:
    """The largest first."""
    sums: dict[str, Used] = {}
    for operation, model, used in kinds:
        if ask.operation in {"", operation} and ask.model in {"", model}:
            name = operation if ask.by == "operation" else model
            sums[name] = sums.get(name, Used()).plus(used)
    return sorted(sums.items(), key=lambda group: (-group[1].quantity, group[0]))


def _page(groups: Sequence[Group], after: str | None, per: int) -> tuple[Sequence[Group], str | None]:
    names = [name for name, _used in groups]
    start = names.index(after) + 1 if after in names else 0
    shown = groups[start : start + per]
    return shown, shown[-1][0] if len(groups) > start + per else None


def _each(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
