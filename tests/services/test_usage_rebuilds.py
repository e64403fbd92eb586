"""Rollups and counters counted anew are those that were kept event by event, on every calendar."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, text, update

from billing_ui import ledger
from billing_ui.ledger import Finding, Held
from billing_ui.ledger.tables import account_day, account_head, account_month, system_day, system_hour
from billing_ui.models import Audit
from billing_ui.queries.usage import UsedIn, month
from billing_ui.queries.usage import usage as by_day
from billing_ui.rules import quotas
from billing_ui.rules.access import Actor, system
from billing_ui.rules.errors import FieldInvalid, Forbidden, NotFound
from billing_ui.rules.quotas import Calendar
from billing_ui.services import grants, usage, usage_rebuilds
from billing_ui.services.usage import Usage
from tests.damage import break_in
from tests.metering import HOST, use
from tests.world import Customer, World

ODD = ("Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Asia/Jayapura", "Africa/Casablanca")
DESK = system("test")


def name_of(world: World, customer: Customer) -> str:
    with world.env.db.read() as tx:
        return str(tx.scalar(text("SELECT public_id FROM account WHERE id = :id"), {"id": customer.account_id}))


def rollups(world: World) -> list[Any]:
    with world.env.db.read() as tx:
        return [sorted(tuple(row) for row in tx.execute(select(table))) for table in (account_day, account_month)] + [
            sorted(tuple(row)[:4] + tuple(row)[5:] for row in tx.execute(select(table)))
            for table in (system_hour, system_day)
        ]


def counters(world: World, customer: Customer) -> dict[tuple[str, str], int]:
    """What every window that runs now has counted."""
    with world.env.db.read() as tx:
        head = tx.execute(select(account_head).where(account_head.c.account_id == customer.account_id)).one()
    now, calendar = world.clock.now(), Calendar(head.zone, head.period_on)
    told = {
        (meter, kind): quotas.used(head.windows, meter, kind, frame)
        for meter in head.windows for kind, frame in calendar.windows(now).items()
    }  # fmt: skip
    return told | {("", "included"): quotas.included_used(head.windows, "tokens", now, now, calendar)}


def all_days(world: World, customer: Customer) -> tuple[UsedIn, ...]:
    with world.env.db.read() as tx:
        return by_day(tx, customer.account_id, date(2026, 1, 1), date(2027, 12, 31), "day").rows


def live(world: World, customers: list[Customer], seed: int, events: int = 120) -> None:
    """A month of use at odd times, some of it told late, with calls that were reserved and came to every end."""
    dice = Random(seed)
    for number, who in enumerate(customers):
        until = world.clock.now() + timedelta(days=9) if number == 0 else None
        grants.grant(world.env, DESK, name_of(world, who), 20_000, "to live on", f"grant-{number}", until)
    for step in range(events):
        who = dice.choice(customers)
        told = Usage(
            who.account_id, f"e{step}", operation=dice.choice(("chat", "search", "refrasa")),
            model=dice.choice(("", "small", "large")), input_tokens=dice.randrange(9000),
            output_tokens=dice.randrange(300), cached_tokens=dice.randrange(50),
            occurred_at=world.clock.now() - timedelta(minutes=dice.choice((0, 0, 0, 40, 700, 3000, 50_000))),
        )  # fmt: skip
        way = dice.randrange(5)
        if way == 0:
            asyncio.run(usage.reserve(world.env, HOST, told, dice.choice((60, 90_000))))
        elif way == 1:
            held = asyncio.run(usage.reserve(world.env, HOST, told, 600)).result
            if not isinstance(held, Held):
                continue
            asyncio.run(usage.settle(world.env, HOST, replace(told, output_tokens=dice.randrange(40_000))))
        else:
            usage.record_and_wait(world.env, HOST, told)
        world.clock.advance(timedelta(minutes=dice.randrange(700)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_counted_anew_is_what_was_kept(world: World, seed: int) -> None:
    customers = [world.customer(f"c{number}@pelanggan.test") for number in range(3)]
    for customer, zone in zip(customers, Random(seed).sample(ODD, 3), strict=True):
        usage_rebuilds.set_zone(world.env, DESK, name_of(world, customer), zone)
    live(world, customers, seed)
    world.books_are_right()
    paid = [row.used for customer in customers for row in all_days(world, customer)]
    assert all(sum(getattr(used, part) for used in paid) for part in ("allowance", "charged", "uncovered"))
    kept = rollups(world), [counters(world, customer) for customer in customers]
    usage_rebuilds.rebuild_all(world.env, DESK, "to see")
    assert (rollups(world), [counters(world, customer) for customer in customers]) == kept
    world.books_are_right()
    use(world, customers[0], "after", 1)
    world.books_are_right()


def test_an_account_that_moves_has_the_days_of_its_new_zone_and_nothing_is_free_twice(world: World) -> None:
    sari = world.customer()
    use(world, sari, "a", 15_000, at=world.clock.now() - timedelta(hours=9))  # 01:00 in Jakarta, 18:00 in London
    before = counters(world, sari)
    world.signalled.clear()
    usage_rebuilds.set_zone(world.env, DESK, name_of(world, sari), "Europe/London", "moved to London")
    assert world.signalled == [sari.account_id]
    after = counters(world, sari)
    assert (before["tokens", "day"], after["tokens", "day"]) == (15_000, 0)
    assert before["", "included"] == after["", "included"] == 15_000
    with world.env.db.read() as tx:
        assert [row.group for row in month(tx, sari.account_id, world.clock.now().date()).days] == ["2026-11-20"]
        audit = tx.scalars(select(Audit).where(Audit.action == "account.zone_set")).one()  # type: ignore[arg-type]
    assert (audit.before, audit.after) == ({"zone": "Asia/Jakarta"}, {"zone": "Europe/London", "events": 1})
    world.books_are_right()
    usage_rebuilds.set_zone(world.env, DESK, name_of(world, sari), "Asia/Jakarta")
    assert counters(world, sari) == before
    world.books_are_right()


def test_what_was_damaged_is_found_and_mended(world: World) -> None:
    sari = world.customer()
    use(world, sari, "a", 700, model="small")
    use(world, sari, "b", 40)
    with world.env.db.begin() as tx:
        connection = tx.connection()
        connection.execute(update(account_day).where(account_day.c.model == "small").values(quantity=7))
        connection.execute(update(account_month).values(events=9))
        connection.execute(update(system_hour).values(input=system_hour.c.input + 1))
        connection.execute(update(system_day).values(charged=8))
        windows = {"tokens": {"day": (1795194000, 41), "period": (1793466000, 1)}}
        connection.execute(update(account_head).values(windows=windows))
    found = {finding.check: finding for finding in ledger.verify(world.env.db, "tokens")}
    assert set(found) == {
        "account_day_quantity", "account_month_events", "system_hour_input", "system_day_input", "system_day_charged",
        "window", "included",
    }  # fmt: skip
    assert found["account_day_quantity"] == Finding(
        "account_day_quantity", sari.account_id, "2026-11-21 tokens small chat", 7, 700
    )
    rebuilt = usage_rebuilds.rebuild_all(world.env, DESK)
    assert (rebuilt.accounts, rebuilt.events) == (1, 2)
    world.books_are_right()


def test_only_whoever_may_change_settings_counts_anew(world: World) -> None:
    sari = world.customer()
    name = name_of(world, sari)
    support = Actor("user:support", user_id=1, role="support")
    for act in (
        lambda: usage_rebuilds.rebuild_account(world.env, support, name),
        lambda: usage_rebuilds.rebuild_all(world.env, support),
        lambda: usage_rebuilds.set_zone(world.env, support, name, "Asia/Tokyo"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_nobody_moves_to_a_place_that_is_nowhere(world: World) -> None:
    sari = world.customer()
    with pytest.raises(FieldInvalid):
        usage_rebuilds.set_zone(world.env, DESK, name_of(world, sari), "Asia/Atlantis")
    with pytest.raises(NotFound):
        usage_rebuilds.rebuild_account(world.env, DESK, "acc_nobody")
    assert usage_rebuilds.rebuild_account(world.env, DESK, name_of(world, sari)).events == 0


def test_what_is_set_aside_stays_counted_and_events_of_nobody_spoil_nothing(world: World) -> None:
    sari, budi = world.customer(), world.customer("budi@pelanggan.test")
    asyncio.run(usage.reserve(world.env, HOST, Usage(budi.account_id, "call", operation="chat", input_tokens=70), 600))
    use(world, sari, "a", 40)
    kept = counters(world, budi)
    assert (kept["tokens", "day"], kept["", "included"]) == (70, 70)
    usage_rebuilds.rebuild_all(world.env, DESK)
    assert counters(world, budi) == kept
    world.books_are_right()
    break_in(world.env.db, f"DELETE FROM account_head WHERE account_id = {sari.account_id}")
    found = ledger.verify(world.env.db, "tokens")
    assert {finding.account_id for finding in found} == {sari.account_id}
