"""The look budget: all processes together stay within the gateway's patience, and the youngest payments go first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from billing_ui.env import Env
from billing_ui.gateways.xendit import XenditGateway
from billing_ui.infra.db import Database
from billing_ui.jobs import schedule
from billing_ui.jobs.runner import run_due
from billing_ui.kit.clock import ManualClock
from billing_ui.rules.access import system
from billing_ui.rules.facts import RequestStatus
from billing_ui.services import looks, read_backs
from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, Box
from tests.world import Customer, World

BUDGET = 4


class Counted(XenditGateway):
    """The real adapter; the test keeps the instants at which it was asked."""

    def __init__(self, url: str, clock: ManualClock) -> None:
        super().__init__(API_KEY, url, (CALLBACK_TOKEN,), reads_per_minute=2 * BUDGET)
        self.clock = clock
        self.asked: list[tuple[datetime, str]] = []

    def status(self, request_id: str, payment_ids: tuple[str, ...] = ()) -> RequestStatus:
        self.asked.append((self.clock.now(), request_id))
        return super().status(request_id, payment_ids)

    def most_in_a_minute(self) -> int:
        starts = [at for at, _ in self.asked]
        return max(sum(start <= at < start + timedelta(minutes=1) for at in starts) for start in starts)


@pytest.fixture
def counted(world: World, box: Box) -> Counted:
    return Counted(box.xendit_url, world.clock)


@pytest.fixture
def processes(world: World, counted: Counted) -> Iterator[tuple[Env, Env]]:
    """Two of them: they share the database and the gateway, and nothing else."""
    other = Database(world.env.db.url)
    first = replace(world.env, gateways={"xendit": counted})
    yield first, replace(first, db=other)
    other.dispose()


def wants(world: World, customer: Customer, count: int) -> list[str]:
    return [world.wants(customer, amount) for amount in range(25_000, 25_000 + 5_000 * count, 5_000)]


def look(env: Env, world: World, ref: str) -> datetime | None:
    payment = world.payment(ref)
    assert payment.id is not None
    return looks.look(env, payment.id)


def test_two_processes_together_never_look_more_often_than_the_budget(
    world: World, counted: Counted, processes: tuple[Env, Env]
) -> None:
    refs = wants(world, world.customer(), 12)
    for _ in range(280):
        world.later(seconds=1)
        for env in processes:
            run_due(env, schedule.HANDLERS)
    assert counted.most_in_a_minute() == BUDGET
    assert {request_id for _, request_id in counted.asked} == {world.payment(ref).gateway_request_id for ref in refs}


def test_threads_of_two_processes_at_one_moment_share_the_budget(
    world: World, counted: Counted, processes: tuple[Env, Env]
) -> None:
    refs = wants(world, world.customer(), 12)
    threads = [
        threading.Thread(target=look, args=(processes[number % 2], world, ref)) for number, ref in enumerate(refs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counted.asked) == BUDGET


def test_when_looks_are_short_the_young_go_before_the_old(
    world: World, counted: Counted, processes: tuple[Env, Env]
) -> None:
    env, _ = processes
    customer = world.customer()
    old = wants(world, customer, 3)
    world.later(hours=2)
    for ref in old:
        look(env, world, ref)
    world.later(minutes=5)
    counted.asked.clear()
    young = wants(world, customer, 2)
    answers = [look(env, world, ref) for ref in (*old, *young)]
    asked = {request_id for _, request_id in counted.asked}
    assert asked == {world.payment(ref).gateway_request_id for ref in (*old[:2], *young)}
    put_off_to = answers[2]
    assert put_off_to is not None
    assert look(env, world, young[0]) == world.clock.now() + timedelta(minutes=1)
    assert put_off_to > world.clock.now() + timedelta(minutes=1)
    assert len(counted.asked) == BUDGET


def test_a_look_that_was_put_off_comes_when_there_is_room_again(
    world: World, box: Box, counted: Counted, processes: tuple[Env, Env]
) -> None:
    env, _ = processes
    customer = world.customer()
    refs = wants(world, customer, BUDGET + 1)
    box.pay(refs[-1], drop_webhook=True)
    again = [look(env, world, ref) for ref in refs][-1]
    assert world.payment(refs[-1]).status == "pending"
    assert again is not None
    world.clock.advance(again - world.clock.now())
    assert look(env, world, refs[-1]) is None
    assert world.payment(refs[-1]).status == "paid"


def test_check_now_keeps_to_the_budget_and_is_made_up_for_by_a_look(
    world: World, box: Box, counted: Counted, processes: tuple[Env, Env]
) -> None:
    env, _ = processes
    customer = world.customer()
    refs = wants(world, customer, BUDGET + 1)
    world.later(seconds=20)
    for ref in refs[:-1]:
        look(env, world, ref)
    box.pay(refs[-1], drop_webhook=True)
    assert looks.check(env, customer.actor, refs[-1]) == "pending"
    assert len(counted.asked) == BUDGET
    for _ in range(70):
        world.later(seconds=1)
        run_due(env, schedule.HANDLERS)
    assert world.payment(refs[-1]).status == "paid"


def test_a_webhook_is_read_back_however_short_looks_are(
    world: World, box: Box, counted: Counted, processes: tuple[Env, Env]
) -> None:
    env, _ = processes
    refs = wants(world, world.customer(), BUDGET + 1)
    for ref in refs[:-1]:
        look(env, world, ref)
    paid = world.payment(refs[-1])
    box.pay(paid.reference, drop_webhook=True)
    assert paid.gateway_request_id is not None
    assert look(env, world, refs[-1]) is not None
    assert read_backs.read_back(env, system("webhook"), paid, paid.gateway_request_id) == "paid"
    assert len(counted.asked) == BUDGET + 1


@pytest.mark.parametrize(
    ("key", "url", "room"),
    [
        ("xnd_development_k", "https://api.xendit.co", 60),
        ("xnd_production_k", "https://api.xendit.co", 600),
        ("xnd_development_k", "http://127.0.0.1:4010/xendit", 600),
    ],
)
def test_keys_for_trying_out_have_less_room_at_the_gateway_itself(key: str, url: str, room: int) -> None:
    assert XenditGateway(key, url, ()).reads_per_minute == room
