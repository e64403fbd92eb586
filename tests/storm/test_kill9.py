"""kill -9 between any two commits of a top-up: nothing is lost, nothing happens twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from billing_ui import ledger
from billing_ui.infra.db import Database
from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, MAIL_KEY, Box, running_sandbox
from tests.world import Customer, World, open_world

NAMED = (
    "topup.stored", "topup.asked", "look.answered", "settle.stored", "settle.booked", "jobs.claimed", "jobs.done",
)  # fmt: skip
MOST_COMMITS = 24
POINTS = (*(f"{name}:1" for name in NAMED), *(f"db.before_commit:{n}" for n in range(1, MOST_COMMITS)),
          *(f"db.after_commit:{n}" for n in range(1, MOST_COMMITS)))  # fmt: skip


def of_the_day() -> str:
    """Another point each day, so that every run of the suite kills somewhere and the runs of a year kill everywhere."""
    return POINTS[datetime.now(UTC).timetuple().tm_yday % len(POINTS)]


@pytest.fixture(scope="module")
def running_box() -> Iterator[Box]:
    with running_sandbox() as box:
        yield box


@pytest.fixture
def box(running_box: Box) -> Box:
    running_box.reset()
    return running_box


@pytest.fixture
def world(stocked_db: Database, box: Box) -> Iterator[World]:
    with open_world(stocked_db, box) as opened:
        yield opened


class Nursery:
    """Starts the flow again and again, each time in a process of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.storm.flow"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, world: World, box: Box, customer: Customer, start: int, failpoint: str = "") -> int:
        told = {
            "BILLING_ENV": "test",
            "BILLING_TESTING": "1",
            "BILLING_FAILPOINT": failpoint,
            "CATALOGUE": "makalah",
            "DATABASE_URL": world.env.db.url.render_as_string(hide_password=False),
            "XENDIT_API_KEY": API_KEY,
            "XENDIT_BASE_URL": box.xendit_url,
            "XENDIT_CALLBACK_TOKEN": CALLBACK_TOKEN,
            "RESEND_API_KEY": MAIL_KEY,
            "RESEND_BASE_URL": box.resend_url,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        wish = {"environment": told, "arguments": [box.url, customer.email, start]}
        print(json.dumps(wish), file=self._process.stdin, flush=True)
        ended = int(self._process.stdout.readline())
        assert ended in {0, -signal.SIGKILL}
        return ended

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    opened = Nursery()
    yield opened
    opened.close()


@pytest.mark.storm
@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_anywhere_in_a_topup_loses_nothing_and_doubles_nothing(
    world: World, box: Box, nursery: Nursery, point: str
) -> None:
    kill_and_count(world, box, nursery, point)


def test_a_process_killed_at_the_point_of_the_day_loses_nothing_and_doubles_nothing(
    world: World, box: Box, nursery: Nursery
) -> None:
    kill_and_count(world, box, nursery, of_the_day())


def kill_and_count(world: World, box: Box, nursery: Nursery, point: str) -> None:
    customer = world.customer()
    killed = nursery.start(world, box, customer, 0, point)
    assert nursery.start(world, box, customer, 1) == 0
    assert nursery.start(world, box, customer, 2) == 0
    with world.env.db.read() as tx:
        balance = ledger.balance_as_of(tx, customer.account_id, datetime.max.replace(tzinfo=UTC))
    paid = [each for each in world.captures() if each.outcome == "credited"]
    assert (balance, len(paid)) == (500_000, 1), f"killed at {point}: {killed}"
    assert len(box.inbox(customer.email)) == 1
    world.books_are_right()
