"""Events at the edges: late ones, odd ones, those that no database could keep, and accounts that may owe."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from billing_ui.ledger import Held, Outcome, Taken
from billing_ui.ledger.tables import account_day, account_head, hold, usage_event
from billing_ui.rules.errors import FieldInvalid, KeyReused, NotFound
from billing_ui.rules.usage import Cover, Refusal
from billing_ui.services import usage
from tests.metering import HOST, books_tie, chat, head, prepaid, use
from tests.world import Customer, World


def used_today(outcome: Outcome, now: datetime) -> int:
    return next(each.used for each in outcome.standing.limits("tokens", now) if each.limit.window == "day")


@pytest.mark.parametrize("at", [
    datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC),
    datetime(2020, 2, 29, tzinfo=UTC),
])  # fmt: skip
def test_an_event_of_a_day_that_is_over_is_charged_now_and_counted_then(world: World, at: datetime) -> None:
    sari = prepaid(world, 5_000)
    use(world, sari, "now", 10)
    late = use(world, sari, "late", 7, at=at)
    assert isinstance(late.result, Taken)
    assert (late.result.occurred_at, late.balance, used_today(late, world.clock.now())) == (at, 4_983, 10)
    with world.env.db.read() as tx:
        days = sorted(tx.scalars(select(account_day.c.quantity)))
    assert days == [7, 10]
    books_tie(world.env.db)


def test_an_event_told_as_a_little_ahead_of_our_clock_happens_now(world: World) -> None:
    sari, now = prepaid(world, 100), world.clock.now()
    taken = use(world, sari, "evt-1", 1, at=now + timedelta(minutes=4)).result
    assert isinstance(taken, Taken)
    assert taken.occurred_at == now


@pytest.mark.parametrize(("told", "field"), [
    ({"metadata": {"a": "nul\0"}}, "metadata"), ({"metadata": {"a\0": 1}}, "metadata"),
    ({"metadata": {"a": "\ud800"}}, "metadata"), ({"metadata": {"a": float("nan")}}, "metadata"),
    ({"metadata": {"a": object()}}, "metadata"), ({"metadata": {"a": "x" * 2048}}, "metadata"),
    ({"metadata": {1: 1, "1": 1}}, "metadata"), ({"model": "m\0"}, "model"), ({"model": "\udfff"}, "model"),
    ({"session": "s" * 101}, "session"), ({"event_id": ""}, "event_id"), ({"event_id": "e\0"}, "event_id"),
    ({"event_id": "\ud800"}, "event_id"), ({"event_id": "e" * 201}, "event_id"),
    ({"input_tokens": -1}, "input_tokens"), ({"output_tokens": 10**12 + 1}, "output_tokens"),
])  # fmt: skip
def test_what_the_books_could_not_keep_is_refused_before_it_reaches_them(
    world: World, told: dict[str, Any], field: str
) -> None:
    sari = prepaid(world, 100)
    asked = {"event_id": "evt-1", "tokens": 1} | {{"input_tokens": "tokens"}.get(k, k): v for k, v in told.items()}
    with pytest.raises(FieldInvalid) as refused:
        use(world, sari, **asked)
    assert refused.value.facts["field"] == field
    assert head(world.env.db, sari.account_id).balance == 100


def test_what_is_odd_but_can_be_kept_is_kept_as_it_was_told(world: World) -> None:
    sari = prepaid(world, 100)
    metadata = {"backslash": r"\u0000 \\u0000", "big": 10**15, "deep": [[{"é🙂": None}]], "real": 0.1}
    taken = use(world, sari, "évènement 🙂", 3, metadata=metadata, session="sesi/1", model="gpt-5 'mini'").result
    assert isinstance(taken, Taken)
    with world.env.db.read() as tx:
        row = tx.execute(select(usage_event)).one()
    assert (row.metadata, row.session, row.model) == (metadata, "sesi/1", "gpt-5 'mini'")
    assert use(world, sari, "évènement 🙂", 3, metadata=metadata, session="sesi/1", model="gpt-5 'mini'").balance == 97


def test_an_event_of_the_largest_figures_is_told_exactly_what_it_lacks(world: World) -> None:
    sari = prepaid(world, 10**15)
    refused = use(world, sari, "evt-1", 10**12, output_tokens=10**12).result
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.needed) == ("quota_exceeded", 2 * 10**12)


def test_a_call_that_used_nothing_is_on_record_and_costs_nothing(world: World) -> None:
    sari = prepaid(world, 100)
    taken = use(world, sari, "evt-1", 0).result
    assert isinstance(taken, Taken)
    assert (taken.charged, taken.balance_after, taken.cover) == (0, 100, Cover())
    books_tie(world.env.db)


def allow_to_owe(world: World, customer: Customer, tokens: int) -> None:
    with world.env.db.begin() as tx:
        mine = account_head.update().where(account_head.c.account_id == customer.account_id)
        tx.execute(mine.values(floor=-tokens, version=account_head.c.version + 1))


def test_an_account_that_may_owe_is_served_down_to_its_floor_and_not_below(world: World) -> None:
    sari = prepaid(world, 100)
    allow_to_owe(world, sari, 50)
    assert [use(world, sari, f"evt-{n}", 60).balance for n in range(3)] == [40, -20, -20]
    settled = asyncio.run(_reserve_and_settle(world, sari, "call-1", 30, 200))
    assert isinstance(settled.result, Taken)
    assert (settled.balance, settled.result.cover.from_lots, settled.result.cover.uncovered) == (-50, 30, 170)
    books_tie(world.env.db)


async def _reserve_and_settle(world: World, customer: Customer, call: str, estimate: int, cost: int) -> Outcome:
    held = await usage.reserve(world.env, HOST, chat(customer.account_id, call, estimate), 60)
    assert isinstance(held.result, Held)
    return await usage.settle(world.env, HOST, chat(customer.account_id, call, cost))


def test_the_truth_about_a_call_is_one_whichever_way_it_is_told(world: World) -> None:
    """One id names one call: what was settled cannot be recorded, reserved or let go again as something else."""
    sari = prepaid(world, 1_000)
    first = asyncio.run(_reserve_and_settle(world, sari, "call-1", 30, 20))
    mine = chat(sari.account_id, "call-1", 20)
    for again in (
        usage.record(world.env, HOST, mine),
        usage.settle(world.env, HOST, chat(sari.account_id, "call-1", 21)),
        usage.release(world.env, HOST, sari.account_id, "call-1"),
    ):
        with pytest.raises(KeyReused):
            asyncio.run(again)
    replayed = asyncio.run(usage.settle(world.env, HOST, mine))
    assert isinstance(replayed.result, Taken)
    assert (replayed.result.replayed, replayed.balance) == (True, first.balance)
    with pytest.raises(NotFound):
        asyncio.run(usage.settle(world.env, HOST, chat(sari.account_id, "never-reserved", 1)))
    books_tie(world.env.db)


def holds(world: World) -> list[tuple[str, str]]:
    with world.env.db.read() as tx:
        return [tuple(row) for row in tx.execute(select(hold.c.key, hold.c.state).order_by(hold.c.key))]


async def _reserved(world: World, customer: Customer, *calls: str, tokens: int = 300) -> None:
    for call in calls:
        held = await usage.reserve(world.env, HOST, chat(customer.account_id, call, tokens), 600)
        assert isinstance(held.result, Held)


def test_an_event_recorded_under_the_id_of_a_reservation_is_that_call_and_nothing_stays_held(world: World) -> None:
    sari = prepaid(world, 1_000)
    asyncio.run(_reserved(world, sari, "call-1", "call-2", "call-3"))
    taken = use(world, sari, "call-1", 400)
    assert isinstance(taken.result, Taken)
    assert (taken.result.charged, taken.balance, taken.held, taken.standing.spendable) == (400, 600, 600, 0)
    answers = asyncio.run(
        usage.batch(world.env, HOST, [chat(sari.account_id, "call-2", 20), chat(sari.account_id, "x")])
    )
    assert [type(answer.result).__name__ for answer in answers if isinstance(answer, Outcome)] == ["Taken", "Taken"]
    assert holds(world) == [("call-1", "settled"), ("call-2", "settled"), ("call-3", "open")]
    assert (head(world.env.db, sari.account_id).held, head(world.env.db, sari.account_id).balance) == (300, 579)
    assert use(world, sari, "call-1", 400).balance == 579, "told again it is answered as before"
    for late in (
        usage.settle(world.env, HOST, chat(sari.account_id, "call-1", 400)),
        usage.release(world.env, HOST, sari.account_id, "call-1"),
    ):
        with pytest.raises(KeyReused):
            asyncio.run(late)
    books_tie(world.env.db)


def test_an_event_that_its_reservation_does_not_pay_for_is_refused_and_may_still_be_settled(world: World) -> None:
    sari = prepaid(world, 1_000)
    asyncio.run(_reserved(world, sari, "call-1", "call-2"))
    refused = use(world, sari, "call-1", 701)
    assert isinstance(refused.result, Refusal)
    assert (refused.result.available, refused.held, holds(world)) == (
        700, 600, [("call-1", "open"), ("call-2", "open")])  # fmt: skip
    settled = asyncio.run(usage.settle(world.env, HOST, chat(sari.account_id, "call-1", 701)))
    assert isinstance(settled.result, Taken)
    assert (settled.balance, settled.held, settled.result.cover.uncovered) == (300, 300, 1)
    books_tie(world.env.db)


def test_a_call_that_is_recorded_settled_and_let_go_at_once_is_charged_once_at_most(world: World) -> None:
    sari, calls = prepaid(world, 10_000), [f"call-{n}" for n in range(20)]
    asyncio.run(_reserved(world, sari, *calls, tokens=30))

    async def all_at_once() -> list[Outcome | BaseException]:
        ends = []
        for call in calls:
            wish = chat(sari.account_id, call, 40)
            ends += [
                usage.record(world.env, HOST, wish), usage.settle(world.env, HOST, wish),
                usage.release(world.env, HOST, sari.account_id, call),
            ]  # fmt: skip
        return await asyncio.gather(*ends, return_exceptions=True)

    answers = asyncio.run(all_at_once())
    taken = [answer for answer in answers if isinstance(answer, Outcome) and isinstance(answer.result, Taken)]
    assert len(taken) == 20
    assert {type(answer) for answer in answers if isinstance(answer, BaseException)} == {KeyReused}
    assert (head(world.env.db, sari.account_id).balance, head(world.env.db, sari.account_id).held) == (9_200, 0)
    books_tie(world.env.db)
