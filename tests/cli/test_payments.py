"""`billing-ui payments` and `billing-ui webhooks`, as a person at a terminal sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from billing_ui import runtime
from billing_ui.cli.exits import NOT_THERE, REFUSED, WRONG_USE
from billing_ui.cli.main import main
from billing_ui.infra.db import Database
from billing_ui.kit.amount import Amount
from billing_ui.rules.facts import Captured
from billing_ui.services import inbox
from tests.live_sandbox import CALLBACK_TOKEN, Box, running_sandbox
from tests.world import World, open_world

Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def world(sqlite_stocked_url: str, box: Box) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url), box) as opened, runtime.use(opened.env):
        yield opened


def arrives(world: World, ref: str, amount: int) -> None:
    world.settle(ref, Captured("xendit", f"py-{amount}", "", ref, Amount(amount, "IDR"), world.clock.now()))


def test_payments_are_listed_found_and_shown_in_full(world: World, capsys: Output) -> None:
    ref = world.wants(world.customer())
    arrives(world, ref, 40_000)
    payment = world.payment(ref).public_id
    assert main(["payments", "list", "--status", "decision"]) == 0
    line = capsys.readouterr().out
    assert payment in line
    assert "needs_decision held" in line
    assert main(["payments", "list", "--q", ref, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["id"] for each in told["payments"]] == [payment]
    assert main(["payments", "show", payment]) == 0
    shown = capsys.readouterr().out
    assert "py-40000" in shown
    assert "outcome=held" in shown
    assert main(["payments", "show", payment, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["captures"][0]["amount"] == 40_000


def test_a_long_list_says_how_to_go_on(world: World, capsys: Output) -> None:
    customer = world.customer()
    for number in range(26):
        world.wants(customer, amount=25_000 + 1_000 * number)
    main(["payments", "list"])
    *rows, more = capsys.readouterr().out.splitlines()
    assert len(rows) == 25
    main(["payments", "list", *more.removeprefix("more: ").split()])
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_the_methods_are_told_with_what_they_take_and_cost(world: World, capsys: Output) -> None:
    assert main(["payments", "methods"]) == 0
    told = capsys.readouterr().out
    assert "borne by us" in told
    qris, bca = (next(line for line in told.splitlines() if code in line) for code in ("QRIS", "VA_BCA"))
    assert qris.split() == ["QRIS", "xendit", "1", "10,000,000", "0.7%", "parts", "yes"]
    assert bca.split() == ["VA_BCA", "xendit", "10,000", "50,000,000", "4,000", "none", "yes"]
    fees = '{"QRIS": {"flat": 250, "per_10000": 100}, "VA_BCA": {"flat": 0, "per_10000": 0}}'
    main(["settings", "set", "fee.methods", fees, "--reason", "our own contract"])
    main(["settings", "set", "fee.payer", "customer", "--reason", "our own contract"])
    capsys.readouterr()
    main(["payments", "methods"])
    told = capsys.readouterr().out
    assert "borne by customer" in told
    qris, bca = (next(line for line in told.splitlines() if code in line) for code in ("QRIS", "VA_BCA"))
    assert qris.split() == ["*", "QRIS", "xendit", "1", "10,000,000", "250", "+", "1%", "parts", "yes"]
    assert bca.split() == ["*", "VA_BCA", "xendit", "10,000", "50,000,000", "none", "none", "yes"]
    main(["payments", "methods", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["fee_payer"] == "customer"
    assert told["methods"][0]["fee"] == {"flat": 250, "per_10000": 100}
    assert {each["method"] for each in told["methods"] if not each["open"]} == {"CARD"}


def test_asking_the_gateway_again_finds_the_money(world: World, box: Box, capsys: Output) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(ref)
    assert main(["payments", "recheck", world.payment(ref).public_id]) == 0
    assert "money, pending -> paid, new captures: 1" in capsys.readouterr().out
    assert world.balance(customer) == 500_000


def test_kept_money_is_decided_about_once(world: World, capsys: Output) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    arrives(world, ref, 40_000)
    resolve = ["payments", "resolve", world.captures()[0].public_id, "--decision", "credited", "--reason"]
    assert main([*resolve, "short"]) == WRONG_USE
    assert main([*resolve, "the customer sent less than asked"]) == 0
    assert "credited 40000 IDR, tokens 400000, balance 0 -> 400000" in capsys.readouterr().out
    assert main([*resolve, "the customer sent less than asked"]) == REFUSED
    assert world.balance(customer) == 400_000
    world.books_are_right()


def test_a_webhook_is_listed_shown_without_secrets_and_acted_on_again(world: World, capsys: Output) -> None:
    body = json.dumps({"event": "payment.capture", "data": {"reference_id": "top_x", "callback_token": "s3cret"}})
    inbox.receive(world.env, "xendit", {"x-callback-token": CALLBACK_TOKEN, "webhook-id": "w1"}, body.encode())
    assert main(["webhooks", "list", "--unfinished"]) == 0
    line = capsys.readouterr().out
    assert "payment.capture" in line
    number = line.split()[0]
    world.work()
    assert main(["webhooks", "list", "--unfinished"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["webhooks", "show", number]) == 0
    shown = capsys.readouterr().out
    assert "top_x" in shown
    assert "s3cret" not in shown
    assert main(["webhooks", "replay", number]) == 0
    assert world.work() == 1


MISSING = (
    ["payments", "show", "pay_x"], ["payments", "recheck", "pay_x"], ["webhooks", "show", "9"],
    ["webhooks", "replay", "9"],
)  # fmt: skip


@pytest.mark.parametrize("command", MISSING)
def test_what_is_not_there_has_an_exit_code_of_its_own(world: World, command: list[str], capsys: Output) -> None:
    del world
    assert main(command) == NOT_THERE
    assert "not_found" in capsys.readouterr().err
