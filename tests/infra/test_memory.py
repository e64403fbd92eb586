"""What is there when a process begins to serve is looked at no more; what comes later is still cleared away."""

from __future__ import annotations

import gc
import weakref

from billing_ui.infra import memory


class Knot:
    """Something that holds itself, so that only the collector can clear it away."""

    def __init__(self) -> None:
        self.me = self


def test_what_is_there_is_set_aside_and_what_comes_later_is_cleared_away() -> None:
    before = gc.get_threshold()
    try:
        memory.set_aside()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() > before
        gone = weakref.ref(Knot())
        gc.collect()
        assert gone() is None
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
