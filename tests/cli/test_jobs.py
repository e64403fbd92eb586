"""`billing-ui jobs`, as a person at a terminal sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from billing_ui import runtime
from billing_ui.cli.main import main
from billing_ui.env import Env
from billing_ui.infra.db import Database
from billing_ui.jobs.runner import run_due
from billing_ui.kit.json_types import JsonMap
from billing_ui.models import Audit
from billing_ui.rules.errors import NotFound
from billing_ui.services import outbox
from tests.world import World, open_world

Output = pytest.CaptureFixture[str]


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    with open_world(Database(sqlite_stocked_url)) as opened, runtime.use(opened.env):
        yield opened


def refuse(_env: Env, _args: JsonMap) -> None:
    raise NotFound(what="payment")


def test_a_desk_with_nothing_set_aside_says_so_by_its_exit_code(world: World, capsys: Output) -> None:
    assert main(["jobs", "list"]) == 0
    assert capsys.readouterr().out == ""


def test_a_job_set_aside_is_shown_with_its_reason_and_set_going_again(world: World, capsys: Output) -> None:
    with world.env.db.begin() as tx:
        outbox.enqueue(tx, world.env, "test", "test:1", {})
    run_due(world.env, {"test": refuse})
    assert main(["jobs", "list"]) == 1
    assert "test:1\n  after 1 tries: NotFound" in capsys.readouterr().out
    assert main(["jobs", "retry", "test:1", "--reason", "mended"]) == 0
    assert main(["jobs", "list"]) == 0
    done: list[str] = []
    run_due(world.env, {"test": lambda _env, _args: done.append("done")})
    assert done == ["done"]
    with world.env.db.read() as tx:
        audit = tx.scalars(select(Audit).order_by(Audit.id.desc())).first()
    assert audit is not None
    assert (audit.action, audit.subject, audit.reason) == ("job.revived", "test:1", "mended")


def test_a_job_that_is_not_set_aside_cannot_be_set_going(world: World, capsys: Output) -> None:
    assert main(["jobs", "retry", "test:9", "--reason", "x"]) == 3
    assert capsys.readouterr().err.endswith("[not_found (what=job)]\n")
