"""`billing-ui mails`, as a person at a terminal sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from billing_ui import runtime
from billing_ui.cli.exits import NOT_THERE, WRONG_USE
from billing_ui.cli.main import main
from billing_ui.infra.db import Database
from billing_ui.services import identity, mail_stops
from billing_ui.services.identity import Device, SignUp
from tests.live_sandbox import Box, running_sandbox
from tests.world import World, open_world

Output = pytest.CaptureFixture[str]
EMAIL = "rani@pelanggan.test"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def world(sqlite_stocked_url: str, box: Box) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url), box) as opened, runtime.use(opened.env):
        yield opened


def key_of_the_only_mail(capsys: Output) -> str:
    assert main(["mails", "list", "--json"]) == 0
    (mail,) = json.loads(capsys.readouterr().out)["mails"]
    return str(mail["key"])


def test_mails_are_listed_narrowed_and_shown_without_what_they_said(world: World, capsys: Output) -> None:
    identity.sign_up(world.env, SignUp(EMAIL, "kata sandi yang panjang"), Device("127.0.0.1", "Firefox"))
    world.work()
    assert main(["mails", "list"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split()[2:5] == ["sent", "verify_email", EMAIL]
    for narrowed in (["--status", "failed"], ["--to", "other"]):
        assert main(["mails", "list", *narrowed]) == 0
        assert capsys.readouterr().out == ""
    assert main(["mails", "list", "--to", "RANI@", "--status", "sent"]) == 0
    assert EMAIL in capsys.readouterr().out
    key = key_of_the_only_mail(capsys)
    assert main(["mails", "show", key]) == 0
    shown = capsys.readouterr().out
    assert "Verifikasi alamat e-mail Anda - Makalah AI" in shown
    assert "token=" not in shown
    assert main(["mails", "show", key, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "sent"
    assert main(["mails", "show", "verify:99"]) == NOT_THERE


def test_a_mail_is_sent_again_unless_it_carried_a_link(world: World, box: Box, capsys: Output) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    payment = world.payment(ref)
    world.later(hours=3)
    world.work()
    key = key_of_the_only_mail(capsys)
    assert payment.public_id in key
    before = len(box.inbox(customer.email))
    assert main(["mails", "resend", key, "--reason", "the customer deleted it"]) == 0
    assert capsys.readouterr().out == f"again:1:{key}: due now\n"
    world.work()
    assert len(box.inbox(customer.email)) == before + 1
    identity.request_reset(world.env, customer.email, "10.0.0.7")
    world.work()
    assert main(["mails", "resend", "reset:1", "--reason", "lost"]) == WRONG_USE


def test_a_stopped_address_is_shown_and_let_go(world: World, capsys: Output) -> None:
    with world.env.db.begin() as tx:
        mail_stops.stop(tx, world.env, EMAIL, "bounced", "no such mailbox", None)
    assert main(["mails", "stops"]) == 0
    assert capsys.readouterr().out.split()[2:5] == ["bounced", EMAIL, "no"]
    assert main(["mails", "lift", EMAIL, "--reason", "the domain is back"]) == 0
    capsys.readouterr()
    assert main(["mails", "stops", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"stops": []}
    assert main(["mails", "lift", EMAIL, "--reason", "again"]) == NOT_THERE
