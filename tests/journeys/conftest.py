"""What every journey may ask for: people at their desks, and the gateway's look-alike."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journeys.desk import PATIENCE_S, PHONE, Desk, sign_up
from tests.journeys.gateway import Gateway
from tests.stack import Stack, chromium, sign_in

__all__ = ["PHONE", "Desk", "Gateway"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ends with the journeys: while Playwright runs, its event loop occupies the thread that other tests need."""
    with chromium() as opened:
        expect.set_options(timeout=PATIENCE_S * 1000)
        yield opened


@pytest.fixture(scope="session")
def gateway(stack: Stack) -> Iterator[Gateway]:
    with Gateway(stack.sandbox_url) as opened:
        yield opened


@pytest.fixture
def seat(browser: Browser, stack: Stack) -> Iterator[Callable[..., Desk]]:
    """A desk for one of the demo's people by their role, or for a stranger; each in a browser of their own."""
    with ExitStack() as opened:

        def take(role: str | None = None, window: dict[str, int] | None = None, **device: Any) -> Desk:
            context = browser.new_context(
                viewport=window or {"width": 1280, "height": 900},  # type: ignore[arg-type]  # a width and a height
                timezone_id="Asia/Jakarta",
                **device,
            )
            opened.callback(context.close)
            context.set_default_timeout(PATIENCE_S * 1000)
            if role is None:
                return Desk(context.new_page(), stack)
            return Desk(sign_in(context, stack, role), stack, stack.user(role)["email"])

        yield take


@pytest.fixture
def customer(person: BrowserContext, stack: Stack) -> Desk:
    """Somebody who signed up a moment ago, with an account of their own and nothing in it."""
    return sign_up(person, stack)
