"""`billing-ui reconcile`, as a person at a terminal sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from billing_ui import runtime
from billing_ui.cli.main import main
from billing_ui.infra.db import Database
from billing_ui.kit.clock import Clock
from billing_ui.models import Difference
from billing_ui.rules.errors import GatewayUnavailable
from billing_ui.sandbox.clock import real_clock
from tests.live_sandbox import Box, running_sandbox
from tests.sandbox.xendit_client import XenditClient
from tests.world import World, open_world

Output = pytest.CaptureFixture[str]
MANY = 2_000


@pytest.fixture
def clocks() -> list[Clock]:
    return []


@pytest.fixture
def box(clocks: list[Clock]) -> Iterator[Box]:
    with running_sandbox(clock=lambda: clocks[0].now() if clocks else real_clock()) as running:
        yield running


@pytest.fixture
def world(sqlite_stocked_url: str, box: Box, clocks: list[Clock]) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url), box) as opened, runtime.use(opened.env):
        clocks.append(opened.clock)
        yield opened


def told(output: Output) -> Any:
    return json.loads(output.readouterr().out)


def test_a_desk_without_money_ties(world: World, capsys: Output) -> None:
    assert main(["reconcile"]) == 0
    assert capsys.readouterr().out.endswith("reconcile: 0 unexplained\n")


def test_lost_money_is_shown_by_a_look_and_settled_when_told_to(world: World, box: Box, capsys: Output) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref, drop_webhook=True)
    world.later(hours=26)
    assert main(["reconcile"]) == 1
    shown = capsys.readouterr()
    assert "Only at the gateway: payment py-" in shown.out
    assert "50000 / none IDR, 1 d 2 h old" in shown.out
    assert f"{ref}, purchase {ref}" in shown.out
    assert "Import: read back from the gateway" in shown.out
    assert "reconcile: listed 1" in shown.err
    assert world.balance(customer) == 0
    assert main(["reconcile", "--apply"]) == 0
    assert "settled now          1" in capsys.readouterr().out
    assert world.balance(customer) == 500_000


def test_json_tells_the_same_to_a_program(world: World, box: Box, capsys: Output) -> None:
    XenditClient(box.xendit_url).create("of_another_shop", amount=77_000)
    box.pay("of_another_shop", drop_webhook=True)
    held = world.wants(world.customer())
    box.pay(held, amount=1_000, drop_webhook=True)
    world.later(hours=1)
    assert main(["reconcile", "--apply", "--json"]) == 1
    answer = told(capsys)
    (foreign,) = answer["differences"]
    assert (foreign["bucket"], foreign["action"]) == ("gateway_only", "identify")
    assert foreign["reference"] == "of_another_shop"
    assert (foreign["gateway_amount"], foreign["our_amount"], foreign["age_s"]) == (77_000, None, 3_600)
    assert [(one["ref"], one["state"], one["amount"]) for one in answer["waiting"]] == [(held, "held", 1_000)]
    assert answer["totals"]["gateway_in"] == {"count": 2, "sums": {"IDR": 78_000}}
    assert answer["totals"]["cash"]["sums"] == answer["totals"]["clearing"]["sums"] == {"IDR": 1_000}


def test_a_difference_that_is_all_right_is_explained(world: World, box: Box, capsys: Output) -> None:
    XenditClient(box.xendit_url).create("of_another_shop")
    box.pay("of_another_shop", drop_webhook=True)
    assert main(["reconcile", "--apply", "--json"]) == 1
    (foreign,) = told(capsys)["differences"]
    assert main(["reconcile", "--apply"]) == 1
    assert f"--explain {foreign['id']}" in capsys.readouterr().out
    assert main(["reconcile", "--explain", foreign["id"], "--reason", "short"]) == 2
    assert main(["reconcile", "--explain", "dif_unknown", "--reason", "of the other shop"]) == 3
    assert main(["reconcile", "--explain", foreign["id"], "--reason", "of the other shop"]) == 0
    assert main(["reconcile"]) == 0
    assert main(["reconcile", "--apply"]) == 0


def test_days_are_days_in_jakarta_and_the_last_one_counts(world: World, capsys: Output) -> None:
    assert main(["reconcile", "--day", "2026-11-20", "--json"]) == 0
    answer = told(capsys)
    assert (answer["from"], answer["to"]) == ("2026-11-19T17:00:00+00:00", "2026-11-20T17:00:00+00:00")
    assert main(["reconcile", "--from", "2026-11-19", "--to", "2026-11-21", "--json"]) == 0
    answer = told(capsys)
    assert datetime.fromisoformat(answer["to"]) == world.clock.now()
    assert datetime.fromisoformat(answer["from"]) < world.clock.now() - timedelta(days=2)


@pytest.mark.parametrize(
    "wrong", [["--day", "2026-11-20", "--to", "2026-11-20"], ["--from", "2026-11-20", "--to", "2026-11-18"]]
)
def test_days_that_make_no_span_are_refused(world: World, capsys: Output, wrong: list[str]) -> None:
    assert main(["reconcile", *wrong]) == 2
    assert "--day stands alone" in capsys.readouterr().err


def test_a_gateway_that_is_away_says_try_again(world: World, box: Box, capsys: Output) -> None:
    box.fault("500", "transactions", times=None)
    assert main(["reconcile"]) == 75
    assert GatewayUnavailable.code in capsys.readouterr().err


def test_two_thousand_payments_are_compared_page_by_page(world: World, box: Box, capsys: Output) -> None:
    xendit = XenditClient(box.xendit_url)
    for number in range(MANY):
        xendit.create(f"other_{number}", amount=10_000 + number)
        box.pay(f"other_{number}", drop_webhook=True)
    assert main(["reconcile", "--apply", "--json"]) == 1
    shown = capsys.readouterr()
    answer = json.loads(shown.out)
    assert (answer["unexplained"], answer["totals"]["gateway_only"]["count"]) == (MANY, MANY)
    assert f"listed {MANY}" in shown.err
    assert main(["reconcile", "--apply"]) == 1
    shown = capsys.readouterr()
    assert f"and {MANY - 1_000} more" in shown.out
    assert f"reconcile: {MANY} unexplained" in shown.out
    with world.env.db.read() as tx:
        assert tx.scalar(select(func.count()).select_from(Difference)) == MANY
