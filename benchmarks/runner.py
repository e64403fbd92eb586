"""Runs the variants of a scenario in short, interleaved rounds and holds them against the goals.

Interleaved, because a busy neighbour then slows all variants of a round alike and the ratio holds.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from random import Random
from typing import Any, Protocol

from benchmarks.goals import Goal, Verdict, judge
from benchmarks.plan import Clock, show
from benchmarks.samples import Cold, Variant
from benchmarks.stock import Kind, Stock


@dataclass(frozen=True, slots=True)
class Pace:
    """How thorough a run is."""

    quick: bool
    rounds: int
    seconds: float


class Scenario(Protocol):
    """What a module in `scenarios/` offers. Leaving the block checks that what was written is right. A scenario may
    say ROUNDS where a round always comes to the same."""

    NAME: str
    TITLE: str
    DATABASES: tuple[Kind, ...]

    def variants(self, stock: Stock, db: Kind) -> AbstractContextManager[Mapping[str, Variant]]: ...


@dataclass(frozen=True, slots=True)
class Result:
    """Every figure of every round, and what was asked of them."""

    scenario: str
    title: str
    db: str
    rounds: Mapping[str, list[dict[str, float]]]
    verdicts: tuple[Verdict, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def run(
    scenario: Scenario, stock: Stock, db: Kind, pace: Pace, goals: tuple[Goal, ...], clock: Clock, seed: int = 1
) -> Result:
    """Rounds as the pace says, and as many again where they leave a goal open and time allows."""
    dice = Random(seed)
    mine = [goal for goal in goals if goal.scenario == scenario.NAME and goal.db in {"", db}]
    mine = [goal for goal in mine if not (goal.only_full and pace.quick)]
    figures: dict[str, list[dict[str, float]]] = {}
    with scenario.variants(stock, db) as variants:
        fixed = getattr(scenario, "ROUNDS", None)
        if fixed is None:
            for variant in variants.values():
                if not isinstance(variant, Cold):
                    variant(min(pace.seconds, 0.5))
        began = time.monotonic()
        rounds = partial(_rounds, variants, pace, dice, figures, clock, scenario.NAME)
        rounds(fixed or clock.rounds(pace.rounds))
        again_s = time.monotonic() - began
        if fixed is None and _is_open(_judged(mine, db, figures)) and clock.spare_s() > again_s:
            rounds(pace.rounds)
    return Result(scenario.NAME, scenario.TITLE, db, figures, tuple(_judged(mine, db, figures)))


def _rounds(
    variants: Mapping[str, Variant], pace: Pace, dice: Random, figures: dict[str, list[dict[str, float]]], clock: Clock,
    title: str, rounds: int,
) -> None:  # fmt: skip
    for number in range(rounds):
        if number and clock.is_over():
            return
        show(clock, f"{title}, round {number + 1} of {rounds}")
        order = list(variants)
        dice.shuffle(order)
        for name in order:
            figures.setdefault(name, []).append(variants[name](pace.seconds).figures())


def _judged(goals: list[Goal], db: str, figures: Mapping[str, list[dict[str, float]]]) -> list[Verdict]:
    return [verdict for goal in goals for verdict in judge(goal, db, figures)]


def _is_open(verdicts: list[Verdict]) -> bool:
    return any(verdict.outcome == "inconclusive" for verdict in verdicts)
