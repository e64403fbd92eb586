"""The processes of one bad day: the doors, a worker, the sandbox. Each may be killed; each comes back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.live_sandbox import API_KEY, CALLBACK_TOKEN, MAIL_KEY
from tests.servers import free_port

SECRET = "k7Qm2Zx9Lr4Tn8Wd3Fv6Hs1Jb5Gc0Py7a"
START_S = 60


@dataclass
class Process:
    """A program, where it writes, and the process that runs it now."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.running = subprocess.Popen(
                self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )

    def kill(self) -> None:
        """As `kill -9`: no goodbye, no last commit."""
        assert self.running is not None
        self.running.kill()
        self.running.wait()

    def stop(self) -> None:
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


@dataclass
class Household:
    """Everything that runs during the day, with its addresses."""

    folder: Path
    database_url: str
    app_url: str = field(init=False)
    sandbox_url: str = field(init=False)
    environment: dict[str, str] = field(init=False)
    processes: dict[str, Process] = field(default_factory=dict)

    def __post_init__(self) -> None:
        app, sandbox = free_port(), free_port()
        self.app_url, self.sandbox_url = f"http://127.0.0.1:{app}", f"http://127.0.0.1:{sandbox}"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH", "LANG") if name in os.environ}
        self.environment = {
            **kept,
            "BILLING_ENV": "test",
            "BILLING_SECRET": SECRET,
            "CATALOGUE": "makalah",
            "DATABASE_URL": self.database_url,
            "LOG_LEVEL": "warning",
            "MAIL_FROM": "billing@makalah.test",
            "PUBLIC_URL": self.app_url,
            "RESEND_API_KEY": MAIL_KEY,
            "RESEND_BASE_URL": f"{self.sandbox_url}/resend",
            "XENDIT_API_KEY": API_KEY,
            "XENDIT_BASE_URL": f"{self.sandbox_url}/xendit",
            "XENDIT_CALLBACK_TOKEN": CALLBACK_TOKEN,
        }
        python = [sys.executable, "-m"]
        play = ["--port", str(sandbox), "--app-url", self.app_url, "--callback-token", CALLBACK_TOKEN]
        self._add("sandbox", [*python, "billing_ui.sandbox", *play, "--calls-per-minute", "100000"])
        self._add("web", [*python, "tests.storm.doors", str(app)])
        self._add("worker", [*python, "billing_ui.cli.main", "worker"])

    def _add(self, name: str, command: list[str]) -> None:
        self.processes[name] = Process(name, command, self.environment, self.folder / f"{name}.log")

    def begin(self) -> None:
        for process in self.processes.values():
            process.start()
        self.wait_for(f"{self.sandbox_url}/_sim/health")
        self.wait_for(f"{self.app_url}/api/health")

    def end(self) -> None:
        for process in reversed(self.processes.values()):
            process.stop()

    def fallen(self) -> list[str]:
        """Which of them ended by themselves."""
        running = {process.name: process.running for process in self.processes.values() if process.running}
        return [name for name, process in running.items() if process.poll() is not None]

    def wait_for(self, url: str) -> None:
        ends = time.monotonic() + START_S
        while True:
            try:
                if httpx.get(url, timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                assert time.monotonic() < ends, f"nobody answers at {url}\n{self.last_words()}"
            time.sleep(0.1)

    def sandbox(self, verb: str, path: str, body: Any = None) -> Any:
        answer = httpx.request(verb, self.sandbox_url + path, json=body, timeout=120)
        assert answer.status_code in {200, 201}, f"{verb} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def cli(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "billing_ui.cli.main", *arguments], env=self.environment, capture_output=True,
            text=True, timeout=300, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout or done.stderr

    def reconcile(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        code, told = self.cli("reconcile", "--json", *arguments)
        assert code in {0, 1}, told
        return code, dict(json.loads(told))

    def last_words(self, lines: int = 15) -> str:
        said = []
        for process in self.processes.values():
            if process.log.exists():
                tail = process.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
                said.append("\n".join([f"--- {process.name}", *tail]))
        return "\n".join(said)
