"""Refusals at the terminal speak to people first and to scripts after."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from billing_ui import runtime
from billing_ui.cli.main import main
from billing_ui.cli.terminal import operator, refusal
from billing_ui.infra.db import Database
from billing_ui.rules.errors import FieldInvalid, Misconfigured, NotFound
from tests.world import open_world

ROOT = Path(__file__).parents[2]


def test_a_refusal_is_a_sentence_with_its_code_and_facts_behind_it() -> None:
    told = refusal(NotFound(what="payment"))
    assert told.endswith(" [not_found (what=payment)]")
    assert told[0].isupper()
    assert refusal(FieldInvalid(field="amount", why="range")).endswith("(field=amount, why=range)]")


def test_a_wrong_configuration_is_told_in_its_own_words() -> None:
    assert refusal(Misconfigured(what="PUBLIC_URL must be https")) == "PUBLIC_URL must be https"


def test_a_login_without_a_name_is_an_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise OSError("no such user")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert operator().name == "cli:operator"


def test_a_database_without_its_tables_is_told_with_the_command_that_makes_them(
    sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_world(Database(sqlite_url)) as opened, runtime.use(opened.env):
        with opened.env.db.begin() as tx:
            tx.connection().exec_driver_sql("ALTER TABLE setting RENAME TO away")
        assert main(["settings", "list"]) == 75
    assert "billing-ui db upgrade" in capsys.readouterr().err


def test_a_reader_that_has_read_enough_is_no_traceback(sqlite_url: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    told = subprocess.run(
        [sys.executable, "-m", "billing_ui.cli.main", "settings", "list"], stdout=writing, stderr=subprocess.PIPE,
        cwd=ROOT, env={**os.environ, "DATABASE_URL": sqlite_url}, text=True, check=False,
    )  # fmt: skip
    os.close(writing)
    assert (told.returncode, told.stderr) == (1, "")
