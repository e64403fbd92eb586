"""A host app's users use tokens up: charged once, paid by allowance, then lots, and never below zero."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from billing_ui import ledger
from billing_ui.ledger import Outcome, Posting, Taken, Transfer
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import FieldInvalid, KeyReused
from billing_ui.rules.usage import Cover, Refusal
from billing_ui.services import usage
from billing_ui.services.usage import Usage
from tests.metering import bring
from tests.world import Customer, World

HOST = Actor("host:test")


def record(world: World, customer: Customer, event_id: str = "evt-1", **told: object) -> Outcome:
    asked: dict[str, object] = {"operation": "chat", "input_tokens": 600, "output_tokens": 400} | told
    return usage.record_and_wait(world.env, HOST, Usage(customer.account_id, event_id, **asked))  # type: ignore[arg-type]


def test_use_is_paid_by_what_the_plan_includes_before_it_touches_the_balance(world: World) -> None:
    sari = world.customer()
    taken = record(world, sari).result
    assert isinstance(taken, Taken)
    assert (taken.charged, taken.cover, taken.balance_after) == (1000, Cover(allowance=1000), 0)
    world.books_are_right()


def test_the_same_event_again_answers_what_was_answered_and_charges_nothing(world: World) -> None:
    sari = world.customer()
    first = record(world, sari)
    again = record(world, sari)
    assert isinstance(again.result, Taken) and again.result.replayed
    assert (again.balance, again.standing.spendable) == (first.balance, first.standing.spendable)
    assert again.standing.limits("tokens", world.clock.now()) == first.standing.limits("tokens", world.clock.now())


def test_the_same_event_id_with_another_content_is_a_conflict(world: World) -> None:
    sari = world.customer()
    record(world, sari)
    with pytest.raises(KeyReused):
        record(world, sari, output_tokens=401)


def test_a_daily_limit_refuses_and_says_when_it_resets(world: World) -> None:
    sari = world.customer()
    record(world, sari, input_tokens=19_000, output_tokens=0)
    refused = record(world, sari, "evt-2", input_tokens=1_001, output_tokens=0).result
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.window, refused.limit, refused.used, refused.available) == (
        "quota_exceeded", "day", 20_000, 19_000, 1_000)  # fmt: skip
    assert refused.resets_at is not None and refused.resets_at.isoformat() == "2026-11-21T17:00:00+00:00"


def test_an_instant_told_in_another_zone_is_the_same_event(world: World) -> None:
    sari, at = world.customer(), datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    record(world, sari, occurred_at=at)
    again = record(world, sari, occurred_at=at.astimezone(timezone(timedelta(hours=7)))).result
    assert isinstance(again, Taken) and again.replayed


@pytest.mark.parametrize(("at", "why"), [
    (datetime(1, 1, 1, tzinfo=UTC), "too_old"), (datetime(2026, 11, 21, 3, 6, tzinfo=UTC), "in_the_future"),
    (datetime(2026, 11, 21, 3), "instant_with_zone"),  # noqa: DTZ001 - meant
])  # fmt: skip
def test_an_instant_that_cannot_be_is_refused_before_it_reaches_the_books(world: World, at: datetime, why: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        record(world, world.customer(), occurred_at=at)
    assert refused.value.facts == {"field": "occurred_at", "why": why}


def test_debt_of_a_refund_stops_use_that_the_plan_includes_until_a_top_up_repays_it(world: World) -> None:
    sari = world.customer()
    now = world.clock.now()
    taken_back = (Transfer(ledger.TOKEN, ledger.WALLET, ledger.PAYOUT, 300),)
    with world.env.db.begin() as tx:
        ledger.post(tx, Posting(sari.account_id, "back", "back", "test", now, taken_back, may_owe=True), now)
    refused = record(world, sari).result
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.available) == ("insufficient_balance", 0)
    bring(world, sari.account_id, 300, "repaid")
    taken = record(world, sari).result
    assert isinstance(taken, Taken) and taken.cover == Cover(allowance=1000)
    world.books_are_right()
