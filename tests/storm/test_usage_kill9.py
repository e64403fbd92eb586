"""kill -9 of whoever records use, and of the database under it: what was acknowledged is on record, once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from billing_ui.infra.db import Database, migrate
from billing_ui.ledger.tables import usage_event
from tests.metering import EVENT_ID, books_tie, head, kept_events, prepaid
from tests.servers import run_dir
from tests.storm.metered import insist
from tests.storm.own_postgres import own_postgres
from tests.world import World, open_world

EVENTS = 1_500
ALL = sum(1 + number % 7 for number in range(EVENTS))
ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(stocked_db: Database) -> Iterator[World]:
    with open_world(stocked_db) as opened:
        yield opened


def run(world: World, account_id: int, kill_after: int | None) -> set[str]:
    """Starts the host app's process, kills it after so many acknowledgements, and answers all it was acknowledged."""
    url = world.env.db.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.storm.metered", url, str(account_id), str(EVENTS)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = set()
    for line in process.stdout:
        if line.endswith("\n"):
            acknowledged.add(line.strip())
        if len(acknowledged) == kill_after:
            process.kill()
    assert (process.wait(60) == 0) == (kill_after is None)
    process.stdout.close()
    return acknowledged


def kill_again_and_again(world: World, kills: int) -> None:
    sari = prepaid(world, 100_000, lots=3)
    dice, acknowledged = Random(11), set()
    for _ in range(kills):
        acknowledged |= run(world, sari.account_id, dice.randint(20, EVENTS - 200))
        books_tie(world.env.db)
        assert_on_record(world.env.db, acknowledged)
    acknowledged |= run(world, sari.account_id, None)
    # Each event had one answer in all its lives: another number or another charge would be another line.
    assert len(acknowledged) == EVENTS
    assert_on_record(world.env.db, acknowledged)
    assert head(world.env.db, sari.account_id).balance == 99_999 - ALL
    books_tie(world.env.db)


def assert_on_record(db: Database, acknowledged: set[str]) -> None:
    told = kept_events(EVENT_ID, usage_event.c.seq, usage_event.c.from_lots)
    with db.read() as tx:
        kept = {f"{event_id} {seq} {charged}" for event_id, seq, charged in tx.execute(told)}
        assert tx.scalar(select(func.count()).select_from(usage_event)) == len(kept)
    assert acknowledged <= kept


def test_a_process_killed_while_it_records_loses_nothing_that_it_acknowledged(world: World) -> None:
    kill_again_and_again(world, 1)


@pytest.mark.storm
def test_a_process_killed_again_and_again_loses_nothing_that_it_acknowledged(world: World) -> None:
    kill_again_and_again(world, 8)


@pytest.mark.storm
def test_a_database_that_dies_under_load_costs_second_tries_and_no_event() -> None:
    with own_postgres(run_dir() / f"usage-{uuid4().hex}") as server:
        migrate(server.url)
        with open_world(Database(server.url)) as world, ThreadPoolExecutor(24) as threads:
            sari = prepaid(world, 100_000, lots=3)
            answers = [threads.submit(insist, world, sari.account_id, number) for number in range(20_000)]
            for _ in range(4):
                time.sleep(0.7)
                server.restart()
            told = {f"{taken.event_id} {taken.seq} {taken.charged}" for taken in (each.result(120) for each in answers)}
            assert_on_record(world.env.db, told)
            assert len(told) == 20_000
            books_tie(world.env.db)
