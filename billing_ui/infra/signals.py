"""Tells whoever listens that something about an account changed. Carries no content: listeners read the database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from threading import Lock

Listener = Callable[[int], None]
Missed = Callable[[], None]
log = logging.getLogger(__name__)


class Signals:
    """Within one process; `redis_signals` is the same between processes. Publish only after the commit; a listener
    must be quick and must not raise."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._missed: list[Missed] = []
        self._watched: Callable[[], Collection[str]] | None = None
        self._lock = Lock()

    def subscribe(self, listener: Listener, missed: Missed | None = None) -> Callable[[], None]:
        """`missed` is called when signals of other processes may have been lost: anything may have changed."""
        with self._lock:
            self._listeners.append(listener)
            if missed is not None:
                self._missed.append(missed)
        return lambda: self._drop(listener, missed)

    def publish(self, account_id: int) -> None:
        self._deliver(account_id)

    def publish_all(self, accounts: Iterable[int]) -> None:
        for account_id in accounts:
            self.publish(account_id)

    def answer_watched(self, topics: Callable[[], Collection[str]]) -> None:
        """Whoever keeps the open pages of this process says which topics somebody is looking at."""
        self._watched = topics

    def is_watched(self, topic: str) -> bool:
        return self._watched is not None and topic in self._watched()

    def close(self) -> None:
        """What was published is on its way to the others before this returns. Nobody else to tell here."""

    def _deliver(self, account_id: int) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(account_id)
            except Exception:
                # The change is committed; a broken listener must not make it look failed.
                log.exception("a listener failed on a signal for account %s", account_id)

    def _deliver_missed(self) -> None:
        with self._lock:
            listeners = tuple(self._missed)
        for listener in listeners:
            try:
                listener()
            except Exception:
                log.exception("a listener failed on hearing that signals may be lost")

    def _drop(self, listener: Listener, missed: Missed | None) -> None:
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)
            if missed in self._missed:
                self._missed.remove(missed)
