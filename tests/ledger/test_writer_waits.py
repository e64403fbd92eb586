"""Whoever asks the writer is answered, however long somebody else keeps the books and however its loop ends."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select, text

from billing_ui.infra.db import Database
from billing_ui.ledger import Outcome, Taken, Writer, alerts, lane, writer
from billing_ui.ledger.tables import account_head
from billing_ui.rules.errors import BillingError, Busy, EventFailed
from billing_ui.services import usage
from billing_ui.services.usage_asks import ask
from tests.metering import HOST, books_tie, bring, chat, events, head, prepaid, use
from tests.world import Customer, World, open_world


@pytest.fixture
def world(stocked_db: Database) -> Iterator[World]:
    with open_world(stocked_db) as opened:
        yield opened


@pytest.fixture
def sari(world: World) -> Customer:
    return prepaid(world, 1_000)


@contextmanager
def kept(world: World) -> Iterator[Event]:
    """Somebody else keeps all heads (on SQLite: the file) until told to let go."""
    has_it, let_go = Event(), Event()

    def keep() -> None:
        with world.env.db.begin() as tx:
            tx.execute(select(account_head).with_for_update())
            has_it.set()
            let_go.wait(20)

    keeper = Thread(target=keep)
    keeper.start()
    has_it.wait(5)
    yield let_go
    let_go.set()
    keeper.join()


def test_two_writers_that_race_for_one_account_take_turns_by_its_lock(
    postgres_stocked_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "_ROUNDS_BEFORE_LOCK", 1)
    database = Database(postgres_stocked_url)
    with open_world(database) as world:
        sari = prepaid(world, 1_000)
        other = Writer(world.env.db, world.clock, "tokens", world.env.signals.publish_all, world.env.awaken)

        def spend(number: int) -> Outcome:
            wish = ask(world.env, HOST, "record", chat(sari.account_id, f"evt-{number}"))
            return (world.env.writer if number % 2 else other).ask_and_wait(wish)

        with ThreadPoolExecutor(16) as threads:
            balances = [outcome.balance for outcome in threads.map(spend, range(400))]
        assert sorted(balances) == list(range(600, 1_000))
        other.close_and_wait()
        books_tie(world.env.db)
    database.dispose()


def test_an_account_that_stays_due_is_answered_busy_instead_of_going_round_for_ever(
    world: World, sari: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "_MOST_ROUNDS", 0)
    bring(world, sari.account_id, 10, "brief", expires_at=world.clock.now() + timedelta(minutes=1))
    world.later(minutes=2)
    with pytest.raises(Busy):
        use(world, sari, "evt-1", 1)
    assert use(world, sari, "evt-1", 1).balance == 999
    books_tie(world.env.db)


def test_an_account_that_is_kept_for_too_long_is_answered_busy_and_others_are_served(
    postgres_stocked_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_WAIT_AT_MOST", text("SET LOCAL lock_timeout = '50ms'"))
    database = Database(postgres_stocked_url)
    with open_world(database) as world:
        sari = prepaid(world, 1_000)
        with kept(world):
            with pytest.raises(Busy):
                use(world, sari, "evt-1", 1)
            budi = prepaid(world, 1_000, email="budi@pelanggan.test")
            assert use(world, budi, "evt-1", 1).balance == 999
        assert use(world, sari, "evt-1", 1).balance == 999
        books_tie(world.env.db)
    database.dispose()


def test_a_thread_that_waits_too_long_is_told_to_ask_again(
    world: World, sari: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PATIENCE_S", 0.1)
    with kept(world), pytest.raises(Busy):
        use(world, sari, "evt-1", 1)
    monkeypatch.setattr(writer, "PATIENCE_S", 12)
    assert use(world, sari, "evt-1", 1).balance == 999
    assert events(world.env.db, sari.account_id) == 1


def test_whoever_waits_for_a_loop_that_ends_is_told_to_ask_again(world: World, sari: Customer) -> None:
    async def end_early(asked: list[Thread]) -> None:
        world.env.writer.settle_in()
        asked.append(Thread(target=ask_from_thread))
        asked[0].start()
        await asyncio.sleep(0.2)

    heard: list[BillingError] = []

    def ask_from_thread() -> None:
        try:
            use(world, sari, "evt-1", 1)
        except BillingError as error:
            heard.append(error)

    asked: list[Thread] = []
    with kept(world) as let_go:
        loop_over = Thread(target=lambda: asyncio.run(end_early(asked)))
        loop_over.start()
        loop_over.join(1)
        let_go.set()
        loop_over.join(10)
        asked[0].join(10)
    assert [error.code for error in heard] == ["busy"]
    assert use(world, sari, "evt-1", 1).balance == 999


def test_many_asks_are_answered_on_the_loop_of_the_doors_and_in_threads(
    world: World, sari: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "MOST_WAITING", 30)
    asks = [ask(world.env, HOST, "record", chat(sari.account_id, f"evt-{number}")) for number in range(40)]

    async def on_the_loop() -> list[Outcome | BillingError]:
        world.env.writer.settle_in()
        answers = await world.env.writer.ask_all(asks)
        await world.env.writer.close()
        return answers

    assert [isinstance(answer, Outcome) for answer in asyncio.run(on_the_loop())] == [True] * 30 + [False] * 10
    rest = world.env.writer.ask_all_and_wait(asks[20:])
    assert sum(isinstance(answer, Outcome) for answer in rest) == 20
    assert world.env.writer.ask_all_and_wait([]) == []
    assert head(world.env.db, sari.account_id).balance == 960


def test_it_closes_from_any_loop_and_also_when_nobody_has_asked(world: World, sari: Customer) -> None:
    asyncio.run(world.env.writer.close())
    assert use(world, sari, "evt-1", 1).balance == 999
    asyncio.run(world.env.writer.close())
    assert use(world, sari, "evt-2", 1).balance == 998


def test_a_mistake_of_ours_is_told_to_the_one_it_happened_to_and_the_other_has_its_answer(
    world: World, sari: Customer
) -> None:
    good = ask(world.env, HOST, "record", chat(sari.account_id, "evt-1"))
    strange = ask(world.env, HOST, "record", chat(sari.account_id, "evt-2", 1))
    object.__setattr__(strange, "told", None)
    taken, failed = world.env.writer.ask_all_and_wait([good, strange])
    assert isinstance(taken, Outcome) and isinstance(taken.result, Taken)
    assert isinstance(failed, EventFailed)
    assert use(world, sari, "evt-2", 1).balance == 998, "nothing was charged for it, and its id is free"


def test_what_was_alerted_long_ago_may_be_forgotten_and_is_still_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "_MOST_REMEMBERED", 0)
    budi = world.customer()
    for number in range(4):
        use(world, budi, f"evt-{number}", 4_500)
    assert world.jobs("alerts.tell") == 1


def test_a_lone_event_that_meets_a_plan_of_before_a_migration_is_tried_again_on_a_fresh_line(
    postgres_stocked_url: str,
) -> None:
    database = Database(postgres_stocked_url)
    with open_world(database) as world:
        sari = prepaid(world, 1_000)
        assert use(world, sari, "evt-1", 1).balance == 999
        with database.begin() as tx:
            tx.execute(text("ALTER TABLE account_head ALTER COLUMN access TYPE varchar(40)"))
        assert use(world, sari, "evt-2", 1).balance == 998
        assert usage.check_and_wait(world.env, HOST, chat(sari.account_id, "", 1)).balance == 998
        books_tie(world.env.db)
    database.dispose()
