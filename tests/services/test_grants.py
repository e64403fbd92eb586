"""Operators give and take tokens: with a reason, once per key, on record, and only if they may."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from billing_ui.ledger import Taken
from billing_ui.models import Account, Audit
from billing_ui.queries import balance as books
from billing_ui.queries.balance import BalanceView
from billing_ui.rules.access import ANONYMOUS, Actor
from billing_ui.rules.errors import (
    BillingError,
    FieldInvalid,
    Forbidden,
    InsufficientBalance,
    KeyReused,
    NotFound,
    SignInRequired,
)
from billing_ui.services.grants import GrantReceipt, deduct, grant
from tests.metering import use
from tests.world import Customer, World

ADMIN = Actor("user:usr_admin", user_id=1, role="admin")


@pytest.fixture
def sari(world: World) -> Customer:
    return world.customer()


def account_of(world: World, customer: Customer) -> str:
    with world.env.db.read() as tx:
        return tx.get_one(Account, customer.account_id).public_id


def look(world: World, customer: Customer) -> BalanceView:
    with world.env.db.read() as tx:
        found = books.balance(tx, account_of(world, customer))
    assert found is not None
    return found


def audits(world: World) -> list[Audit]:
    with world.env.db.read() as tx:
        return list(tx.scalars(select(Audit).where(col(Audit.action).like("tokens.%")).order_by(col(Audit.id))))


def test_a_grant_makes_a_lot_an_audit_row_and_a_signal(world: World, sari: Customer) -> None:
    account = account_of(world, sari)
    ends = world.clock.now() + timedelta(days=30)
    receipt = grant(world.env, ADMIN, account, 500, " Ganti gangguan 3 Maret ", "g1", ends, note="tiket 7")
    assert receipt == GrantReceipt(account, 500, 0, 500, replayed=False)
    seen = look(world, sari)
    assert (seen.balance, seen.granted, seen.bought) == (500, 500, 0)
    assert [(lot.source, lot.remaining, lot.expires_at) for lot in seen.lots] == [("granted", 500, ends)]
    [audit] = audits(world)
    assert (audit.action, audit.actor, audit.subject) == ("tokens.grant", "user:usr_admin", account)
    assert (audit.reason, audit.before) == ("Ganti gangguan 3 Maret", {"balance": 0})
    assert audit.after == {"balance": 500, "tokens": 500, "note": "tiket 7"}
    assert world.signalled == [sari.account_id]
    world.books_are_right()


def test_a_deduction_takes_a_grant_back(world: World, sari: Customer) -> None:
    account = account_of(world, sari)
    grant(world.env, ADMIN, account, 500, "salah ketik", "g1")
    receipt = deduct(world.env, ADMIN, account, 500, "dibatalkan", "d1")
    assert (receipt.balance_before, receipt.balance_after) == (500, 0)
    seen = look(world, sari)
    assert (seen.balance, seen.granted, seen.lots) == (0, 0, ())
    assert [audit.action for audit in audits(world)] == ["tokens.grant", "tokens.deduct"]
    world.books_are_right()


def test_the_same_key_grants_once_and_leaves_one_audit_row(world: World, sari: Customer) -> None:
    account = account_of(world, sari)
    ends = world.clock.now() + timedelta(days=1)
    grant(world.env, ADMIN, account, 500, "sekali saja", "g1", ends)
    world.later(days=2)
    again = grant(world.env, ADMIN, account, 500, "sekali saja", "g1", ends)
    assert (again.replayed, again.balance_after) == (True, 500)
    assert len(audits(world)) == 1
    with pytest.raises(KeyReused):
        grant(world.env, ADMIN, account, 501, "sekali saja", "g1", ends)


def test_a_grant_whose_key_looks_like_an_event_takes_no_event_its_id(world: World, sari: Customer) -> None:
    receipt = grant(world.env, ADMIN, account_of(world, sari), 500, "hadiah", "usage:evt-1")
    assert receipt.balance_after == 500
    taken = use(world, sari, "evt-1", 300).result
    assert isinstance(taken, Taken) and not taken.replayed
    world.books_are_right()


def test_more_than_there_is_cannot_be_deducted(world: World, sari: Customer) -> None:
    account = account_of(world, sari)
    grant(world.env, ADMIN, account, 10, "hadiah", "g1")
    with pytest.raises(InsufficientBalance):
        deduct(world.env, ADMIN, account, 11, "terlalu banyak", "d1")
    assert len(audits(world)) == 1


@pytest.mark.parametrize("act", [grant, deduct])
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"tokens": 0}, "tokens"),
        ({"tokens": -5}, "tokens"),
        ({"tokens": 10**15 + 1}, "tokens"),
        ({"reason": "  x "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"key": ""}, "key"),
        ({"key": "k" * 201}, "key"),
        ({"key": "nul\0"}, "key"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_makes_no_sense_is_refused_by_its_field(
    world: World, sari: Customer, act: Callable[..., GrantReceipt], wrong: dict[str, Any], field: str
) -> None:
    asked = {"tokens": 5, "reason": "hadiah", "key": "k1"} | wrong
    with pytest.raises(FieldInvalid) as refusal:
        act(world.env, ADMIN, account_of(world, sari), **asked)
    assert refusal.value.facts["field"] == field
    assert audits(world) == []


def test_tokens_that_have_ended_cannot_be_granted(world: World, sari: Customer) -> None:
    with pytest.raises(FieldInvalid, match="expires_at"):
        grant(world.env, ADMIN, account_of(world, sari), 5, "hadiah", "g1", world.clock.now())
    assert look(world, sari).balance == 0


@pytest.mark.parametrize("act", [grant, deduct])
@pytest.mark.parametrize(
    ("actor", "error"),
    [
        (ANONYMOUS, SignInRequired),
        (Actor("user:a", user_id=1, account_id=1), Forbidden),
        (Actor("user:a", user_id=1, role="support"), Forbidden),
        (Actor("user:a", user_id=1, role="finance"), Forbidden),
    ],
    ids=["anonymous", "customer", "support", "finance"],
)
def test_only_admins_and_owners_give_and_take(
    world: World, sari: Customer, act: Callable[..., GrantReceipt], actor: Actor, error: type[BillingError]
) -> None:
    with pytest.raises(error):
        act(world.env, actor, account_of(world, sari), 5, "hadiah", "k1")
    assert audits(world) == []


def test_an_unknown_account_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        grant(world.env, ADMIN, "acc_nobody", 5, "hadiah", "g1")
