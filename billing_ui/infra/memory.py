"""Keeps the garbage collector away from what lives as long as the process: each look at it would halt every request."""

from __future__ import annotations

import gc

# Looks at the young, at those that outlived that, at everything that was not set aside. A request makes some hundred
# objects that may hold others, and nearly all of them end with it.
_AFTER = (10_000, 10, 20)


def set_aside() -> None:
    """What is there now stays: modules, pages, the catalogue. Called once, when a process begins to serve."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_AFTER)
