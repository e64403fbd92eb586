"""What another process changes shows on an open page: over a Redis that may go away or forget everything."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from redis import Redis

from tests.servers import RedisProcess
from tests.stack import ROOT, Stack, running_demo, sign_in

pytestmark = pytest.mark.journey

AT_ONCE_MS = 3_000
CATCHES_UP_MS = 15_000


@dataclass(frozen=True)
class Deployment:
    """The running demo with a Redis, and a command line beside it."""

    stack: Stack
    redis: RedisProcess

    def grants(self, tokens: int) -> str:
        """Another process gives tokens; answers the new balance as the page writes it."""
        database = next(self.stack.folder.rglob("*.db"))
        told = {"DATABASE_URL": f"sqlite:///{database}", "REDIS_URL": self.redis.url, "BILLING_ENV": "demo"}
        email = self.stack.user("customer")["email"]
        command = [sys.executable, "-m", "billing_ui.cli.main", "account", "grant", email]
        done = subprocess.run(
            [*command, "--tokens", str(tokens), "--reason", "ganti gangguan"],
            cwd=ROOT, env={**os.environ, **told}, check=True, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        balance = int(done.stdout.split("->")[1].split()[0])
        return f"{balance:,}".replace(",", ".")


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    redis = RedisProcess()
    redis.start()
    try:
        with running_demo(tmp_path_factory.mktemp("demo"), REDIS_URL=redis.url) as stack:
            yield Deployment(stack, redis)
    finally:
        redis.stop()


@pytest.fixture
def page(deployment: Deployment, person: BrowserContext) -> Page:
    return sign_in(person, deployment.stack, "customer")


def shows(page: Page, balance: str, within_ms: int = AT_ONCE_MS) -> None:
    expect(page.get_by_text(balance).first).to_be_visible(timeout=within_ms)


def test_tokens_granted_by_another_process_show_on_an_open_page(deployment: Deployment, page: Page) -> None:
    shows(page, deployment.grants(111))
    shows(page, deployment.grants(222))


def test_a_page_catches_up_with_what_happened_while_redis_was_away(deployment: Deployment, page: Page) -> None:
    deployment.redis.stop()
    balance = deployment.grants(333)
    deployment.redis.start()
    shows(page, balance, CATCHES_UP_MS)
    shows(page, deployment.grants(444))


def test_a_page_lives_on_when_redis_forgets_everything(deployment: Deployment, page: Page) -> None:
    with Redis.from_url(deployment.redis.url) as client:
        client.flushall()
    shows(page, deployment.grants(555))
