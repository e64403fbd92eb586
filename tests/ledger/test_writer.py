"""The one writer of usage: it opens and closes, loses nobody's ask, and one bad ask spoils nobody else's."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select, text

from billing_ui.infra.db import Database
from billing_ui.ledger import Outcome, Taken, Told, lane
from billing_ui.ledger.tables import account_head
from billing_ui.rules.errors import BillingError, Busy, EventFailed, NotFound
from billing_ui.services import usage
from billing_ui.services.usage_asks import ask
from tests.metering import HOST, books_tie, bring, chat, events, freeze_newest_lot, head, prepaid
from tests.world import Customer, World, open_world


@pytest.fixture
def world(stocked_db: Database) -> Iterator[World]:
    with open_world(stocked_db) as opened:
        yield opened


@pytest.fixture
def sari(world: World) -> Customer:
    return prepaid(world, 1_000)


async def record(world: World, customer: Customer, event_id: str, tokens: int = 1) -> Outcome:
    return await usage.record(world.env, HOST, chat(customer.account_id, event_id, tokens))


def test_it_writes_on_the_loop_it_settled_in_and_again_after_it_was_closed(world: World, sari: Customer) -> None:
    async def twice() -> None:
        for number in range(2):
            world.env.writer.settle_in()
            await asyncio.gather(*(record(world, sari, f"evt-{number}-{n}") for n in range(5)))
            await world.env.writer.close()

    asyncio.run(twice())
    asyncio.run(twice())
    assert usage.record_and_wait(world.env, HOST, chat(sari.account_id, "evt-last")).balance == 989
    books_tie(world.env.db)


def test_threads_may_ask_while_it_lives_on_the_loop_of_the_doors(world: World, sari: Customer) -> None:
    async def serve() -> list[Outcome]:
        world.env.writer.settle_in()
        wishes = [chat(sari.account_id, f"evt-{n}") for n in range(40)]
        calls = (asyncio.to_thread(usage.record_and_wait, world.env, HOST, wish) for wish in wishes)
        answers = await asyncio.gather(*calls)
        await world.env.writer.close()
        return answers

    assert sorted(outcome.balance for outcome in asyncio.run(serve())) == list(range(960, 1_000))


def test_a_loop_cannot_wait_for_itself(world: World, sari: Customer) -> None:
    async def wait_inside() -> None:
        world.env.writer.settle_in()
        with pytest.raises(RuntimeError, match="cannot wait for itself"):
            usage.record_and_wait(world.env, HOST, chat(sari.account_id, "evt-1"))
        await world.env.writer.close()

    asyncio.run(wait_inside())


def test_closing_answers_everybody_who_waits(world: World, sari: Customer) -> None:
    async def close_under_load() -> list[Outcome]:
        world.env.writer.settle_in()
        asked = [asyncio.create_task(record(world, sari, f"evt-{n}")) for n in range(600)]
        await asyncio.sleep(0)
        await world.env.writer.close()
        return await asyncio.wait_for(asyncio.gather(*asked), 30)

    assert len(asyncio.run(close_under_load())) == 600
    assert head(world.env.db, sari.account_id).balance == 400


def test_who_asks_while_it_closes_is_told_to_ask_again(world: World, sari: Customer) -> None:
    async def ask_late() -> None:
        world.env.writer.settle_in()
        first = asyncio.create_task(record(world, sari, "evt-1"))
        await asyncio.sleep(0)
        closing = asyncio.create_task(world.env.writer.close())
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await record(world, sari, "evt-2")
        await closing
        assert isinstance((await first).result, Taken)

    asyncio.run(ask_late())


def test_what_a_caller_asked_who_gave_up_is_done_all_the_same(world: World, sari: Customer) -> None:
    async def give_up() -> None:
        world.env.writer.settle_in()
        asked = [asyncio.create_task(record(world, sari, f"evt-{n}")) for n in range(20)]
        await asyncio.sleep(0)
        for task in asked[::2]:
            task.cancel()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(isinstance(answer, Outcome) for answer in answers) == 10
        await world.env.writer.close()

    asyncio.run(give_up())
    assert head(world.env.db, sari.account_id).balance == 980
    again = usage.record_and_wait(world.env, HOST, chat(sari.account_id, "evt-0")).result
    assert isinstance(again, Taken)
    assert again.replayed


def test_a_full_queue_says_busy_at_once_and_loses_nobody_who_stands_in_it(
    world: World, sari: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "MOST_WAITING", 50)

    async def crowd() -> list[Outcome | BaseException]:
        world.env.writer.settle_in()
        answers = await asyncio.gather(*(record(world, sari, f"evt-{n}") for n in range(80)), return_exceptions=True)
        await world.env.writer.close()
        return answers

    answers = asyncio.run(crowd())
    refused = [answer for answer in answers if isinstance(answer, Busy)]
    assert len(refused) == 30
    assert head(world.env.db, sari.account_id).balance == 1_000 - 50


def test_one_poisoned_ask_spoils_nobody_elses(world: World, sari: Customer) -> None:
    good = [ask(world.env, HOST, "record", chat(sari.account_id, f"evt-{n}")) for n in range(60)]
    bad = replace(good[17], told=Told("chat", metadata={"what": object()}))
    strange = replace(good[31], account_id=sari.account_id + 999)

    async def batch() -> list[Outcome | BaseException]:
        asks = [*good[:17], bad, *good[18:31], strange, *good[32:]]
        return await asyncio.gather(*(world.env.writer.ask(each) for each in asks), return_exceptions=True)

    answers = asyncio.run(batch())
    assert isinstance(answers[17], EventFailed) and answers[17].facts == {"event_id": "evt-17"}
    assert isinstance(answers[31], NotFound)
    assert sum(isinstance(answer, Outcome) for answer in answers) == 58
    assert events(world.env.db, sari.account_id) == 58
    books_tie(world.env.db)


def test_each_of_many_asks_has_an_answer_of_its_own(world: World, sari: Customer) -> None:
    wishes = [chat(sari.account_id, f"evt-{n}", 10) for n in range(120)] + [chat(sari.account_id + 999, "evt-x")]
    answers = asyncio.run(usage.batch(world.env, HOST, [*wishes, replace(wishes[0], input_tokens=11)]))
    taken = [each for each in answers if isinstance(each, Outcome) and isinstance(each.result, Taken)]
    assert len(taken) == 100
    assert [each.code for each in answers if isinstance(each, BillingError)] == ["not_found", "key_reused"]
    books_tie(world.env.db)


def test_lots_past_their_time_leave_before_anything_is_decided(world: World, sari: Customer) -> None:
    bring(world, sari.account_id, 500, "short", expires_at=world.clock.now() + timedelta(hours=1))
    world.later(hours=1)
    refused = usage.record_and_wait(world.env, HOST, chat(sari.account_id, "evt-1", 1_001))
    assert (refused.balance, head(world.env.db, sari.account_id).due_at) == (1_000, None)
    books_tie(world.env.db)


def test_a_frozen_lot_past_its_time_waits_and_holds_nobody_up(world: World, sari: Customer) -> None:
    bring(world, sari.account_id, 500, "short", priority=10, expires_at=world.clock.now() + timedelta(hours=1))
    freeze_newest_lot(world.env, sari.account_id, "freeze", world.clock.now())
    world.later(hours=2)
    taken = usage.record_and_wait(world.env, HOST, chat(sari.account_id, "evt-1", 1)).result
    assert isinstance(taken, Taken)
    books_tie(world.env.db)


@pytest.mark.parametrize("column", ["due_at", "release_at"])
def test_a_head_that_says_wrongly_that_something_is_due_is_put_right(world: World, sari: Customer, column: str) -> None:
    with world.env.db.begin() as tx:
        wrong = {column: world.clock.now() - timedelta(days=1)}
        tx.connection().execute(account_head.update().values(version=account_head.c.version + 1, **wrong))
    assert usage.record_and_wait(world.env, HOST, chat(sari.account_id, "evt-1")).balance == 999
    assert (head(world.env.db, sari.account_id).due_at, head(world.env.db, sari.account_id).release_at) == (None, None)


def test_a_clock_that_was_put_back_neither_stops_it_nor_turns_the_books_back(world: World, sari: Customer) -> None:
    bring(world, sari.account_id, 100, "short", priority=10, expires_at=world.clock.now() + timedelta(hours=1))
    world.later(minutes=50)
    usage.record_and_wait(world.env, HOST, chat(sari.account_id, "evt-1", 1))
    world.later(hours=-3)
    usage.record_and_wait(world.env, HOST, chat(sari.account_id, "evt-2", 1))
    assert head(world.env.db, sari.account_id).balance == 1_098
    books_tie(world.env.db)


def test_spends_and_postings_of_others_meet_on_one_account_and_none_is_lost(world: World, sari: Customer) -> None:
    def post(number: int) -> None:
        bring(world, sari.account_id, 10, f"more:{number}")

    def spend(number: int) -> bool:
        outcome = usage.record_and_wait(world.env, HOST, chat(sari.account_id, f"evt-{number}", 5))
        return isinstance(outcome.result, Taken)

    with ThreadPoolExecutor(24) as threads:
        posted = [threads.submit(post, number) for number in range(60)]
        spent = [threads.submit(spend, number) for number in range(300)]
        assert sum(each.result(60) for each in spent) * 5 <= 1_600
        assert [each.result(60) for each in posted] == [None] * 60
    taken = events(world.env.db, sari.account_id) * 5
    assert head(world.env.db, sari.account_id).balance == 1_600 - taken
    books_tie(world.env.db)


def test_who_waits_for_a_batch_that_does_not_come_back_is_told_so_and_finds_out_later(
    world: World, sari: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "PATIENCE_S", 0.4)
    locked, let_go = Event(), Event()

    def keep_the_head() -> None:
        with world.env.db.begin() as tx:
            tx.execute(select(account_head).with_for_update())
            locked.set()
            let_go.wait(20)

    keeper = Thread(target=keep_the_head)
    keeper.start()
    locked.wait(5)
    wish = chat(sari.account_id, "evt-1")
    for _ in range(2):  # the second one waits behind a batch that is given up already
        with pytest.raises(Busy):
            usage.record_and_wait(world.env, HOST, wish)
    let_go.set()
    keeper.join()
    monkeypatch.undo()  # nothing holds anybody up any more, and nobody has to hurry on a busy machine
    assert usage.record_and_wait(world.env, HOST, wish).balance == 999
    assert events(world.env.db, sari.account_id) == 1
    books_tie(world.env.db)


def test_a_connection_that_is_cut_under_load_costs_a_second_try_and_no_event(
    postgres_stocked_url: str,
) -> None:
    database = Database(postgres_stocked_url)
    with open_world(database) as world, ThreadPoolExecutor(16) as threads:
        sari = prepaid(world, 1_000)

        def insist(number: int) -> Outcome:
            for _ in range(50):
                try:
                    return usage.record_and_wait(world.env, HOST, chat(sari.account_id, f"evt-{number}", 2))
                except Busy:
                    time.sleep(0.02)
            raise AssertionError("never answered")

        answers = [threads.submit(insist, number) for number in range(300)]
        for _ in range(5):
            time.sleep(0.05)
            with world.env.db.begin() as tx:
                tx.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                " WHERE datname = current_database() AND pid <> pg_backend_pid()"))  # fmt: skip
        assert all(isinstance(each.result(60).result, Taken) for each in answers)
        assert head(world.env.db, sari.account_id).balance == 400
        books_tie(world.env.db)
    database.dispose()


def test_an_account_that_somebody_keeps_holds_nobody_else_up(postgres_stocked_url: str) -> None:
    database = Database(postgres_stocked_url)
    with open_world(database) as world:
        sari, budi = prepaid(world, 1_000), prepaid(world, 1_000, email="budi@pelanggan.test")
        kept, let_go = Event(), Event()

        def keep_the_head() -> None:
            with world.env.db.begin() as tx:
                tx.execute(select(account_head).where(account_head.c.account_id == sari.account_id).with_for_update())
                kept.set()
                let_go.wait(20)

        async def serve() -> None:
            world.env.writer.settle_in()
            waiting = [asyncio.create_task(record(world, sari, f"evt-{n}")) for n in range(5)]
            for number in range(20):
                await asyncio.wait_for(record(world, budi, f"evt-{number}"), 2)
            waiting.append(asyncio.create_task(record(world, sari, "evt-5")))
            assert not any(each.done() for each in waiting)
            let_go.set()
            assert [outcome.balance for outcome in await asyncio.gather(*waiting)] == [999, 998, 997, 996, 995, 994]
            await world.env.writer.close()

        keeper = Thread(target=keep_the_head)
        keeper.start()
        kept.wait(5)
        asyncio.run(serve())
        keeper.join()
        books_tie(world.env.db)
    database.dispose()
