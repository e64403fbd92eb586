"""What an account may use now is told in one read, and is what the next ask for use would find."""

import asyncio
from datetime import timedelta

from billing_ui.queries.limits import CurrentLimits, user_current_limits
from billing_ui.rules.usage import Standing
from billing_ui.services import usage
from billing_ui.services.usage import Usage
from tests.metering import HOST, use
from tests.world import Customer, World


def limits(world: World, customer: Customer) -> CurrentLimits:
    with world.env.db.read() as tx:
        return user_current_limits(tx, world.env.writer.terms, customer.account_id, world.clock.now())


def same(world: World, one: Standing, other: Standing) -> bool:
    """Whether two standings say the same; counters come as lists from the database."""
    now = world.clock.now()
    return all(
        say(one) == say(other)
        for say in (
            lambda each: each.spendable,
            lambda each: each.allowance_left(now, now),
            lambda each: each.limits("tokens", now),
            lambda each: (each.access, each.terms, each.calendar),
        )
    )


def test_the_read_is_what_the_next_ask_would_find(world: World) -> None:
    sari = world.customer()
    told = use(world, sari, "a", 15_000)
    found = limits(world, sari)
    assert same(world, found.standing, told.standing)
    assert (found.plan, found.balance, found.allowance_left, found.included) == ("gratis", 0, 85_000, 100_000)
    day = found.meters["tokens"].tightest
    assert day is not None and (day.limit.window, day.used, day.remaining, day.percent) == ("day", 15_000, 5_000, 75)
    assert day.resets_at is not None and day.resets_at.isoformat() == "2026-11-21T17:00:00+00:00"
    assert found.period_starts_at <= world.clock.now() < found.period_ends_at


def test_a_hold_past_its_time_counts_no_more_even_before_anybody_let_it_go(world: World) -> None:
    sari = world.customer()
    asked = Usage(sari.account_id, "call", operation="chat", input_tokens=4_000)
    asyncio.run(usage.reserve(world.env, HOST, asked, 60))
    held = limits(world, sari)
    assert (held.meters["tokens"].limits[0].used, held.allowance_left) == (4_000, 96_000)
    world.later(seconds=61)
    free = limits(world, sari)
    assert (free.meters["tokens"].limits[0].used, free.allowance_left, free.held) == (0, 100_000, 0)
    assert same(world, use(world, sari, "b", 10).standing, limits(world, sari).standing)


def test_tomorrow_the_day_begins_at_nothing(world: World) -> None:
    sari = world.customer()
    use(world, sari, "a", 20_000)
    world.clock.advance(timedelta(days=1))
    assert [one.used for one in limits(world, sari).meters["tokens"].limits] == [0, 20_000]


def test_while_nothing_but_time_passes_an_open_page_has_nothing_to_hear(world: World) -> None:
    sari = world.customer()
    use(world, sari, "a", 15_000)
    before = limits(world, sari)
    world.later(seconds=20)
    assert limits(world, sari) == before
    use(world, sari, "b", 1)
    assert limits(world, sari) != before
