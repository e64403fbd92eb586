"""`billing-ui account` and `billing-ui verify`, as a person at a terminal sees them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update
from sqlmodel import col

from billing_ui import runtime
from billing_ui.cli.main import main
from billing_ui.infra.db import Database
from billing_ui.ledger.tables import account_head, lot
from billing_ui.models import Account
from tests.world import Customer, World, open_world

Output = pytest.CaptureFixture[str]


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened, runtime.use(opened.env):
        yield opened


@pytest.fixture
def sari(world: World) -> Customer:
    return world.customer("sari@pelanggan.test")


def test_tokens_are_granted_shown_and_deducted(world: World, sari: Customer, capsys: Output) -> None:
    told = ["--tokens", "500", "--reason", "ganti gangguan", "--key", "t7"]
    assert main(["account", "grant", sari.email, *told, "--expires-at", "2027-01-31T23:59+07:00"]) == 0
    assert main(["account", "grant", sari.email, *told, "--expires-at", "2027-01-31T23:59+07:00"]) == 0
    assert main(["account", "deduct", sari.email, "--tokens", "100", "--reason", "koreksi"]) == 0
    assert main(["account", "show", sari.email]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "grant 500: balance 0 -> 500  key t7"
    assert lines[1] == "grant 500: balance 0 -> 500 (done before, nothing moved)  key t7"
    assert lines[2].startswith("deduct 100: balance 500 -> 400  key cli_")
    assert "balance   400" in lines
    assert "granted   400" in lines
    assert lines[-1].endswith("granted 400 of 500, until 2027-01-31T16:59:00+00:00")


def test_a_refusal_is_one_sentence_and_its_own_exit_code(world: World, sari: Customer, capsys: Output) -> None:
    assert main(["account", "deduct", sari.email, "--tokens", "1", "--reason", "koreksi"]) == 1
    assert main(["account", "show", "nobody"]) == 3
    short, absent = capsys.readouterr().err.splitlines()
    assert short.startswith("billing-ui: A balance of 0 tokens is not enough")
    assert short.endswith("[insufficient_balance (balance=0, needed=1)]")
    assert absent.endswith("[not_found (what=account)]")


@pytest.mark.parametrize("verb", [["show"], ["grant", "--tokens", "1", "--reason", "hadiah"]])
def test_a_name_that_means_two_accounts_asks_for_the_id(
    world: World, sari: Customer, capsys: Output, verb: list[str]
) -> None:
    other = world.customer("budi@pelanggan.test", "Budi")
    with world.env.db.begin() as tx:
        tx.execute(update(Account).where(col(Account.id) == other.account_id).values(external_id=sari.email))
    assert main(["account", verb[0], sari.email, *verb[1:]]) == 2
    assert capsys.readouterr().out.splitlines()[0] == f"{sari.email} means 2 accounts; name one by its id:"
    assert world.balance(sari) == world.balance(other) == 0


def test_an_instant_without_a_zone_is_refused(world: World, sari: Customer, capsys: Output) -> None:
    told = ["--tokens", "5", "--reason", "hadiah", "--expires-at", "2027-01-31"]
    with pytest.raises(SystemExit):
        main(["account", "grant", sari.email, *told])
    assert "needs its zone" in capsys.readouterr().err


def test_frozen_lots_are_marked(world: World, sari: Customer, capsys: Output) -> None:
    main(["account", "grant", sari.email, "--tokens", "5", "--reason", "hadiah"])
    with world.env.db.begin() as tx:
        tx.execute(update(lot).values(is_frozen=True))
    main(["account", "show", sari.email])
    assert capsys.readouterr().out.splitlines()[-1].endswith("granted 5 of 5, frozen")


def test_verify_says_that_the_books_are_right(world: World, sari: Customer, capsys: Output) -> None:
    assert main(["verify"]) == 0
    assert capsys.readouterr().out == "verify: the books are right\n"


def test_verify_lists_what_is_wrong_and_exits_with_one(world: World, sari: Customer, capsys: Output) -> None:
    with world.env.db.begin() as tx:
        tx.execute(update(account_head).values(balance=7, bought=7))
    assert main(["verify"]) == 1
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["check", "account", "subject", "found", "expected"],
        ["balance", str(sari.account_id), "head", "7", "0"],
        ["bought", str(sari.account_id), "head", "7", "0"],
        ["lots_and_debt", str(sari.account_id), "head", "7", "0"],
        ["verify:", "3", "findings"],
    ]


def test_an_account_moves_to_another_zone(world: World, sari: Customer, capsys: Output) -> None:
    assert main(["account", "zone", sari.email, "Asia/Makassar", "--reason", "she moved"]) == 0
    assert capsys.readouterr().out.endswith(": Asia/Jakarta -> Asia/Makassar, 0 events counted anew\n")
    assert main(["account", "zone", sari.email, "Asia/Atlantis"]) == 2
    assert "field_invalid" in capsys.readouterr().err
    assert main(["account", "zone", "nobody@pelanggan.test", "Asia/Makassar"]) != 0
    world.books_are_right()
