"""Accounts move to plans whose periods begin on other days: nothing is free twice, and the books can be checked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import cycle
from random import Random

import pytest
from sqlalchemy import select

from billing_ui import ledger
from billing_ui.infra.db import Database
from billing_ui.ledger import Held, Taken
from billing_ui.ledger.tables import hold
from billing_ui.rules.quotas import Calendar, included_used
from billing_ui.services import plans, usage, usage_rebuilds
from billing_ui.services.usage import Usage
from tests.metering import HOST, bring, head
from tests.services.test_usage_rebuilds import DESK, name_of
from tests.world import Customer, World, open_world


@pytest.fixture
def world(db: Database) -> Iterator[World]:
    """Plans with included tokens: 500 on `free`, 50,000 on `pro`."""
    with open_world(db, catalogue="enterprise") as opened:
        yield opened


def move(world: World, customer: Customer, plan: str, period_on: date) -> None:
    with world.env.db.begin() as tx:
        version = plans.current_version(tx, plan)
        assert version.id is not None
        ledger.set_plan(tx, customer.account_id, version.id, period_on)


def spend(customer: Customer, event_id: str, tokens: int, at: datetime | None = None) -> Usage:
    return Usage(customer.account_id, event_id, usage_type="tokens", amount=tokens, occurred_at=at)


def record(world: World, event: Usage) -> None:
    usage.record_and_wait(world.env, HOST, event)


def taken_now(world: World, customer: Customer) -> int:
    kept, now = head(world.env.db, customer.account_id), world.clock.now()
    return included_used(kept.windows, "tokens", now, now, Calendar(kept.zone, kept.period_on))


def test_what_was_used_on_the_day_of_a_move_counts_in_the_period_that_begins_on_it(world: World) -> None:
    sari = world.customer()
    record(world, spend(sari, "yesterday", 100, at=world.clock.now() - timedelta(days=1)))
    record(world, spend(sari, "morning", 200))
    world.later(hours=3)
    move(world, sari, "pro", date(2026, 11, 21))
    assert taken_now(world, sari) == 200
    record(world, spend(sari, "afternoon", 1_000))
    assert taken_now(world, sari) == 1_200
    world.books_are_right()


def test_moving_to_and_fro_gives_nothing_twice(world: World) -> None:
    sari, first = world.customer(), date(2026, 11, 1)
    record(world, spend(sari, "a", 400))
    move(world, sari, "free", date(2026, 11, 20))
    record(world, spend(sari, "b", 50))
    move(world, sari, "free", first)
    assert taken_now(world, sari) == 450
    move(world, sari, "free", date(2026, 11, 25))
    move(world, sari, "free", first)
    assert taken_now(world, sari) == 450
    world.books_are_right()


def test_a_move_that_leaves_the_periods_as_they_are_reads_no_event(world: World) -> None:
    sari = world.customer()
    record(world, spend(sari, "a", 400))
    before = head(world.env.db, sari.account_id)
    move(world, sari, "pro", date(2026, 3, 1))
    after = head(world.env.db, sari.account_id)
    assert (after.windows, after.version, after.period_on) == (before.windows, before.version + 1, date(2026, 3, 1))
    assert after.plan_version_id != before.plan_version_id
    world.books_are_right()


def test_what_is_set_aside_across_a_move_is_given_back_where_it_was_taken(world: World) -> None:
    sari = world.customer()
    call = spend(sari, "call-1", 300)
    assert isinstance(asyncio.run(usage.reserve(world.env, HOST, call, 3_600)).result, Held)
    move(world, sari, "pro", date(2026, 11, 15))
    assert taken_now(world, sari) == 300
    settled = asyncio.run(usage.settle(world.env, HOST, spend(sari, "call-1", 40)))
    assert isinstance(settled.result, Taken)
    assert taken_now(world, sari) == 40
    world.books_are_right()


def test_moves_in_the_midst_of_use_lose_and_give_nothing(world: World) -> None:
    sari = world.customer()
    bring(world, sari.account_id, 1_000, "in")
    days = [date(2026, 11, day) for day in (1, 20, 21, 15)] * 5
    with ThreadPoolExecutor(9) as threads:
        moves = threads.submit(lambda: [move(world, sari, plan, on) for plan, on in zip(cycle(["pro", "free"]), days)])
        wishes = [spend(sari, f"e{number}", 3) for number in range(400)]
        answers = list(threads.map(lambda wish: usage.record_and_wait(world.env, HOST, wish), wishes))
        moves.result(60)
    taken = [answer.result for answer in answers if isinstance(answer.result, Taken)]
    assert len(taken) == 400
    assert taken_now(world, sari) == sum(each.cover.allowance for each in taken)
    assert head(world.env.db, sari.account_id).balance == 1_000 - sum(each.cover.from_lots for each in taken)
    world.books_are_right()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_moves_while_an_account_lives_the_books_can_be_checked(world: World, seed: int) -> None:
    """Plans, first days of periods and zones move; calls are told at once and late, set aside, settled, forgotten."""
    dice, sari = Random(seed), world.customer()
    bring(world, sari.account_id, 100_000, "in")
    for step in range(60):
        way = dice.randrange(10)
        late = timedelta(hours=dice.choice((0, 0, 1, 30, 24 * 20, 24 * 45)))
        told = spend(sari, f"e{step}", dice.randrange(200), world.clock.now() - late)
        if way == 0:
            on = dice.choice([1, 5, 15, 21, 28, 31])
            plan = dice.choice(("free", "pro", "enterprise"))
            move(world, sari, plan, date(2026, 10, on) + timedelta(days=dice.choice((0, 31))))
        elif way == 1:
            zone = dice.choice(("Asia/Jayapura", "America/St_Johns", "Asia/Jakarta"))
            usage_rebuilds.set_zone(world.env, DESK, name_of(world, sari), zone)
        elif way == 2:
            asyncio.run(usage.reserve(world.env, HOST, told, dice.choice((60, 80_000))))
        elif way == 3 and (reserved := open_holds(world)):
            cost = spend(sari, dice.choice(reserved), dice.randrange(300))
            asyncio.run(usage.settle(world.env, HOST, cost))
        else:
            record(world, told)
        world.later(minutes=dice.randrange(60 * 24))
        if step % 6 == 0:
            world.books_are_right()
    assert ledger.verify(world.env.db, "tokens") == []


def open_holds(world: World) -> list[str]:
    with world.env.db.read() as tx:
        return list(tx.scalars(select(hold.c.key).where(hold.c.state == "open").order_by(hold.c.key)))
