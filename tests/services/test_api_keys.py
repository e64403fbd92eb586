"""Keys of host apps: the secret is shown once and never kept, two are active at most, and every act is audited."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Database
from billing_ui.models import ApiKey, Audit
from billing_ui.queries.api_keys import api_keys
from billing_ui.rules.access import ANONYMOUS, Actor, system
from billing_ui.rules.errors import BillingError, FieldInvalid, Forbidden, NotFound, SignInRequired, TooManyKeys
from billing_ui.rules.scopes import PREFIX, SCOPES
from billing_ui.services.api_keys import NewKey, create, revoke
from tests.world import World, open_world

CLI = system("test")


@pytest.fixture
def world(stocked_db: Database) -> Iterator[World]:
    with open_world(stocked_db) as opened:
        yield opened


def test_the_secret_is_shown_once_and_only_its_digest_is_kept(world: World) -> None:
    new = create(world.env, CLI, " web app ", ["usage:read", "usage:write"])
    assert new.secret.startswith(PREFIX)
    assert (new.key.name, new.key.scopes) == ("web app", ("usage:write", "usage:read"))
    with world.env.db.read() as tx:
        row, audit = (
            tx.scalars(select(ApiKey)).one(),
            tx.scalars(select(Audit).where(col(Audit.action) == "key.created")),
        )
        kept = repr(row.model_dump()) + repr(audit.one().model_dump())
    assert new.secret not in kept
    assert new.secret.removeprefix(PREFIX) not in kept
    assert new.key.hint == new.secret[-4:]


def test_two_may_be_active_so_that_one_can_be_changed_for_another(world: World) -> None:
    first, _second = (create(world.env, CLI, name, SCOPES) for name in ("old", "new"))
    with pytest.raises(TooManyKeys):
        create(world.env, CLI, "third", SCOPES)
    revoke(world.env, CLI, first.key.public_id, "changed over")
    create(world.env, CLI, "third", SCOPES)


def test_a_key_that_has_run_out_takes_nobodys_place(world: World) -> None:
    until = world.clock.now() + timedelta(hours=1)
    for name in ("a", "b"):
        create(world.env, CLI, name, SCOPES, until)
    world.later(hours=1)
    create(world.env, CLI, "c", SCOPES)
    with pytest.raises(FieldInvalid):
        create(world.env, CLI, "d", SCOPES, until)


def test_many_made_at_once_are_still_two(world: World) -> None:
    def make(number: int) -> NewKey | BillingError:
        try:
            return create(world.env, CLI, f"key {number}", SCOPES)
        except TooManyKeys as error:
            return error

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(8)))
    assert sum(isinstance(each, NewKey) for each in made) == 2


def test_revoking_is_done_once_with_a_reason_and_stays_in_the_list(world: World) -> None:
    key = create(world.env, CLI, "web", SCOPES).key
    with pytest.raises(FieldInvalid):
        revoke(world.env, CLI, key.public_id, " ")
    with pytest.raises(NotFound):
        revoke(world.env, CLI, "key_nobody", "lost")
    first = revoke(world.env, CLI, key.public_id, "lost")
    world.later(hours=1)
    assert revoke(world.env, CLI, key.public_id, "lost") == first
    with world.env.db.read() as tx:
        assert [each.revoked_at is not None for each in api_keys(tx)] == [True]
        assert len(tx.scalars(select(Audit).where(col(Audit.action) == "key.revoked")).all()) == 1


def test_only_admins_and_owners_may(world: World) -> None:
    with pytest.raises(SignInRequired):
        create(world.env, ANONYMOUS, "x", SCOPES)
    for role in ("support", "finance"):
        with pytest.raises(Forbidden):
            create(world.env, Actor("user:usr_x", 1, role=role), "x", SCOPES)  # type: ignore[arg-type]
    create(world.env, Actor("user:usr_x", 1, role="admin"), "x", SCOPES)


@pytest.mark.parametrize(
    ("name", "scopes"), [("", SCOPES), ("x" * 81, SCOPES), ("a\nb", SCOPES), ("x", []), ("x", ["*"])]
)
def test_a_key_has_a_name_and_known_scopes(world: World, name: str, scopes: list[str]) -> None:
    with pytest.raises(FieldInvalid):
        create(world.env, CLI, name, scopes)
