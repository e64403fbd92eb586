"""`billing-ui catalogue`: what a person reads, and the exit codes a script relies on."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from billing_ui import runtime
from billing_ui.catalogues.load import load
from billing_ui.cli import catalogue
from billing_ui.env import Env
from billing_ui.infra.db import Database
from billing_ui.models import PlanVersion
from billing_ui.rules.access import system
from billing_ui.services import plans
from tests.catalogues.desk import desk, edited, selling

Told = pytest.CaptureFixture[str]


@pytest.fixture
def env(sqlite_url: str) -> Iterator[Env]:
    database = Database(sqlite_url)
    with runtime.use(desk(database)) as env:
        yield env
    database.dispose()


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    catalogue.register(parser.add_subparsers(required=True))
    args = parser.parse_args(["catalogue", *words])
    code = args.run(args)
    assert isinstance(code, int)
    return code


@pytest.mark.parametrize("name", ["makalah", "interview", "enterprise", "studio"])
def test_check_finds_every_shipped_catalogue_in_order(name: str, capsys: Told) -> None:
    assert run("check", name) == 0
    assert capsys.readouterr().out.startswith(f"{name}: ")


def test_check_without_a_name_reads_the_one_of_the_environment(monkeypatch: pytest.MonkeyPatch, capsys: Told) -> None:
    monkeypatch.setenv("CATALOGUE", "studio")
    assert run("check") == 0
    assert capsys.readouterr().out == "studio: 1 plan, 4 packages, 8 operations, USD, all in order\n"


def test_check_says_what_is_wrong_and_where(tmp_path: Path, capsys: Told) -> None:
    path = edited(tmp_path, "makalah", ("tokens = 500_000\n", "tokens = 0\n"))
    assert run("check", str(path)) == 2
    assert capsys.readouterr().err == (
        "makalah.toml, plans.bpp.topup_options[1].tokens: must be a whole number above 0\n"
    )


def test_a_wrong_environment_is_one_sentence_too(monkeypatch: pytest.MonkeyPatch, capsys: Told) -> None:
    monkeypatch.setenv("BILLING_ENV", "moon")
    assert run("check") == 2
    assert capsys.readouterr().err.startswith("environment variable BILLING_ENV: ")


def test_apply_prints_the_diff_first_and_a_second_time_nothing(env: Env, capsys: Told) -> None:
    assert run("diff") == 1
    first = capsys.readouterr().out
    assert first.splitlines()[:2] == ["makalah: 6 changes", "  + plan     gratis  (new)"]
    assert run("apply") == 0
    assert capsys.readouterr().out == f"{first}applied\n"
    assert run("diff") == 0
    assert run("apply") == 0
    assert capsys.readouterr().out == "makalah: nothing changes\nmakalah: nothing changes\n"


def test_diff_shows_each_fact_before_and_after(env: Env, tmp_path: Path, capsys: Told) -> None:
    plans.apply(env, system("test"))
    path = edited(tmp_path, "makalah", ("price = 199_000", "price = 149_000"), ("balance.low_tokens = 50_000", ""))
    with runtime.use(selling(env, path)):
        assert run("diff") == 1
    assert capsys.readouterr().out.splitlines() == [
        "makalah: 1 change",
        "  ~ plan     pro",
        "      price_amount: 199000 -> 149000",
    ]


def test_what_the_desk_changed_is_shown_and_kept_unless_overwritten(env: Env, capsys: Told) -> None:
    plans.apply(env, system("test"))
    at_desk = {"price_amount": 1, "content_hash": "desk", "changed_at_desk": True}
    with env.db.begin() as tx:
        tx.execute(update(PlanVersion).where(col(PlanVersion.slug) == "pro").values(**at_desk))
    assert run("diff") == 0
    assert capsys.readouterr().out.splitlines() == [
        "makalah: 0 changes, 1 kept as the desk has it",
        "  = plan     pro  (changed at the desk; --overwrite)",
        "      price_amount: 1 -> 199000",
    ]
    assert run("diff", "--overwrite") == 1
    assert run("apply", "--overwrite") == 0
    assert "applied" in capsys.readouterr().out


def test_show_lists_what_is_sold(env: Env, capsys: Told) -> None:
    assert run("show") == 0
    assert "nothing is sold yet" in capsys.readouterr().out
    plans.apply(env, system("test"))
    assert run("show") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["gratis", "bpp", "bpp-25000", "bpp-50000", "bpp-100000", "pro"]
    assert lines[1].split() == ["plan", "bpp", "v1", "prepaid", "IDR", "25,000", "highlighted"]
    assert lines[3].endswith("popular")


def test_show_prints_cents_as_dollars(sqlite_url: str, capsys: Told) -> None:
    database = Database(sqlite_url)
    with runtime.use(desk(database, load("studio"))) as env:
        plans.apply(env, system("test"))
        assert run("show") == 0
    database.dispose()
    assert "200,000 tokens + 20,000" in capsys.readouterr().out


def test_a_database_that_was_not_migrated_is_named(tmp_path: Path, capsys: Told) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with runtime.use(desk(database)):
        assert run("diff") == 2
    database.dispose()
    assert capsys.readouterr().err.startswith("the database is at migration none, the code needs ")
