"""Every scenario by its name, and which of them a wish means."""

from __future__ import annotations

from typing import Any, cast

from benchmarks.figures import Measurement
from benchmarks.goals import Goal
from benchmarks.runner import Scenario
from benchmarks.scenarios import (
    durability,
    event_bytes,
    flat,
    hot_account,
    http_doors,
    live_push,
    many_accounts,
    one_caller,
    posting,
    reads,
    rollups,
    sqlite_callers,
    webhooks,
)

_COMPARED: tuple[Any, ...] = (
    one_caller,
    many_accounts,
    hot_account,
    sqlite_callers,
    event_bytes,
    posting,
    http_doors,
    reads,
    rollups,
    flat,
    durability,
)
COMPARISONS = {module.NAME: cast(Scenario, module) for module in _COMPARED}
_MEASURED: tuple[Any, ...] = (webhooks, live_push)
MEASUREMENTS = {module.NAME: cast(Measurement, module) for module in _MEASURED}
# One watches a browser for minutes, the other has goals at ten million events only.
SLOW = {live_push.NAME, rollups.NAME}


class UnknownError(ValueError):
    """Somebody asked for a scenario or a goal that is not there."""


def chosen(told: str, goals: tuple[Goal, ...], *, quick: bool) -> set[str]:
    """The scenarios of what was told: names, or ids of goals with or without what follows a space."""
    everything = {*COMPARISONS, *MEASUREMENTS}
    if not told:
        return everything - (SLOW if quick else set())
    found: set[str] = set()
    for word in told.split(","):
        named = {word} & everything
        named |= {goal.scenario for goal in goals if word.upper() in {goal.id.upper(), goal.id.upper().split()[0]}}
        if not named:
            raise UnknownError(f"no scenario and no goal is called {word}")
        found |= named
    return found
