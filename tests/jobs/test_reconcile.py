"""Each night yesterday is compared with the gateway, and a bad night does not end the nights."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from billing_ui.gateways.xendit import XenditGateway
from billing_ui.jobs import reconcile, schedule
from billing_ui.models import Job, ReconcileRun
from billing_ui.rules.reconciliation import Span
from billing_ui.services import queue, reconciliation
from tests.live_sandbox import Box
from tests.world import World

# The world begins on a Saturday at ten in the morning in Jakarta.
NEXT = datetime(2026, 11, 21, 20, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 21, 17, tzinfo=UTC)


def job(world: World) -> Job:
    with world.env.db.read() as tx:
        return tx.scalars(select(Job).where(col(Job.key) == reconcile.KEY)).one()


def spans(world: World) -> list[tuple[datetime, datetime]]:
    with world.env.db.read() as tx:
        return [(run.from_at, run.to_at) for run in tx.scalars(select(ReconcileRun).order_by(col(ReconcileRun.id)))]


def test_the_first_round_is_due_at_three_and_compares_yesterday_with_its_overlap(world: World) -> None:
    schedule.arm(world.env)
    assert job(world).due_at == NEXT
    world.work()
    assert spans(world) == []
    world.clock.set(NEXT + timedelta(minutes=1))
    world.work()
    assert spans(world) == [(MIDNIGHT - timedelta(days=3), MIDNIGHT)]
    assert job(world).due_at == NEXT + timedelta(days=1)


def test_days_that_were_missed_are_compared_too(world: World) -> None:
    schedule.arm(world.env)
    world.clock.set(NEXT)
    world.work()
    world.clock.set(NEXT + timedelta(days=6))
    schedule.arm(world.env)
    world.work()
    assert spans(world)[-1] == (MIDNIGHT - timedelta(days=2), MIDNIGHT + timedelta(days=6))


def test_a_gateway_that_is_away_is_asked_again_in_a_quarter_of_an_hour(world: World, box: Box) -> None:
    schedule.arm(world.env)
    world.clock.set(NEXT)
    box.fault("500", "transactions", times=None)
    world.work()
    assert (job(world).state, job(world).due_at) == ("queued", NEXT + timedelta(minutes=15))
    box.no_faults()
    world.later(minutes=15)
    world.work()
    assert len(spans(world)) == 1


def test_a_gateway_that_refuses_us_is_asked_again_the_next_night(world: World) -> None:
    stranger = XenditGateway("not-a-key", world.env.config.xendit_base_url, ())
    env = replace(world.env, gateways={"xendit": stranger})
    world.clock.set(NEXT)
    assert reconcile.run(env, {}) == NEXT + timedelta(days=1)


def test_a_round_that_fails_does_not_stop_the_rounds_after_it(world: World, caplog: pytest.LogCaptureFixture) -> None:
    schedule.arm(world.env)
    world.clock.set(NEXT)
    world.crashes.armed["db.before_commit"] = RuntimeError("the disk is full")
    assert reconcile.run(world.env, {}) == NEXT + timedelta(days=1)
    assert "reconciliation failed" in caplog.text


def test_a_long_comparison_keeps_its_job(world: World) -> None:
    """A lease is a minute; a list of a hundred thousand payments takes longer."""
    schedule.arm(world.env)
    world.clock.set(NEXT)
    assert queue.claim(world.env, "slow", (reconcile.KIND,)) is not None
    hold = reconcile.holding(world.env)
    for _ in range(10):
        world.later(seconds=20)
        hold("listed", 50)
        assert queue.claim(world.env, "other", (reconcile.KIND,)) is None
    world.later(seconds=61)
    assert queue.claim(world.env, "other", (reconcile.KIND,)) is not None


def test_a_short_look_at_one_hour_does_not_count_as_a_day_compared(world: World) -> None:
    now = world.clock.now()
    reconciliation.reconcile(world.env, reconcile.ACTOR, Span(now - timedelta(hours=1), now))
    assert reconciliation.due_span(world.env).since == MIDNIGHT - timedelta(days=4)
    with world.env.db.begin() as tx:
        tx.execute(update(ReconcileRun).values(from_at=now - timedelta(days=9), to_at=now - timedelta(days=8)))
    assert reconciliation.due_span(world.env).since == now - timedelta(days=10)
