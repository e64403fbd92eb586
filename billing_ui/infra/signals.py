"""Tells whoever listens that something about an account changed. Carries no content: listeners read the database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock

Listener = Callable[[int], None]
log = logging.getLogger(__name__)


class Signals:
    """Within one process. Publish only after the commit; a listener must be quick and must not raise."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._is_watched: Callable[[str], bool] = lambda _topic: False
        self._lock = Lock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        with self._lock:
            self._listeners.append(listener)
        return lambda: self._drop(listener)

    def publish(self, account_id: int) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(account_id)
            except Exception:
                # The change is committed; a broken listener must not make it look failed.
                log.exception("a listener failed on a signal for account %s", account_id)

    def answer_watched(self, predicate: Callable[[str], bool]) -> None:
        """Whoever keeps the open pages of this process says which topics somebody is looking at."""
        self._is_watched = predicate

    def is_watched(self, topic: str) -> bool:
        return self._is_watched(topic)

    def _drop(self, listener: Listener) -> None:
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)
