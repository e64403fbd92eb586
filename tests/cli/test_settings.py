"""`billing-ui settings`, as a person at a terminal sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from billing_ui import runtime
from billing_ui.cli.main import main
from billing_ui.cli.terminal import operator
from billing_ui.infra.db import Database
from billing_ui.models import Audit
from billing_ui.rules.methods import Fee
from billing_ui.rules.settings import SETTINGS
from billing_ui.services import settings
from tests.world import World, open_world

Output = pytest.CaptureFixture[str]


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened, runtime.use(opened.env):
        yield opened


def value_of(world: World, key: str) -> Any:
    with world.env.db.read() as tx:
        return settings.get(tx, key)


def test_every_setting_is_listed_with_what_it_is_for(world: World, capsys: Output) -> None:
    assert main(["settings", "list"]) == 0
    told = capsys.readouterr().out
    assert all(key in told and spec.description.en in told for key, spec in SETTINGS.items())


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("seller.tax_id", "0123456789012345", "0123456789012345"),
        ("tax.mode", "included", "included"),
        ("tax.rate_per_10000", "1200", 1200),
        ("signup.open", "false", False),
        ("dunning.days", "[1, 5, 9]", (1, 5, 9)),
        ("fee.methods", '{"QRIS": {"flat": 0, "per_10000": 63}}', {"QRIS": Fee(0, 63)}),
    ],
)
def test_a_value_typed_at_the_terminal_is_kept_in_its_own_type(world: World, key: str, typed: str, kept: Any) -> None:
    assert main(["settings", "set", key, typed, "--reason", "asked by finance"]) == 0
    assert value_of(world, key) == kept


def test_a_change_is_marked_in_the_list_and_audited_with_its_reason(world: World, capsys: Output) -> None:
    main(["settings", "set", "seller.name", "PT Makalah Nusantara", "--reason", "as on the deed"])
    capsys.readouterr()
    main(["settings", "list", "--json"])
    changed = [row for row in json.loads(capsys.readouterr().out) if row["changed"]]
    assert [(row["key"], row["value"]) for row in changed] == [("seller.name", "PT Makalah Nusantara")]
    with world.env.db.read() as tx:
        act = tx.scalars(select(Audit).where(col(Audit.action) == "setting.changed")).one()
    assert (act.actor, act.reason, act.subject) == (operator().name, "as on the deed", "seller.name")


@pytest.mark.parametrize(
    ("key", "typed"), [("tax.rate_per_10000", "9999"), ("signup.open", "maybe"), ("tax.mode", "x")]
)
def test_a_value_that_does_not_fit_is_refused_and_changes_nothing(
    world: World, capsys: Output, key: str, typed: str
) -> None:
    before = value_of(world, key)
    assert main(["settings", "set", key, typed, "--reason", "a mistake"]) == 2
    assert "field_invalid" in capsys.readouterr().err
    assert value_of(world, key) == before


@pytest.mark.parametrize("typed", ['{"GIRO": {"flat": 0, "per_10000": 63}}', '{"QRIS": {"per_10000": 63}}', "63"])
def test_a_fee_that_does_not_fit_is_refused_with_what_is_wanted(world: World, capsys: Output, typed: str) -> None:
    assert main(["settings", "set", "fee.methods", typed, "--reason", "a mistake"]) == 2
    assert "per_10000 from 0 to 1000" in capsys.readouterr().err
    assert value_of(world, "fee.methods") == {}
