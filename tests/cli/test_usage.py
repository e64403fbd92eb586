"""`billing-ui usage record | check | show`, as a person at a terminal sees them."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from billing_ui import runtime
from billing_ui.cli.main import main
from billing_ui.infra.db import Database
from billing_ui.ledger.tables import account_day, system_hour
from tests.world import Customer, World, open_world

Output = pytest.CaptureFixture[str]
CHAT = ["--operation", "chat", "--model", "gpt-5", "--input", "600", "--output", "400"]


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened, runtime.use(opened.env):
        yield opened


@pytest.fixture
def sari(world: World) -> Customer:
    return world.customer("sari@pelanggan.test")


def test_an_event_is_charged_once_however_often_it_is_told(world: World, sari: Customer, capsys: Output) -> None:
    told = ["usage", "record", sari.email, *CHAT, "--event-id", "evt-1"]
    assert main(told) == 0
    assert main(told) == 0
    assert main([*told[:-1], "evt-1", "--at", "2026-11-20T23:00+07:00"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "evt-1: charged 1000 (included 1000), balance 0, entry 1",
        "evt-1: charged 1000 (included 1000) (known before, nothing was charged now), balance 0, entry 1",
    ]
    assert "key_reused" in err
    world.books_are_right()


def test_a_no_tells_the_limit_that_binds_and_writes_nothing(world: World, sari: Customer, capsys: Output) -> None:
    assert main(["usage", "record", sari.email, "--operation", "chat", "--input", "20001", "--event-id", "evt-1"]) == 1
    assert main(["usage", "check", sari.email, "--operation", "chat", "--input", "20000"]) == 0
    assert main(["usage", "check", sari.email, "--type", "tokens", "--amount", "20001", "--json"]) == 1
    refused, allowed, record = capsys.readouterr().out.splitlines()
    assert refused == (
        "no: quota_exceeded (meter tokens, window day, limit 20000, used 0, needed 20001, available 20000, "
        "resets_at 2026-11-21T17:00:00+00:00). Nothing was charged."
    )
    assert allowed == "yes: included 20000"
    assert json.loads(record)["allowed"] is False
    assert json.loads(record)["reason"] == "quota_exceeded"


def test_what_was_used_is_shown_by_operation_and_model(world: World, sari: Customer, capsys: Output) -> None:
    main(["usage", "record", sari.email, *CHAT, "--event-id", "evt-1"])
    main(["usage", "record", sari.email, *CHAT, "--event-id", "evt-2", "--at", "2026-11-20T23:00+07:00"])
    capsys.readouterr()
    assert main(["usage", "show", sari.email]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "balance 0, held 0, included and left 98000" in lines
    assert "tokens per day: 1000 of 20000 (5 %), anew 2026-11-21T17:00:00+00:00" in lines
    assert "chat 1 1000 0 tokens" in lines
    assert lines[lines.index("2026-11 by operation events drawn charged") + 1] == "chat 2 2000 0 tokens"
    assert lines[-1] == "gpt-5 2 2000 0 tokens"


def test_a_month_of_before_and_a_program_are_told_too(world: World, sari: Customer, capsys: Output) -> None:
    assert main(["usage", "show", sari.email, "--month", "2026-10"]) == 0
    assert capsys.readouterr().out.count("nothing yet") == 3
    main(["usage", "record", sari.email, *CHAT, "--event-id", "evt-1"])
    capsys.readouterr()
    assert main(["usage", "show", sari.email, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["plan"], told["allowance_left"], told["month"]["month"]) == ("gratis", 99_000, "2026-11")
    assert told["month"]["days"][0] | {"group": "-"} == told["today"]["operations"][0] | {"group": "-"}
    with pytest.raises(SystemExit):
        main(["usage", "show", sari.email, "--month", "November"])


@pytest.mark.parametrize("verb", [["record", "--event-id", "e"], ["check"]])
def test_what_the_catalogue_does_not_know_is_refused(
    world: World, sari: Customer, capsys: Output, verb: list[str]
) -> None:
    assert main(["usage", verb[0], sari.email, "--operation", "sing", *verb[1:]]) == 2
    assert main(["usage", verb[0], "nobody", "--operation", "chat", *verb[1:]]) == 3
    assert "field_invalid (field=operation, why=unknown)" in capsys.readouterr().err


def test_sums_that_are_wrong_are_counted_anew(world: World, sari: Customer, capsys: Output) -> None:
    main(["usage", "record", sari.email, *CHAT, "--event-id", "evt-1"])
    with world.env.db.begin() as tx:
        tx.execute(update(account_day).values(quantity=1))
        tx.execute(update(system_hour).values(quantity=1))
    capsys.readouterr()
    assert main(["verify"]) == 1
    assert "account_day_quantity" in capsys.readouterr().out
    assert main(["usage", "rebuild", "--account", sari.email, "--reason", "the disk was full"]) == 0
    assert capsys.readouterr().out.endswith("counted anew from 1 events\n")
    assert main(["usage", "rebuild"]) == 0
    assert capsys.readouterr().out == "1 accounts counted anew from 1 events, and the hours of all\n"
    assert main(["verify"]) == 0
