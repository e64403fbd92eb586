"""People made and listed from the command line."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from billing_ui import runtime
from billing_ui.cli.main import main
from billing_ui.infra.db import Database
from billing_ui.services import identity
from billing_ui.services.identity import Device
from tests.world import World, open_world

EMAIL, PASSWORD = "maya@kantor.test", "sandi yang cukup panjang"


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened, runtime.use(opened.env):
        yield opened


def make(monkeypatch: pytest.MonkeyPatch, *options: str, password: str = PASSWORD) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    return main(["user", "create", EMAIL, *options])


def test_the_first_operator_is_made_and_signs_in(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(monkeypatch, "--role", "owner", "--name", "Maya Kusuma") == 0
    assert capsys.readouterr().out.startswith("usr_")
    found = identity.find_session(world.env, identity.sign_in(world.env, EMAIL, PASSWORD, "10.0.0.1", Device()))
    assert found is not None
    assert (found.actor.role, found.user.name) == ("owner", "Maya Kusuma")


def test_roles_are_given_taken_and_listed(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(monkeypatch)
    capsys.readouterr()
    assert main(["user", "list", "--operators"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["user", "role", EMAIL, "support", "--reason", "new colleague"]) == 0
    main(["user", "list"])
    told = capsys.readouterr().out
    assert EMAIL in told
    assert told.rstrip().endswith("support")
    assert main(["user", "role", EMAIL, "none", "--reason", "left"]) == 0
    capsys.readouterr()
    main(["user", "list", "--operators"])
    assert capsys.readouterr().out == ""


def test_a_refusal_is_one_line_and_an_exit_code(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(monkeypatch, password="kurz") == 2
    assert "at least 8" in capsys.readouterr().err
    assert main(["user", "role", "nobody@kantor.test", "admin", "--reason", "x"]) == 3
