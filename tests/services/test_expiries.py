"""Tokens whose time is over leave the balance, whatever is wrong elsewhere."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlmodel import col

from billing_ui.ledger.holds import AT_ONCE
from billing_ui.ledger.tables import account_head, entry, hold, lot
from billing_ui.models import Account
from billing_ui.rules.access import system
from billing_ui.services import expiries, grants, usage
from billing_ui.services.usage import Usage
from tests.metering import HOST, prepaid, use
from tests.world import Customer, World


def given(world: World, email: str) -> Customer:
    customer = world.customer(email)
    with world.env.db.read() as tx:
        account = tx.scalar(select(col(Account.public_id)).where(col(Account.id) == customer.account_id))
    ends = world.clock.now() + timedelta(days=1)
    grants.grant(world.env, system("test"), str(account), 500, "a gift", f"gift-{email}", ends)
    return customer


def test_tokens_that_are_due_leave_the_balance(world: World) -> None:
    customer = given(world, "a@pelanggan.test")
    world.later(days=2)
    assert expiries.expire_lots(world.env) == 1
    assert world.balance(customer) == 0
    world.books_are_right()


def test_an_account_with_broken_books_holds_no_other_up(world: World, caplog: pytest.LogCaptureFixture) -> None:
    broken, sound = given(world, "a@pelanggan.test"), given(world, "b@pelanggan.test")
    with world.env.db.begin() as tx:
        line = tx.execute(select(entry).where(entry.c.account_id == broken.account_id)).mappings().one()
        public_id = tx.scalar(select(lot.c.public_id).where(lot.c.account_id == broken.account_id))
        tx.execute(insert(entry).values({**line, "seq": 900, "key": f"expire:{public_id}"}))
    world.later(days=2)
    expiries.expire_lots(world.env)
    assert world.balance(sound) == 0
    assert "could not be taken out" in caplog.text


def test_calls_that_never_told_their_end_hold_nothing_back(world: World) -> None:
    sari, budi = world.customer("a@pelanggan.test"), world.customer("b@pelanggan.test")
    for customer, seconds in ((sari, 60), (budi, 6000)):
        asked = Usage(customer.account_id, "call", operation="chat", input_tokens=4_000)
        asyncio.run(usage.reserve(world.env, HOST, asked, seconds))
    world.later(minutes=2)
    world.signalled.clear()
    assert expiries.release_holds(world.env) == 1
    assert world.signalled == [sari.account_id]
    with world.env.db.read() as tx:
        states = {row.account_id: row.state for row in tx.execute(select(hold))}
    assert states == {sari.account_id: "expired", budi.account_id: "open"}
    assert expiries.release_holds(world.env) == 0
    world.books_are_right()


def test_a_host_that_forgot_ever_so_many_calls_at_once_does_not_lock_its_customer_out(world: World) -> None:
    """More than are let go of in one transaction."""
    sari, now = prepaid(world, 1_000), world.clock.now()
    forgotten = {
        "account_id": sari.account_id, "quantity": 0, "draws": {"tokens": 1}, "allowance": 0, "held_at": now,
        "expires_at": now + timedelta(hours=1), "state": "open", "request_hash": "00" * 8,
    }  # fmt: skip
    with world.env.db.begin() as tx:
        tx.connection().execute(
            insert(hold), [{**forgotten, "key": f"call-{number}"} for number in range(2 * AT_ONCE + 500)]
        )
        moved = {"release_at": forgotten["expires_at"], "version": account_head.c.version + 1}
        tx.execute(account_head.update().where(account_head.c.account_id == sari.account_id).values(**moved))
    world.later(hours=2)
    assert use(world, sari, "evt-1", 1).balance == 999
    with world.env.db.read() as tx:
        assert set(tx.scalars(select(hold.c.state).distinct())) == {"expired"}
