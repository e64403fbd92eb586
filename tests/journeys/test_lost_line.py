"""The server dies while somebody pays: the pages say so, wait, and are right again by themselves."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.desk import OVERVIEW, Desk, sign_up
from tests.journeys.gateway import Gateway
from tests.stack import ROOT, Stack, running_demo

pytestmark = pytest.mark.journey

BACK_S = 40


class App:
    """The app process of a demo of our own. The demo sleeps meanwhile, for it would end when it finds its app dead."""

    def __init__(self, demo: Stack) -> None:
        self._demo = demo
        self._process = next(child for child in _children(demo.process.pid) if "serve" in child.cmdline())
        self._command, self._told = self._process.cmdline(), self._process.environ()
        self._second: subprocess.Popen[bytes] | None = None

    def kill(self) -> None:
        self._demo.process.send_signal(signal.SIGSTOP)
        self._process.kill()

    def start_again(self) -> None:
        with (self._demo.folder / "again.log").open("wb") as log:
            self._second = subprocess.Popen(self._command, cwd=ROOT, env=self._told, stdout=log, stderr=log)

    def end(self) -> None:
        if self._second is not None:
            self._second.terminate()
            self._second.wait(15)
        self._demo.process.send_signal(signal.SIGCONT)


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    with running_demo(tmp_path) as demo:
        yield demo


@pytest.fixture
def app(own_stack: Stack) -> Iterator[App]:
    found = App(own_stack)
    yield found
    found.end()


def test_a_payment_made_while_the_app_was_killed_is_shown_when_it_is_back(
    person: BrowserContext, own_stack: Stack, app: App
) -> None:
    payer = sign_up(person, own_stack)
    overview = payer.beside()
    ref = payer.asks_for(50_000)
    overview.goes_to(OVERVIEW)

    app.kill()
    for page in (payer.page, overview.page):
        told(page, "bad", "Koneksi terputus")
    with Gateway(own_stack.sandbox_url) as gateway:
        gateway.pay(ref)
    payer.awaits_status("pending")
    overview.awaits_balance(0)

    app.start_again()
    payer.awaits_status("paid", within_s=BACK_S)
    payer.awaits_balance(500_000)
    overview.awaits_balance(500_000, within_s=BACK_S)
    for page in (payer.page, overview.page):
        told(page, "", "")


def test_a_browser_without_a_network_says_so_until_it_has_one(customer: Desk, gateway: Gateway) -> None:
    ref = customer.asks_for(50_000)
    customer.page.context.set_offline(True)
    told(customer.page, "bad", "Koneksi terputus")
    gateway.pay(ref)
    customer.page.context.set_offline(False)
    customer.awaits_status("paid")
    told(customer.page, "", "")


def told(page: Page, tone: str, words: str) -> None:
    line = page.get_by_test_id("connection")
    expect(line).to_have_attribute("data-tone", tone)
    expect(line).to_contain_text(words)


def _children(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)
