"""A second process for the tests of signals: obeys lines on its input, tells on its output what it did and heard."""

from __future__ import annotations

import sys
import time
from threading import Lock

from billing_ui.infra.redis_signals import RedisSignals
from billing_ui.kit.clock import SystemClock
from billing_ui.kit.ids import Ids

_lock = Lock()


def tell(*words: object) -> None:
    with _lock:
        sys.stdout.write(" ".join(map(str, words)) + "\n")
        sys.stdout.flush()


def main(url: str, name: str) -> None:
    signals = RedisSignals(url, SystemClock(), Ids(), name)
    signals.subscribe(lambda account_id: tell("heard", account_id), lambda: tell("listening"))
    for line in sys.stdin:
        act, _, about = line.strip().partition(" ")
        if act == "publish":
            # The steady clock of one machine is the same for all its processes.
            tell("published", about, time.monotonic_ns())
            signals.publish(int(about))
        elif act == "show":
            signals.answer_watched(about.split)
            tell("shows", about)
        elif act == "ask":
            tell("watched", about, signals.is_watched(about))
    signals.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
