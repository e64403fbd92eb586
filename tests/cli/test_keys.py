"""`billing-ui keys`, as a person at a terminal sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from billing_ui import runtime
from billing_ui.cli.main import main
from billing_ui.infra.db import Database
from billing_ui.rules.scopes import PREFIX
from tests.world import World, open_world

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened, runtime.use(opened.env):
        yield opened


def test_a_key_is_made_listed_and_revoked(capsys: Output) -> None:
    assert main(["keys", "create", "--name", "web app", "--scope", "usage:write"]) == 0
    told = capsys.readouterr()
    secret = told.out.strip()
    assert secret.startswith(PREFIX), "the output is the secret alone"
    public_id = told.err.split()[0]
    assert main(["keys", "list"]) == 0
    line = capsys.readouterr().out
    assert public_id in line and f"…{secret[-4:]}" in line and "active" in line and secret not in line
    assert main(["keys", "revoke", public_id, "--reason", "lost a laptop"]) == 0
    capsys.readouterr()
    assert main(["keys", "list", "--json"]) == 0
    [key] = json.loads(capsys.readouterr().out)
    assert key["revoked_at"] and key["scopes"] == ["usage:write"]


def test_a_key_nobody_has_is_not_there(capsys: Output) -> None:
    assert main(["keys", "revoke", "key_x", "--reason", "lost"]) == 3
    assert main(["keys", "list"]) == 0
    assert capsys.readouterr().out == ""
