"""`billing-ui worker` and `billing-ui account` as processes of their own: pages in this process hear of their work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlmodel import col

from billing_ui import runtime
from billing_ui.config import Config
from billing_ui.kit.clock import ManualClock
from billing_ui.models import Job
from billing_ui.rules.access import system
from billing_ui.rules.payments import OPEN_PAGE
from billing_ui.services import looks, plans
from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, MAIL_KEY, Box
from tests.servers import RedisProcess
from tests.services.conftest import box, running_box
from tests.stack import ROOT
from tests.world import Crashes, World

__all__ = ["box", "running_box"]

WITHIN_S = 30.0


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < ends, f"not within {WITHIN_S} s"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisProcess]:
    server = RedisProcess()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def config(sqlite_url: str, redis: RedisProcess, box: Box) -> Config:
    return Config(
        _env_file=None, billing_env="test", database_url=sqlite_url, redis_url=redis.url, jobs_in_web=False,
        xendit_api_key=SecretStr(API_KEY), xendit_base_url=box.xendit_url,
        xendit_callback_token=SecretStr(CALLBACK_TOKEN), resend_api_key=SecretStr(MAIL_KEY),
        resend_base_url=box.resend_url,
    )  # fmt: skip


@pytest.fixture
def world(config: Config) -> Iterator[World]:
    """The web process, as far as signals are concerned: its listener stands for its open pages."""
    env = runtime.build(config)
    plans.apply(env, system("test"))
    heard: list[int] = []
    listening: list[bool] = []
    env.signals.subscribe(heard.append, lambda: listening.append(True))
    wait_until(lambda: bool(listening))
    yield World(env, ManualClock(env.clock.now()), Crashes(), heard)
    env.signals.close()
    env.db.dispose()


def environment(config: Config) -> dict[str, str]:
    """The same deployment, told to another process."""
    told = {
        "BILLING_ENV": config.billing_env, "DATABASE_URL": config.database_url, "REDIS_URL": str(config.redis_url),
        "XENDIT_API_KEY": API_KEY, "XENDIT_BASE_URL": config.xendit_base_url, "XENDIT_CALLBACK_TOKEN": CALLBACK_TOKEN,
        "RESEND_API_KEY": MAIL_KEY, "RESEND_BASE_URL": config.resend_base_url,
    }  # fmt: skip
    return {**os.environ, **told}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "billing_ui.cli.main", *arguments]


@contextmanager
def running_worker(config: Config) -> Iterator[None]:
    process = subprocess.Popen(
        command("worker"),
        cwd=ROOT,
        env=environment(config),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("worker: running")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 0, said


def due_now(world: World) -> datetime:
    """Nobody waits the twenty seconds that a look may take to come round."""
    now = world.env.clock.now()
    with world.env.db.begin() as tx:
        tx.execute(update(Job).where(col(Job.kind) == looks.KIND).values(due_at=now))
    return now


def look_due_at(world: World) -> datetime:
    with world.env.db.read() as tx:
        return tx.scalars(select(col(Job.due_at)).where(col(Job.kind) == looks.KIND)).one()


def test_a_payment_found_by_a_worker_is_heard_by_the_pages(world: World, config: Config, box: Box) -> None:
    customer = world.customer()
    ref = world.wants(customer)
    box.pay(world.payment(ref).reference)  # its webhook finds nobody
    due_now(world)
    world.signalled.clear()
    with running_worker(config):
        wait_until(lambda: customer.account_id in world.signalled)
        assert world.balance(customer) == 500_000  # told after the commit, never before


def test_a_worker_looks_closely_at_a_payment_whose_page_is_open_elsewhere(world: World, config: Config) -> None:
    ref = world.wants(world.customer())
    world.env.signals.answer_watched(lambda: {ref})
    before = due_now(world)
    with running_worker(config):
        wait_until(lambda: look_due_at(world) > before + timedelta(seconds=1))
        rest = look_due_at(world) - world.env.clock.now()
    # Unwatched it would be forty seconds, and after a failure two.
    assert OPEN_PAGE / 2 < rest <= OPEN_PAGE


def test_tokens_granted_on_the_command_line_are_heard_by_the_pages(world: World, config: Config) -> None:
    customer = world.customer()
    told = command("account", "grant", customer.email, "--tokens", "500", "--reason", "ganti gangguan")
    subprocess.run(told, cwd=ROOT, env=environment(config), check=True, capture_output=True, timeout=60)
    wait_until(lambda: customer.account_id in world.signalled)
    assert world.balance(customer) == 500
