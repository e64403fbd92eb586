"""Operators are made by those who may, and feel a change of role at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from billing_ui.infra.db import Database
from billing_ui.models import Audit
from billing_ui.queries.people import people
from billing_ui.rules.access import ANONYMOUS, Actor, system
from billing_ui.rules.errors import EmailTaken, FieldInvalid, Forbidden, NotFound, SignInRequired
from billing_ui.services import identity, operators
from billing_ui.services.identity import Device
from billing_ui.services.operators import CreateUser
from tests.world import World, open_world

EMAIL, PASSWORD = "maya@kantor.test", "sandi yang cukup panjang"
CLI = system("test")


@pytest.fixture
def world(stocked_db: Database) -> Iterator[World]:
    with open_world(stocked_db) as opened:
        yield opened


def test_an_operator_is_made_verified_with_an_account_and_a_role(world: World) -> None:
    operators.create_user(world.env, CLI, CreateUser(EMAIL, PASSWORD, role="admin"))
    secret = identity.sign_in(world.env, EMAIL, PASSWORD, "10.0.0.1", Device())
    found = identity.find_session(world.env, secret)
    assert found is not None
    assert (found.actor.role, found.user.is_verified, found.user.name) == ("admin", True, "maya")
    with pytest.raises(EmailTaken):
        operators.create_user(world.env, CLI, CreateUser(EMAIL, PASSWORD))
    world.books_are_right()


def test_a_changed_role_ends_sessions_and_leaves_an_audit_row(world: World) -> None:
    operators.create_user(world.env, CLI, CreateUser(EMAIL, PASSWORD, role="admin"))
    secret = identity.sign_in(world.env, EMAIL, PASSWORD, "10.0.0.1", Device())
    operators.set_role(world.env, CLI, EMAIL, None, "left the company")
    assert identity.find_session(world.env, secret) is None
    found = identity.find_session(world.env, identity.sign_in(world.env, EMAIL, PASSWORD, "10.0.0.1", Device()))
    assert found is not None
    assert found.actor.role is None
    with world.env.db.read() as tx:
        last = tx.scalars(select(Audit).where(Audit.action == "operator.role").order_by(Audit.id.desc())).first()
        assert last is not None
        assert (last.before, last.after, last.reason) == ({"role": "admin"}, {"role": None}, "left the company")
        assert people(tx, operators_only=True) == ()
        assert [person.email for person in people(tx)] == [EMAIL]


def test_a_role_is_changed_in_place(world: World) -> None:
    operators.create_user(world.env, CLI, CreateUser(EMAIL, PASSWORD, role="support"))
    operators.set_role(world.env, CLI, EMAIL, "finance", "new task")
    with world.env.db.read() as tx:
        assert [person.role for person in people(tx, operators_only=True)] == ["finance"]


@pytest.mark.parametrize("role", ["support", "finance", "admin"])
def test_only_owners_give_roles(world: World, role: str) -> None:
    operators.create_user(world.env, CLI, CreateUser(EMAIL, PASSWORD))
    with pytest.raises(Forbidden):
        operators.set_role(world.env, Actor("user:x", 1, 1, role), EMAIL, "owner", "please")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(SignInRequired):
        operators.create_user(world.env, ANONYMOUS, CreateUser("x@kantor.test", PASSWORD, role="owner"))


def test_a_role_needs_a_known_person_and_a_reason(world: World) -> None:
    with pytest.raises(NotFound):
        operators.set_role(world.env, CLI, EMAIL, "admin", "new")
    with pytest.raises(FieldInvalid):
        operators.set_role(world.env, CLI, EMAIL, "admin", "  ")
    with pytest.raises(FieldInvalid):
        operators.set_role(world.env, CLI, EMAIL, "king", "new")  # type: ignore[arg-type]  # wrong on purpose
