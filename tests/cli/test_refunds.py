"""`billing-ui payments refund` and `billing-ui disputes`, as a person at a terminal uses them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from billing_ui import runtime
from billing_ui.cli.exits import NOT_THERE, REFUSED, WRONG_USE
from billing_ui.cli.main import main
from billing_ui.infra.db import Database
from billing_ui.rules.access import system
from billing_ui.rules.errors import GatewayRejected
from billing_ui.rules.facts import DisputeClaim
from billing_ui.services import disputes, refund_requests
from tests.live_sandbox import Box, running_sandbox
from tests.refunding import FINANCE, Refunding, comes, refunding, spend
from tests.world import Customer, World, open_world

Output = pytest.CaptureFixture[str]
REASON = ("--reason", "the customer asked for it")


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def desk(sqlite_stocked_url: str, box: Box) -> Iterator[tuple[World, Refunding]]:
    with open_world(Database(sqlite_stocked_url), box) as opened, refunding(opened) as both, runtime.use(both[0].env):
        yield both


def paid(world: World) -> tuple[Customer, str]:
    customer = world.customer()
    ref = world.wants(customer)
    comes(world, ref)
    return customer, ref


def test_a_part_of_what_goes_back_whole_is_refused_with_what_to_do(
    desk: tuple[World, Refunding], capsys: Output
) -> None:
    world, gateway = desk
    ref = world.wants(world.customer(), method="LINKAJA")
    comes(world, ref)
    assert main(["payments", "refund", ref, "--amount", "20000", *REASON]) == REFUSED
    assert "gives back a whole payment or nothing. Nothing has left" in capsys.readouterr().err
    assert gateway.asked == []


def test_the_same_command_twice_is_one_refund_by_any_name_of_the_payment(
    desk: tuple[World, Refunding], capsys: Output
) -> None:
    world, gateway = desk
    customer, ref = paid(world)
    gateway.answers = "succeeded"
    for name in (ref, world.payment(ref).public_id):
        assert main(["payments", "refund", name, "--amount", "20000", *REASON]) == 0
        assert "succeeded 20000 IDR" in capsys.readouterr().out
    assert len(gateway.asked) == 1
    assert world.balance(customer) == 300_000
    assert main(["payments", "refund", ref, "--amount", "20000", *REASON, "--key", "second"]) == 0
    assert world.balance(customer) == 100_000
    world.books_are_right()


def test_what_cannot_go_back_is_refused_with_a_code_of_its_own(desk: tuple[World, Refunding], capsys: Output) -> None:
    world, gateway = desk
    customer, ref = paid(world)
    spend(world, customer.account_id, 400_000)
    refund = ["payments", "refund", ref, "--amount"]
    assert main([*refund, "50000", *REASON]) == REFUSED
    assert "10000" in capsys.readouterr().err
    assert main([*refund, "10000", "--reason", "short"]) == WRONG_USE
    assert main([*refund, "0", *REASON]) == WRONG_USE
    assert main(["payments", "refund", "top_nobody", "--amount", "1", *REASON]) == NOT_THERE
    gateway.answers = GatewayRejected(reason="CHANNEL_CLOSED")
    assert main([*refund, "10000", *REASON]) == REFUSED
    assert "CHANNEL_CLOSED: nothing left" in capsys.readouterr().out
    assert world.balance(customer) == 100_000


def test_a_transfer_made_by_hand_is_written_down_once_with_the_banks_number(
    desk: tuple[World, Refunding], capsys: Output
) -> None:
    world, gateway = desk
    customer, ref = paid(world)
    by_hand = ["payments", "refund", ref, "--amount", "50000", *REASON, "--by-hand"]
    assert main(by_hand) == WRONG_USE
    for _ in range(2):
        assert main([*by_hand, "--bank-reference", "BCA-20261121-1"]) == 0
        assert "succeeded 50000 IDR" in capsys.readouterr().out
    assert gateway.asked == []
    assert world.balance(customer) == 0
    world.books_are_right()


def test_a_lost_dispute_takes_money_and_tokens_once(desk: tuple[World, Refunding], capsys: Output) -> None:
    world, _ = desk
    customer, ref = paid(world)
    for state in ("open", "lost"):
        claim = DisputeClaim("mi-dspt-1", state, 50_000, "IDR", "FRAUD")
        disputes.hear(world.env, system("webhook"), "xendit", "py-1", claim)
    assert main(["disputes", "list", "--status", "open", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["disputes"]
    assert (row["payment"], row["told"]) == (world.payment(ref).public_id, "lost")
    assert main(["disputes", "list"]) == 0
    assert "open  FRAUD  the gateway says lost" in capsys.readouterr().out
    conclude = ["disputes", "conclude", row["id"], "lost"]
    assert main([*conclude, "--reason", "short"]) == WRONG_USE
    assert main([*conclude, *REASON]) == 0
    assert "lost, 50000 IDR and 500000 tokens taken" in capsys.readouterr().out
    assert main([*conclude, *REASON]) == REFUSED
    assert main(["disputes", "conclude", "dsp_nobody", "won", *REASON]) == NOT_THERE
    assert world.balance(customer) == 0
    world.books_are_right()


@pytest.mark.parametrize(
    ("end", "says"), [("lost", "lost, 30000 IDR and 300000 tokens taken"), ("won", "won, nothing taken")]
)
def test_the_end_of_a_dispute_tells_what_really_left(
    desk: tuple[World, Refunding], capsys: Output, end: str, says: str
) -> None:
    world, _ = desk
    _, ref = paid(world)
    by_hand = ["payments", "refund", ref, "--amount", "20000", *REASON, "--by-hand", "--bank-reference", "BCA-1234"]
    assert main(by_hand) == 0
    disputes.hear(world.env, system("webhook"), "xendit", "py-1", DisputeClaim("mi-dspt-1", "open", 50_000, "IDR", "F"))
    assert main(["disputes", "list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out.partition("\n")[2])["disputes"]
    assert main(["disputes", "conclude", row["id"], end, *REASON]) == 0
    assert says in capsys.readouterr().out
    world.books_are_right()


def test_the_command_line_and_the_desk_share_what_is_left(desk: tuple[World, Refunding], capsys: Output) -> None:
    world, gateway = desk
    _, ref = paid(world)
    refund_requests.request(world.env, FINANCE, world.payment(ref).public_id, 30_000, "asked by mail", key="form-1")
    assert main(["payments", "refund", ref, "--amount", "30000", *REASON]) == REFUSED
    assert "20000" in capsys.readouterr().err
    assert len(gateway.asked) == 1


class Terminal(io.StringIO):
    """Somebody sits before it and types."""

    def isatty(self) -> bool:
        return True


def test_a_large_sum_is_typed_once_more_or_told_with_the_command(
    desk: tuple[World, Refunding], capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, gateway = desk
    gateway.answers = "succeeded"
    customer = world.customer()
    ref = world.wants(customer, 2_000_000)
    comes(world, ref, amount=2_000_000)
    refund = ["payments", "refund", ref, *REASON, "--amount"]
    assert main([*refund, "600000"]) == WRONG_USE
    assert "not_confirmed" in capsys.readouterr().err
    assert main([*refund, "600000", "--confirm", "60000"]) == WRONG_USE
    for typed in ("", "60000", "yes"):
        monkeypatch.setattr("sys.stdin", Terminal(f"{typed}\n"))
        assert main([*refund, "600000"]) == WRONG_USE
    assert gateway.asked == []
    monkeypatch.setattr("sys.stdin", Terminal("600000\n"))
    assert main([*refund, "600000"]) == 0
    assert "600000 IDR is a large sum" in capsys.readouterr().out
    assert main([*refund, "700000", "--confirm", "700000"]) == 0
    by_hand = ["--by-hand", "--bank-reference", "BCA-1", "--confirm", "700000"]
    assert main([*refund, "700000", *by_hand]) == 0
    assert world.balance(customer) == 0
    world.books_are_right()
