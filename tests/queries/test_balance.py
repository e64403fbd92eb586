"""What an account holds, found by any of its names."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from billing_ui.infra.db import Database
from billing_ui.models import Account
from billing_ui.queries.balance import accounts_called, as_of
from billing_ui.rules.access import system
from billing_ui.services.grants import deduct, grant
from tests.world import Customer, World, open_world


@pytest.fixture
def world(stocked_db: Database) -> Iterator[World]:
    with open_world(stocked_db) as opened:
        yield opened


@pytest.fixture
def sari(world: World) -> Customer:
    customer = world.customer("sari@pelanggan.test")
    with world.env.db.begin() as tx:
        tx.execute(update(Account).where(col(Account.id) == customer.account_id).values(external_id="host-7"))
    return customer


def test_an_account_is_found_by_each_of_its_names(world: World, sari: Customer) -> None:
    [by_mail] = accounts_called(world.env.db, " Sari@Pelanggan.test ")
    assert (by_mail.external_id, by_mail.plan, by_mail.access) == ("host-7", "gratis", "open")
    assert accounts_called(world.env.db, "host-7") == accounts_called(world.env.db, by_mail.account) == (by_mail,)
    assert accounts_called(world.env.db, "nobody") == ()


def test_lots_stand_in_the_order_they_burn(world: World, sari: Customer) -> None:
    [account] = accounts_called(world.env.db, "host-7")
    now = world.clock.now()
    for key, days in (("stays", None), ("later", 9), ("soon", 2)):
        ends = None if days is None else now + timedelta(days=days)
        grant(world.env, system("test"), account.account, 10, "hadiah", key, ends)
    deduct(world.env, system("test"), account.account, 4, "koreksi", "d")
    [seen] = accounts_called(world.env.db, "host-7")
    assert [(lot.remaining, lot.expires_at) for lot in seen.lots] == [
        (6, now + timedelta(days=2)),
        (10, now + timedelta(days=9)),
        (10, None),
    ]
    assert (seen.balance, seen.granted, seen.debt, seen.held) == (26, 26, 0, 0)


def test_the_balance_of_another_day_can_be_asked_for(world: World, sari: Customer) -> None:
    [account] = accounts_called(world.env.db, "host-7")
    before = world.clock.now()
    grant(world.env, system("test"), account.account, 10, "hadiah", "g")
    world.later(days=3)
    grant(world.env, system("test"), account.account, 5, "hadiah", "h")
    asked = [before - timedelta(seconds=1), before, before + timedelta(days=1), world.clock.now()]
    with world.env.db.read() as tx:
        then = [as_of(tx, sari.account_id, at) for at in asked]
    assert [(each.account, each.external_id, each.balance) for each in then] == [
        (account.account, "host-7", balance) for balance in (0, 10, 10, 15)
    ]
