"""Jobs: stored with their cause, run once per key, taken over when a process dies, parked when they cannot be done."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.jobs import schedule
from billing_ui.jobs.runner import Runner, run_due, run_one
from billing_ui.kit.clock import SystemClock
from billing_ui.kit.json_types import JsonMap
from billing_ui.models import Job
from billing_ui.rules.errors import NotFound
from billing_ui.rules.jobs import LEASE, MAX_ATTEMPTS
from billing_ui.services import outbox, queue
from tests.world import Crash, World


def store(env: Env, key: str, due_in: float = 0) -> bool:
    with env.db.begin() as tx:
        return outbox.enqueue(tx, env, "test", key, {"name": key}, env.clock.now() + timedelta(seconds=due_in))


def job(env: Env, key: str) -> Job:
    with env.db.read() as tx:
        return tx.scalars(select(Job).where(col(Job.key) == key)).one()


class Work:
    """Remembers what was done; fails as often as it is told."""

    def __init__(self, failures: int = 0, error: type[BaseException] = RuntimeError) -> None:
        self.done: list[str] = []
        self.failures = failures
        self.error = error

    def __call__(self, _env: Env, args: JsonMap) -> datetime | None:
        if self.failures > 0:
            self.failures -= 1
            raise self.error("not now")
        self.done.append(args["name"])
        return None


def test_the_same_key_is_one_job(world: World) -> None:
    assert store(world.env, "a") is True
    assert store(world.env, "a") is False
    work = Work()
    assert run_due(world.env, {"test": work}) == 1
    assert work.done == ["a"]


def test_a_job_of_a_transaction_that_fails_was_never_stored(world: World) -> None:
    def fail() -> None:
        with world.env.db.begin() as tx:
            outbox.enqueue(tx, world.env, "test", "a", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert run_due(world.env, {"test": Work()}) == 0


def test_a_job_waits_until_it_is_due(world: World) -> None:
    store(world.env, "a", due_in=30)
    work = Work()
    assert run_due(world.env, {"test": work}) == 0
    world.later(seconds=30)
    assert run_due(world.env, {"test": work}) == 1


def test_a_kind_this_process_does_not_know_is_left_for_another(world: World) -> None:
    store(world.env, "a")
    assert run_due(world.env, {"other": Work()}) == 0
    assert job(world.env, "a").attempts == 0


def test_a_failed_job_comes_back_later_with_its_error_written_down(world: World) -> None:
    store(world.env, "a")
    work = Work(failures=1)
    assert run_due(world.env, {"test": work}) == 1
    assert "not now" in job(world.env, "a").last_error
    world.later(seconds=3)
    run_due(world.env, {"test": work})
    assert work.done == ["a"]
    assert job(world.env, "a").state == "done"


def test_a_job_that_never_succeeds_is_parked(world: World) -> None:
    store(world.env, "a")
    work = Work(failures=1_000)
    for _ in range(MAX_ATTEMPTS + 5):
        run_due(world.env, {"test": work})
        world.later(hours=2)
    assert job(world.env, "a").state == "dead"
    assert job(world.env, "a").attempts == MAX_ATTEMPTS


def test_a_job_whose_process_dies_is_taken_over_when_its_lease_ends(world: World) -> None:
    store(world.env, "a")
    with pytest.raises(Crash):
        run_one(world.env, {"test": Work(failures=1, error=Crash)}, "dying")
    work = Work()
    assert run_due(world.env, {"test": work}) == 0
    world.later(seconds=LEASE.total_seconds() + 1)
    assert run_due(world.env, {"test": work}) == 1
    assert work.done == ["a"]


def test_a_job_that_kills_every_process_is_parked_not_handed_out_for_ever(world: World) -> None:
    store(world.env, "a")
    deaths = 0
    for _ in range(MAX_ATTEMPTS + 5):
        try:
            run_one(world.env, {"test": Work(failures=1, error=Crash)}, "dying")
        except Crash:
            deaths += 1
        world.later(seconds=LEASE.total_seconds() + 1)
    assert deaths == MAX_ATTEMPTS
    assert job(world.env, "a").state == "dead"


def test_a_runner_that_lost_its_lease_cannot_overwrite_the_winner(world: World) -> None:
    store(world.env, "a")
    slow = queue.claim(world.env, "slow", ("test",))
    assert slow is not None
    world.later(seconds=LEASE.total_seconds() + 1)
    assert run_due(world.env, {"test": Work()}) == 1
    assert queue.give_back(world.env, slow, "too late") is False
    assert job(world.env, "a").state == "done"


def test_twenty_threads_share_a_hundred_jobs_and_do_each_once(world: World) -> None:
    for number in range(100):
        store(world.env, f"job-{number}")
    work = Work()
    threads = [threading.Thread(target=run_due, args=(world.env, {"test": work}, f"thread-{n}")) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(work.done) == sorted(f"job-{number}" for number in range(100))


def test_a_job_stored_now_starts_well_within_a_second(world: World) -> None:
    clock = SystemClock()
    started = threading.Event()

    def begin(_env: Env, _args: JsonMap) -> None:
        started.set()

    env = replace(world.env, clock=clock)
    runner = Runner(env, {"test": begin}, "prompt")
    env = replace(env, awaken=runner.awaken)
    runner.start()
    try:
        store(env, "a")
        assert started.wait(1)
    finally:
        runner.stop()


def test_a_job_stored_by_another_process_starts_within_a_second_of_being_due(world: World) -> None:
    env = replace(world.env, clock=SystemClock())
    started = threading.Event()
    runner = Runner(env, {"test": lambda _env, _args: started.set()}, "patient")
    runner.start()
    try:
        store(env, "a", due_in=0.2)
        assert started.wait(1.2)
    finally:
        runner.stop()


def test_rounds_come_round_and_are_armed_once_by_any_number_of_processes(world: World) -> None:
    for _ in range(3):
        schedule.arm(world.env)
    first = world.work()
    # The comparison with the gateway waits for its night.
    assert first == len([kind for kind in schedule.HANDLERS if kind.startswith("cron.")]) - 1
    assert world.work() == 0
    world.later(seconds=2)
    assert world.work() == 1


def test_after_hours_of_sleep_a_missed_round_runs_once_not_many_times(world: World) -> None:
    schedule.arm(world.env)
    world.work()
    world.later(hours=5)
    assert world.work() <= len(schedule.HANDLERS)


def test_a_job_that_can_never_succeed_is_parked_at_once(world: World) -> None:
    store(world.env, "a")

    def refuse(_env: Env, _args: JsonMap) -> None:
        raise NotFound(what="payment")

    run_due(world.env, {"test": refuse})
    assert (job(world.env, "a").state, job(world.env, "a").attempts) == ("dead", 1)
