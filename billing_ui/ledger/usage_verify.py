"""Counts the use of account after account anew and tells which rollups and counters do not say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, select
from sqlmodel import col

from billing_ui.ledger.check_terms import in_scope
from billing_ui.ledger.counting import Sums
from billing_ui.ledger.findings import Finding
from billing_ui.ledger.kept import OVERAGE, UNCOVERED
from billing_ui.ledger.overall import days_kept, days_told, zone_of_days
from billing_ui.ledger.recounting import NOTHING, KeptEvent, KeptHold, Recount
from billing_ui.ledger.streams import ByAccount, streamed
from billing_ui.ledger.tables import account_day, account_head, account_month, hold, usage_event
from billing_ui.ledger.terms import months_of
from billing_ui.ledger.usage_checks import HOUR_S, hours_apart
from billing_ui.ledger.usage_tables import COUNTERS
from billing_ui.models import PlanVersion
from billing_ui.rules.quotas import KINDS, Calendar

_event, _head = usage_event.c, account_head.c

EVENTS = select(
    _event.account_id, _event.seq, _event.model, _event.operation, _event.input + _event.cached, _event.output,
    _event.draws, _event.allowance, _event.from_lots, OVERAGE, UNCOVERED, _event.occurred_at, _event.recorded_at,
).order_by(_event.account_id, _event.seq)  # fmt: skip
HOLDS = (
    select(hold.c.account_id, hold.c.draws, hold.c.allowance, hold.c.held_at)
    .where(hold.c.state == "open")
    .order_by(hold.c.account_id)
)


def usage_findings(connection: Connection, scope: Mapping[str, int], paid: str | None) -> Iterator[Finding]:
    """What is wrong with the rollups and counters of the accounts in scope."""
    columns = (_head.account_id, _head.zone, _head.period_on, _head.windows, _head.last_at, col(PlanVersion.interval))
    joined = account_head.join(PlanVersion, col(PlanVersion.id) == _head.plan_version_id)
    wanted: Select[Any] = select(*columns).select_from(joined).where(in_scope(account_head))
    heads: Iterable[Any] = connection.execute(wanted.order_by(_head.account_id), scope).all()
    with ExitStack() as stack:

        def rows(query: Select[Any]) -> ByAccount:
            return ByAccount(stack.enter_context(streamed(connection, query, scope)))

        events, holds = rows(EVENTS.where(in_scope(usage_event))), rows(HOLDS.where(in_scope(hold)))
        days = rows(_rollup(account_day, "day_on", "model", "operation"))
        months = rows(_rollup(account_month, "month_on"))
        for head in heads:
            calendar = Calendar(head.zone, head.period_on, months_of(head.interval))
            recount = Recount(calendar, paid, head.last_at, head.windows)
            for row in events.of(head.account_id):
                event = KeptEvent._make(row)
                recount.event(event)
                drawn = event.drawn(paid).get(paid or "", 0)
                if drawn != event.paid_quantity:
                    yield Finding("event_parts", head.account_id, str(event.seq), event.paid_quantity, drawn)
            for row in holds.of(head.account_id):
                recount.hold(KeptHold._make(row))
            yield from _cells("account_day", head.account_id, days, recount.days)
            yield from _cells("account_month", head.account_id, months, recount.months)
            yield from _counters(head, recount)


def hour_findings(connection: Connection, paid: str | None) -> Iterator[Finding]:
    """The hours of all accounts together, over all time. They belong to nobody: account 0."""
    for row in connection.execute(hours_apart(paid)).mappings():
        at = datetime.fromtimestamp(row["hour"] * HOUR_S, UTC)
        subject = _named(at.isoformat(timespec="minutes"), row["meter"], row["model"], row["operation"])
        kept, told = (Sums._make(row[f"{side}_{name}"] for name in COUNTERS) for side in ("kept", "told"))
        yield from _sums("system_hour", 0, subject, kept, told)


def day_findings(connection: Connection) -> Iterator[Finding]:
    """Days of all accounts that are not what their hours come to."""
    zone = zone_of_days(connection)
    if zone is not None:
        kept, told = days_kept(connection), days_told(connection, zone)
        for cell in sorted(kept.keys() | told.keys()):
            yield from _sums("system_day", 0, _named(*cell), kept.get(cell, NOTHING), told.get(cell, NOTHING))


def _rollup(table: Table, when: str, *more: str) -> Select[Any]:
    names = ("account_id", when, "meter", *more, *COUNTERS)
    return select(*(table.c[name] for name in names)).where(in_scope(table)).order_by(table.c.account_id)


def _cells(check: str, account_id: int, rows: ByAccount, told: Mapping[Any, Sums]) -> Iterator[Finding]:
    lines: Iterable[Any] = rows.of(account_id)
    keys = -len(COUNTERS)
    kept: dict[Any, Sums] = {tuple(line[1:keys]): Sums._make(line[keys:]) for line in lines}
    for cell in sorted(kept.keys() | told.keys()):
        yield from _sums(check, account_id, _named(*cell), kept.get(cell, NOTHING), told.get(cell, NOTHING))


def _sums(check: str, account_id: int, subject: str, kept: Sums, told: Sums) -> Iterator[Finding]:
    for name, found, expected in zip(COUNTERS, kept, told, strict=True):
        if found != expected:
            yield Finding(f"{check}_{name}", account_id, subject, found, expected)


def _counters(head: Any, recount: Recount) -> Iterator[Finding]:
    """What the head counted in the windows that it counts, and what it took out of what the plan includes."""
    meters = sorted(head.windows.keys() | {meter for meter, _ in recount.used})
    for meter in meters:
        counters = head.windows.get(meter, {})
        for kind in KINDS:
            found, expected = counters.get(kind, (0, 0))[1], recount.used.get((meter, kind), 0)
            if found != expected:
                yield Finding("window", head.account_id, _named(meter, kind), found, expected)
        for slot in ("period", "before"):
            starts, taken = counters.get(slot, (0, 0))
            expected = recount.included.get(starts, 0)
            if slot in counters and taken != expected:
                yield Finding("included", head.account_id, _named(meter, slot), taken, expected)


def _named(*parts: date | str) -> str:
    return " ".join(str(part) or "-" for part in parts)
