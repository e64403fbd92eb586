"""Every way of damaging what metering keeps is found, and by its own check."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from billing_ui import ledger
from billing_ui.services import grants, usage
from billing_ui.services.usage import Usage
from tests.damage import break_in
from tests.metering import HOST, use
from tests.services.test_usage_rebuilds import DESK, name_of
from tests.world import World

IS_A, IS_B = (f"seq = (SELECT max(seq) FROM entry WHERE key = 'usage:{event_id}')" for event_id in "ab")


@pytest.mark.parametrize(
    ("statement", "checks"),
    [
        (f"UPDATE entry SET key = 'deduct:b' WHERE {IS_B}", {"event_entry"}),
        ("UPDATE entry SET operation = 'chat', model = '', input = 1, output = 1 WHERE key = 'grant:g1'",
         {"event_entry", "account_day_events"}),
        (f"UPDATE entry SET occurred_at = occurred_at - {{day}} WHERE {IS_B}",
         {"account_day_events", "system_hour_events"}),
        (f"UPDATE entry SET operation = NULL WHERE {IS_B}",
         {"entry_event", "account_day_events", "account_month_quantity", "system_hour_charged", "window"}),
        (f"UPDATE entry SET from_lots = quantity + 1 WHERE {IS_B}",
         {"entry_event", "account_day_charged", "account_day_quantity", "system_hour_charged"}),
        (f"UPDATE entry SET allowance = allowance + 1 WHERE {IS_A}", {"account_day_quantity", "included"}),
        (f"""UPDATE entry SET draws = '{{"tokens": 7}}' WHERE {IS_A}""", {"event_parts", "account_day_quantity"}),
        (f"UPDATE entry SET input = 3, output = 9 WHERE {IS_A}",
         {"account_day_input", "system_hour_output"}),
        ("DELETE FROM account_day", {"account_day_events"}),
        ("DELETE FROM account_month", {"account_month_events"}),
        ("DELETE FROM system_hour", {"system_hour_events", "system_day_events"}),
        ("DELETE FROM system_day", {"system_day_events"}),
        ("DELETE FROM entry WHERE key = 'usage:b'", {"account_day_events", "seq"}),
        ("UPDATE account_head SET windows = '{}'", {"window"}),
        ("UPDATE account_day SET model = 'other'", {"account_day_events"}),
    ],
)  # fmt: skip
def test_damage_is_found(world: World, statement: str, checks: set[str]) -> None:
    sari = world.customer()
    grants.grant(world.env, DESK, name_of(world, sari), 50_000, "to live on", "g1")
    use(world, sari, "a", 20_000)
    world.clock.advance(timedelta(days=1))
    call = Usage(sari.account_id, "b", operation="chat", input_tokens=1_000)
    asyncio.run(usage.reserve(world.env, HOST, call, 60))
    # Far more than was estimated: all that the plan includes, and some of the balance.
    asyncio.run(usage.settle(world.env, HOST, replace(call, output_tokens=99_000)))
    world.books_are_right()
    break_in(world.env.db, statement.replace("{day}", "86400000000" if world.env.db.is_sqlite else "interval '1 day'"))
    assert checks <= {finding.check for finding in ledger.verify(world.env.db, "tokens")}
