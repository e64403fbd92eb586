"""Settings are typed, bounded, audited, and keep what an operator chose."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Database
from billing_ui.kit.clock import ManualClock
from billing_ui.models import Audit, Setting
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import FieldInvalid, Forbidden, NotFound, SignInRequired
from billing_ui.rules.setting_values import wanted
from billing_ui.rules.settings import SETTINGS
from billing_ui.rules.words import Text
from billing_ui.services import plans, settings
from tests.catalogues.desk import NOON, desk

ADMIN = Actor(name="user:usr_1", user_id=1, role="admin")


@pytest.fixture
def env(db: Database) -> Env:
    return desk(db)


def value_of(env: Env, key: str) -> Any:
    with env.db.read() as tx:
        return settings.get(tx, key)


def audits(env: Env) -> list[Audit]:
    with env.db.read() as tx:
        return list(tx.scalars(select(Audit).order_by(col(Audit.id))))


def test_the_migration_leaves_every_setting_at_its_default(env: Env) -> None:
    with env.db.read() as tx:
        rows = {row.key for row in tx.scalars(select(Setting))}
        shown = settings.show(tx)
    assert rows == set(SETTINGS)
    assert [view.key for view in shown] == list(SETTINGS)
    assert all(view.value == SETTINGS[view.key].default and not view.is_changed for view in shown)


def test_writing_the_defaults_again_touches_nothing(env: Env) -> None:
    settings.set_value(env, ADMIN, "quota.warning_percent", 70, "customers asked for it")
    with env.db.begin() as tx:
        tx.execute(delete(Setting).where(col(Setting.key) == "tax.mode"))
        settings.write_defaults(tx.connection())
        settings.write_defaults(tx.connection())
    assert value_of(env, "quota.warning_percent") == 70
    assert value_of(env, "tax.mode") == "off"


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("balance.low_tokens", 75_000, 75_000),
        ("signup.open", False, False),
        ("tax.mode", "added", "added"),
        ("dunning.days", [1, 4, 9], (1, 4, 9)),
        ("site.maintenance_notice", {"id": "Segera", "en": "Soon"}, Text("Segera", "Soon")),
    ],
)
def test_a_value_comes_back_in_its_own_type(env: Env, key: str, value: object, kept: object) -> None:
    view = settings.set_value(env, ADMIN, key, value, "because of a test")
    assert view.value == kept
    assert view.is_changed
    assert value_of(env, key) == kept
    assert type(value_of(env, key)) is type(kept)


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("quota.warning_percent", 0, "minimum"),
        ("quota.warning_percent", 100, "maximum"),
        ("quota.warning_percent", "80", "type"),
        ("quota.warning_percent", True, "type"),
        ("quota.warning_percent", 8.5, "type"),
        ("signup.open", 1, "type"),
        ("tax.mode", "sometimes", "choice"),
        ("dunning.days", [0, 7, 3], "order"),
        ("dunning.days", [0, 3], "type"),
        ("dunning.days", [0, 3, 400], "maximum"),
        ("dunning.days", 3, "type"),
        ("site.maintenance_notice", "soon", "type"),
        ("site.maintenance_notice", {"id": "x" * 501, "en": "x"}, "length"),
        ("site.maintenance_notice", None, "type"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(env: Env, key: str, value: object, why: str) -> None:
    with pytest.raises(FieldInvalid) as caught:
        settings.set_value(env, ADMIN, key, value, "because of a test")
    assert caught.value.facts == {"field": key, "why": why, "wanted": wanted(SETTINGS[key])}
    assert value_of(env, key) == SETTINGS[key].default
    assert audits(env) == []


def test_a_change_says_who_why_and_what_was_before(env: Env) -> None:
    settings.set_value(env, ADMIN, "tax.mode", "added", "  PPN mulai berlaku ")
    settings.set_value(env, ADMIN, "tax.mode", "added", "the same again writes nothing")
    settings.set_value(env, ADMIN, "tax.mode", "off", "taken back")
    first, second = audits(env)
    assert (first.actor, first.action, first.subject) == ("user:usr_1", "setting.changed", "tax.mode")
    assert (first.reason, first.before, first.after) == ("PPN mulai berlaku", {"v": "off"}, {"v": "added"})
    assert (second.before, second.after) == (first.after, first.before)
    with env.db.read() as tx:
        row = tx.get_one(Setting, "tax.mode")
        assert (row.changed_by, row.changed_at) == ("user:usr_1", NOON)


def test_a_change_needs_a_reason_a_known_key_and_the_right_role(env: Env) -> None:
    with pytest.raises(FieldInvalid):
        settings.set_value(env, ADMIN, "tax.mode", "added", "  x ")
    with pytest.raises(NotFound):
        settings.set_value(env, ADMIN, "tax.mood", "added", "because of a test")
    with pytest.raises(Forbidden):
        settings.set_value(env, Actor(name="user:usr_2", user_id=2, role="finance"), "tax.mode", "added", "a reason")
    with pytest.raises(SignInRequired):
        settings.set_value(env, Actor(name="anonymous"), "tax.mode", "added", "a reason")
    assert value_of(env, "tax.mode") == "off"


def test_a_setting_whose_row_is_missing_has_its_default_and_can_be_set(env: Env) -> None:
    with env.db.begin() as tx:
        tx.execute(delete(Setting))
    assert value_of(env, "recharge.attempts") == 3
    with env.db.read() as tx:
        assert len(settings.show(tx)) == len(SETTINGS)
    settings.set_value(env, ADMIN, "recharge.attempts", 5, "because of a test")
    assert value_of(env, "recharge.attempts") == 5


def test_a_stored_value_that_no_longer_fits_falls_back_to_the_default(env: Env) -> None:
    with env.db.begin() as tx:
        tx.execute(update(Setting).where(col(Setting.key) == "quota.warning_percent").values(value={"v": "many"}))
    assert value_of(env, "quota.warning_percent") == 80


def test_a_catalogue_s_defaults_move_what_nobody_chose_and_leave_what_someone_did(env: Env) -> None:
    settings.set_value(env, ADMIN, "balance.low_tokens", 123, "because of a test")
    with env.db.begin() as tx:
        settings.apply_defaults(tx, env, ADMIN, {"balance.low_tokens": 9, "tax.rate_per_10000": 1_200})
    assert value_of(env, "balance.low_tokens") == 123
    assert value_of(env, "tax.rate_per_10000") == 1_200
    with env.db.read() as tx:
        shown = {view.key: view for view in settings.show(tx)}
    assert (shown["balance.low_tokens"].default, shown["balance.low_tokens"].is_changed) == (9, True)
    assert not shown["tax.rate_per_10000"].is_changed
    plans.apply(env, ADMIN)
    assert value_of(env, "tax.rate_per_10000") == 1_100


@pytest.mark.parametrize("key", list(SETTINGS))
def test_every_setting_is_described_in_both_languages_and_its_default_fits(key: str) -> None:
    spec = SETTINGS[key]
    assert spec.group != key
    assert spec.description.id.endswith(".")
    assert spec.description.en.endswith(".")


def test_a_value_of_before_is_known_from_the_audit(env: Env) -> None:
    start = env.clock.now()
    hour = timedelta(hours=1)

    def was(at: datetime) -> Any:
        with env.db.read() as tx:
            return settings.get_as_of(tx, "quota.warning_percent", at)

    def defaults(percent: int) -> None:
        with env.db.begin() as tx:
            settings.apply_defaults(tx, env, ADMIN, {"quota.warning_percent": percent})

    assert was(start) == 80
    assert isinstance(env.clock, ManualClock)
    for act in (lambda: defaults(85), lambda: settings.set_value(env, ADMIN, "quota.warning_percent", 70, "asked for"),
                lambda: defaults(90)):  # fmt: skip
        env.clock.advance(hour)
        act()
    assert [was(start + n * hour) for n in range(4)] == [80, 85, 70, 70]
