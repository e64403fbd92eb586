"""Two web processes behind one address, with the PostgreSQL, the Redis and the sandbox that they share."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.journeys.balancer import Balancer, balancing
from tests.journeys.gateway import Gateway
from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, MAIL_KEY
from tests.servers import RedisProcess, free_port
from tests.stack import ROOT, Stack
from tests.storm.household import SECRET, Process

FIRST, SECOND = 0, 1
START_S = 300  # the first of them may have to build the pages


@dataclass(frozen=True)
class Pair:
    """The first runs no jobs: what its pages hear of a payment comes from the second."""

    balancer: Balancer
    webs: tuple[Process, Process]
    urls: tuple[str, str]
    gateway: Gateway
    stack: Stack

    def comes_back(self, which: int) -> None:
        self.webs[which].start()
        _await(f"{self.urls[which]}/api/ready", self.webs[which])

    def asked(self, path: str) -> set[int]:
        """Which of the two were asked for this path."""
        return {which for which, what in self.balancer.asked if what.startswith(path)}


@contextmanager
def running_pair(folder: Path, database_url: str, redis: RedisProcess) -> Iterator[Pair]:
    ports, sandbox_port = (free_port(), free_port()), free_port()
    urls = (f"http://127.0.0.1:{ports[FIRST]}", f"http://127.0.0.1:{ports[SECOND]}")
    sandbox_url = f"http://127.0.0.1:{sandbox_port}"
    with ExitStack() as opened:
        balancer = opened.enter_context(balancing(free_port(), *ports))
        told = {
            **{name: value for name, value in os.environ.items() if name != "CATALOGUE"},
            "BILLING_ENV": "test",
            "BILLING_SECRET": SECRET,
            "CATALOGUE": "makalah",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis.url,
            "PUBLIC_URL": balancer.url,
            "RESEND_API_KEY": MAIL_KEY,
            "RESEND_BASE_URL": f"{sandbox_url}/resend",
            "XENDIT_API_KEY": API_KEY,
            "XENDIT_BASE_URL": f"{sandbox_url}/xendit",
            "XENDIT_CALLBACK_TOKEN": CALLBACK_TOKEN,
        }
        program = [sys.executable, "-m", "billing_ui.cli.main"]
        subprocess.run(
            [*program, "catalogue", "apply"], cwd=ROOT, env=told, check=True, capture_output=True, timeout=60
        )

        def run(name: str, command: list[str], ready_at: str, **more: str) -> Process:
            process = Process(name, command, {**told, **more}, folder / f"{name}.log")
            process.start()
            opened.callback(process.stop)
            _await(ready_at, process)
            return process

        play = ["--port", str(sandbox_port), "--app-url", urls[SECOND], "--callback-token", CALLBACK_TOKEN]
        run("sandbox", [sys.executable, "-m", "billing_ui.sandbox", *play], f"{sandbox_url}/_sim/health")
        second = run("second", [*program, "serve", "--port", str(ports[SECOND])], f"{urls[SECOND]}/api/ready")
        first = run(
            "first", [*program, "serve", "--port", str(ports[FIRST])], f"{urls[FIRST]}/api/ready", JOBS_IN_WEB="false"
        )
        assert second.running is not None
        facts = {"app_url": balancer.url, "sandbox_url": sandbox_url, "users": []}
        gateway = opened.enter_context(Gateway(sandbox_url))
        yield Pair(balancer, (first, second), urls, gateway, Stack(facts, folder, second.running))


def _await(url: str, process: Process) -> None:
    ends = time.monotonic() + START_S
    while True:
        try:
            if httpx.get(url, timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        assert process.running is not None
        ended = process.running.poll() is not None
        assert not ended and time.monotonic() < ends, process.log.read_text(encoding="utf-8")[-3_000:]
        time.sleep(0.1)
