"""What tests of metering say: customers with tokens, events as a host app tells them, and how the books must tie."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Database
from billing_ui.ledger import LotIn, Outcome, Posting, Transfer
from billing_ui.ledger.tables import (
    account_head,
    entry,
    lot,
    usage_event,
)
from billing_ui.rules.access import Actor
from billing_ui.services import plans, usage
from billing_ui.services.usage import Usage
from tests.world import Customer, World

HOST = Actor("host:test")


def bring(world: World, account_id: int, tokens: int, key: str, **lot_facts: Any) -> None:
    """Tokens come in as a lot of their own."""
    now = world.clock.now()
    transfers = (Transfer(ledger.TOKEN, ledger.ISSUED, ledger.WALLET, tokens),)
    lot_in = LotIn("bought", **lot_facts)
    with world.env.db.begin() as tx:
        ledger.post(tx, Posting(account_id, key, f"test:{key}", "test", now, transfers, lot=lot_in), now)


def prepaid(world: World, tokens: int, lots: int = 1, email: str = "sari@pelanggan.test") -> Customer:
    """A customer on a plan that includes nothing, with so many tokens in so many lots."""
    customer = world.customer(email)
    goes_prepaid(world, customer)
    for number in range(lots):
        bring(world, customer.account_id, tokens // lots, f"in:{number}")
    return customer


def goes_prepaid(world: World, customer: Customer) -> None:
    """The customer is on a plan that includes nothing."""
    with world.env.db.begin() as tx:
        plan = plans.current_version(tx, "bpp")
        assert plan.id is not None
        ledger.set_plan(tx, customer.account_id, plan.id, world.clock.now().date())


def chat(account_id: int, event_id: str, tokens: int = 1, **told: Any) -> Usage:
    """A call that costs so many tokens."""
    return Usage(account_id, event_id, operation="chat", input_tokens=tokens, **told)


def use(
    world: World, customer: Customer, event_id: str, tokens: int = 1000, *, at: datetime | None = None, **told: Any
) -> Outcome:
    """One chat of so many tokens, or whatever is told instead."""
    asked: dict[str, Any] = {"operation": "chat", "input_tokens": tokens, "occurred_at": at} | told
    return usage.record_and_wait(world.env, HOST, Usage(customer.account_id, event_id, **asked))


def head(db: Database, account_id: int) -> Row[Any]:
    with db.read() as tx:
        return tx.execute(select(account_head).where(account_head.c.account_id == account_id)).one()


def open_lots(db: Database, account_id: int) -> int:
    """What the open lots of an account hold."""
    mine = (lot.c.account_id == account_id, lot.c.is_open)
    with db.read() as tx:
        return int(tx.scalar(select(func.coalesce(func.sum(lot.c.remaining), 0)).where(*mine)) or 0)


def events(db: Database, account_id: int) -> int:
    with db.read() as tx:
        counted = select(func.count()).select_from(usage_event).where(usage_event.c.account_id == account_id)
        return int(tx.scalar(counted) or 0)


def freeze_newest_lot(env: Env, account_id: int, key: str, now: datetime) -> int:
    with env.db.begin() as tx:
        newest = tx.scalar(select(func.max(lot.c.id)).where(lot.c.account_id == account_id, lot.c.is_open))
        assert newest is not None
        ledger.hold_back(tx, account_id, newest, key, "test", now)
        return int(newest)


def books_tie(db: Database) -> None:
    """Heads, entries, lots, events, counters, rollups and holds all tell the same, to the token."""
    findings = ledger.verify(db, "tokens")
    assert findings == [], findings


# An event is kept under the number of its last entry, whose key holds its id.
EVENT_ID = func.substr(entry.c.key, len("usage:") + 1)


def kept_events(*columns: Any) -> Select[Any]:
    """What is asked of the events on record, each account's oldest first."""
    own = (entry.c.account_id == usage_event.c.account_id) & (entry.c.seq == usage_event.c.seq)
    ordered = (usage_event.c.account_id, usage_event.c.seq)
    return select(*columns).select_from(usage_event.join(entry, own)).order_by(*ordered)
