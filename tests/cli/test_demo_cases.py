"""What the demo's operators find on their desk: one held and one extra payment, once, however often it starts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import col

from billing_ui.cli import demo_cases
from billing_ui.cli.seed import seed
from billing_ui.infra.db import Database
from billing_ui.models import Job, MailLog, User
from billing_ui.queries.captures import undecided
from billing_ui.queries.host_payments import account_id_of
from billing_ui.queries.limits import user_current_limits
from billing_ui.queries.usage import usage
from billing_ui.services import mails
from tests.live_sandbox import Box, running_sandbox
from tests.world import World, open_world


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def world(sqlite_stocked_url: str, box: Box) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url), box) as opened:
        yield opened


def kept(world: World) -> list[tuple[str, int]]:
    with world.env.db.read() as tx:
        return sorted((each.outcome, each.amount) for each in undecided(tx, world.clock.now()))


def test_the_desk_of_the_demo_holds_one_held_and_one_extra_payment(world: World, box: Box) -> None:
    seed(world.env)
    for _ in range(2):
        demo_cases.prepare(world.env, box.url)
        assert kept(world) == [("extra", 100_000), ("held", 30_000)]
    world.books_are_right()


def test_a_sandbox_that_is_not_there_leaves_the_desk_empty(world: World) -> None:
    seed(world.env)
    demo_cases.prepare(world.env, "http://127.0.0.1:1")
    assert kept(world) == []


def test_seeding_again_leaves_real_mails_that_wait_alone(world: World) -> None:
    seed(world.env)
    customer = world.customer()
    with world.env.db.begin() as tx:
        user = tx.get_one(User, customer.actor.user_id)
        mails.queue_welcome(tx, world.env, user)
    seed(world.env)
    with world.env.db.read() as tx:
        waiting = tx.scalars(select(col(MailLog.to_address)).where(col(MailLog.status) == "queued")).all()
        jobs = tx.scalars(select(col(Job.key)).where(col(Job.kind) == mails.KIND, col(Job.state) == "queued")).all()
    assert (list(waiting), len(jobs)) == ([customer.email], 1)


def test_the_demo_has_a_month_of_use_and_somebody_who_meets_a_limit(world: World) -> None:
    people = {each["role"]: each for each in seed(world.env)}
    now = world.clock.now()
    with world.env.db.read() as tx:
        ids = {role: account_id_of(tx, account=told["account"], external_id=None) for role, told in people.items()}
        used = usage(tx, ids["customer"] or 0, date(2026, 10, 19), date(2026, 11, 21), "day")
        kinds = usage(tx, ids["customer"] or 0, date(2026, 10, 19), date(2026, 11, 21), "operation")
        tight = user_current_limits(tx, world.env.writer.terms, ids["busy"] or 0, now).meters["tokens"].tightest
    assert len(used.rows) > 25
    assert {row.group for row in kinds.rows} == set(world.env.catalogue.operations)
    assert tight is not None and 85 <= tight.percent < 100
    assert seed(world.env) == list(people.values())
    world.books_are_right()


@pytest.mark.parametrize("name", ["interview", "enterprise", "studio"])
def test_every_catalogue_has_people_who_use_it(sqlite_url: str, name: str) -> None:
    with open_world(Database(sqlite_url), catalogue=name) as world:
        people = {each["role"]: each for each in seed(world.env)}
        with world.env.db.read() as tx:
            customer = account_id_of(tx, account=people["customer"]["account"], external_id=None)
            assert usage(tx, customer or 0, date(2026, 10, 19), date(2026, 11, 21), "operation").rows
        world.books_are_right()
