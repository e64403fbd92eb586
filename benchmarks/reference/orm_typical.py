"""What a usual program does: a session of the ORM, objects read, changed and added, and one commit for each event.

It writes the same rows under the same guards: known key, locked head, two limits, lot, entry, event, four rollups.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from sqlalchemy import Table, create_engine, select
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session, registry

from benchmarks.reference.instants import Instants, instants
from benchmarks.reference.raw_cte import LIMITS
from benchmarks.traffic import MODELS, OPERATIONS, REPEATED_PERCENT
from billing_ui.ledger.tables import (
    account_day,
    account_head,
    account_month,
    entry,
    lot,
    system_day,
    system_hour,
)
from billing_ui.ledger.usage_tables import COUNTERS

_mapper = registry()


class Row:
    """An object of the ORM: what a column holds is an attribute."""

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)


def _mapped(table: Table) -> Any:
    mapped = type(table.name, (Row,), {})
    _mapper.map_imperatively(
        mapped, table, primary_key=list(table.primary_key), properties={"metadata_": table.c.metadata}
        if "metadata" in table.c else {},
    )  # fmt: skip
    return mapped


Head, Lot, Entry = (_mapped(table) for table in (account_head, lot, entry))
Day, Month, Hour, DayOfAll = (_mapped(table) for table in (account_day, account_month, system_hour, system_day))


class OrmTypical:
    """A program with one session for each event."""

    def __init__(self, url: URL, accounts: tuple[int, ...], *, durable: bool = True) -> None:
        switch = "on" if durable else "off"
        self._engine = create_engine(
            url, connect_args={"options": f"-c synchronous_commit={switch} -c timezone=UTC -c jit=off"}, pool_size=1
        )
        self._name, self._accounts, self._dice, self._last = f"orm-{switch}", accounts, Random(3), 0

    def close(self) -> None:
        self._engine.dispose()

    def __call__(self) -> None:
        dice = self._dice
        if not self._last or dice.randrange(100) >= REPEATED_PERCENT:
            self._last += 1
        account_id = self._accounts[self._last * 7919 % len(self._accounts)]
        with Session(self._engine) as session:
            self._record(session, account_id, f"{self._name}-{self._last:09}")
            session.commit()

    def _record(self, session: Session, account_id: int, event_id: str) -> None:
        dice, now = self._dice, instants()
        used, made = dice.randrange(1, 2000), dice.randrange(1, 1000)
        what = {"model": MODELS[dice.randrange(6)], "operation": OPERATIONS[dice.randrange(4)]}
        quantity, key = used + made, f"usage:{event_id}"
        known = select(Entry).where(Entry.account_id == account_id, Entry.key == key)
        if session.scalars(known).first() is not None:
            return
        head = session.get_one(Head, account_id, with_for_update=True)
        _require(head, quantity, now)
        bundle = session.scalars(
            select(Lot).where(Lot.account_id == account_id, Lot.is_open, ~Lot.is_frozen)
            .order_by(Lot.priority, Lot.expires_at, Lot.id).limit(1)
        ).one()  # fmt: skip
        bundle.remaining -= quantity
        head.seq, head.balance, head.used = head.seq + 1, head.balance - quantity, head.used + quantity
        head.version, head.last_at = head.version + 1, max(head.last_at, now.at)
        head.windows = {"tokens": {kind: [at, _used(head, kind, now) + quantity] for kind, at in now.windows.items()}}
        session.add(
            Entry(
                account_id=account_id, seq=head.seq, key=key, line=1, unit="TOKEN", debit="wallet", credit="consumed",
                quantity=quantity, balance_after=head.balance, lot_id=bundle.id, occurred_at=now.at,
                recorded_at=head.last_at, actor="host-benchmark", cause="", request_hash="0" * 16,
                session=f"s{dice.randrange(1000)}", input=used, output=made, rate_version=1, **what,
            )
        )  # fmt: skip
        added = dict(zip(COUNTERS, (1, used, made, quantity, quantity, 0, 0), strict=True))
        what = {"meter": "tokens", **what}
        _count(session, Day, {"account_id": account_id, "day_on": now.day_on, **what}, added)
        _count(session, Month, {"month_on": now.month_on, "meter": "tokens", "account_id": account_id}, added)
        _count(session, Hour, {"hour_at": now.hour_at, **what, "stripe": 3}, added)
        _count(session, DayOfAll, {"day_on": now.day_on, **what, "stripe": 3}, added)


def _used(head: Any, kind: str, now: Instants) -> int:
    starts, used = head.windows.get("tokens", {}).get(kind, (None, 0))
    return int(used) if starts == now.windows[kind] else 0


def _require(head: Any, quantity: int, now: Instants) -> None:
    is_covered = head.access == "open" and head.balance - head.held - quantity >= head.floor
    is_due = head.due_at is not None and head.due_at <= now.at
    if is_due or not is_covered or any(_used(head, kind, now) + quantity > most for kind, most in LIMITS.items()):
        raise RuntimeError("the reference was refused")


def _count(session: Session, table: Any, keys: Mapping[str, Any], added: Mapping[str, int]) -> None:
    """There is nobody else in this scenario, so reading first and adding then loses nothing."""
    row = session.get(table, tuple(keys.values()))
    if row is None:
        session.add(table(**keys, **added))
        return
    for name, more in added.items():
        setattr(row, name, getattr(row, name) + more)
