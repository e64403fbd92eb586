"""Keeps every open tab true: after a commit each tab of the account reads its parts again and shows what changed.
No loop runs and nothing is sent while nothing changes; a tab that missed a signal reads anew when it reconnects."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.sessions import is_live
from billing_ui.state.tabs import Read, Tab, Tabs

log = logging.getLogger(__name__)


class _Desk:
    """The pieces of one process: the app, its loop, its tabs, and the accounts whose tabs are being refreshed."""

    app: rx.App | None = None
    loop: asyncio.AbstractEventLoop | None = None
    tabs: Tabs = Tabs(lambda _token: False)
    running: set[int] = set()  # noqa: RUF012 - one desk per process
    again: set[int] = set()  # noqa: RUF012
    tasks: set[asyncio.Task[None]] = set()  # noqa: RUF012


def start(app: rx.App) -> None:
    """Called once by the lifespan, on the event loop the pages are served from."""
    _Desk.app = app
    _Desk.loop = asyncio.get_running_loop()
    _Desk.tabs = Tabs(_is_open)
    signals = runtime.env().signals
    signals.subscribe(_signalled, _missed)
    signals.answer_watched(_Desk.tabs.topics)


def follow(
    state: rx.State, accounts: set[int], session_id: str, parts: dict[type[Any], Read], topics: tuple[str, ...] = (),
    *, also: bool = False,
) -> None:  # fmt: skip
    """From now on this tab shows these parts. Each part is a state with `_show(data)`, and how its data is read.
    With `also` they join what the page shows already; without, they replace it."""
    tab = Tab(state.router.session.client_token, set(accounts), session_id, dict(parts), set(topics))
    if also:
        _Desk.tabs.follow_also(tab)
    else:
        _Desk.tabs.follow(tab)


def remember(state: rx.State, fresh: dict[type[Any], Any]) -> None:
    """What this tab was just shown need not be sent to it again."""
    _Desk.tabs.remember(state.router.session.client_token, fresh)


def _is_open(token: str) -> bool:
    app = _Desk.app
    return app is not None and app.event_namespace is not None and token in app.event_namespace.token_to_sid


def _signalled(account_id: int) -> None:
    """Called on whatever thread committed; the work happens on the loop of the pages."""
    loop = _Desk.loop
    if loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(_begin, account_id)


def _missed() -> None:
    """Signals of other processes may have been lost: every tab is brought up to date."""
    loop = _Desk.loop
    if loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(_begin_all)


def _begin_all() -> None:
    for account_id in _Desk.tabs.accounts():
        _begin(account_id)


def _begin(account_id: int) -> None:
    if account_id in _Desk.running:
        _Desk.again.add(account_id)
        return
    _Desk.running.add(account_id)
    task = asyncio.ensure_future(_refresh_account(account_id))
    _Desk.tasks.add(task)
    task.add_done_callback(_Desk.tasks.discard)


async def _refresh_account(account_id: int) -> None:
    """Refreshes all tabs of the account; signals that come meanwhile cost one more round, not one each."""
    try:
        while True:
            _Desk.again.discard(account_id)
            tabs = _Desk.tabs.of_account(account_id)
            await asyncio.gather(*(_refresh(tab) for tab in tabs))
            if account_id not in _Desk.again:
                return
    finally:
        _Desk.running.discard(account_id)


async def _refresh(tab: Tab) -> None:
    app = _Desk.app
    if app is None:
        return
    try:
        fresh = {part: data for part, data in (await runtime.run(_read, tab)).items() if tab.shown.get(part) != data}
        if not fresh:
            return
        async with app.modify_state(rx.BaseStateToken(ident=tab.token, cls=rx.State)) as root:
            for part, data in fresh.items():
                shown: Any = await root.get_state(part)
                shown._show(data)
        _Desk.tabs.remember(tab.token, fresh)
    except Exception:
        # One broken tab must not keep the others from the news.
        log.exception("a tab could not be refreshed")


def _read(tab: Tab) -> dict[type[Any], Any]:
    """The data of every part, read outside the state's lock; nothing when the session has ended meanwhile."""
    env = runtime.env()
    if tab.session_id:
        with env.db.read() as tx:
            if not is_live(tx, tab.session_id, env.clock.now()):
                return {}
    return {part: read() for part, read in tab.parts.items()}
