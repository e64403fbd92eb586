"""What every journey may ask for: somebody new in a browser of their own, and the gateway's look-alike."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journeys.people import PATIENCE_MS, Customer, sign_up
from tests.journeys.till import Till
from tests.stack import Stack, chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ends with the journeys: while Playwright runs, its event loop occupies the thread that other tests need."""
    with chromium() as opened:
        expect.set_options(timeout=PATIENCE_MS)
        yield opened


@pytest.fixture(scope="session")
def till(stack: Stack) -> Iterator[Till]:
    with Till(stack.sandbox_url) as opened:
        yield opened


@pytest.fixture
def customer(person: BrowserContext, stack: Stack) -> Customer:
    """Somebody who signed up a moment ago, with an account of their own."""
    return sign_up(person, stack)
