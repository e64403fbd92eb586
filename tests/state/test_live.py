"""Open tabs after a signal, and after signals that may have been lost on the way from another process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from billing_ui import runtime
from billing_ui.state import live
from billing_ui.state.tabs import Tab, Tabs
from tests.world import World

WITHIN_S = 5


class Balance:
    """A part of a page."""

    def __init__(self) -> None:
        self.shown: asyncio.Queue[int] = asyncio.Queue()

    def _show(self, data: int) -> None:
        self.shown.put_nowait(data)

    async def next(self) -> int:
        return await asyncio.wait_for(self.shown.get(), WITHIN_S)


class Browser:
    """Reflex, as far as live push knows it: which sockets are open, and a state behind each."""

    def __init__(self, *tokens: str) -> None:
        self.event_namespace = SimpleNamespace(token_to_sid=dict.fromkeys(tokens, "sid"))
        self.tabs = {token: Balance() for token in tokens}

    @asynccontextmanager
    async def modify_state(self, token: Any) -> AsyncIterator[Any]:
        async def get_state(_part: type) -> Balance:
            return self.tabs[token.ident]

        yield SimpleNamespace(get_state=get_state)


@pytest.fixture
def served(world: World) -> Iterator[World]:
    with runtime.use(world.env):
        yield world
    live._Desk.app, live._Desk.loop, live._Desk.tabs = None, None, Tabs(lambda _token: False)


async def test_after_a_gap_every_tab_shows_what_the_database_says(served: World) -> None:
    browser = Browser("a", "b")
    truth = {1: 10, 2: 20}
    live.start(browser)  # type: ignore[arg-type]
    for token, account in (("a", 1), ("b", 2)):
        live._Desk.tabs.follow(Tab(token, {account}, "", {Balance: lambda account=account: truth[account]}))  # type: ignore[misc]
    served.env.signals.publish(1)
    assert await browser.tabs["a"].next() == 10
    assert browser.tabs["b"].shown.empty()
    truth[2] = 25
    await asyncio.to_thread(served.env.signals._deliver_missed)
    assert await browser.tabs["b"].next() == 25
    assert browser.tabs["a"].shown.empty()  # nothing new, nothing sent
