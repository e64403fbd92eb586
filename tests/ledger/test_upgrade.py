"""Books that were written and sealed before a migration are the same books after it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from alembic import command
from billing_ui import ledger
from billing_ui.infra.db import Database
from billing_ui.ledger import Taken
from billing_ui.queries import history, usage_overall
from billing_ui.rules.lists import ListAsk
from billing_ui.services import usage
from tests import servers
from tests.metering import HOST, chat
from tests.world import open_world

ROOT = Path(__file__).parents[2]
# Rows as they were left by grants, use over one and two lots, late use, reserved and settled calls, expiry and seals.
BOOKS = json.loads((Path(__file__).parent / "books_of_0008.json").read_text(encoding="utf-8"))


def move(url: URL, how: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.attributes["url"] = url
    getattr(command, how)(config, revision)


@contextmanager
def empty(kind: str, request: pytest.FixtureRequest) -> Iterator[URL]:
    if kind == "sqlite":
        yield make_url(f"sqlite:///{request.getfixturevalue('tmp_path') / 'old.db'}")
        return
    server: URL = request.getfixturevalue("postgres_server")
    name = f"billing_old_{uuid4().hex}"
    yield servers.create_database(server, name)
    servers.drop_database(server, name)


def fill(db: Database) -> None:
    with db.begin() as tx:
        for table, rows in BOOKS.items():
            if db.is_sqlite:
                names = ", ".join(f'"{name}"' for name in rows[0])
                places = ", ".join(f":{name}" for name in rows[0])
                told = [{name: _as_text(value) for name, value in row.items()} for row in rows]
                tx.execute(text(f'INSERT INTO "{table}" ({names}) VALUES ({places})'), told)
            else:
                made = f'SELECT * FROM json_populate_recordset(CAST(NULL AS "{table}"), CAST(:rows AS json))'
                tx.execute(text(f'INSERT INTO "{table}" {made}'), {"rows": json.dumps(rows)})


def _as_text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


@pytest.fixture(params=["sqlite", "postgres"])
def before(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The books as they were."""
    with empty(request.param, request) as url:
        move(url, "upgrade", "0008")
        db = Database(url)
        fill(db)
        db.dispose()
        yield db
        db.dispose()


@pytest.fixture
def old(before: Database) -> Database:
    """The same books at the newest shape."""
    move(before.url, "upgrade", "head")
    return before


def test_old_books_and_their_seals_are_right(old: Database) -> None:
    assert ledger.verify(old, "tokens") == []
    with open_world(old) as world:
        world.books_are_right()
        with old.read() as tx:
            days = usage_overall.system_days(tx, date(2026, 10, 1), date(2026, 11, 30), "Asia/Jakarta")
    assert sum(day.used.quantity for day in days) == sum(row["quantity"] for row in BOOKS["system_hour"])


def test_old_events_are_answered_as_they_were(old: Database) -> None:
    with open_world(old) as world:
        told = chat(3, "two-lots", 1_500, model="small", session="s", output_tokens=20)
        again = usage.record_and_wait(world.env, HOST, told)
        assert isinstance(again.result, Taken) and again.result.replayed
        assert (again.result.charged, again.result.balance_after, again.balance) == (1_520, 480, 360)
        new = usage.record_and_wait(world.env, HOST, chat(3, "new", 60))
        assert isinstance(new.result, Taken) and (new.result.charged, new.balance) == (60, 300)
        with old.read() as tx:
            page = history.history(tx, 3, ListAsk(per=50), "Asia/Jakarta")
        assert len(page.rows) == 6
        world.books_are_right()


def test_a_migration_can_be_taken_back_and_done_again(old: Database) -> None:
    move(old.url, "downgrade", "0008")
    with old.begin() as tx:
        for table in ("entry", "usage_event", "account_month", "seal", "system_hour"):
            columns = ", ".join(BOOKS[table][0])
            rows = tx.execute(text(f"SELECT {columns} FROM {table}")).mappings().all()
            assert len(rows) == len(BOOKS[table])
            assert _plain(rows) == _plain(BOOKS[table])
    old.dispose()
    move(old.url, "upgrade", "head")
    assert ledger.verify(old, "tokens") == []


def test_events_that_do_not_agree_with_their_entries_stop_the_migration(before: Database) -> None:
    forged = BOOKS["usage_event"][0] | {"seq": 6, "draws": None, "metadata": None}
    with before.begin() as tx:
        columns, places = ", ".join(forged), ", ".join(f":{name}" for name in forged)
        tx.execute(text(f"INSERT INTO usage_event ({columns}) VALUES ({places})"), forged)
    before.dispose()
    with pytest.raises(RuntimeError, match="1 usage events do not agree"):
        move(before.url, "upgrade", "head")
    with before.read() as tx:
        assert tx.scalar(text("SELECT count(*) FROM usage_event")) == len(BOOKS["usage_event"]) + 1
        assert tx.scalar(text("SELECT count(*) FROM entry")) == len(BOOKS["entry"])


def test_what_is_posted_while_the_migration_begins_is_in_the_new_books(before: Database) -> None:
    late = BOOKS["entry"][0] | {"seq": 900, "key": "grant:late"}
    columns, places = ", ".join(late), ", ".join(f":{name}" for name in late)
    with ThreadPoolExecutor(1) as threads:
        with before.begin() as tx:
            tx.execute(text(f"INSERT INTO entry ({columns}) VALUES ({places})"), late)
            moving = threads.submit(move, before.url, "upgrade", "head")
            time.sleep(1)
            assert not moving.done()
        moving.result(30)
    with before.read() as tx:
        assert tx.scalar(text("SELECT count(*) FROM entry WHERE key = 'grant:late'")) == 1


def _plain(rows: Any) -> list[str]:
    """The same text for the same row on both databases."""
    return sorted(json.dumps({name: _word(value) for name, value in row.items()}, sort_keys=True) for row in rows)


def _word(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(("{", "[")):
        return json.loads(value)
    if isinstance(value, dict | list | int | None):
        return value
    return str(value).replace("+00:00", "").removesuffix(".000000")
