"""A tab without a browser: an address, a cookie, whoever is signed in; the states and the database are real."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import reflex as rx
from reflex.istate.data import RouterData

from billing_ui import runtime
from billing_ui.security.gate import middleware
from billing_ui.services.sessions import Viewer, find_session
from tests.world import World

Page = TypeVar("Page", bound=rx.State)


@dataclass(frozen=True)
class Tab:
    """One open tab; what the gate would have found out is told to it."""

    world: World
    root: rx.State

    async def at(self, page: type[Page], address: str, cookie: str = "") -> Page:
        """The page's state, with the address bar and the cookies of the moment."""
        query = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        told = {
            "asPath": address, "pathname": urlsplit(address).path, "query": query, "token": "tab",
            "headers": {"cookie": cookie, "origin": "http://127.0.0.1:3000"},
        }  # fmt: skip
        self.root.router_data = told
        self.root.router = RouterData.from_router_data(told)
        return await self.root.get_state(page)

    @contextmanager
    def signed_in(self, secret: str) -> Iterator[Viewer]:
        who = find_session(self.world.env, secret)
        assert who is not None
        token = middleware._seen.set(who)
        try:
            yield who
        finally:
            middleware._seen.reset(token)


@contextmanager
def open_tab(world: World) -> Iterator[Tab]:
    with runtime.use(world.env):
        yield Tab(world, rx.State(_reflex_internal_init=True))


def destination(event: Any) -> str:
    """Where a redirect leads."""
    return str({str(name): str(value) for name, value in event.args}["path"]).strip('"')
