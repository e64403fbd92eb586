"""A page of history costs the same however much the account has used: counted, not timed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text, update

from billing_ui import ledger
from billing_ui.infra.db import Database
from billing_ui.ledger import Posting, Transfer
from billing_ui.ledger.tables import account_head, entry
from billing_ui.queries.history import CHOICES, history
from billing_ui.rules.lists import read_ask
from tests.queries.test_history import ZONE, give, pay
from tests.world import Customer, World, open_world

LITTLE, MUCH = 300, 12_000
ASKS: tuple[dict[str, str], ...] = (
    {}, {"type": "topup"}, {"type": "usage"}, {"type": "adjust"}, {"type": "refund"}, {"status": "paid"},
    {"status": "pending"}, {"status": "expired"}, {"status": "refunded"}, {"status": "posted"}, {"method": "QRIS"},
    {"method": "VA_BCA"}, {"q": "many-7"}, {"q": "py-1"}, {"q": "25000"}, {"q": "qris"}, {"q": "nothing"},
    {"from": "2026-11-21", "to": "2026-11-21"}, {"from": "2026-11-21", "type": "adjust"},
    {"page": "o.1795000000000000.200."},
)  # fmt: skip


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened:
        yield opened


def someone(world: World, name: str, uses: int) -> Customer:
    """The same purchases and gifts, and so much use after them."""
    customer = world.customer(f"{name}@pelanggan.test", name)
    pay(world, customer, 25_000, f"py-1-{name}")
    world.wants(customer, amount=100_000)
    give(world, customer, 500, "gift-1")
    with world.env.db.begin() as tx:
        head = tx.execute(account_head.select().where(account_head.c.account_id == customer.account_id)).one()
        lines: list[dict[str, Any]] = []
        for n in range(1, uses + 1):
            at = world.clock.now() + timedelta(seconds=n)
            lines.append(
                {"account_id": customer.account_id, "seq": head.seq + n, "key": f"usage:many-{n}", "line": 0,
                 "unit": "TOKEN", "debit": "wallet", "credit": "consumed", "quantity": 1,
                 "balance_after": head.balance - n, "lot_id": None, "occurred_at": at, "recorded_at": at,
                 "actor": "host:test", "cause": f"many-{n}", "request_hash": "0" * 32}
            )  # fmt: skip
        tx.execute(insert(entry), lines)
        mine = account_head.c.account_id == customer.account_id
        tx.execute(update(account_head).where(mine).values(seq=head.seq + uses, balance=head.balance - uses))
    return customer


@contextmanager
def counted(db: Database) -> Iterator[list[int]]:
    """How many steps of a hundred SQLite's machine makes."""
    steps = [0]

    def step() -> int:
        steps[0] += 1
        return 0

    @event.listens_for(db.engine, "checkout")
    def listen(connection: Any, *_rest: Any) -> None:
        connection.set_progress_handler(step, 100)

    yield steps
    event.remove(db.engine, "checkout", listen)


def test_no_filter_makes_a_page_dearer_the_more_an_account_has_used(world: World) -> None:
    few, many = someone(world, "few", LITTLE), someone(world, "many", MUCH)
    dear = {}
    for query in ASKS:
        spent = []
        for customer in (few, many):
            ask = replace(read_ask(query, CHOICES), q=query.get("q", "").replace("py-1", f"py-1-{customer.email[:3]}"))
            with counted(world.env.db) as steps, world.env.db.read() as tx:
                history(tx, customer.account_id, ask, ZONE)
            spent.append(steps[0])
        if spent[1] > spent[0] * 3 // 2 + 5:
            dear[str(query)] = spent
    assert dear == {}


def test_a_posting_is_not_dearer_the_more_an_account_has_used(world: World) -> None:
    """Whether its key is known already is looked up, not searched for."""
    spent = []
    for customer in (someone(world, "few", LITTLE), someone(world, "many", MUCH)):
        given = (Transfer("TOKEN", "issued", "wallet", 1),)
        posting = Posting(
            customer.account_id, "grant:late", "test", "system:test", world.clock.now() + timedelta(days=1), given,
            lot=ledger.LotIn("granted"),
        )  # fmt: skip
        with counted(world.env.db) as steps, world.env.db.begin() as tx:
            ledger.post(tx, posting, world.clock.now() + timedelta(days=1))
        spent.append(steps[0])
    assert spent[1] <= spent[0] * 3 // 2 + 5


def test_the_planner_is_told_what_a_grown_desk_looks_like(world: World) -> None:
    with world.env.db.read() as tx:
        plan = tx.execute(
            text("EXPLAIN QUERY PLAN SELECT seq FROM entry WHERE account_id = 1 AND key = 'grant:a'")
        ).all()
    assert "key=?" in str(plan)
