"""A thread that does one thing over and over with a server that may go away and come back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Lock, Thread, current_thread

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 2.0
log = logging.getLogger(__name__)


class Outage:
    """Says once that something does not work, and once that it does again."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._lock = Lock()
        self._failures = 0

    def failed(self, error: Exception) -> float:
        """Answers how long to rest before the next try."""
        with self._lock:
            self._failures += 1
            failures = self._failures
        if failures == 1:
            log.warning("%s does not work, trying again until it does: %s: %s", self._what, type(error).__name__, error)
        else:
            log.debug("%s still does not work: %r", self._what, error)
        return float(min(_FIRST_PAUSE_S * 2 ** min(failures - 1, 10), _LONGEST_PAUSE_S))

    def worked(self) -> None:
        with self._lock:
            failures, self._failures = self._failures, 0
        if failures:
            log.warning("%s works again", self._what)


class Tireless:
    """Calls `act` until it is stopped. `act` tells `outage` when it worked; after an error it is called again, with
    growing rests in between."""

    def __init__(self, name: str, what: str, act: Callable[[], None]) -> None:
        self.outage = Outage(what)
        self._name = name
        self._act = act
        self._lock = Lock()
        self._stopped = Event()
        self._thread: Thread | None = None

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def start(self) -> None:
        """At first need; again does nothing, and so it is after the stop."""
        with self._lock:
            if self._thread is None and not self.is_stopped:
                self._thread = Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        with self._lock:
            self._stopped.set()

    def join(self, patience_s: float) -> None:
        if self._thread is not None and self._thread is not current_thread():
            self._thread.join(patience_s)

    def _run(self) -> None:
        while not self.is_stopped:
            try:
                self._act()
            except Exception as error:  # whatever it was, the thread must be there when it is over
                self._stopped.wait(self.outage.failed(error))
