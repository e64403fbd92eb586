"""The queries that hold events against their entries, and the hours of all accounts against all events."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select, true, union_all

from billing_ui.infra.dialects import Epoch, EpochOfEvent
from billing_ui.ledger.asks import USAGE
from billing_ui.ledger.check_terms import Check, in_scope, total
from billing_ui.ledger.kept import OVERAGE, UNCOVERED, drawn_by_events
from billing_ui.ledger.tables import CONSUMED, WALLET, entry, system_hour, usage_event
from billing_ui.ledger.usage_tables import COUNTERS

_e, _event = entry.c, usage_event.c
HOUR_S = 3600


def _event_entry() -> Check:
    """Events stand on entries of use only."""
    right = and_(func.substr(_e.key, 1, len(USAGE)) == USAGE, _e.cause == "")
    return (
        select(_e.account_id, _e.key, _e.seq, _e.seq)
        .where(in_scope(entry), _e.operation.is_not(None), ~right)
        .order_by(_e.account_id, _e.seq)
    )


def _entry_event() -> Check:
    """What was consumed under the key of an event belongs to that event, and is as much as it took out of lots."""
    told = (
        select(_e.account_id, _e.key, func.max(_e.seq).label("seq"), total(_e.quantity).label("quantity"))
        .where(
            in_scope(entry), func.substr(_e.key, 1, len(USAGE)) == USAGE, _e.cause == "",
            _e.debit == WALLET, _e.credit == CONSUMED,
        )
        .group_by(_e.account_id, _e.key)
        .subquery()
    )  # fmt: skip
    own = and_(_event.account_id == told.c.account_id, _event.seq == told.c.seq)
    return (
        select(told.c.account_id, told.c.key, told.c.quantity, _event.from_lots)
        .select_from(told.outerjoin(usage_event, own))
        .where(or_(_event.seq.is_(None), _event.from_lots != told.c.quantity))
        .order_by(told.c.account_id, told.c.seq)
    )


def event_hours(paid: str | None) -> Select[Any]:
    """What every event adds to the hours: the number of its hour, meter, model, operation and all counters."""
    draw = drawn_by_events(paid)
    is_paid = draw.meter == (paid or "")
    added = {
        "events": literal(1), "input": _event.input + _event.cached, "output": _event.output,
        "quantity": draw.quantity, "charged": case((is_paid, _event.from_lots), else_=0),
        "overage": case((is_paid, OVERAGE), else_=0), "uncovered": case((is_paid, UNCOVERED), else_=0),
    }  # fmt: skip
    hour = (EpochOfEvent(_event.occurred_at) // HOUR_S).label("hour")
    keys = (hour, draw.meter.label("meter"), _event.model, _event.operation)
    wanted = select(*keys, *(added[name].label(name) for name in COUNTERS))
    return wanted.select_from(usage_event).join(draw.rows, true())


def hours_told(paid: str | None) -> Select[Any]:
    """The hours of all accounts as all events come to."""
    event = event_hours(paid).subquery().c
    keys = (event.hour, event.meter, event.model, event.operation)
    return select(*keys, *(total(event[name]).label(name) for name in COUNTERS)).group_by(*keys)


def hours_apart(paid: str | None) -> Select[Any]:
    """Hours of all accounts that are not what all events come to: hour, meter, model, operation, then kept_… and
    told_… for each counter. Sums over stripes; days and months are held against the same events account by account."""
    hour, event = system_hour.c, event_hours(paid).subquery().c
    kept = select(
        (Epoch(hour.hour_at) // HOUR_S).label("hour"), hour.meter, hour.model, hour.operation,
        *(hour[name].label(f"kept_{name}") for name in COUNTERS),
        *(literal(0).label(f"told_{name}") for name in COUNTERS),
    )  # fmt: skip
    told = select(
        event.hour, event.meter, event.model, event.operation, *(literal(0) for _ in COUNTERS),
        *(event[name] for name in COUNTERS),
    )  # fmt: skip
    both = union_all(kept, told).subquery().c
    keys = (both.hour, both.meter, both.model, both.operation)
    pairs = [(total(both[f"kept_{name}"]), total(both[f"told_{name}"])) for name in COUNTERS]
    columns = [column.label(f"{side}_{name}") for name, pair in zip(COUNTERS, pairs, strict=True)
               for side, column in zip(("kept", "told"), pair, strict=True)]  # fmt: skip
    apart = or_(*(found != expected for found, expected in pairs))
    return select(*keys, *columns).group_by(*keys).having(apart).order_by(*keys)


USAGE_CHECKS: dict[str, Check] = {"event_entry": _event_entry(), "entry_event": _entry_event()}
