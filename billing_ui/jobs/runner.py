"""Runs what is due: a few threads that sleep until the next job, woken early by whoever stores one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Condition, Event, Thread

from billing_ui.env import Env
from billing_ui.jobs.verdicts import verdict
from billing_ui.kit.json_types import JsonMap
from billing_ui.services import queue

Handler = Callable[[Env, JsonMap], datetime | None]
log = logging.getLogger(__name__)

# Jobs stored by other processes are found by looking; ours wake us.
POLL_SECONDS = 0.5


def run_one(env: Env, handlers: Mapping[str, Handler], holder: str) -> bool:
    """Runs the job that has waited longest. False when nothing is due."""
    taken = queue.claim(env, holder, tuple(handlers))
    if taken is None:
        return False
    env.failpoint("jobs.claimed")
    try:
        again_at = handlers[taken.kind](env, taken.args)
    except Exception as error:
        log.warning("job %s failed (try %s): %r", taken.key, taken.attempts, error)
        if verdict(error) == "park":
            log.error("job %s is set aside; see: billing-ui jobs list", taken.key)
            queue.park(env, taken, repr(error))
        else:
            queue.give_back(env, taken, repr(error))
    else:
        env.failpoint("jobs.done")
        queue.finish(env, taken, again_at)
    return True


def run_due(env: Env, handlers: Mapping[str, Handler], holder: str = "inline", limit: int = 10_000) -> int:
    """Runs everything that is due now, one after the other. How tests and the command line move the work on."""
    for count in range(limit):
        if not run_one(env, handlers, holder):
            return count
    return limit


class Runner:
    """The threads of one process. `beat` tells when one of them last looked."""

    def __init__(self, env: Env, handlers: Mapping[str, Handler], name: str, threads: int = 3) -> None:
        self._env = env
        self._handlers = handlers
        self._wake = Condition()
        self._stop = Event()
        self._due_soonest: datetime | None = None
        self.beat: datetime | None = None
        self._threads = [
            Thread(target=self._work, args=(f"{name}-{n}",), name=f"jobs-{n}", daemon=True) for n in range(threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 5) -> None:
        self._stop.set()
        with self._wake:
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(timeout)

    def awaken(self, due_at: datetime) -> None:
        """Called once a stored job is committed."""
        with self._wake:
            if self._due_soonest is None or due_at < self._due_soonest:
                self._due_soonest = due_at
            self._wake.notify()

    def is_alive(self, within: timedelta) -> bool:
        return self.beat is not None and self._env.clock.now() - self.beat <= within

    def _work(self, holder: str) -> None:
        while not self._stop.is_set():
            try:
                self.beat = self._env.clock.now()
                if run_one(self._env, self._handlers, holder):
                    continue
            except Exception:
                # The database may be away for a while; the thread must be there when it comes back.
                log.exception("the job runner could not look for work")
            self._sleep()

    def _sleep(self) -> None:
        with self._wake:
            if self._stop.is_set():
                return
            wait = POLL_SECONDS
            if self._due_soonest is not None:
                until = (self._due_soonest - self._env.clock.now()).total_seconds()
                if until <= 0:
                    self._due_soonest = None
                    return
                wait = min(wait, until)
            self._wake.wait(wait)
