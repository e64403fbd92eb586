"""An account is opened whole: plan, period and books, in the calendar of its own zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from billing_ui.infra.db import Database
from billing_ui.ledger.tables import account_head
from billing_ui.models import Account, Member, Subscription, User
from billing_ui.services.accounts import open_account
from tests.world import World, open_world


@pytest.fixture
def world(stocked_db: Database) -> Iterator[World]:
    with open_world(stocked_db) as opened:
        yield opened


def somebody(world: World, email: str) -> User:
    return User(
        public_id=world.env.ids.public("usr"), email=email, name="Sari", language="id", created_at=world.clock.now()
    )


def opened(world: World, zone: str, external_id: str | None = None, email: str = "sari@pelanggan.test") -> int:
    with world.env.db.begin() as tx:
        user = somebody(world, email)
        tx.add(user)
        tx.flush()
        account = open_account(tx, world.env, user, "Sari", zone, "id", external_id)
        assert account.id is not None
        return account.id


@pytest.mark.parametrize(
    ("zone", "starts_at", "ends_at", "period_on"),
    [
        ("Asia/Jakarta", datetime(2026, 11, 30, 17, tzinfo=UTC), datetime(2026, 12, 31, 17, tzinfo=UTC), "2026-12-01"),
        ("UTC", datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC), "2026-11-01"),
    ],
)
def test_the_first_period_is_the_running_month_of_the_accounts_own_zone(
    world: World, zone: str, starts_at: datetime, ends_at: datetime, period_on: str
) -> None:
    world.clock.set(datetime(2026, 11, 30, 17, 30, tzinfo=UTC))
    account_id = opened(world, zone)
    with world.env.db.read() as tx:
        subscription = tx.scalars(select(Subscription)).one()
        assert (subscription.period_starts_at, subscription.period_ends_at) == (starts_at, ends_at)
        head = tx.execute(select(account_head).where(account_head.c.account_id == account_id)).one()
    assert head.period_on == date.fromisoformat(period_on)
    assert (head.balance, head.seq, head.zone, head.access) == (0, 0, zone, "open")
    assert head.plan_version_id == subscription.plan_version_id
    world.books_are_right()


def test_the_account_is_billed_in_the_catalogues_currency_and_owned_by_its_user(world: World) -> None:
    opened(world, "Asia/Jakarta", external_id="host-7")
    with world.env.db.read() as tx:
        account, member = tx.scalars(select(Account)).one(), tx.scalars(select(Member)).one()
    assert (account.kind, account.currency, account.external_id) == ("person", "IDR", "host-7")
    assert (member.account_id, member.role) == (account.id, "owner")


def test_one_host_user_has_one_account_and_a_refused_one_leaves_nothing(world: World) -> None:
    opened(world, "Asia/Jakarta", external_id="host-7")
    with pytest.raises(IntegrityError):
        opened(world, "Asia/Jakarta", external_id="host-7", email="budi@pelanggan.test")
    with world.env.db.read() as tx:
        assert len(tx.scalars(select(User)).all()) == len(tx.scalars(select(Account)).all()) == 1
