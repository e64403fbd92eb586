"""The whole product for a test: the demo on free ports in its own folder, and a real Chromium to walk through it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.servers import MissingServerError, free_port

ROOT = Path(__file__).parents[1]
START_S = 300
STOP_S = 15
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET_BROWSER = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass(frozen=True)
class Stack:
    """A running demo, as its demo.json tells it."""

    facts: dict[str, Any]
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def app_url(self) -> str:
        return str(self.facts["app_url"])

    @property
    def sandbox_url(self) -> str:
        return str(self.facts["sandbox_url"])

    def user(self, role: str) -> dict[str, Any]:
        return next(user for user in self.facts["users"] if user["role"] == role)


@contextmanager
def running_demo(folder: Path, **environment: str) -> Iterator[Stack]:
    """Starts everything that `make demo` starts, waits until it is ready, and leaves nothing behind."""
    told = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "CATALOGUE"}},
        "PORT": str(free_port()),
        "SANDBOX_PORT": str(free_port()),
        "DEMO_DIR": str(folder),
        **environment,
    }
    command = [sys.executable, "-m", "billing_ui.cli.main", "demo"]
    with (folder / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=told, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        yield Stack(_facts_when_ready(folder, process), folder, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_S)


def _facts_when_ready(folder: Path, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    told = folder / "demo.json"
    deadline = time.monotonic() + START_S
    while not told.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the demo does not start:\n{(folder / 'demo.log').read_text(encoding='utf-8')}")
        time.sleep(0.05)
    return dict(json.loads(told.read_text(encoding="utf-8")))


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, else the one that Playwright brought."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        if path is None and not Path(playwright.chromium.executable_path).exists():
            raise MissingServerError("No Chromium: install one so that `chromium` is on the PATH.")
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET_BROWSER))
        yield browser
        browser.close()


def visit(page: Page, url: str) -> None:
    """Goes there and waits until the page is live and shows its first data."""
    page.goto(url)
    page.locator("main[data-ready=true]").wait_for()


def sign_in(context: BrowserContext, stack: Stack, role: str) -> Page:
    """The way a person does it: by the form."""
    user = stack.user(role)
    page = context.new_page()
    visit(page, f"{stack.app_url}/auth/")
    page.get_by_test_id("auth-email").fill(user["email"])
    page.get_by_test_id("auth-password").fill(user["password"])
    with page.expect_navigation(url=lambda url: "/auth" not in url):
        page.get_by_test_id("auth-submit").click()
    page.locator("main[data-ready=true]").wait_for()
    return page
