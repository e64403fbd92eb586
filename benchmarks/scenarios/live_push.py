"""News on an open page of the whole running product, in a real Chromium: how fast it comes, and the silence else."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from benchmarks.figures import Figure
from tests.journeys.desk import OVERVIEW, Desk, Frames, sign_up
from tests.journeys.gateway import Gateway
from tests.journeys.latency import accepted_to_shown_ms
from tests.stack import Stack, chromium, running_demo

NAME = "live_push"
PAYMENTS = 50
BOUND_MS = 150
QUIET_S = 60
SETTLED_MS = 2_000


def measure() -> tuple[Figure, ...]:
    with (
        tempfile.TemporaryDirectory(prefix="billing-ui-live-push-") as folder,
        running_demo(Path(folder)) as stack,
        Gateway(stack.sandbox_url) as gateway,
        chromium() as browser,
    ):
        return (*_speed(_customer(browser, stack), gateway), _silence(_customer(browser, stack)))


def _customer(browser: Browser, stack: Stack) -> Desk:
    return sign_up(browser.new_context(viewport={"width": 1280, "height": 900}), stack)


def _speed(desk: Desk, gateway: Gateway) -> tuple[Figure, ...]:
    taken = []
    for _ in range(PAYMENTS + 1):
        desk.asks_for(25_000)
        taken.append(accepted_to_shown_ms(desk, gateway))
    taken = sorted(taken[1:])  # the first one warmed the browser and the gateway's client
    told = f"webhook accepted -> shown, {PAYMENTS} payments"
    return (
        Figure(f"{told}, p95", taken[round(0.95 * (PAYMENTS - 1))], "ms", BOUND_MS),
        Figure(f"{told}, p50", median(taken), "ms"),
        Figure(f"{told}, slowest", taken[-1], "ms"),
    )


def _silence(desk: Desk) -> Figure:
    overview = desk.beside()
    lines = [Frames.of(desk.page), Frames.of(overview.page)]
    desk.asks_for(50_000)
    overview.goes_to(OVERVIEW)
    overview.page.wait_for_timeout(SETTLED_MS)
    for line in lines:
        line.clear()
    overview.page.wait_for_timeout(QUIET_S * 1000)
    return Figure(f"websocket events of two idle pages in {QUIET_S} s", sum(len(line.all) for line in lines), "", 0)
