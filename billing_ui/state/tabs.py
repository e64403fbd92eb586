"""Which open tabs of this process show which account, and how each of their parts is read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

Read = Callable[[], Any]


@dataclass(slots=True)
class Tab:
    """One open tab: whose it is, what topics it shows, a reader for each state that shows live data, and what each
    shows now, so that nothing is sent twice."""

    token: str
    accounts: set[int]
    session_id: str
    parts: dict[type, Read] = field(default_factory=dict)
    topics: set[str] = field(default_factory=set)
    shown: dict[type, Any] = field(default_factory=dict)


class Tabs:
    """Tabs by the token of their socket. A closed tab is forgotten the next time anybody asks."""

    def __init__(self, is_open: Callable[[str], bool]) -> None:
        self._is_open = is_open
        self._tabs: dict[str, Tab] = {}
        self._lock = Lock()

    def follow(self, tab: Tab) -> None:
        """The tab shows this and nothing else from now on; following a page replaces what the last page showed."""
        with self._lock:
            self._tabs[tab.token] = tab

    def follow_also(self, tab: Tab) -> None:
        """The tab goes on showing what it shows, and this besides."""
        with self._lock:
            known = self._tabs.get(tab.token)
            if known is not None and known.session_id == tab.session_id:
                tab.accounts |= known.accounts
                tab.parts = {**known.parts, **tab.parts}
                tab.topics |= known.topics
                tab.shown = {**known.shown, **tab.shown}
            self._tabs[tab.token] = tab

    def of_account(self, account_id: int) -> list[Tab]:
        self._forget_closed()
        with self._lock:
            return [tab for tab in self._tabs.values() if account_id in tab.accounts]

    def accounts(self) -> set[int]:
        self._forget_closed()
        with self._lock:
            return {account_id for tab in self._tabs.values() for account_id in tab.accounts}

    def topics(self) -> set[str]:
        """What somebody is looking at now."""
        self._forget_closed()
        with self._lock:
            return {topic for tab in self._tabs.values() for topic in tab.topics}

    def remember(self, token: str, fresh: dict[type, Any]) -> None:
        """The tab shows this data now."""
        with self._lock:
            tab = self._tabs.get(token)
            if tab is not None:
                tab.shown.update(fresh)

    def _forget_closed(self) -> None:
        with self._lock:
            for token in [token for token in self._tabs if not self._is_open(token)]:
                del self._tabs[token]
