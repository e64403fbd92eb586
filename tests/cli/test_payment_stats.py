"""`billing-ui payments stats` and `billing-ui account balance`: the figures of the page and the API at a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from billing_ui import runtime
from billing_ui.cli.main import main
from billing_ui.infra.db import Database
from tests.queries.test_payment_stats import ends, pays_after
from tests.world import Customer, World, open_world

Output = pytest.CaptureFixture[str]


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened, runtime.use(opened.env):
        yield opened


@pytest.fixture
def sari(world: World) -> Customer:
    customer = world.customer()
    pays_after(world, customer, 45)
    ends(world, customer, "failed", "VA_BCA")
    return customer


def test_stats_are_told_to_people_and_to_programs(world: World, sari: Customer, capsys: Output) -> None:
    assert main(["payments", "stats", "--account", sari.email, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["count"], told["paid"], told["success_percent"], told["median_seconds"]) == (2, 1, 50, 45)
    assert main(["payments", "stats", "--from", "2026-11-21", "--to", "2026-11-21"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2026-11-21 to 2026-11-21 (Asia/Jakarta), all accounts"
    assert [line.split() for line in lines[1:5]] == [
        ["payments", "2,", "paid", "1,", "failed", "or", "expired", "1"],
        ["success", "50", "%"],
        ["paid", "50000", "IDR"],
        ["time", "to", "pay", "45", "s", "(median)"],
    ]
    assert [line.split()[0] for line in lines[5:]] == ["QRIS", "VA_BCA", "2026-11-21"]


def test_an_account_that_is_none_and_a_day_that_is_none_are_refused(world: World, capsys: Output) -> None:
    assert main(["payments", "stats", "--account", "nobody"]) == 3
    with pytest.raises(SystemExit):
        main(["payments", "stats", "--from", "2026-11-31"])


def test_a_balance_is_told_now_and_as_it_stood(world: World, sari: Customer, capsys: Output) -> None:
    assert main(["account", "balance", sari.email]) == 0
    assert main(["account", "balance", sari.email, "--as-of", "2026-11-21T09:00+07:00"]) == 0
    now, then = capsys.readouterr().out.splitlines()
    assert now.split()[0] == "500000"
    assert then.split()[0] == "0"
    assert then.endswith("2026-11-21T09:00:00+07:00")
