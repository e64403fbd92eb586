"""Days of all accounts are kept in the zone of the catalogue; another zone has its days from the hours, and moves them
only when the catalogue says so."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import delete, func, select

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.ledger.tables import system_day, system_zone
from billing_ui.queries.usage_overall import system_days
from billing_ui.rules.access import system
from billing_ui.services import plans, usage_rebuilds
from tests.metering import use
from tests.world import World

DAY = date(2026, 11, 21)  # in Jakarta, where the world's clock shows ten in the morning
Told = list[tuple[date, str, int]]


def told(env: Env, zone: str) -> Told:
    with env.db.read() as tx:
        return [(row.day_on, row.model, row.used.quantity) for row in system_days(tx, DAY - timedelta(9), DAY, zone)]


def kept(env: Env) -> Told:
    """What the rows say, whatever the reader would make of them."""
    day = system_day.c
    with env.db.read() as tx:
        rows = tx.execute(select(day.day_on, day.model, func.sum(day.quantity)).group_by(day.day_on, day.model))
        return sorted((row[0], row[1], int(row[2])) for row in rows)


def moved(env: Env, zone: str) -> Env:
    """The same deployment with another zone in its catalogue."""
    return replace(env, catalogue=replace(env.catalogue, zone=zone))


def some_use(world: World) -> Told:
    sari, budi = world.customer(), world.customer("budi@pelanggan.test")
    use(world, sari, "a", 100)
    use(world, budi, "b", 30, model="small")
    use(world, budi, "c", 5, at=world.clock.now() - timedelta(hours=9))  # one in the morning
    use(world, sari, "d", 7, at=world.clock.now() - timedelta(hours=11))  # eleven in the evening
    return [(DAY - timedelta(days=1), "", 7), (DAY, "", 105), (DAY, "small", 30)]


def test_days_are_kept_as_use_is_recorded_and_read_as_they_are_kept(world: World) -> None:
    expected = some_use(world)
    assert kept(world.env) == told(world.env, "Asia/Jakarta") == expected
    with world.env.db.begin() as tx:
        tx.execute(delete(system_day))
    assert told(world.env, "Asia/Jakarta") == []
    assert {finding.check for finding in ledger.verify(world.env.db, "tokens")} == {
        "system_day_events", "system_day_input", "system_day_quantity"}  # fmt: skip


def test_whoever_reads_in_another_zone_has_its_days_from_the_hours(world: World) -> None:
    some_use(world)
    in_london = [(DAY - timedelta(days=1), "", 12), (DAY, "", 100), (DAY, "small", 30)]
    assert told(world.env, "Europe/London") == in_london
    with world.env.db.begin() as tx:
        tx.execute(delete(system_day))
    assert told(world.env, "Europe/London") == in_london


def test_a_catalogue_that_moves_takes_the_days_along_and_writers_follow(world: World) -> None:
    expected = some_use(world)
    london = moved(world.env, "Europe/London")
    assert told(london, "Europe/London") == told(world.env, "Europe/London")
    plans.apply(london, system("test"))
    assert kept(world.env) == told(world.env, "Europe/London")
    assert told(world.env, "Asia/Jakarta") == expected
    # A process that has not heard of it yet writes into the days as they are now.
    use(world, world.customer("citra@pelanggan.test"), "e", 1000, at=world.clock.now() - timedelta(hours=9))
    assert kept(world.env)[0] == (DAY - timedelta(days=1), "", 1012)
    world.books_are_right()
    plans.apply(world.env, system("test"))
    assert kept(world.env) == told(world.env, "Asia/Jakarta")
    world.books_are_right()


def test_books_of_before_have_their_days_from_the_hours_until_the_catalogue_is_applied(world: World) -> None:
    with world.env.db.begin() as tx:
        tx.execute(delete(system_zone))
    expected = some_use(world)
    assert (kept(world.env), told(world.env, "Asia/Jakarta")) == ([], expected)
    world.books_are_right()
    plans.apply(world.env, system("test"))
    assert kept(world.env) == told(world.env, "Asia/Jakarta") == expected
    world.books_are_right()


def test_counting_anew_moves_the_days_to_the_zone_of_the_catalogue(world: World) -> None:
    some_use(world)
    tokyo = moved(world.env, "Asia/Tokyo")
    usage_rebuilds.rebuild_all(tokyo, system("test"))
    with world.env.db.read() as tx:
        assert tx.scalars(select(system_zone.c.zone)).all() == ["Asia/Tokyo"]
    assert kept(world.env) == told(world.env, "Asia/Tokyo") == [(DAY, "", 112), (DAY, "small", 30)]
    world.books_are_right()


def test_days_that_move_while_use_is_recorded_lose_none_of_it(world: World) -> None:
    people = [world.customer(f"c{number}@pelanggan.test") for number in range(4)]
    late = world.clock.now() - timedelta(hours=9)

    def move() -> None:
        for zone in ("Europe/London", "Asia/Tokyo", "America/New_York", "Asia/Jakarta") * 2:
            plans.apply(moved(world.env, zone), system("test"))

    mover = threading.Thread(target=move)
    mover.start()
    number = 0
    while mover.is_alive() or number < 40:
        use(world, people[number % 4], f"e{number}", 10, at=late)
        number += 1
    mover.join()
    assert kept(world.env) == told(world.env, "Asia/Jakarta") == [(DAY, "", 10 * number)]
    world.books_are_right()
