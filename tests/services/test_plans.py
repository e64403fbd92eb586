"""A catalogue file becomes versions in the database: added, ended, never changed, and never against the desk."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from billing_ui.catalogues.load import load
from billing_ui.env import Env
from billing_ui.infra.db import Database
from billing_ui.kit.clock import ManualClock
from billing_ui.models import Account, Audit, CatalogueState, PlanVersion, Subscription, TokenPackage
from billing_ui.rules.access import ANONYMOUS, Actor, system
from billing_ui.rules.errors import Forbidden, Misconfigured, PlanUnavailable, SignInRequired
from billing_ui.services import plans, settings
from tests.catalogues.desk import NOON, desk, edited, selling, without

ACTOR = system("test")


@pytest.fixture
def env(db: Database) -> Env:
    return desk(db)


@pytest.fixture
def applied(env: Env) -> Env:
    plans.apply(env, ACTOR)
    return env


def told(diff: plans.Diff) -> list[tuple[str, str, str]]:
    return [(each.kind, each.what, each.slug) for each in diff.changes]


def versions(env: Env, slug: str) -> list[tuple[int, int, bool]]:
    """(version, price, still sold) of every version of a plan."""
    with env.db.read() as tx:
        rows = tx.scalars(select(PlanVersion).where(col(PlanVersion.slug) == slug).order_by(col(PlanVersion.version)))
        return [(row.version, row.price_amount, row.valid_to is None) for row in rows]


def tick(env: Env) -> None:
    assert isinstance(env.clock, ManualClock)
    env.clock.advance(timedelta(hours=1))


def cheaper(env: Env, folder: Path, price: str = "price = 149_000") -> Env:
    return selling(env, edited(folder, "makalah", ("price = 199_000", price)))


def change_at_desk(env: Env, slug: str) -> None:
    with env.db.begin() as tx:
        tx.execute(
            update(PlanVersion)
            .where(col(PlanVersion.slug) == slug, col(PlanVersion.valid_to).is_(None))
            .values(price_amount=1, content_hash="desk", changed_at_desk=True)
        )


def test_the_first_apply_sells_every_plan_and_option(env: Env) -> None:
    assert told(plans.diff(env)) == [
        ("create", "plan", "gratis"),
        ("create", "plan", "bpp"),
        ("create", "plan", "pro"),
        ("create", "package", "bpp-25000"),
        ("create", "package", "bpp-50000"),
        ("create", "package", "bpp-100000"),
    ]
    plans.apply(env, ACTOR)
    assert versions(env, "pro") == [(1, 199_000, True)]
    assert plans.is_applied(env)


def test_a_diff_writes_nothing(env: Env) -> None:
    plans.diff(env)
    assert versions(env, "bpp") == []
    assert not plans.is_applied(env)


def test_the_same_file_again_changes_nothing_and_leaves_no_trace(applied: Env) -> None:
    with applied.db.read() as tx:
        before = len(tx.scalars(select(Audit)).all())
    tick(applied)
    assert plans.apply(applied, ACTOR).is_empty
    with applied.db.read() as tx:
        assert len(tx.scalars(select(Audit)).all()) == before
        assert tx.get_one(CatalogueState, "makalah").applied_at == NOON


def test_an_edit_ends_the_old_version_and_begins_a_new_one(applied: Env, tmp_path: Path) -> None:
    tick(applied)
    then = cheaper(applied, tmp_path)
    found = plans.diff(then)
    assert told(found) == [("replace", "plan", "pro")]
    assert [(field.name, field.before, field.after) for field in found.changes[0].fields] == [
        ("price_amount", 199_000, 149_000)
    ]
    plans.apply(then, ACTOR)
    assert versions(then, "pro") == [(1, 199_000, False), (2, 149_000, True)]
    with then.db.read() as tx:
        old, new = tx.scalars(select(PlanVersion).where(col(PlanVersion.slug) == "pro").order_by(col(PlanVersion.id)))
        assert old.valid_to == new.valid_from == NOON + timedelta(hours=1)


def test_an_edited_sentence_shows_as_that_sentence(applied: Env, tmp_path: Path) -> None:
    found = plans.diff(selling(applied, edited(tmp_path, "makalah", ('en = "Free" }', 'en = "Taste" }'))))
    (field,) = found.changes[0].fields
    assert (field.name, field.after) == ("name", {"id": "Gratis", "en": "Taste"})


def test_what_vanishes_from_the_file_is_ended_and_never_deleted(applied: Env, tmp_path: Path) -> None:
    shorter = without(tmp_path, "makalah", "[[plans.bpp.topup_options]]\namount = 100_000", "[[plans.bpp.limits]]")
    then = selling(applied, shorter)
    assert told(plans.apply(then, ACTOR)) == [("close", "package", "bpp-100000")]
    with then.db.read() as tx:
        assert plans.package_for(tx, "bpp", 100_000) is None
        row = tx.scalars(select(TokenPackage).where(col(TokenPackage.slug) == "bpp-100000")).one()
        assert (row.valid_to, row.tokens) == (NOON, 1_000_000)


def test_what_comes_back_gets_the_next_version(applied: Env, tmp_path: Path) -> None:
    shorter = without(tmp_path, "makalah", "[plans.pro]", "[custom_amount]")
    plans.apply(selling(applied, shorter), ACTOR)
    assert versions(applied, "pro") == [(1, 199_000, False)]
    plans.apply(applied, ACTOR)
    assert versions(applied, "pro") == [(1, 199_000, False), (2, 199_000, True)]


def test_what_the_desk_changed_is_shown_and_left_alone(applied: Env) -> None:
    change_at_desk(applied, "pro")
    found = plans.apply(applied, ACTOR)
    assert told(found) == [("keep", "plan", "pro")]
    assert ("price_amount", 1, 199_000) in [(each.name, each.before, each.after) for each in found.changes[0].fields]
    assert found.is_empty
    assert versions(applied, "pro") == [(1, 1, True)]


def test_overwrite_takes_the_file_s_word_over_the_desk_s(applied: Env) -> None:
    change_at_desk(applied, "pro")
    assert told(plans.apply(applied, ACTOR, overwrite=True)) == [("replace", "plan", "pro")]
    assert versions(applied, "pro") == [(1, 1, False), (2, 199_000, True)]


def test_a_plan_made_at_the_desk_survives_a_file_that_does_not_know_it(applied: Env, tmp_path: Path) -> None:
    change_at_desk(applied, "pro")
    then = selling(applied, without(tmp_path, "makalah", "[plans.pro]", "[custom_amount]"))
    assert told(plans.apply(then, ACTOR)) == [("keep", "plan", "pro")]
    assert told(plans.apply(then, ACTOR, overwrite=True)) == [("close", "plan", "pro")]


def test_every_change_has_an_audit_row_with_before_and_after(applied: Env, tmp_path: Path) -> None:
    plans.apply(cheaper(applied, tmp_path), ACTOR)
    with applied.db.read() as tx:
        row = tx.scalars(select(Audit).where(col(Audit.action) == "plan.replace")).one()
        acts = [each.action for each in tx.scalars(select(Audit))]
    assert (row.actor, row.subject) == ("system:test", "pro")
    assert (row.before, row.after) == ({"price_amount": 199_000}, {"price_amount": 149_000})
    assert acts.count("plan.create") == 3
    assert acts.count("package.create") == 3
    assert acts.count("catalogue.applied") == 2


def test_another_product_s_file_is_refused(applied: Env) -> None:
    other = replace(applied, catalogue=load("studio"))
    for act in (lambda: plans.diff(other), lambda: plans.apply(other, ACTOR)):
        with pytest.raises(Misconfigured, match="this database sells 'makalah'; 'studio' needs a database of its own"):
            act()
    assert versions(applied, "payg") == []


def test_only_who_may_write_the_catalogue_applies_it(env: Env) -> None:
    with pytest.raises(SignInRequired):
        plans.apply(env, ANONYMOUS)
    with pytest.raises(Forbidden):
        plans.apply(env, Actor(name="user:usr_1", user_id=1, role="support"))
    assert versions(env, "bpp") == []


@pytest.mark.parametrize("name", ["makalah", "interview", "enterprise", "studio"])
def test_every_shipped_catalogue_goes_in_and_settles(db: Database, name: str) -> None:
    env = desk(db, load(name))
    plans.apply(env, ACTOR)
    assert plans.diff(env).changes == ()
    with env.db.read() as tx:
        assert plans.default_version(tx, env).slug == env.catalogue.default_plan
        for key, value in env.catalogue.settings.items():
            assert settings.get(tx, key) == value


def test_replicas_that_apply_at_once_make_one_version(env: Env) -> None:
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(plans.apply, env, ACTOR) for _ in range(6)]:
            done.result()
    assert versions(env, "bpp") == [(1, 25_000, True)]


def test_a_plan_nobody_sells_is_not_available(applied: Env) -> None:
    with applied.db.read() as tx, pytest.raises(PlanUnavailable):
        plans.current_version(tx, "platinum")


def test_an_amount_finds_the_option_of_its_plan(applied: Env) -> None:
    with applied.db.read() as tx:
        found = plans.package_for(tx, "bpp", 50_000)
        assert found is not None
        assert (found.slug, found.tokens) == ("bpp-50000", 500_000)
        assert plans.package_for(tx, "bpp", 50_001) is None
        assert plans.package_for(tx, "pro", 50_000) is None


def test_a_package_that_stands_alone_is_sold_with_any_plan(db: Database) -> None:
    env = desk(db, load("studio"))
    plans.apply(env, ACTOR)
    with env.db.read() as tx:
        found = plans.package_for(tx, "payg", 2_000)
        assert found is not None
        assert (found.slug, found.bonus_tokens) == ("medium", 20_000)


def test_top_ups_belong_to_the_prepaid_plan_or_to_none(applied: Env) -> None:
    with applied.db.read() as tx:
        offered = plans.topup_plan(tx, 1)
        assert offered is not None
        assert offered.slug == "bpp"


def test_top_ups_belong_to_the_account_s_own_prepaid_plan_first(applied: Env, tmp_path: Path) -> None:
    second = '[plans.tim]\nkind = "prepaid"\nname = { id = "Tim", en = "Team" }\nprice = 0\n'
    second += 'cta = { text = { id = "x", en = "x" }, href = "/auth/" }\n\n[custom_amount]'
    then = selling(applied, edited(tmp_path, "makalah", ("[custom_amount]", second)))
    plans.apply(then, ACTOR)
    account_id = on_plan(then, "tim")
    with then.db.read() as tx:
        own, others = plans.topup_plan(tx, account_id), plans.topup_plan(tx, account_id + 1)
        assert own is not None
        assert others is not None
        assert (own.slug, others.slug) == ("tim", "bpp")


def test_no_top_up_where_no_plan_is_prepaid(db: Database) -> None:
    env = desk(db, load("enterprise"))
    plans.apply(env, ACTOR)
    with env.db.read() as tx:
        assert plans.topup_plan(tx, 1) is None


def on_plan(env: Env, slug: str) -> int:
    """An account that stands on this plan; answers its id."""
    with env.db.begin() as tx:
        plan_id = plans.current_version(tx, slug).id
        account = Account(
            public_id="acc_1", name="Sari", zone="Asia/Jakarta", currency="IDR", language="id", created_at=NOON
        )
        tx.add(account)
        tx.flush()
        assert plan_id is not None
        assert account.id is not None
        tx.add(
            Subscription(
                public_id="sub_1", account_id=account.id, plan_version_id=plan_id, started_at=NOON,
                period_starts_at=NOON, period_ends_at=NOON + timedelta(days=30),
            )
        )  # fmt: skip
        return account.id
